/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundles: BUNDLE_CONTROL and BUNDLE_ADD_MESSAGE since OpenFlow 1.4, and the
 * same as an extension of ONF's in 1.3.  OpenFlow 1.4.1 7.3.9, ONF EXT-230.
 */
#ifndef OPENFLOW_OF_BUNDLE_H
#define OPENFLOW_OF_BUNDLE_H

#include "openflow/of.h"

/* The specification's numbers; a reply is its request's plus one. */
enum of_bundle_type {
    OF_BUNDLE_OPEN_REQUEST,
    OF_BUNDLE_OPEN_REPLY,
    OF_BUNDLE_CLOSE_REQUEST,
    OF_BUNDLE_CLOSE_REPLY,
    OF_BUNDLE_COMMIT_REQUEST,
    OF_BUNDLE_COMMIT_REPLY,
    OF_BUNDLE_DISCARD_REQUEST,
    OF_BUNDLE_DISCARD_REPLY,
};

enum of_bundle_flags {
    OF_BUNDLE_ATOMIC = 1 << 0,
    OF_BUNDLE_ORDERED = 1 << 1,
};

struct of_bundle_control {
    uint32_t id;
    uint16_t type;  /* enum of_bundle_type, or what was sent */
    uint16_t flags; /* enum of_bundle_flags */
};

struct of_bundle_add {
    uint32_t id;
    uint16_t flags;
    struct reader message; /* with its header; borrowed */
};

/* FLOW_BUNDLE_BAD_TYPE, FLOW_BUNDLE_BAD_FLAGS or faults of properties. */
void of_bundle_write_control(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct of_bundle_control *c);
enum flow_error of_bundle_read_control(struct reader *body,
                                       struct of_bundle_control *c);

/*
 * FLOW_BUNDLE_BAD_FLAGS, FLOW_BUNDLE_MESSAGE_LENGTH, FLOW_BAD_VERSION and
 * FLOW_BUNDLE_MESSAGE_XID (both have to be as in 'h', the message's own header)
 * or faults of properties.  Which kinds of messages a bundle may hold is not
 * asked.  Once the id has been read it is in '*a', also if there is an error;
 * zero before.
 */
void of_bundle_write_add(struct of_buffer *b, enum of_version version,
                         uint32_t xid, const struct of_bundle_add *a);
enum flow_error of_bundle_read_add(const struct of_header *h,
                                   struct reader *body,
                                   struct of_bundle_add *a);

/* MP_BUNDLE_FEATURES, since 1.5: 'capabilities' are enum of_bundle_flags.  A
 * request may ask for more, which we have nothing to say of. */
enum flow_error of_bundle_read_features_request(struct reader *body);
void of_bundle_write_features(struct of_buffer *b, enum of_version version,
                              uint32_t xid, uint16_t capabilities);

#endif
