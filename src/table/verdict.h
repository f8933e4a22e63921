/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is to be done with the frames of a flow: the steps that the pipeline
 * decided on, in order, and the flow entries that they count for.
 *
 * Steps are cells as in flow/action.h: edits stay the actions they are, while
 * outputs have been resolved and have types of their own.
 */
#ifndef TABLE_VERDICT_H
#define TABLE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/action.h"
#include "flow/drop.h"

/* Beside the action types that are edits. */
enum step_type {
    STEP_PORT = ACTION_TYPE_COUNT, /* port: its index */
    STEP_NORMAL,                   /* learn and switch */
    STEP_FLOOD,                    /* all but the in-port and NO_FLOOD ones */
    STEP_ALL,                      /* all but the in-port */
    STEP_CONTROLLER,               /* max_len; see step_pipeline */
    STEP_METER,                    /* meter: its id */
    STEP_QUEUE,     /* queue: id + 1 for outputs from here on; 0: none */
    STEP_CLONE,     /* what follows is done to a copy, up to ... */
    STEP_CLONE_END, /* ... here; they may be nested */
    /* The last step: what the frame is by now only its bytes tell, so it is
     * parsed and looked up again.  queue: as STEP_QUEUE; see step_pipeline. */
    STEP_LOOK_AGAIN,
};

/* The first operand cell of STEP_CONTROLLER and STEP_LOOK_AGAIN.  The others
 * have, two each, those words of the key behind KEY_FRAME_WORDS that are not 0:
 * what no frame shows. */
struct step_pipeline {
    uint64_t cookie; /* host order; UINT64_MAX: no entry; for the controller */
    uint8_t reason;  /* enum packet_in_reason; or drop_reason, so far */
    uint8_t table;   /* where it was met, or where to look */
    uint16_t words;  /* bit i: word KEY_FRAME_WORDS + i is among them */
    uint32_t looks;  /* at the frame again, with this one */
};

_Static_assert(sizeof(struct step_pipeline) == sizeof(struct flow_action),
               "a cell");
_Static_assert(KEY_WORDS - KEY_FRAME_WORDS <= 16, "a bit each");

struct verdict_rule {
    uint32_t counter;
    uint8_t table;
};

enum {
    VERDICT_CELLS = 8, /* a longer verdict is decided again for each frame */
    VERDICT_RULES = 4,
    VERDICT_MISS = 0xff, /* 'missed_table': none */
};

struct verdict {
    uint8_t cell_count, rule_count;
    uint8_t reason;       /* enum drop_reason: why, if nothing is sent */
    uint8_t missed_table; /* where no entry matched, or VERDICT_MISS */
    bool just_outputs;    /* to ports, by NORMAL too: no step needs the key */
    bool is_learning;     /* to be made again some time after it was made */
    uint32_t made_ms;     /* if it is_learning */
    struct flow_action cells[VERDICT_CELLS];
    struct verdict_rule rules[VERDICT_RULES];
};

#endif
