/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_action.h"

#include <endian.h>
#include <string.h>

#include "flow/ethertype.h"
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

/* What is known on the way through a list that is written. */
struct writing {
    enum of_version version;
    struct of_buffer *b;
    struct flow_key key; /* of the frames, if 'is_known' */
    bool is_known;
    bool has_known_tag; /* the key says whether there is a VLAN tag */
    const struct flow_action *next; /* NULL: none */
};

static bool has_tag(const struct writing *w)
{
    return w->has_known_tag && w->key.vlan_vid & htobe16(VLAN_PRESENT);
}

static bool has_no_tag(const struct writing *w)
{
    return w->has_known_tag && !(w->key.vlan_vid & htobe16(VLAN_PRESENT));
}

void of_action_put_unsaid(struct of_buffer *b, const char *word)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_NOTE);

    of_put(b, ACTION_NOTE_UNSAID, strlen(ACTION_NOTE_UNSAID));
    of_put(b, word, strlen(word));
    of_action_wire_end(b, start);
    of_leave_out(b, word);
}

static void put_plain(struct writing *w, const struct flow_action *a)
{
    const struct of_action_row *row =
        of_action_row_to_write(w->version, (enum action_type)a->type, 0);

    if (row)
        of_action_row_put(w->b, row, a->port);
    else
        of_action_put_unsaid(w->b, action_row(a->type)->word);
}

static void put_output(struct writing *w, const struct flow_action *a)
{
    size_t start = of_action_wire_begin(w->b, OF_ACTION_OUTPUT);

    of_port_number_put(w->b, w->version, a->port);
    of_put_u16(w->b, a->max_len);
    of_action_wire_end(w->b, start);
}

static void put_pop_queue(struct of_buffer *b)
{
    size_t start = of_action_wire_begin_nicira(b, OF_NX_POP_QUEUE);

    of_put_zeros(b, 6);
    of_action_wire_end(b, start);
}

static void put_set_queue(struct writing *w, const struct flow_action *a)
{
    if (a->queue == ACTION_QUEUE_NONE)
        put_pop_queue(w->b);
    else
        put_plain(w, a);
}

/* Since 1.1 it takes three actions. */
static void put_enqueue(struct writing *w, const struct flow_action *a)
{
    struct flow_action queue = {.type = ACTION_SET_QUEUE,
                                .queue = a->enqueue_queue};
    struct flow_action output = {
        .type = ACTION_OUTPUT, .max_len = MAX_LEN_ALL, .port = a->port};
    size_t start;

    if (w->version > OF10) {
        put_set_queue(w, &queue);
        put_output(w, &output);
        put_pop_queue(w->b);
        return;
    }
    start = of_action_wire_begin(w->b, OF_ACTION_ENQUEUE);
    of_port_number_put(w->b, w->version, a->port);
    of_put_zeros(w->b, 6);
    of_put_u32(w->b, a->enqueue_queue);
    of_action_wire_end(w->b, start);
}

/* Where a version has no action for it, a field is set. */
static void put_as_field(struct writing *w, enum field_id id, uint32_t number)
{
    const struct of_action_context c = {.version = w->version};
    struct action_list l = {0};

    of_action_set_number(&c, &l, id, number);
    if (l.is_bad)
        w->b->is_bad = true;
    else
        of_action_put_set_field(w->version, w->b, l.cells);
    action_list_clear(&l);
}

/*
 * 1.0 and 1.1 push a tag where there is none.  Later versions set the fields of
 * a tag that is there; a frame of which nobody knows whether it has one gets
 * the bits of NXM's tag, which do both.
 */
