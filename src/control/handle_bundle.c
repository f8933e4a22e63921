/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_bundle.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/retire.h"
#include "control/async.h"
#include "control/bundle.h"
#include "control/flow_check.h"
#include "control/handle_flow.h"
#include "control/handle_group.h"
#include "control/handle_port.h"
#include "control/packet_buffers.h"
#include "control/staging.h"
#include "openflow/of_bundle.h"
#include "openflow/of_error.h"
#include "openflow/of_port.h"

/* Bytes: for any message, for an entry that is replaced, and in the hash for
 * each entry. */
enum { MESSAGE_ROOM = 8192, ENTRY_ROOM = 1024, HASH_ROOM = 32 };

/* Entries that are looked at in some tenths of a second: a bundle that takes
 * longer is staged first. */
enum { MANY_LOOKS = 1 << 24, MASK_LOOKS = 4 };

/* The content of a message in a bundle. */
union change {
    struct flow_mod flow;
    struct group_mod group;
    struct port_mod port;
};

/* One kind of message: how to read, to stage and to apply it. */
struct kind_row {
    enum flow_error (*read)(struct request *r, union change *c);
    enum flow_error (*stage)(struct request *r, struct staging *t,
                             const union change *c);
    enum flow_error (*apply)(const struct request *r, const union change *c);
    void (*clear)(union change *c);
};

static enum flow_error read_flow(struct request *r, union change *c)
{
    return handle_flow_read(r, &c->flow);
}

static enum flow_error stage_flow(struct request *r, struct staging *t,
                                  const union change *c)
{
    struct flow_check check = flow_check_of(r->s, r->c->version);
    enum flow_error error;

    check.groups = staging_groups(t);
    error = flow_check_mod(&check, &c->flow);
    if (!error && handle_flow_sends(&c->flow))
        error = packet_buffers_stage(r->s->buffers, c->flow.buffer_id);
    return error ? error : staging_flow_mod(t, &c->flow);
}

static enum flow_error apply_flow(const struct request *r,
                                  const union change *c)
{
    return handle_flow_apply(r->s, &c->flow, r->now_ms);
}

static void clear_flow(union change *c)
{
    flow_mod_clear(&c->flow);
}

static enum flow_error read_group(struct request *r, union change *c)
{
    return handle_group_read(r, &c->group);
}

static enum flow_error stage_group(struct request *r, struct staging *t,
                                   const union change *c)
{
    struct flow_check check = flow_check_of(r->s, r->c->version);
    enum flow_error error;

    check.groups = staging_groups(t);
    error = handle_group_check(&check, &c->group);
    return error ? error : staging_group_mod(t, &c->group);
}

static enum flow_error apply_group(const struct request *r,
                                   const union change *c)
{
    enum flow_error error = handle_group_apply(r->s, &c->group, r->now_ms);

    if (!error)
        async_group_changed(r->s, r->c, r->header.xid, &c->group);
    return error;
}

static void clear_group(union change *c)
{
    group_mod_clear(&c->group);
}

static enum flow_error read_port(struct request *r, union change *c)
{
    return of_port_read_mod(r->c->version, &r->body, &c->port);
}

static enum flow_error stage_port(struct request *r, struct staging *t,
                                  const union change *c)
{
    const struct switch_host *host = &r->s->host;
    struct port_desc p;

    (void)t;
    if (!host->find_port(host->context, c->port.number, &p))
        return FLOW_BAD_PORT;
    return memcmp(p.mac, c->port.mac, sizeof(p.mac)) == 0
               ? FLOW_OK
               : FLOW_BAD_HARDWARE_ADDRESS;
}

static enum flow_error apply_port(const struct request *r,
                                  const union change *c)
{
    return handle_port_apply(r, &c->port);
}

static void clear_port(union change *c)
{
    (void)c;
}

static const struct kind_row flow_row = {read_flow, stage_flow, apply_flow,
                                         clear_flow};
static const struct kind_row group_row = {read_group, stage_group, apply_group,
                                          clear_group};
static const struct kind_row port_row = {read_port, stage_port, apply_port,
                                         clear_port};

/* NULL: a bundle cannot hold it. */
static const struct kind_row *const rows[OF_KIND_COUNT] = {
    [OF_FLOW_MOD] = &flow_row,   [OF_NX_FLOW_MOD] = &flow_row,
    [OF_GROUP_MOD] = &group_row, [OF_NX_GROUP_MOD] = &group_row,
    [OF_PORT_MOD] = &port_row,
};

/* 'row' is the message's; 'c' is to be cleared, also after an error. */
static enum flow_error read_change(struct request *r,
                                   const struct kind_row *row, union change *c)
{
    memset(c, 0, sizeof(*c));
    return row->read(r, c);
}

/* A message that check_message has accepted, as a request of its own. */
static struct request unpack_kept(const struct request *outer,
                                  const struct bundle_message *m,
                                  const struct kind_row **row)
{
    struct of_message message = bundle_message_of(m);

    *row = rows[message.kind];
    assert(*row);
    return request_of(outer->s, outer->c, &message, outer->now_ms);
}

