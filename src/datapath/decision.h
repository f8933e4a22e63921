/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the pipeline has decided for one frame: the steps, the entries that they
 * count for, and which bits of the key that depends on.  It grows on the
 * frame's way through the tables and becomes a verdict if it can be kept.
 */
#ifndef DATAPATH_DECISION_H
#define DATAPATH_DECISION_H

#include "flow/key.h"
#include "table/verdict.h"

enum {
    DECISION_CELLS = 512,
    DECISION_RULES = 128,
};

/* As struct verdict, with room for long ones. */
struct decision {
    unsigned int cell_count, rule_count;
    enum drop_reason reason; /* DROP_LOOK_AGAIN: ends in that step */
    uint8_t missed_table;
    bool is_too_long; /* then nothing is to be done: DROP_LOOP */
    bool is_for_once; /* depends on more than the key: not to be kept */
    bool is_learning; /* met a learn action: to be made again now and then */
    /* The bits of the key that it depends on; those of a frame count. */
    struct flow_key consulted;
    struct flow_action cells[DECISION_CELLS];
    struct verdict_rule rules[DECISION_RULES];
};

/* Before the first table; after the last. */
void decision_begin(struct decision *d);
void decision_end(struct decision *d);

/* From here on the decision is about frames with this very key. */
void decision_use_all(struct decision *d);
/* It depends on what says whether a frame has a field (enum field_id). */
void decision_use_field(struct decision *d, uint32_t field);
/* It depends on what says whether an edit can be done. */
void decision_use_edit(struct decision *d, const struct flow_action *a);

/* Puts into the key what a step has of it, see struct step_pipeline. */
void decision_take_words(const struct flow_action *step, struct flow_key *key);

/* Whether it fits in a verdict and holds for all frames with the key; and then
 * that verdict, but for its version. */
bool decision_can_be_kept(const struct decision *d);
void decision_to_verdict(const struct decision *d, struct verdict *v);

#endif
