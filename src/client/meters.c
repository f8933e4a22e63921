/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/meters.h"

#include "base/json.h"
#include "client/human.h"
#include "openflow/of_meter.h"
#include "text/text_meter.h"

/* A listing on its way: statistics come first and wait for the configurations,
 * which begin the lines. */
struct listing {
    struct console *console;
    cJSON *stats, *meters; /* arrays */
    uint32_t meter_id;     /* just this one, or METER_ALL */
};

static void add_stats(struct listing *l, const struct meter_stats *s)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *bands;
    struct console_text t;

    console_add_number(object, "meter_id", s->meter_id);
    cJSON_AddNumberToObject(object, "duration_s",
                            s->duration_s + s->duration_ns / 1e9);
    console_add_number(object, "flow_count", s->flow_count);
    console_add_number(object, "packets", s->packets);
    console_add_number(object, "bytes", s->bytes);
    bands = cJSON_AddArrayToObject(object, "bands");
    for (size_t i = 0; i < s->band_count; i++) {
        cJSON *band = cJSON_CreateObject();

        console_add_number(band, "packets", s->bands[i].packets);
        console_add_number(band, "bytes", s->bands[i].bytes);
        json_append(bands, band);
    }
    if (console_begin_text(&t)) {
        text_meter_write_stats(t.out, s);
        console_end_text(&t, object, "lines");
    }
    json_append(l->stats, object);
}

static enum flow_error take_stats(void *context, struct of_message *m)
{
    struct listing *l = context;

    while (m->body.left) {
        struct meter_stats s;
        enum flow_error error = of_meter_read_stats(&m->body, &s);

        if (error)
            return error;
        add_stats(l, &s);
    }
    return FLOW_OK;
}

static const cJSON *stats_of(const struct listing *l, uint32_t meter_id)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, l->stats)
    {
        if (human_number(item, "meter_id") == meter_id)
            return item;
    }
    return NULL;
}

static cJSON *band_to_json(const struct meter_band *b, const cJSON *stats)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "type",
                            b->type == BAND_DROP ? "drop" : "dscp_remark");
    console_add_number(object, "rate", b->rate);
    console_add_number(object, "burst_size", b->burst);
    if (b->type == BAND_DSCP_REMARK)
        console_add_number(object, "prec_level", b->prec_level);
    cJSON_AddNumberToObject(object, "packets", human_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", human_number(stats, "bytes"));
    return object;
}

static void add_meter(struct listing *l, const struct meter_mod *meter)
{
    const cJSON *stats = stats_of(l, meter->meter_id);
    const cJSON *counted = human_item(stats, "bands");
    cJSON *object = cJSON_CreateObject(), *bands;

    console_add_number(object, "meter_id", meter->meter_id);
    cJSON_AddStringToObject(object, "unit",
                            meter->flags & METER_PKTPS ? "pktps" : "kbps");
    cJSON_AddBoolToObject(object, "burst", meter->flags & METER_BURST);
    cJSON_AddBoolToObject(object, "stats", meter->flags & METER_STATS);
    cJSON_AddNumberToObject(object, "duration_s",
                            human_number(stats, "duration_s"));
    cJSON_AddNumberToObject(object, "flow_count",
                            human_number(stats, "flow_count"));
    cJSON_AddNumberToObject(object, "packets", human_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", human_number(stats, "bytes"));
    bands = cJSON_AddArrayToObject(object, "bands");
    for (size_t i = 0; i < meter->band_count; i++)
        json_append(bands, band_to_json(&meter->bands[i],
                                        cJSON_GetArrayItem(counted, (int)i)));
    json_append(l->meters, object);
}

static enum flow_error take_meters(void *context, struct of_message *m)
{
    struct listing *l = context;

    while (m->body.left) {
        struct meter_mod meter;
        enum flow_error error = of_meter_read_config(&m->body, &meter);
        const cJSON *stats;

        if (error)
            return error;
        if (l->meters) {
            add_meter(l, &meter);
            continue;
        }
        text_meter_write(l->console->out, &meter);
        stats = stats_of(l, meter.meter_id);
        if (stats)
            fprintf(l->console->out, "\n%s", human_text(stats, "lines"));
        putc('\n', l->console->out);
    }
    return FLOW_OK;
}

static bool ask(struct listing *l, enum of_kind kind,
                enum flow_error (*take)(void *, struct of_message *))
{
    struct of_session *s = l->console->session;
    struct of_buffer *b = of_session_out(s);
    uint32_t xid = of_session_xid(s);
    size_t start = of_begin_request(b, of_session_version(s), kind, xid);

    of_meter_put_request(b, l->meter_id);
    of_end(b, start);
    return of_session_reply(s, xid, take, l);
}

static bool has_meters(const struct console *c)
{
    if (of_session_version(c->session) >= OF13)
        return true;
    console_fail(c, "there are meters since OpenFlow 1.3; the switch speaks, "
                    "or -O asks for, an older version");
    return false;
}

static bool read_meter(const struct console *c, enum meter_command command,
                       struct meter_mod *mod)
{
    struct text_error error = {""};
    const struct text_parse parse = {NULL, &error};

    if (text_meter_read(&parse, command, c->argument ? c->argument : "", mod))
        return has_meters(c);
    console_fail(c, "%s", error.line);
    return false;
}

int meters_dump(struct console *c)
{
    struct listing l = {.console = c};
    cJSON *result;
    struct meter_mod filter;
    bool is_done;

    if (!read_meter(c, METER_DELETE, &filter))
        return 1;
    l.meter_id = filter.meter_id;
    l.stats = cJSON_CreateArray();
    result = c->is_json ? cJSON_CreateObject() : NULL;
    if (result)
        l.meters = cJSON_AddArrayToObject(result, "meters");
    is_done = ask(&l, OF_MP_METER, take_stats) &&
              ask(&l, OF_MP_METER_CONFIG, take_meters);
    cJSON_Delete(l.stats);
    if (is_done && result)
        return console_print_json(c, result);
    cJSON_Delete(result);
    return is_done ? 0 : console_fail_session(c);
}

static int change(struct console *c, enum meter_command command)
{
    struct meter_mod mod;

    if (!read_meter(c, command, &mod))
        return 1;
    of_meter_write_mod(of_session_out(c->session),
                       of_session_version(c->session),
                       of_session_xid(c->session), &mod);
    return console_finish(c);
}

int meters_add(struct console *c)
{
    return change(c, METER_ADD);
}

int meters_modify(struct console *c)
{
    return change(c, METER_MODIFY);
}

int meters_delete(struct console *c)
{
    return change(c, METER_DELETE);
}
