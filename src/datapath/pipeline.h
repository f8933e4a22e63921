/*
 * Decides what is to be done with a frame, from its key and the tables alone:
 * it never touches a frame, so its verdict can be kept, and tried with keys.
 *
 * OpenFlow 1.3.5 section 5.
 */
#ifndef DATAPATH_PIPELINE_H
#define DATAPATH_PIPELINE_H

#include "datapath/ports.h"
#include "table/flow_table.h"
#include "table/verdict.h"

enum {
    DECISION_CELLS = 512,
    DECISION_RULES = 64,
    PIPELINE_HOPS = 256, /* tables that one frame may pass */
};

/* What is decided from. */
struct pipeline {
    const struct flow_tables *tables;
    const struct ports *ports;
};

/* As struct verdict, with room for long ones. */
struct decision {
    unsigned int cell_count, rule_count;
    enum drop_reason reason;
    uint8_t missed_table;
    bool is_too_long; /* then nothing is to be done: DROP_LOOP */
    struct flow_action cells[DECISION_CELLS];
    struct verdict_rule rules[DECISION_RULES];
};

/* All words of 'key' count; it is changed on the way. */
void pipeline_decide(const struct pipeline *p, struct flow_key *key,
                     struct decision *d);

/* Whether the decision fits in a verdict; if so it is written there. */
bool decision_to_verdict(const struct decision *d, struct verdict *v);

#endif
