/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_group.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "flow/port_no.h"
#include "text/text_action.h"
#include "text/text_selection.h"

enum {
    TEXT_BUCKETS_MAX = 1024,
    WEIGHT_UNSAID = 0xffff + 1, /* no bucket can have it */
};

static const char *const type_words[GROUP_TYPE_COUNT] = {
    [GROUP_TYPE_ALL] = "all",
    [GROUP_TYPE_SELECT] = "select",
    [GROUP_TYPE_INDIRECT] = "indirect",
    [GROUP_TYPE_FAST_FAILOVER] = "ff",
};

const char *text_group_type(uint8_t type)
{
    return type < GROUP_TYPE_COUNT ? type_words[type] : "unknown";
}

/* What has been said of a bucket. */
struct reading {
    struct bucket bucket;
    uint32_t weight; /* WEIGHT_UNSAID: not said */
    bool has_actions, is_drop;
};

static bool read_weight(const struct text_parse *parse,
                        const struct text_item *item, struct reading *r)
{
    return text_read_u32(parse, item, UINT16_MAX, &r->weight);
}

static bool read_watch_port(const struct text_parse *parse,
                            const struct text_item *item, struct reading *r)
{
    if (text_read_port(item->value, parse->names, &r->bucket.watch_port))
        return true;
    text_fail_at(parse->error, item->value, "no such port");
    return text_fail_under(parse->error, item->key);
}

static bool read_watch_group(const struct text_parse *parse,
                             const struct text_item *item, struct reading *r)
{
    return text_read_u32(parse, item, GROUP_MAX, &r->bucket.watch_group);
}

static bool read_bucket_id(const struct text_parse *parse,
                           const struct text_item *item, struct reading *r)
{
    return text_read_u32(parse, item, BUCKET_ID_MAX, &r->bucket.id);
}

static const struct {
    const char *word;
    bool (*read)(const struct text_parse *, const struct text_item *,
                 struct reading *);
} bucket_words[] = {
    /* clang-format off */
    {"weight",      read_weight     },
    {"watch_port",  read_watch_port },
    {"watch_group", read_watch_group},
    {"bucket_id",   read_bucket_id  },
    /* clang-format on */
};

enum { BUCKET_WORDS = ARRAY_SIZE(bucket_words) };

static const struct flow_match any_match;

/* One item of a bucket: "actions=A" is the action A, and so is A alone. */
static bool read_bucket_item(const struct text_parse *parse,
                             struct text_item item, struct reading *r)
{
    if (item.is_open)
        return text_fail_at(parse->error, item.key,
                            "a parenthesis or quote does not close");
    for (size_t i = 0; i < BUCKET_WORDS; i++)
        if (text_is(item.key, bucket_words[i].word))
            return bucket_words[i].read(parse, &item, r);
    r->has_actions = true;
    if (text_is(item.key, "actions") || text_is(item.key, "action")) {
        struct text_span rest = item.value;

        if (!text_next(&rest, &item))
            return true;
    }
    if (text_is_like(item.key, "drop")) {
        r->is_drop = true;
        return true;
    }
    return text_action_read_item(parse, &any_match, &item, &r->bucket.actions);
}

/* The bucket that 'r' has read makes sense in a group of this type. */
static bool check_bucket(const struct text_parse *parse, uint8_t type,
                         const struct reading *r)
{
    if (!r->has_actions)
        return text_fail(parse->error, "bucket: lacks actions; write drop if "
                                       "it is to have none");
    if (r->is_drop && r->bucket.actions.count)
        return text_fail(parse->error, "drop: cannot stand with other actions");
    if (r->weight != WEIGHT_UNSAID && type != GROUP_TYPE_SELECT)
        return text_fail(parse->error,
                         "weight: only buckets of a select group have one");
    if (type == GROUP_TYPE_FAST_FAILOVER &&
        r->bucket.watch_port == PORT_NO_ANY &&
        r->bucket.watch_group == GROUP_ANY)
        return text_fail(parse->error, "bucket: one of a group of type ff "
                                       "needs watch_port or watch_group");
    return true;
}

static bool read_bucket(const struct text_parse *parse, struct text_span text,
                        struct group_mod *mod)
{
    struct reading r = {
        .bucket = {.id = (uint32_t)mod->bucket_count,
                   .watch_port = PORT_NO_ANY,
                   .watch_group = GROUP_ANY},
        .weight = WEIGHT_UNSAID,
    };
    struct text_item item;
    bool is_good = true;

    while (is_good && text_next(&text, &item))
        is_good = read_bucket_item(parse, item, &r);
    if (is_good)
        is_good = check_bucket(parse, mod->type, &r);
    if (is_good && r.bucket.actions.is_bad)
        is_good = text_fail(parse->error, "out of memory");
    if (!is_good) {
        action_list_clear(&r.bucket.actions);
        return false;
    }
    r.bucket.weight = r.weight != WEIGHT_UNSAID        ? (uint16_t)r.weight
                      : mod->type == GROUP_TYPE_SELECT ? 1
                                                       : 0;
    mod->buckets[mod->bucket_count++] = r.bucket;
    return true;
}

/* All from the first "bucket=" on; each one ends where the next begins. */
static bool read_buckets(const struct text_parse *parse, struct text_span text,
                         struct group_mod *mod)
{
    static const char mark[] = "bucket=";
    struct text_span rest;
    bool is_last = false;

