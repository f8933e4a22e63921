/* SPDX-License-Identifier: BSD-2-Clause */
/* The standard match structure of OpenFlow 1.1 (A.2.3). */
#ifndef OPENFLOW_OF_MATCH11_H
#define OPENFLOW_OF_MATCH11_H

#include "flow/match.h"
#include "openflow/of.h"

enum { OF_MATCH11_SIZE = 88 }; /* with its type and length */

/* Reads what follows type and length.  A field whose prerequisite is not there
 * is ignored.  FLOW_OK, FLOW_BAD_MATCH_LENGTH or FLOW_BAD_VALUE. */
enum flow_error of_match11_read(struct reader *r, struct flow_match *m);
void of_match11_write(struct of_buffer *b, const struct flow_match *m);

#endif
