/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenFlow messages as the simulation sends them, written byte by byte from the
 * specification and with nothing of src/openflow.
 */
#ifndef RANDOM_WIRE_H
#define RANDOM_WIRE_H

#include "tests/random/rules.h"

enum {
    WIRE_10 = 1,
    WIRE_13 = 4,
    WIRE_14 = 5,
    WIRE_15 = 6,

    WIRE_SIZE_MAX = 4096,

    /* Types that are the same in all versions, and 1.3's. */
    WIRE_HELLO = 0,
    WIRE_ERROR = 1,
    WIRE_PACKET_IN = 10,
    WIRE_FLOW_REMOVED = 11,
    WIRE_PORT_STATUS = 12,
    WIRE_PACKET_OUT = 13,
    WIRE_FLOW_MOD = 14,
    WIRE_GROUP_MOD = 15,
    WIRE_ROLE_REQUEST = 24,
    WIRE_METER_MOD = 29,
};

#define WIRE_NO_BUFFER 0xffffffffu

struct wire {
    size_t size;
    uint8_t bytes[WIRE_SIZE_MAX];
};

void wire_put(struct wire *w, uint64_t value, unsigned int size);
void wire_begin(struct wire *w, uint8_t version, uint8_t type);
/* Sets the length in the header. */
void wire_end(struct wire *w);
uint64_t wire_get(const uint8_t *at, unsigned int size);

void wire_flow_mod(struct wire *w, const struct rule_mod *mod);

enum { WIRE_GROUP_ADD, WIRE_GROUP_MODIFY, WIRE_GROUP_DELETE };
void wire_group_mod(struct wire *w, uint8_t version, uint16_t command,
                    uint32_t id, const struct model_group *g);
/* The commands have the same numbers. */
void wire_meter_mod(struct wire *w, uint8_t version, uint16_t command,
                    uint32_t id, const struct model_meter *m);

/* wire_table.c: a request that asks a table, or two, to take no more rules than
 * so many and else leaves it as it is.  OpenFlow 1.3.5 7.3.5.5. */
struct wire_limit {
    uint8_t table;
    uint32_t limit;
    bool is_faulty; /* says too little of what the table is to do */
};
void wire_table_limits(struct wire *w, uint8_t version,
                       const struct wire_limit *limits, size_t count);

struct packet_out {
    uint8_t version;
    uint32_t buffer, in_port;
    const struct acts *acts;
    const uint8_t *data; /* 'size' */
    size_t size;
};
void wire_packet_out(struct wire *w, const struct packet_out *out);

struct port_change {
    uint32_t number;
    uint8_t mac[6];
    uint32_t config, mask;
};
void wire_port_mod(struct wire *w, uint8_t version,
                   const struct port_change *change);
/* As much of a frame that is missed is sent as nobody asked to change. */
void wire_set_config(struct wire *w, uint8_t version, uint16_t flags);
void wire_role(struct wire *w, uint8_t version, uint32_t role,
               uint64_t generation);

/* wire_bundle.c: bundles, OpenFlow 1.4.1 7.3.9, and ONF's extension 230 to 1.3,
 * which has the same in experimenter messages. */
enum {
    WIRE_BUNDLE_OPEN = 0,
    WIRE_BUNDLE_CLOSE = 2,
    WIRE_BUNDLE_COMMIT = 4,
    WIRE_BUNDLE_DISCARD = 6,
    WIRE_BUNDLE_REPLY_13 = 4, /* a type */
    WIRE_BUNDLE_REPLY = 33,
};
void wire_bundle_control(struct wire *w, uint8_t version, uint32_t id,
                         uint16_t type, uint16_t flags);
void wire_bundle_add(struct wire *w, uint8_t version, uint32_t id,
                     uint16_t flags, const struct wire *message);

/* Messages from the switch. */
struct seen_packet_in {
    uint32_t buffer;
    uint16_t total_size;
    uint8_t reason;
    uint64_t cookie; /* 0 in 1.0 */
    const uint8_t *data;
    size_t size;
};
struct seen_packet_in wire_read_packet_in(const uint8_t *message, size_t size);

struct seen_removed {
    uint64_t cookie, packets, bytes;
    uint16_t priority;
    uint8_t reason;
};
struct seen_removed wire_read_removed(const uint8_t *message, size_t size);

#endif
