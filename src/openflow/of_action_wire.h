/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of of_action share: how actions begin and end on the wire, and
 * what a reader of one is told.
 */
#ifndef OPENFLOW_OF_ACTION_WIRE_H
#define OPENFLOW_OF_ACTION_WIRE_H

#include "flow/action.h"
#include "openflow/of.h"

/* Numbers of actions that more than the table of of_action_row.c has to
 * know. */
enum {
    OF_ACTION_OUTPUT = 0,
    OF_ACTION_ENQUEUE = 11,
    OF_ACTION_SET_FIELD = 25,
    OF_ACTION_COPY_FIELD = 28,
    OF_ACTION_EXPERIMENTER = 0xffff,

    OF_NX_POP_QUEUE = 5,
    OF_NX_REG_MOVE = 6,
    OF_NX_REG_LOAD = 7,
    OF_NX_NOTE = 8,
    OF_NX_SET_TUNNEL64 = 9,
    OF_NX_RESUBMIT_TABLE = 14,
    OF_NX_OUTPUT_REG = 15,
    OF_NX_LEARN = 16,
    OF_NX_OUTPUT_REG2 = 32,
    OF_NX_LEARN2 = 45,
};

enum {
    OF_ACTION_HEADER_SIZE = 4,
    OF_ACTION_TABLE_SAME = 0xff, /* RESUBMIT: in the table where it is */
};

/* What a reader of one action is given besides its bytes. */
struct of_action_context {
    enum of_version version;
    const struct flow_match *match; /* NULL: unknown */
    const struct of_action_row *row;
};

/* 'r' holds what is behind the header of an action, for experimenters behind
 * their type. */
typedef enum flow_error of_action_reader(const struct of_action_context *c,
                                         struct reader *r,
                                         struct action_list *l);

/* How the argument is written.  Nicira's stand behind their type, aligned to
 * their size; all are padded to the size of the action. */
enum of_action_form {
    OF_ARGUMENT_NONE,
    OF_ARGUMENT_U8,
    OF_ARGUMENT_U16,
    OF_ARGUMENT_U32,
    OF_ARGUMENT_U64,
    OF_ARGUMENT_ETHERNET,
    OF_ARGUMENT_TOS, /* DSCP in the upper six bits of a byte */
    OF_ARGUMENT_TP,  /* a port of whatever protocol there is */
    OF_ARGUMENT_SPECIAL,
};

/* One way of writing an action: a row of of_action_row.c. */
struct of_action_row {
    uint16_t number;
    uint8_t first, last; /* versions; see of_action_row_find */
    uint32_t vendor;     /* 0: none */
    enum action_type action;
    enum of_action_form form;
    enum field_id field;    /* that SET_FIELD sets, if it is no SPECIAL */
    uint16_t size;          /* of the whole action; 0: it varies */
    of_action_reader *read; /* of SPECIAL, else NULL */
};

static inline void of_action_wire_add(struct action_list *l,
                                      enum action_type type, uint32_t argument)
{
    action_list_add(
        l, (struct flow_action){.type = (uint8_t)type, .port = argument});
}

/* Returns where the action begins, for of_action_wire_end. */
static inline size_t of_action_wire_begin(struct of_buffer *b, uint16_t number)
{
    size_t start = b->size;

    of_put_u16(b, number);
    of_put_u16(b, 0); /* length */
    return start;
}

static inline size_t of_action_wire_begin_nicira(struct of_buffer *b,
                                                 uint16_t number)
{
    size_t start = of_action_wire_begin(b, OF_ACTION_EXPERIMENTER);

    of_put_u32(b, OF_VENDOR_NICIRA);
    of_put_u16(b, number);
    return start;
}

/* Pads to a multiple of 8 bytes, which the length counts. */
static inline void of_action_wire_end(struct of_buffer *b, size_t start)
{
    of_pad_to_8(b, start);
    of_set_u16(b, start + 2, (uint16_t)(b->size - start));
}

#endif
