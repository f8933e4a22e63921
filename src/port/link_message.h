/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says about one interface, rtnetlink message to struct link.
 *
 * rtnetlink(7), RTM_NEWLINK.
 */
#ifndef PORT_LINK_MESSAGE_H
#define PORT_LINK_MESSAGE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>

#include "port/link.h"

/*
 * Returns false if the message, which lies whole in memory, does not describe
 * an interface: it is malformed, or it is the kernel's bridge or a wireless
 * driver talking about a part of one.
 */
bool link_message_read(const struct nlmsghdr *message, struct link *link);

#endif
