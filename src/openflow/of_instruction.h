/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions on the wire, and the actions of 1.0, which stand for one
 * Apply-Actions.  OpenFlow 1.1 A.2.4, 1.3.5 7.2.4, 1.5.1 7.2.5.
 */
#ifndef OPENFLOW_OF_INSTRUCTION_H
#define OPENFLOW_OF_INSTRUCTION_H

#include "flow/action.h"
#include "openflow/of.h"

/*
 * Reads instructions to the end of 'r'.  'match' as in of_actions_read.  If
 * they are refused, '*i' is empty.  Whether tables, groups and meters are there
 * is not checked, nor whether goto leads forward.
 */
enum flow_error of_instructions_read(enum of_version version, struct reader *r,
                                     const struct flow_match *match,
                                     struct flow_instructions *i);

/* Writes them in the order in which they are carried out.  What a version
 * cannot say is left out; a meter is an action in 1.5, and before an
 * instruction. */
void of_instructions_write(enum of_version version, struct of_buffer *b,
                           const struct flow_match *match,
                           const struct flow_instructions *i);

#endif
