/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS for streams to controllers: both sides show a certificate that the
 * ca-certificate has signed.  Names are not checked, as in Open vSwitch: a peer
 * with such a certificate belongs to this network.
 *
 * Knows no event loop: each call says what it waits for.  Without OpenSSL
 * tls_create fails and says so.
 */
#ifndef CONTROL_TLS_H
#define CONTROL_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The paths of PEM files. */
struct tls_keys {
    const char *private_key, *certificate, *ca_certificate;
};

struct tls;
struct tls_session;

/* NULL: 'error' says which file is wrong, and why. */
struct tls *tls_create(const struct tls_keys *keys, char *error,
                       size_t error_size);
/* Sessions that are there go on. */
void tls_free(struct tls *t);

/* 'fd' is non-blocking and stays the caller's.  NULL if out of memory. */
struct tls_session *tls_session_create(struct tls *t, int fd, bool is_server);
void tls_session_free(struct tls_session *s);

/* What a call that returned -EAGAIN waits for. */
bool tls_session_wants_write(const struct tls_session *s);

/* 0: done; -EAGAIN, or another -errno and tls_session_error says more. */
int tls_session_handshake(struct tls_session *s);
/* As recv and send, but -errno; 0: the peer has ended it. */
ssize_t tls_session_read(struct tls_session *s, void *bytes, size_t size);
ssize_t tls_session_write(struct tls_session *s, const void *bytes,
                          size_t size);
/* Why the last call failed; borrowed. */
const char *tls_session_error(const struct tls_session *s);

#endif
