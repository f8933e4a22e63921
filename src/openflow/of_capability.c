/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_capability.h"

#include "openflow/of_action_row.h"
#include "openflow/of_oxm.h"

enum { NUMBERS = 32 }; /* of actions, in a set of them */

/* What a version means by a number; NULL: nothing. */
static const struct of_action_row *row_of(enum of_version version,
                                          uint16_t number)
{
    return of_action_row_find(version, 0, number);
}

/* 1.0 and 1.1 have an action for each field that can be set. */
static bool is_set_of_one(const struct of_action_row *row)
{
    return row->action == ACTION_SET_FIELD && row->form != OF_ARGUMENT_SPECIAL;
}

int of_capability_action(enum of_version version, enum action_type type)
{
    for (uint16_t number = 0; number < NUMBERS; number++) {
        const struct of_action_row *row = row_of(version, number);

        if (row && row->action == type && !is_set_of_one(row))
            return number;
    }
    return -1;
}

bool of_capability_find_action(enum of_version version, uint16_t number,
                               enum action_type *type)
{
    const struct of_action_row *row = row_of(version, number);

    if (!row || is_set_of_one(row))
        return false;
    *type = row->action;
    return true;
}

uint32_t of_capability_actions(enum of_version version, uint64_t set)
{
    uint32_t numbers = 0;

    for (uint16_t number = 0; number < NUMBERS; number++) {
        const struct of_action_row *row = row_of(version, number);

        if (row && set & UINT64_C(1) << row->action)
            numbers |= 1u << number;
    }
    return numbers;
}

uint64_t of_capability_read_actions(enum of_version version, uint32_t numbers)
{
    uint64_t set = 0;

    for (uint16_t number = 0; number < NUMBERS; number++) {
        const struct of_action_row *row = row_of(version, number);

        if (row && numbers & 1u << number)
            set |= UINT64_C(1) << row->action;
    }
    return set;
}

static unsigned int oxm_number(const struct field *f)
{
    return f->oxm >> 9 & 0x7f;
}

/* The last field of OXM's basic class that a version has. */
static const uint8_t last_basic[] = {
    [OF12] = 35, [OF13] = 39, [OF14] = 41, [OF15] = 44};

static bool is_basic(enum of_version version, const struct field *f)
{
    return version >= OF12 && f->oxm && oxm_number(f) <= last_basic[version];
}

bool of_capability_has_field(enum of_version version, const struct field *f)
{
    return is_basic(version, f) || f->nxm ||
           (of_oxm_is_onf(f) && version >= OF13);
}

uint64_t of_capability_fields(enum of_version version, uint64_t set)
{
    uint64_t numbers = 0;

    for (unsigned int i = 0; i < FIELD_COUNT; i++) {
        const struct field *f = field_by_id(i);

        if (set & UINT64_C(1) << i && is_basic(version, f))
            numbers |= UINT64_C(1) << oxm_number(f);
    }
    return numbers;
}
