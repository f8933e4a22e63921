/*
 * Those who come to us: ovs-ofctl, our own subcommands, controllers that call.
 * Bounded in number, and in how long they may take to say HELLO.
 */
#ifndef CONTROL_SERVICES_H
#define CONTROL_SERVICES_H

#include "control/session.h"

enum {
    SERVICES_MAX = 64,
    SERVICES_NAME_SIZE = 80,
    SERVICES_HELLO_MS = 10000,
};

struct services;

/* 'world' is borrowed.  NULL if out of memory. */
struct services *services_create(const struct session_world *world);
void services_free(struct services *s);

/* Takes over a stream of somebody who came, called 'name' in the log.  With too
 * many it is closed at once. */
void services_add(struct services *s, struct stream *stream, const char *name,
                  uint32_t versions, int64_t now_ms);

/* Gives up those who have not said HELLO in time; frees what is over. */
void services_tick(struct services *s, int64_t now_ms);

size_t services_count(const struct services *s);

#endif
