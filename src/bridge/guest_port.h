/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TAPs of guests as the configuration wants them, and those that are ports
 * no more: one that this switch made goes as soon as its guest has let go, also
 * after a restart and when its section has gone meanwhile.
 */
#ifndef BRIDGE_GUEST_PORT_H
#define BRIDGE_GUEST_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "port/guest_tap.h"

enum { GUEST_MARK_SIZE = 32 };

/* The alias of the TAPs that the switch of this name makes. */
void guest_port_mark(const char *bridge, char mark[GUEST_MARK_SIZE]);

/* Plans the TAP of a port.  Returns 0, or -EINVAL: there is no such user or
 * group. */
int guest_port_plan(const struct config_port *c, const char *mark,
                    struct guest_tap_plan *plan);

/* TAPs that may have been left. */
struct guest_leftovers {
    const char *mark;         /* borrowed */
    atomic_bool may_be_there; /* any thread may say so */
    int64_t look_ms;
};

/* Removes those with the mark that are no port of 'c' and that nobody holds;
 * looks for them once a second while there may be any. */
void guest_leftovers_tick(struct guest_leftovers *l, const struct config *c,
                          int64_t now_ms);

#endif
