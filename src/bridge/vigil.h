/*
 * Keeps a main loop awake for some microseconds after it had something to do,
 * where its sleeps were short lately: who waits for an answer before he asks
 * the next thing is answered without waking up.
 */
#ifndef BRIDGE_VIGIL_H
#define BRIDGE_VIGIL_H

#include <ev.h>
#include <stdint.h>

/* What a program needs between an answer and its next question, and to wake up
 * for it. */
enum { VIGIL_MAX_US = 100 };

struct vigil {
    ev_prepare before; /* the loop sleeps */
    ev_check after;
    ev_idle awake; /* while it is active the loop does not sleep */
    unsigned int patience_us;
    int64_t asleep_us; /* since when */
    int64_t until_us;  /* it looks again */
};

void vigil_start(struct vigil *v, struct ev_loop *loop);

#endif
