/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers that a running switch tells: one row each, with help, unit and
 * labels.
 *
 * `flowbridge show` (report.c) and the state dump (state_dump.c) print these
 * rows among what they say in words.  A metrics page needs no more: for each
 * row, for each subject of its kind, the labels and what get() returns.
 *
 * Main thread only.
 */
#ifndef BRIDGE_GAUGE_H
#define BRIDGE_GAUGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bridge/bridge.h"
#include "bridge/of_agent.h"
#include "datapath/totals.h"

/* Kinds of what a number is about, see gauge_kinds. */
enum gauge_kind {
    GAUGE_OF_SWITCH,
    GAUGE_OF_PORT,
    GAUGE_OF_DROP, /* a port and a reason */
    GAUGE_OF_CONTROLLER,
    GAUGE_OF_LISTENER,
    GAUGE_OF_LIMIT,
    GAUGE_KINDS,
};

enum gauge_unit {
    GAUGE_COUNT,
    GAUGE_FRAMES,
    GAUGE_BYTES,
    GAUGE_SECONDS,
    GAUGE_MBPS,
    GAUGE_BOOLEAN, /* 0 or 1 */
};

enum { GAUGE_LABELS_MAX = 2 };

/* How the rows of a kind are named and told apart: "port_" with the labels
 * "port" and "reason". */
struct gauge_kind_names {
    const char *prefix;
    const char *labels[GAUGE_LABELS_MAX]; /* NULL behind the last */
};
extern const struct gauge_kind_names gauge_kinds[GAUGE_KINDS];

/* A bound, how much of it is in use and how often it was hit: LIMITS of
 * flowbridge(8).  'most' is 0 where there is no one number. */
struct gauge_limit {
    uint64_t in_use, most, hits;
};

/* Where the numbers come from; the process adds to the bridge what only it
 * knows. */
struct gauge_source {
    const struct bridge *bridge;
    int64_t now_ms, uptime_ms;
    struct gauge_limit control_clients;
};

/* One subject; of the others' fields each kind has those of its own. */
struct gauge_subject {
    const struct gauge_source *source;
    const char *labels[GAUGE_LABELS_MAX];
    const struct bridge_port *port; /* of a port and a drop */
    struct port_totals totals;
    enum drop_reason reason;
    struct controller_status controller;
    struct listener_status listener;
    struct gauge_limit limit;
};

/* In the order in which they are shown. */
enum gauge_id {
    GAUGE_FAIL_MODE_ACTIVE,
    GAUGE_UPTIME,
    GAUGE_WORKERS,
    GAUGE_KERNEL,
    GAUGE_KERNEL_FLOWS,
    GAUGE_CACHE_HITS,
    GAUGE_CACHE_MISSES,
    GAUGE_LOOKED_AGAIN,
    GAUGE_FLOWS,
    GAUGE_MACS,
    GAUGE_MAC_CAPACITY,
    GAUGE_MACS_EVICTED,
    GAUGE_LEARN_REFUSED,
    GAUGE_FLOWS_LEARNED,
    GAUGE_FLOWS_NOT_LEARNED,
    GAUGE_LEARN_REQUESTS_REFUSED,
    GAUGE_LEARN_REQUESTS_LATE,
    GAUGE_BARRIERS_LATE,
    GAUGE_PORT_TAKEN_DOWN,
    GAUGE_PORT_SPEED,
    GAUGE_PORT_MAX_SPEED,
    GAUGE_PORT_MTU,
    GAUGE_PORT_RX_FRAMES,
    GAUGE_PORT_RX_BYTES,
    GAUGE_PORT_TX_FRAMES,
    GAUGE_PORT_TX_BYTES,
    GAUGE_PORT_FORWARDED,
    GAUGE_PORT_CONSUMED,
    GAUGE_PORT_RX_OWN_ADDRESS,
    GAUGE_PORT_MISSED,
    GAUGE_PORT_IN_KERNEL,
    GAUGE_PORT_KERNEL_FRAMES,
    GAUGE_DROPS,
    GAUGE_TX_DROPS,
    GAUGE_CONTROLLER_ACCEPTED,
    GAUGE_CONTROLLER_SINCE,
    GAUGE_CONTROLLER_PACKET_INS,
    GAUGE_CONTROLLER_PACKET_INS_LIMITED,
    GAUGE_CONTROLLER_CONGESTED,
    GAUGE_LISTENER_CONNECTIONS,
    GAUGE_LIMIT_IN_USE,
    GAUGE_LIMIT_MOST,
    GAUGE_LIMIT_HITS,
    GAUGES,
};

struct gauge {
    enum gauge_kind of;
    const char *name; /* its key in what is shown; with the kind's prefix
                         unique */
    const char *dump; /* its key in the state dump; NULL: it is not there */
    enum gauge_unit unit;
    bool is_counter; /* never falls while the switch runs */
    const char *help;
    uint64_t (*get)(const struct gauge_subject *s);
};
extern const struct gauge gauges[GAUGES];

typedef void gauge_visit(void *context, const struct gauge_subject *s);

/* Calls 'visit' with each subject of the kind; what it points to is borrowed
 * until 'visit' returns. */
void gauge_each(const struct gauge_source *source, enum gauge_kind of,
                gauge_visit *visit, void *context);
/* The drops of one port, for each reason that it has any of. */
void gauge_each_drop(const struct gauge_subject *port, gauge_visit *visit,
                     void *context);

#endif
