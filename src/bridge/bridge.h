/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bridge: its ports and tables as the configuration says, and the way from
 * one configuration to the next by the difference alone.
 *
 * It knows no event loop and reads no clock: its caller (the daemon, the
 * simulation) tells it the events and the time.  Main thread only.
 */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include "bridge/flow_load.h"
#include "bridge/of_agent.h"

struct bridge;

struct bridge_options {
    const struct device_ops *ops;
    void *ops_context;
    struct job_pool *jobs; /* of the ports; bridge_take_news takes their ends */
    unsigned int workers;  /* with "auto" resolved */
    void (*wake)(void *context); /* called by workers; see datapath.h */
    void *wake_context;
    int (*begin_thread)(void); /* of each worker; see datapath.h */
    const struct link *(*find_link)(void *context, const char *name);
    /* May be NULL: asks the kernel, which may have told nothing of it. */
    const struct link *(*ask_link)(void *context, const char *name);
    /* May be NULL: reads the kernel's news so far, which come back by
     * bridge_link_changed. */
    void (*follow_links)(void *context);
    void *link_context; /* of all three */
    struct of_transports openflow;
    struct fast_path *fast_path; /* NULL: the kernel takes no part; borrowed */
};

/* Takes 'config' over.  NULL if out of memory or of file descriptors, and then
 * 'config' is still the caller's. */
struct bridge *bridge_create(struct config *config,
                             const struct bridge_options *o, int64_t now_ms);
void bridge_free(struct bridge *b, int64_t now_ms);

/* Opens the ports that can be opened, says which cannot, and calls the
 * controllers. */
void bridge_start(struct bridge *b, int64_t now_ms);
/* Once, after that, and after state_keeper_restore where state is kept: loads
 * the file of flows. */
void bridge_load_flows(struct bridge *b, int64_t now_ms);

/* Starts the threads that forward, on the CPUs that the configuration names.
 * Returns 0 or -errno. */
int bridge_start_workers(struct bridge *b);

/* At the start and the end: returns when each port is open or failed, as the
 * interfaces are by now. */
void bridge_settle(struct bridge *b, int64_t now_ms);

/* Whether no port has anything under way: each is open, failed or away. */
bool bridge_is_settled(const struct bridge *b);

/* To be called for every interface that comes, changes or goes; and when some
 * have been told, so that controllers hear of it. */
void bridge_link_changed(struct bridge *b, const struct link *link,
                         bool is_gone, int64_t now_ms);
void bridge_links_told(struct bridge *b, int64_t now_ms);

/* Takes the news of jobs and workers, and removes the entries whose time is up
 * from the tables, a bounded share of each; true if there may be more. */
bool bridge_take_news(struct bridge *b, int64_t now_ms);

/* The same with ageing and retries; call every BRIDGE_TICK_MS.  With a tick of
 * the timer wheel's it is how late an entry may go: 0.1 s. */
enum { BRIDGE_TICK_MS = 50 };
bool bridge_tick(struct bridge *b, int64_t now_ms);

/* Goes over to 'config', which it takes over, by the difference alone.  Values
 * that only a restart can change stay as they are. */
struct flow_load_counts bridge_reload(struct bridge *b, struct config *config,
                                      int64_t now_ms);

/* A peer has connected to one of our listeners; takes the stream over. */
void bridge_incoming(struct bridge *b, const struct incoming_connection *a,
                     int64_t now_ms);

const struct config *bridge_config(const struct bridge *b);
struct datapath *bridge_datapath(const struct bridge *b);
uint64_t bridge_datapath_id(const struct bridge *b);

struct of_agent *bridge_openflow(const struct bridge *b);

const struct port_set *bridge_ports(const struct bridge *b);
/* The file of flows as it was loaded last. */
const struct flow_file *bridge_flows(const struct bridge *b);

#endif
