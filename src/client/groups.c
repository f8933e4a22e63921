/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/groups.h"

#include <stdlib.h>

#include "base/json.h"
#include "client/answer.h"
#include "flow/port_no.h"
#include "openflow/of_group.h"
#include "text/text_action.h"
#include "text/text_group.h"

enum { BUCKETS_MAX = 4096 };

/* A listing on its way: statistics come first and wait for the descriptions,
 * which begin the lines. */
struct listing {
    struct of_command *command;
    cJSON *stats, *groups; /* arrays */
    uint32_t group_id;     /* just this one, or GROUP_ALL */
};

/* Keeps one group's counters, as JSON and as a line. */
static void add_stats(struct listing *l, const struct group_stats *s)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *buckets;
    struct of_command_text t;

    of_command_add_number(object, "group_id", s->group_id);
    cJSON_AddNumberToObject(object, "duration_s",
                            s->duration_s + s->duration_ns / 1e9);
    of_command_add_number(object, "ref_count", s->ref_count);
    of_command_add_number(object, "packets", s->packets);
    of_command_add_number(object, "bytes", s->bytes);
    buckets = cJSON_AddArrayToObject(object, "buckets");
    for (size_t i = 0; i < s->bucket_count; i++) {
        cJSON *bucket = cJSON_CreateObject();

        of_command_add_number(bucket, "packets", s->buckets[i].packets);
        of_command_add_number(bucket, "bytes", s->buckets[i].bytes);
        json_append(buckets, bucket);
    }
    if (of_command_begin_text(&t)) {
        text_group_write_stats(t.out, s);
        of_command_end_text(&t, object, "line");
    }
    json_append(l->stats, object);
}

static enum flow_error take_stats(void *context, struct of_message *m)
{
    struct listing *l = context;
    struct bucket_stats *buckets = calloc(BUCKETS_MAX, sizeof(*buckets));
    enum flow_error error = buckets ? FLOW_OK : FLOW_OUT_OF_MEMORY;

    while (!error && m->body.left) {
        struct reader rest;
        struct group_stats s;

        error = of_group_read_stats(of_session_version(l->command->session),
                                    &m->body, &s, &rest);
        if (error)
            break;
        s.buckets = buckets;
        for (s.bucket_count = 0; rest.left && s.bucket_count < BUCKETS_MAX;
             s.bucket_count++)
            buckets[s.bucket_count] = of_group_read_bucket_stats(&rest);
        add_stats(l, &s);
    }
    free(buckets);
    return error;
}

static const cJSON *stats_of(const struct listing *l, uint32_t group_id)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, l->stats)
    {
        if (answer_number(item, "group_id") == group_id)
            return item;
    }
    return NULL;
}

