/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/action_type.h"

#include <assert.h>

#include "base/array.h"
#include "flow/ethertype.h"

#define ROW(type, name, ...) [ACTION_##type] = {.word = #name, __VA_ARGS__},

static const struct action_row rows[] = {ACTIONS(ROW, ROW)};

static_assert(ARRAY_SIZE(rows) == ACTION_TYPE_COUNT, "a row for each type");
static_assert(ACTION_TYPE_COUNT <= 64, "a set of types is a word");

const struct action_row *action_row(unsigned int type)
{
    assert(type < ACTION_TYPE_COUNT);
    return &rows[type];
}

bool action_takes(enum action_type type, uint64_t argument)
{
    const struct action_row *row = action_row(type);

    return argument <= row->max &&
           (!row->takes || row->takes((uint32_t)argument));
}
