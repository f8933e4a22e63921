/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device side of TAPs, for tap.c: what there is under a name, and files of
 * /dev/net/tun that are attached to it.
 */
#ifndef PORT_TAP_DEVICE_H
#define PORT_TAP_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "port/link.h"

struct nlmsghdr;

struct tap_device {
    int ifindex;
    char name[LINK_NAME_SIZE];
    char alias[64]; /* empty also if it is longer */
    uid_t owner;    /* -1: none */
    gid_t group;
    bool is_held; /* somebody has its file, so it has carrier */
    bool is_tap;
    bool is_multi_queue;
    bool is_persistent;
    uint32_t queues;     /* that are held; known of multi-queue ones only */
    uint64_t tx_dropped; /* by the kernel, before anybody could read them */
};

/* Reads an RTM_NEWLINK. */
void tap_device_read(const struct nlmsghdr *message, struct tap_device *d);

/* Looks up an interface of any kind, by name.  Returns 0, or -errno; -ENODEV if
 * there is none. */
int tap_device_look(const char *name, struct tap_device *d);
/* The same of an interface that may be in another namespace. */
int tap_device_look_there(const struct link *link, struct tap_device *d);

/*
 * Takes a file and attaches it to the device 'name' (TUNSETIFF with 'flags'),
 * which makes one that is not there.  Returns the file, non-blocking, or
 * -errno.
 */
int tap_device_attach(const char *name, short flags);

/*
 * Puts a file that is attached to nothing, for its device was deleted, back
 * into the stock if that has room, or closes it.
 */
void tap_device_give_back(int fd);

/*
 * /dev/net/tun files kept from the time when the process was still allowed to
 * open it; when it no longer is, making a TAP takes one, and so does each queue
 * of tap_open, on any thread.  The files of a queue that died come back when it
 * is closed, by which time no epoll may have them any more.  Main thread only,
 * while no other takes any.  Returns how many are there now, or -errno and
 * those that are there stay.
 */
int tap_stock_fill(unsigned int count);
void tap_stock_empty(void);

#endif