    mod->buckets = calloc(TEXT_BUCKETS_MAX, sizeof(*mod->buckets));
    if (!mod->buckets)
        return text_fail(parse->error, "out of memory");
    while (!is_last) {
        if (mod->bucket_count == TEXT_BUCKETS_MAX)
            return text_fail(parse->error, "has more than %d buckets",
                             TEXT_BUCKETS_MAX);
        is_last = !text_cut(&text, mark, &rest);
        if (!read_bucket(parse, text, mod))
            return false;
        text = rest;
    }
    return true;
}

static bool read_id(const struct text_parse *parse,
                    const struct text_item *item, struct group_mod *mod)
{
    uint64_t number;

    if (mod->command == GROUP_DELETE && text_is(item->value, "all")) {
        mod->group_id = GROUP_ALL;
        return true;
    }
    if (!text_number(item->value, GROUP_MAX, &number))
        return text_fail_at(parse->error, item->value, "not a group's number");
    mod->group_id = (uint32_t)number;
    return true;
}

static bool read_type(const struct text_parse *parse,
                      const struct text_item *item, struct group_mod *mod)
{
    for (unsigned int type = 0; type < GROUP_TYPE_COUNT; type++) {
        if (text_is(item->value, type_words[type])) {
            mod->type = (uint8_t)type;
            return true;
        }
    }
    if (!text_is(item->value, "fast_failover"))
        return text_fail_at(parse->error, item->value,
                            "not a group's type; there are all, select, "
                            "indirect and ff");
    mod->type = GROUP_TYPE_FAST_FAILOVER;
    return true;
}

/* What stands before the buckets. */
static bool read_head(const struct text_parse *parse, struct text_span text,
                      struct group_mod *mod)
{
    bool is_delete = mod->command == GROUP_DELETE;
    bool has_id = false, has_type = false;
    struct text_item item;

    while (text_next(&text, &item)) {
        bool is_good;

        if (text_is(item.key, "group_id")) {
            is_good = has_id = read_id(parse, &item, mod);
        } else if (text_is(item.key, "type") && !is_delete) {
            is_good = has_type = read_type(parse, &item, mod);
        } else if (text_selection_is(item.key) && !is_delete) {
            is_good = text_selection_read(parse, &item, &mod->selection);
        } else {
            is_good =
                text_fail_at(parse->error, item.key,
                             is_delete ? "says nothing to this command"
                                       : "unknown keyword; a group is "
                                         "group_id=N,type=T,bucket=ACTIONS");
        }
        if (!is_good)
            return false;
    }
    if (!has_id && !is_delete)
        return text_fail(parse->error, "lacks group_id=N");
    return has_type || is_delete ||
           text_fail(parse->error, "lacks type=T, which stands before the "
                                   "buckets");
}

bool text_group_read(const struct text_parse *parse, enum group_command command,
                     const char *text, struct group_mod *mod)
{
    struct text_span head = text_span_of(text), buckets;
    bool has_buckets = text_cut(&head, "bucket=", &buckets);
    bool is_good;

    *mod = (struct group_mod){.command = command,
                              .group_id = GROUP_ALL,
                              .command_bucket_id = BUCKET_ID_ALL};
    is_good = read_head(parse, head, mod);
    is_good =
        is_good && text_selection_check(parse, mod->type, &mod->selection);
    if (is_good && has_buckets && command == GROUP_DELETE)
        is_good = text_fail(parse->error, "bucket: says nothing to this "
                                          "command");
    if (is_good && has_buckets)
        is_good = read_buckets(parse, buckets, mod);
    if (is_good && command != GROUP_DELETE &&
        mod->type == GROUP_TYPE_INDIRECT && mod->bucket_count != 1)
        is_good = text_fail(parse->error,
                            "a group of type indirect has exactly one bucket");
    if (!is_good)
        group_mod_clear(mod);
    return is_good;
}

static void write_bucket(FILE *out, const struct text_style *style,
                         const struct group_mod *mod, const struct bucket *b)
{
    if (mod->type == GROUP_TYPE_SELECT ? b->weight != 1 : b->weight)
        fprintf(out, "weight:%u,", b->weight);
    if (b->watch_port != PORT_NO_ANY) {
        fputs("watch_port:", out);
        text_write_port(out, b->watch_port, style->names);
        putc(',', out);
    }
    if (b->watch_group != GROUP_ANY)
        fprintf(out, "watch_group:%u,", b->watch_group);
    fputs("actions=", out);
    if (b->actions.count)
        text_action_write(out, style, b->actions.cells, b->actions.count);
    else
        fputs("drop", out);
}

void text_group_write(FILE *out, const struct text_style *style,
                      const struct group_mod *mod, bool has_ids)
{
    fprintf(out, "group_id=%u,type=%s", mod->group_id,
            text_group_type(mod->type));
    text_selection_write(out, style, &mod->selection);
    for (size_t i = 0; i < mod->bucket_count; i++) {
        fputs(",bucket=", out);
        if (has_ids)
            fprintf(out, "bucket_id:%u,", mod->buckets[i].id);
        write_bucket(out, style, mod, &mod->buckets[i]);
    }
}

void text_group_write_stats(FILE *out, const struct group_stats *s)
{
    fprintf(out, "group_id=%u,", s->group_id);
    if (s->duration_s != UINT32_MAX) {
        text_write_duration(out, s->duration_s, s->duration_ns);
        putc(',', out);
    }
    fprintf(out, "ref_count=%u,packet_count=%" PRIu64 ",byte_count=%" PRIu64,
            s->ref_count, s->packets, s->bytes);
    for (size_t i = 0; i < s->bucket_count; i++)
        fprintf(out, ",bucket%zu:packet_count=%" PRIu64 ",byte_count=%" PRIu64,
                i, s->buckets[i].packets, s->buckets[i].bytes);
}
