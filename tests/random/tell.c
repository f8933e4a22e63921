/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/tell.h"

#include <inttypes.h>
#include <stdio.h>

const char *tell_acts(const struct acts *acts, char text[TELL_SIZE])
{
    static const char *const kinds[ACT_KINDS] = {
        [ACT_OUTPUT] = "output",   [ACT_GROUP] = "group",
        [ACT_SET] = "set",         [ACT_PUSH_VLAN] = "push",
        [ACT_POP_VLAN] = "pop",    [ACT_STRIP_VLAN] = "strip",
        [ACT_SET_VID] = "set-vid", [ACT_SET_PCP] = "set-pcp",
        [ACT_DEC_TTL] = "dec-ttl", [ACT_METER] = "meter",
    };
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < acts->count && at < TELL_SIZE / 2; i++) {
        const struct act *a = &acts->list[i];

        if (a->kind == ACT_SET)
            at +=
                (size_t)snprintf(text + at, TELL_SIZE - at, "%sset:%d=%" PRIx64,
                                 i ? "," : "", a->field, a->value);
        else
            at += (size_t)snprintf(text + at, TELL_SIZE - at, "%s%s:%x",
                                   i ? "," : "", kinds[a->kind], a->arg);
    }
    return text;
}

static const char *const names[MF_COUNT] = {
    "in_port", "metadata", "dst",    "src",        "type",      "vid",    "pcp",
    "dscp",    "proto",    "ip_src", "ip_dst",     "tp_src",    "tp_dst", "ecn",
    "ip6_src", "ip6_dst",  "label",  "extensions", "nd_target", "sll",    "tll",
    "op",      "spa",      "tpa",    "sha",        "tha",
};

const char *tell_match(const struct pattern *p, char text[TELL_SIZE])
{
    size_t at = 0;

    text[0] = '\0';
    for (int i = 0; i < MF_COUNT && at < TELL_SIZE / 2; i++)
        if (p->mask[i])
            at += (size_t)snprintf(text + at, TELL_SIZE - at,
                                   "%s=%" PRIx64 "/%" PRIx64 " ", names[i],
                                   p->value[i], p->mask[i]);
    return text;
}

const char *tell_fields(const uint64_t fields[MF_COUNT], char text[TELL_SIZE])
{
    size_t at = 0;

    text[0] = '\0';
    for (int i = 0; i < MF_COUNT && at < TELL_SIZE / 2; i++)
        if (fields[i])
            at += (size_t)snprintf(text + at, TELL_SIZE - at, "%s=%" PRIx64 " ",
                                   names[i], fields[i]);
    return text;
}

static void tell_rule(const struct world *w, const struct rule *r)
{
    const struct program *p = &r->program;
    char match[TELL_SIZE], apply[TELL_SIZE], write[TELL_SIZE];

    world_say(
        w,
        "rule of table %u, priority %u, %s: meter %u, apply %s, %swrite %s, "
        "then %d",
        r->table, r->priority, tell_match(&r->match, match), p->meter,
        tell_acts(&p->apply, apply), p->has_clear ? "clear, " : "",
        tell_acts(&p->write, write), p->next_table);
}

static void tell_group(const struct world *w, uint32_t id)
{
    const struct model_group *g = &w->model.groups[id];
    char text[TELL_SIZE];

    for (size_t i = 0; i < g->bucket_count; i++)
        world_say(w, "group %u of kind %u, bucket %zu: watches %x, %s", id,
                  g->kind, i, g->buckets[i].watch_port,
                  tell_acts(&g->buckets[i].acts, text));
}

static void tell_port(const struct world *w, const struct model_port *p)
{
    world_say(w, "port %s (%x): %s%s%s, configuration %x, mode %d of %u/%u",
              p->name, p->number, model_port_is_up(p) ? "up" : "down",
              p->is_configured ? "" : ", not configured",
              p->is_blocked ? ", blocked" : "", p->of_config, p->mode,
              p->access, p->native);
}

void tell_rules(const struct world *w)
{
    if (w->model.is_alone)
        world_say(w, "%s", "standalone is in force");
    for (size_t i = 0; i < w->model.rule_count; i++)
        if (w->model.rules[i].is_touched)
            tell_rule(w, &w->model.rules[i]);
    for (uint32_t id = 1; id <= MODEL_GROUPS; id++)
        tell_group(w, id);
    for (int i = 0; i < MODEL_PORTS; i++)
        tell_port(w, &w->model.ports[i]);
}
