/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_flow.h"
#include "openflow/of_flow_wire.h"
#include "openflow/of_instruction.h"
#include "openflow/of_match.h"
#include "openflow/of_match10.h"
#include "openflow/of_oxs.h"
#include "openflow/of_port_number.h"

static enum flow_error read_request_10(struct reader *r, struct flow_mod *m)
{
    bool is_exact;
    enum flow_error error = of_match10_read(r, &m->match, &is_exact);

    m->table = read_u8(r);
    read_u8(r); /* padding */
    of_port_number_from10(read_u16(r), &m->out_port);
    return error;
}

static enum flow_error read_request_nicira(struct reader *r, struct flow_mod *m)
{
    struct of_match_cookie cookie = {0};
    enum flow_error error;
    uint16_t size;

    of_port_number_from10(read_u16(r), &m->out_port);
    size = read_u16(r);
    m->table = read_u8(r);
    read_bytes(r, 3);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_fields_read(r, size, &m->match, &cookie);
    m->cookie = cookie.cookie;
    m->cookie_mask = cookie.mask;
    return error;
}

static enum flow_error read_request_11(enum of_version version,
                                       struct reader *r, struct flow_mod *m)
{
    m->table = read_u8(r);
    read_bytes(r, 3);
    m->out_port = read_u32(r);
    m->out_group = read_u32(r);
    read_bytes(r, 4);
    m->cookie = read_u64(r);
    m->cookie_mask = read_u64(r);
    return r->bad ? FLOW_BAD_LENGTH : of_match_read(version, r, &m->match);
}

enum flow_error of_flow_stats_read_request(const struct of_flow_format *f,
                                           struct reader *body,
                                           struct flow_mod *filter)
{
    enum flow_error error;

    *filter = flow_mod_empty();
    filter->command = FLOW_MOD_DELETE;
    if (f->is_nxm)
        error = read_request_nicira(body, filter);
    else if (f->version == OF10)
        error = read_request_10(body, filter);
    else
        error = read_request_11(f->version, body, filter);
    if (error)
        return error;
    return body->bad || body->left > 0 ? FLOW_BAD_LENGTH : FLOW_OK;
}

static void write_request_nicira(struct of_buffer *b, const struct flow_mod *m)
{
    struct of_match_cookie cookie = {m->cookie, m->cookie_mask};
    size_t at;

    of_put_u16(b, of_port_number_to10(m->out_port));
    at = b->size;
    of_put_u16(b, 0); /* size of the match */
    of_put_u8(b, m->table);
    of_put_zeros(b, 3);
    of_set_u16(b, at, (uint16_t)of_match_nxm_write(b, &m->match, &cookie));
}

void of_flow_stats_write_request(const struct of_flow_format *f,
                                 struct of_buffer *b, enum of_kind kind,
                                 uint32_t xid, const struct flow_mod *filter)
{
    size_t start = of_begin_request(b, f->version, kind, xid);

    if (filter->out_group != FLOW_MOD_GROUP_ANY && f->version == OF10)
        of_leave_out(b, "out_group");
    if (filter->cookie_mask && f->version == OF10 && !f->is_nxm)
        of_leave_out(b, "cookie");
    if (f->is_nxm) {
        write_request_nicira(b, filter);
    } else if (f->version == OF10) {
        of_match10_write(b, &filter->match, false);
        of_put_u8(b, filter->table);
        of_put_zeros(b, 1);
        of_put_u16(b, of_port_number_to10(filter->out_port));
    } else {
        of_put_u8(b, filter->table);
        of_put_zeros(b, 3);
        of_put_u32(b, filter->out_port);
        of_put_u32(b, filter->out_group);
        of_put_zeros(b, 4);
        of_put_u64(b, filter->cookie);
        of_put_u64(b, filter->cookie_mask);
        of_match_write(f->version, b, &filter->match);
    }
    of_end(b, start);
}

static void put_duration(struct of_buffer *b, const struct flow_stats *s)
{
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
}

static void put_timeouts(struct of_buffer *b, const struct flow_stats *s)
{
    of_put_u16(b, s->priority);
    of_put_u16(b, s->idle_timeout_s);
    of_put_u16(b, s->hard_timeout_s);
}

static void put_counts(struct of_buffer *b, const struct flow_stats *s)
{
    of_put_u64(b, s->cookie);
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
}

/* Bodies of entries, from behind the length to the instructions. */
static void put_10(struct of_buffer *b, const struct flow_stats *s)
{
    of_put_u8(b, s->table);
    of_put_zeros(b, 1);
    of_match10_write(b, s->match, s->flags & FLOW_MOD_EXACT);
    put_duration(b, s);
    put_timeouts(b, s);
    of_put_zeros(b, 6);
    put_counts(b, s);
}

/* How long ago, as Nicira tells it: a second more, and 0 of what is not known.
 */
