/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_reason.h"

/* The number of a reason since some version, and before. */
struct row {
    uint8_t since, number, before;
};

/* That the miss entry of a table is a miss came with 1.3; for 1.0 it is an
 * entry with an action.  INVALID_TTL in all versions is Open vSwitch's. */
static const struct row packet_in[PACKET_IN_REASON_COUNT] = {
    [PACKET_IN_TABLE_MISS] = {OF13, 0, 1},
    [PACKET_IN_APPLY_ACTION] = {OF10, 1, 1},
    [PACKET_IN_INVALID_TTL] = {OF10, 2, 2},
    [PACKET_IN_ACTION_SET] = {OF14, 3, 1},
    [PACKET_IN_GROUP] = {OF14, 4, 1},
    [PACKET_IN_PACKET_OUT] = {OF14, 5, 1},
    [PACKET_IN_NO_ENTRY] = {OF10, 0, 0},
};

/* Idle, hard, delete, group delete, meter delete, eviction. */
static const struct row flow_removed[OF_REASON_FLOW_REMOVED_COUNT] = {
    {OF10, 0, 0}, {OF10, 1, 1}, {OF10, 2, 2},
    {OF11, 3, 2}, {OF14, 4, 2}, {OF14, 5, 2},
};

static uint8_t number(const struct row *row, enum of_version version)
{
    return version >= row->since ? row->number : row->before;
}

static uint32_t set_of(const struct row *rows, size_t count,
                       enum of_version version, uint32_t set)
{
    uint32_t wire = 0;

    for (size_t i = 0; i < count; i++)
        if (set & 1u << i)
            wire |= 1u << number(&rows[i], version);
    return wire;
}

static uint32_t read_set(const struct row *rows, size_t count,
                         enum of_version version, uint32_t wire)
{
    uint32_t set = 0;

    for (size_t i = 0; i < count; i++)
        if (wire & 1u << number(&rows[i], version))
            set |= 1u << i;
    return set;
}

uint8_t of_reason_of_packet_in(enum of_version version, uint8_t reason)
{
    return number(&packet_in[reason], version);
}

uint8_t of_reason_of_flow_removed(enum of_version version, uint8_t reason)
{
    return number(&flow_removed[reason], version);
}

uint8_t of_reason_read_packet_in(enum of_version version, uint8_t wire)
{
    /* The coarse reason is the one of its own number, a miss before 1.3 the one
     * without an entry. */
    if (wire == PACKET_IN_TABLE_MISS)
        return version < OF13 ? PACKET_IN_NO_ENTRY : PACKET_IN_TABLE_MISS;
    if (wire < PACKET_IN_NO_ENTRY && number(&packet_in[wire], version) == wire)
        return wire;
    return OF_REASON_UNKNOWN;
}

uint32_t of_reason_set_of_packet_in(enum of_version version, uint32_t set)
{
    return set_of(packet_in, PACKET_IN_REASON_COUNT, version, set);
}

uint32_t of_reason_read_packet_in_set(enum of_version version, uint32_t wire)
{
    return read_set(packet_in, PACKET_IN_REASON_COUNT, version, wire);
}

uint32_t of_reason_set_of_flow_removed(enum of_version version, uint32_t set)
{
    return set_of(flow_removed, OF_REASON_FLOW_REMOVED_COUNT, version, set);
}

uint32_t of_reason_read_flow_removed_set(enum of_version version, uint32_t wire)
{
    return read_set(flow_removed, OF_REASON_FLOW_REMOVED_COUNT, version, wire);
}
