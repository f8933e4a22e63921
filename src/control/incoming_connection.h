/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that a listener has taken, of a peer that speaks OpenFlow. */
#ifndef CONTROL_INCOMING_CONNECTION_H
#define CONTROL_INCOMING_CONNECTION_H

#include "control/stream.h"

struct incoming_connection {
    struct stream *stream; /* owned by whoever is given the connection */
    const char *peer;      /* its name for the log; borrowed */
    unsigned int listener; /* the number of the listener */
};

#endif
