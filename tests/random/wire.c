/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/wire_parts.h"

#include <stdlib.h>
#include <string.h>

void wire_put(struct wire *w, uint64_t value, unsigned int size)
{
    if (w->size + size > WIRE_SIZE_MAX)
        abort();
    for (unsigned int i = size; i-- > 0;)
        w->bytes[w->size++] = (uint8_t)(value >> 8 * i);
}

void wire_put_zeros(struct wire *w, unsigned int count)
{
    while (count--)
        wire_put(w, 0, 1);
}

static void put_bytes(struct wire *w, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        wire_put(w, bytes[i], 1);
}

void wire_set(struct wire *w, size_t at, uint64_t value)
{
    w->bytes[at] = (uint8_t)(value >> 8);
    w->bytes[at + 1] = (uint8_t)value;
}

void wire_pad(struct wire *w, size_t start)
{
    while ((w->size - start) % 8)
        wire_put(w, 0, 1);
}

void wire_begin(struct wire *w, uint8_t version, uint8_t type)
{
    w->size = 0;
    wire_put(w, version, 1);
    wire_put(w, type, 1);
    wire_put(w, 0, 2);
    wire_put(w, 0x5eed, 4);
}

void wire_end(struct wire *w)
{
    wire_set(w, 2, w->size);
}

uint64_t wire_get(const uint8_t *at, unsigned int size)
{
    uint64_t value = 0;

    for (unsigned int i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}

/* Actions. */

static void put_act_head(struct wire *w, uint16_t type, uint16_t size)
{
    wire_put(w, type, 2);
    wire_put(w, size, 2);
}

/* An action of 8 bytes; 'size' are the argument's. */
static void put_short(struct wire *w, uint16_t type, uint64_t argument,
                      unsigned int size)
{
    put_act_head(w, type, 8);
    wire_put(w, argument, size);
    wire_put_zeros(w, 4 - size);
}

static void put_set_10(struct wire *w, const struct act *a)
{
    switch (a->field) {
    case MF_ETH_SRC:
    case MF_ETH_DST:
        put_act_head(w, a->field == MF_ETH_SRC ? 4 : 5, 16);
        wire_put(w, a->value, 6);
        wire_put_zeros(w, 6);
        break;
    case MF_IP_SRC:
    case MF_IP_DST:
        put_short(w, a->field == MF_IP_SRC ? 6 : 7, a->value, 4);
        break;
    case MF_IP_DSCP:
        put_short(w, 8, a->value << 2, 1);
        break;
    case MF_TP_SRC:
    case MF_TP_DST:
        put_short(w, a->field == MF_TP_SRC ? 9 : 10, a->value, 2);
        break;
    default:
        abort();
    }
}

static void put_act_10(struct wire *w, const struct act *a)
{
    switch (a->kind) {
    case ACT_OUTPUT:
        put_act_head(w, 0, 8);
        wire_put(w, a->arg & 0xffff, 2);
        wire_put(w, a->max_len, 2);
        break;
    case ACT_SET_VID:
        put_short(w, 1, a->arg, 2);
        break;
    case ACT_SET_PCP:
        put_short(w, 2, a->arg, 1);
        break;
    case ACT_STRIP_VLAN:
        put_short(w, 3, 0, 4);
        break;
    case ACT_SET:
        put_set_10(w, a);
        break;
    default:
        abort();
    }
}

static void put_act_13(struct wire *w, const struct act *a)
{
    size_t start = w->size;

    switch (a->kind) {
    case ACT_OUTPUT:
        put_act_head(w, 0, 16);
        wire_put(w, a->arg, 4);
        wire_put(w, a->max_len, 2);
        wire_put_zeros(w, 6);
        break;
    case ACT_GROUP:
        put_short(w, 22, a->arg, 4);
        break;
    case ACT_METER:
        put_short(w, 29, a->arg, 4);
        break;
    case ACT_PUSH_VLAN:
        put_short(w, 17, a->arg, 2);
        break;
    case ACT_POP_VLAN:
        put_short(w, 18, 0, 4);
        break;
    case ACT_DEC_TTL:
        put_short(w, 24, 0, 4);
        break;
    case ACT_SET:
        put_act_head(w, 25, 0);
        wire_put_set(w, a);
        wire_pad(w, start);
        wire_set(w, start + 2, w->size - start);
        break;
    default:
        abort();
    }
}

static void put_acts(struct wire *w, uint8_t version, const struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++)
        if (version == WIRE_10)
            put_act_10(w, &acts->list[i]);
        else
            put_act_13(w, &acts->list[i]);
}

/* Instructions. */

static size_t begin_instruction(struct wire *w, uint16_t type)
{
    wire_put(w, type, 2);
    wire_put(w, 0, 2);
    return w->size - 4;
}

static void end_instruction(struct wire *w, size_t start)
{
    wire_pad(w, start);
    wire_set(w, start + 2, w->size - start);
}

