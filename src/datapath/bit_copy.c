/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/bit_copy.h"

#include <string.h>

#include "flow/field.h"

/* Bit 'n' from the right of 'size' bytes in network order. */
static bool bit_get(const uint8_t *bytes, unsigned int size, unsigned int n)
{
    return bytes[size - 1 - n / 8] >> (n % 8) & 1;
}

static void bit_set(uint8_t *bytes, unsigned int size, unsigned int n)
{
    bytes[size - 1 - n / 8] |= (uint8_t)(1 << (n % 8));
}

bool bit_copy_to_set_field(const struct flow_key *key,
                           const struct flow_action *a,
                           struct flow_action cells[3])
{
    union action_operand value = {.bytes = {0}}, mask = {.bytes = {0}};
    const struct action_move m = action_move_of(a);
    const struct field *from = field_by_id((enum field_id)m.source_field);
    const struct field *to = field_by_id((enum field_id)m.target_field);

    if (!field_is_in(from, key) || !field_is_in(to, key))
        return false;
    for (unsigned int i = 0; i < m.bits; i++) {
        bit_set(mask.bytes, to->size, m.target_bit + i);
        if (bit_get(field_get(from, key), from->size, m.source_bit + i))
            bit_set(value.bytes, to->size, m.target_bit + i);
    }
    cells[0] = (struct flow_action){
        .type = ACTION_SET_FIELD, .extra = 2, .field = to->id};
    cells[1] = value.cell;
    cells[2] = mask.cell;
    return true;
}

uint64_t bit_copy_number(const struct flow_key *key,
                         const struct action_move *m)
{
    const struct field *f = field_by_id((enum field_id)m->source_field);
    uint64_t number = 0;

    for (unsigned int i = 0; i < m->bits; i++)
        if (bit_get(field_get(f, key), f->size, m->source_bit + i))
            number |= (uint64_t)1 << i;
    return number;
}
