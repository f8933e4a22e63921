/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/changes.h"

#include <inttypes.h>
#include <string.h>

#include "tests/random/draw.h"
#include "tests/random/tell.h"

enum { CONFIG_BITS = 5 };

/* Rules. */

static uint16_t draw_seconds(struct world *w)
{
    static const uint16_t seconds[] = {0, 0, 0, 0, 1, 2, 5, 10};

    return PICK(&w->dice, seconds);
}

/* Since 1.1: a rule that is there is meant. */
static void mean_one(struct world *w, struct rule_mod *mod)
{
    const struct rule *r =
        &w->model.rules[dice_below(&w->dice, (uint32_t)w->model.rule_count)];

    mod->match = r->match;
    mod->priority = r->priority;
    mod->table = r->table;
}

static void draw_filters(struct world *w, struct rule_mod *mod)
{
    struct dice *d = &w->dice;

    if (mod->version != WIRE_10 && dice_percent(d, 30)) {
        mod->cookie_mask = dice_percent(d, 50) ? UINT64_MAX : 1;
        mod->cookie = dice_below(d, 4);
    }
    if (mod->command < MOD_DELETE)
        return;
    if (dice_percent(d, 20))
        mod->out_port = 1 + dice_below(d, 6);
    if (mod->version != WIRE_10 && dice_percent(d, 10))
        mod->out_group = 1 + dice_below(d, MODEL_GROUPS);
    if (mod->version != WIRE_10 && dice_percent(d, 15))
        mod->table = ALL_TABLES;
}

static uint16_t draw_flags(struct world *w, uint8_t version)
{
    uint16_t flags = 0;

    if (dice_percent(&w->dice, 40))
        flags |= RULE_SEND_REMOVED;
    if (dice_percent(&w->dice, 10))
        flags |= RULE_CHECK_OVERLAP;
    if (version == WIRE_10)
        return flags;
    if (dice_percent(&w->dice, 20))
        flags |= RULE_RESET_COUNTS;
    if (dice_percent(&w->dice, 5))
        flags |= RULE_NO_PACKET_COUNTS;
    if (dice_percent(&w->dice, 5))
        flags |= RULE_NO_BYTE_COUNTS;
    return flags;
}

struct rule_mod change_draw_mod(struct world *w, uint8_t version)
{
    static const uint16_t priorities[] = {0, 1, 10, 10, 100, 0x8000, 0xffff};
    static const uint8_t commands[] = {
        MOD_ADD,    MOD_ADD,           MOD_ADD,    MOD_ADD,
        MOD_ADD,    MOD_MODIFY,        MOD_MODIFY, MOD_MODIFY_STRICT,
        MOD_DELETE, MOD_DELETE_STRICT,
    };
    struct dice *d = &w->dice;
    struct rule_mod mod = {
        .version = version,
        .command = PICK(&w->dice, commands),
        .table = version == WIRE_10 ? (uint8_t)ALL_TABLES
                                    : (uint8_t)dice_below(d, MODEL_TABLES),
        .priority = PICK(&w->dice, priorities),
        .flags = draw_flags(w, version),
        .cookie = dice_below(d, 4),
        .idle_s = draw_seconds(w),
        .hard_s = draw_seconds(w),
        .out_port = OUT_ANY,
        .out_group = OUT_ANY,
        .buffer = WIRE_NO_BUFFER,
    };

    mod.match = draw_pattern(d, version, version == WIRE_10 ? 0 : mod.table);
    if (dice_percent(d, 5))
        memset(&mod.match, 0, sizeof(mod.match));
    if (version == WIRE_10 && dice_percent(d, 15)) {
        mod.is_exact = true;
        mod.match = draw_exact(d);
    }
    if (!rules_have_room(&w->model))
        mod.command = MOD_DELETE;
    if (version != WIRE_10 && w->model.rule_count && dice_percent(d, 60) &&
        (mod.command != MOD_ADD || mod.flags & RULE_CHECK_OVERLAP))
        mean_one(w, &mod);
    if (mod.command != MOD_ADD)
        draw_filters(w, &mod);
    if (mod.command <= MOD_MODIFY_STRICT && !(mod.flags & RULE_CHECK_OVERLAP))
        while (rules_has_rival(&w->model, &mod))
            mod.priority = (uint16_t)dice_next(d);
    mod.program = draw_program(d, version, version == WIRE_10 ? 0 : mod.table,
                               &mod.match);
    return mod;
}