static cJSON *bucket_to_json(const struct text_style *style,
                             const struct bucket *b, const cJSON *stats)
{
    cJSON *object = cJSON_CreateObject();
    struct of_command_text t;

    of_command_add_number(object, "id", b->id);
    of_command_add_number(object, "weight", b->weight);
    if (b->watch_port != PORT_NO_ANY)
        of_command_add_number(object, "watch_port", b->watch_port);
    if (b->watch_group != GROUP_ANY)
        of_command_add_number(object, "watch_group", b->watch_group);
    if (of_command_begin_text(&t)) {
        text_action_write(t.out, style, b->actions.cells, b->actions.count);
        of_command_end_text(&t, object, "actions");
    }
    cJSON_AddNumberToObject(object, "packets", answer_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", answer_number(stats, "bytes"));
    return object;
}

static void add_group(struct listing *l, const struct group_mod *group)
{
    const struct text_style style = of_command_style(l->command);
    const cJSON *stats = stats_of(l, group->group_id);
    const cJSON *counted = answer_item(stats, "buckets");
    cJSON *object = cJSON_CreateObject(), *buckets;

    of_command_add_number(object, "group_id", group->group_id);
    cJSON_AddStringToObject(object, "type", text_group_type(group->type));
    cJSON_AddNumberToObject(object, "duration_s",
                            answer_number(stats, "duration_s"));
    cJSON_AddNumberToObject(object, "ref_count",
                            answer_number(stats, "ref_count"));
    cJSON_AddNumberToObject(object, "packets", answer_number(stats, "packets"));
    cJSON_AddNumberToObject(object, "bytes", answer_number(stats, "bytes"));
    buckets = cJSON_AddArrayToObject(object, "buckets");
    for (size_t i = 0; i < group->bucket_count; i++)
        json_append(buckets,
                    bucket_to_json(&style, &group->buckets[i],
                                   cJSON_GetArrayItem(counted, (int)i)));
    json_append(l->groups, object);
}

static void print_group(const struct listing *l, const struct group_mod *group)
{
    const struct text_style style = of_command_style(l->command);
    const cJSON *stats = stats_of(l, group->group_id);
    enum of_version version = of_session_version(l->command->session);
    FILE *out = l->command->out;

    text_group_write(out, &style, group, version == OF10 || version >= OF15);
    if (stats)
        fprintf(out, "\n  %s", answer_text(stats, "line"));
    putc('\n', out);
}

static enum flow_error take_groups(void *context, struct of_message *m)
{
    struct listing *l = context;

    while (m->body.left) {
        struct group_mod group;
        enum flow_error error = of_group_read_desc(
            of_session_version(l->command->session), &m->body, &group);

        if (error)
            return error;
        if (l->group_id == GROUP_ALL || l->group_id == group.group_id) {
            if (l->groups)
                add_group(l, &group);
            else
                print_group(l, &group);
        }
        group_mod_clear(&group);
    }
    return FLOW_OK;
}

static bool ask(struct listing *l, enum of_kind kind,
                enum flow_error (*take)(void *, struct of_message *))
{
    struct of_session *s = l->command->session;
    enum of_version version = of_session_version(s);
    struct of_buffer *b = of_session_out(s);
    uint32_t xid = of_session_xid(s);
    size_t start = of_begin_request(b, version, kind, xid);

    if (kind == OF_MP_GROUP)
        of_group_put_request(b, l->group_id);
    else
        of_group_put_desc_request(b, version, l->group_id);
    of_end(b, start);
    return of_session_reply(s, xid, take, l);
}

static bool read_group(struct of_command *c, enum group_command command,
                       struct group_mod *mod)
{
    const struct text_names names = of_command_names(c);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};

    if (text_group_read(&parse, command, c->argument ? c->argument : "", mod))
        return true;
    of_command_fail(c, "%s", error.line);
    return false;
}

int groups_dump(struct of_command *c)
{
    struct listing l = {.command = c};
    cJSON *result = c->is_json ? cJSON_CreateObject() : NULL;
    struct group_mod filter;
    bool is_done;

    if (!read_group(c, GROUP_DELETE, &filter))
        return 1;
    l.group_id = filter.group_id;
    l.stats = cJSON_CreateArray();
    if (result)
        l.groups = cJSON_AddArrayToObject(result, "groups");
    is_done = ask(&l, OF_MP_GROUP, take_stats) &&
              ask(&l, OF_MP_GROUP_DESC, take_groups);
    cJSON_Delete(l.stats);
    if (is_done && result)
        return of_command_print_json(c, result);
    cJSON_Delete(result);
    return is_done ? 0 : of_command_fail_session(c);
}

static int change(struct of_command *c, enum group_command command)
{
    struct of_buffer message = {.data = NULL};
    struct group_mod mod;

    if (!read_group(c, command, &mod))
        return 1;
    of_group_write_mod(&message, of_session_version(c->session),
                       of_session_xid(c->session), &mod);
    group_mod_clear(&mod);
    return of_command_put(c, &message) ? of_command_finish(c) : 1;
}

int groups_add(struct of_command *c)
{
    return change(c, GROUP_ADD);
}

int groups_modify(struct of_command *c)
{
    return change(c, GROUP_MODIFY);
}

int groups_delete(struct of_command *c)
{
    return change(c, GROUP_DELETE);
}
