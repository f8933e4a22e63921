/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/meters.h"

#include "base/json.h"
#include "client/answer.h"
#include "openflow/of_meter.h"
#include "text/text_meter.h"

/* A listing on its way: statistics come first and wait for the configurations,
 * which begin the lines. */
struct listing {
    struct of_command *command;
    cJSON *stats, *meters; /* arrays */
    uint32_t meter_id;     /* just this one, or METER_ALL */
};

static void add_stats(struct listing *l, const struct meter_stats *s)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *bands;
    struct of_command_text t;

    of_command_add_number(object, "meter_id", s->meter_id);
    cJSON_AddNumberToObject(object, "duration_s",
                            s->duration_s + s->duration_ns / 1e9);
    of_command_add_number(object, "flow_count", s->flow_count);
    of_command_add_number(object, "packets", s->packets);
    of_command_add_number(object, "bytes", s->bytes);
    bands = cJSON_AddArrayToObject(object, "bands");
    for (size_t i = 0; i < s->band_count; i++) {
        cJSON *band = cJSON_CreateObject();

        of_command_add_number(band, "packets", s->bands[i].packets);
        of_command_add_number(band, "bytes", s->bands[i].bytes);
        json_append(bands, band);
    }
    if (of_command_begin_text(&t)) {
        text_meter_write_stats(t.out, s);
        of_command_end_text(&t, object, "lines");
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
        if (answer_number(item, "meter_id") == meter_id)
            return item;
    }
    return NULL;
}

static cJSON *band_to_json(const struct meter_band *b, const cJSON *stats)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "type",
                            b->type == BAND_DROP ? "drop" : "dscp_remark");
    of_command_add_number(object, "rate", b->rate);
    of_command_add_number(object, "burst_size", b->burst);
    if (b->type == BAND_DSCP_REMARK)
        of_command_add_number(object, "prec_level", b->prec_level);
    cJSON_AddNumberToObject(object, "packets", answer_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", answer_number(stats, "bytes"));
    return object;
}

static void add_meter(struct listing *l, const struct meter_mod *meter)
{
    const cJSON *stats = stats_of(l, meter->meter_id);
    const cJSON *counted = answer_item(stats, "bands");
    cJSON *object = cJSON_CreateObject(), *bands;

    of_command_add_number(object, "meter_id", meter->meter_id);
    cJSON_AddStringToObject(object, "unit",
                            meter->flags & METER_PKTPS ? "pktps" : "kbps");
    cJSON_AddBoolToObject(object, "burst", meter->flags & METER_BURST);
    cJSON_AddBoolToObject(object, "stats", meter->flags & METER_STATS);
    cJSON_AddNumberToObject(object, "duration_s",
                            answer_number(stats, "duration_s"));
    cJSON_AddNumberToObject(object, "flow_count",
                            answer_number(stats, "flow_count"));
    cJSON_AddNumberToObject(object, "packets", answer_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", answer_number(stats, "bytes"));
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
        text_meter_write(l->command->out, &meter);
        stats = stats_of(l, meter.meter_id);
        if (stats)
            fprintf(l->command->out, "\n%s", answer_text(stats, "lines"));
        putc('\n', l->command->out);
    }
    return FLOW_OK;
}

static bool ask(struct listing *l, enum of_kind kind,
                enum flow_error (*take)(void *, struct of_message *))
{
    struct of_session *s = l->command->session;
    struct of_buffer *b = of_session_out(s);
    uint32_t xid = of_session_xid(s);
    size_t start = of_begin_request(b, of_session_version(s), kind, xid);

    of_meter_put_request(b, l->meter_id);
    of_end(b, start);
    return of_session_reply(s, xid, take, l);
}

static bool has_meters(const struct of_command *c)
{
    if (of_session_version(c->session) >= OF13)
        return true;
    of_command_fail(c, "meters need OpenFlow 1.3 or later; the switch speaks "
                       "an older version, or -O asks for one");
    return false;
}

static bool read_meter(const struct of_command *c, enum meter_command command,
                       struct meter_mod *mod)
{
    struct text_error error = {""};
    const struct text_parse parse = {NULL, &error};

    if (text_meter_read(&parse, command, c->argument ? c->argument : "", mod))
        return has_meters(c);
    of_command_fail(c, "%s", error.line);
    return false;
}

int meters_dump(struct of_command *c)
{
    struct listing l = {.command = c};
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
        return of_command_print_json(c, result);
    cJSON_Delete(result);
    return is_done ? 0 : of_command_fail_session(c);
}

static int change(struct of_command *c, enum meter_command command)
{
    struct meter_mod mod;

    if (!read_meter(c, command, &mod))
        return 1;
    of_meter_write_mod(of_session_out(c->session),
                       of_session_version(c->session),
                       of_session_xid(c->session), &mod);
    return of_command_finish(c);
}

int meters_add(struct of_command *c)
{
    return change(c, METER_ADD);
}

int meters_modify(struct of_command *c)
{
    return change(c, METER_MODIFY);
}

int meters_delete(struct of_command *c)
{
    return change(c, METER_DELETE);
}
