/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registry of actions: one row a type.  All that lists types of actions is
 * made of it, so that a type whose function is missing does not compile:
 *
 *     packet/edit.c         what each EDIT does to a frame
 *     datapath/key_edit.c   and what the frame's key is then
 *     datapath/pipeline.c   how each PIPELINE one is decided
 *
 * Beside these an action has its numbers in openflow/of_action_row.c.  One that
 * is more than a number has its readers and writers there and in
 * text/text_action.c.  OpenFlow 1.0 5.2.4, 1.3.5 5.10 and 7.2.5, 1.5.1 7.2.6.
 */
#ifndef FLOW_ACTION_TYPE_H
#define FLOW_ACTION_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/field.h"

/* How ovs-ofctl writes the argument. */
enum action_notation {
    NOTATION_OWN,         /* it is more than a number, or none is said */
    NOTATION_PLAIN,       /* word:5, and the word where there is no argument */
    NOTATION_HEX,         /* word:0x8100 */
    NOTATION_PARENTHESES, /* word(5) */
};

/*
 * Where it stands in an action set, whatever order it was written in.  Of those
 * from GROUP on just the first is done.  OpenFlow 1.3.5 5.10; where that leaves
 * it open, as Open vSwitch.
 */
enum action_order {
    ORDER_NONE, /* an action set has no such action */
    ORDER_COPY_TTL_IN,
    ORDER_POP_VLAN,
    ORDER_STRIP_VLAN,
    ORDER_POP_MPLS,
    ORDER_POP_PBB,
    ORDER_PUSH_MPLS,
    ORDER_PUSH_PBB,
    ORDER_PUSH_VLAN,
    ORDER_COPY_TTL_OUT,
    ORDER_DEC_IP_TTL,
    ORDER_DEC_MPLS_TTL,
    ORDER_AS_WRITTEN, /* all of them, in the order of writing */
    ORDER_METER,
    ORDER_GROUP,
    ORDER_OUTPUT,
    ORDER_RESUBMIT,
    ORDER_COUNT,
};

/* What is known of a frame after it, as far as that decides which fields the
 * frame has. */
enum action_effect {
    EFFECT_NONE,
    EFFECT_FIELD,     /* what it sets */
    EFFECT_TAG,       /* it has a VLAN tag */
    EFFECT_NO_TAG,    /* it has none */
    EFFECT_ETHERTYPE, /* the argument is its Ethertype */
    EFFECT_UNKNOWN,   /* nothing */
};

struct action_row {
    const char *word; /* that texts have for it */
    uint32_t max;     /* of its argument; 0: it has none */
    /* Further, whether it may be this one; NULL: any is. */
    bool (*takes)(uint32_t argument);
    enum action_notation notation;
    enum field_needs needs; /* of frames that it can be done to */
    enum action_order order;
    enum action_effect effect;
    enum field_id consults; /* what it does depends on it; IN_PORT: on none */
};

/*
 * Each row: its name in enum action_type, its word, and columns that are not
 * zero.  EDIT makes of it what is wanted of an action that changes frames, and
 * PIPELINE of one that the pipeline itself carries out.
 */
