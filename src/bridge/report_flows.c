/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/report_flows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/json.h"
#include "table/flow_view.h"
#include "text/text_flow.h"

static const struct text_style style;

struct listing {
    struct flow_tables *tables;
    int64_t now_ms;
    cJSON *flows;
};

/* One text about an entry: its key in the report, and its writer. */
struct part {
    const char *key;
    void (*write)(FILE *out, const struct flow_stats *s);
};

static void write_line(FILE *out, const struct flow_stats *s)
{
    text_flow_write(out, &style, s, true);
}

static void write_match(FILE *out, const struct flow_stats *s)
{
    text_match_write(out, &style, s->match, FLOW_MOD_PRIORITY);
}

static void write_actions(FILE *out, const struct flow_stats *s)
{
    text_flow_write_instructions(out, &style, s->instructions);
}

static void write_cookie(FILE *out, const struct flow_stats *s)
{
    fprintf(out, "0x%" PRIx64, s->cookie);
}

static void add_texts(cJSON *flow, const struct flow_stats *s)
{
    static const struct part parts[] = {
        /* clang-format off */
        {"line",    write_line   },
        {"cookie",  write_cookie },
        {"match",   write_match  },
        {"actions", write_actions},
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        if (!out) {
            alloc_flag_raise();
            return;
        }
        parts[i].write(out, s);
        if (fclose(out) == 0)
            cJSON_AddStringToObject(flow, parts[i].key, text);
        else
            alloc_flag_raise();
        free(text);
    }
}

/* One of the fail mode's, which has one in each table, where none has come. */
static bool is_idle_fallback(const struct flow_entry *e,
                             const struct flow_usage *usage)
{
    return e->flags & FLOW_MOD_LAST && e->table > 0 && !usage->packets;
}

static void add_entry(void *context, struct flow_entry *e)
{
    const struct listing *l = context;
    struct flow_usage usage = flow_tables_usage(l->tables, e);
    struct flow_view v;
    cJSON *flow;

    if (is_idle_fallback(e, &usage))
        return;
    flow = cJSON_CreateObject();
    flow_view_of(&v, e, &usage, l->now_ms);
    /* Of the switch's own entries no one sets when they expire. */
    v.stats.has_idle_age = v.stats.has_hard_age = false;
    cJSON_AddNumberToObject(flow, "table", v.stats.table);
    cJSON_AddNumberToObject(flow, "priority", v.stats.priority);
    cJSON_AddNumberToObject(flow, "duration_s",
                            (double)(l->now_ms - e->created_ms) / 1000);
    cJSON_AddNumberToObject(flow, "packets", (double)v.stats.packets);
    cJSON_AddNumberToObject(flow, "bytes", (double)v.stats.bytes);
    add_texts(flow, &v.stats);
    json_append(l->flows, flow);
}

cJSON *report_flows_hidden(const struct bridge *b, const char *filter,
                           int64_t now_ms, struct text_error *error)
{
    const struct text_names names = port_set_names(bridge_ports(b));
    const struct text_parse parse = {&names, error};
    struct listing l = {.tables = datapath_tables(bridge_datapath(b)),
                        .now_ms = now_ms};
    cJSON *result;
    struct flow_mod mod;

    if (!text_flow_read(&parse, FLOW_MOD_DELETE, filter, &mod))
        return NULL;
    mod.flags = FLOW_MOD_HIDDEN;
    result = cJSON_CreateObject();
    l.flows = cJSON_AddArrayToObject(result, "flows");
    flow_tables_each(l.tables, &mod, add_entry, &l);
    flow_mod_clear(&mod);
    return result;
}
