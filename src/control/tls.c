/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef HAVE_OPENSSL

struct tls *tls_create(const struct tls_keys *keys, char *error,
                       size_t error_size)
{
    (void)keys;
    snprintf(error, error_size, "%s",
             "this flowbridge was built without OpenSSL; use tcp: and ptcp:");
    return NULL;
}

void tls_free(struct tls *t)
{
    (void)t;
}

struct tls_session *tls_session_create(struct tls *t, int fd, bool is_server)
{
    (void)t;
    (void)fd;
    (void)is_server;
    return NULL;
}

void tls_session_free(struct tls_session *s)
{
    (void)s;
}

bool tls_session_wants_write(const struct tls_session *s)
{
    (void)s;
    return false;
}

int tls_session_handshake(struct tls_session *s)
{
    (void)s;
    return -EOPNOTSUPP;
}

ssize_t tls_session_read(struct tls_session *s, void *bytes, size_t size)
{
    (void)s;
    (void)bytes;
    (void)size;
    return -EOPNOTSUPP;
}

ssize_t tls_session_write(struct tls_session *s, const void *bytes, size_t size)
{
    (void)s;
    (void)bytes;
    (void)size;
    return -EOPNOTSUPP;
}

const char *tls_session_error(const struct tls_session *s)
{
    (void)s;
    return "built without OpenSSL";
}

#else

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct tls {
    SSL_CTX *context;
};

struct tls_session {
    SSL *ssl;
    bool wants_write;
    char error[160];
};

/* OpenSSL's own words for what went wrong first, and its queue is empty then.
 */
static void take_reason(char *text, size_t size)
{
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    if (code && ERR_SYSTEM_ERROR(code))
        reason = strerror(ERR_GET_REASON(code));
    snprintf(text, size, "%s", reason ? reason : "unknown");
    ERR_clear_error();
}

static bool load(SSL_CTX *context, const struct tls_keys *keys, char *error,
                 size_t error_size)
{
    const char *path = keys->certificate;
    STACK_OF(X509_NAME) * authorities;
    char reason[128];

    if (SSL_CTX_use_certificate_chain_file(context, path) != 1)
        goto refuse;
    path = keys->private_key;
    if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        goto refuse;
    path = keys->ca_certificate;
    if (SSL_CTX_load_verify_file(context, path) != 1)
        goto refuse;
    authorities = SSL_load_client_CA_file(path);
    if (!authorities)
        goto refuse;
    SSL_CTX_set_client_CA_list(context, authorities);
    return true;

refuse:
    take_reason(reason, sizeof(reason));
    snprintf(error, error_size, "%s: %s", path, reason);
    return false;
}

struct tls *tls_create(const struct tls_keys *keys, char *error,
                       size_t error_size)
{
    struct tls *t = calloc(1, sizeof(*t));

    ERR_clear_error();
    if (t)
        t->context = SSL_CTX_new(TLS_method());
    if (!t || !t->context) {
        snprintf(error, error_size, "%s", "out of memory");
        free(t);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
    SSL_CTX_set_verify(t->context,
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_mode(t->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(t->context, SSL_SESS_CACHE_OFF);
    if (load(t->context, keys, error, error_size))
        return t;
    tls_free(t);
    return NULL;
}

void tls_free(struct tls *t)
{
    if (!t)
        return;
    SSL_CTX_free(t->context);
    free(t);
}

struct tls_session *tls_session_create(struct tls *t, int fd, bool is_server)
{
    struct tls_session *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->ssl = SSL_new(t->context);
    if (!s->ssl || SSL_set_fd(s->ssl, fd) != 1) {
        tls_session_free(s);
        return NULL;
    }
    if (is_server)
        SSL_set_accept_state(s->ssl);
    else
        SSL_set_connect_state(s->ssl);
    return s;
}

void tls_session_free(struct tls_session *s)
{
    if (!s)
        return;
    /* Tells the peer, as far as that goes without waiting. */
    if (s->ssl && SSL_is_init_finished(s->ssl) && !*s->error)
        SSL_shutdown(s->ssl);
    SSL_free(s->ssl);
    ERR_clear_error();
    free(s);
}

bool tls_session_wants_write(const struct tls_session *s)
{
    return s->wants_write;
}

/* What a call that returned 'result' means, as -errno; 0: the end. */
static int result_of(struct tls_session *s, int result)
{
    int error = SSL_get_error(s->ssl, result);
    int number = errno;

    s->wants_write = error == SSL_ERROR_WANT_WRITE;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return -EAGAIN;
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    if (error == SSL_ERROR_SYSCALL && !ERR_peek_error() && number) {
        snprintf(s->error, sizeof(s->error), "%s", strerror(number));
        return -number;
    }
    take_reason(s->error, sizeof(s->error));
    if (SSL_get_verify_result(s->ssl) != X509_V_OK)
        snprintf(s->error, sizeof(s->error), "%s",
                 X509_verify_cert_error_string(SSL_get_verify_result(s->ssl)));
    return -EPROTO;
}

int tls_session_handshake(struct tls_session *s)
{
    int result;

    ERR_clear_error();
    errno = 0;
    result = SSL_do_handshake(s->ssl);
    if (result == 1)
        return 0;
    result = result_of(s, result);
    if (result == 0) {
        snprintf(s->error, sizeof(s->error), "%s", strerror(ECONNRESET));
        return -ECONNRESET;
    }
    return result;
}

static int bounded(size_t size)
{
    return size < INT_MAX ? (int)size : INT_MAX;
}

ssize_t tls_session_read(struct tls_session *s, void *bytes, size_t size)
{
    int result;

    ERR_clear_error();
    errno = 0;
    result = SSL_read(s->ssl, bytes, bounded(size));
    return result > 0 ? result : result_of(s, result);
}

ssize_t tls_session_write(struct tls_session *s, const void *bytes, size_t size)
{
    int result;

    ERR_clear_error();
    errno = 0;
    result = SSL_write(s->ssl, bytes, bounded(size));
    if (result > 0)
        return result;
    result = result_of(s, result);
    return result ? result : -EPIPE;
}

const char *tls_session_error(const struct tls_session *s)
{
    return s->error;
}

#endif
