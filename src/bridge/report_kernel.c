/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/report_kernel.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/json.h"
#include "bridge/port_set.h"
#include "flow/flow_mod.h"
#include "text/text_action.h"
#include "text/text_match.h"

struct report {
    const struct bridge *bridge;
    const struct kernel_path *kernel;
    struct text_names names;
    struct text_style style;
    cJSON *flows;
    struct decision decision;
};

/* The actions that say what a step does, with ports by their numbers. */
static void add_step(const struct report *r, struct action_list *l,
                     const struct flow_action *step)
{
    const struct bridge_port *p;

    if (step->type == STEP_NORMAL) {
        action_list_add(l, (struct flow_action){.type = ACTION_OUTPUT,
                                                .port = PORT_NO_NORMAL});
    } else if (step->type == STEP_PORT) {
        p = port_set_by_index(bridge_ports(r->bridge), step->port);
        if (p)
            action_list_add(l, (struct flow_action){.type = ACTION_OUTPUT,
                                                    .port = p->number});
    } else {
        for (unsigned int i = 0; i <= step->extra; i++)
            action_list_add(l, step[i]);
    }
}

/* The decision about frames with this key. */
static void write_decision(struct report *r, FILE *out, struct flow_key *key)
{
    struct datapath *d = bridge_datapath(r->bridge);
    struct action_list actions = {.cells = NULL};
    const struct flow_action *end;

    pipeline_decide(datapath_pipeline(d), key, NULL, &r->decision);
    end = r->decision.cells + r->decision.cell_count;
    for (const struct flow_action *a = r->decision.cells; a < end;
         a = action_next(a))
        add_step(r, &actions, a);
    if (actions.is_bad)
        alloc_flag_raise();
    if (actions.count)
        text_action_write(out, &r->style, actions.cells, actions.count);
    else
        fputs("drop", out);
    action_list_clear(&actions);
}

static void add_text(cJSON *to, const char *name, FILE *out, char **text)
{
    if (fclose(out) == 0)
        cJSON_AddStringToObject(to, name, *text);
    else
        alloc_flag_raise();
    free(*text);
}

static void add_actions(struct report *r, cJSON *to, struct flow_key *key)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        alloc_flag_raise();
        return;
    }
    write_decision(r, out, key);
    add_text(to, "actions", out, &text);
}

static void add_match(const struct report *r, cJSON *to,
                      const struct flow_match *match)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        alloc_flag_raise();
        return;
    }
    text_match_write(out, &r->style, match, FLOW_MOD_PRIORITY);
    add_text(to, "match", out, &text);
}

static void add_flow(void *context, const uint64_t *key, const uint64_t *mask,
                     const struct fast_path_flow_counts *counts)
{
    const size_t size = FAST_PATH_KEY_WORDS * sizeof(*key);
    struct report *r = context;
    struct flow_match match;
    cJSON *flow = cJSON_CreateObject();

    memset(&match, 0, sizeof(match));
    memcpy(match.key.word, key, size);
    memcpy(match.mask.word, mask, size);
    match.mask.ip_frag = 0; /* None is a fragment. */
    add_match(r, flow, &match);
    add_actions(r, flow, &match.key);
    cJSON_AddNumberToObject(flow, "frames", (double)counts->frames);
    cJSON_AddNumberToObject(flow, "bytes", (double)counts->bytes);
    json_append(r->flows, flow);
}

static void add_port(struct report *r, cJSON *ports,
                     const struct bridge_port *p)
{
    struct flow_key key = {.in_port = htonl(p->number)};
    cJSON *port;

    if (!kernel_path_has(r->kernel, p->index))
        return;
    port = cJSON_CreateObject();
    cJSON_AddStringToObject(port, "port", p->config.name);
    add_actions(r, port, &key);
    cJSON_AddNumberToObject(port, "frames",
                            (double)kernel_path_frames(r->kernel, p->counters));
    json_append(ports, port);
}

cJSON *report_kernel(const struct bridge *b)
{
    struct report r = {
        .bridge = b,
        .kernel = datapath_kernel(bridge_datapath(b)),
        .names = port_set_names(bridge_ports(b)),
    };
    const struct port_set *set = bridge_ports(b);
    cJSON *result = cJSON_CreateObject(), *ports;

    r.style.names = &r.names;
    cJSON_AddBoolToObject(result, "kernel", r.kernel != NULL);
    ports = cJSON_AddArrayToObject(result, "ports");
    for (size_t i = 0; i < set->count; i++)
        add_port(&r, ports, set->all[i]);
    r.flows = cJSON_AddArrayToObject(result, "flows");
    kernel_path_each_flow(r.kernel, REPORT_KERNEL_FLOWS_MAX, add_flow, &r);
    cJSON_AddNumberToObject(result, "flow_count",
                            (double)kernel_path_flows(r.kernel));
    return result;
}
