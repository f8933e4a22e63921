/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody who came to one of our listeners to speak OpenFlow. */
#ifndef CONTROL_ARRIVAL_H
#define CONTROL_ARRIVAL_H

#include "control/stream.h"

struct arrival {
    struct stream *stream; /* is whose who is told */
    const char *peer;      /* names it for the log */
    unsigned int listener; /* each has a number and room of its own */
};

#endif
