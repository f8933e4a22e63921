/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switch of a test's own: greets, answers echo requests and barriers, and
 * else what the test gives it.  Runs in a thread, for one client.
 */
#ifndef TESTS_OF_PEER_H
#define TESTS_OF_PEER_H

#include <pthread.h>
#include <stdatomic.h>

#include "client/of_command.h"
#include "tests/unit/test.h"

struct of_peer {
    char dir[64], path[96], target[112];
    int listener;
    pthread_t thread;
    bool is_serving;
    _Atomic int fd;       /* of the conversation; -1: none */
    _Atomic bool is_over; /* the test has ended, well or badly */
    uint32_t versions;    /* that it offers */
    /* Appends what is to be said to a message, whose body has been read up to
     * what its kind's readers want; NULL: nothing. */
    void (*answer)(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out);
    size_t drip;        /* bytes it sends at a time; 0: all at once */
    bool is_mute;       /* does not even greet */
    bool hangs_up;      /* when the answer's turn comes */
    unsigned int count; /* of the messages that were answered */
    /* The client's side. */
    char *out, *err;
    size_t out_size, err_size;
    char error[512];
};

/* Of a test; the state is a struct of_peer that offers OpenFlow 1.0 and 1.3. */
int peer_set_up(void **state);
int peer_tear_down(void **state);

/* Waits until the peer's thread, whose client has gone, has ended. */
void peer_join(struct of_peer *p);

/* NULL: p->error says why. */
struct of_session *peer_open(struct of_peer *p, uint32_t versions, int wait_ms);

/* Runs a command in a conversation of its own; p->out and p->err have what it
 * said. */
int peer_run(struct of_peer *p, int (*command)(struct of_command *),
             const struct of_command *as, uint32_t versions);

#endif
