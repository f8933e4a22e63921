/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever the attributes of a message about an interface are, nothing is read
 * beyond it, and what is taken for an interface has a name and a number.
 *
 * The first bytes are struct ifinfomsg, then come attributes.
 */
#include "port/link_message.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t whole = sizeof(struct nlmsghdr) + size;
    struct nlmsghdr *message = malloc(whole); /* of its own size, for ASan */
    struct link link;

    if (!message)
        return 0;
    *message = (struct nlmsghdr){.nlmsg_len = (uint32_t)whole,
                                 .nlmsg_type = RTM_NEWLINK};
    memcpy(message + 1, bytes, size);
    if (link_message_read(message, &link) &&
        (link.ifindex <= 0 || !link.name[0] ||
         strnlen(link.name, sizeof(link.name)) == sizeof(link.name)))
        abort();
    free(message);
    return 0;
}
