/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/port_no.h"
#include "openflow/of_flow.h"
#include "openflow/of_flow_wire.h"
#include "openflow/of_instruction.h"
#include "openflow/of_match.h"
#include "openflow/of_match10.h"
#include "openflow/of_port_number.h"

/* A number of 1.0 that is not to change the cookie of an entry that stays. */
#define COOKIE_KEEP UINT64_MAX

enum { TABLE_SHIFT = 8 }; /* in the command, see of_flow_format */

/* 1.0 and Nicira's: the command's upper byte may be the table. */
static void read_command(const struct of_flow_format *f, struct reader *r,
                         struct flow_mod *mod)
{
    uint16_t command = read_u16(r);

    mod->table = FLOW_MOD_TABLE_ALL;
    if (f->has_table_id) {
        mod->table = (uint8_t)(command >> TABLE_SHIFT);
        command &= (1 << TABLE_SHIFT) - 1;
    }
    mod->command = (enum flow_mod_command)command;
}

static void read_timeouts(struct reader *r, struct flow_mod *mod)
{
    mod->idle_timeout_s = read_u16(r);
    mod->hard_timeout_s = read_u16(r);
    mod->priority = read_u16(r);
    mod->buffer_id = read_u32(r);
}

/* What the wire says in a form of its own. */
struct raw {
    uint16_t flags;
    bool is_exact;
};

static enum flow_error read_10(const struct of_flow_format *f, struct reader *r,
                               struct flow_mod *mod, struct raw *raw)
{
    enum flow_error error = of_match10_read(r, &mod->match, &raw->is_exact);

    mod->cookie = read_u64(r);
    read_command(f, r, mod);
    read_timeouts(r, mod);
    of_port_number_from10(read_u16(r), &mod->out_port);
    raw->flags = read_u16(r);
    return error;
}

/* The cookie to filter by is among the fields of the match. */
static enum flow_error read_nicira(const struct of_flow_format *f,
                                   struct reader *r, struct flow_mod *mod,
                                   struct raw *raw)
{
    struct of_match_cookie cookie;
    enum flow_error error;
    uint16_t size;

    mod->cookie = read_u64(r);
    read_command(f, r, mod);
    read_timeouts(r, mod);
    of_port_number_from10(read_u16(r), &mod->out_port);
    raw->flags = read_u16(r);
    size = read_u16(r);
    read_bytes(r, 6);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    error = of_match_fields_read(r, size, &mod->match, &cookie);
    if (!error && cookie.mask) {
        /* A new entry has a cookie, and none to be found by. */
        if (mod->command == FLOW_MOD_ADD)
            return FLOW_BAD_FIELD;
        mod->cookie = cookie.cookie;
        mod->cookie_mask = cookie.mask;
    }
    return error;
}

static enum flow_error read_11(const struct of_flow_format *f, struct reader *r,
                               struct flow_mod *mod, struct raw *raw)
{
    mod->cookie = read_u64(r);
    mod->cookie_mask = read_u64(r);
    mod->table = read_u8(r);
    mod->command = (enum flow_mod_command)read_u8(r);
    read_timeouts(r, mod);
    mod->out_port = read_u32(r);
    mod->out_group = read_u32(r);
    raw->flags = read_u16(r);
    mod->importance = read_u16(r);
    if (f->version < OF14)
        mod->importance = 0;
    return r->bad ? FLOW_BAD_LENGTH : of_match_read(f->version, r, &mod->match);
}

/*
 * Which cookie counts, whether MODIFY adds and what ADD resets has changed from
 * version to version; Open vSwitch's topics/design.rst has the table.
 */
static void set_manners(const struct of_flow_format *f, struct flow_mod *mod)
{
    bool is_old = f->version == OF10 || f->is_nxm;
    bool is_modify = mod->command == FLOW_MOD_MODIFY ||
                     mod->command == FLOW_MOD_MODIFY_STRICT;
    bool has_mask = mod->cookie_mask != 0;

    /* 1.0 filters by no cookie, and its MODIFY sets one. */
    mod->sets_cookie =
        is_old && is_modify && !has_mask && mod->cookie != COOKIE_KEEP;
    mod->adds_if_none =
        is_modify && !has_mask && (is_old || f->version == OF11);
    mod->resets_counts =
        mod->command == FLOW_MOD_ADD && (is_old || f->version == OF11);
    if (mod->command == FLOW_MOD_ADD)
        mod->cookie_mask = 0;
}

static enum flow_error read_body(const struct of_flow_format *f,
                                 struct reader *r, struct flow_mod *mod)
{
    struct raw raw = {.is_exact = false};
    enum flow_error error;

