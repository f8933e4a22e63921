/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/state_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "openflow/of_flow.h"
#include "openflow/of_group.h"
#include "openflow/of_meter.h"
#include "table/group_table.h"

enum {
    HEAD_SIZE = 8, /* kind, padding, size of the body */
    SIZE_AT = 4,
    HAS_CONTROLLERS = 1 << 0,
    HAS_LOST_NORMAL = 1 << 1,
    STANDS_ALONE = 1 << 2,
};

/* The flags of an entry that outlast the message that made it. */
#define LASTING_FLAGS                                                          \
    (FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_CHECK_OVERLAP | FLOW_MOD_RESET_COUNTS | \
     FLOW_MOD_NO_PACKET_COUNTS | FLOW_MOD_NO_BYTE_COUNTS | FLOW_MOD_EXACT)

/* The first that says all of an entry is used.  1.5 has no meter instruction,
 * and nothing above 1.0 its set_vlan_vid, strip_vlan and enqueue. */
static const struct of_flow_format formats[] = {
    /* clang-format off */
    {OF15, false, false},
    {OF13, false, false},
    {OF10, true,  true },
    /* clang-format on */
};

static size_t begin(struct of_buffer *b, enum state_kind kind)
{
    size_t start = b->size;

    of_put_u16(b, (uint16_t)kind);
    of_put_zeros(b, HEAD_SIZE - 2);
    return start;
}

static void end(struct of_buffer *b, size_t start)
{
    size_t size = b->size - start - HEAD_SIZE;

    if (b->is_bad)
        return;
    of_set_u16(b, start + SIZE_AT, (uint16_t)(size >> 16));
    of_set_u16(b, start + SIZE_AT + 2, (uint16_t)size);
}

/* Takes back the bytes that were put since 'start', which may have been too
 * long for a message: the buffer was good before. */
static void take_back(struct of_buffer *b, size_t start)
{
    b->size = start;
    b->is_bad = false;
}

enum state_kind state_next(struct reader *r, struct reader *body)
{
    enum state_kind kind;

    if (!r->left)
        return 0;
    kind = read_u16(r);
    read_u16(r);
    *body = read_slice(r, read_u32(r));
    return r->bad ? 0 : kind;
}

/* Steps to the body of a message that must be of that kind. */
static enum of_version open_message(struct reader *r, enum of_kind kind)
{
    struct of_header h = of_read_header(r);

    if (r->bad || h.size != r->left + OF_HEADER_SIZE ||
        of_kind_of(&h, r) != kind)
        return OF_NONE;
    of_read_head(&h, kind, r);
    return r->bad ? OF_NONE : (enum of_version)h.version;
}

void state_put_switch(struct of_buffer *b, const struct state_switch *s)
{
    size_t start = begin(b, STATE_SWITCH);

    of_put_u64(b, s->datapath_id);
    of_put_u64(b, (uint64_t)s->written_ms);
    of_put_u32(b, (s->has_controllers ? HAS_CONTROLLERS : 0u) |
                      (s->has_lost_normal ? HAS_LOST_NORMAL : 0u) |
                      (s->stands_alone ? STANDS_ALONE : 0u));
    end(b, start);
}

bool state_read_switch(struct reader body, struct state_switch *s)
{
    uint32_t flags;

    s->datapath_id = read_u64(&body);
    s->written_ms = (int64_t)read_u64(&body);
    flags = read_u32(&body);
    s->has_controllers = flags & HAS_CONTROLLERS;
    s->has_lost_normal = flags & HAS_LOST_NORMAL;
    s->stands_alone = flags & STANDS_ALONE;
    /* No clock of Linux is before 1970. */
    return !body.bad && !body.left && s->written_ms >= 0;
}

void state_put_port(struct of_buffer *b, const struct state_port *p)
{
    size_t start = begin(b, STATE_PORT);

    of_put_u32(b, p->number);
    of_put(b, p->name, strlen(p->name) + 1);
    end(b, start);
}

bool state_read_port(struct reader body, struct state_port *p)
{
    size_t size;
    const uint8_t *name;

    p->number = read_u32(&body);
    size = body.left;
    name = read_bytes(&body, size);
    if (!name || !size || size > sizeof(p->name) || name[size - 1])
        return false;
    memcpy(p->name, name, size);
    return true;
}

