/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the pipeline decides from, and the help that it has from outside.
 */
#ifndef DATAPATH_PIPELINE_INPUT_H
#define DATAPATH_PIPELINE_INPUT_H

#include "datapath/decision.h"
#include "datapath/ports.h"
#include "flow/switch_desc.h"
#include "table/flow_table.h"
#include "table/group_table.h"

enum {
    PIPELINE_DEPTH = 64, /* groups in groups and resubmits in resubmits */
    PIPELINE_LOOKS = 64, /* at a frame again, as its edits have made it */
};

/* What is decided from. */
struct pipeline {
    const struct flow_tables *tables;
    const struct group_table *groups;
    const struct ports *ports;
    /* A frame that no entry matches goes to the controller, as before
     * OpenFlow 1.3, instead of being dropped. */
    _Atomic bool misses_go_to_controller;
    /* What becomes of fragments: enum switch_frags, but not REASSEMBLE. */
    _Atomic uint8_t frags;
};

/* What happens on the way, for `trace`. */
enum trace_kind {
    TRACE_TABLE,  /* 'number' is the table, 'entry' what matched or NULL */
    TRACE_ACTION, /* 'action' is carried out */
    TRACE_SET,    /* the action set is carried out */
    TRACE_GROUP,  /* 'number' is the group */
    TRACE_BUCKET, /* 'number' is the bucket's id */
    TRACE_NOTE,   /* 'text' */
};

struct trace_event {
    enum trace_kind kind;
    unsigned int depth;
    uint32_t number;
    const struct flow_entry *entry;
    const struct flow_action *action;
    const struct flow_key *key;
    const char *text;
};

/* Help from outside; each function may be NULL. */
struct pipeline_aids {
    /* What the key's frame words are after the edits decided on so far; without
     * it what an edit uncovers counts as zero. */
    void (*parse_anew)(void *context, const struct decision *so_far,
                       struct flow_key *key);
    /* A learn action is met by a frame with this key. */
    void (*learn)(void *context, const struct flow_action *a,
                  const struct flow_key *key);
    void (*trace)(void *context, const struct trace_event *event);
    void *context;
    /* The decision may end in STEP_LOOK_AGAIN: see pipeline_decide_again. */
    bool can_look_again;
};

#endif
