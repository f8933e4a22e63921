/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket that OpenFlow peers come to: takes their connections and hands them
 * on as streams.
 */
#ifndef CONTROL_LISTENER_H
#define CONTROL_LISTENER_H

#include <ev.h>

#include "base/target.h"
#include "control/arrival.h"

struct listener;

/* Who is told of each that comes. */
struct listener_owner {
    void (*came)(void *context, const struct arrival *a);
    void *context;
    unsigned int number; /* of the listener, for its arrivals */
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