void state_put_meter(struct of_buffer *b, const struct state_meter *m)
{
    size_t start = begin(b, STATE_METER);

    of_put_u64(b, m->age_ms);
    of_put_u64(b, m->stats.packets);
    of_put_u64(b, m->stats.bytes);
    of_put_u32(b, (uint32_t)m->stats.band_count);
    for (size_t i = 0; i < m->stats.band_count; i++) {
        of_put_u64(b, m->stats.bands[i].packets);
        of_put_u64(b, m->stats.bands[i].bytes);
    }
    of_meter_write_mod(b, OF13, 0, &m->mod);
    end(b, start);
}

bool state_read_meter(struct reader body, struct state_meter *m)
{
    *m = (struct state_meter){.age_ms = read_u64(&body)};
    m->stats.packets = read_u64(&body);
    m->stats.bytes = read_u64(&body);
    m->stats.band_count = read_u32(&body);
    if (m->stats.band_count > METER_BANDS_MAX)
        return false;
    for (size_t i = 0; i < m->stats.band_count; i++) {
        m->stats.bands[i].packets = read_u64(&body);
        m->stats.bands[i].bytes = read_u64(&body);
    }
    return open_message(&body, OF_METER_MOD) &&
           of_meter_read_mod(&body, &m->mod) == FLOW_OK &&
           m->mod.command == METER_ADD &&
           m->mod.band_count == m->stats.band_count;
}

/* The same buckets, with the same actions. */
static bool groups_are_equal(const struct group_mod *a,
                             const struct group_mod *b)
{
    if (a->type != b->type || a->bucket_count != b->bucket_count)
        return false;
    for (size_t i = 0; i < a->bucket_count; i++) {
        const struct bucket *one = &a->buckets[i], *two = &b->buckets[i];
        size_t size = one->actions.count * sizeof(*one->actions.cells);

        if (one->id != two->id || one->weight != two->weight ||
            one->watch_port != two->watch_port ||
            one->watch_group != two->watch_group ||
            one->actions.count != two->actions.count ||
            (size && memcmp(one->actions.cells, two->actions.cells, size) != 0))
            return false;
    }
    return true;
}

static bool put_group_mod(struct of_buffer *b, enum of_version version,
                          const struct group_mod *mod)
{
    size_t start = b->size;
    struct group_mod found = {.command = GROUP_ADD};
    struct reader r;
    bool is_equal;

    of_group_write_mod(b, version, 0, mod);
    if (b->is_bad)
        return false;
    r = reader_over(b->data + start, b->size - start);
    if (open_message(&r, version == OF10 ? OF_NX_GROUP_MOD : OF_GROUP_MOD) !=
            version ||
        of_group_read_mod(version, &r, &found))
        return false;
    is_equal = groups_are_equal(mod, &found);
    group_mod_clear(&found);
    return is_equal;
}

bool state_put_group(struct of_buffer *b, const struct state_group *g)
{
    size_t start = begin(b, STATE_GROUP), message;

    if (b->is_bad)
        return false;
    of_put_u64(b, g->age_ms);
    of_put_u64(b, g->stats.packets);
    of_put_u64(b, g->stats.bytes);
    of_put_u32(b, (uint32_t)g->stats.bucket_count);
    for (size_t i = 0; i < g->stats.bucket_count; i++) {
        of_put_u64(b, g->stats.buckets[i].packets);
        of_put_u64(b, g->stats.buckets[i].bytes);
    }
    message = b->size;
    if (!put_group_mod(b, OF15, &g->mod)) {
        take_back(b, message);
        if (!put_group_mod(b, OF10, &g->mod)) {
            take_back(b, start);
            return false;
        }
    }
    end(b, start);
    return true;
}

static bool read_buckets(struct reader *body, struct state_group *g)
{
    size_t count = read_u32(body);

    if (count > GROUP_BUCKETS_LIMIT)
        return false;
    g->buckets = calloc(count ? count : 1, sizeof(*g->buckets));
    if (!g->buckets)
        return false;
    for (size_t i = 0; i < count; i++) {
        g->buckets[i].packets = read_u64(body);
        g->buckets[i].bytes = read_u64(body);
    }
    g->stats.bucket_count = count;
    g->stats.buckets = g->buckets;
    return true;
}

bool state_read_group(struct reader body, struct state_group *g)
{
    enum of_version version;
    struct reader nicira;

    *g = (struct state_group){.age_ms = read_u64(&body)};
    g->stats.packets = read_u64(&body);
    g->stats.bytes = read_u64(&body);
    if (!read_buckets(&body, g))
        return false;
    nicira = body;
    version = open_message(&body, OF_GROUP_MOD);
    if (!version) {
        body = nicira;
        version = open_message(&body, OF_NX_GROUP_MOD);
    }
    if (!version || of_group_read_mod(version, &body, &g->mod)) {
        g->mod = (struct group_mod){.command = GROUP_ADD};
    } else if (g->mod.command == GROUP_ADD &&
               g->mod.bucket_count == g->stats.bucket_count) {
        return true;
    }
    state_group_clear(g);
    return false;
}

