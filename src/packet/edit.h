/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an OpenFlow action does to a frame, in place.  OpenFlow 1.3.5 5.12 and
 * 7.2.5.
 *
 * The frame must have been parsed.  Its checksums are kept right, whether they
 * are there or still to be reckoned, and so are its vnet, l3 and l4; but its
 * key is not known here, and the frame is to be parsed again where a later
 * table looks at what an edit has changed.
 */
#ifndef PACKET_EDIT_H
#define PACKET_EDIT_H

#include "flow/action.h"
#include "packet/edit_field.h"
#include "packet/frame.h"

/*
 * Does one action; where the result is not EDIT_DONE the frame is as it was.
 * An action that is no edit of a frame, as OUTPUT, is not applicable.
 *
 * MPLS and PBB tags are taken and put where eth_type stands, which is behind
 * the outermost VLAN tag, but a new PBB tag goes before it.  Fields of new tags
 * are copied from those that 1.3.5 table 7 names and else are zero.
 */
enum edit_result edit_apply(struct frame *f, const struct flow_action *a);

#endif
