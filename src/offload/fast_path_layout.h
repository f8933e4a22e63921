/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the switch and its programs in the kernel both map: arrays, written in
 * place.  fast_path.bpf.c is compiled for the kernel, fast_path.c for the
 * switch; the sizes and places here are the same for both.
 */
#ifndef OFFLOAD_FAST_PATH_LAYOUT_H
#define OFFLOAD_FAST_PATH_LAYOUT_H

#include <linux/types.h>

#include "offload/fast_path_key.h"
#include "offload/fast_path_steps.h"

enum {
    FAST_CPUS = 64,            /* those from here on take no part */
    FAST_PORTS = 256,          /* by datapath index */
    FAST_INTERFACES = 1 << 16, /* by ifindex; larger ones take no part */
    FAST_MACS = 1 << 15,
    FAST_MAC_WAYS = 4, /* places where an address may be */
    FAST_MASKS = 8,    /* sets of bits that flows are looked for by */
    FAST_FLOWS = 1 << 17,
    FAST_FLOW_WAYS = 4,
    FAST_LISTS = 1 << 12,  /* of steps, which flows share */
    FAST_STRIPES = 8,      /* of the flows' counters; CPUs share them */
    FAST_DROPS = 32,       /* enum drop_reason */
    FAST_RING_FULL = 1024, /* frames that wait: then it is not gone on with */
};

#define FAST_MAC_FREE (~0ull)

/* One for all. */
struct fast_control {
    /* Of the tables; a port's decision of another version does not hold. */
    __u32 version;
    __u32 mask_count;
    __u64 seed;                 /* of the hashes of addresses and flows */
    __u32 drop_edit, drop_full; /* enum drop_reason */
    union fast_key masks[FAST_MASKS];
};

struct fast_cpu {
    __u64 sequence; /* odd: a program is between its look and its end */
    __u64 jiffies;  /* 'now_ms' is of this one */
    __u64 now_ms;   /* CLOCK_MONOTONIC, to a jiffy */
    __u64 pad[5];
};

/* What is to be done with frames. */
enum fast_verdict {
    FAST_NORMAL,
    FAST_OUTPUT, /* to the port 'to' */
    FAST_DROP,   /* 'to' says why: enum drop_reason */
    FAST_STEPS,  /* those of the list 'to' */
};

enum fast_port_flags {
    FAST_PORT_IN = 1 << 0,   /* frames from there may go by the kernel */
    FAST_PORT_OUT = 1 << 1,  /* and to there: it is up, and may be sent to, */
    FAST_PORT_PEER = 1 << 2, /* ... at once to the other end of the veth */
};

enum fast_vlan_mode { FAST_VLAN_ALL, FAST_VLAN_ACCESS, FAST_VLAN_TRUNK };

struct fast_port {
    __u32 ifindex;
    __u32 number; /* OpenFlow's, network byte order */
    __u32 flags;  /* enum fast_port_flags */
    __u32 mtu;    /* bytes behind the Ethernet header */
    __u32 version;
    __u32 verdict, to; /* of all its frames, in that version */
    __u32 brake;     /* frames that need no ring are dropped till it is empty */
    __u32 guest_mtu; /* of a TAP: larger datagrams are no ring's; or 0 */
    __u32 pad;
    __u16 vlan_mode, access, native, pad2;
    /* Frames that the port's rings were given, and those of them that workers
     * are done with or the rings had no room for.  Equal: none waits, so one
     * that goes by the kernel overtakes none. */
    __u64 handed, done, missed;
    __u64 trunks[64];
};

struct fast_mac {
    __u64 key;    /* MAC << 12 | VLAN, or FAST_MAC_FREE */
    __u32 used_s; /* of CLOCK_MONOTONIC */
    __u32 port;
};

/* A verdict for frames whose key is this in the bits of that mask. */
struct fast_flow {
    union fast_key key;
    __u32 version; /* it holds in this one */
    __u8 mask, verdict;
    __u16 to;
    __u64 is_taken; /* of the switch's: the place is not free */
};

struct fast_flow_counts {
    __u64 frames, bytes;
};

/* What the kernel did with frames of a port, one for each CPU. */
struct fast_counts {
    __u64 rx_frames, rx_bytes;
    __u64 tx_frames, tx_bytes; /* that went out by it */
    __u64 forwarded;
    __u64 drops[FAST_DROPS];
    __u64 pad[3];
};

/* Of MAC << 12 | VLAN; where to look for it first. */
static inline __u32 fast_mac_place(__u64 seed, __u64 key)
{
    __u64 hash = (key ^ seed) * 0x9e3779b97f4a7c15ull;

    return (__u32)(hash >> 40) & (FAST_MACS - 1);
}

/*
 * The VLAN of a frame that came from there, 0 to 4095, or -1: it must not come
 * in.  'vid' is that of its tag, or 0.  IEEE 802.1Q-2018 8.6.
 */
static inline int fast_vlan_of(const struct fast_port *from, __u32 vid)
{
    __u32 vlan = vid;

    if (from->vlan_mode == FAST_VLAN_ALL)
        return (int)vlan;
    if (from->vlan_mode == FAST_VLAN_ACCESS)
        return vid ? -1 : from->access;
    if (!vlan)
        vlan = from->native;
    vlan &= 0xfff;
    if (from->trunks[vlan >> 6] >> (vlan & 63) & 1 ||
        (from->native && vlan == from->native))
        return (int)vlan;
    return -1;
}

/* Whether frames of this VLAN leave by the port: -1: they do not; 1: with a
 * tag; 0: without. */
static inline int fast_vlan_tag(const struct fast_port *to, __u32 vlan)
{
    vlan &= 0xfff;
    if (to->vlan_mode == FAST_VLAN_ALL)
        return vlan != 0;
    if (to->vlan_mode == FAST_VLAN_ACCESS)
        return vlan == to->access ? 0 : -1;
    if (to->native && vlan == to->native)
        return 0;
    if (to->trunks[vlan >> 6] >> (vlan & 63) & 1)
        return vlan != 0;
    return -1;
}

#endif