void state_group_clear(struct state_group *g)
{
    group_mod_clear(&g->mod);
    free(g->buckets);
    g->buckets = NULL;
}

/* Tries one format: the flow mod read back must equal the one that was put. */
static bool put_flow_mod(struct of_buffer *b, const struct of_flow_format *f,
                         const struct flow_mod *mod)
{
    size_t start = b->size;
    struct flow_mod found;
    struct reader r;
    bool is_equal;

    of_flow_mod_write(f, b, 0, mod);
    if (b->is_bad)
        return false;
    r = reader_over(b->data + start, b->size - start);
    if (!open_message(&r, f->is_nxm ? OF_NX_FLOW_MOD : OF_FLOW_MOD) ||
        of_flow_mod_read(f, &r, &found))
        return false;
    is_equal =
        match_is_equal(&mod->match, &found.match) &&
        flow_instructions_is_equal(&mod->instructions, &found.instructions);
    flow_mod_clear(&found);
    return is_equal;
}

bool state_put_flow(struct of_buffer *b, const struct state_flow *f)
{
    size_t start = begin(b, STATE_FLOW), message;
    bool is_said = false;

    if (b->is_bad)
        return false;
    of_put_u64(b, f->age_ms);
    of_put_u64(b, f->modified_ms);
    of_put_u64(b, f->unused_ms);
    of_put_u64(b, f->packets);
    of_put_u64(b, f->bytes);
    of_put_u64(b, f->mod.cookie);
    of_put_u16(b, f->mod.priority);
    of_put_u16(b, f->mod.idle_timeout_s);
    of_put_u16(b, f->mod.hard_timeout_s);
    of_put_u16(b, f->mod.importance);
    of_put_u16(b, f->mod.flags & LASTING_FLAGS);
    of_put_u8(b, f->mod.table);
    message = b->size;
    for (size_t i = 0; i < ARRAY_SIZE(formats) && !is_said; i++) {
        of_put_u8(b, (uint8_t)i);
        is_said = put_flow_mod(b, &formats[i], &f->mod);
        if (!is_said)
            take_back(b, message);
    }
    if (is_said)
        end(b, start);
    else
        take_back(b, start);
    return is_said;
}

bool state_read_flow(struct reader body, struct state_flow *f)
{
    struct flow_mod said = flow_mod_empty();
    size_t format;

    *f = (struct state_flow){.age_ms = read_u64(&body)};
    f->modified_ms = read_u64(&body);
    f->unused_ms = read_u64(&body);
    f->packets = read_u64(&body);
    f->bytes = read_u64(&body);
    said.cookie = read_u64(&body);
    said.priority = read_u16(&body);
    said.idle_timeout_s = read_u16(&body);
    said.hard_timeout_s = read_u16(&body);
    said.importance = read_u16(&body);
    said.flags = read_u16(&body) & LASTING_FLAGS;
    said.table = read_u8(&body);
    format = read_u8(&body);
    if (body.bad || format >= ARRAY_SIZE(formats) ||
        !open_message(&body,
                      formats[format].is_nxm ? OF_NX_FLOW_MOD : OF_FLOW_MOD) ||
        of_flow_mod_read(&formats[format], &body, &f->mod))
        return false;
    said.match = f->mod.match;
    said.instructions = f->mod.instructions;
    f->mod = said;
    return true;
}

void state_flow_clear(struct state_flow *f)
{
    flow_mod_clear(&f->mod);
}

void state_put_mac(struct of_buffer *b, const struct state_mac *m)
{
    size_t start = begin(b, STATE_MAC);

    of_put_u64(b, m->mac);
    of_put_u32(b, m->port);
    of_put_u16(b, m->vlan);
    of_put_u32(b, m->age_s);
    end(b, start);
}

bool state_read_mac(struct reader body, struct state_mac *m)
{
    m->mac = read_u64(&body);
    m->port = read_u32(&body);
    m->vlan = read_u16(&body);
    m->age_s = read_u32(&body);
    return !body.bad && !body.left && !(m->mac >> 48) && !(m->mac >> 40 & 1) &&
           m->vlan < 4096;
}
