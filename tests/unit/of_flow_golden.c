/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/of_flow_golden.h"

#include "openflow/of_flow.h"

/* Instructions with their two lists as lists. */
struct todo {
    struct flow_instructions i;
    struct action_list apply, write;
};

#define FIELD(member, form) GOLDEN_FIELD(struct flow_mod, member, form)

static const struct golden_field mod_fields[] = {
    FIELD(command, DEC),
    FIELD(table, DEC),
    FIELD(adds_if_none, DEC),
    FIELD(sets_cookie, DEC),
    FIELD(resets_counts, DEC),
    FIELD(priority, DEC),
    FIELD(idle_timeout_s, DEC),
    FIELD(hard_timeout_s, DEC),
    FIELD(importance, DEC),
    FIELD(flags, HEX),
    FIELD(buffer_id, HEX),
    FIELD(out_port, HEX),
    FIELD(out_group, HEX),
    FIELD(cookie, HEX),
    FIELD(cookie_mask, HEX),
    FIELD(match, MATCH),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct todo, member, form)

static const struct golden_field todo_fields[] = {
    FIELD(i.has_meter, DEC),
    FIELD(i.meter, DEC),
    FIELD(i.has_apply, DEC),
    FIELD(apply, ACTIONS),
    FIELD(i.has_clear, DEC),
    FIELD(i.has_write, DEC),
    FIELD(write, ACTIONS),
    FIELD(i.has_metadata, DEC),
    FIELD(i.metadata, HEX),
    FIELD(i.metadata_mask, HEX),
    FIELD(i.has_goto, DEC),
    FIELD(i.goto_table, DEC),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct of_flow_entry, member, form)

static const struct golden_field entry_fields[] = {
    FIELD(stats.table, DEC),
    FIELD(stats.priority, DEC),
    FIELD(stats.idle_timeout_s, DEC),
    FIELD(stats.hard_timeout_s, DEC),
    FIELD(stats.importance, DEC),
    FIELD(stats.flags, HEX),
    FIELD(stats.cookie, HEX),
    FIELD(stats.packets, DEC),
    FIELD(stats.bytes, DEC),
    FIELD(stats.duration_s, DEC),
    FIELD(stats.duration_ns, DEC),
    FIELD(stats.has_idle_age, DEC),
    FIELD(stats.idle_age_s, DEC),
    FIELD(stats.has_hard_age, DEC),
    FIELD(stats.hard_age_s, DEC),
    FIELD(match, MATCH),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct of_flow_aggregate, member, form)

static const struct golden_field aggregate_fields[] = {
    FIELD(flows, DEC), FIELD(packets, DEC), FIELD(bytes, DEC), {0}};

struct reason {
    uint8_t reason;
};

static const struct golden_field reason_fields[] = {
    GOLDEN_FIELD(struct reason, reason, DEC), {0}};

static void say_instructions(FILE *lines, const struct flow_instructions *i)
{
    struct todo todo = {.i = *i};

    todo.i.cells = NULL;
    todo.i.apply_count = todo.i.write_count = 0;
    for (size_t n = 0; n < i->apply_count; n++)
        action_list_add(&todo.apply, instructions_apply(i)[n]);
    for (size_t n = 0; n < i->write_count; n++)
        action_list_add(&todo.write, instructions_write(i)[n]);
    golden_write(lines, "do", todo_fields, &todo);
    action_list_clear(&todo.apply);
    action_list_clear(&todo.write);
}

static void read_instructions(struct golden_lines *lines,
                              struct flow_instructions *i)
{
    struct todo todo = {.i = {0}};

    assert_true(golden_read(lines, "do", todo_fields, &todo));
    *i = todo.i;
    assert_int_equal(flow_instructions_join(i, &todo.apply, &todo.write), 0);
    action_list_clear(&todo.apply);
    action_list_clear(&todo.write);
}

static struct of_flow_format nxm_of(enum of_version version)
{
    return (struct of_flow_format){
        .version = version, .is_nxm = true, .has_table_id = true};
}

static struct of_flow_format format_of(enum of_version version)
{
    return (struct of_flow_format){.version = version};
}

static enum flow_error say_mod(const struct of_flow_format *f,
                               struct reader *body, FILE *lines)
{
    struct flow_mod mod;
    enum flow_error error = of_flow_mod_read(f, body, &mod);

    if (error)
        return error;
    golden_write(lines, "mod", mod_fields, &mod);
    say_instructions(lines, &mod.instructions);
    flow_mod_clear(&mod);
    return FLOW_OK;
}

static void put_mod(const struct of_flow_format *f, struct of_buffer *b,
                    uint32_t xid, struct golden_lines *lines)
{
    struct flow_mod mod = {.command = FLOW_MOD_ADD};

    assert_true(golden_read(lines, "mod", mod_fields, &mod));
    read_instructions(lines, &mod.instructions);
    of_flow_mod_write(f, b, xid, &mod);
    flow_mod_clear(&mod);
}