static void put_act_list(struct wire *w, uint8_t version, uint16_t type,
                         const struct acts *acts)
{
    size_t start = begin_instruction(w, type);

    wire_put_zeros(w, 4);
    put_acts(w, version, acts);
    end_instruction(w, start);
}

static void put_program(struct wire *w, uint8_t version,
                        const struct program *program)
{
    size_t start;

    if (program->meter) {
        start = begin_instruction(w, 6);
        wire_put(w, program->meter, 4);
        end_instruction(w, start);
    }
    if (program->has_apply)
        put_act_list(w, version, 4, &program->apply);
    if (program->has_clear) {
        start = begin_instruction(w, 5);
        wire_put_zeros(w, 4);
        end_instruction(w, start);
    }
    if (program->has_write)
        put_act_list(w, version, 3, &program->write);
    if (program->has_metadata) {
        start = begin_instruction(w, 2);
        wire_put_zeros(w, 4);
        wire_put(w, program->metadata, 8);
        wire_put(w, program->metadata_mask, 8);
        end_instruction(w, start);
    }
    if (program->next_table != NO_TABLE) {
        start = begin_instruction(w, 1);
        wire_put(w, (uint64_t)program->next_table, 1);
        end_instruction(w, start);
    }
}

/* Messages. */

static void put_flow_mod_10(struct wire *w, const struct rule_mod *mod)
{
    wire_put_match_10(w, mod);
    wire_put(w, mod->cookie, 8);
    wire_put(w, mod->command, 2);
    wire_put(w, mod->idle_s, 2);
    wire_put(w, mod->hard_s, 2);
    wire_put(w, mod->priority, 2);
    wire_put(w, mod->buffer, 4);
    wire_put(w, mod->out_port & 0xffff, 2);
    wire_put(w, mod->flags, 2);
    put_acts(w, WIRE_10, &mod->program.apply);
}

static void put_flow_mod_13(struct wire *w, const struct rule_mod *mod)
{
    wire_put(w, mod->cookie, 8);
    wire_put(w, mod->cookie_mask, 8);
    wire_put(w, mod->table, 1);
    wire_put(w, mod->command, 1);
    wire_put(w, mod->idle_s, 2);
    wire_put(w, mod->hard_s, 2);
    wire_put(w, mod->priority, 2);
    wire_put(w, mod->buffer, 4);
    wire_put(w, mod->out_port, 4);
    wire_put(w, mod->out_group, 4);
    wire_put(w, mod->flags, 2);
    wire_put(w, 0, 2);
    wire_put_match(w, &mod->match);
    put_program(w, mod->version, &mod->program);
}

void wire_flow_mod(struct wire *w, const struct rule_mod *mod)
{
    wire_begin(w, mod->version, WIRE_FLOW_MOD);
    if (mod->version == WIRE_10)
        put_flow_mod_10(w, mod);
    else
        put_flow_mod_13(w, mod);
    wire_end(w);
}

static void put_bucket(struct wire *w, uint8_t version,
                       const struct model_bucket *b)
{
    size_t start = w->size;

    wire_put(w, 0, 2);
    wire_put(w, b->weight, 2);
    wire_put(w, b->watch_port, 4);
    wire_put(w, OUT_ANY, 4);
    wire_put_zeros(w, 4);
    put_acts(w, version, &b->acts);
    wire_pad(w, start);
    wire_set(w, start, w->size - start);
}

static void put_property(struct wire *w, uint16_t type, uint32_t value)
{
    wire_put(w, type, 2);
    wire_put(w, 8, 2);
    wire_put(w, value, 4);
}

static void put_bucket_15(struct wire *w, uint32_t id,
                          const struct model_bucket *b)
{
    size_t start = w->size, acts;

    wire_put(w, 0, 4);
    wire_put(w, id, 4);
    acts = w->size;
    put_acts(w, WIRE_15, &b->acts);
    wire_set(w, start + 2, w->size - acts);
    put_property(w, 0, (uint32_t)b->weight << 16);
    if (b->watch_port != OUT_ANY)
        put_property(w, 1, b->watch_port);
    wire_set(w, start, w->size - start);
}

void wire_group_mod(struct wire *w, uint8_t version, uint16_t command,
                    uint32_t id, const struct model_group *g)
{
    size_t count = g ? g->bucket_count : 0, buckets;

    wire_begin(w, version, WIRE_GROUP_MOD);
    wire_put(w, command, 2);
    wire_put(w, g ? g->kind : 0, 1);
    wire_put_zeros(w, 1);
    wire_put(w, id, 4);
    if (version >= WIRE_15) {
        wire_put(w, 0, 4); /* size of the buckets, padding */
        wire_put(w, 0xffffffff, 4);
    }
    buckets = w->size;
    for (size_t i = 0; i < count; i++)
        if (version >= WIRE_15)
            put_bucket_15(w, (uint32_t)i, &g->buckets[i]);
        else
            put_bucket(w, version, &g->buckets[i]);
    if (version >= WIRE_15)
        wire_set(w, buckets - 8, w->size - buckets);
    wire_end(w);
}

