/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/action.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 8, TCI_PCP_SHIFT = 13 };

void action_list_add(struct action_list *l, struct flow_action action)
{
    if (l->is_bad)
        return;
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : FIRST_ROOM;
        struct flow_action *cells =
            reallocarray(l->cells, room, sizeof(*cells));

        if (!cells) {
            l->is_bad = true;
            return;
        }
        l->cells = cells;
        l->room = room;
    }
    l->cells[l->count++] = action;
}

void action_list_set_field(struct action_list *l, const struct field *f,
                           const uint8_t *value, const uint8_t *mask)
{
    union action_operand v = {.bytes = {0}}, m = {.bytes = {0}};

    memcpy(v.bytes, value, f->size);
    if (mask)
        memcpy(m.bytes, mask, f->size);
    else
        field_fill(f, m.bytes);
    action_list_add(l, (struct flow_action){.type = ACTION_SET_FIELD,
                                            .extra = 2,
                                            .field = f->id});
    action_list_add(l, v.cell);
    action_list_add(l, m.cell);
}

void action_list_add_move(struct action_list *l, struct flow_action action,
                          const struct action_move *move)
{
    const union action_operand operand = {.move = *move};

    assert(action.type == ACTION_MOVE || action.type == ACTION_OUTPUT_REG);
    action.extra = 1;
    action_list_add(l, action);
    action_list_add(l, operand.cell);
}

struct action_move action_move_of(const struct flow_action *a)
{
    const union action_operand operand = {.cell = a[1]};

    assert(a->type == ACTION_MOVE || a->type == ACTION_OUTPUT_REG);
    return operand.move;
}

enum { TCI_ALL = 0xffff, TCI_VID = 0x1fff, TCI_PCP = 0xf000 };

bool action_list_set_tag(struct action_list *l, uint16_t tci, uint16_t mask)
{
    struct flow_action a = {.form = ACTION_FORM_LOAD};

    if (mask == TCI_ALL && !tci) {
        a.type = ACTION_STRIP_VLAN;
    } else if (mask == TCI_VID && tci & VLAN_PRESENT) {
        a.type = ACTION_SET_VLAN_VID;
        a.vlan_vid = tci & 0xfff;
    } else if (mask == TCI_PCP && tci & VLAN_PRESENT) {
        a.type = ACTION_SET_VLAN_PCP;
        a.vlan_pcp = tci >> TCI_PCP_SHIFT & 7u;
    } else {
        return false;
    }
    action_list_add(l, a);
    return true;
}

bool action_tag_of(const struct flow_action *a, uint16_t *tci, uint16_t *mask)
{
    switch ((enum action_type)a->type) {
    case ACTION_STRIP_VLAN:
        *tci = 0;
        *mask = TCI_ALL;
        break;
    case ACTION_SET_VLAN_VID:
        *tci = (uint16_t)(VLAN_PRESENT | a->vlan_vid);
        *mask = TCI_VID;
        break;
    case ACTION_SET_VLAN_PCP:
        *tci = (uint16_t)(VLAN_PRESENT | a->vlan_pcp << TCI_PCP_SHIFT);
        *mask = TCI_PCP;
        break;
    default:
        return false;
    }
    return a->form == ACTION_FORM_LOAD;
}

struct flow_action *action_list_last_set(const struct action_list *l)
{
    assert(l->count >= 3 && l->cells[l->count - 3].type == ACTION_SET_FIELD);
    return &l->cells[l->count - 3];
}

void action_list_clear(struct action_list *l)
{
    free(l->cells);
    *l = (struct action_list){0};
}

static void follow_set_field(struct flow_key *key, const struct flow_action *a)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    uint8_t *at = field_at(f, key);

    for (size_t i = 0; i < f->size; i++)
        at[i] = (uint8_t)((at[i] & ~action_mask(a)[i]) |
                          (action_value(a)[i] & action_mask(a)[i]));
}

bool action_follow(struct flow_key *key, const struct flow_action *a)
{
    switch (action_row(a->type)->effect) {
    case EFFECT_NONE:
        break;
    case EFFECT_FIELD:
        follow_set_field(key, a);
        break;
    case EFFECT_TAG:
        key->vlan_vid |= htobe16(VLAN_PRESENT);
        break;
    case EFFECT_NO_TAG:
        key->vlan_vid = 0;
        break;
    case EFFECT_ETHERTYPE:
        key->eth_type = htobe16((uint16_t)a->ethertype);
        break;
    case EFFECT_UNKNOWN:
        return false;
    }
    return true;
}

