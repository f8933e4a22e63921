/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TAPs that others hold, virtual machines: made for them, persistent, and used
 * here through packet_ring.  Who may open one, how many queues it can have, and
 * whether it is one that a switch of this name made, which its alias says: so a
 * switch knows it again after it was killed, too.
 *
 * Linux drivers/net/tun.c: TUNSETOWNER, TUNSETGROUP, IFF_MULTI_QUEUE.
 */
#ifndef PORT_GUEST_TAP_H
#define PORT_GUEST_TAP_H

#include <stdbool.h>
#include <sys/types.h>

/* What a TAP is to be. */
struct guest_tap_plan {
    /* -1: anybody of the other; both -1: only root, or as it is if it is not
     * ours. */
    uid_t owner;
    gid_t group;
    /* Of a guest; more than 1: it must open it with IFF_MULTI_QUEUE; 0: 1, or
     * as it is if it is not ours. */
    unsigned int queues;
    const char *mark; /* its alias, if it is ours */
};

/* Makes it, so that it stays until it is removed; a TAP that is there already
 * is left as it is.  Returns 0, or -errno: -EEXIST, another interface has the
 * name. */
int guest_tap_make(const char *name, const struct guest_tap_plan *plan);

/*
 * Puts the plan in force at a TAP that is there, and says whether it is ours.
 * Returns 0 if it is as planned now, or -errno: -EBUSY, a guest holds it;
 * -EEXIST, the kernel cannot change it so and it is not ours, so that it is not
 * made again; -EAGAIN, it was removed, and must be made again.
 */
int guest_tap_adopt(const char *name, const struct guest_tap_plan *plan,
                    bool *is_ours);
/* What guest_tap_adopt would say, -EAGAIN as 0; changes nothing.  0 also if
 * there is no TAP of this name. */
int guest_tap_check(const char *name, const struct guest_tap_plan *plan);

/* Takes away a TAP.  Returns 0 or -errno: -ENODEV, it is gone already; -EBUSY,
 * somebody holds it, and it stays; -EEXIST, it is no TAP. */
int guest_tap_remove(const char *name);

/* Calls 'visit' with the name of each TAP that has this mark.  Returns 0 or
 * -errno. */
int guest_tap_each(const char *mark,
                   void (*visit)(void *context, const char *name),
                   void *context);

#endif
