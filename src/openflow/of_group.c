/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_group.h"

#include <stdlib.h>

#include "flow/port_no.h"
#include "openflow/of_action.h"
#include "openflow/of_capability.h"
#include "openflow/of_group_selection.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

enum {
    BUCKET_HEAD_SIZE = 16, /* before 1.5 */
    BUCKET_HEAD_SIZE_15 = 8,
    BUCKET_STATS_SIZE = 16,

    /* Properties of buckets. */
    WEIGHT = 0,
    WATCH_PORT = 1,
    WATCH_GROUP = 2,

    FIRST_BUCKETS = 8,
};

/* Nicira's messages for 1.0 were made after 1.5. */
static bool is_15(enum of_version version)
{
    return version == OF10 || version >= OF15;
}

static void put_bucket11(struct of_buffer *b, enum of_version version,
                         const struct bucket_desc *bucket)
{
    size_t start = b->size;

    of_put_u16(b, 0); /* length, see below */
    of_put_u16(b, bucket->weight);
    of_put_u32(b, bucket->watch_port);
    of_put_u32(b, bucket->watch_group);
    of_put_zeros(b, 4);
    of_actions_write(version, b, NULL, bucket->cells, bucket->cell_count);
    of_pad_to_8(b, start);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

static void put_property(struct of_buffer *b, uint16_t type, uint32_t value)
{
    size_t start = of_property_begin(b, type);

    /* A weight has two bytes and padding that counts for its length. */
    of_put_u32(b, type == WEIGHT ? value << 16 : value);
    of_property_finish(b, start);
}

static void put_bucket15(struct of_buffer *b, enum of_version version,
                         uint8_t type, const struct bucket_desc *bucket)
{
    size_t start = b->size, actions_at;

    of_put_zeros(b, 4); /* lengths, see below */
    of_put_u32(b, bucket->id);
    actions_at = b->size;
    of_actions_write(version, b, NULL, bucket->cells, bucket->cell_count);
    of_set_u16(b, start + 2, (uint16_t)(b->size - actions_at));
    if (type == GROUP_TYPE_SELECT || bucket->weight)
        put_property(b, WEIGHT, bucket->weight);
    if (bucket->watch_port != PORT_NO_ANY)
        put_property(b, WATCH_PORT, bucket->watch_port);
    if (bucket->watch_group != GROUP_ANY)
        put_property(b, WATCH_GROUP, bucket->watch_group);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

static void put_bucket(struct of_buffer *b, enum of_version version,
                       uint8_t type, const struct bucket_desc *bucket)
{
    if (is_15(version))
        put_bucket15(b, version, type, bucket);
    else
        put_bucket11(b, version, bucket);
}

static enum flow_error read_actions(enum of_version version,
                                    struct reader *actions,
                                    struct bucket *bucket)
{
    enum flow_error error =
        of_actions_read(version, actions, NULL, &bucket->actions);

    return !error && bucket->actions.is_bad ? FLOW_OUT_OF_MEMORY : error;
}

static bool is_watch(uint32_t port)
{
    return port <= PORT_NO_MAX || port >= PORT_NO_IN_PORT;
}

/* 'part' is the whole bucket; the id is set already. */
static enum flow_error read_bucket11(enum of_version version,
                                     struct reader *part, struct bucket *bucket)
{
    read_u16(part); /* length */
    bucket->weight = read_u16(part);
    bucket->watch_port = read_u32(part);
    bucket->watch_group = read_u32(part);
    read_u32(part); /* padding */
    if (part->bad)
        return FLOW_BAD_BUCKET;
    if (!is_watch(bucket->watch_port))
        return FLOW_BAD_WATCH;
    return read_actions(version, part, bucket);
}

static enum flow_error read_properties(struct reader *list,
                                       struct bucket *bucket)
{
    struct of_property p;

    while (of_property_next(list, &p)) {
        switch (p.type) {
        case WEIGHT:
            bucket->weight = read_u16(&p.value);
            read_u16(&p.value); /* padding */
            break;
        case WATCH_PORT:
            bucket->watch_port = read_u32(&p.value);
            break;
        case WATCH_GROUP:
            bucket->watch_group = read_u32(&p.value);
            break;
        default:
            return of_property_unknown(&p);
        }
        if (of_property_end(&p))
            return FLOW_BAD_PROPERTY_LENGTH;
    }
    if (of_property_list_end(list))
        return FLOW_BAD_PROPERTY_LENGTH;
    return is_watch(bucket->watch_port) ? FLOW_OK : FLOW_BAD_WATCH;
}

static enum flow_error read_bucket15(enum of_version version,
                                     struct reader *part, uint8_t type,
                                     struct bucket *bucket)
{
    struct reader actions;
    enum flow_error error;
    size_t actions_size;

    read_u16(part); /* length */
    actions_size = read_u16(part);
    bucket->id = read_u32(part);
    bucket->weight = type == GROUP_TYPE_SELECT;
    bucket->watch_port = PORT_NO_ANY;
    bucket->watch_group = GROUP_ANY;
    actions = read_slice(part, actions_size);
    if (part->bad || bucket->id > BUCKET_ID_MAX)
        return FLOW_BAD_BUCKET;
    error = read_actions(version, &actions, bucket);
    return error ? error : read_properties(part, bucket);
}

/* Room for one bucket more, or NULL. */
static struct bucket *add_bucket(struct group_mod *mod)
{
    size_t count = mod->bucket_count;
    struct bucket *buckets = mod->buckets;

    /* A power of two is full. */
    if (count == 0 || (count >= FIRST_BUCKETS && (count & (count - 1)) == 0)) {
        size_t room = count ? 2 * count : FIRST_BUCKETS;

        buckets = realloc(buckets, room * sizeof(*buckets));
        if (!buckets)
            return NULL;
        mod->buckets = buckets;
    }
    mod->bucket_count++;
    buckets[count] = (struct bucket){.id = (uint32_t)count};
    return &buckets[count];
}

static enum flow_error read_buckets(enum of_version version,
                                    struct reader *list, struct group_mod *mod)
{
    enum flow_error error = FLOW_OK;

    while (list->left > 0 && !error) {
        struct reader head = *list, part = read_slice(list, read_u16(&head));
        struct bucket *bucket = add_bucket(mod);

        if (!bucket)
            error = FLOW_OUT_OF_MEMORY;
        else if (is_15(version))
            error = read_bucket15(version, &part, mod->type, bucket);
        else
            error = read_bucket11(version, &part, bucket);
    }
    if (error)
        group_mod_clear(mod);
    return error;
}

static enum flow_error read_group_properties(struct reader *list,
                                             struct group_mod *mod)
{
    struct of_property p;
    enum flow_error error = FLOW_OK;

    while (!error && of_property_next(list, &p))
        error = of_group_selection_read(&p, mod->type, &mod->selection);
    if (!error)
        error = of_property_list_end(list);
    if (error)
        group_mod_clear(mod);
    return error;
}

static enum flow_error read_buckets15(enum of_version version,
                                      struct reader *body, size_t size,
                                      struct group_mod *mod)
{
    struct reader list = read_slice(body, size);
    enum flow_error error;

    if (body->bad)
        return FLOW_BAD_LENGTH;
    error = read_buckets(version, &list, mod);
    return error ? error : read_group_properties(body, mod);
}

void of_group_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct group_mod *mod)
{
    size_t start = of_begin(
        b, version, version == OF10 ? OF_NX_GROUP_MOD : OF_GROUP_MOD, xid);
    size_t buckets_at, size_at;

    of_put_u16(b, (uint16_t)mod->command);
    of_put_u8(b, mod->type);
    of_put_zeros(b, 1);
    of_put_u32(b, mod->group_id);
    size_at = b->size;
    if (is_15(version)) {
        of_put_zeros(b, 4); /* length of the buckets, see below */
        of_put_u32(b, mod->command_bucket_id);
    }
    buckets_at = b->size;
    for (size_t i = 0; i < mod->bucket_count; i++) {
        const struct bucket *from = &mod->buckets[i];
        struct bucket_desc bucket = {
            from->id,          from->weight,        from->watch_port,
            from->watch_group, from->actions.cells, from->actions.count};

        if (!is_15(version) && from->id != i)
            of_leave_out(b, "bucket_id");
        put_bucket(b, version, mod->type, &bucket);
    }
    if (is_15(version))
        of_set_u16(b, size_at, (uint16_t)(b->size - buckets_at));
    if (is_15(version))
        of_group_selection_put(b, version, &mod->selection);
    else if (mod->selection.method != SELECTION_OWN)
        of_leave_out(b, "selection_method");
    of_end(b, start);
}

static bool is_command(enum of_version version, uint16_t command)
{
    switch (command) {
    case GROUP_ADD:
    case GROUP_MODIFY:
    case GROUP_DELETE:
    case GROUP_ADD_OR_MODIFY:
        return true;
    case GROUP_INSERT_BUCKET:
    case GROUP_REMOVE_BUCKET:
        return is_15(version);
    default:
        return false;
    }
}

enum flow_error of_group_read_mod(enum of_version version, struct reader *body,
                                  struct group_mod *mod)
{
    uint16_t command = read_u16(body);
    size_t buckets_size;

    *mod = (struct group_mod){.type = read_u8(body),
                              .command_bucket_id = BUCKET_ID_ALL};
    read_u8(body); /* padding */
    mod->group_id = read_u32(body);
    if (body->bad)
        return FLOW_BAD_LENGTH;
    if (!is_command(version, command))
        return FLOW_BAD_GROUP_COMMAND;
    mod->command = (enum group_command)command;
    if (!is_15(version))
        return read_buckets(version, body, mod);
    buckets_size = read_u16(body);
    read_u16(body); /* padding */
    mod->command_bucket_id = read_u32(body);
    return read_buckets15(version, body, buckets_size, mod);
}

void of_group_put_request(struct of_buffer *b, uint32_t group_id)
{
    of_put_u32(b, group_id);
    of_put_zeros(b, 4);
}

enum flow_error of_group_read_request(struct reader *body, uint32_t *group_id)
{
    *group_id = read_u32(body);
    read_u32(body); /* padding */
    return of_read_end(body);
}

void of_group_put_desc_request(struct of_buffer *b, enum of_version version,
                               uint32_t group_id)
{
    if (is_15(version))
        of_group_put_request(b, group_id);
}

enum flow_error of_group_read_desc_request(enum of_version version,
                                           struct reader *body,
                                           uint32_t *group_id)
{
    *group_id = GROUP_ALL;
    return is_15(version) ? of_group_read_request(body, group_id)
                          : of_read_end(body);
}

/* Nicira's statistics for 1.0 are those of 1.3. */
static bool has_duration(enum of_version version)
{
    return version == OF10 || version >= OF13;
}

void of_group_put_stats(struct of_buffer *b, enum of_version version,
                        const struct group_stats *s)
{
    size_t start = b->size;

    of_put_u16(b, 0); /* length, see below */
    of_put_zeros(b, 2);
    of_put_u32(b, s->group_id);
    of_put_u32(b, s->ref_count);
    of_put_zeros(b, 4);
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
    if (has_duration(version)) {
        of_put_u32(b, s->duration_s);
        of_put_u32(b, s->duration_ns);
    }
    for (size_t i = 0; i < s->bucket_count; i++) {
        of_put_u64(b, s->buckets[i].packets);
        of_put_u64(b, s->buckets[i].bytes);
    }
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

enum flow_error of_group_read_stats(enum of_version version, struct reader *r,
                                    struct group_stats *s,
                                    struct reader *buckets)
{
    struct reader head = *r, part = read_slice(r, read_u16(&head));

    read_u32(&part); /* length and padding */
    *s = (struct group_stats){.group_id = read_u32(&part)};
    s->ref_count = read_u32(&part);
    read_u32(&part); /* padding */
    s->packets = read_u64(&part);
    s->bytes = read_u64(&part);
    if (has_duration(version)) {
        s->duration_s = read_u32(&part);
        s->duration_ns = read_u32(&part);
    }
    if (part.bad || part.left % BUCKET_STATS_SIZE != 0) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    s->bucket_count = part.left / BUCKET_STATS_SIZE;
    *buckets = part;
    return FLOW_OK;
}

struct bucket_stats of_group_read_bucket_stats(struct reader *buckets)
{
    struct bucket_stats s;

    s.packets = read_u64(buckets);
    s.bytes = read_u64(buckets);
    return s;
}

struct of_group_desc of_group_begin_desc(struct of_buffer *b,
                                         enum of_version version, uint8_t type,
                                         uint32_t group_id)
{
    struct of_group_desc d = {
        .b = b, .version = version, .type = type, .start = b->size};

    of_put_u16(b, 0); /* length, see of_group_end_desc */
    of_put_u8(b, type);
    of_put_zeros(b, 1);
    of_put_u32(b, group_id);
    of_put_zeros(b, is_15(version) ? 8 : 0); /* length of the buckets */
    return d;
}

void of_group_put_bucket(struct of_group_desc *d,
                         const struct bucket_desc *bucket)
{
    put_bucket(d->b, d->version, d->type, bucket);
}

void of_group_end_desc(struct of_group_desc *d,
                       const struct group_selection *selection)
{
    size_t size = d->b->size - d->start;

    if (is_15(d->version)) {
        of_set_u16(d->b, d->start + 8, (uint16_t)(size - 16));
        of_group_selection_put(d->b, d->version, selection);
    }
    of_set_u16(d->b, d->start, (uint16_t)(d->b->size - d->start));
}

enum flow_error of_group_read_desc(enum of_version version, struct reader *r,
                                   struct group_mod *mod)
{
    struct reader head = *r, part = read_slice(r, read_u16(&head));
    size_t buckets_size = 0;

    read_u16(&part); /* length */
    *mod = (struct group_mod){.command = GROUP_ADD,
                              .type = read_u8(&part),
                              .command_bucket_id = BUCKET_ID_ALL};
    read_u8(&part); /* padding */
    mod->group_id = read_u32(&part);
    if (is_15(version)) {
        buckets_size = read_u16(&part);
        read_bytes(&part, 6);
    }
    if (part.bad) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    return is_15(version) ? read_buckets15(version, &part, buckets_size, mod)
                          : read_buckets(version, &part, mod);
}

void of_group_write_features(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct group_features *f)
{
    size_t start = of_begin(b, version, OF_MP_GROUP_FEATURES, xid);

    of_put_u32(b, f->types);
    of_put_u32(b, f->capabilities);
    for (int i = 0; i < GROUP_TYPE_COUNT; i++)
        of_put_u32(b, f->max_groups[i]);
    for (int i = 0; i < GROUP_TYPE_COUNT; i++)
        of_put_u32(b, of_capability_actions(version, f->actions[i]));
    of_end(b, start);
}

enum flow_error of_group_read_features(enum of_version version,
                                       struct reader *body,
                                       struct group_features *f)
{
    *f = (struct group_features){.types = read_u32(body)};
    f->capabilities = read_u32(body);
    for (int i = 0; i < GROUP_TYPE_COUNT; i++)
        f->max_groups[i] = read_u32(body);
    for (int i = 0; i < GROUP_TYPE_COUNT; i++)
        f->actions[i] = of_capability_read_actions(version, read_u32(body));
    return of_read_end(body);
}