bool action_sets_tci(const struct flow_action *a, uint16_t *value,
                     uint16_t *mask)
{
    const struct flow_action *pcp = a;

    if (a->type != ACTION_SET_FIELD || !a->is_for_all ||
        (a->field != FIELD_VLAN_VID && a->field != FIELD_VLAN_PCP))
        return false;
    *value = *mask = 0;
    if (a->field == FIELD_VLAN_VID) {
        *value = (uint16_t)(action_value(a)[0] << 8 | action_value(a)[1]);
        *mask = (uint16_t)(action_mask(a)[0] << 8 | action_mask(a)[1]);
        if (!(a->form & ACTION_FORM_JOINED))
            return true;
        pcp = action_next(a);
    }
    *value |= (uint16_t)(action_value(pcp)[0] << TCI_PCP_SHIFT);
    *mask |= (uint16_t)(action_mask(pcp)[0] << TCI_PCP_SHIFT);
    return true;
}

/* TCP's and UDP's port, set to the same. */
static bool is_port_pair(const struct flow_action *a,
                         const struct flow_action *b)
{
    return ((a->field == FIELD_TCP_SRC && b->field == FIELD_UDP_SRC) ||
            (a->field == FIELD_TCP_DST && b->field == FIELD_UDP_DST)) &&
           !memcmp(a + 1, b + 1, 2 * sizeof(*a));
}

void action_mark_for_all(const struct flow_match *match,
                         struct flow_action *cells, size_t count)
{
    struct flow_action *before = NULL;
    struct flow_key key = match->key;

    for (size_t i = 0; i < count; i += 1u + cells[i].extra) {
        struct flow_action *a = &cells[i];
        bool is_lost = a->type == ACTION_SET_FIELD && !a->is_for_all &&
                       !field_is_in(field_by_id((enum field_id)a->field), &key);

        if (is_lost) {
            a->is_for_all = true;
            if (before && is_port_pair(before, a))
                before->form = ACTION_FORM_JOINED;
        }
        before = is_lost ? a : NULL;
        if (!action_follow(&key, a))
            return;
    }
}

bool action_is_unsaid(const struct flow_action *a, char word[ACTION_WORD_SIZE])
{
    size_t begin = strlen(ACTION_NOTE_UNSAID), size;

    if (a->type != ACTION_NOTE || a->max_len <= begin ||
        a->max_len > 16u * a->extra ||
        memcmp(action_value(a), ACTION_NOTE_UNSAID, begin) != 0)
        return false;
    size = a->max_len - begin;
    if (size > ACTION_WORD_SIZE - 1)
        size = ACTION_WORD_SIZE - 1;
    memcpy(word, action_value(a) + begin, size);
    word[size] = '\0';
    return true;
}

enum flow_error flow_instructions_join(struct flow_instructions *i,
                                       const struct action_list *apply,
                                       const struct action_list *write)
{
    size_t count = apply->count + write->count;
    struct flow_action *cells;

    if (apply->is_bad || write->is_bad)
        return FLOW_OUT_OF_MEMORY;
    if (apply->count > UINT16_MAX || write->count > UINT16_MAX)
        return FLOW_TOO_MANY_ACTIONS;
    free(i->cells);
    i->cells = NULL;
    i->apply_count = (uint16_t)apply->count;
    i->write_count = (uint16_t)write->count;
    if (!count)
        return FLOW_OK;
    cells = reallocarray(NULL, count, sizeof(*cells));
    if (!cells) {
        i->apply_count = i->write_count = 0;
        return FLOW_OUT_OF_MEMORY;
    }
    if (apply->count)
        memcpy(cells, apply->cells, apply->count * sizeof(*cells));
    if (write->count)
        memcpy(cells + apply->count, write->cells,
               write->count * sizeof(*cells));
    i->cells = cells;
    return FLOW_OK;
}

bool flow_instructions_copy(struct flow_instructions *to,
                            const struct flow_instructions *from)
{
    size_t cells = (size_t)from->apply_count + from->write_count;

    *to = *from;
    to->cells = NULL;
    if (!cells)
        return true;
    to->cells = malloc(cells * sizeof(*to->cells));
    if (!to->cells)
        return false;
    memcpy(to->cells, from->cells, cells * sizeof(*to->cells));
    return true;
}

void flow_instructions_clear(struct flow_instructions *i)
{
    free(i->cells);
    *i = (struct flow_instructions){0};
}

bool flow_instructions_is_equal(const struct flow_instructions *a,
                                const struct flow_instructions *b)
{
    size_t count = (size_t)a->apply_count + a->write_count;

    return a->apply_count == b->apply_count &&
           a->write_count == b->write_count && a->has_goto == b->has_goto &&
           a->has_clear == b->has_clear && a->has_write == b->has_write &&
           a->has_apply == b->has_apply && a->has_metadata == b->has_metadata &&
           a->has_meter == b->has_meter &&
           (!a->has_goto || a->goto_table == b->goto_table) &&
           (!a->has_meter || a->meter == b->meter) &&
           (!a->has_metadata || (a->metadata == b->metadata &&
                                 a->metadata_mask == b->metadata_mask)) &&
           (!count ||
            memcmp(a->cells, b->cells, count * sizeof(*a->cells)) == 0);
}
