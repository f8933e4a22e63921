/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's part in Nicira's learn action: it finds out what would be learned
 * from a frame and, unless the tables have it already, tells the main thread,
 * the only writer of tables.
 *
 * The frame that teaches something new is to wait, and with it all that its
 * worker has, until the tables have it: so the next frame meets the entry, and
 * so does the answer to the one that taught, by whatever worker it comes.  The
 * main thread takes some ten microseconds.  One that takes LEARN_WAIT_US is
 * not waited for until it has taken all there is.
 *
 * A request is made with a verdict, and the verdict is made again
 * every LEARN_AGAIN_MS, so not for every frame.
 */
#ifndef DATAPATH_LEARN_REQUESTER_H
#define DATAPATH_LEARN_REQUESTER_H

#include <stdatomic.h>

#include "base/byte_ring.h"
#include "flow/learn.h"
#include "table/flow_table.h"

/* A request; the action's cells follow the structure. */
struct learn_request {
    struct flow_key key; /* of the frame where it met the action */
    uint32_t epoch;      /* of the tables that the action was found in */
    uint32_t cell_count;
};

static inline const struct flow_action *
learn_request_action(const struct learn_request *l)
{
    return (const struct flow_action *)(l + 1);
}

enum { LEARN_WAIT_US = 100000 };

struct learn_requester {
    const struct flow_tables *tables;
    struct byte_ring *requests; /* of struct learn_request; owned */
    uint32_t epoch;
    int64_t now_ms;    /* of the turn, from outside */
    bool has_news;     /* something was put in the queue */
    bool is_awaited;   /* the frame at hand is to wait until that is taken */
    uint64_t given;    /* requests */
    uint64_t given_up; /* of these the last that was waited for in vain */
    _Atomic uint64_t taken;
    _Atomic uint64_t late; /* frames that went on before what they had taught */
    struct learned learned;
};

/* False if out of memory.  End with learn_requester_clear in any case. */
bool learn_requester_init(struct learn_requester *l,
                          const struct flow_tables *tables);
void learn_requester_clear(struct learn_requester *l);

/* Before anything is looked up in the tables for a frame. */
void learn_requester_begin(struct learn_requester *l);

/* A frame with this key meets a learn action. */
void learn_requester_meet(struct learn_requester *l,
                          const struct flow_action *a,
                          const struct flow_key *key);

/* Whether the main thread has taken all learn requests; or it was waited for in
 * vain. */
bool learn_requester_is_done(const struct learn_requester *l);
void learn_requester_give_up(struct learn_requester *l);

/* Main thread: it has taken so many, and the tables have what they taught. */
void learn_requester_took(struct learn_requester *l, uint64_t count);

#endif
