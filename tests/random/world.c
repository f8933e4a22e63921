/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/retire.h"
#include "tests/random/tell.h"

enum {
    KEPT_MS = 5000,
    ACCEPTED_MS = 30000,
    INVITE_MS = 1000,
    INVITE_AGAIN_MS = 2000,
    AGING_EVERY_MS = 1000,
    FAIL_AFTER_S = 15
};

void world_fail_as(const struct world *w, const char *kind, const char *format,
                   ...)
{
    va_list args;

    *w->failure = kind;
    fprintf(stderr, "seed %llu, step %llu: ", (unsigned long long)w->seed,
            (unsigned long long)w->step);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    tell_rules(w);
    abort();
}

void world_say(const struct world *w, const char *format, ...)
{
    va_list args;

    if (!w->is_told_of)
        return;
    fprintf(stderr, "%6llu %8lld ms  ", (unsigned long long)w->step,
            (long long)model_now_ms(&w->model));
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

const struct bridge_port *world_bridge_port(const struct world *w, int port)
{
    const struct bridge_port *p;

    for (size_t i = 0; (p = port_set_at(bridge_ports(sim_bridge(w->sim)), i));
         i++)
        if (!strcmp(p->config.name, w->model.ports[port].name))
            return p;
    return NULL;
}

/* Controllers. */

bool world_is_told(const struct control *c, const struct told *t)
{
    if (!c->is_greeted || c->role == ROLE_IS_SLAVE || t->reason == TOLD_TTL)
        return false;
    return t->reason != TOLD_MISS || c->version == WIRE_10;
}

bool world_is_held(const struct world *w, const struct held *h)
{
    return h->is_known && !h->is_used &&
           model_now_ms(&w->model) - h->held_ms < KEPT_MS;
}

void world_owe_packet_ins(struct world *w)
{
    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        for (size_t t = 0; t < w->outcome.told_count; t++)
            w->controls[i].owed.packet_ins +=
                world_is_told(&w->controls[i], &w->outcome.told[t]);
}

static void note_gone(void *context, const struct rule *r, unsigned int reason)
{
    struct world *w = context;

    if (!(r->flags & RULE_SEND_REMOVED))
        return;
    world_say(w, "rule of table %u, priority %u is gone", r->table,
              r->priority);
    w->gone_count++;
    w->gone = *r;
    w->gone_reason = reason;
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        struct control *c = &w->controls[i];

        c->owed.removed += c->is_greeted && c->role != ROLE_IS_SLAVE;
    }
}

struct rule_ear world_ear(struct world *w)
{
    return (struct rule_ear){note_gone, w};
}

/* The switch's counters show which bucket it has counted for. */
static int choose(void *context, uint32_t group)
{
    struct world *w = context;
    struct datapath *d = bridge_datapath(sim_bridge(w->sim));
    const struct group *g = group_table_find(datapath_groups(d), group);
    const struct model_group *mine = &w->model.groups[group];

    for (size_t i = 0; g && i < mine->bucket_count && i < g->bucket_count; i++)
        if (counters_total(flow_tables_counters(datapath_tables(d)),
                           g->buckets[i].counter)
                .packets > mine->buckets[i].packets)
            return (int)i;
    return -1;
}

static bool knows(void *context, const struct model_mac *mac)
{
    const struct world *w = context;
    struct datapath *d = bridge_datapath(sim_bridge(w->sim));

    return mac_table_find(datapath_mac_table(d), mac->mac, mac->vlan) !=
           MAC_TABLE_UNKNOWN;
}

struct walk_options world_options(struct world *w)
{
    return (struct walk_options){choose, knows, w};
}

