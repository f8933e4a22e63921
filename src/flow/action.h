/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Actions and instructions, in one form for all OpenFlow versions.
 *
 * A list of actions is an array of 16-byte cells.  Most actions are one cell; a
 * set-field is followed by cells that hold its value and mask (16 bytes each),
 * as 'extra' says.  OpenFlow 1.0 5.2.4, 1.3.5 7.2.4 and 7.2.5.
 */
#ifndef FLOW_ACTION_H
#define FLOW_ACTION_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/action_type.h"
#include "flow/error.h"
#include "flow/match.h"

/* SET_QUEUE: no queue any more, which is Nicira's pop_queue. */
#define ACTION_QUEUE_NONE UINT32_MAX

/* Begins a NOTE of an answer: it stands for what the version of the answer has
 * no way to say, whose word follows. */
#define ACTION_NOTE_UNSAID "unsaid: "
enum { ACTION_WORD_SIZE = 32 };

/* How a SET_FIELD was said, which changes nothing of what it does: in which
 * form it is to be shown. */
enum action_form {
    ACTION_FORM_LOAD = 1,   /* Nicira's reg_load, else set_field */
    ACTION_FORM_JOINED = 2, /* one action with the SET_FIELD behind it */
};

struct flow_action {
    uint8_t type;  /* enum action_type */
    uint8_t extra; /* operand cells that follow */
    union {
        uint16_t max_len; /* OUTPUT; 0xffff: the whole frame, no buffer */
        uint16_t form;    /* SET_FIELD, VLAN; enum action_form */
    };
    union {
        uint32_t port, group, queue, meter, field;
        uint32_t ethertype, vlan_vid, vlan_pcp, ttl;
    };
    union {
        uint32_t enqueue_queue;
        uint32_t table; /* RESUBMIT */
        /* SET_FIELD: meant also for frames without the field, which it leaves
         * as they are. */
        uint32_t is_for_all;
        uint64_t pad;
    };
};

static_assert(sizeof(struct flow_action) == 16, "a cell");

/* The operand of MOVE, and of OUTPUT_REG but for the target. */
struct action_move {
    uint16_t source_field, target_field;
    uint16_t source_bit, target_bit; /* from the right */
    uint16_t bits;
    uint16_t pad[3];
};

/* An operand cell.  Those of SET_FIELD are the value and the mask, each in the
 * field's bytes from the left, network order. */
union action_operand {
    struct flow_action cell;
    struct action_move move;
    uint8_t bytes[16];
};

static_assert(sizeof(union action_operand) == sizeof(struct flow_action),
              "an operand is a cell");

/* A growing list; start from zero, end with action_list_clear.  Once memory
 * has run out 'is_bad' is set and adding does nothing. */
struct action_list {
    struct flow_action *cells;
    size_t count, room;
    bool is_bad;
};

void action_list_add(struct action_list *l, struct flow_action action);
void action_list_set_field(struct action_list *l, const struct field *f,
                           const uint8_t *value, const uint8_t *mask);
/* Adds a MOVE or an OUTPUT_REG with its operand. */
void action_list_add_move(struct action_list *l, struct flow_action action,
                          const struct action_move *move);
/*
 * Adds a change of the VLAN tag as NXM has it (PCP, VLAN_PRESENT, VID) that 1.0
 * has an action for, which also pushes a tag where there is none, or takes it
 * off: all of the VID or of the PCP with VLAN_PRESENT, or all of it to 0.
 * False: it is no such change, and nothing was added.
 */
bool action_list_set_tag(struct action_list *l, uint16_t tci, uint16_t mask);

/* The tag and the mask of what action_list_set_tag has added; false: it was
 * said in another form. */
bool action_tag_of(const struct flow_action *a, uint16_t *tci, uint16_t *mask);

/* The SET_FIELD that was added last; the list must not be bad. */
struct flow_action *action_list_last_set(const struct action_list *l);
void action_list_clear(struct action_list *l);

/*
 * What frames with this key are after the action, as far as it decides which
 * fields they have.  False: nothing is known of them any more.
 */
