/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_action_row.h"

#include "base/array.h"
#include "flow/group_desc.h"
#include "flow/meter_desc.h"
#include "openflow/of_action_field.h"
#include "openflow/of_action_learn.h"
#include "openflow/of_action_special.h"

/* It would spread the rows out. */
/* clang-format off */
#define PLAIN(number, first, last, action, form)                               \
    {number, first, last, 0, ACTION_##action, OF_ARGUMENT_##form, 0, 8, NULL}
#define SETS(number, first, last, field, form, size)                           \
    {number, first, last, 0, ACTION_SET_FIELD, OF_ARGUMENT_##form,             \
     FIELD_##field, size, NULL}
#define READS(number, first, last, action, size, read)                         \
    {number, first, last, 0, ACTION_##action, OF_ARGUMENT_SPECIAL, 0, size,    \
     of_action_read_##read}
#define NX(number, action, form)                                               \
    {number, OF10, OF10, OF_VENDOR_NICIRA, ACTION_##action,                    \
     OF_ARGUMENT_##form, 0, 16, NULL}
#define NX_SETS(number, last, field, form, size)                               \
    {number, OF10, last, OF_VENDOR_NICIRA, ACTION_SET_FIELD,                   \
     OF_ARGUMENT_##form, FIELD_##field, size, NULL}
#define NX_READS(number, action, size, read)                                   \
    {number, OF10, OF15, OF_VENDOR_NICIRA, ACTION_##action,                    \
     OF_ARGUMENT_SPECIAL, 0, size, of_action_read_##read}

/* The first row of an action and version is how it is written.  Those of
 * Nicira's that standard actions have replaced are written in 1.0 only. */
static const struct of_action_row rows[] = {
    READS(OF_ACTION_OUTPUT, OF10, OF10, OUTPUT, 8, output),
    PLAIN(1, OF10, OF11, SET_VLAN_VID, U16),
    PLAIN(2, OF10, OF11, SET_VLAN_PCP, U8),
    PLAIN(3, OF10, OF10, STRIP_VLAN, NONE),
    PLAIN(3, OF10, OF10, POP_VLAN, NONE),
    SETS(4, OF10, OF10, ETH_SRC, ETHERNET, 16),
    SETS(5, OF10, OF10, ETH_DST, ETHERNET, 16),
    SETS(6, OF10, OF10, IPV4_SRC, U32, 8),
    SETS(7, OF10, OF10, IPV4_DST, U32, 8),
    SETS(8, OF10, OF10, IP_DSCP, TOS, 8),
    SETS(9, OF10, OF10, TCP_SRC, TP, 8),
    SETS(10, OF10, OF10, TCP_DST, TP, 8),
    READS(OF_ACTION_ENQUEUE, OF10, OF10, ENQUEUE, 16, enqueue),

    READS(OF_ACTION_OUTPUT, OF11, OF15, OUTPUT, 16, output),
    SETS(3, OF11, OF11, ETH_SRC, ETHERNET, 16),
    SETS(4, OF11, OF11, ETH_DST, ETHERNET, 16),
    SETS(5, OF11, OF11, IPV4_SRC, U32, 8),
    SETS(6, OF11, OF11, IPV4_DST, U32, 8),
    SETS(7, OF11, OF11, IP_DSCP, TOS, 8),
    SETS(8, OF11, OF11, IP_ECN, U8, 8),
    SETS(9, OF11, OF11, TCP_SRC, TP, 8),
    SETS(10, OF11, OF11, TCP_DST, TP, 8),
    PLAIN(11, OF11, OF15, COPY_TTL_OUT, NONE),
    PLAIN(12, OF11, OF15, COPY_TTL_IN, NONE),
    SETS(13, OF11, OF11, MPLS_LABEL, U32, 8),
    SETS(14, OF11, OF11, MPLS_TC, U8, 8),
    PLAIN(15, OF11, OF15, SET_MPLS_TTL, U8),
    PLAIN(16, OF11, OF15, DEC_MPLS_TTL, NONE),
    PLAIN(17, OF11, OF15, PUSH_VLAN, U16),
    PLAIN(18, OF11, OF15, POP_VLAN, NONE),
    PLAIN(18, OF11, OF15, STRIP_VLAN, NONE),
    PLAIN(19, OF11, OF15, PUSH_MPLS, U16),
    PLAIN(20, OF11, OF15, POP_MPLS, U16),
    PLAIN(21, OF11, OF15, SET_QUEUE, U32),
    PLAIN(22, OF11, OF15, GROUP, U32),
    PLAIN(23, OF11, OF15, SET_IP_TTL, U8),
    PLAIN(24, OF11, OF15, DEC_IP_TTL, NONE),
    READS(OF_ACTION_SET_FIELD, OF12, OF15, SET_FIELD, 0, set_field),
    PLAIN(26, OF13, OF15, PUSH_PBB, U16),
    PLAIN(27, OF13, OF15, POP_PBB, NONE),
    READS(OF_ACTION_COPY_FIELD, OF15, OF15, MOVE, 0, copy_field),
    PLAIN(29, OF15, OF15, METER, U32),

    NX_READS(1, RESUBMIT, 16, resubmit),
    NX_SETS(2, OF11, TUNNEL_ID, U32, 16),
    NX(4, SET_QUEUE, U32),
    NX_READS(OF_NX_POP_QUEUE, SET_QUEUE, 16, pop_queue),
    NX_READS(OF_NX_REG_MOVE, MOVE, 0, reg_move),
    NX_READS(OF_NX_REG_LOAD, SET_FIELD, 24, reg_load),
    NX_READS(33, SET_FIELD, 0, reg_load2),
    NX_READS(OF_NX_NOTE, NOTE, 0, note),
    NX_SETS(OF_NX_SET_TUNNEL64, OF11, TUNNEL_ID, U64, 24),
    NX_READS(OF_NX_RESUBMIT_TABLE, RESUBMIT, 16, resubmit),
    NX_READS(OF_NX_OUTPUT_REG, OUTPUT_REG, 24, output_reg),
    NX_READS(OF_NX_LEARN, LEARN, 0, learn),
    {17, OF10, OF15, OF_VENDOR_NICIRA, ACTION_EXIT, OF_ARGUMENT_NONE, 0, 16,
     NULL},
    NX(18, DEC_IP_TTL, NONE),
    NX_READS(20, OUTPUT, 16, controller),
    NX_READS(21, DEC_IP_TTL, 0, dec_ttl_ids),
    NX(23, PUSH_MPLS, U16),
    NX(24, POP_MPLS, U16),
    NX(25, SET_MPLS_TTL, U8),
    NX(26, DEC_MPLS_TTL, NONE),
    NX_SETS(30, OF10, MPLS_LABEL, U32, 16),
    NX_SETS(31, OF10, MPLS_TC, U8, 16),
    NX_READS(OF_NX_OUTPUT_REG2, OUTPUT_REG, 24, output_reg),
    NX(40, GROUP, U32),
    NX_READS(OF_NX_LEARN2, LEARN, 0, learn),

    {3200, OF13, OF14, OF_VENDOR_ONF, ACTION_MOVE, OF_ARGUMENT_SPECIAL, 0, 0,
     of_action_read_onf_copy_field},
};
/* clang-format on */

enum { ROWS = ARRAY_SIZE(rows) };

static enum flow_error check_argument(enum action_type type, uint64_t argument)
{
    switch (type) {
    case ACTION_GROUP:
        return argument > GROUP_MAX ? FLOW_BAD_OUT_GROUP : FLOW_OK;
    case ACTION_METER:
        return argument == 0 || argument > METER_MAX ? FLOW_BAD_ACTION_METER
                                                     : FLOW_OK;
    default:
        return action_takes(type, argument) ? FLOW_OK : FLOW_BAD_ARGUMENT;
    }
}

static uint64_t read_argument(const struct of_action_row *row, struct reader *r)
{
    switch (row->form) {
    case OF_ARGUMENT_U8:
    case OF_ARGUMENT_TOS:
        return read_u8(r);
    case OF_ARGUMENT_U16:
        return read_u16(r);
    case OF_ARGUMENT_U32:
        read_bytes(r, row->vendor ? 2 : 0);
        return read_u32(r);
    case OF_ARGUMENT_U64:
        read_bytes(r, 6);
        return read_u64(r);
    case OF_ARGUMENT_ETHERNET:
        return read_big_endian(r, 6);
    default:
        return 0;
    }
}

enum flow_error of_action_row_read(const struct of_action_context *c,
                                   struct reader *r, struct action_list *l)
{
    const struct of_action_row *row = c->row;
    enum flow_error error;
    uint64_t argument;

    if (row->form == OF_ARGUMENT_SPECIAL)
        return row->read(c, r, l);
    if (row->form == OF_ARGUMENT_TP)
        return of_action_read_tp(c, r, row->field == FIELD_TCP_DST, l);
    argument = read_argument(row, r);
    if (row->form == OF_ARGUMENT_TOS) {
        if (argument & 3)
            return FLOW_BAD_ARGUMENT;
        argument >>= 2;
    }
    if (row->action == ACTION_SET_FIELD)
        return of_action_set_number(c, l, row->field, argument);
    error = check_argument(row->action, argument);
    if (!error)
        of_action_wire_add(l, row->action, (uint32_t)argument);
    return error;
}

const struct of_action_row *of_action_row_find(enum of_version version,
                                               uint32_t vendor, uint16_t number)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number == number && rows[i].vendor == vendor &&
            (vendor == OF_VENDOR_NICIRA ||
             (rows[i].first <= version && rows[i].last >= version)))
            return &rows[i];
    return NULL;
}

const struct of_action_row *of_action_row_to_write(enum of_version version,
                                                   enum action_type action,
                                                   enum field_id field)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].action == action && rows[i].form != OF_ARGUMENT_SPECIAL &&
            rows[i].first <= version && rows[i].last >= version &&
            (action != ACTION_SET_FIELD || rows[i].field == field))
            return &rows[i];
    return NULL;
}

static void put_argument(struct of_buffer *b, const struct of_action_row *row,
                         uint64_t argument)
{
    switch (row->form) {
    case OF_ARGUMENT_U8:
        of_put_u8(b, (uint8_t)argument);
        break;
    case OF_ARGUMENT_TOS:
        of_put_u8(b, (uint8_t)(argument << 2));
        break;
    case OF_ARGUMENT_U16:
    case OF_ARGUMENT_TP:
        of_put_u16(b, (uint16_t)argument);
        break;
    case OF_ARGUMENT_U32:
        of_put_zeros(b, row->vendor ? 2 : 0);
        of_put_u32(b, (uint32_t)argument);
        break;
    case OF_ARGUMENT_U64:
        of_put_zeros(b, 6);
        of_put_u64(b, argument);
        break;
    case OF_ARGUMENT_ETHERNET:
        of_put_u16(b, (uint16_t)(argument >> 32));
        of_put_u32(b, (uint32_t)argument);
        break;
    case OF_ARGUMENT_NONE:
    case OF_ARGUMENT_SPECIAL:
        break;
    }
}

void of_action_row_put(struct of_buffer *b, const struct of_action_row *row,
                       uint64_t argument)
{
    size_t start, done;

    if (row->form == OF_ARGUMENT_SPECIAL)
        return;
    start = row->vendor ? of_action_wire_begin_nicira(b, row->number)
                        : of_action_wire_begin(b, row->number);
    put_argument(b, row, argument);
    done = b->size - start;
    of_put_zeros(b, done < row->size ? row->size - done : 0);
    of_action_wire_end(b, start);
}
