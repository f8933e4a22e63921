/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connects to a running switch by one of its sockets; the error says what to do
 * if that fails.  All waiting ends within the given time.
 */
#ifndef CLIENT_DIAL_H
#define CLIENT_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dial_peer {
    const char *target; /* unix:PATH or tcp:HOST:PORT ([ADDRESS]:PORT) */
    /* For the error when it cannot be reached; NULL: unknown. */
    const char *bridge, *config_path;
};

struct dial {
    const struct dial_peer *peer;
    const char *socket; /* for errors: "control socket" */
    const char *port;   /* of tcp:HOST without one; NULL: it must have one */
    int wait_ms;        /* for the next step, ... */
    int64_t end_ms;     /* ... so until then; see dial_restart_wait */
    char *error;        /* 'error_size' bytes for one line */
    size_t error_size;
};

/* Starts the time, or starts it again. */
void dial_restart_wait(struct dial *d);

/* Returns the connected socket, or -1 and 'error' says what to do. */
int dial_connect(const struct dial *d);

/* Waits for poll's 'events'; false: the time is over, and 'error' says so. */
bool dial_await(const struct dial *d, int fd, short events);

/* False: it cannot be sent, or the switch took nothing for the whole time,
 * which starts again with each part that it takes.  True also if the switch has
 * closed the connection: the reason may be there to be read. */
bool dial_send(struct dial *d, int fd, const void *bytes, size_t size);

/* The error when the switch closes the connection before it has answered. */
void dial_say_hung_up(const struct dial *d);

void dial_say(const struct dial *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