/* What the switch does when no controller, or again one, accepts it. */
static void follow_fail_mode(struct world *w)
{
    struct rule_ear ear = world_ear(w);
    bool has_any = false, is_accepted = false;
    int64_t accepted_ms = 0;
    unsigned int probe_s = 0, wait_s;

    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        const struct control *c = &w->controls[i];

        if (!c->is_configured)
            continue;
        has_any = true;
        is_accepted |= c->is_accepted;
        if (c->accepted_ms > accepted_ms)
            accepted_ms = c->accepted_ms;
        if (c->probe_s > probe_s)
            probe_s = c->probe_s;
    }
    wait_s = probe_s ? 3 * probe_s : FAIL_AFTER_S;
    if (!has_any) {
        if (w->was_controlled) {
            rules_flush(&w->model, &ear);
            w->has_normal = w->model.is_alone = false;
        }
        if (w->has_normal && w->settings.is_secure)
            rules_take_normal(&w->model, &ear);
        if (!w->has_normal && !w->settings.is_secure)
            rules_put_normal(&w->model);
        w->has_normal = !w->settings.is_secure;
        w->was_controlled = false;
        return;
    }
    w->was_controlled = true;
    if (is_accepted || w->settings.is_secure) {
        w->model.is_alone = false;
        if (w->has_normal)
            rules_take_normal(&w->model, &ear);
        w->has_normal = false;
        return;
    }
    if (w->model.is_alone ||
        model_now_ms(&w->model) - accepted_ms < wait_s * 1000)
        return;
    rules_flush(&w->model, &ear);
    w->has_normal = false;
    w->model.is_alone = true;
}

/* One that has not accepted us is sent a frame now and then while the switch
 * stands alone or is about to. */
static void follow_invitations(struct world *w)
{
    int64_t now_ms = model_now_ms(&w->model);
    bool is_accepted = false;

    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        is_accepted |= w->controls[i].is_accepted;
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        struct control *c = &w->controls[i];

        if (is_accepted || w->settings.is_secure || !c->is_greeted ||
            now_ms < c->invite_ms)
            continue;
        c->invite_ms = now_ms + INVITE_AGAIN_MS;
        c->owed.packet_ins += c->role != ROLE_IS_SLAVE;
    }
}

static void follow_misses(struct world *w)
{
    bool are_told_of = false;

    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        are_told_of |= w->controls[i].is_greeted &&
                       w->controls[i].version == WIRE_10 &&
                       w->controls[i].role != ROLE_IS_SLAVE;
    w->model.misses_are_told_of = are_told_of;
}

/* Connections that have ended. */
static void follow_lost(struct world *w)
{
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        const struct peer *p = sim_peer(w->sim, (size_t)i);
        struct control *c = &w->controls[i];

        if (p->stream && p->connections == c->connections)
            continue;
        if (c->is_greeted) {
            world_say(w, "controller %d is lost", i);
            c->waiting_ms = model_now_ms(&w->model);
        }
        c->is_greeted = c->is_accepted = false;
        c->delivered = 0;
        c->connections = p->connections;
        c->owed = (struct owed){0};
        memset(c->bundles, 0, sizeof(c->bundles));
    }
    follow_misses(w);
}

/* What they have said meanwhile: HELLO, and echo replies. */
static void follow_heard(struct world *w)
{
    int64_t now_ms = model_now_ms(&w->model);

    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        const struct peer *p = sim_peer(w->sim, (size_t)i);
        struct control *c = &w->controls[i];

        if (!p->stream || p->delivered == c->delivered)
            continue;
        if (!c->is_greeted) {
            world_say(w, "controller %d is there", i);
            c->is_greeted = true;
            c->greeted_ms = now_ms;
            c->invite_ms = now_ms + INVITE_MS;
            c->version = p->version;
            c->role = ROLE_IS_EQUAL;
        }
        if (c->is_accepted)
            c->accepted_ms = now_ms;
        c->delivered = p->delivered;
    }
    follow_misses(w);
}

void world_accept(struct world *w, int controller)
{
    struct control *c = &w->controls[controller];

    c->has_just_accepted = !c->is_accepted;
    c->is_accepted = true;
    c->accepted_ms = model_now_ms(&w->model);
    follow_fail_mode(w);
}

int world_speaker(struct world *w)
{
    int start = (int)dice_below(&w->dice, WORLD_CONTROLLERS);

    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        int at = (start + i) % WORLD_CONTROLLERS;

        if (w->controls[at].is_greeted &&
            !sim_peer(w->sim, (size_t)at)->is_frozen)
            return at;
    }
    return -1;
}

void world_run(struct world *w)
{
    sim_run(w->sim);
    follow_lost(w);
    follow_fail_mode(w);
    follow_heard(w);
}

void world_begin_control(struct world *w, struct control *c)
{
    c->accepted_ms = c->waiting_ms = model_now_ms(&w->model);
}

