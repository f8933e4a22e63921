/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_flow_wire.h"

#include "base/array.h"

enum { EMERG_10 = 1 << 2 };

/* Which flags a version has, bar EMERG, whose bit became RESET_COUNTS. */
static uint16_t known_flags(enum of_version version)
{
    static const uint16_t known[] = {
        [OF10] = FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_CHECK_OVERLAP,
        [OF11] = FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_CHECK_OVERLAP,
        [OF12] = FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_CHECK_OVERLAP |
                 FLOW_MOD_RESET_COUNTS,
        [OF13] = FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_CHECK_OVERLAP |
                 FLOW_MOD_RESET_COUNTS | FLOW_MOD_NO_PACKET_COUNTS |
                 FLOW_MOD_NO_BYTE_COUNTS,
    };

    return known[version < OF13 ? version : OF13];
}

enum flow_error of_flow_read_flags(enum of_version version, uint16_t wire,
                                   uint16_t *flags)
{
    *flags = wire & known_flags(version);
    wire &= (uint16_t)~known_flags(version);
    if (version == OF10 && wire & EMERG_10) {
        *flags |= FLOW_MOD_EMERG;
        wire &= (uint16_t)~EMERG_10;
    }
    return wire ? FLOW_BAD_FLAGS : FLOW_OK;
}

void of_flow_check_flags(enum of_version version, struct of_buffer *b,
                         uint16_t flags)
{
    static const struct {
        uint16_t flag;
        const char *name;
    } rows[] = {
        /* clang-format off */
        {FLOW_MOD_RESET_COUNTS,     "reset_counts"    },
        {FLOW_MOD_NO_PACKET_COUNTS, "no_packet_counts"},
        {FLOW_MOD_NO_BYTE_COUNTS,   "no_byte_counts"  },
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (flags & ~known_flags(version) & rows[i].flag)
            of_leave_out(b, rows[i].name);
}

uint16_t of_flow_flags(enum of_version version, uint16_t flags)
{
    uint16_t wire = flags & known_flags(version);

    if (version == OF10 && flags & FLOW_MOD_EMERG)
        wire |= EMERG_10;
    return wire;
}
