/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches on the wire: OpenFlow 1.0's structure, 1.1's, and the lists of fields
 * that are OXM (1.2 and later) and NXM (Nicira's).  OpenFlow 1.0 5.2.3, 1.1
 * A.2.3, 1.3.5 7.2.3.
 *
 * A field that a version cannot express is left out, and b->unsaid names it.
 */
#ifndef OPENFLOW_OF_MATCH_H
#define OPENFLOW_OF_MATCH_H

#include "flow/match.h"
#include "openflow/of.h"

/*
 * Reads the match of a message, with its padding: in 1.0 a match of that
 * version, later one that says itself what it is.  FLOW_OK or why not, and then
 * '*m' is not to be used.
 */
enum flow_error of_match_read(enum of_version version, struct reader *r,
                              struct flow_match *m);
void of_match_write(enum of_version version, struct of_buffer *b,
                    const struct flow_match *m);

/* Cookie and mask, which NXM can have among its fields; host order. */
struct of_match_cookie {
    uint64_t cookie, mask;
};

/*
 * Reads 'size' bytes of OXM or NXM fields, which may be mixed, and the padding
 * to a multiple of 8 behind them.  'cookie' NULL: a cookie is no field here.
 */
enum flow_error of_match_fields_read(struct reader *r, size_t size,
                                     struct flow_match *m,
                                     struct of_match_cookie *cookie);

/* Writes NXM fields and the padding; returns the size without it.  'cookie'
 * NULL, or with an empty mask: none. */
size_t of_match_nxm_write(struct of_buffer *b, const struct flow_match *m,
                          const struct of_match_cookie *cookie);

#endif
