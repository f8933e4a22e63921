/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an OpenFlow peer is, or where it may come: the notation that Open
 * vSwitch made known.
 *
 *     tcp:HOST[:PORT]   ssl:HOST[:PORT]   unix:PATH     to call
 *     ptcp:PORT[:HOST]  pssl:PORT[:HOST]  punix:PATH    to be called
 *
 * HOST is an IPv4 address or an IPv6 address in brackets.  Names are refused:
 * to look one up takes a network, which may be the one that this switch is to
 * make, and would stop everything until a server answers.
 */
#ifndef BASE_TARGET_H
#define BASE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    TARGET_PORT = 6653, /* IANA's for OpenFlow, where none is written */
    TARGET_PATH_SIZE = 512,
    TARGET_TEXT_SIZE = TARGET_PATH_SIZE + 8,
    TARGET_WHY_SIZE = 200,
};

enum target_kind {
    TARGET_TCP,
    TARGET_SSL,
    TARGET_UNIX,
    TARGET_PTCP,
    TARGET_PSSL,
    TARGET_PUNIX,
};

struct target {
    enum target_kind kind;
    int family; /* AF_INET, AF_INET6; AF_UNIX: 'path' counts */
    uint8_t address[16];
    uint16_t port; /* host order */
    char path[TARGET_PATH_SIZE];
};

/* False: 'why' says what is wrong and what to write. */
bool target_parse(const char *text, struct target *t,
                  char why[TARGET_WHY_SIZE]);

/* As target_parse reads it, with the port and the host written out. */
void target_print(const struct target *t, char text[TARGET_TEXT_SIZE]);

bool target_is_equal(const struct target *a, const struct target *b);
bool target_is_passive(const struct target *t);
bool target_has_tls(const struct target *t);
/* True for an address of this host that never leaves it, and for a path. */
bool target_is_loopback(const struct target *t);

/* The address for connect and bind of those with a family of AF_INET or
 * AF_INET6; returns its size. */
socklen_t target_address(const struct target *t, struct sockaddr_storage *a);

#endif