static enum flow_error read_mod(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct of_flow_format f = format_of(version);

    (void)h;
    return say_mod(&f, body, lines);
}

static void write_mod(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct of_flow_format f = format_of(version);

    put_mod(&f, b, xid, lines);
}

static enum flow_error read_nxm_mod(enum of_version version,
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct of_flow_format f = nxm_of(version);

    (void)h;
    return say_mod(&f, body, lines);
}

static void write_nxm_mod(struct of_buffer *b, enum of_version version,
                          uint32_t xid, struct golden_lines *lines)
{
    struct of_flow_format f = nxm_of(version);

    put_mod(&f, b, xid, lines);
}

/* Requests for statistics, which both kinds have the same. */
static enum flow_error say_request(const struct of_flow_format *f,
                                   struct reader *body, FILE *lines)
{
    struct flow_mod filter;
    enum flow_error error = of_flow_stats_read_request(f, body, &filter);

    if (!error)
        golden_write(lines, "filter", mod_fields, &filter);
    return error;
}

static enum flow_error read_request(enum of_version version,
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct of_flow_format f = format_of(version);

    assert_false(of_is_multipart_reply(h));
    return say_request(&f, body, lines);
}

static enum flow_error read_nxm_request(enum of_version version,
                                        const struct of_header *h,
                                        struct reader *body, FILE *lines)
{
    struct of_flow_format f = nxm_of(version);

    assert_false(of_is_multipart_reply(h));
    return say_request(&f, body, lines);
}

#define WRITE_REQUEST(name, format, kind)                                      \
    static void name(struct of_buffer *b, enum of_version version,             \
                     uint32_t xid, struct golden_lines *lines)                 \
    {                                                                          \
        struct of_flow_format f = format(version);                             \
        struct flow_mod filter = {.command = FLOW_MOD_DELETE};                 \
                                                                               \
        assert_true(golden_read(lines, "filter", mod_fields, &filter));        \
        of_flow_stats_write_request(&f, b, kind, xid, &filter);                \
    }

WRITE_REQUEST(write_flow_request, format_of, OF_MP_FLOW)
WRITE_REQUEST(write_brief_request, format_of, OF_MP_FLOW_STATS)
WRITE_REQUEST(write_aggregate_request, format_of, OF_MP_AGGREGATE)
WRITE_REQUEST(write_nxm_flow_request, nxm_of, OF_MP_NX_FLOW)
WRITE_REQUEST(write_nxm_aggregate_request, nxm_of, OF_MP_NX_AGGREGATE)

/* An entry of a reply, by the two formats. */
static enum flow_error read_entry(enum of_version version, struct reader *body,
                                  void *value)
{
    struct of_flow_format f = format_of(version);

    return of_flow_stats_read(&f, body, value);
}

static enum flow_error read_nxm_entry(enum of_version version,
                                      struct reader *body, void *value)
{
    struct of_flow_format f = nxm_of(version);

    return of_flow_stats_read(&f, body, value);
}

static void put_entry(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    struct of_flow_format f = format_of(version);

    of_flow_stats_put(&f, b, &((const struct of_flow_entry *)value)->stats);
}

static void put_nxm_entry(struct of_buffer *b, enum of_version version,
                          const void *value)
{
    struct of_flow_format f = nxm_of(version);

    of_flow_stats_put(&f, b, &((const struct of_flow_entry *)value)->stats);
}

static void write_instructions_of(FILE *lines, const void *value)
{
    const struct of_flow_entry *e = value;

    say_instructions(lines, &e->instructions);
}

static void read_instructions_of(struct golden_lines *lines, void *value)
{
    struct of_flow_entry *e = value;

    read_instructions(lines, &e->instructions);
    e->stats.match = &e->match;
    e->stats.instructions = &e->instructions;
}

static void clear_entry(void *value)
{
    of_flow_entry_clear(value);
}

static const struct golden_part entry = {
    .word = "entry",
    .fields = entry_fields,
    .size = sizeof(struct of_flow_entry),
    .read = read_entry,
    .put = put_entry,
    .write_more = write_instructions_of,
    .read_more = read_instructions_of,
    .clear = clear_entry,
};

static const struct golden_part nxm_entry = {
    .word = "entry",
    .fields = entry_fields,
    .size = sizeof(struct of_flow_entry),
    .read = read_nxm_entry,
    .put = put_nxm_entry,
    .write_more = write_instructions_of,
    .read_more = read_instructions_of,
    .clear = clear_entry,
};

