/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_capability.h"

#include "base/array.h"

enum {
    /* Addresses, TOS and ports; 1.1 also ECN, MPLS label and TC. */
    SET_FIELD_10 = 0x07f0,
    SET_FIELD_11 = 0x67f8,
};

static const struct row {
    uint8_t type;        /* enum action_type */
    uint8_t first, last; /* versions */
    uint8_t number;
} rows[] = {
    /* clang-format off */
    {ACTION_OUTPUT,       OF10, OF15, 0 },
    {ACTION_SET_VLAN_VID, OF10, OF11, 1 },
    {ACTION_SET_VLAN_PCP, OF10, OF11, 2 },
    {ACTION_STRIP_VLAN,   OF10, OF10, 3 },
    {ACTION_ENQUEUE,      OF10, OF10, 11},
    {ACTION_COPY_TTL_OUT, OF11, OF15, 11},
    {ACTION_COPY_TTL_IN,  OF11, OF15, 12},
    {ACTION_SET_MPLS_TTL, OF11, OF15, 15},
    {ACTION_DEC_MPLS_TTL, OF11, OF15, 16},
    {ACTION_PUSH_VLAN,    OF11, OF15, 17},
    {ACTION_POP_VLAN,     OF11, OF15, 18},
    {ACTION_PUSH_MPLS,    OF11, OF15, 19},
    {ACTION_POP_MPLS,     OF11, OF15, 20},
    {ACTION_SET_QUEUE,    OF11, OF15, 21},
    {ACTION_GROUP,        OF11, OF15, 22},
    {ACTION_SET_IP_TTL,   OF11, OF15, 23},
    {ACTION_DEC_IP_TTL,   OF11, OF15, 24},
    {ACTION_SET_FIELD,    OF12, OF15, 25},
    {ACTION_PUSH_PBB,     OF13, OF15, 26},
    {ACTION_POP_PBB,      OF13, OF15, 27},
    {ACTION_MOVE,         OF15, OF15, 28},
    {ACTION_METER,        OF15, OF15, 29},
    /* clang-format on */
};

enum { ROWS = ARRAY_SIZE(rows) };

static bool has(const struct row *row, enum of_version version)
{
    return row->first <= version && version <= row->last;
}

int of_capability_action(enum of_version version, enum action_type type)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].type == type && has(&rows[i], version))
            return rows[i].number;
    return -1;
}

bool of_capability_find_action(enum of_version version, uint16_t number,
                               enum action_type *type)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number == number && has(&rows[i], version)) {
            *type = (enum action_type)rows[i].type;
            return true;
        }
    return false;
}

uint32_t of_capability_actions(enum of_version version, uint64_t set)
{
    uint32_t numbers = 0;

    for (size_t i = 0; i < ROWS; i++)
        if (set & UINT64_C(1) << rows[i].type && has(&rows[i], version))
            numbers |= 1u << rows[i].number;
    if (version < OF12 && set & UINT64_C(1) << ACTION_SET_FIELD)
        numbers |= version == OF10 ? SET_FIELD_10 : SET_FIELD_11;
    return numbers;
}

uint64_t of_capability_read_actions(enum of_version version, uint32_t numbers)
{
    uint32_t set_field = version == OF10 ? SET_FIELD_10 : SET_FIELD_11;
    uint64_t set = 0;

    for (size_t i = 0; i < ROWS; i++)
        if (numbers & 1u << rows[i].number && has(&rows[i], version))
            set |= UINT64_C(1) << rows[i].type;
    if (version < OF12 && numbers & set_field)
        set |= UINT64_C(1) << ACTION_SET_FIELD;
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
    /* ONF has these two as extensions of 1.3 and 1.4. */
    bool is_onf = f->id == FIELD_TCP_FLAGS || f->id == FIELD_ACTSET_OUTPUT;

    return is_basic(version, f) || f->nxm || (is_onf && version >= OF13);
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
