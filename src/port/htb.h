/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queues of a port: classes of the kernel's hierarchical token bucket.  A
 * frame goes to the one that its socket priority names (htb_priority).
 *
 * tc-htb(8), rtnetlink(7); Linux net/sched/sch_htb.c.
 */
#ifndef PORT_HTB_H
#define PORT_HTB_H

#include <stddef.h>
#include <stdint.h>

enum { HTB_QUEUE_MAX = 0xfff0 };

struct htb_queue {
    uint32_t id;                 /* OpenFlow's, 0 to HTB_QUEUE_MAX */
    uint64_t min_rate, max_rate; /* bits a second; 0: none, no limit */
};

struct htb_stats {
    uint64_t packets, bytes, drops;
};

/* What SO_PRIORITY must be for a frame to go to the queue. */
static inline uint32_t htb_priority(uint32_t queue_id)
{
    return 0x10000u + queue_id + 1;
}

/*
 * Makes these the device's queues, in the place of whatever queueing discipline
 * it has.  Queue 0, if there is one, is where frames go that name none.
 * Returns 0, or -errno and the device has none of ours.
 */
int htb_set(int ifindex, const struct htb_queue *queues, size_t count);
/* Gives the device its own queueing discipline back.  -ENOENT counts as done.
 */
int htb_remove(int ifindex);
/* -ENOENT: there is no such queue. */
int htb_get_stats(int ifindex, uint32_t queue_id, struct htb_stats *stats);

#endif
