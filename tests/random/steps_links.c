/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "tests/random/compare.h"
#include "tests/random/steps.h"

void step_tick(struct world *w)
{
    uint32_t ticks = 1 + dice_below(&w->dice, 8);

    world_say(w, "%u ticks", ticks);
    for (uint32_t i = 0; i < ticks; i++)
        world_tick(w);
}

/* Long enough for timeouts, ageing and the fail mode. */
void step_wait(struct world *w)
{
    uint32_t ticks = 20 + dice_below(&w->dice, 800);

    world_say(w, "%u ticks", ticks);
    for (uint32_t i = 0; i < ticks; i++)
        world_tick(w);
}

static int draw_port(struct world *w)
{
    return (int)dice_below(&w->dice, MODEL_PORTS);
}

void step_link(struct world *w)
{
    int at = draw_port(w);
    struct model_port *p = &w->model.ports[at];

    if (!p->is_there)
        return;
    p->has_link = !p->has_link;
    p->is_set_down = false;
    world_say(w, "link of %s %s", p->name, p->has_link ? "up" : "down");
    if (p->has_link)
        sim_link_up(w->sim, p->name);
    else
        sim_link_down(w->sim, p->name);
    if (!p->has_link)
        walk_forget_port(&w->model, at);
    world_run(w);
}

/* An interface vanishes or comes back. */
void step_device(struct world *w)
{
    int at = (int)dice_below(&w->dice, MODEL_LOCAL);
    struct model_port *p = &w->model.ports[at];

    p->is_there = p->has_link = !p->is_there;
    p->is_set_down = false;
    world_say(w, "device %s %s", p->name, p->is_there ? "comes" : "goes");
    if (p->is_there)
        sim_link_up(w->sim, p->name);
    else
        sim_link_gone(w->sim, p->name);
    walk_forget_port(&w->model, at);
    world_run(w);
}

void step_block(struct world *w)
{
    struct model_port *p = &w->model.ports[draw_port(w)];

    p->is_blocked = !p->is_blocked && dice_percent(&w->dice, 50);
    world_say(w, "port %s %s", p->name,
              p->is_blocked ? "takes no frames" : "takes frames");
    sim_block(w->sim, p->name, p->is_blocked);
}

void step_reload(struct world *w)
{
    world_reload(w);
}

/* A controller comes, goes, or comes back as one of another version, or of none
 * that there is. */
void step_flap(struct world *w)
{
    static const uint8_t versions[] = {WIRE_10, WIRE_13, WIRE_14, WIRE_15, 0};
    size_t at = dice_below(&w->dice, WORLD_CONTROLLERS);
    struct peer *p = sim_peer(w->sim, at);

    if (peer_is_connected(p)) {
        world_say(w, "controller %zu hangs up", at);
        peer_hang_up(p, sim_now_ms(w->sim));
        p->is_listening = dice_percent(&w->dice, 60);
    } else {
        world_say(w, "controller %zu listens", at);
        p->is_listening = true;
        if (!p->stream)
            p->version = versions[dice_below(&w->dice, 5)];
    }
    world_run(w);
}

void step_stall(struct world *w)
{
    size_t at = dice_below(&w->dice, WORLD_CONTROLLERS);
    struct peer *p = sim_peer(w->sim, at);

    p->is_frozen = !p->is_frozen && dice_percent(&w->dice, 40);
    world_say(w, "controller %zu %s", at, p->is_frozen ? "stalls" : "goes on");
}

/* A message stops in the middle; what it asks for is not done by halves. */
void step_cut(struct world *w)
{
    struct rule_mod mod = {.command = MOD_DELETE,
                           .table = ALL_TABLES,
                           .out_port = OUT_ANY,
                           .out_group = OUT_ANY,
                           .buffer = 0xffffffff,
                           .program = {.next_table = NO_TABLE}};
    struct rule_ear ear = world_ear(w);
    int at = world_speaker(w);
    struct peer *p = sim_peer(w->sim, at < 0 ? 0 : (size_t)at);
    struct wire wire;
    size_t cut;

    if (at < 0)
        return;
    mod.version = w->controls[at].version;
    mod.match.mask[MF_IN_PORT] = 0xffffffff;
    mod.match.value[MF_IN_PORT] = 1 + dice_below(&w->dice, 6);
    wire_flow_mod(&wire, &mod);
    cut = 1 + dice_below(&w->dice, (uint32_t)wire.size - 1);
    world_say(w, "controller %d stops after %zu bytes of a delete", at, cut);
    peer_send(p, wire.bytes, cut);
    world_run(w);
    compare_all(w);
    if (dice_percent(&w->dice, 40)) {
        peer_hang_up(p, sim_now_ms(w->sim));
        world_run(w);
        return;
    }
    world_accept(w, at);
    peer_send(p, wire.bytes + cut, wire.size - cut);
    if (w->controls[at].role == ROLE_IS_SLAVE)
        w->controls[at].owed.errors++;
    else
        rules_apply(&w->model, &mod, &ear);
    world_run(w);
}
