#include "openflow/of_action.h"

#include "openflow/of_action_field.h"
#include "openflow/of_action_learn.h"
#include "openflow/of_action_row.h"
#include "openflow/of_port_number.h"

enum { MAX_LEN_ALL = 0xffff };

/* The row by which an action is read; moves '*r' behind what says so. */
static enum flow_error find_row(struct of_action_context *c, uint16_t number,
                                struct reader *r)
{
    uint32_t vendor = 0;

    if (number == OF_ACTION_EXPERIMENTER) {
        vendor = read_u32(r);
        if (vendor != OF_VENDOR_NICIRA && vendor != OF_VENDOR_ONF)
            return FLOW_BAD_ACTION_EXPERIMENTER;
        number = read_u16(r);
    }
    c->row = of_action_row_find(c->version, vendor, number);
    if (c->row)
        return FLOW_OK;
    return vendor ? FLOW_BAD_EXPERIMENTER_ACTION : FLOW_BAD_ACTION;
}

/* 'r' holds one action behind its header. */
static enum flow_error read_one(struct of_action_context *c, uint16_t number,
                                struct reader *r, struct action_list *l)
{
    size_t size = r->left + OF_ACTION_HEADER_SIZE;
    enum flow_error error = find_row(c, number, r);

    if (!error && c->row->size && size != c->row->size)
        return FLOW_BAD_ACTION_LENGTH;
    if (!error)
        error = of_action_row_read(c, r, l);
    return r->bad ? FLOW_BAD_ACTION_LENGTH : error;
}

enum flow_error of_actions_read(enum of_version version, struct reader *r,
                                const struct flow_match *match,
                                struct action_list *l)
{
    struct of_action_context c = {.version = version, .match = match};
    enum flow_error error = FLOW_OK;

    while (r->left > 0 && !error) {
        uint16_t number = read_u16(r), size = read_u16(r);
        struct reader body;

        if (size < 8 || size % 8 != 0)
            return FLOW_BAD_ACTION_LENGTH;
        body = read_slice(r, size - OF_ACTION_HEADER_SIZE);
        if (r->bad)
            return FLOW_BAD_ACTION_LENGTH;
        error = read_one(&c, number, &body, l);
    }
    return r->bad ? FLOW_BAD_ACTION_LENGTH : error;
}

/* Nothing is written where the version has no such action. */
static void put_plain(enum of_version version, struct of_buffer *b,
                      const struct flow_action *a)
{
    const struct of_action_row *row =
        of_action_row_to_write(version, (enum action_type)a->type, 0);

    if (row)
        of_action_row_put(b, row, a->port);
}

static void put_output(enum of_version version, struct of_buffer *b,
                       const struct flow_action *a)
{
    size_t start = of_action_wire_begin(b, OF_ACTION_OUTPUT);

    of_port_number_put(b, version, a->port);
    of_put_u16(b, a->max_len);
    of_action_wire_end(b, start);
}

static void put_pop_queue(struct of_buffer *b)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_POP_QUEUE);

    of_put_zeros(b, 6);
    of_action_wire_end(b, start);
}

static void put_set_queue(enum of_version version, struct of_buffer *b,
                          const struct flow_action *a)
{
    if (a->queue == ACTION_QUEUE_NONE)
        put_pop_queue(b);
    else
        put_plain(version, b, a);
}

/* Since 1.1 it takes three actions. */
static void put_enqueue(enum of_version version, struct of_buffer *b,
                        const struct flow_action *a)
{
    struct flow_action queue = {.type = ACTION_SET_QUEUE,
                                .queue = a->enqueue_queue};
    struct flow_action output = {
        .type = ACTION_OUTPUT, .max_len = MAX_LEN_ALL, .port = a->port};
    size_t start;

    if (version > OF10) {
        put_set_queue(version, b, &queue);
        put_output(version, b, &output);
        put_pop_queue(b);
        return;
    }
    start = of_action_wire_begin(b, OF_ACTION_ENQUEUE);
    of_port_number_put(b, version, a->port);
    of_put_zeros(b, 6);
    of_put_u32(b, a->enqueue_queue);
    of_action_wire_end(b, start);
}

/* Where a version has no action for it, a field is set. */
static void put_as_field(enum of_version version, struct of_buffer *b,
                         enum field_id id, uint32_t number)
{
    const struct of_action_context c = {.version = version};
    struct action_list l = {0};

    of_action_set_number(&c, &l, id, number);
    if (l.is_bad)
        b->is_bad = true;
    else
        of_action_put_set_field(version, b, l.cells);
    action_list_clear(&l);
}

/* Since 1.2 the fields of a tag that is there. */
static void put_set_vlan(enum of_version version, struct of_buffer *b,
                         const struct flow_action *a)
{
    if (version < OF12)
        put_plain(version, b, a);
    else if (a->type == ACTION_SET_VLAN_VID)
        put_as_field(version, b, FIELD_VLAN_VID, a->vlan_vid | VLAN_PRESENT);
    else
        put_as_field(version, b, FIELD_VLAN_PCP, a->vlan_pcp);
}