/* Might so many more entries be too many for a table? */
static bool may_be_full(const struct flow_tables *t, size_t more)
{
    for (unsigned int i = 0; i < FLOW_TABLES; i++)
        if (flow_tables_count(t, (uint8_t)i) + more >
            flow_tables_limit(t, (uint8_t)i))
            return true;
    return false;
}

/* About how many entries the flow-mod compares, when 'more' entries may have
 * been added before it. */
static size_t looks_of(const struct flow_tables *t, const struct flow_mod *mod,
                       size_t more)
{
    bool is_one = mod->command == FLOW_MOD_MODIFY_STRICT ||
                  mod->command == FLOW_MOD_DELETE_STRICT ||
                  (mod->command == FLOW_MOD_ADD &&
                   !(mod->flags & FLOW_MOD_CHECK_OVERLAP));

    if (is_one)
        return flow_tables_masks(t, mod->table) * MASK_LOOKS;
    return more + (mod->table == FLOW_MOD_TABLE_ALL
                       ? flow_tables_total(t)
                       : flow_tables_count(t, mod->table));
}

/* Whether flow entries must be copied: the outcome depends on other entries, or
 * the bundle takes long. */
static bool needs_flows(const struct request *outer, const struct bundle *b)
{
    const struct flow_tables *t = datapath_tables(outer->s->datapath);
    bool does = may_be_full(t, b->count);
    size_t looks = 0, before = 0;

    for (const struct bundle_message *m = b->first; m && !does; m = m->next) {
        const struct kind_row *row;
        struct request r = unpack_kept(outer, m, &row);
        union change c;

        if (row->read != read_flow)
            continue;
        if (!read_change(&r, row, &c)) {
            does = c.flow.flags & FLOW_MOD_CHECK_OVERLAP;
            looks += looks_of(t, &c.flow, before++);
        }
        does = does || looks > MANY_LOOKS;
        row->clear(&c);
    }
    return does;
}

/* Stages all messages; the first that fails is answered with its error.  The
 * main thread does nothing else meanwhile, so the time is bounded; to apply the
 * bundle takes as long as to stage it. */
static enum flow_error stage_all(struct request *outer, const struct bundle *b,
                                 struct staging *t)
{
    int64_t end_ms = clock_monotonic_ms() + BUNDLE_STAGING_MS;

    packet_buffers_begin_staging(outer->s->buffers);
    for (const struct bundle_message *m = b->first; m; m = m->next) {
        const struct kind_row *row;
        struct request r = unpack_kept(outer, m, &row);
        struct reader whole = r.whole;
        union change c;
        enum flow_error error = read_change(&r, row, &c);

        if (!error)
            error = row->stage(&r, t, &c);
        row->clear(&c);
        if (error) {
            outer->s->refused[error]++;
            of_error_write(&outer->reply, outer->c->version, error, &whole);
            return FLOW_BUNDLE_FAILED;
        }
        if (staging_has_flows(t) && clock_monotonic_ms() > end_ms)
            return FLOW_BUNDLE_MESSAGES_FULL;
        retire_flush_if_many();
    }
    return FLOW_OK;
}

static void count_entry(void *context, struct flow_entry *e)
{
    size_t *count = context;

    (void)e;
    ++*count;
}

/* How many entries a flow-mod replaces, as the tables are now. */
static size_t entries_of(const struct of_switch *s, const struct flow_mod *mod)
{
    size_t count = 0;

    if (mod->command == FLOW_MOD_MODIFY)
        flow_tables_each(datapath_tables(s->datapath), mod, count_entry,
                         &count);
    return count;
}

/* More than carrying the bundle out takes. */
static size_t memory_for(const struct request *outer, const struct bundle *b)
{
    size_t needed = b->count * MESSAGE_ROOM + 4 * b->size;

    /* A hash may grow. */
    needed += (flow_tables_total(datapath_tables(outer->s->datapath)) +
               b->count + MESSAGE_ROOM) *
              HASH_ROOM;
    for (const struct bundle_message *m = b->first; m; m = m->next) {
        const struct kind_row *row;
        struct request r = unpack_kept(outer, m, &row);
        union change c;

        if (row->read != read_flow)
            continue;
        if (!read_change(&r, row, &c))
            needed +=
                entries_of(outer->s, &c.flow) * (ENTRY_ROOM + m->header.size);
        row->clear(&c);
    }
    return needed;
}

static enum flow_error apply_one(struct request *outer,
                                 const struct bundle_message *m)
{
    const struct kind_row *row;
    struct request r = unpack_kept(outer, m, &row);
    union change c;
    enum flow_error error = read_change(&r, row, &c);

    if (!error)
        error = row->apply(&r, &c);
    row->clear(&c);
    return error;
}

/* After staging only memory can be lacking.  So that it does not stop half-way,
 * as much as it can take is set aside before it begins. */