static enum flow_error read_aggregate(enum of_version version,
                                      const struct of_header *h,
                                      struct reader *body, FILE *lines)
{
    struct of_flow_aggregate a;
    enum flow_error error = of_flow_aggregate_read(version, body, &a);

    assert_true(of_is_multipart_reply(h));
    if (!error)
        golden_write(lines, "aggregate", aggregate_fields, &a);
    return error;
}

static void put_aggregate(struct of_buffer *b, size_t start,
                          enum of_version version, struct golden_lines *lines)
{
    struct of_flow_aggregate a = {0};

    assert_true(golden_read(lines, "aggregate", aggregate_fields, &a));
    of_flow_aggregate_put(version, b, &a);
    of_end(b, start);
}

static void write_aggregate(struct of_buffer *b, enum of_version version,
                            uint32_t xid, struct golden_lines *lines)
{
    put_aggregate(b, of_begin(b, version, OF_MP_AGGREGATE, xid), version,
                  lines);
}

static void write_nxm_aggregate(struct of_buffer *b, enum of_version version,
                                uint32_t xid, struct golden_lines *lines)
{
    put_aggregate(b, of_begin(b, version, OF_MP_NX_AGGREGATE, xid), version,
                  lines);
}

static enum flow_error say_removed(const struct of_flow_format *f,
                                   struct reader *body, FILE *lines)
{
    struct of_flow_entry e;
    struct reason reason;
    enum flow_error error = of_flow_removed_read(f, body, &e, &reason.reason);

    if (error)
        return error;
    golden_write(lines, "removed", reason_fields, &reason);
    golden_write(lines, "entry", entry_fields, &e);
    return FLOW_OK;
}

static void put_removed(const struct of_flow_format *f, struct of_buffer *b,
                        struct golden_lines *lines)
{
    struct reason reason = {0};
    struct of_flow_entry e = {.stats = {.table = 0}};

    assert_true(golden_read(lines, "removed", reason_fields, &reason));
    assert_true(golden_read(lines, "entry", entry_fields, &e));
    e.stats.match = &e.match;
    of_flow_removed_write(f, b, &e.stats, reason.reason);
}

static enum flow_error read_removed(enum of_version version,
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct of_flow_format f = format_of(version);

    assert_int_equal(h->xid, 0);
    return say_removed(&f, body, lines);
}

static void write_removed(struct of_buffer *b, enum of_version version,
                          uint32_t xid, struct golden_lines *lines)
{
    struct of_flow_format f = format_of(version);

    (void)xid;
    put_removed(&f, b, lines);
}

static enum flow_error read_nxm_removed(enum of_version version,
                                        const struct of_header *h,
                                        struct reader *body, FILE *lines)
{
    struct of_flow_format f = nxm_of(version);

    assert_int_equal(h->xid, 0);
    return say_removed(&f, body, lines);
}

static void write_nxm_removed(struct of_buffer *b, enum of_version version,
                              uint32_t xid, struct golden_lines *lines)
{
    struct of_flow_format f = nxm_of(version);

    (void)xid;
    put_removed(&f, b, lines);
}

const struct golden_kind of_flow_golden_kinds[] = {
    {"FLOW_MOD", OF_FLOW_MOD, .read = read_mod, .write = write_mod},
    {"NX_FLOW_MOD", OF_NX_FLOW_MOD, .read = read_nxm_mod,
     .write = write_nxm_mod},
    {"MP_FLOW request", OF_MP_FLOW, .read = read_request,
     .write = write_flow_request},
    {"MP_FLOW_STATS request", OF_MP_FLOW_STATS, .read = read_request,
     .write = write_brief_request},
    {"MP_AGGREGATE request", OF_MP_AGGREGATE, .read = read_request,
     .write = write_aggregate_request},
    {"MP_NX_FLOW request", OF_MP_NX_FLOW, .read = read_nxm_request,
     .write = write_nxm_flow_request},
    {"MP_NX_AGGREGATE request", OF_MP_NX_AGGREGATE, .read = read_nxm_request,
     .write = write_nxm_aggregate_request},
    {"MP_FLOW reply", OF_MP_FLOW, .reply = &entry},
    {"MP_NX_FLOW reply", OF_MP_NX_FLOW, .reply = &nxm_entry},
    {"MP_AGGREGATE reply", OF_MP_AGGREGATE, .read = read_aggregate,
     .write = write_aggregate},
    {"MP_NX_AGGREGATE reply", OF_MP_NX_AGGREGATE, .read = read_aggregate,
     .write = write_nxm_aggregate},
    {"FLOW_REMOVED", OF_FLOW_REMOVED, .read = read_removed,
     .write = write_removed},
    {"NX_FLOW_REMOVED", OF_NX_FLOW_REMOVED, .read = read_nxm_removed,
     .write = write_nxm_removed},
    {0},
};
