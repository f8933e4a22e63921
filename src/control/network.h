/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How streams come to be: by the machine's sockets, or the simulation's peers.
 */
#ifndef CONTROL_NETWORK_H
#define CONTROL_NETWORK_H

#include "control/stream.h"

struct network {
    /* Starts to connect; the owner is to be set at once.  NULL: 'error' says
     * why. */
    struct stream *(*connect)(void *context, const struct target *t,
                              char error[STREAM_ERROR_SIZE]);
    void *context;
};

#endif
