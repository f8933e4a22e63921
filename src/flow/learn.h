/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nicira's learn action: how it stands in a list of actions, whether it can be,
 * and the flow-mod that it comes to for a frame.
 *
 * In a list it is an ACTION_LEARN whose operand cells are a 'struct
 * learn_head' and then its parts, 'struct learn_part', each of which copies
 * some bits: of a field of the frame, or of a value that one more cell holds.
 * nicira-ext's NXAST_LEARN and NXAST_LEARN2; ovs-actions(7).
 */
#ifndef FLOW_LEARN_H
#define FLOW_LEARN_H

#include "flow/action.h"
#include "flow/flow_mod.h"

/* NX_LEARN_F_*. */
enum learn_flags {
    LEARN_SEND_FLOW_REM = 1 << 0,
    LEARN_DELETE_LEARNED = 1 << 1, /* what was learned goes with the action */
    LEARN_WRITE_RESULT = 1 << 2,
};

struct learn_head {
    uint64_t cookie; /* host order; all ones: a modified entry keeps its own */
    uint16_t idle_timeout_s, hard_timeout_s, priority, flags;
    uint32_t limit; /* entries with this cookie in the table; 0: any number */
    uint8_t table;
    bool is_second_form; /* came as NXAST_LEARN2 */
    uint8_t pad[10];
};

/* What the bits are for. */
enum learn_target { LEARN_MATCH, LEARN_LOAD, LEARN_OUTPUT };

/* Bits count from the right. */
struct learn_part {
    uint8_t target; /* enum learn_target */
    bool has_value; /* a cell follows: the bits are its last ones */
    uint16_t bits;  /* at most 128 */
    uint16_t source_field, source_bit; /* unless it has a value */
    uint16_t target_field, target_bit; /* not of OUTPUT */
    uint8_t pad[4];
};

_Static_assert(sizeof(struct learn_head) == 2 * sizeof(struct flow_action),
               "two cells");
_Static_assert(sizeof(struct learn_part) == sizeof(struct flow_action),
               "one cell");

enum { LEARN_VALUE_SIZE = 16 };

/* Begins an action; returns where it stands, for learn_add. */
size_t learn_begin(struct action_list *l, const struct learn_head *head);
/* 'value' is LEARN_VALUE_SIZE bytes; NULL if the part has none.  False: there
 * is no room for so many parts in one action. */
bool learn_add(struct action_list *l, size_t at, const struct learn_part *part,
               const uint8_t *value);

void learn_head_of(const struct flow_action *a, struct learn_head *head);

/* Goes through the parts: start with *at NULL.  '*value' is NULL if the part
 * has none.  False after the last. */
bool learn_next(const struct flow_action *a, const struct flow_action **at,
                struct learn_part *part, const uint8_t **value);

/*
 * Whether the action can be done to frames with this key (NULL: nothing is
 * known of them): each field must be there, in the frame or in what is matched
 * by the parts before.  FLOW_OK, FLOW_INCONSISTENT_MATCH,
 * FLOW_BAD_SET_LENGTH, FLOW_BAD_SET_ARGUMENT or FLOW_BAD_ARGUMENT.
 */
enum flow_error learn_check(const struct flow_action *a,
                            const struct flow_key *key);

/* Sets all bits in 'used' that the action takes from a frame. */
void learn_use(const struct flow_action *a, struct flow_key *used);

enum { LEARN_CELLS = 3 * 255 };

/* A flow-mod and the room for its actions. */
struct learned {
    struct flow_mod mod; /* its instructions are borrowed from 'cells' */
    struct flow_action cells[LEARN_CELLS];
};

/* What is to be learned from a frame with this key: a MODIFY_STRICT that adds
 * the entry if there is none. */
void learn_from(const struct flow_action *a, const struct flow_key *key,
                struct learned *learned);

#endif
