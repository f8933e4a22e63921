/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame that the measuring tools send: UDP over IPv4 from the source host
 * of the test bed to its sink.  Addresses are those that testbed.py gives the
 * two hosts, from the range for benchmarks (RFC 2544, RFC 6815).
 */
#ifndef BENCH_UDP_FRAME_H
#define BENCH_UDP_FRAME_H

#include <stdint.h>
#include <string.h>

enum {
    UDP_FRAME_MIN = 60, /* without the frame check sequence */
    UDP_FRAME_MAX = 1514,
    UDP_FRAME_FCS = 4, /* counted by those who say "64-byte frame" */
    UDP_FRAME_IP = 14,
    UDP_FRAME_SOURCE_PORT = 34,
    UDP_FRAME_TARGET_PORT = 36,
    UDP_FRAME_PAYLOAD = 42,
};

static inline void udp_frame_put16(uint8_t *at, unsigned int value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline unsigned int udp_frame_get16(const uint8_t *at)
{
    return (unsigned int)at[0] << 8 | at[1];
}

static inline unsigned int udp_frame_ip_checksum(const uint8_t *header)
{
    unsigned int sum = 0;

    for (int i = 0; i < 20; i += 2)
        sum += udp_frame_get16(header + i);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(sum + (sum >> 16)) & 0xffff;
}

/* Fills 'size' bytes.  The UDP checksum is left at 0, "none", so that ports and
 * payload may be changed with no more ado. */
static inline void udp_frame_build(uint8_t *frame, unsigned int size,
                                   unsigned int source_port,
                                   unsigned int target_port)
{
    static const uint8_t head[] = {
        0x02, 0,    0, 0, 0, 2,       /* to the sink's MAC */
        0x02, 0,    0, 0, 0, 1,       /* from the source's */
        0x08, 0x00,                   /* IPv4 */
        0x45, 0,    0, 0, 0, 0, 0, 0, /* length comes below */
        64,   17,   0, 0,             /* UDP; checksum comes below */
        198,  18,   0, 1,             /* from */
        198,  18,   0, 2,             /* to */
    };

    memset(frame, 0, size);
    memcpy(frame, head, sizeof(head));
    udp_frame_put16(frame + UDP_FRAME_IP + 2, size - UDP_FRAME_IP);
    udp_frame_put16(frame + UDP_FRAME_IP + 10,
                    udp_frame_ip_checksum(frame + UDP_FRAME_IP));
    udp_frame_put16(frame + UDP_FRAME_SOURCE_PORT, source_port);
    udp_frame_put16(frame + UDP_FRAME_TARGET_PORT, target_port);
    udp_frame_put16(frame + UDP_FRAME_TARGET_PORT + 2,
                    size - UDP_FRAME_SOURCE_PORT);
}

#endif
