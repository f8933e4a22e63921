/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May this interface be a port? One table of rules over the kernel's view of
 * the host; check, start, reload and hot-plug ask the same.  A pure function:
 * it looks at nothing but its arguments.
 */
#ifndef BRIDGE_PORT_FITNESS_H
#define BRIDGE_PORT_FITNESS_H

#include "port/host_view.h"

enum { PORT_VERDICT_SIZE = 384 };

enum port_fitness {
    PORT_IS_FIT,
    PORT_IS_LIMITED, /* it may, but not all will work */
    PORT_IS_UNFIT,
};

struct port_candidate {
    const struct host_view *view;
    const struct host_link *link; /* in 'view' */
    bool has_shield;              /* not host-stack = see */
    uint32_t owner;               /* which flowbridge we are; port_mark.h */
    /* The interfaces of this switch's ports, 'port_count'. */
    const int *ports;
    size_t port_count;
    const char *bridge; /* LOCAL's name, for the advice */
};

struct port_verdict {
    enum port_fitness fitness;
    char text[PORT_VERDICT_SIZE]; /* why, and what to do; "" if it is fit */
};

/* The first rule that is broken counts, of those that are not just limits
 * before those that are. */
void port_fitness_judge(const struct port_candidate *c,
                        struct port_verdict *verdict);

#endif
