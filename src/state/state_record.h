/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of the state file: records, one behind another, each with its
 * kind and size.  Matches, actions, groups and meters stand in them as OpenFlow
 * messages of whatever version says all of them; the rest is ours.
 *
 * Bytes and values only; state_file.h has the file, state_save.h and
 * state_restore.h the tables.  Times are ages at the moment of writing.
 */
#ifndef STATE_STATE_RECORD_H
#define STATE_STATE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/flow_mod.h"
#include "flow/group_desc.h"
#include "flow/meter_desc.h"
#include "openflow/of.h"

enum { STATE_PORT_NAME_SIZE = 128 };

enum state_kind {
    STATE_SWITCH = 1, /* the first one, once */
    STATE_PORT,
    STATE_METER,
    STATE_GROUP,
    STATE_FLOW,
    STATE_MAC,
};

struct state_switch {
    uint64_t datapath_id;
    int64_t written_ms; /* of the wall clock */
    bool has_controllers;
    /* The entry that says NORMAL where there are no controllers was deleted or
     * replaced. */
    bool has_lost_normal;
    bool stands_alone; /* the fail mode standalone was in force */
};

struct state_port {
    uint32_t number;
    char name[STATE_PORT_NAME_SIZE];
};

struct state_meter {
    uint64_t age_ms;
    struct meter_mod mod; /* an ADD */
    struct meter_stats stats;
};

struct state_group {
    uint64_t age_ms;
    struct group_mod mod; /* an ADD, owned */
    struct group_stats stats;
    struct bucket_stats *buckets; /* those of 'stats', owned */
};

struct state_flow {
    uint64_t age_ms, modified_ms, unused_ms; /* ago */
    uint64_t packets, bytes;
    struct flow_mod mod; /* an ADD, owned */
};

struct state_mac {
    uint64_t mac;
    uint32_t port; /* OpenFlow's number */
    uint16_t vlan;
    uint32_t age_s;
};

/* Each appends one record.  An object that no version of OpenFlow can say in
 * full, or that memory does not do for, is left out, and then they return
 * false. */
void state_put_switch(struct of_buffer *b, const struct state_switch *s);
void state_put_port(struct of_buffer *b, const struct state_port *p);
void state_put_meter(struct of_buffer *b, const struct state_meter *m);
bool state_put_group(struct of_buffer *b, const struct state_group *g);
bool state_put_flow(struct of_buffer *b, const struct state_flow *f);
void state_put_mac(struct of_buffer *b, const struct state_mac *m);

/* Steps to the next record: its kind, or 0 at the end or where the bytes are
 * none ('r' is bad then).  '*body' holds the record's contents. */
enum state_kind state_next(struct reader *r, struct reader *body);

/* Each reads the body of a record; false: it cannot be one, and there is
 * nothing to clear. */
bool state_read_switch(struct reader body, struct state_switch *s);
bool state_read_port(struct reader body, struct state_port *p);
bool state_read_meter(struct reader body, struct state_meter *m);
bool state_read_group(struct reader body, struct state_group *g);
void state_group_clear(struct state_group *g);
bool state_read_flow(struct reader body, struct state_flow *f);
void state_flow_clear(struct state_flow *f);
bool state_read_mac(struct reader body, struct state_mac *m);

#endif
