/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/table_desc.h"

#include "flow/action.h"
#include "flow/field.h"

_Static_assert(FIELD_COUNT <= 64, "a set of fields is a word");

#define BIT(number) (UINT64_C(1) << (number))

static uint64_t all_fields(bool has_to_be_settable)
{
    uint64_t set = 0;

    for (unsigned int i = 0; i < FIELD_COUNT; i++)
        if (!has_to_be_settable || field_by_id(i)->is_settable)
            set |= BIT(i);
    return set;
}

/* Types that an action set may have by OpenFlow 1.5.1 5.6; that it takes a copy
 * or a resubmit as well is Open vSwitch's addition. */
static uint64_t standard_set(void)
{
    uint64_t set = 0;

    for (unsigned int type = 0; type < ACTION_TYPE_COUNT; type++)
        if (action_row(type)->order != ORDER_NONE)
            set |= BIT(type);
    return set & ~(BIT(ACTION_MOVE) | BIT(ACTION_RESUBMIT));
}

struct table_abilities table_abilities_full(void)
{
    struct table_abilities a = {
        .instructions = 1u << TABLE_GOTO | 1u << TABLE_WRITE_METADATA |
                        1u << TABLE_WRITE_ACTIONS | 1u << TABLE_APPLY_ACTIONS |
                        1u << TABLE_CLEAR_ACTIONS | 1u << TABLE_METER,
        .apply_actions = BIT(ACTION_TYPE_COUNT) - 1,
        .write_fields = all_fields(true),
        .apply_fields = all_fields(true),
        .apply_copy = all_fields(true),
    };

    a.write_actions = standard_set();
    return a;
}

struct table_features table_features_full(uint8_t table, unsigned int count)
{
    struct table_features f = {
        .table = table,
        .metadata_match = UINT64_MAX,
        .metadata_write = UINT64_MAX,
        .features = 1,
        .match = all_fields(false),
        .wildcards = all_fields(false),
        .entries = table_abilities_full(),
    };

    for (unsigned int next = table + 1u; next < count; next++)
        f.entries.next_tables[next / 32] |= 1u << next % 32;
    if (table + 1u >= count)
        f.entries.instructions &= ~(1u << TABLE_GOTO);
    f.miss = f.entries;
    return f;
}
