/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow entry as statistics and flow-removed tell of it: what it was told and
 * what it has done.  OpenFlow 1.0 5.3.5, 1.3.5 7.3.5.2.
 */
#ifndef FLOW_FLOW_STATS_H
#define FLOW_FLOW_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/action.h"
#include "flow/match.h"

struct flow_stats {
    const struct flow_match *match;               /* borrowed */
    const struct flow_instructions *instructions; /* borrowed */
    uint64_t cookie;                              /* host order */
    uint64_t packets, bytes; /* UINT64_MAX: they are not counted */
    uint32_t duration_s, duration_ns;
    /* Whole seconds since the last use and since the last change. */
    bool has_idle_age, has_hard_age;
    uint32_t idle_age_s, hard_age_s;
    uint16_t priority;
    uint16_t idle_timeout_s, hard_timeout_s; /* 0: none */
    uint16_t importance;
    uint16_t flags; /* enum flow_mod_flags */
    uint8_t table;
};

#endif