static void put_set_ttl(enum of_version version, struct of_buffer *b,
                        const struct flow_action *a)
{
    if (version > OF10)
        put_plain(version, b, a);
    else
        put_as_field(version, b, FIELD_IP_TTL, a->ttl);
}

/* The field of TCP for one that shares its action in 1.0 and 1.1 with it. */
static enum field_id shared_field(enum field_id id)
{
    switch (id) {
    case FIELD_UDP_SRC:
    case FIELD_SCTP_SRC:
        return FIELD_TCP_SRC;
    case FIELD_UDP_DST:
    case FIELD_SCTP_DST:
        return FIELD_TCP_DST;
    default:
        return id;
    }
}

/* Sets a field as 1.0 and 1.1 do; false if they have no action for it. */
static bool put_set_old(enum of_version version, struct of_buffer *b,
                        const struct flow_action *a)
{
    enum field_id id = shared_field((enum field_id)a->field);
    struct flow_action vlan = {.type = ACTION_SET_VLAN_VID};
    const struct of_action_row *row;
    uint64_t number;

    if (version >= OF12 || !of_action_is_number(a, &number))
        return false;
    if ((id == FIELD_VLAN_VID && number & VLAN_PRESENT) ||
        id == FIELD_VLAN_PCP) {
        if (id == FIELD_VLAN_PCP)
            vlan.type = ACTION_SET_VLAN_PCP;
        vlan.vlan_vid = number & 0xfff;
        put_plain(version, b, &vlan);
        return true;
    }
    row = id == FIELD_IP_TTL
              ? of_action_row_to_write(version, ACTION_SET_IP_TTL, id)
              : of_action_row_to_write(version, ACTION_SET_FIELD, id);
    if (row && id == FIELD_TUNNEL_ID && number > UINT32_MAX)
        row = of_action_row_find(version, OF_VENDOR_NICIRA, OF_NX_SET_TUNNEL64);
    if (row)
        of_action_row_put(b, row, number);
    return row;
}

static void put_set_field(enum of_version version, struct of_buffer *b,
                          const struct flow_action *a)
{
    if (!put_set_old(version, b, a))
        of_action_put_set_field(version, b, a);
}

static void put_resubmit(enum of_version version, struct of_buffer *b,
                         const struct flow_action *a)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_RESUBMIT_TABLE);

    (void)version;
    of_put_u16(b, of_port_number_to10(a->port));
    of_put_u8(b, (uint8_t)a->table);
    of_action_wire_end(b, start);
}

static void put_note(enum of_version version, struct of_buffer *b,
                     const struct flow_action *a)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_NOTE);
    size_t room = 16u * a->extra;

    (void)version;
    of_put(b, action_value(a), a->max_len < room ? a->max_len : room);
    of_action_wire_end(b, start);
}

/* In 1.0 a tag comes by itself with the action that sets its number. */
static void put_push_vlan(enum of_version version, struct of_buffer *b,
                          const struct flow_action *a)
{
    if (version > OF10)
        put_plain(version, b, a);
}

/* Two that of_action_read_tp made of one: the second is not written. */
static bool is_repeated(const struct flow_action *before,
                        const struct flow_action *a)
{
    return before && before->type == ACTION_SET_FIELD &&
           a->type == ACTION_SET_FIELD && before->field != a->field &&
           shared_field((enum field_id)a->field) ==
               (enum field_id)before->field &&
           memcmp(action_value(before), action_value(a),
                  2 * sizeof(union action_operand)) == 0;
}

void of_actions_write(enum of_version version, struct of_buffer *b,
                      const struct flow_action *cells, size_t count)
{
    static void (*const writers[ACTION_TYPE_COUNT])(
        enum of_version, struct of_buffer *, const struct flow_action *) = {
        [ACTION_OUTPUT] = put_output,
        [ACTION_ENQUEUE] = put_enqueue,
        [ACTION_SET_QUEUE] = put_set_queue,
        [ACTION_SET_FIELD] = put_set_field,
        [ACTION_SET_VLAN_VID] = put_set_vlan,
        [ACTION_SET_VLAN_PCP] = put_set_vlan,
        [ACTION_SET_IP_TTL] = put_set_ttl,
        [ACTION_PUSH_VLAN] = put_push_vlan,
        [ACTION_MOVE] = of_action_put_move,
        [ACTION_RESUBMIT] = put_resubmit,
        [ACTION_NOTE] = put_note,
        [ACTION_LEARN] = of_action_put_learn,
        [ACTION_OUTPUT_REG] = of_action_put_output_reg,
    };
    const struct flow_action *before = NULL, *a;

    for (size_t i = 0; i < count; i += 1u + a->extra, before = a) {
        a = &cells[i];
        if (version < OF12 && is_repeated(before, a))
            continue;
        if (writers[a->type])
            writers[a->type](version, b, a);
        else
            put_plain(version, b, a);
    }
}
