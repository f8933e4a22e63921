/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_port_stats.h"

#include "openflow/of_port_number.h"
#include "openflow/of_property.h"
#include "openflow/of_read.h"

enum { ETHERNET = 0 }; /* property */

void of_port_stats_put_request(struct of_buffer *b, enum of_version version,
                               uint32_t number)
{
    of_port_number_put(b, version, number);
    of_put_zeros(b, version == OF10 ? 6 : 4);
}

enum flow_error of_port_stats_read_request(enum of_version version,
                                           struct reader *body,
                                           uint32_t *number)
{
    bool is_number = of_port_number_read(body, version, number);

    read_bytes(body, version == OF10 ? 6 : 4);
    if (of_read_end(body))
        return FLOW_BAD_LENGTH;
    return is_number ? FLOW_OK : FLOW_BAD_REQUEST_PORT;
}

/* The counters that all versions have first, in their order. */
static void put_counters(struct of_buffer *b, const struct port_stats *s)
{
    of_put_u64(b, s->rx_packets);
    of_put_u64(b, s->tx_packets);
    of_put_u64(b, s->rx_bytes);
    of_put_u64(b, s->tx_bytes);
    of_put_u64(b, s->rx_dropped);
    of_put_u64(b, s->tx_dropped);
    of_put_u64(b, s->rx_errors);
    of_put_u64(b, s->tx_errors);
}

static void read_counters(struct reader *r, struct port_stats *s)
{
    s->rx_packets = read_u64(r);
    s->tx_packets = read_u64(r);
    s->rx_bytes = read_u64(r);
    s->tx_bytes = read_u64(r);
    s->rx_dropped = read_u64(r);
    s->tx_dropped = read_u64(r);
    s->rx_errors = read_u64(r);
    s->tx_errors = read_u64(r);
}

/* Those that are a property since 1.4. */
static void put_ethernet(struct of_buffer *b, const struct port_stats *s)
{
    of_put_u64(b, s->rx_frame_err);
    of_put_u64(b, s->rx_over_err);
    of_put_u64(b, s->rx_crc_err);
    of_put_u64(b, s->collisions);
}

static void read_ethernet(struct reader *r, struct port_stats *s)
{
    s->rx_frame_err = read_u64(r);
    s->rx_over_err = read_u64(r);
    s->rx_crc_err = read_u64(r);
    s->collisions = read_u64(r);
}

static void put_14(struct of_buffer *b, const struct port_stats *s)
{
    size_t start = b->size, property;

    of_put_zeros(b, 4); /* length, see below */
    of_put_u32(b, s->number);
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
    put_counters(b, s);
    property = of_property_begin(b, ETHERNET);
    of_put_zeros(b, 4);
    put_ethernet(b, s);
    of_property_finish(b, property);
    of_set_u16(b, start, (uint16_t)(b->size - start));
}

void of_port_stats_put(struct of_buffer *b, enum of_version version,
                       const struct port_stats *s)
{
    if (version >= OF14) {
        put_14(b, s);
        return;
    }
    of_port_number_put(b, version, s->number);
    of_put_zeros(b, version == OF10 ? 6 : 4);
    put_counters(b, s);
    put_ethernet(b, s);
    if (version < OF13)
        return;
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
}

/* Passes over the counters of other media. */
static enum flow_error read_14(struct reader *r, struct port_stats *s)
{
    struct reader at = *r, part = read_slice(r, read_u16(&at));
    struct of_property property;

    read_u32(&part); /* length and padding */
    s->number = read_u32(&part);
    s->duration_s = read_u32(&part);
    s->duration_ns = read_u32(&part);
    read_counters(&part, s);
    if (part.bad) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    while (of_property_next(&part, &property)) {
        if (property.type != ETHERNET)
            continue;
        read_u32(&property.value); /* padding */
        read_ethernet(&property.value, s);
        if (of_property_end(&property))
            return FLOW_BAD_PROPERTY_LENGTH;
    }
    return of_property_list_end(&part);
}

enum flow_error of_port_stats_read(enum of_version version, struct reader *r,
                                   struct port_stats *s)
{
    *s = (struct port_stats){0};
    if (version >= OF14)
        return read_14(r, s);
    of_port_number_read(r, version, &s->number);
    read_bytes(r, version == OF10 ? 6 : 4);
    read_counters(r, s);
    read_ethernet(r, s);
    if (version >= OF13) {
        s->duration_s = read_u32(r);
        s->duration_ns = read_u32(r);
    }
    return r->bad ? FLOW_BAD_LENGTH : FLOW_OK;
}