static enum flow_error apply_all(struct request *outer, const struct bundle *b)
{
    /* Volatile, or a compiler may leave out what is never written to. */
    void *volatile reserve = malloc(memory_for(outer, b));
    enum flow_error error = reserve ? FLOW_OK : FLOW_OUT_OF_MEMORY;

    for (const struct bundle_message *m = b->first; m && !error; m = m->next) {
        error = apply_one(outer, m);
        if (error == FLOW_OUT_OF_MEMORY && reserve) {
            free(reserve);
            reserve = NULL;
            error = apply_one(outer, m);
        }
        retire_flush_if_many();
    }
    free(reserve);
    return error ? FLOW_BUNDLE_FAILED : FLOW_OK;
}

static enum flow_error commit(struct request *outer, const struct bundle *b)
{
    struct staging *t =
        staging_create(outer->s, needs_flows(outer, b), outer->now_ms);
    enum flow_error error;

    if (!t)
        return FLOW_OUT_OF_MEMORY;
    error = stage_all(outer, b, t);
    staging_free(t);
    return error ? error : apply_all(outer, b);
}

static enum flow_error open_bundle(struct request *r, struct bundle *b,
                                   const struct of_bundle_control *control)
{
    if (b)
        return FLOW_BUNDLE_EXISTS;
    return bundle_open(&r->c->bundles, control->id, control->flags, r->now_ms,
                       &b);
}

static enum flow_error close_bundle(struct request *r, struct bundle *b,
                                    const struct of_bundle_control *control)
{
    (void)r;
    if (!b)
        return FLOW_BUNDLE_BAD_ID;
    if (b->is_closed)
        return FLOW_BUNDLE_CLOSED;
    if (b->flags != control->flags)
        return FLOW_BUNDLE_BAD_FLAGS;
    b->is_closed = true;
    return FLOW_OK;
}

/* Drops the bundle, also if it fails. */
static enum flow_error commit_bundle(struct request *r, struct bundle *b,
                                     const struct of_bundle_control *control)
{
    enum flow_error error;

    if (!b)
        return FLOW_BUNDLE_BAD_ID;
    error = b->flags != control->flags ? FLOW_BUNDLE_BAD_FLAGS : commit(r, b);
    bundle_drop(&r->c->bundles, b);
    return error;
}

static enum flow_error discard_bundle(struct request *r, struct bundle *b,
                                      const struct of_bundle_control *control)
{
    (void)control;
    if (!b)
        return FLOW_BUNDLE_BAD_ID;
    bundle_drop(&r->c->bundles, b);
    return FLOW_OK;
}

enum flow_error handle_bundle_control(struct request *r)
{
    static enum flow_error (*const handlers[])(
        struct request *, struct bundle *, const struct of_bundle_control *) = {
        [OF_BUNDLE_OPEN_REQUEST] = open_bundle,
        [OF_BUNDLE_CLOSE_REQUEST] = close_bundle,
        [OF_BUNDLE_COMMIT_REQUEST] = commit_bundle,
        [OF_BUNDLE_DISCARD_REQUEST] = discard_bundle,
        [OF_BUNDLE_DISCARD_REPLY] = NULL,
    };
    struct of_bundle_control control;
    struct bundle *b;
    enum flow_error error = of_bundle_read_control(&r->body, &control);

    if (error)
        return error;
    if (!handlers[control.type])
        return FLOW_BUNDLE_BAD_TYPE;
    bundle_drop_idle(&r->c->bundles, r->now_ms);
    b = bundle_find(&r->c->bundles, control.id);
    if (b)
        b->used_ms = r->now_ms;
    error = handlers[control.type](r, b, &control);
    if (error)
        return error;
    control.type++; /* A reply's number is its request's and one. */
    of_bundle_write_control(&r->reply, r->c->version, r->header.xid, &control);
    return FLOW_OK;
}

/* Faults that are known before the bundle is committed. */
static enum flow_error check_message(const struct request *outer,
                                     const struct of_message *m)
{
    struct request r = request_of(outer->s, outer->c, m, outer->now_ms);
    const struct kind_row *row = rows[m->kind];
    union change c;
    enum flow_error error;

    if (!row)
        return FLOW_BUNDLE_MESSAGE_UNSUPPORTED;
    error = read_change(&r, row, &c);
    row->clear(&c);
    return error;
}

enum flow_error handle_bundle_add(struct request *r)
{
    struct of_bundle_add add;
    struct of_message message;
    struct bundle *b;
    enum flow_error error = of_bundle_read_add(&r->header, &r->body, &add);

    if (error)
        return error;
    bundle_drop_idle(&r->c->bundles, r->now_ms);
    b = bundle_find(&r->c->bundles, add.id);
    if (b && b->is_closed)
        return FLOW_BUNDLE_CLOSED;
    if (b && b->flags != add.flags)
        return FLOW_BUNDLE_BAD_FLAGS;
    message = of_message_read(add.message);
    error = check_message(r, &message);
    if (!error && !b)
        error = bundle_open(&r->c->bundles, add.id, add.flags, r->now_ms, &b);
    if (error)
        return error;
    b->used_ms = r->now_ms;
    return bundle_add(b, &message);
}
