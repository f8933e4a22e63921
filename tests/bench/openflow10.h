/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The little of OpenFlow 1.0 that the measuring tools speak, the same to every
 * switch.  All sizes are bytes; sections are those of the specification 1.0.1.
 */
#ifndef BENCH_OPENFLOW10_H
#define BENCH_OPENFLOW10_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include "udp_frame.h"

enum {
    OF10_HELLO = 0,
    OF10_ECHO_REQUEST = 2,
    OF10_ECHO_REPLY = 3,
    OF10_FEATURES_REQUEST = 5,
    OF10_FEATURES_REPLY = 6,
    OF10_SET_CONFIG = 9,
    OF10_PACKET_IN = 10,
    OF10_PACKET_OUT = 13,
    OF10_FLOW_MOD = 14,
    OF10_BARRIER_REQUEST = 18,
    OF10_BARRIER_REPLY = 19,
};

enum {
    OF10_HEADER = 8,
    OF10_SET_CONFIG_SIZE = 12,
    OF10_FLOW_MOD_SIZE = 80,   /* 5.3.3, with one output */
    OF10_PACKET_IN_DATA = 18,  /* 5.4.1: what comes before the frame */
    OF10_PACKET_OUT_DATA = 24, /* 5.3.6, with one output */
    OF10_MESSAGE_MAX = 65535,
    OF10_FLOOD = 0xfffb,
    OF10_NO_PORT = 0xffff,
};

#define OF10_NO_BUFFER 0xffffffffu

/* A connection, and what of its bytes is not cut into messages yet. */
struct openflow10 {
    int fd;
    size_t begin, end;
    uint8_t unread[4 * OF10_MESSAGE_MAX];
};

static inline void openflow10_put32(uint8_t *at, uint32_t value)
{
    udp_frame_put16(at, value >> 16);
    udp_frame_put16(at + 2, value & 0xffff);
}

static inline uint32_t openflow10_get32(const uint8_t *at)
{
    return (uint32_t)udp_frame_get16(at) << 16 | udp_frame_get16(at + 2);
}

/* Fills the header of a message of which the rest is there or zero. */
static inline void openflow10_header(uint8_t *message, unsigned int type,
                                     unsigned int size, uint32_t xid)
{
    message[0] = 1;
    message[1] = (uint8_t)type;
    udp_frame_put16(message + 2, size);
    openflow10_put32(message + 4, xid);
}

/* Fills the only action: output to a port. */
static inline void openflow10_output(uint8_t *action, unsigned int port)
{
    memset(action, 0, 8);
    udp_frame_put16(action + 2, 8);
    udp_frame_put16(action + 4, port);
    udp_frame_put16(action + 6, 0xffff);
}

static inline struct sockaddr_un openflow10_address(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    return address;
}

/* Writes all of it; false when the connection is gone. */
static inline bool openflow10_send(const struct openflow10 *c,
                                   const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t taken = send(c->fd, bytes, size, MSG_NOSIGNAL);

        if (taken <= 0)
            return false;
        bytes += taken;
        size -= (size_t)taken;
    }
    return true;
}

/* The next whole message of those that were read, or NULL. */
static inline const uint8_t *openflow10_next(struct openflow10 *c)
{
    const uint8_t *message = c->unread + c->begin;
    size_t size;

    if (c->end - c->begin < OF10_HEADER)
        return NULL;
    size = udp_frame_get16(message + 2);
    if (size < OF10_HEADER || c->end - c->begin < size)
        return NULL;
    c->begin += size;
    return message;
}

/* Waits for more bytes; what openflow10_next() gave is gone then.  False when
 * the connection is. */
static inline bool openflow10_read(struct openflow10 *c)
{
    ssize_t got;

    memmove(c->unread, c->unread + c->begin, c->end - c->begin);
    c->end -= c->begin;
    c->begin = 0;
    got = recv(c->fd, c->unread + c->end, sizeof(c->unread) - c->end, 0);
    if (got <= 0)
        return false;
    c->end += (size_t)got;
    return true;
}

#endif
