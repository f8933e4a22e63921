/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the switch and its programs in the kernel both map: arrays, written in
 * place.  fast_path.bpf.c is compiled for the kernel, fast_path.c for the
 * switch; the sizes and places here are the same for both.
 */
#ifndef OFFLOAD_FAST_PATH_LAYOUT_H
#define OFFLOAD_FAST_PATH_LAYOUT_H

#include <linux/types.h>

enum {
    FAST_CPUS = 64,            /* those from here on take no part */
    FAST_PORTS = 256,          /* by datapath index */
    FAST_INTERFACES = 1 << 16, /* by ifindex; larger ones take no part */
    FAST_MACS = 1 << 15,
    FAST_MAC_WAYS = 4, /* places where an address may be */
};

#define FAST_MAC_FREE (~0ull)

/* One for all. */
struct fast_control {
    /* Of the tables; a port's decision of another version does not hold. */
    __u32 version;
    __u32 pad;
    __u64 seed; /* of the addresses' hash */
};

struct fast_cpu {
    __u64 sequence; /* odd: a program is between its look and its end */
    __u64 jiffies;  /* 'now_ms' is of this one */
    __u64 now_ms;   /* CLOCK_MONOTONIC, to a jiffy */
    __u64 pad[5];
};

/* What is to be done with all frames of a port. */
enum fast_verdict {
    FAST_NORMAL,
    FAST_OUTPUT, /* to the port 'to' */
};

enum fast_port_flags {
    FAST_PORT_IN = 1 << 0,  /* frames from there may go by the kernel */
    FAST_PORT_OUT = 1 << 1, /* and to there: it is up, and may be sent to */
};

enum fast_vlan_mode { FAST_VLAN_ALL, FAST_VLAN_ACCESS, FAST_VLAN_TRUNK };

struct fast_port {
    __u32 ifindex;
    __u32 flags; /* enum fast_port_flags */
    __u32 mtu;   /* bytes behind the Ethernet header */
    __u32 version;
    __u32 verdict, to;
    __u16 vlan_mode, access, native, pad;
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

/* What the kernel did with frames of a port, one for each CPU. */
struct fast_counts {
    __u64 rx_frames, rx_bytes;
    __u64 tx_frames, tx_bytes; /* that went out by it */
    __u64 forwarded;
    __u64 dropped; /* an edit failed */
    __u64 pad[2];
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
