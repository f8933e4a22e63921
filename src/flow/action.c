#include "flow/action.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 8 };

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

void action_list_clear(struct action_list *l)
{
    free(l->cells);
    *l = (struct action_list){0};
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