bool action_follow(struct flow_key *key, const struct flow_action *a);

/*
 * Whether a SET_FIELD, with the one that is joined to it, changes bits of the
 * VLAN tag as NXM has it: PCP, VLAN_PRESENT, VID.  Such a change also pushes a
 * tag where there is none, or takes it off.
 */
bool action_sets_tci(const struct flow_action *a, uint16_t *value,
                     uint16_t *mask);

/*
 * Of a list as OpenFlow 1.1 and later tell it: what sets a field that frames of
 * the match need not have can only come from 1.0, which leaves the others as
 * they are.  Marks such actions as that.
 */
void action_mark_for_all(const struct flow_match *match,
                         struct flow_action *cells, size_t count);

/* Whether the action is a note of what could not be said; the word is copied.
 */
bool action_is_unsaid(const struct flow_action *a, char word[ACTION_WORD_SIZE]);

static inline const uint8_t *action_value(const struct flow_action *a)
{
    return (const uint8_t *)(a + 1);
}

static inline const uint8_t *action_mask(const struct flow_action *a)
{
    return (const uint8_t *)(a + 2);
}

/* The operand of a MOVE or an OUTPUT_REG. */
struct action_move action_move_of(const struct flow_action *a);

/* The end of a list; an empty one may be NULL, to which C adds nothing. */
static inline const struct flow_action *
action_end(const struct flow_action *cells, size_t count)
{
    return count ? cells + count : cells;
}

/* The cells of a list from 'a' on: for (a = cells; a < end; a = next(a)). */
static inline const struct flow_action *action_next(const struct flow_action *a)
{
    return a + 1 + a->extra;
}

/* The first action of a type from 'a' on; NULL: there is none before 'end'.
 * The next one is looked for from action_next of that on. */
static inline const struct flow_action *
action_find(const struct flow_action *a, const struct flow_action *end,
            enum action_type type)
{
    while (a < end && a->type != type)
        a = action_next(a);
    return a < end ? a : NULL;
}

/* The first that also has this number: its port, group, queue or meter. */
static inline const struct flow_action *
action_find_number(const struct flow_action *a, const struct flow_action *end,
                   enum action_type type, uint32_t number)
{
    while (a < end && (a->type != type || a->port != number))
        a = action_next(a);
    return a < end ? a : NULL;
}

/*
 * What a flow entry does.  The cells of both lists stand in one block: apply
 * first, then write.
 */
struct flow_instructions {
    uint16_t apply_count, write_count; /* cells */
    uint8_t goto_table;
    bool has_goto, has_clear, has_write, has_apply, has_metadata, has_meter;
    uint32_t meter;
    uint64_t metadata, metadata_mask; /* network order */
    struct flow_action *cells;        /* owned; NULL if there are none */
};

static inline const struct flow_action *
instructions_apply(const struct flow_instructions *i)
{
    return i->cells;
}

static inline const struct flow_action *
instructions_write(const struct flow_instructions *i)
{
    return i->cells ? i->cells + i->apply_count : NULL;
}

/* The ends of the list that is applied, and of both. */
static inline const struct flow_action *
instructions_apply_end(const struct flow_instructions *i)
{
    return action_end(i->cells, i->apply_count);
}

static inline const struct flow_action *
instructions_end(const struct flow_instructions *i)
{
    return action_end(i->cells, (size_t)i->apply_count + i->write_count);
}

/* Copies both lists into one block, in the place of what was there.
 * FLOW_OUT_OF_MEMORY (also if a list is bad) or FLOW_TOO_MANY_ACTIONS. */
enum flow_error flow_instructions_join(struct flow_instructions *i,
                                       const struct action_list *apply,
                                       const struct action_list *write);

/* 'to' is as 'from', with a block of its own; false if out of memory, and then
 * it has none. */
bool flow_instructions_copy(struct flow_instructions *to,
                            const struct flow_instructions *from);

void flow_instructions_clear(struct flow_instructions *i);
bool flow_instructions_is_equal(const struct flow_instructions *a,
                                const struct flow_instructions *b);

#endif
