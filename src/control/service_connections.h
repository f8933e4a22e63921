/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Service connections: those that peers open to one of our listeners, such as
 * ovs-ofctl, our own subcommands, and controllers in passive mode.  Their
 * number and the time until HELLO are bounded.
 *
 * Each listener has its own limit, so that a peer that fills a listener which
 * everybody can reach does not block the management socket.
 *
 * Main thread only.
 */
#ifndef CONTROL_SERVICE_CONNECTIONS_H
#define CONTROL_SERVICE_CONNECTIONS_H

#include "control/incoming_connection.h"
#include "control/session.h"

enum {
    SERVICE_CONNECTIONS_MAX = 64, /* a listener */
    SERVICE_CONNECTIONS_NAME_SIZE = 80,
    SERVICE_CONNECTIONS_HELLO_MS = 10000,
};

struct service_connections;

/* 'world' is borrowed.  NULL if out of memory. */
struct service_connections *
service_connections_create(const struct session_world *world);
void service_connections_free(struct service_connections *s);

/*
 * Takes over the stream of an incoming connection.  With too many at its
 * listener the oldest one without HELLO is closed; if all have said HELLO, the
 * new one is closed at once.
 */
void service_connections_add(struct service_connections *s,
                             const struct incoming_connection *a,
                             uint32_t versions, int64_t now_ms);

/* Closes connections that have not said HELLO in time; frees closed ones. */
void service_connections_tick(struct service_connections *s, int64_t now_ms);

/* Closes the connections of all listeners but these 'count'. */
void service_connections_keep(struct service_connections *s,
                              const unsigned int *listeners, size_t count);

/* How many there are, and how many were refused or had to make room. */
struct service_connections_usage {
    size_t count, room;
    uint64_t refused;
};
struct service_connections_usage
service_connections_usage(const struct service_connections *s);

/* The open connections of a listener. */
size_t service_connections_count(const struct service_connections *s,
                                 unsigned int listener);

#endif
