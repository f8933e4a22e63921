/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One worker: a thread that takes frames from its queue of every port and has
 * its forwarder deal with them.  The way of a packet:
 *
 *     receive -> parse -> flow_cache find -> (miss: decide) -> execute -> send
 *
 * A worker takes no lock, allocates nothing and waits for nobody, but for the
 * main thread when a frame has taught something; see learn_requester.h.  It
 * sleeps in epoll when there is nothing to do.
 */
#ifndef DATAPATH_WORKER_H
#define DATAPATH_WORKER_H

#include <stdint.h>
#include <sys/types.h>

#include "datapath/forwarder.h"

/* What all workers share; the main thread writes it, atomically or under RCU.
 */
struct worker_shared {
    struct pipeline pipeline;
    const struct meter_table *meters;
    struct mac_table *_Atomic mac_table;
    _Atomic bool forwards_bpdu;
    _Atomic bool is_stopping;
    unsigned int busy_poll_us;
    /* Called (by a worker) when it has put something in its queue. */
    void (*wake_main)(void *context);
    void *wake_context;
    int (*begin_thread)(void); /* see datapath.h */
    /* Takes a worker's learn requests where there are no threads, as wake_main
     * would have it done.  */
    void (*take_learn_requests)(void *context, unsigned int worker,
                                int64_t now_ms);
    void *learn_context;
};

struct worker;

/* NULL if out of memory or of file descriptors. */
struct worker *worker_create(unsigned int index, struct worker_shared *shared,
                             size_t flow_cache);
void worker_free(struct worker *w);

/* Starts its thread.  Returns 0 or -errno, also what 'begin_thread' returned,
 * and then there is no thread. */
int worker_start(struct worker *w);
/* Waits for its thread to end, after 'is_stopping' was set. */
void worker_join(struct worker *w);
/* Ends its sleep. */
void worker_wake(struct worker *w);

/* Main thread: it is to look at the port's queue from now on, or no more. */
int worker_watch(struct worker *w, unsigned int port,
                 const struct port_queue *q);
void worker_unwatch(struct worker *w, const struct port_queue *q);

/*
 * One turn over the ports that have shown frames lately; returns how many
 * frames were received.  The thread's loop calls it; so does the simulation,
 * which has no threads, with all ports marked by worker_mark.
 */
unsigned int worker_turn(struct worker *w, int64_t now_us);
void worker_mark(struct worker *w, unsigned int port);

/* Its messages to the main thread are in its forwarder's queues. */
struct forwarder *worker_forwarder(struct worker *w);

enum { WORKER_JOBS = 1024 }; /* packet-outs that may wait */

/* How many found no room. */
uint64_t worker_jobs_refused(const struct worker *w);
/* Main thread: a packet-out to carry out, to be woken for; false if there is no
 * room.  It comes back when it is done. */
bool worker_give(struct worker *w, struct packet_job *job);
struct packet_job *worker_take_done(struct worker *w); /* NULL: none */
/* How many it was ever given, and how many of these have left. */
uint64_t worker_jobs_given(const struct worker *w);
uint64_t worker_jobs_ended(const struct worker *w);

/* The number of its thread, gettid(2); 0 before worker_start. */
pid_t worker_thread(const struct worker *w);
/* For the watchdog: grows with every turn and every sleep. */
uint64_t worker_turns(const struct worker *w);

#endif