    if (f->is_nxm)
        error = read_nicira(f, r, mod, &raw);
    else if (f->version == OF10)
        error = read_10(f, r, mod, &raw);
    else
        error = read_11(f, r, mod, &raw);
    if (error)
        return error;
    if (r->bad)
        return FLOW_BAD_LENGTH;
    if (mod->command > FLOW_MOD_DELETE_STRICT)
        return FLOW_BAD_COMMAND;
    if (mod->command == FLOW_MOD_ADD && mod->table == FLOW_MOD_TABLE_ALL &&
        !f->is_nxm && f->version > OF10)
        return FLOW_BAD_TABLE;
    error = of_flow_read_flags(f->version, raw.flags, &mod->flags);
    if (raw.is_exact)
        mod->flags |= FLOW_MOD_EXACT;
    return error;
}

enum flow_error of_flow_mod_read(const struct of_flow_format *f,
                                 struct reader *body, struct flow_mod *mod)
{
    /* Nicira's message has actions where the later versions have
     * instructions, as 1.0. */
    enum of_version lists = f->is_nxm ? OF10 : f->version;
    enum flow_error error;

    *mod = flow_mod_empty();
    error = read_body(f, body, mod);
    if (error)
        return error;
    set_manners(f, mod);
    return of_instructions_read(lists, body, &mod->match, &mod->instructions);
}

static uint16_t command_of(const struct of_flow_format *f,
                           const struct flow_mod *mod)
{
    return (uint16_t)(f->has_table_id
                          ? (unsigned)mod->command | mod->table << TABLE_SHIFT
                          : (unsigned)mod->command);
}

static void put_timeouts(struct of_buffer *b, const struct flow_mod *mod)
{
    of_put_u16(b, mod->idle_timeout_s);
    of_put_u16(b, mod->hard_timeout_s);
    of_put_u16(b, mod->priority);
    of_put_u32(b, mod->buffer_id);
}

static void write_10(const struct of_flow_format *f, struct of_buffer *b,
                     const struct flow_mod *mod)
{
    of_match10_write(b, &mod->match, mod->flags & FLOW_MOD_EXACT);
    of_put_u64(b, mod->cookie);
    of_put_u16(b, command_of(f, mod));
    put_timeouts(b, mod);
    of_put_u16(b, of_port_number_to10(mod->out_port));
    of_put_u16(b, of_flow_flags(OF10, mod->flags));
}

static void write_nicira(const struct of_flow_format *f, struct of_buffer *b,
                         const struct flow_mod *mod)
{
    struct of_match_cookie cookie = {mod->cookie, mod->cookie_mask};
    bool is_delete = mod->command >= FLOW_MOD_DELETE;
    size_t at, size;

    if (mod->cookie_mask)
        of_put_u64(b, is_delete ? 0 : COOKIE_KEEP);
    else
        of_put_u64(b, mod->cookie);
    of_put_u16(b, command_of(f, mod));
    put_timeouts(b, mod);
    of_put_u16(b, of_port_number_to10(mod->out_port));
    of_put_u16(b, of_flow_flags(f->version, mod->flags));
    at = b->size;
    of_put_zeros(b, 8);
    size = of_match_nxm_write(b, &mod->match, &cookie);
    of_set_u16(b, at, (uint16_t)size);
}

static void write_11(const struct of_flow_format *f, struct of_buffer *b,
                     const struct flow_mod *mod)
{
    of_put_u64(b, mod->cookie);
    of_put_u64(b, mod->cookie_mask);
    of_put_u8(b,
              mod->table == FLOW_MOD_TABLE_ALL && mod->command == FLOW_MOD_ADD
                  ? 0
                  : mod->table);
    of_put_u8(b, (uint8_t)mod->command);
    put_timeouts(b, mod);
    of_put_u32(b, mod->out_port);
    of_put_u32(b, mod->out_group);
    of_put_u16(b, of_flow_flags(f->version, mod->flags));
    of_put_u16(b, f->version >= OF14 ? mod->importance : 0);
    of_match_write(f->version, b, &mod->match);
}

/* What of a mod has no place in the message. */
static void check_said(const struct of_flow_format *f, struct of_buffer *b,
                       const struct flow_mod *mod)
{
    bool is_old = f->version == OF10 || f->is_nxm;

    of_flow_check_flags(f->version, b, mod->flags);
    if (mod->importance && f->version < OF14)
        of_leave_out(b, "importance");
    if (mod->out_group != FLOW_MOD_GROUP_ANY && is_old)
        of_leave_out(b, "out_group");
    if (mod->cookie_mask && f->version == OF10 && !f->is_nxm)
        of_leave_out(b, "cookie");
    if (mod->sets_cookie && !is_old)
        of_leave_out(b, "cookie");
}

void of_flow_mod_write(const struct of_flow_format *f, struct of_buffer *b,
                       uint32_t xid, const struct flow_mod *mod)
{
    enum of_kind kind = f->is_nxm ? OF_NX_FLOW_MOD : OF_FLOW_MOD;
    size_t start = of_begin(b, f->version, kind, xid);

    if (f->is_nxm)
        write_nicira(f, b, mod);
    else if (f->version == OF10)
        write_10(f, b, mod);
    else
        write_11(f, b, mod);
    check_said(f, b, mod);
    of_instructions_write(f->is_nxm ? OF10 : f->version, b, &mod->match,
                          &mod->instructions);
    of_end(b, start);
}
