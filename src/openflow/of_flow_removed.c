/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_flow.h"
#include "openflow/of_match.h"
#include "openflow/of_match10.h"
#include "openflow/of_oxs.h"
#include "openflow/of_reason.h"

static void put_duration(struct of_buffer *b, const struct flow_stats *s)
{
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
}

static void write_10(struct of_buffer *b, const struct flow_stats *s,
                     uint8_t reason)
{
    of_match10_write(b, s->match, s->flags & FLOW_MOD_EXACT);
    of_put_u64(b, s->cookie);
    of_put_u16(b, s->priority);
    of_put_u8(b, reason);
    of_put_zeros(b, 1);
    put_duration(b, s);
    of_put_u16(b, s->idle_timeout_s);
    of_put_zeros(b, 2);
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
}

/* Nicira's table is one more than the number; 0 is none. */
static void write_nicira(struct of_buffer *b, const struct flow_stats *s,
                         uint8_t reason)
{
    size_t at;

    of_put_u64(b, s->cookie);
    of_put_u16(b, s->priority);
    of_put_u8(b, reason);
    of_put_u8(b, (uint8_t)(s->table + 1));
    put_duration(b, s);
    of_put_u16(b, s->idle_timeout_s);
    at = b->size;
    of_put_u16(b, 0); /* size of the match */
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
    of_set_u16(b, at, (uint16_t)of_match_nxm_write(b, s->match, NULL));
}

static void write_11(enum of_version version, struct of_buffer *b,
                     const struct flow_stats *s, uint8_t reason)
{
    of_put_u64(b, s->cookie);
    of_put_u16(b, s->priority);
    of_put_u8(b, reason);
    of_put_u8(b, s->table);
    put_duration(b, s);
    of_put_u16(b, s->idle_timeout_s);
    of_put_u16(b, version >= OF12 ? s->hard_timeout_s : 0);
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
    of_match_write(version, b, s->match);
}

static void write_15(struct of_buffer *b, const struct flow_stats *s,
                     uint8_t reason)
{
    struct of_oxs oxs = {.has_duration = true,
                         .duration_s = s->duration_s,
                         .duration_ns = s->duration_ns,
                         .packets = s->packets,
                         .bytes = s->bytes};

    of_put_u8(b, s->table);
    of_put_u8(b, reason);
    of_put_u16(b, s->priority);
    of_put_u16(b, s->idle_timeout_s);
    of_put_u16(b, s->hard_timeout_s);
    of_put_u64(b, s->cookie);
    of_match_write(OF15, b, s->match);
    of_oxs_put(b, &oxs);
}

void of_flow_removed_write(const struct of_flow_format *f, struct of_buffer *b,
                           const struct flow_stats *s, uint8_t reason)
{
    enum of_kind kind = f->is_nxm ? OF_NX_FLOW_REMOVED : OF_FLOW_REMOVED;
    size_t start = of_begin(b, f->version, kind, 0);
    uint8_t wire = of_reason_of_flow_removed(f->version, reason);

    if (f->is_nxm)
        write_nicira(b, s, wire);
    else if (f->version == OF10)
        write_10(b, s, wire);
    else if (f->version < OF15)
        write_11(f->version, b, s, wire);
    else
        write_15(b, s, wire);
    of_end(b, start);
}

static void read_duration(struct reader *r, struct flow_stats *s)
{
    s->duration_s = read_u32(r);
    s->duration_ns = read_u32(r);
}

static enum flow_error read_10(struct reader *r, struct of_flow_entry *e,
                               uint8_t *reason)
{
    struct flow_stats *s = &e->stats;
    bool is_exact = false;
    enum flow_error error = of_match10_read(r, &e->match, &is_exact);

    s->flags = is_exact ? FLOW_MOD_EXACT : 0;
    s->cookie = read_u64(r);
    s->priority = read_u16(r);
    *reason = read_u8(r);
    read_u8(r); /* padding */
    read_duration(r, s);
    s->idle_timeout_s = read_u16(r);
    read_u16(r); /* padding */
    s->packets = read_u64(r);
    s->bytes = read_u64(r);
    return error;
}

static enum flow_error read_nicira(struct reader *r, struct of_flow_entry *e,
                                   uint8_t *reason)
{
    struct flow_stats *s = &e->stats;
    uint8_t table;
    uint16_t size;

    s->cookie = read_u64(r);
    s->priority = read_u16(r);
    *reason = read_u8(r);
    table = read_u8(r);
    s->table = table ? (uint8_t)(table - 1) : 0;
    read_duration(r, s);
    s->idle_timeout_s = read_u16(r);
    size = read_u16(r);
    s->packets = read_u64(r);
    s->bytes = read_u64(r);
    return r->bad ? FLOW_BAD_LENGTH
                  : of_match_fields_read(r, size, &e->match, NULL);
}

static enum flow_error read_11(enum of_version version, struct reader *r,
                               struct of_flow_entry *e, uint8_t *reason)
{
    struct flow_stats *s = &e->stats;

    s->cookie = read_u64(r);
    s->priority = read_u16(r);
    *reason = read_u8(r);
    s->table = read_u8(r);
    read_duration(r, s);
    s->idle_timeout_s = read_u16(r);
    s->hard_timeout_s = read_u16(r);
    s->packets = read_u64(r);
    s->bytes = read_u64(r);
    return r->bad ? FLOW_BAD_LENGTH : of_match_read(version, r, &e->match);
}

static enum flow_error read_15(struct reader *r, struct of_flow_entry *e,
                               uint8_t *reason)
{
    struct flow_stats *s = &e->stats;
    struct of_oxs oxs;
    enum flow_error error;

    s->table = read_u8(r);
    *reason = read_u8(r);
    s->priority = read_u16(r);
    s->idle_timeout_s = read_u16(r);
    s->hard_timeout_s = read_u16(r);
    s->cookie = read_u64(r);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_read(OF15, r, &e->match);
    if (!error)
        error = of_oxs_read(r, &oxs);
    if (error)
        return error;
    s->duration_s = oxs.duration_s;
    s->duration_ns = oxs.duration_ns;
    s->packets = oxs.packets;
    s->bytes = oxs.bytes;
    return FLOW_OK;
}

enum flow_error of_flow_removed_read(const struct of_flow_format *f,
                                     struct reader *body,
                                     struct of_flow_entry *e, uint8_t *reason)
{
    enum flow_error error;

    *e = (struct of_flow_entry){
        .stats = {.match = &e->match, .instructions = &e->instructions}};
    if (f->is_nxm)
        error = read_nicira(body, e, reason);
    else if (f->version == OF10)
        error = read_10(body, e, reason);
    else if (f->version < OF15)
        error = read_11(f->version, body, e, reason);
    else
        error = read_15(body, e, reason);
    if (error)
        return error;
    return body->bad || body->left > 0 ? FLOW_BAD_LENGTH : FLOW_OK;
}
