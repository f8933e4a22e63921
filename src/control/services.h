/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those who come to us: ovs-ofctl, our own subcommands, controllers that call.
 * Bounded in number, and in how long they may take to say HELLO.
 *
 * Each listener has room of its own, so that who fills one that all can reach
 * keeps nobody from the management socket.
 */
#ifndef CONTROL_SERVICES_H
#define CONTROL_SERVICES_H

#include "control/arrival.h"
#include "control/session.h"

enum {
    SERVICES_MAX = 64, /* a listener */
    SERVICES_NAME_SIZE = 80,
    SERVICES_HELLO_MS = 10000,
};

struct services;

/* 'world' is borrowed.  NULL if out of memory. */
struct services *services_create(const struct session_world *world);
void services_free(struct services *s);

/*
 * Takes over the stream of somebody who came.  With too many at its listener
 * the oldest that has not said HELLO goes; if all have, it is closed at once.
 */
void services_add(struct services *s, const struct arrival *a,
                  uint32_t versions, int64_t now_ms);

/* Gives up those who have not said HELLO in time; frees what is over. */
void services_tick(struct services *s, int64_t now_ms);

/* Ends those who came to another listener than these, 'count'. */
void services_keep(struct services *s, const unsigned int *listeners,
                   size_t count);

/* How many there are, and how many were refused or had to make room. */
struct services_usage {
    size_t count, room;
    uint64_t refused;
};
struct services_usage services_usage(const struct services *s);

/* How many have come to a listener and are still there. */
size_t services_count(const struct services *s, unsigned int listener);

#endif
