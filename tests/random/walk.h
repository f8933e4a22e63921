/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame's way through the model: which rules it counts for, where it goes,
 * with which bytes, and what becomes of it.
 */
#ifndef RANDOM_WALK_H
#define RANDOM_WALK_H

#include "tests/random/model.h"

enum {
    OUTCOME_SENT_MAX = 512,
    OUTCOME_TOLD_MAX = 64,
    OUTCOME_LEARNED_MAX = 64
};

/* Why a frame is told of, in OpenFlow 1.4's numbers. */
enum {
    TOLD_MISS_RULE,
    TOLD_ACTION,
    TOLD_TTL,
    TOLD_SET,
    TOLD_GROUP,
    TOLD_PACKET_OUT,
    TOLD_MISS,
};

struct outcome {
    /* Frames by the ports they leave by, in order for each port. */
    size_t sent_count;
    struct sent {
        int port;
        struct packet packet;
    } sent[OUTCOME_SENT_MAX];
    /* Frames that controllers are told of. */
    size_t told_count;
    struct told {
        struct packet packet;
        uint32_t in_port;
        unsigned int reason;
        uint16_t max_len;
        uint64_t cookie;
        int table;
    } told[OUTCOME_TOLD_MAX];
    /* Addresses that will be learned once the frames are through. */
    size_t learned_count;
    struct model_mac learned[OUTCOME_LEARNED_MAX];
};

/* Which bucket the switch has taken of a SELECT group: this is its choice, of
 * which the model only knows what it must not be. */
typedef int choose_fn(void *context, uint32_t group);
/* Whether the switch knows the address now: which one goes when there is no
 * room is its choice among those of the port that has most. */
typedef bool knows_fn(void *context, const struct model_mac *mac);

/* What a rule of the given fields would be compared with, but for those that
 * are not the frame's own. */
void walk_fields(const struct model *m, const struct packet *p,
                 uint64_t fields[MF_COUNT]);

struct walk_options {
    choose_fn *choose;
    knows_fn *knows;
    void *context;
};

/* A frame arrives at a port: adds to 'o', and to the model's counters. */
void walk_frame(struct model *m, const struct walk_options *options, int port,
                const struct packet *p, struct outcome *o);

/* A packet-out: the actions are done.  'port' may be MODEL_NOWHERE. */
void walk_actions(struct model *m, const struct walk_options *options,
                  uint32_t in_port, const struct packet *p,
                  const struct acts *acts, struct outcome *o);

/* The frames are through: what was learned is now known. */
void walk_learn(struct model *m, const struct walk_options *options,
                const struct outcome *o);
void walk_age_macs(struct model *m, uint32_t aging_s);
void walk_forget_port(struct model *m, int port);
/* LOCAL has come: what was learned of its address elsewhere goes. */
void walk_claim_local(struct model *m);

#endif
