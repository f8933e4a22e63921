/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sending side of the detour by lo that shield.h describes: for frames that
 * fit an MTU because their VLAN tags do not count, but are too large for a
 * packet socket, which grants one tag of 802.1Q and no other.
 */
#ifndef PORT_DETOUR_H
#define PORT_DETOUR_H

#include <stdbool.h>
#include <sys/socket.h>

/* Returns a socket for all ports and threads, or -errno. */
int detour_open(void);

/* Sends a message (its vnet header, and the frame) by the interface; false if
 * it was not taken. */
bool detour_send(int fd, int ifindex, const struct msghdr *message);

#endif