static void put_age(struct of_buffer *b, bool is_known, uint32_t age_s)
{
    uint32_t told = age_s < UINT16_MAX - 1 ? age_s + 1 : UINT16_MAX;

    of_put_u16(b, is_known ? (uint16_t)told : 0);
}

static bool read_age(struct reader *r, uint32_t *age_s)
{
    uint16_t told = read_u16(r);

    *age_s = told ? told - 1u : 0;
    return told;
}

static void put_nicira(struct of_buffer *b, const struct flow_stats *s)
{
    size_t at;

    of_put_u8(b, s->table);
    of_put_zeros(b, 1);
    put_duration(b, s);
    put_timeouts(b, s);
    at = b->size;
    of_put_u16(b, 0); /* of the match, see below */
    put_age(b, s->has_idle_age, s->idle_age_s);
    put_age(b, s->has_hard_age, s->hard_age_s);
    put_counts(b, s);
    of_set_u16(b, at, (uint16_t)of_match_nxm_write(b, s->match, NULL));
}

static void put_11(enum of_version version, struct of_buffer *b,
                   const struct flow_stats *s)
{
    of_put_u8(b, s->table);
    of_put_zeros(b, 1);
    put_duration(b, s);
    put_timeouts(b, s);
    of_put_u16(b, version >= OF13 ? of_flow_flags(version, s->flags) : 0);
    of_put_u16(b, version >= OF14 ? s->importance : 0);
    of_put_zeros(b, 2);
    put_counts(b, s);
    of_match_write(version, b, s->match);
}

static struct of_oxs oxs_of(const struct flow_stats *s)
{
    return (struct of_oxs){.has_duration = true,
                           .duration_s = s->duration_s,
                           .duration_ns = s->duration_ns,
                           .has_idle = s->has_idle_age,
                           .idle_s = s->idle_age_s,
                           .packets = s->packets,
                           .bytes = s->bytes};
}

static void put_15(struct of_buffer *b, const struct flow_stats *s)
{
    struct of_oxs oxs = oxs_of(s);

    of_put_zeros(b, 2);
    of_put_u8(b, s->table);
    of_put_zeros(b, 1);
    put_timeouts(b, s);
    of_put_u16(b, of_flow_flags(OF15, s->flags));
    of_put_u16(b, s->importance);
    of_put_u64(b, s->cookie);
    of_match_write(OF15, b, s->match);
    of_oxs_put(b, &oxs);
}