void change_draw_rule(struct world *w, uint8_t version, struct change *c)
{
    *c = (struct change){.kind = CHANGE_RULE, .version = version};
    c->mod = change_draw_mod(w, version);
}

static bool acts_are_possible(const struct model *m, const struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++) {
        const struct act *a = &acts->list[i];

        if ((a->kind == ACT_GROUP && !m->groups[a->arg].is_there) ||
            (a->kind == ACT_METER && !m->meters[a->arg].is_there))
            return false;
    }
    return true;
}

static bool is_possible(const struct model *m, const struct rule_mod *mod)
{
    const struct program *p = &mod->program;

    if (mod->command >= MOD_DELETE)
        return true;
    return acts_are_possible(m, &p->apply) && acts_are_possible(m, &p->write) &&
           (!p->meter || m->meters[p->meter].is_there);
}

static bool apply_mod(struct model *m, const struct change *c,
                      const struct rule_ear *ear)
{
    return is_possible(m, &c->mod) && rules_apply(m, &c->mod, ear);
}

/* Groups. */

void change_draw_group(struct world *w, uint8_t version, struct change *c)
{
    static const uint16_t commands[] = {WIRE_GROUP_ADD,    WIRE_GROUP_ADD,
                                        WIRE_GROUP_ADD,    WIRE_GROUP_MODIFY,
                                        WIRE_GROUP_MODIFY, WIRE_GROUP_DELETE};

    *c = (struct change){.kind = CHANGE_GROUP, .version = version};
    c->id = 1 + dice_below(&w->dice, MODEL_GROUPS);
    c->group = draw_group(&w->dice, c->id);
    c->command = PICK(&w->dice, commands);
    if (c->command == WIRE_GROUP_DELETE && dice_percent(&w->dice, 10))
        c->id = 0;
}

static bool buckets_are_possible(const struct model *m,
                                 const struct model_group *g)
{
    for (size_t i = 0; i < g->bucket_count; i++)
        if (!acts_are_possible(m, &g->buckets[i].acts))
            return false;
    return true;
}

static bool apply_group(struct model *m, const struct change *c,
                        const struct rule_ear *ear)
{
    struct model_group *mine = &m->groups[c->id];
    uint64_t packets = mine->packets, bytes = mine->bytes;

    if (c->command == WIRE_GROUP_DELETE) {
        if (c->id && groups_lead_to(m, c->id))
            return false;
        rules_drop_group(m, c->id, ear);
        return true;
    }
    if (mine->is_there != (c->command == WIRE_GROUP_MODIFY) ||
        !buckets_are_possible(m, &c->group))
        return false;
    *mine = c->group;
    if (c->command == WIRE_GROUP_MODIFY) {
        mine->packets = packets;
        mine->bytes = bytes;
    }
    return true;
}

/* Meters. */

void change_draw_meter(struct world *w, uint8_t version, struct change *c)
{
    *c = (struct change){.kind = CHANGE_METER, .version = version};
    c->command = (uint16_t)dice_below(&w->dice, 3);
    c->id = 1 + dice_below(&w->dice, MODEL_METERS);
    c->meter = draw_meter(&w->dice);
    if (c->command == WIRE_GROUP_DELETE && dice_percent(&w->dice, 10))
        c->id = 0;
}

static bool apply_meter(struct model *m, const struct change *c,
                        const struct rule_ear *ear)
{
    struct model_meter *mine = &m->meters[c->id];
    uint64_t packets = mine->packets, bytes = mine->bytes;

    if (c->command == WIRE_GROUP_DELETE) {
        rules_drop_meter(m, c->id, ear);
        return true;
    }
    if (mine->is_there != (c->command == WIRE_GROUP_MODIFY))
        return false;
    *mine = c->meter;
    if (c->command == WIRE_GROUP_MODIFY) {
        mine->packets = packets;
        mine->bytes = bytes;
    }
    return true;
}

/* Ports. */

