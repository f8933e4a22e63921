/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One frame's way through the tables, while the pipeline decides: where it is,
 * and what has been decided so far.
 */
#ifndef DATAPATH_WALK_H
#define DATAPATH_WALK_H

#include "datapath/action_set.h"
#include "datapath/bucket_choice.h"
#include "datapath/pipeline_input.h"
#include "flow/packet_reason.h"

/* One frame's way through the tables. */
struct walk {
    const struct pipeline *pipeline;
    const struct pipeline_aids *aids;
    struct flow_key *key;
    struct decision *decision;
    struct action_set *set;
    unsigned int depth;
    struct bucket_choice choice;
    bool is_over;    /* nothing more is done with the frame */
    bool has_exited; /* nothing more but the action set */
    bool has_missed; /* in the table that was looked at last */
    bool is_stale;   /* an edit has made of the frame what 'key' is not */
    /* Instead of asking what it is by now, the decision may end. */
    bool can_look_again;
    unsigned int looks; /* at the frame again; PIPELINE_LOOKS at most */
    uint32_t queue;     /* for outputs from here on, as STEP_QUEUE has it */
    /* For what goes to the controller. */
    uint64_t cookie;
    uint8_t table;
    enum packet_in_reason reason;
};

/* Tells `trace`, if it listens; 'depth' and 'key' are filled in here. */
static inline void walk_trace(const struct walk *w, struct trace_event event)
{
    if (!w->aids || !w->aids->trace)
        return;
    event.depth = w->depth;
    event.key = w->key;
    w->aids->trace(w->aids->context, &event);
}

static inline void walk_note(const struct walk *w, const char *text)
{
    walk_trace(w, (struct trace_event){.kind = TRACE_NOTE, .text = text});
}

/* The frame needs more than a decision has room for: it is dropped. */
void walk_give_up(struct walk *w);

/* Another look at the frame as its edits have made it; false: it is one too
 * many, and the frame is dropped. */
bool walk_may_look(struct walk *w);

/* Each adds to the decision, or gives up. */
void walk_add_cells(struct walk *w, const struct flow_action *cells,
                    unsigned int count);
void walk_add_step(struct walk *w, uint8_t type, uint32_t argument);
void walk_count_for(struct walk *w, uint32_t counter, uint8_t table);

/* The step with what the pipeline has beside the frame; 'more' but its words.
 */
void walk_add_pipeline_step(struct walk *w, struct flow_action step,
                            struct step_pipeline more);

/* The port that the key says the frame came in by, or NULL. */
const struct datapath_port *walk_in_port(const struct walk *w);

#endif