void of_flow_stats_put(const struct of_flow_format *f, struct of_buffer *b,
                       const struct flow_stats *s)
{
    size_t start = b->size;

    of_put_u16(b, 0); /* length */
    if (f->is_nxm)
        put_nicira(b, s);
    else if (f->version == OF10)
        put_10(b, s);
    else if (f->version < OF15)
        put_11(f->version, b, s);
    else
        put_15(b, s);
    of_instructions_write(f->is_nxm ? OF10 : f->version, b, s->match,
                          s->instructions);
    if (b->size - start > UINT16_MAX)
        b->is_bad = true;
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

void of_flow_stats_put_brief(struct of_buffer *b, const struct flow_stats *s)
{
    struct of_oxs oxs = oxs_of(s);
    size_t start = b->size;

    of_put_u16(b, 0); /* length */
    of_put_zeros(b, 2);
    of_put_u8(b, s->table);
    of_put_u8(b, 0); /* reason: it was asked for */
    of_put_u16(b, s->priority);
    of_match_write(OF15, b, s->match);
    of_oxs_put(b, &oxs);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

static void read_duration(struct reader *r, struct flow_stats *s)
{
    s->duration_s = read_u32(r);
    s->duration_ns = read_u32(r);
}

static void read_timeouts(struct reader *r, struct flow_stats *s)
{
    s->priority = read_u16(r);
    s->idle_timeout_s = read_u16(r);
    s->hard_timeout_s = read_u16(r);
}

static void read_counts(struct reader *r, struct flow_stats *s)
{
    s->cookie = read_u64(r);
    s->packets = read_u64(r);
    s->bytes = read_u64(r);
}

static enum flow_error read_10(struct reader *r, struct of_flow_entry *e)
{
    enum flow_error error;
    bool is_exact = false;

    e->stats.table = read_u8(r);
    read_u8(r); /* padding */
    error = of_match10_read(r, &e->match, &is_exact);
    e->stats.flags = is_exact ? FLOW_MOD_EXACT : 0;
    read_duration(r, &e->stats);
    read_timeouts(r, &e->stats);
    read_bytes(r, 6);
    read_counts(r, &e->stats);
    return error;
}

static enum flow_error read_nicira(struct reader *r, struct of_flow_entry *e)
{
    uint16_t size;

    e->stats.table = read_u8(r);
    read_u8(r); /* padding */
    read_duration(r, &e->stats);
    read_timeouts(r, &e->stats);
    size = read_u16(r);
    e->stats.has_idle_age = read_age(r, &e->stats.idle_age_s);
    e->stats.has_hard_age = read_age(r, &e->stats.hard_age_s);
    read_counts(r, &e->stats);
    return r->bad ? FLOW_BAD_LENGTH
                  : of_match_fields_read(r, size, &e->match, NULL);
}

static enum flow_error read_11(enum of_version version, struct reader *r,
                               struct of_flow_entry *e)
{
    uint16_t flags, importance;

    e->stats.table = read_u8(r);
    read_u8(r); /* padding */
    read_duration(r, &e->stats);
    read_timeouts(r, &e->stats);
    flags = read_u16(r);
    importance = read_u16(r);
    read_u16(r); /* padding */
    read_counts(r, &e->stats);
    if (version >= OF13)
        of_flow_read_flags(version, flags, &e->stats.flags);
    if (version >= OF14)
        e->stats.importance = importance;
    return r->bad ? FLOW_BAD_LENGTH : of_match_read(version, r, &e->match);
}

static enum flow_error read_oxs(struct reader *r, struct flow_stats *s)
{
    struct of_oxs oxs;
    enum flow_error error = of_oxs_read(r, &oxs);

    s->duration_s = oxs.duration_s;
    s->duration_ns = oxs.duration_ns;
    s->has_idle_age = oxs.has_idle;
    s->idle_age_s = oxs.idle_s;
    s->packets = oxs.packets;
    s->bytes = oxs.bytes;
    return error;
}

static enum flow_error read_15(struct reader *r, struct of_flow_entry *e)
{
    enum flow_error error;

    read_u16(r); /* padding */
    e->stats.table = read_u8(r);
    read_u8(r); /* padding */
    read_timeouts(r, &e->stats);
    of_flow_read_flags(OF15, read_u16(r), &e->stats.flags);
    e->stats.importance = read_u16(r);
    e->stats.cookie = read_u64(r);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_read(OF15, r, &e->match);
    return error ? error : read_oxs(r, &e->stats);
}

static enum flow_error read_entry(const struct of_flow_format *f,
                                  struct reader *r, struct of_flow_entry *e)
{
    enum flow_error error;

    if (f->is_nxm)
        error = read_nicira(r, e);
    else if (f->version == OF10)
        error = read_10(r, e);
    else if (f->version < OF15)
        error = read_11(f->version, r, e);
    else
        error = read_15(r, e);
    if (error)
        return error;
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_instructions_read(f->is_nxm ? OF10 : f->version, r, &e->match,
                                 &e->instructions);
    if (!error && f->version > OF10)
        action_mark_for_all(&e->match, e->instructions.cells,
                            e->instructions.apply_count);
    return error;
}

enum flow_error of_flow_stats_read(const struct of_flow_format *f,
                                   struct reader *r, struct of_flow_entry *e)
{
    uint16_t size = read_u16(r);
    struct reader entry;
    enum flow_error error;

    *e = (struct of_flow_entry){
        .stats = {.match = &e->match, .instructions = &e->instructions}};
    if (size < 2)
        reader_fail(r);
    entry = read_slice(r, size < 2 ? 0 : size - 2u);
    error = r->bad ? FLOW_BAD_LENGTH : read_entry(f, &entry, e);
    /* One that is not understood ends the list for good. */
    if (error)
        reader_fail(r);
    return error;
}

void of_flow_entry_clear(struct of_flow_entry *e)
{
    flow_instructions_clear(&e->instructions);
}

void of_flow_aggregate_put(enum of_version version, struct of_buffer *b,
                           const struct of_flow_aggregate *a)
{
    struct of_oxs oxs = {.has_flows = true,
                         .flows = a->flows,
                         .packets = a->packets,
                         .bytes = a->bytes};

    if (version >= OF15) {
        of_oxs_put(b, &oxs);
        return;
    }
    of_put_u64(b, a->packets);
    of_put_u64(b, a->bytes);
    of_put_u32(b, a->flows);
    of_put_zeros(b, 4);
}

enum flow_error of_flow_aggregate_read(enum of_version version,
                                       struct reader *body,
                                       struct of_flow_aggregate *a)
{
    struct of_oxs oxs;
    enum flow_error error = FLOW_OK;

    if (version >= OF15) {
        error = of_oxs_read(body, &oxs);
        *a = (struct of_flow_aggregate){oxs.packets, oxs.bytes, oxs.flows};
    } else {
        a->packets = read_u64(body);
        a->bytes = read_u64(body);
        a->flows = read_u32(body);
        read_u32(body); /* padding */
    }
    return error || body->bad ? FLOW_BAD_LENGTH : FLOW_OK;
}
