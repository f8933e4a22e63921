/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_oxs.h"

enum {
    LIST_HEADER_SIZE = 4, /* reserved, length */
    CLASS_BASIC = 0x8002,

    /* OXS_OF_*: the number and the size of the value. */
    DURATION = 0,
    IDLE_TIME = 1,
    FLOW_COUNT = 3,
    PACKET_COUNT = 4,
    BYTE_COUNT = 5,
};

static void read_field(struct reader *r, struct of_oxs *s)
{
    uint32_t header = read_u32(r);
    struct reader value = read_slice(r, header & 0xff);

    if (header >> 16 != CLASS_BASIC)
        return;
    switch (header >> 9 & 0x7f) {
    case DURATION:
        s->has_duration = true;
        s->duration_s = read_u32(&value);
        s->duration_ns = read_u32(&value);
        break;
    case IDLE_TIME:
        s->has_idle = true;
        s->idle_s = read_u32(&value);
        read_u32(&value); /* nanoseconds */
        break;
    case FLOW_COUNT:
        s->has_flows = true;
        s->flows = read_u32(&value);
        break;
    case PACKET_COUNT:
        s->packets = read_u64(&value);
        break;
    case BYTE_COUNT:
        s->bytes = read_u64(&value);
        break;
    default:
        break;
    }
    if (value.bad)
        reader_fail(r);
}

enum flow_error of_oxs_read(struct reader *r, struct of_oxs *s)
{
    size_t size;
    struct reader fields;

    *s = (struct of_oxs){.packets = UINT64_MAX, .bytes = UINT64_MAX};
    read_u16(r); /* reserved */
    size = read_u16(r);
    if (size < LIST_HEADER_SIZE)
        reader_fail(r);
    else
        size -= LIST_HEADER_SIZE;
    fields = read_slice(r, size);
    read_bytes(r, (8 - (size + LIST_HEADER_SIZE) % 8) % 8);
    while (fields.left > 0)
        read_field(&fields, s);
    return r->bad || fields.bad ? FLOW_BAD_LENGTH : FLOW_OK;
}

static void put_header(struct of_buffer *b, unsigned number, unsigned size)
{
    of_put_u16(b, CLASS_BASIC);
    of_put_u8(b, (uint8_t)(number << 1));
    of_put_u8(b, (uint8_t)size);
}

static void put_count(struct of_buffer *b, unsigned number, uint64_t count)
{
    if (count == UINT64_MAX)
        return;
    put_header(b, number, 8);
    of_put_u64(b, count);
}

void of_oxs_put(struct of_buffer *b, const struct of_oxs *s)
{
    size_t start = b->size;

    of_put_zeros(b, LIST_HEADER_SIZE);
    if (s->has_duration) {
        put_header(b, DURATION, 8);
        of_put_u32(b, s->duration_s);
        of_put_u32(b, s->duration_ns);
    }
    if (s->has_idle) {
        put_header(b, IDLE_TIME, 8);
        of_put_u32(b, s->idle_s);
        of_put_u32(b, 0);
    }
    if (s->has_flows) {
        put_header(b, FLOW_COUNT, 4);
        of_put_u32(b, s->flows);
    }
    put_count(b, PACKET_COUNT, s->packets);
    put_count(b, BYTE_COUNT, s->bytes);
    of_set_u16(b, start + 2, (uint16_t)(b->size - start));
    of_pad_to_8(b, start);
}