/* Those that listen and speak are to be connected within this time. */
static void expect_connections(struct world *w)
{
    int64_t now_ms = model_now_ms(&w->model);

    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        const struct peer *p = sim_peer(w->sim, (size_t)i);
        struct control *c = &w->controls[i];

        if (!c->is_configured || !p->is_listening || p->is_frozen ||
            c->is_greeted || !p->version)
            c->waiting_ms = now_ms;
        else if (now_ms - c->waiting_ms >
                 2000 * (int64_t)c->max_backoff_s + 3000)
            world_fail(w, "controller %d was not called for %lld ms", i,
                       (long long)(now_ms - c->waiting_ms));
    }
}

void world_tick(struct world *w)
{
    struct rule_ear ear = world_ear(w);
    struct model *m = &w->model;

    sim_pass_ms(w->sim, WORLD_TICK_MS);
    m->now_us += WORLD_TICK_MS * 1000;
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        struct control *c = &w->controls[i];

        if (!c->is_greeted || c->is_accepted ||
            model_now_ms(m) - c->greeted_ms < ACCEPTED_MS)
            continue;
        c->is_accepted = true;
        c->accepted_ms = model_now_ms(m);
    }
    follow_invitations(w);
    follow_fail_mode(w);
    follow_lost(w);
    follow_fail_mode(w);
    rules_expire(m, &ear);
    if (model_now_ms(m) - w->aged_ms >= AGING_EVERY_MS) {
        w->aged_ms = model_now_ms(m);
        walk_age_macs(m, w->settings.aging_s);
    }
    follow_heard(w);
    expect_connections(w);
}

/* Life. */

void world_begin_step(struct world *w, uint64_t step)
{
    w->step = step;
    w->dice = dice_of(w->seed, step);
    w->gone_count = 0;
    w->outcome.sent_count = w->outcome.told_count = 0;
    w->outcome.learned_count = 0;
    for (size_t i = 0; i < w->model.rule_count; i++)
        w->model.rules[i].is_touched = false;
}

static void name_ports(struct model *m)
{
    for (int i = 0; i < MODEL_LOCAL; i++)
        snprintf(m->ports[i].name, sizeof(m->ports[i].name), "p%d", i + 1);
    snprintf(m->ports[MODEL_LOCAL].name, sizeof(m->ports[MODEL_LOCAL].name),
             "%s", "of-switch");
    m->ports[MODEL_LOCAL].number = OUT_LOCAL;
    m->ports[MODEL_NOWHERE].number = OUT_ANY;
}

static void start_peers(struct world *w)
{
    static const uint8_t versions[] = {WIRE_10, WIRE_13, WIRE_13, WIRE_14,
                                       WIRE_15};

    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        struct peer *p = sim_peer(w->sim, (size_t)i);

        p->version = versions[dice_below(&w->dice, 5)];
        p->is_listening = dice_percent(&w->dice, 80);
    }
}

void world_open(struct world *w, uint64_t seed)
{
    static const unsigned int caches[] = {64, 64, 4096};
    const char **failure = w->failure;
    bool is_told_of = w->is_told_of;
    char text[4096];

    memset(w, 0, sizeof(*w));
    w->is_told_of = is_told_of;
    w->failure = failure;
    w->seed = seed;
    w->dice = dice_of(seed, UINT64_MAX);
    name_ports(&w->model);
    for (int i = 0; i < MODEL_TABLES; i++)
        w->model.limits[i] = MODEL_LIMIT;
    world_draw_settings(&w->dice, w);
    w->settings.workers = 1 + dice_below(&w->dice, 2);
    w->settings.buffers = dice_percent(&w->dice, 70) ? 256 : 0;
    w->settings.cache = caches[dice_below(&w->dice, 3)];
    world_print_settings(w, text, sizeof(text));
    world_say(w, "start:\n%s", text);
    w->sim = sim_open(text);
    w->model.now_us = sim_now_ms(w->sim) * 1000;
    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        world_begin_control(w, &w->controls[i]);
    w->model.ports[MODEL_LOCAL].is_there = w->settings.has_local;
    w->model.ports[MODEL_LOCAL].has_link = w->settings.has_local;
    follow_fail_mode(w);
    start_peers(w);
    for (int i = 0; i < MODEL_LOCAL; i++) {
        if (dice_percent(&w->dice, 10))
            continue;
        w->model.ports[i].is_there = w->model.ports[i].has_link = true;
        sim_link_up(w->sim, w->model.ports[i].name);
    }
    world_run(w);
}

void world_close(struct world *w)
{
    sim_close(w->sim);
    if (retire_flush())
        world_fail(w, "something waited to be released at the end");
}
