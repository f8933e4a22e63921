#include <inttypes.h>
#include <string.h>

#include "tests/random/compare.h"
#include "tests/random/draw.h"
#include "tests/random/steps.h"
#include "tests/random/tell.h"

enum { KEPT_MS = 5000, EMERGENCY = 1 << 2, NO_SUCH = 77 };

#define NO_BUFFER 0xffffffffu
#define PICK(w, list)                                                          \
    (list)[dice_below(&(w)->dice, sizeof(list) / sizeof((list)[0]))]

/* Sends it; what is refused must change nothing, unless it is the first word of
 * a controller and with it NORMAL goes. */
static void deliver(struct world *w, int at, const struct wire *wire,
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

/* Flow-mods. */

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

static uint16_t draw_seconds(struct world *w)
{
    static const uint16_t seconds[] = {0, 0, 0, 0, 1, 2, 5, 10};

    return PICK(w, seconds);
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

static struct rule_mod draw_mod(struct world *w, uint8_t version)
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
        .command = PICK(w, commands),
        .table = version == WIRE_10 ? (uint8_t)ALL_TABLES
                                    : (uint8_t)dice_below(d, MODEL_TABLES),
        .priority = PICK(w, priorities),
        .flags = draw_flags(w, version),
        .cookie = dice_below(d, 4),
        .idle_s = draw_seconds(w),
        .hard_s = draw_seconds(w),
        .out_port = OUT_ANY,
        .out_group = OUT_ANY,
        .buffer = NO_BUFFER,
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
    if (mod.command != MOD_ADD && version != WIRE_10 && w->model.rule_count &&
        dice_percent(d, 60))
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

/* The frame that the flow-mod names goes through the tables, or where the new
 * rule does not match it, through its actions. */
static void send_held(struct world *w, const struct rule_mod *mod,
                      struct held *held)
{
    const struct acts to_table = {
        .count = 1, .list = {{.kind = ACT_OUTPUT, .arg = OUT_TABLE}}};
    struct walk_options options = world_options(w);
    uint64_t fields[MF_COUNT];

    held->is_known = false;
    packet_fields(&held->packet, fields);
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

    if (!h->is_known || model_now_ms(&w->model) - h->held_ms >= KEPT_MS ||
        mod->command >= MOD_DELETE || mod->program.has_write ||
        dice_percent(&w->dice, 50))
        return NULL;
    mod->buffer = h->id;
    return h;
}

static void say_mod(const struct world *w, const struct rule_mod *mod,
                    bool is_refused)
{
    const struct program *p = &mod->program;
    char match[TELL_SIZE], apply[TELL_SIZE], write[TELL_SIZE];

    world_say(w,
              "flow-mod %u.%u of table %u, priority %u%s, flags %x, cookie "
              "%" PRIx64 "/%" PRIx64 ", %u/%u s, buffer %x, %s: meter %u, "
              "apply %s, write %s, then %d%s",
              mod->version, mod->command, mod->table, mod->priority,
              mod->is_exact ? " (exact)" : "", mod->flags, mod->cookie,
              mod->cookie_mask, mod->idle_s, mod->hard_s, mod->buffer,
              tell_match(&mod->match, match), p->meter,
              tell_acts(&p->apply, apply), tell_acts(&p->write, write),
              p->next_table, is_refused ? "; to be refused" : "");
}

void step_flow_mod(struct world *w)
{
    struct rule_ear ear = world_ear(w);
    int at = world_speaker(w);
    struct rule_mod mod;
    struct held *held;
    struct wire wire;
    bool is_refused;

    if (at < 0) {
        step_frames(w);
        return;
    }
    mod = draw_mod(w, w->controls[at].version);
    held = draw_held(w, &mod);
    wire_flow_mod(&wire, &mod);
    world_accept(w, at);
    is_refused = is_slave(w, at) || !is_possible(&w->model, &mod) ||
                 !rules_apply(&w->model, &mod, &ear);
    say_mod(w, &mod, is_refused);
    deliver(w, at, &wire, is_refused);
    if (held && !is_refused)
        send_held(w, &mod, held);
}

/* Groups. */

static bool buckets_are_possible(const struct model *m,
                                 const struct model_group *g)
{
    for (size_t i = 0; i < g->bucket_count; i++)
        if (!acts_are_possible(m, &g->buckets[i].acts))
            return false;
    return true;
}

static bool apply_group(struct world *w, uint16_t command, uint32_t id,
                        const struct model_group *g)
{
    struct rule_ear ear = world_ear(w);
    struct model_group *mine = &w->model.groups[id];
    uint64_t packets = mine->packets, bytes = mine->bytes;

    if (command == WIRE_GROUP_DELETE) {
        if (id && groups_lead_to(&w->model, id))
            return false;
        rules_drop_group(&w->model, id, &ear);
        return true;
    }
    if (mine->is_there != (command == WIRE_GROUP_MODIFY) ||
        !buckets_are_possible(&w->model, g))
        return false;
    *mine = *g;
    if (command == WIRE_GROUP_MODIFY) {
        mine->packets = packets;
        mine->bytes = bytes;
    }
    return true;
}

void step_group_mod(struct world *w)
{
    static const uint16_t commands[] = {WIRE_GROUP_ADD,    WIRE_GROUP_ADD,
                                        WIRE_GROUP_ADD,    WIRE_GROUP_MODIFY,
                                        WIRE_GROUP_MODIFY, WIRE_GROUP_DELETE};
    uint32_t id = 1 + dice_below(&w->dice, MODEL_GROUPS);
    struct model_group g = draw_group(&w->dice, id);
    uint16_t command = PICK(w, commands);
    int at = world_speaker(w);
    struct wire wire;
    bool is_refused;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    if (command == WIRE_GROUP_DELETE && dice_percent(&w->dice, 10))
        id = 0;
    wire_group_mod(&wire, w->controls[at].version, command,
                   id ? id : 0xfffffffc,
                   command == WIRE_GROUP_DELETE ? NULL : &g);
    world_accept(w, at);
    is_refused = is_slave(w, at) || !apply_group(w, command, id, &g);
    world_say(w, "group-mod %u of group %u, kind %u, %zu buckets%s", command,
              id, g.kind, g.bucket_count, is_refused ? ", to be refused" : "");
    deliver(w, at, &wire, is_refused);
}

/* Meters. */

static bool apply_meter(struct world *w, uint16_t command, uint32_t id,
                        const struct model_meter *m)
{
    struct rule_ear ear = world_ear(w);
    struct model_meter *mine = &w->model.meters[id];
    uint64_t packets = mine->packets, bytes = mine->bytes;

    if (command == WIRE_GROUP_DELETE) {
        rules_drop_meter(&w->model, id, &ear);
        return true;
    }
    if (mine->is_there != (command == WIRE_GROUP_MODIFY))
        return false;
    *mine = *m;
    if (command == WIRE_GROUP_MODIFY) {
        mine->packets = packets;
        mine->bytes = bytes;
    }
    return true;
}

void step_meter_mod(struct world *w)
{
    uint16_t command = (uint16_t)dice_below(&w->dice, 3);
    uint32_t id = 1 + dice_below(&w->dice, MODEL_METERS);
    struct model_meter m = draw_meter(&w->dice);
    int at = world_speaker(w);
    struct wire wire;
    bool is_refused;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    if (command == WIRE_GROUP_DELETE && dice_percent(&w->dice, 10))
        id = 0;
    wire_meter_mod(&wire, w->controls[at].version, command,
                   id ? id : 0xffffffff,
                   command == WIRE_GROUP_DELETE ? NULL : &m);
    world_accept(w, at);
    is_refused = is_slave(w, at) || !apply_meter(w, command, id, &m);
    world_say(w, "meter-mod %u of meter %u%s", command, id,
              is_refused ? ", to be refused" : "");
    deliver(w, at, &wire, is_refused);
}

/* Lies: messages that cannot be. */

static struct rule_mod plain_mod(uint8_t version)
{
    struct rule_mod mod = {
        .version = version,
        .command = MOD_ADD,
        .priority = 5,
        .out_port = OUT_ANY,
        .out_group = OUT_ANY,
        .buffer = NO_BUFFER,
        .program = {.next_table = NO_TABLE, .has_apply = true},
    };

    return mod;
}

static void lie_by_port(struct wire *wire, struct rule_mod *mod)
{
    mod->program.apply.list[mod->program.apply.count++] =
        (struct act){.kind = ACT_OUTPUT, .arg = 0};
    wire_flow_mod(wire, mod);
}

static void lie_by_command(struct wire *wire, struct rule_mod *mod)
{
    mod->command = 9;
    wire_flow_mod(wire, mod);
}

static void lie_by_type(struct wire *wire, struct rule_mod *mod)
{
    wire_begin(wire, mod->version, 0x77);
    wire_end(wire);
}

static void lie_by_version(struct wire *wire, struct rule_mod *mod)
{
    wire_begin(wire, mod->version == 9 ? 10 : 9, 2);
    wire_end(wire);
}

static void lie_by_length(struct wire *wire, struct rule_mod *mod)
{
    wire_flow_mod(wire, mod);
    wire->size = 8 + wire->bytes[wire->size - 1] % 2 + 17;
    wire_end(wire);
}

static void lie_by_buffer(struct wire *wire, struct rule_mod *mod)
{
    const struct packet_out out = {.version = mod->version,
                                   .buffer = 0x70000001,
                                   .in_port = OUT_CONTROLLER,
                                   .acts = &mod->program.apply};

    wire_packet_out(wire, &out);
}

static void lie_by_port_mod(struct wire *wire, struct rule_mod *mod)
{
    const struct port_change change = {.number = NO_SUCH, .mask = 1};

    wire_port_mod(wire, mod->version, &change);
}

static void lie_by_emergency(struct wire *wire, struct rule_mod *mod)
{
    mod->flags = EMERGENCY;
    wire_flow_mod(wire, mod);
}

static void lie_by_goto(struct wire *wire, struct rule_mod *mod)
{
    mod->table = 2;
    mod->program.next_table = 2;
    wire_flow_mod(wire, mod);
}

static void lie_by_table(struct wire *wire, struct rule_mod *mod)
{
    mod->table = 200;
    wire_flow_mod(wire, mod);
}

static void lie_by_group(struct wire *wire, struct rule_mod *mod)
{
    mod->program.apply.list[mod->program.apply.count++] =
        (struct act){.kind = ACT_GROUP, .arg = NO_SUCH};
    wire_flow_mod(wire, mod);
}

static void lie_by_prerequisite(struct wire *wire, struct rule_mod *mod)
{
    mod->match.mask[MF_TP_DST] = 0xffff;
    mod->match.value[MF_TP_DST] = 3;
    wire_flow_mod(wire, mod);
}

static void lie_by_set_field(struct wire *wire, struct rule_mod *mod)
{
    mod->program.apply.list[mod->program.apply.count++] =
        (struct act){.kind = ACT_SET, .field = MF_IP_DST, .value = 1};
    wire_flow_mod(wire, mod);
}

static void lie_by_pop(struct wire *wire, struct rule_mod *mod)
{
    mod->match.mask[MF_VLAN_VID] = 0x1fff; /* untagged */
    mod->program.apply.list[mod->program.apply.count++] =
        (struct act){.kind = ACT_POP_VLAN};
    wire_flow_mod(wire, mod);
}

/* A group that leads to itself. */
static void lie_by_loop(struct wire *wire, struct rule_mod *mod)
{
    struct model_group g = {.kind = KIND_INDIRECT, .bucket_count = 1};

    g.buckets[0].watch_port = OUT_ANY;
    g.buckets[0].acts.count = 1;
    g.buckets[0].acts.list[0] = (struct act){.kind = ACT_GROUP, .arg = NO_SUCH};
    wire_group_mod(wire, mod->version, WIRE_GROUP_ADD, NO_SUCH, &g);
}

static void lie_by_weight(struct wire *wire, struct rule_mod *mod)
{
    struct model_group g = {.kind = KIND_SELECT, .bucket_count = 1};

    g.buckets[0].watch_port = OUT_ANY;
    wire_group_mod(wire, mod->version, WIRE_GROUP_ADD, NO_SUCH, &g);
}

static void lie_by_kind(struct wire *wire, struct rule_mod *mod)
{
    const struct model_group g = {.kind = 9};

    wire_group_mod(wire, mod->version, WIRE_GROUP_ADD, NO_SUCH, &g);
}

static const struct lie {
    uint8_t first, last; /* versions */
    bool is_idle_talk;   /* that does not say that we are accepted */
    void (*write)(struct wire *wire, struct rule_mod *mod);
} lies[] = {
    {WIRE_10, WIRE_15, false, lie_by_port        },
    {WIRE_10, WIRE_15, false, lie_by_command     },
    {WIRE_10, WIRE_15, true,  lie_by_type        },
    {WIRE_10, WIRE_15, true,  lie_by_version     },
    {WIRE_10, WIRE_15, false, lie_by_length      },
    {WIRE_10, WIRE_15, false, lie_by_buffer      },
    {WIRE_10, WIRE_15, false, lie_by_port_mod    },
    {WIRE_10, WIRE_10, false, lie_by_emergency   },
    {WIRE_13, WIRE_15, false, lie_by_goto        },
    {WIRE_13, WIRE_15, false, lie_by_table       },
    {WIRE_13, WIRE_15, false, lie_by_group       },
    {WIRE_13, WIRE_15, false, lie_by_prerequisite},
    {WIRE_13, WIRE_15, false, lie_by_set_field   },
    {WIRE_13, WIRE_15, false, lie_by_pop         },
    {WIRE_13, WIRE_15, false, lie_by_loop        },
    {WIRE_13, WIRE_15, false, lie_by_weight      },
    {WIRE_13, WIRE_15, false, lie_by_kind        },
};

void step_lie(struct world *w)
{
    const struct lie *lie = &PICK(w, lies);
    int at = world_speaker(w);
    struct rule_mod mod;
    struct wire wire;

    if (at < 0 || w->controls[at].version < lie->first ||
        w->controls[at].version > lie->last)
        return;
    mod = plain_mod(w->controls[at].version);
    lie->write(&wire, &mod);
    world_say(w, "lie %zu of version %u", (size_t)(lie - lies), mod.version);
    if (!lie->is_idle_talk)
        world_accept(w, at);
    deliver(w, at, &wire, true);
}

/* Roles: one master, and ids of generations that only grow. */
void step_role(struct world *w)
{
    static const uint32_t roles[] = {ROLE_IS_EQUAL, ROLE_IS_EQUAL,
                                     ROLE_IS_MASTER, ROLE_IS_SLAVE};
    uint32_t role = PICK(w, roles);
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
    deliver(w, at, &wire, is_stale);
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
