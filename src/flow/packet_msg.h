/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that go to a controller and come from one.  OpenFlow 1.0 5.3.6 and
 * 5.4.1, 1.3.5 7.3.7 and 7.4.1.
 */
#ifndef FLOW_PACKET_MSG_H
#define FLOW_PACKET_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "flow/action.h"
#include "flow/match.h"
#include "flow/packet_reason.h"

#define PACKET_NO_BUFFER 0xffffffffu
#define PACKET_NO_COOKIE UINT64_MAX /* no entry sent it */

struct packet_in {
    uint32_t buffer_id;
    uint32_t total_size; /* of the frame */
    uint8_t reason;      /* enum packet_in_reason, or what was sent */
    uint8_t table;
    uint64_t cookie;         /* host order */
    struct flow_match match; /* see packet_in_context */
    const uint8_t *data;     /* how the frame begins; borrowed */
    size_t size;             /* of that */
};

/* What a packet-in tells beside the frame: the port it came in by, and of the
 * pipeline's fields those that are not 0. */
struct flow_match packet_in_context(const struct flow_key *key);

struct packet_out {
    uint32_t buffer_id;
    struct flow_match match;    /* the port in it, since 1.5 more fields */
    struct action_list actions; /* owned */
    const uint8_t *data;        /* the frame, if there is no buffer; borrowed */
    size_t size;
};

/* Frees what it owns. */
void packet_out_clear(struct packet_out *out);

#endif
