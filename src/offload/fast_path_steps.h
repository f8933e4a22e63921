/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel does with a plain frame (offload/fast_path_key.h), step by
 * step.  Its VLAN tag is not among its bytes, so each header has one place.
 */
#ifndef OFFLOAD_FAST_PATH_STEPS_H
#define OFFLOAD_FAST_PATH_STEPS_H

#include <linux/types.h>

enum { FAST_STEPS_MAX = 8 };

enum fast_step_kind {
    FAST_STEP_OUTPUT,   /* to 'port', by its index */
    FAST_STEP_SET,      /* bytes */
    FAST_STEP_DEC_TTL,  /* of a frame whose TTL is high enough */
    FAST_STEP_PUSH_TAG, /* 802.1Q with 'value' as TCI, on a frame without */
    FAST_STEP_POP_TAG,  /* of a frame that has one */
    FAST_STEP_SET_TAG,  /* its TCI */
};

enum fast_step_sums {
    FAST_SUM_IP = 1,     /* the bytes are in the IPv4 header checksum */
    FAST_SUM_L4 = 2,     /* and in that of TCP or UDP */
    FAST_SUM_PSEUDO = 4, /* the same, by way of the pseudo-header */
};

/* Value and mask are as in the frame, from the left; but those of a TCI are
 * numbers. */
struct fast_step {
    __u16 kind;
    __u8 offset, size; /* 2, 4 or 6 bytes; where there are sums, at an even
                          offset, and not 6 */
    __u16 sums;
    __u16 port;
    __u8 value[8], mask[8];
};

struct fast_steps {
    __u32 count, pad;
    struct fast_step step[FAST_STEPS_MAX];
};

#endif
