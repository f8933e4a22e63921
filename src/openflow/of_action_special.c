/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_action_special.h"

#include "flow/port_no.h"
#include "openflow/of_action_field.h"
#include "openflow/of_port_number.h"

enum {
    REASON_ACTION = 1, /* of Nicira's controller action */
    NOTE_CELLS = 15,
};

/* Ports that no switch has are refused, as Open vSwitch does; so is 0. */
static bool is_output_port(uint32_t number)
{
    return (number > 0 && number < OF10_PORT_MAX) ||
           (number >= PORT_NO_IN_PORT && number != PORT_NO_ANY);
}

enum flow_error of_action_read_output(const struct of_action_context *c,
                                      struct reader *r, struct action_list *l)
{
    uint32_t number;
    bool is_port = of_port_number_read(r, c->version, &number);
    uint16_t max_len = read_u16(r);

    if (!is_port || !is_output_port(number))
        return FLOW_BAD_OUT_PORT;
    action_list_add(l, (struct flow_action){.type = ACTION_OUTPUT,
                                            .max_len = max_len,
                                            .port = number});
    return FLOW_OK;
}

/* Only to real ports, to LOCAL and back where the frame came from (1.0
 * 5.2.4). */
enum flow_error of_action_read_enqueue(const struct of_action_context *c,
                                       struct reader *r, struct action_list *l)
{
    uint32_t number;
    bool is_port = of_port_number_read(r, c->version, &number);

    read_bytes(r, 6);
    if (!is_port || !is_output_port(number) ||
        (number > PORT_NO_IN_PORT && number != PORT_NO_LOCAL))
        return FLOW_BAD_OUT_PORT;
    action_list_add(l, (struct flow_action){.type = ACTION_ENQUEUE,
                                            .port = number,
                                            .enqueue_queue = read_u32(r)});
    return FLOW_OK;
}

/*
 * Sets the port of whatever is there.  If the match does not say what that is,
 * TCP and UDP get an action each, of which one does something.
 */
enum flow_error of_action_read_tp(const struct of_action_context *c,
                                  struct reader *r, bool is_target,
                                  struct action_list *l)
{
    static const enum field_id fields[][2] = {
        /* clang-format off */
        {FIELD_TCP_SRC,  FIELD_TCP_DST },
        {FIELD_UDP_SRC,  FIELD_UDP_DST },
        {FIELD_SCTP_SRC, FIELD_SCTP_DST},
        /* clang-format on */
    };
    uint16_t port = read_u16(r);

    for (size_t i = 0; c->match && i < 3; i++)
        if (field_is_in(field_by_id(fields[i][0]), &c->match->key))
            return of_action_set_number(c, l, fields[i][is_target], port);
    of_action_set_number(c, l, fields[0][is_target], port);
    if (!l->is_bad)
        action_list_last_set(l)->form = ACTION_FORM_JOINED;
    return of_action_set_number(c, l, fields[1][is_target], port);
}

enum flow_error of_action_read_onf_copy_field(const struct of_action_context *c,
                                              struct reader *r,
                                              struct action_list *l)
{
    read_bytes(r, 2);
    return of_action_read_copy_field(c, r, l);
}

/* Ports are 1.0's in every version. */
enum flow_error of_action_read_resubmit(const struct of_action_context *c,
                                        struct reader *r, struct action_list *l)
{
    uint32_t port;
    bool is_port = of_port_number_from10(read_u16(r), &port);
    uint8_t table = read_u8(r);

    if (!is_port)
        return FLOW_BAD_OUT_PORT;
    if (c->row->number != OF_NX_RESUBMIT_TABLE)
        table = OF_ACTION_TABLE_SAME;
    action_list_add(l, (struct flow_action){.type = ACTION_RESUBMIT,
                                            .port = port,
                                            .table = table});
    return FLOW_OK;
}

enum flow_error of_action_read_note(const struct of_action_context *c,
                                    struct reader *r, struct action_list *l)
{
    size_t size = r->left, cells = (size + 15) / 16;

    (void)c;
    if (cells > NOTE_CELLS)
        return FLOW_BAD_ARGUMENT;
    action_list_add(l, (struct flow_action){.type = ACTION_NOTE,
                                            .extra = (uint8_t)cells,
                                            .max_len = (uint16_t)size});
    while (r->left > 0) {
        union action_operand cell = {.bytes = {0}};
        size_t part = r->left < 16 ? r->left : 16;

        memcpy(cell.bytes, read_bytes(r, part), part);
        action_list_add(l, cell.cell);
    }
    return FLOW_OK;
}

enum flow_error of_action_read_pop_queue(const struct of_action_context *c,
                                         struct reader *r,
                                         struct action_list *l)
{
    (void)c;
    (void)r;
    of_action_wire_add(l, ACTION_SET_QUEUE, ACTION_QUEUE_NONE);
    return FLOW_OK;
}

/* An output to the controller that may name a reason and one controller of
 * several, which is not done here. */
enum flow_error of_action_read_controller(const struct of_action_context *c,
                                          struct reader *r,
                                          struct action_list *l)
{
    uint16_t max_len = read_u16(r), controller = read_u16(r);
    uint8_t reason = read_u8(r);

    (void)c;
    if (controller || reason != REASON_ACTION)
        return FLOW_BAD_ARGUMENT;
    action_list_add(l, (struct flow_action){.type = ACTION_OUTPUT,
                                            .max_len = max_len,
                                            .port = PORT_NO_CONTROLLER});
    return FLOW_OK;
}

/* A dec_ttl that names controllers: only the usual one, number 0. */
enum flow_error of_action_read_dec_ttl_ids(const struct of_action_context *c,
                                           struct reader *r,
                                           struct action_list *l)
{
    uint16_t count = read_u16(r);

    (void)c;
    read_bytes(r, 4);
    if (count != 1 || read_u16(r) != 0)
        return FLOW_BAD_ARGUMENT;
    of_action_wire_add(l, ACTION_DEC_IP_TTL, 0);
    return FLOW_OK;
}
