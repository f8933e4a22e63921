/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/changes.h"
#include "tests/random/compare.h"
#include "tests/random/draw.h"
#include "tests/random/steps.h"

void steps_deliver(struct world *w, int at, const struct wire *wire,
                   bool is_refused)
{
    uint64_t before = is_refused ? compare_digest(w) : 0;

    w->controls[at].owed.errors += is_refused;
    peer_send(sim_peer(w->sim, (size_t)at), wire->bytes, wire->size);
    world_run(w);
    if (is_refused && !w->controls[at].has_just_accepted &&
        compare_digest(w) != before)
        world_fail(w, "a refused message has changed the tables");
}

static bool is_slave(const struct world *w, int at)
{
    return w->controls[at].role == ROLE_IS_SLAVE;
}

/* The frame that the flow-mod names goes through the tables, or where the new
 * rule does not match it, through its actions. */
void steps_send_held(struct world *w, const struct rule_mod *mod,
                     struct held *held)
{
    const struct acts to_table = {
        .count = 1, .list = {{.kind = ACT_OUTPUT, .arg = OUT_TABLE}}};
    struct walk_options options = world_options(w);
    uint64_t fields[MF_COUNT];

    held->is_used = true;
    walk_fields(&w->model, &held->packet, fields);
    fields[MF_IN_PORT] = held->in_port;
    walk_actions(&w->model, &options, held->in_port, &held->packet,
                 pattern_covers(&mod->match, fields) ? &to_table
                                                     : &mod->program.apply,
                 &w->outcome);
    steps_end_frames(w);
}

static struct held *draw_held(struct world *w, struct rule_mod *mod)
{
    struct held *h = &w->held[dice_below(&w->dice, WORLD_BUFFERS)];

    if (!world_is_held(w, h) || mod->command >= MOD_DELETE ||
        mod->program.has_write || dice_percent(&w->dice, 50))
        return NULL;
    mod->buffer = h->id;
    return h;
}

void step_flow_mod(struct world *w)
{
    struct rule_ear ear = world_ear(w);
    int at = world_speaker(w);
    struct change c;
    struct held *held;
    struct wire wire;
    bool is_refused;

    if (at < 0) {
        step_frames(w);
        return;
    }
    change_draw_rule(w, w->controls[at].version, &c);
    held = draw_held(w, &c.mod);
    change_write(&c, &wire);
    world_accept(w, at);
    is_refused = is_slave(w, at) || !change_apply(&w->model, &c, &ear);
    change_say(w, &c, is_refused ? "; to be refused" : "");
    steps_deliver(w, at, &wire, is_refused);
    if (held && !is_refused)
        steps_send_held(w, &c.mod, held);
}

static void do_change(struct world *w, int at, const struct change *c)
{
    struct rule_ear ear = world_ear(w);
    struct wire wire;
    bool is_refused;

    change_write(c, &wire);
    world_accept(w, at);
    is_refused = is_slave(w, at) || !change_apply(&w->model, c, &ear);
    change_say(w, c, is_refused ? "; to be refused" : "");
    steps_deliver(w, at, &wire, is_refused);
}

void step_group_mod(struct world *w)
{
    int at = world_speaker(w);
    struct change c;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    change_draw_group(w, w->controls[at].version, &c);
    do_change(w, at, &c);
}

void step_meter_mod(struct world *w)
{
    int at = world_speaker(w);
    struct change c;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    change_draw_meter(w, w->controls[at].version, &c);
    do_change(w, at, &c);
}

void step_port_mod(struct world *w)
{
    int at = world_speaker(w);
    struct change c;

    if (at >= 0 && change_draw_port(w, w->controls[at].version, &c))
        do_change(w, at, &c);
}

/* How many rules tables take; those that are there stay. */
void step_limits(struct world *w)
{
    static const uint32_t limits[] = {0, 1, 2,  3,           4,
                                      6, 8, 12, MODEL_LIMIT, MODEL_LIMIT + 1};
    struct wire_limit wanted[2];
    size_t count = 1 + dice_below(&w->dice, 2);
    int at = world_speaker(w);
    bool is_refused;
    struct wire wire;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    is_refused = is_slave(w, at);
    for (size_t i = 0; i < count; i++) {
        struct wire_limit *l = &wanted[i];

        l->table = (uint8_t)dice_below(&w->dice, MODEL_TABLES);
        if (dice_percent(&w->dice, 3))
            l->table = MODEL_TABLES;
        l->limit = PICK(&w->dice, limits);
        l->is_faulty = dice_percent(&w->dice, 5);
        world_say(w, "table %u is to take %u rules%s", l->table, l->limit,
                  l->is_faulty ? " (faulty)" : "");
        is_refused |=
            l->is_faulty || l->table == MODEL_TABLES || l->limit > MODEL_LIMIT;
    }
    wire_table_limits(&wire, w->controls[at].version, wanted, count);
    world_accept(w, at);
    for (size_t i = 0; i < count && !is_refused; i++)
        w->model.limits[wanted[i].table] = wanted[i].limit;
    steps_deliver(w, at, &wire, is_refused);
}

/* What becomes of fragments is the switch's, so a slave does not say it; that
 * they are put together is asked for in vain. */
void step_pieces(struct world *w)
{
    enum pieces pieces = (enum pieces)dice_below(&w->dice, 4);
    int at = world_speaker(w);
    struct wire wire;

    if (at < 0)
        return;
    world_say(w, "controller %d: fragments are to be %d", at, (int)pieces);
    wire_set_config(&wire, w->controls[at].version, pieces);
    if (pieces != PIECES_JOINED && !is_slave(w, at))
        w->model.pieces = pieces;
    steps_deliver(w, at, &wire, false);
}

/* Roles: one master, and ids of generations that only grow. */
void step_role(struct world *w)
{
    static const uint32_t roles[] = {ROLE_IS_EQUAL, ROLE_IS_EQUAL,
                                     ROLE_IS_MASTER, ROLE_IS_SLAVE};
    uint32_t role = PICK(&w->dice, roles);
    uint64_t generation = w->generation + dice_below(&w->dice, 4) - 1;
    int at = world_speaker(w);
    struct wire wire;
    bool is_stale;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    is_stale = role != ROLE_IS_EQUAL && w->has_generation &&
               (int64_t)(generation - w->generation) < 0;
    world_say(w, "controller %d wants role %u%s", at, role,
              is_stale ? ", to be refused" : "");
    wire_role(&wire, w->controls[at].version, role, generation);
    world_accept(w, at);
    steps_deliver(w, at, &wire, is_stale);
    if (is_stale)
        return;
    if (role != ROLE_IS_EQUAL) {
        w->has_generation = true;
        w->generation = generation;
    }
    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        if (role == ROLE_IS_MASTER && w->controls[i].is_greeted &&
            w->controls[i].role == ROLE_IS_MASTER)
            w->controls[i].role = ROLE_IS_SLAVE;
    w->controls[at].role = role;
}
