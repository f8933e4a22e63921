/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel as one more that forwards: what is left to it, what it has
 * counted, and when it has let go of what was before.  The programs are
 * fast_path.bpf.c; all tables are arrays that both map, so once it is created
 * nothing here asks the kernel.
 *
 * A port's frames go by the kernel while the port says so, a verdict for all
 * frames of the port holds for the version of the tables, and no frame of the
 * port waits in a ring.  All else reaches the rings.  Main thread only,
 * but for fast_path_done.
 */
#ifndef OFFLOAD_FAST_PATH_H
#define OFFLOAD_FAST_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/drop.h"
#include "flow/vlan.h"
#include "offload/fast_path_steps.h"

struct fast_path;

enum {
    FAST_PATH_ERROR_SIZE = 256,
    FAST_PATH_CPUS = 64,
    FAST_PATH_FLOWS = 1 << 17,
    FAST_PATH_KEY_WORDS = 6, /* of struct flow_key */
};

/* Loads the programs, which takes CAP_BPF and CAP_PERFMON beside CAP_NET_ADMIN,
 * and some 0.1 s.  NULL, and 'error' is one line that says what is missing. */
struct fast_path *fast_path_create(char error[FAST_PATH_ERROR_SIZE]);
/* Ports are closed. */
void fast_path_free(struct fast_path *f);

/* The programs, for port/program.h: the filter of a ring, and that of the
 * port's ingress, which is to be there first and to go last. */
int fast_path_ring_program(const struct fast_path *f);
int fast_path_port_program(const struct fast_path *f);

/* Where the workers count what they are done with of a port's rings; any
 * thread. */
uint64_t *fast_path_done(struct fast_path *f, unsigned int port);

/* The interface of a port that has the programs, or has them no more.  Any
 * thread, before they are attached and after they were detached.  'guest_mtu'
 * is for port/refused.h, whose filter the ring cannot have as well: larger UDP
 * datagrams are kept from it; 0: none are. */
void fast_path_set_interface(struct fast_path *f, unsigned int port,
                             int ifindex, bool is_there, uint32_t guest_mtu);

/* The version of the tables: what was left to the kernel for another one does
 * not hold from here on. */
void fast_path_set_version(struct fast_path *f, uint32_t version);

/* What may go in and out by a port; behind a fence and before
 * fast_path_leave. */
struct fast_path_port {
    int ifindex;
    uint32_t number;   /* OpenFlow's */
    bool takes, sends; /* frames from there, to there */
    bool goes_to_peer; /* of a veth, whose other namespace gets it at once */
    uint32_t mtu;
    struct vlan_membership vlan;
};
void fast_path_set_port(struct fast_path *f, unsigned int port,
                        const struct fast_path_port *p);

/* What the kernel is to do with frames. */
struct fast_path_verdict {
    enum {
        FAST_PATH_NORMAL,
        FAST_PATH_OUTPUT, /* to the port with the index 'to' */
        FAST_PATH_DROP,   /* for the reason 'to' */
        FAST_PATH_STEPS,  /* of flows alone */
    } kind;
    unsigned int to;
    const struct fast_steps *steps;
};

/* Leaves all frames of the port to the kernel. */
void fast_path_leave(struct fast_path *f, unsigned int port,
                     const struct fast_path_verdict *v);

/*
 * Leaves plain frames (offload/fast_path_key.h) whose key is the same in the
 * bits of 'mask' to the kernel; both are FAST_PATH_KEY_WORDS words.  Returns
 * the flow's number, below FAST_PATH_FLOWS, or -1 if there is no place for it.
 */
int fast_path_add_flow(struct fast_path *f, const uint64_t *key,
                       const uint64_t *mask, const struct fast_path_verdict *v);
/* The flow of the tables' version that the key belongs to, or -1. */
int fast_path_find_flow(const struct fast_path *f, const uint64_t *key);
/* The key and the mask that a flow is found by. */
void fast_path_flow_key(const struct fast_path *f, unsigned int flow,
                        uint64_t *key, uint64_t *mask);
/* The kernel does not find it any more. */
void fast_path_hide_flow(struct fast_path *f, unsigned int flow);
/* Behind a fence: its number may be given to another. */
void fast_path_release_flow(struct fast_path *f, unsigned int flow);
/* The same for the masks and steps, once there are no flows. */
void fast_path_release_shared(struct fast_path *f);

/* What was counted under that number, all in all. */
struct fast_path_flow_counts {
    uint64_t frames, bytes;
};
struct fast_path_flow_counts fast_path_flow_counts(const struct fast_path *f,
                                                   unsigned int flow);

/* Frames that the port's rings had no room for, all in all. */
void fast_path_set_missed(struct fast_path *f, unsigned int port,
                          uint64_t missed);

/* Learned addresses: MAC << 12 | VLAN.  One that has no place is not known to
 * the kernel. */
void fast_path_learn(struct fast_path *f, uint64_t key, unsigned int port,
                     uint32_t used_s);
void fast_path_forget(struct fast_path *f, uint64_t key);
void fast_path_forget_all(struct fast_path *f);
/* When the kernel saw each last, in s of CLOCK_MONOTONIC. */
void fast_path_each_mac(const struct fast_path *f,
                        void (*visit)(void *context, uint64_t key,
                                      unsigned int port, uint32_t used_s),
                        void *context);

/* A point in time, and whether each CPU has gone past it. */
struct fast_path_fence {
    uint64_t sequence[FAST_PATH_CPUS]; /* 0: it was past it already */
};
void fast_path_fence(const struct fast_path *f, struct fast_path_fence *fence);
bool fast_path_is_past(const struct fast_path *f,
                       const struct fast_path_fence *fence);

/* What the kernel has done with frames of a port, all in all. */
struct fast_path_counts {
    uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes, forwarded;
    uint64_t drops[DROP_REASON_COUNT];
};
struct fast_path_counts fast_path_counts(const struct fast_path *f,
                                         unsigned int port);

#endif