static void put_set_vlan(struct writing *w, const struct flow_action *a)
{
    const struct flow_action push = {.type = ACTION_PUSH_VLAN,
                                     .ethertype = ETH_P_8021Q};
    bool is_vid = a->type == ACTION_SET_VLAN_VID;
    uint16_t tci, mask;

    if (action_tag_of(a, &tci, &mask)) {
        of_action_put_tci(w->version, w->b, tci, mask, true);
        return;
    }
    if (w->version < OF12) {
        put_plain(w, a);
        return;
    }
    if (!w->has_known_tag) {
        tci = (uint16_t)(VLAN_PRESENT |
                         (is_vid ? a->vlan_vid : a->vlan_pcp << 13));

        of_action_put_tci(w->version, w->b, tci,
                          is_vid ? OF_TCI_VID : OF_TCI_PCP, true);
        return;
    }
    if (has_no_tag(w))
        put_plain(w, &push);
    if (is_vid)
        put_as_field(w, FIELD_VLAN_VID, a->vlan_vid | VLAN_PRESENT);
    else
        put_as_field(w, FIELD_VLAN_PCP, a->vlan_pcp);
}

static void put_set_ttl(struct writing *w, const struct flow_action *a)
{
    if (w->version > OF10)
        put_plain(w, a);
    else
        put_as_field(w, FIELD_IP_TTL, a->ttl);
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
static bool put_set_old(struct writing *w, const struct flow_action *a)
{
    enum field_id id = shared_field((enum field_id)a->field);
    struct flow_action vlan = {.type = ACTION_SET_VLAN_VID};
    const struct of_action_row *row;
    uint64_t number;

    if (w->version >= OF12 || a->form & ACTION_FORM_LOAD ||
        !of_action_is_number(a, &number))
        return false;
    if ((id == FIELD_VLAN_VID && number & VLAN_PRESENT) ||
        id == FIELD_VLAN_PCP) {
        if (id == FIELD_VLAN_PCP)
            vlan.type = ACTION_SET_VLAN_PCP;
        vlan.vlan_vid = number & 0xfff;
        put_plain(w, &vlan);
        return true;
    }
    row = id == FIELD_IP_TTL
              ? of_action_row_to_write(w->version, ACTION_SET_IP_TTL, id)
              : of_action_row_to_write(w->version, ACTION_SET_FIELD, id);
    if (row && id == FIELD_TUNNEL_ID && number > UINT32_MAX)
        row = of_action_row_find(w->version, OF_VENDOR_NICIRA,
                                 OF_NX_SET_TUNNEL64);
    if (row)
        of_action_row_put(w->b, row, number);
    return row;
}

static void put_set_field(struct writing *w, const struct flow_action *a)
{
    uint16_t value, mask;

    if (action_sets_tci(a, &value, &mask))
        of_action_put_tci(w->version, w->b, value, mask,
                          a->form & ACTION_FORM_LOAD);
    else if (!put_set_old(w, a))
        of_action_put_set_field(w->version, w->b, a);
}

static void put_resubmit(struct writing *w, const struct flow_action *a)
{
    size_t start = of_action_wire_begin_nicira(w->b, OF_NX_RESUBMIT_TABLE);

    of_put_u16(w->b, of_port_number_to10(a->port));
    of_put_u8(w->b, (uint8_t)a->table);
    of_action_wire_end(w->b, start);
}

static void put_note(struct writing *w, const struct flow_action *a)
{
    size_t start = of_action_wire_begin_nicira(w->b, OF_NX_NOTE);
    size_t room = 16u * a->extra;

    of_put(w->b, action_value(a), a->max_len < room ? a->max_len : room);
    of_action_wire_end(w->b, start);
}

/* Sets all of a VLAN's number, as 1.0's own action does. */
static bool sets_vid(const struct flow_action *a)
{
    uint64_t vid;

    return a && a->type == ACTION_SET_FIELD && a->field == FIELD_VLAN_VID &&
           !(a->form & ACTION_FORM_LOAD) && of_action_is_number(a, &vid) &&
           vid & VLAN_PRESENT;
}

/* In 1.0 a tag comes with the action that sets its number, but only where there
 * is none. */
static void put_push_vlan(struct writing *w, const struct flow_action *a)
{
    const struct flow_action vlan = {.type = ACTION_SET_VLAN_VID};

    if (w->version > OF10)
        put_plain(w, a);
    else if (!has_no_tag(w) || a->ethertype != ETH_P_8021Q)
        of_action_put_unsaid(w->b, action_row(ACTION_PUSH_VLAN)->word);
    else if (!sets_vid(w->next))
        put_plain(w, &vlan);
}

/* Takes a tag off where there is one; since 1.1 there has to be one for the
 * standard action. */
static void put_strip_vlan(struct writing *w, const struct flow_action *a)
{
    uint16_t tci, mask;
    bool is_load = action_tag_of(a, &tci, &mask);

    if (!is_load && (w->version == OF10 || !w->is_known || has_tag(w)))
        put_plain(w, a);
    else
        of_action_put_tci(w->version, w->b, 0, UINT16_MAX, true);
}

static void put_move(struct writing *w, const struct flow_action *a)
{
    of_action_put_move(w->version, w->b, a);
}

static void put_learn(struct writing *w, const struct flow_action *a)
{
    of_action_put_learn(w->version, w->b, a);
}

static void put_output_reg(struct writing *w, const struct flow_action *a)
{
    of_action_put_output_reg(w->version, w->b, a);
}

/* Since 1.1 the match must say that frames have what an action is done to. */
static void check_needs(const struct writing *w, const struct flow_action *a)
{
    const struct action_row *row = action_row(a->type);
    bool is_set = a->type == ACTION_SET_FIELD && a->is_for_all;
    const struct field *f =
        is_set ? field_by_id((enum field_id)a->field) : NULL;
    uint16_t value, mask;

    if (w->version == OF10 || !w->is_known ||
        field_needs_are_met(f ? f->needs : row->needs, &w->key) ||
        action_sets_tci(a, &value, &mask))
        return;
    of_leave_out(w->b, f ? f->name : row->word);
}

static void follow(struct writing *w, const struct flow_action *a)
{
    enum action_effect effect = action_row(a->type)->effect;

    if (effect == EFFECT_TAG || effect == EFFECT_NO_TAG ||
        (effect == EFFECT_FIELD && a->field == FIELD_VLAN_VID &&
         action_mask(a)[0] & VLAN_PRESENT >> 8))
        w->has_known_tag = true;
    if (!action_follow(&w->key, a))
        w->is_known = w->has_known_tag = false;
}

/* Whether it was written with the one before it. */
static bool is_written(const struct writing *w,
                       const struct flow_action *before)
{
    uint16_t value, mask;

    return before && before->type == ACTION_SET_FIELD &&
           before->form & ACTION_FORM_JOINED &&
           (w->version < OF12 || action_sets_tci(before, &value, &mask));
}

void of_actions_write(enum of_version version, struct of_buffer *b,
                      const struct flow_match *match,
                      const struct flow_action *cells, size_t count)
{
    static void (*const writers[ACTION_TYPE_COUNT])(
        struct writing *, const struct flow_action *) = {
        [ACTION_OUTPUT] = put_output,
        [ACTION_ENQUEUE] = put_enqueue,
        [ACTION_SET_QUEUE] = put_set_queue,
        [ACTION_SET_FIELD] = put_set_field,
        [ACTION_SET_VLAN_VID] = put_set_vlan,
        [ACTION_SET_VLAN_PCP] = put_set_vlan,
        [ACTION_SET_IP_TTL] = put_set_ttl,
        [ACTION_PUSH_VLAN] = put_push_vlan,
        [ACTION_STRIP_VLAN] = put_strip_vlan,
        [ACTION_MOVE] = put_move,
        [ACTION_RESUBMIT] = put_resubmit,
        [ACTION_NOTE] = put_note,
        [ACTION_LEARN] = put_learn,
        [ACTION_OUTPUT_REG] = put_output_reg,
    };
    struct writing w = {.version = version, .b = b, .is_known = match};
    const struct flow_action *end = action_end(cells, count), *a;
    const struct flow_action *before = NULL;

    if (match) {
        w.key = match->key;
        w.has_known_tag = match->mask.vlan_vid & htobe16(VLAN_PRESENT);
    }
    for (a = cells; a < end; before = a, a = w.next) {
        w.next = action_next(a);
        if (is_written(&w, before))
            continue;
        if (w.next == end)
            w.next = NULL;
        check_needs(&w, a);
        if (writers[a->type])
            writers[a->type](&w, a);
        else
            put_plain(&w, a);
        follow(&w, a);
        w.next = action_next(a);
    }
}