void wire_meter_mod(struct wire *w, uint8_t version, uint16_t command,
                    uint32_t id, const struct model_meter *m)
{
    wire_begin(w, version, WIRE_METER_MOD);
    wire_put(w, command, 2);
    wire_put(w, m ? (m->is_pktps ? 2u : 1u) | (m->has_burst ? 4u : 0) : 0, 2);
    wire_put(w, id, 4);
    for (size_t i = 0; m && i < m->band_count; i++) {
        wire_put(w, m->bands[i].is_remark ? 2 : 1, 2);
        wire_put(w, 16, 2);
        wire_put(w, m->bands[i].rate, 4);
        wire_put(w, m->bands[i].burst, 4);
        wire_put(w, m->bands[i].level, 1);
        wire_put_zeros(w, 3);
    }
    wire_end(w);
}

void wire_packet_out(struct wire *w, const struct packet_out *out)
{
    size_t size_at, acts;

    wire_begin(w, out->version, WIRE_PACKET_OUT);
    wire_put(w, out->buffer, 4);
    if (out->version == WIRE_10) {
        wire_put(w, out->in_port & 0xffff, 2);
        wire_put(w, 0, 2);
        size_at = w->size - 2;
    } else if (out->version < WIRE_15) {
        wire_put(w, out->in_port, 4);
        wire_put(w, 0, 2);
        size_at = w->size - 2;
        wire_put_zeros(w, 6);
    } else {
        struct pattern match = {.value = {[MF_IN_PORT] = out->in_port},
                                .mask = {[MF_IN_PORT] = 0xffffffff}};

        wire_put(w, 0, 2);
        size_at = w->size - 2;
        wire_put_zeros(w, 2);
        wire_put_match(w, &match);
    }
    acts = w->size;
    put_acts(w, out->version, out->acts);
    wire_set(w, size_at, w->size - acts);
    put_bytes(w, out->data, out->size);
    wire_end(w);
}

void wire_port_mod(struct wire *w, uint8_t version,
                   const struct port_change *change)
{
    wire_begin(w, version, version == WIRE_10 ? 15 : 16);
    wire_put(w, change->number, version == WIRE_10 ? 2 : 4);
    wire_put_zeros(w, version == WIRE_10 ? 0 : 4);
    put_bytes(w, change->mac, 6);
    wire_put_zeros(w, version == WIRE_10 ? 0 : 2);
    wire_put(w, change->config, 4);
    wire_put(w, change->mask, 4);
    if (version < WIRE_14)
        wire_put_zeros(w, 8); /* advertise nothing new */
    wire_end(w);
}

void wire_set_config(struct wire *w, uint8_t version, uint16_t flags)
{
    wire_begin(w, version, 9);
    wire_put(w, flags, 2);
    wire_put(w, 128, 2);
    wire_end(w);
}

void wire_role(struct wire *w, uint8_t version, uint32_t role,
               uint64_t generation)
{
    wire_begin(w, version, WIRE_ROLE_REQUEST);
    wire_put(w, role, 4);
    wire_put_zeros(w, 4);
    wire_put(w, generation, 8);
    wire_end(w);
}

struct seen_packet_in wire_read_packet_in(const uint8_t *message, size_t size)
{
    struct seen_packet_in in = {
        .buffer = (uint32_t)wire_get(message + 8, 4),
        .total_size = (uint16_t)wire_get(message + 12, 2),
    };
    size_t at = 18;

    if (message[0] == WIRE_10) {
        in.reason = message[16];
    } else {
        size_t match = wire_get(message + 26, 2);

        in.reason = message[14];
        in.cookie = wire_get(message + 16, 8);
        at = 24 + (match + 7) / 8 * 8 + 2;
    }
    in.data = message + at;
    in.size = size > at ? size - at : 0;
    return in;
}

struct seen_removed wire_read_removed(const uint8_t *message, size_t size)
{
    struct seen_removed r = {.cookie = 0};

    (void)size;
    if (message[0] == WIRE_10) {
        r.cookie = wire_get(message + 48, 8);
        r.priority = (uint16_t)wire_get(message + 56, 2);
        r.reason = message[58];
        r.packets = wire_get(message + 72, 8);
        r.bytes = wire_get(message + 80, 8);
    } else if (message[0] < WIRE_15) {
        r.cookie = wire_get(message + 8, 8);
        r.priority = (uint16_t)wire_get(message + 16, 2);
        r.reason = message[18];
        r.packets = wire_get(message + 32, 8);
        r.bytes = wire_get(message + 40, 8);
    } else {
        r.reason = message[9];
        r.priority = (uint16_t)wire_get(message + 10, 2);
        r.cookie = wire_get(message + 16, 8);
        r.packets = r.bytes = UINT64_MAX;
    }
    return r;
}
