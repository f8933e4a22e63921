/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One OpenFlow peer before or after HELLO: a controller that we have connected
 * to, or the peer of a service connection, which has connected to one of our
 * listeners (ovs-ofctl, our own subcommands).
 *
 * What is particular to it: version, role, which asynchronous messages it wants
 * and how.  How its bytes travel is stream.h's business, how its life goes is
 * controller.h's; handlers (dispatch.h) only see this.
 */
#ifndef CONTROL_CONNECTION_H
#define CONTROL_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/bundle.h"
#include "control/request_parts.h"
#include "control/token_buckets.h"
#include "datapath/datapath.h"
#include "flow/async_masks.h"
#include "flow/role.h"
#include "openflow/of.h"

enum packet_in_format {
    PACKET_IN_STANDARD, /* of the version */
    PACKET_IN_NXT,
    PACKET_IN_NXT2,
};

/* The asynchronous messages that a connection has asked for, by outcome. */
struct async_counts {
    uint64_t packet_ins; /* sent */
    uint64_t limited;    /* packet-ins above the rate: dropped */
    /* Of any kind, dropped since the peer reads slowly or memory is short. */
    uint64_t congested;
};

struct connection {
    const char *name;        /* "pox", "tcp:192.0.2.7:40112"; borrowed */
    bool is_service;         /* no async messages unless asked for */
    enum of_version version; /* OF_NONE until both have said HELLO */
    enum role role;
    struct async_masks async;
    bool has_asked_for_async; /* a service connection that wants them */
    uint16_t miss_send_len;
    bool wants_invalid_ttl;
    uint16_t controller_id; /* Nicira */
    enum packet_in_format packet_in_format;
    bool has_table_id;          /* NXT_FLOW_MOD_TABLE_ID is on */
    bool has_nxm;               /* NXT_SET_FLOW_FORMAT */
    struct bundle_list bundles; /* joining a list sets its all_bytes */
    struct request_parts parts;
    /* A barrier that workers have not passed yet: its reply is due, and until
     * then no more messages are taken. */
    bool awaits_barrier;
    struct datapath_barrier barrier;
    uint32_t barrier_xid;
    /* [controller] packet-in-rate and packet-in-burst; all zero: no limit.  Set
     * by whoever makes the connection. */
    struct token_buckets packet_in_limit;
    struct async_counts counts;
    /* Puts bytes in its bounded send queue; false if it was full, and then the
     * peer is to be given up (it does not read). */
    bool (*send)(struct connection *c, const void *bytes, size_t size);
    /* True while its send queue is so long that asynchronous messages are
     * better dropped. */
    bool (*is_congested)(const struct connection *c);
    /* True once the peer has done something that only a controller which
     * accepts us does (SEMANTICS: fail-mode admission). */
    bool is_accepted;
};

/* All of a switch's connections. */
struct connection_list;
struct connection_list *connection_list_create(void);
void connection_list_free(struct connection_list *l);
/* Connections join once their version is known (connection_reset), and leave
 * before they are freed; call async_connections_changed (async.h) after either.
 * False if out of memory. */
bool connection_list_add(struct connection_list *l, struct connection *c);
/* Also drops the bundles that it has open, and parts of a request. */
void connection_list_remove(struct connection_list *l, struct connection *c);
/* The bytes in the bundles of all connections. */
size_t connection_list_bundle_bytes(const struct connection_list *l);
size_t connection_list_count(const struct connection_list *l);
struct connection *connection_list_at(const struct connection_list *l,
                                      size_t i);

/* What a new connection of this version starts with: role, masks, formats and
 * counts.  Its name, is_service, limit and functions stay as they are. */
void connection_reset(struct connection *c, enum of_version version);

#endif
