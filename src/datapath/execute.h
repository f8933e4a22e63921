/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does what a verdict says with one frame: edits it, switches it, sends it.
 * The other half of pipeline.h, which decides.
 */
#ifndef DATAPATH_EXECUTE_H
#define DATAPATH_EXECUTE_H

#include "base/byte_ring.h"
#include "base/spsc.h"
#include "datapath/normal.h"
#include "datapath/outbox.h"
#include "datapath/ports.h"
#include "flow/key.h"
#include "table/meter_table.h"
#include "table/verdict.h"

enum { EXECUTE_DEPTH = 64 }; /* copies in copies, as the pipeline makes them */

/* A worker tells the main thread that an address is at a port. */
struct learn_event {
    uint64_t mac;
    uint16_t vlan;
    uint16_t port; /* index */
};

/* What a worker executes with; 'tables' but for the ports are read again each
 * turn. */
struct executor {
    struct normal_tables tables;
    unsigned int worker; /* whose counters are counted in */
    struct outbox *outbox;
    struct spsc *learned;      /* of struct learn_event */
    struct byte_ring *upcalls; /* of struct upcall, and its bytes */
    const struct meter_table *meters;
    bool has_news; /* something was put in a queue for the main thread */
    int64_t now_us;
    struct learn_event last; /* not told twice in a row in one turn */
    uint32_t told_own_s; /* when it was told last who has an address of ours */
    /* Whose source has been refreshed in this turn, and where a destination was
     * found: frames in a row often have the same addresses. */
    struct learn_event refreshed;
    struct normal_lookup found;
    /* Of the step at hand: where its frame goes, and the frame with each tag;
     * those it did not come with are made when the first port wants them. */
    struct output_list outputs;
    const struct frame *by_tag[OUTPUT_TAG_COUNT];
    /* The STEP_LOOK_AGAIN that the frame has got to; NULL: none. */
    const struct flow_action *again;
    /* What the copies at hand were made of, outermost first. */
    struct frame *originals[EXECUTE_DEPTH];
};

/* Begins a turn: forgets what held for the last one. */
void executor_begin(struct executor *x);

/* A frame and where it stands in the batch. */
struct execution {
    struct frame *frame;
    const struct flow_key *key; /* as it came */
    unsigned int key_words;
    unsigned int index;
    const struct datapath_port *from;
    bool is_shared; /* it waits in a queue: to be copied before an edit */
};

/* Does the steps, and leaves a last STEP_LOOK_AGAIN to the caller. */
void execute(struct executor *x, struct execution *e,
             const struct flow_action *cells, unsigned int cell_count);

/* Does one edit to a frame of its own; why the frame must not go on, or
 * DROP_NONE. */
enum drop_reason execute_edit(struct frame *f, const struct flow_action *a);

/* Where the steps for a copy end that 'a' is among: its STEP_CLONE_END, or
 * 'end'. */
const struct flow_action *execute_copy_end(const struct flow_action *a,
                                           const struct flow_action *end);

#endif
