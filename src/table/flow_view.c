/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_view.h"

#include "flow/flow_mod.h"

/* Clocks of workers may be ahead of ours by a moment. */
static uint32_t seconds_since(int64_t then_ms, int64_t now_ms)
{
    return now_ms > then_ms ? (uint32_t)((now_ms - then_ms) / 1000) : 0;
}

void flow_view_rule(struct flow_view *v, const struct flow_entry *e)
{
    classifier_match_of(e, &v->match);
    v->stats = (struct flow_stats){
        .match = &v->match,
        .instructions = &e->instructions,
        .cookie = e->cookie,
        .priority = e->priority,
        .idle_timeout_s = e->idle_timeout_s,
        .hard_timeout_s = e->hard_timeout_s,
        .importance = e->importance,
        .flags = e->flags,
        .table = e->table,
    };
}

void flow_view_of(struct flow_view *v, const struct flow_entry *e,
                  const struct flow_usage *usage, int64_t now_ms)
{
    int64_t age_ms = now_ms > e->created_ms ? now_ms - e->created_ms : 0;
    struct flow_stats *s = &v->stats;

    flow_view_rule(v, e);
    s->packets =
        e->flags & FLOW_MOD_NO_PACKET_COUNTS ? UINT64_MAX : usage->packets;
    s->bytes = e->flags & FLOW_MOD_NO_BYTE_COUNTS ? UINT64_MAX : usage->bytes;
    s->duration_s = (uint32_t)(age_ms / 1000);
    s->duration_ns = (uint32_t)(age_ms % 1000) * 1000000;
    s->has_idle_age = s->has_hard_age = true;
    s->idle_age_s = seconds_since(usage->used_ms, now_ms);
    s->hard_age_s = seconds_since(atomic_load(&e->modified_ms), now_ms);
}

struct flow_stats flow_view_of_mod(const struct flow_mod *mod)
{
    return (struct flow_stats){
        .match = &mod->match,
        .instructions = &mod->instructions,
        .cookie = mod->cookie,
        .priority = mod->priority,
        .idle_timeout_s = mod->idle_timeout_s,
        .hard_timeout_s = mod->hard_timeout_s,
        .importance = mod->importance,
        .flags = mod->flags,
        .table = mod->table,
    };
}
