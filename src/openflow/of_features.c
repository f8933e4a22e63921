/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_features.h"

#include "openflow/of_port.h"
#include "openflow/of_read.h"

enum {
    PORT_SIZE_MAX = 64, /* in the versions that have ports in here */
    STP_10 = 1 << 3,    /* 1.0's bit; GROUP_STATS has it since 1.1 */
};

/* Capabilities that a version knows, at their own bits. */
static const uint32_t capabilities_of[] = {
    [OF10] = 0xe7,  [OF11] = 0xef,  [OF12] = 0x16f,
    [OF13] = 0x16f, [OF14] = 0x76f, [OF15] = 0x76f,
};

static uint32_t capabilities_to_wire(enum of_version version, uint32_t bits)
{
    uint32_t wire = bits & capabilities_of[version];

    return version == OF10 && bits & SWITCH_STP ? wire | STP_10 : wire;
}

static uint32_t capabilities_from_wire(enum of_version version, uint32_t wire)
{
    uint32_t bits = wire & capabilities_of[version];

    return version == OF10 && wire & STP_10 ? bits | SWITCH_STP : bits;
}

void of_features_write(struct of_buffer *b, enum of_version version,
                       uint32_t xid, const struct switch_features *f)
{
    size_t start = of_begin(b, version, OF_FEATURES_REPLY, xid);
    size_t count = version < OF13 ? f->port_count : 0;

    of_put_u64(b, f->datapath_id);
    of_put_u32(b, f->buffers);
    of_put_u8(b, f->tables);
    of_put_u8(b, version < OF13 ? 0 : f->auxiliary_id);
    of_put_zeros(b, 2);
    of_put_u32(b, capabilities_to_wire(version, f->capabilities));
    of_put_u32(b, version == OF10 ? f->actions : 0);
    for (size_t i = 0;
         i < count && b->size - start <= OF_MESSAGE_MAX - PORT_SIZE_MAX; i++)
        of_port_put(b, version, &f->ports[i]);
    of_end(b, start);
}

enum flow_error of_features_read(enum of_version version, struct reader *body,
                                 struct switch_features *f)
{
    *f = (struct switch_features){.datapath_id = read_u64(body)};
    f->buffers = read_u32(body);
    f->tables = read_u8(body);
    f->auxiliary_id = read_u8(body);
    read_u16(body); /* padding */
    f->capabilities = capabilities_from_wire(version, read_u32(body));
    f->actions = read_u32(body);
    if (version < OF13)
        return body->bad ? FLOW_BAD_LENGTH : FLOW_OK;
    return of_read_end(body);
}

void of_features_write_config(struct of_buffer *b, enum of_version version,
                              enum of_kind kind, uint32_t xid,
                              const struct switch_config *config)
{
    size_t start = of_begin(b, version, kind, xid);

    of_put_u16(b, config->flags);
    of_put_u16(b, config->miss_send_len);
    of_end(b, start);
}

/* Since 1.3 SET_ASYNC says whether expired frames are wanted; the bit of 1.1
 * and 1.2 is taken in 1.0 too, as Open vSwitch does. */
static uint16_t known_flags(enum of_version version)
{
    if (version < OF13)
        return SWITCH_FRAGS_MASK | SWITCH_INVALID_TTL_TO_CONTROLLER;
    return SWITCH_FRAGS_MASK;
}

enum flow_error of_features_read_config(enum of_version version,
                                        struct reader *body,
                                        struct switch_config *config)
{
    config->flags = read_u16(body);
    config->miss_send_len = read_u16(body);
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    return config->flags & ~known_flags(version) ? FLOW_BAD_SWITCH_FLAGS
                                                 : FLOW_OK;
}

/* As much of a text as leaves a zero behind it, then zeros. */
static void put_text(struct of_buffer *b, const char *text, size_t size)
{
    size_t length = strnlen(text, size - 1);

    of_put(b, text, length);
    of_put_zeros(b, size - length);
}

void of_features_write_desc(struct of_buffer *b, enum of_version version,
                            uint32_t xid, const struct switch_desc *d)
{
    size_t start = of_begin(b, version, OF_MP_DESC, xid);

    put_text(b, d->manufacturer, sizeof(d->manufacturer));
    put_text(b, d->hardware, sizeof(d->hardware));
    put_text(b, d->software, sizeof(d->software));
    put_text(b, d->serial, sizeof(d->serial));
    put_text(b, d->datapath, sizeof(d->datapath));
    of_end(b, start);
}

enum flow_error of_features_read_desc(struct reader *body,
                                      struct switch_desc *d)
{
    of_read_text(body, d->manufacturer, sizeof(d->manufacturer));
    of_read_text(body, d->hardware, sizeof(d->hardware));
    of_read_text(body, d->software, sizeof(d->software));
    of_read_text(body, d->serial, sizeof(d->serial));
    of_read_text(body, d->datapath, sizeof(d->datapath));
    return of_read_end(body);
}
