/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listening socket for OpenFlow peers: accepts their connections and hands
 * them on as streams.  Main thread only.
 */
#ifndef CONTROL_LISTENER_H
#define CONTROL_LISTENER_H

#include <ev.h>

#include "base/target.h"
#include "control/incoming_connection.h"

struct listener;

/* The owner is given each connection. */
struct listener_owner {
    void (*incoming)(void *context, const struct incoming_connection *a);
    void *context;
    unsigned int number; /* of the listener, for its connections */
};

/*
 * Listens where a ptcp: or pssl: target says.  'tls' points to what the owner
 * may replace meanwhile; NULL: no TLS.  Returns 0, or -errno and '*l' is NULL.
 */
int listener_open(struct listener **l, struct ev_loop *loop,
                  const struct target *t, struct tls *const *tls,
                  const struct listener_owner *owner);
/* The same for a socket that listens already and stays the caller's; its peers
 * are called 'name'. */
int listener_adopt(struct listener **l, struct ev_loop *loop, int fd,
                   const char *name, const struct listener_owner *owner);
void listener_close(struct listener *l);

#endif
