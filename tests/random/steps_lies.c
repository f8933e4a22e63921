/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/steps.h"

#include "base/array.h"

enum { EMERGENCY = 1 << 2, NO_SUCH = 77 };

static struct rule_mod plain_mod(uint8_t version)
{
    struct rule_mod mod = {
        .version = version,
        .command = MOD_ADD,
        .priority = 5,
        .out_port = OUT_ANY,
        .out_group = OUT_ANY,
        .buffer = WIRE_NO_BUFFER,
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
    /* clang-format off */
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
    /* clang-format on */
};

void step_lie(struct world *w)
{
    const struct lie *lie = &lies[dice_below(&w->dice, ARRAY_SIZE(lies))];
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
    steps_deliver(w, at, &wire, true);
}
