/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of.h"

#include <stdlib.h>

enum {
    FIRST_ROOM = 256,
    LENGTH_AT = 2, /* of the header's length */
    EXPERIMENTER_HEADER_SIZE = 8,
    MULTIPART_EXPERIMENTER = 0xffff,
};

static const struct {
    const char *name, *protocol;
} versions[] = {
    [OF_NONE] = {"none", "none"},   [OF10] = {"1.0", "OpenFlow10"},
    [OF11] = {"1.1", "OpenFlow11"}, [OF12] = {"1.2", "OpenFlow12"},
    [OF13] = {"1.3", "OpenFlow13"}, [OF14] = {"1.4", "OpenFlow14"},
    [OF15] = {"1.5", "OpenFlow15"},
};

const char *of_version_name(enum of_version version)
{
    return versions[version].name;
}

const char *of_version_protocol(enum of_version version)
{
    return versions[version].protocol;
}

struct of_header of_read_header(struct reader *r)
{
    struct of_header h;

    h.version = read_u8(r);
    h.type = read_u8(r);
    h.size = read_u16(r);
    h.xid = read_u32(r);
    return h;
}

bool of_is_multipart_reply(const struct of_header *h)
{
    const struct of_kind_row *row =
        of_kinds_find(h->version, OF_MULTIPART_REPLY);

    return row && row->number == h->type;
}

/* 1.0 pads Nicira's statistics after the experimenter header, the later
 * versions have their padding before it. */
uint16_t of_read_head(const struct of_header *h, enum of_kind kind,
                      struct reader *body)
{
    const struct of_kind_row *row = of_kinds_find(h->version, kind);
    bool is_padded = h->version > OF10;
    uint16_t flags = 0;

    if (!row || row->form == OF_FORM_MESSAGE)
        return 0;
    if (row->form != OF_FORM_EXPERIMENTER) {
        read_u16(body); /* type */
        flags = read_u16(body);
        read_bytes(body, is_padded ? 4 : 0);
    }
    if (row->form != OF_FORM_MULTIPART)
        read_bytes(body, EXPERIMENTER_HEADER_SIZE);
    if (row->form == OF_FORM_MULTIPART_EXPERIMENTER && !is_padded)
        read_bytes(body, 4);
    return flags;
}

void of_buffer_clear(struct of_buffer *b)
{
    free(b->data);
    *b = (struct of_buffer){0};
}

/* Room for 'size' more bytes, or NULL and the buffer is bad. */
static uint8_t *make_room(struct of_buffer *b, size_t size)
{
    size_t room = b->room ? b->room : FIRST_ROOM;
    uint8_t *data;

    if (b->is_bad)
        return NULL;
    while (room - b->size < size)
        room *= 2;
    if (room > b->room) {
        data = realloc(b->data, room);
        if (!data) {
            b->is_bad = true;
            return NULL;
        }
        b->data = data;
        b->room = room;
    }
    b->size += size;
    return b->data + b->size - size;
}

void of_put(struct of_buffer *b, const void *bytes, size_t size)
{
    uint8_t *at = make_room(b, size);

    if (at && size)
        memcpy(at, bytes, size);
}

void of_put_zeros(struct of_buffer *b, size_t size)
{
    uint8_t *at = make_room(b, size);

    if (at && size)
        memset(at, 0, size);
}

static void put_number(struct of_buffer *b, uint64_t value, size_t size)
{
    uint8_t *at = make_room(b, size);

    for (size_t i = 0; at && i < size; i++)
        at[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

void of_put_u8(struct of_buffer *b, uint8_t value)
{
    put_number(b, value, 1);
}

void of_put_u16(struct of_buffer *b, uint16_t value)
{
    put_number(b, value, 2);
}

void of_put_u32(struct of_buffer *b, uint32_t value)
{
    put_number(b, value, 4);
}

void of_put_u64(struct of_buffer *b, uint64_t value)
{
    put_number(b, value, 8);
}

void of_pad_to_8(struct of_buffer *b, size_t start)
{
    of_put_zeros(b, (8 - (b->size - start) % 8) % 8);
}

void of_set_u16(struct of_buffer *b, size_t at, uint16_t value)
{
    if (b->is_bad)
        return;
    b->data[at] = (uint8_t)(value >> 8);
    b->data[at + 1] = (uint8_t)value;
}

void of_set_xid(struct of_buffer *b, size_t at, uint32_t xid)
{
    of_set_u16(b, at + 4, (uint16_t)(xid >> 16));
    of_set_u16(b, at + 6, (uint16_t)xid);
}

static void put_multipart_header(struct of_buffer *b, enum of_version version,
                                 uint16_t type)
{
    of_put_u16(b, type);
    of_put_u16(b, 0); /* flags */
    of_put_zeros(b, version == OF10 ? 0 : 4);
}

/* What of_read_head steps over. */
static void put_head(struct of_buffer *b, enum of_version version,
                     const struct of_kind_row *row)
{
    switch (row->form) {
    case OF_FORM_MESSAGE:
        return;
    case OF_FORM_MULTIPART:
        put_multipart_header(b, version, row->number);
        return;
    case OF_FORM_MULTIPART_EXPERIMENTER:
        put_multipart_header(b, version, MULTIPART_EXPERIMENTER);
        break;
    case OF_FORM_EXPERIMENTER:
        break;
    }
    of_put_u32(b, row->vendor);
    of_put_u32(b, row->number);
    if (row->form == OF_FORM_MULTIPART_EXPERIMENTER && version == OF10)
        of_put_zeros(b, 4);
}

/* The kind whose number the header bears. */
static enum of_kind outer_kind(const struct of_kind_row *row,
                               enum of_kind multipart)
{
    if (row->form == OF_FORM_MESSAGE)
        return row->kind;
    return row->form == OF_FORM_EXPERIMENTER ? OF_EXPERIMENTER : multipart;
}

/* 'multipart' is MULTIPART_REQUEST or MULTIPART_REPLY. */
static size_t begin(struct of_buffer *b, const struct of_header *h,
                    enum of_kind kind, enum of_kind multipart)
{
    const struct of_kind_row *row = of_kinds_find(h->version, kind);
    const struct of_kind_row *outer =
        row ? of_kinds_find(h->version, outer_kind(row, multipart)) : NULL;
    size_t start = b->size;

    if (!outer) {
        b->is_bad = true;
        return start;
    }
    of_put_u8(b, h->version);
    of_put_u8(b, (uint8_t)outer->number);
    of_put_u16(b, 0); /* length, see of_end */
    of_put_u32(b, h->xid);
    put_head(b, (enum of_version)h->version, row);
    return start;
}

size_t of_begin(struct of_buffer *b, enum of_version version, enum of_kind kind,
                uint32_t xid)
{
    struct of_header h = {.version = (uint8_t)version, .xid = xid};

    return begin(b, &h, kind, OF_MULTIPART_REPLY);
}

size_t of_begin_request(struct of_buffer *b, enum of_version version,
                        enum of_kind kind, uint32_t xid)
{
    struct of_header h = {.version = (uint8_t)version, .xid = xid};

    return begin(b, &h, kind, OF_MULTIPART_REQUEST);
}

void of_end(struct of_buffer *b, size_t start)
{
    if (b->is_bad)
        return;
    if (b->size - start > OF_MESSAGE_MAX)
        b->is_bad = true;
    else
        of_set_u16(b, start + LENGTH_AT, (uint16_t)(b->size - start));
}