bool change_draw_port(struct world *w, uint8_t version, struct change *c)
{
    static const uint32_t bits[CONFIG_BITS] = {1 << 0, 1 << 2, 1 << 4, 1 << 5,
                                               1 << 6};
    int port = (int)dice_below(&w->dice, MODEL_PORTS);
    const struct model_port *p = &w->model.ports[port];
    const struct bridge_port *is = world_bridge_port(w, port);
    uint32_t bit = bits[dice_below(&w->dice, CONFIG_BITS)];

    if (!is || (bit == 1 << 4 && version != WIRE_10))
        return false;
    *c = (struct change){.kind = CHANGE_PORT, .version = version};
    c->port.number = p->number;
    c->port.mask = bit;
    memcpy(c->port.mac, is->link.mac, sizeof(c->port.mac));
    c->port.config =
        (bit == 1 << 0 ? p->is_set_down : (p->of_config & bit) != 0) ? 0 : bit;
    return true;
}

/* PORT_DOWN is the interface's own state. */
static void set_down(struct model *m, int port, bool is_down)
{
    struct model_port *p = &m->ports[port];

    if (p->is_set_down == is_down)
        return;
    p->is_set_down = is_down;
    p->has_link = !is_down;
    if (is_down)
        walk_forget_port(m, port);
}

static bool apply_port(struct model *m, const struct change *c,
                       const struct rule_ear *ear)
{
    int port = model_find_port(m, c->port.number);
    struct model_port *p = &m->ports[port < 0 ? 0 : port];

    (void)ear;
    if (port < 0 || !p->is_there)
        return false;
    if (c->port.mask == 1 << 0)
        set_down(m, port, c->port.config != 0);
    else
        p->of_config = (p->of_config & ~c->port.mask) | c->port.config;
    return true;
}

/* All of them. */

void change_write(const struct change *c, struct wire *wire)
{
    bool is_delete = c->command == WIRE_GROUP_DELETE;

    switch (c->kind) {
    case CHANGE_RULE:
        wire_flow_mod(wire, &c->mod);
        break;
    case CHANGE_GROUP:
        wire_group_mod(wire, c->version, c->command, c->id ? c->id : 0xfffffffc,
                       is_delete ? NULL : &c->group);
        break;
    case CHANGE_METER:
        wire_meter_mod(wire, c->version, c->command, c->id ? c->id : 0xffffffff,
                       is_delete ? NULL : &c->meter);
        break;
    case CHANGE_PORT:
        wire_port_mod(wire, c->version, &c->port);
        break;
    }
}

bool change_apply(struct model *m, const struct change *c,
                  const struct rule_ear *ear)
{
    static bool (*const doers[])(struct model *, const struct change *,
                                 const struct rule_ear *) = {
        [CHANGE_RULE] = apply_mod,
        [CHANGE_GROUP] = apply_group,
        [CHANGE_METER] = apply_meter,
        [CHANGE_PORT] = apply_port,
    };

    return doers[c->kind](m, c, ear);
}

void change_say(const struct world *w, const struct change *c, const char *end)
{
    const struct rule_mod *mod = &c->mod;
    const struct program *p = &mod->program;
    char match[TELL_SIZE], apply[TELL_SIZE], write[TELL_SIZE];

    switch (c->kind) {
    case CHANGE_RULE:
        world_say(w,
                  "flow-mod %u.%u of table %u, priority %u%s, flags %x, cookie "
                  "%" PRIx64 "/%" PRIx64 ", %u/%u s, buffer %x, %s: meter %u, "
                  "apply %s, write %s, then %d%s",
                  mod->version, mod->command, mod->table, mod->priority,
                  mod->is_exact ? " (exact)" : "", mod->flags, mod->cookie,
                  mod->cookie_mask, mod->idle_s, mod->hard_s, mod->buffer,
                  tell_match(&mod->match, match), p->meter,
                  tell_acts(&p->apply, apply), tell_acts(&p->write, write),
                  p->next_table, end);
        break;
    case CHANGE_GROUP:
        world_say(w, "group-mod %u of group %u, kind %u, %zu buckets%s",
                  c->command, c->id, c->group.kind, c->group.bucket_count, end);
        break;
    case CHANGE_METER:
        world_say(w, "meter-mod %u of meter %u%s", c->command, c->id, end);
        break;
    case CHANGE_PORT:
        world_say(w, "port-mod of port %x: %x/%x%s", c->port.number,
                  c->port.config, c->port.mask, end);
        break;
    }
}