/* clang-format off */
#define ACTIONS(EDIT, PIPELINE)                                                \
    PIPELINE(OUTPUT, output, .order = ORDER_OUTPUT)                            \
    PIPELINE(GROUP, group, .max = UINT32_MAX, .notation = NOTATION_PLAIN,      \
             .order = ORDER_GROUP)                                             \
    PIPELINE(SET_QUEUE, set_queue, .max = UINT32_MAX,                          \
             .notation = NOTATION_PLAIN, .order = ORDER_AS_WRITTEN)            \
    PIPELINE(ENQUEUE, enqueue, .order = ORDER_NONE)                            \
    EDIT(SET_FIELD, set_field, .order = ORDER_AS_WRITTEN,                      \
         .effect = EFFECT_FIELD)                                               \
    EDIT(STRIP_VLAN, strip_vlan, .notation = NOTATION_PLAIN,                   \
         .order = ORDER_STRIP_VLAN, .effect = EFFECT_NO_TAG)                   \
    EDIT(SET_VLAN_VID, mod_vlan_vid, .max = 0xfff, .notation = NOTATION_PLAIN, \
         .order = ORDER_AS_WRITTEN, .effect = EFFECT_TAG)                      \
    EDIT(SET_VLAN_PCP, mod_vlan_pcp, .max = 7, .notation = NOTATION_PLAIN,     \
         .order = ORDER_AS_WRITTEN, .effect = EFFECT_TAG)                      \
    EDIT(PUSH_VLAN, push_vlan, .max = 0xffff, .takes = ethertype_is_vlan,      \
         .notation = NOTATION_HEX, .order = ORDER_PUSH_VLAN,                   \
         .effect = EFFECT_TAG)                                                 \
    EDIT(POP_VLAN, pop_vlan, .notation = NOTATION_PLAIN, .needs = NEEDS_VLAN,  \
         .order = ORDER_POP_VLAN, .effect = EFFECT_NO_TAG)                     \
    EDIT(PUSH_MPLS, push_mpls, .max = 0xffff, .takes = ethertype_is_mpls,      \
         .notation = NOTATION_HEX, .order = ORDER_PUSH_MPLS,                   \
         .effect = EFFECT_ETHERTYPE)                                           \
    EDIT(POP_MPLS, pop_mpls, .max = 0xffff, .notation = NOTATION_HEX,          \
         .needs = NEEDS_MPLS, .order = ORDER_POP_MPLS,                         \
         .effect = EFFECT_ETHERTYPE)                                           \
    EDIT(PUSH_PBB, push_pbb, .max = 0xffff, .takes = ethertype_is_pbb,         \
         .notation = NOTATION_HEX, .order = ORDER_PUSH_PBB,                    \
         .effect = EFFECT_ETHERTYPE)                                           \
    EDIT(POP_PBB, pop_pbb, .notation = NOTATION_PLAIN, .needs = NEEDS_PBB,     \
         .order = ORDER_POP_PBB, .effect = EFFECT_UNKNOWN)                     \
    EDIT(SET_MPLS_TTL, set_mpls_ttl, .max = 0xff,                              \
         .notation = NOTATION_PARENTHESES, .needs = NEEDS_MPLS,                \
         .order = ORDER_AS_WRITTEN)                                            \
    EDIT(DEC_MPLS_TTL, dec_mpls_ttl, .notation = NOTATION_PLAIN,               \
         .needs = NEEDS_MPLS, .order = ORDER_DEC_MPLS_TTL,                     \
         .consults = FIELD_MPLS_TTL)                                           \
    EDIT(SET_IP_TTL, mod_nw_ttl, .max = 0xff, .notation = NOTATION_PLAIN,      \
         .needs = NEEDS_IP, .order = ORDER_AS_WRITTEN)                         \
    EDIT(DEC_IP_TTL, dec_ttl, .notation = NOTATION_PLAIN, .needs = NEEDS_IP,   \
         .order = ORDER_DEC_IP_TTL, .consults = FIELD_IP_TTL)                  \
    EDIT(COPY_TTL_OUT, copy_ttl_out, .notation = NOTATION_PLAIN,               \
         .order = ORDER_COPY_TTL_OUT)                                          \
    EDIT(COPY_TTL_IN, copy_ttl_in, .notation = NOTATION_PLAIN,                 \
         .order = ORDER_COPY_TTL_IN)                                           \
    PIPELINE(METER, meter, .max = UINT32_MAX, .notation = NOTATION_PLAIN,      \
             .order = ORDER_METER)                                             \
    PIPELINE(RESUBMIT, resubmit, .order = ORDER_RESUBMIT)                      \
    PIPELINE(MOVE, move, .order = ORDER_AS_WRITTEN)                            \
    PIPELINE(NOTE, note, .order = ORDER_NONE)                                  \
    PIPELINE(LEARN, learn, .order = ORDER_NONE)                                \
    PIPELINE(EXIT, exit, .notation = NOTATION_PLAIN, .order = ORDER_NONE)      \
    PIPELINE(OUTPUT_REG, output_reg, .order = ORDER_NONE)
/* clang-format on */

/* What a table makes of the rows that it is not about: nothing. */
#define ACTION_ELSEWHERE(...)

#define X(type, word, ...) ACTION_##type,
/*
 * The arguments that struct flow_action has for each:
 *
 *     OUTPUT        port; max_len for the controller
 *     SET_QUEUE     queue id; ACTION_QUEUE_NONE takes it back
 *     ENQUEUE       port, queue id: OpenFlow 1.0
 *     SET_FIELD     field id; value and mask follow
 *     STRIP_VLAN    OpenFlow 1.0: as POP_VLAN, but no error without one
 *     SET_VLAN_VID, SET_VLAN_PCP  1.0: pushes a tag if there is none
 *     PUSH_*        Ethertype
 *     POP_MPLS      Ethertype of what is below
 *     METER         meter id: an action since OpenFlow 1.5
 *     RESUBMIT      in_port, table: Nicira
 *     MOVE          copy-field; an operand cell follows
 *     NOTE          Nicira; no effect; max_len bytes in operand cells
 *     LEARN         Nicira; flow/learn.h says what follows
 *     EXIT          Nicira; nothing is done after it but the action set
 *     OUTPUT_REG    Nicira; max_len; the source of a MOVE follows
 */
enum action_type { ACTIONS(X, X) ACTION_TYPE_COUNT };
#undef X

/* The row of a type, enum action_type. */
const struct action_row *action_row(unsigned int type);

/* Whether the type may have this argument. */
bool action_takes(enum action_type type, uint64_t argument);

#endif
