/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The datapath as the main thread handles it: ports, tables and workers.
 *
 * The main thread alone calls these functions.  What workers may be reading is
 * retired, so call retire_flush (base/retire.h) once a turn of the main loop.
 */
#ifndef DATAPATH_DATAPATH_H
#define DATAPATH_DATAPATH_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "datapath/kernel_path.h"
#include "datapath/learn_requester.h"
#include "datapath/pipeline.h"
#include "datapath/ports.h"
#include "datapath/upcall.h"
#include "table/flow_table.h"
#include "table/group_table.h"
#include "table/mac_table.h"
#include "table/meter_table.h"

struct datapath_options {
    unsigned int workers; /* 1 to WORKERS_MAX */
    size_t flow_cache;    /* entries a worker, a power of two */
    unsigned int busy_poll_us;
    size_t mac_table_size;
    uint32_t mac_aging_s;
    bool forwards_bpdu;
    /* Called by a worker's thread when there is something for
     * datapath_take_news. */
    void (*wake)(void *context);
    void *wake_context;
    /* Called when a learn action has found something: 'l' is borrowed until it
     * returns, and then the tables have what it teaches.  NULL: it is lost. */
    void (*learn)(void *context, const struct learn_request *l, int64_t now_ms);
    void *learn_context;
    /* What a worker's thread does first, for good; NULL: nothing.  Returns 0
     * or -errno, and then datapath_start fails. */
    int (*begin_thread)(void);
    struct fast_path *fast_path; /* NULL: the kernel takes no part; borrowed */
};

struct datapath;
struct worker;

/* NULL if out of memory or of file descriptors. */
struct datapath *datapath_create(const struct datapath_options *o,
                                 int64_t now_ms);
void datapath_free(struct datapath *d);

/* Starts the workers' threads.  Returns 0 or -errno. */
int datapath_start(struct datapath *d);
/* Ends them and waits for it. */
void datapath_stop(struct datapath *d);

/*
 * The CPUs that the workers' threads may run on, each on all of them, from now
 * on; an empty set: all that the calling thread may run on.  After
 * datapath_start.  Returns 0 or -errno.
 */
int datapath_set_cpus(struct datapath *d, const cpu_set_t *cpus);

/* How many count: the workers, and the kernel where it takes part. */
unsigned int datapath_owners(const struct datapath *d);
/* The kernel's part, or NULL. */
const struct kernel_path *datapath_kernel(const struct datapath *d);
/* Counters are up to date with what the kernel has forwarded by now. */
void datapath_gather(struct datapath *d, int64_t now_ms);

/* Leaves to the kernel what can be left to it, and counts what it has done;
 * call it a few times a second. */
void datapath_tick(struct datapath *d, int64_t now_ms);
/* Whether there is more to leave to the kernel than a tick should wait for: the
 * tables have changed, or workers have shown flows; and does so.  Call it some
 * milliseconds after it became true. */
bool datapath_kernel_waits(const struct datapath *d);
void datapath_follow(struct datapath *d, int64_t now_ms);

unsigned int datapath_workers(const struct datapath *d);
/* Borrowed. */
struct worker *datapath_worker(const struct datapath *d, unsigned int index);
/* Grows as worker 'index' turns or sleeps and wakes; see datapath_prod. */
uint64_t datapath_turns(const struct datapath *d, unsigned int index);
/* The number of its thread, gettid(2); 0 before datapath_start. */
pid_t datapath_thread(const struct datapath *d, unsigned int index);
/* Wakes all workers, so that one that does not turn after it is stuck. */
void datapath_prod(struct datapath *d);

/* Waits for all workers, and releases what they held: retire_finish, but takes
 * meanwhile what learn actions have found, for which a worker may wait. */
void datapath_finish(struct datapath *d);

struct flow_tables *datapath_tables(struct datapath *d);
struct group_table *datapath_groups(const struct datapath *d);
struct meter_table *datapath_meters(const struct datapath *d);
struct mac_table *datapath_mac_table(struct datapath *d);
const struct ports *datapath_ports(const struct datapath *d);
/* What workers decide from, for `trace`. */
const struct pipeline *datapath_pipeline(const struct datapath *d);

/*
 * Adds the port, or replaces what is under its index: workers follow at once,
 * and look at its queues.  To close old queues: publish the port without them,
 * retire_flush, then close.  Returns 0 or -errno.
 */
int datapath_set_port(struct datapath *d, const struct datapath_port *port);
void datapath_remove_port(struct datapath *d, unsigned int index);

/* Changes while frames flow; learned addresses are kept as far as they fit. */
int datapath_set_mac_limits(struct datapath *d, size_t size, uint32_t aging_s);
void datapath_set_forwards_bpdu(struct datapath *d, bool forwards_bpdu);

/* What learning an address meant. */
struct mac_learned {
    enum mac_news news;
    uint64_t mac;
    uint16_t vlan;
    unsigned int port;
    /* It was not learned: it is the host's own, at this port.  Else NULL. */
    const struct datapath_port *owner;
};

/* Callbacks for the workers' news; each may be NULL. */
struct datapath_news {
    /* New and moved addresses. */
    void (*learned)(void *context, const struct mac_learned *l);
    /* A frame, by its addressee; borrowed until the function returns. */
    void (*upcall[UPCALL_ADDRESSEES])(void *context, struct upcall *u);
    void *context;
};

/* Learns that 'mac' is at the port 'index', if that is there and the address is
 * not the host's own at another one. */
struct mac_learned datapath_learn(struct datapath *d, uint64_t mac,
                                  uint16_t vlan, unsigned int index,
                                  uint32_t used_s);

/* Takes what workers have put in their queues, at most 'max'.  Returns how
 * many it took; 'max' means that there may be more.  A learn request, which
 * changes the tables, counts for LEARN_WEIGHT. */
enum { LEARN_WEIGHT = 16 };
size_t datapath_take_news(struct datapath *d, int64_t now_ms, size_t max,
                          const struct datapath_news *news);

/*
 * Hands a packet-out, made with malloc, to a worker.  Returns 0 and it is taken
 * over, or -ENOBUFS: there are too many, it is still the caller's.
 */
int datapath_packet_out(struct datapath *d, struct packet_job *job);

/*
 * A barrier is over when every worker follows the tables as they were when it
 * began, and the packet-outs handed over before it have left.
 */
struct datapath_barrier {
    uint64_t grace_period, jobs;
    struct kernel_fence kernel;
};
struct datapath_barrier datapath_barrier_begin(const struct datapath *d);
bool datapath_barrier_is_over(const struct datapath *d,
                              const struct datapath_barrier *b);
/* Waits for it for half a millisecond at most: workers end their turns sooner,
 * unless others have their CPU.  Returns whether it is over. */
bool datapath_barrier_wait(struct datapath *d,
                           const struct datapath_barrier *b);

/* Whether a frame that no entry matches is for the controller. */
void datapath_set_misses_go_to_controller(struct datapath *d, bool do_they);

/* What becomes of fragments; not SWITCH_FRAGS_REASSEMBLE.  At first NORMAL. */
void datapath_set_frags(struct datapath *d, enum switch_frags frags);
enum switch_frags datapath_frags(const struct datapath *d);

/* For the simulation, which has no threads: a turn of each worker over all
 * ports; returns the frames received. */
unsigned int datapath_turn(struct datapath *d, int64_t now_us);

#endif
