/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address of a UNIX socket, for paths of any length: one that does not fit
 * (unix(7) has room for 107 bytes) is reached through its open directory.
 */
#ifndef BASE_UNIX_ADDRESS_H
#define BASE_UNIX_ADDRESS_H

#include <sys/un.h>

struct unix_address {
    struct sockaddr_un name; /* for bind and connect, with its whole size */
    int dir_fd;              /* keeps 'name' true; -1: not needed */
};

/* Returns 0; then unix_address_close is due after bind or connect.  -errno if
 * the directory cannot be opened, -ENAMETOOLONG if the file's name is too long
 * by itself. */
int unix_address_open(struct unix_address *a, const char *path);
void unix_address_close(struct unix_address *a);

#endif
