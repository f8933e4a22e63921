/* SPDX-License-Identifier: BSD-2-Clause */
/* The match structure of OpenFlow 1.0 (5.2.3). */
#ifndef OPENFLOW_OF_MATCH10_H
#define OPENFLOW_OF_MATCH10_H

#include "flow/match.h"
#include "openflow/of.h"

/*
 * Reads its 40 bytes.  A field whose prerequisite is wildcarded is ignored, as
 * Open vSwitch does.  '*is_exact' (NULL: do not tell) is true if no wildcard
 * was set, even for ignored fields.  FLOW_OK, FLOW_BAD_LENGTH or
 * FLOW_BAD_VALUE.
 */
enum flow_error of_match10_read(struct reader *r, struct flow_match *m,
                                bool *is_exact);

/* Leaves out what 1.0 cannot say; of an address mask it writes the leading
 * ones.  'is_exact': with no wildcard set, as it was read. */
void of_match10_write(struct of_buffer *b, const struct flow_match *m,
                      bool is_exact);

#endif
