/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams over real sockets: whole messages arrive whatever the cuts, a length
 * that cannot be ends the stream, a queue that nobody reads has an end, and
 * with TLS only who shows the right certificate is heard.
 */
#include "control/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/listener.h"
#include "tests/unit/test.h"

#ifdef HAVE_OPENSSL
#include <fcntl.h>
#include <openssl/ssl.h>

#include "tests/unit/certificates.h"
#endif

enum {
    WAIT_S = 10,
    LISTENER = 3,
    SLOW_MS = 2, /* what a message takes that asks for much work */
};

/* What one end has seen. */
struct end {
    struct stream *stream;
    bool is_open, is_closed, answers, gives_up, is_slow;
    unsigned int messages;
    size_t bytes;
    uint8_t first[64];
    char why[STREAM_ERROR_SIZE];
};

static struct {
    struct ev_loop *loop;
    struct end here, there; /* who called, who was called */
    struct listener *listener;
    struct tls *server_keys; /* of the listener */
} lab;

static void on_opened(void *context, int64_t now_ms)
{
    (void)now_ms;
    ((struct end *)context)->is_open = true;
}

static bool on_message(void *context, const struct of_message *m,
                       int64_t now_ms)
{
    struct end *e = context;
    const uint8_t *bytes = m->whole.next;
    size_t size = m->whole.left;

    (void)now_ms;
    if (!e->messages++)
        memcpy(e->first, bytes, size < sizeof(e->first) ? size : 64);
    e->bytes += size;
    if (e->answers)
        assert_true(stream_send(e->stream, bytes, size));
    for (int64_t begun_ms = clock_monotonic_ms();
         e->is_slow && clock_monotonic_ms() < begun_ms + SLOW_MS;)
        ;
    return !e->gives_up;
}

static void on_closed(void *context, const char *why, int64_t now_ms)
{
    struct end *e = context;

    (void)now_ms;
    e->is_closed = true;
    e->stream = NULL;
    snprintf(e->why, sizeof(e->why), "%s", why);
}

static void own(struct end *e, struct stream *stream)
{
    e->stream = stream;
    stream->owner = (struct stream_owner){
        .opened = on_opened,
        .message = on_message,
        .closed = on_closed,
        .context = e,
    };
}

static void on_incoming(void *context, const struct incoming_connection *a)
{
    (void)context;
    assert_int_equal(a->listener, LISTENER);
    own(&lab.there, a->stream);
}

static void on_late(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    *(bool *)timer->data = true;
}

/* Runs the loop until 'flag' is true; false if that takes too long. */
static bool run_until(const bool *flag)
{
    bool is_late = false;
    ev_timer late;

    ev_timer_init(&late, on_late, WAIT_S, 0);
    late.data = &is_late;
    ev_timer_start(lab.loop, &late);
    while (!*flag && !is_late)
        ev_run(lab.loop, EVRUN_ONCE);
    ev_timer_stop(lab.loop, &late);
    return *flag;
}

/* The same until so many messages have come. */
static bool run_until_heard(const struct end *e, unsigned int messages)
{
    bool is_late = false;
    ev_timer late;

    ev_timer_init(&late, on_late, WAIT_S, 0);
    late.data = &is_late;
    ev_timer_start(lab.loop, &late);
    while (e->messages < messages && !is_late)
        ev_run(lab.loop, EVRUN_ONCE);
    ev_timer_stop(lab.loop, &late);
    return e->messages >= messages;
}

static int begin(void **state)
{
    (void)state;
    memset(&lab, 0, sizeof(lab));
    signal(SIGPIPE, SIG_IGN);
    log_set_levels("error");
    lab.loop = ev_loop_new(0);
    return lab.loop ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    stream_close(lab.here.stream);
    stream_close(lab.there.stream);
    listener_close(lab.listener);
    tls_free(lab.server_keys);
    ev_loop_destroy(lab.loop);
    return 0;
}

/* Listens at a port that is free; 'target' is how to call it. */
static void listen_anywhere(bool has_tls, struct target *target)
{
    const struct listener_owner owner = {on_incoming, NULL, LISTENER};
    char text[64], why[TARGET_WHY_SIZE];
    struct target t;
    int err = -EADDRINUSE;

    for (unsigned int i = 0; err == -EADDRINUSE && i < 1000; i++) {
        unsigned int port = 20000 + ((unsigned int)getpid() + i) % 20000;

        snprintf(text, sizeof(text), "ptcp:%u", port);
        assert_true(target_parse(text, &t, why));
        err = listener_open(&lab.listener, lab.loop, &t,
                            has_tls ? &lab.server_keys : NULL, &owner);
    }
    assert_int_equal(err, 0);
    snprintf(text, sizeof(text), "tcp:127.0.0.1:%u", t.port);
    assert_true(target_parse(text, target, why));
}

static void call(const struct target *t, struct tls *tls)
{
    char error[STREAM_ERROR_SIZE] = "";
    struct stream *stream = stream_connect(lab.loop, t, tls, error);

    if (!stream)
        fail_msg("%s", error);
    own(&lab.here, stream);
}

/* The other end as a bare socket. */
static int take_pair(void)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX,
                                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                                pair),
                     0);
    own(&lab.here, stream_accept(lab.loop, pair[0], NULL));
    assert_true(run_until(&lab.here.is_open));
    return pair[1];
}

static void messages_go_both_ways(void **state)
{
    static const uint8_t hello[] = {1, 0, 0, 8, 0, 0, 0, 1};
    struct target t;

    (void)state;
    listen_anywhere(false, &t);
    call(&t, NULL);
    assert_true(run_until(&lab.here.is_open));
    assert_true(run_until(&lab.there.is_open));
    assert_true(stream_send(lab.here.stream, hello, sizeof(hello)));
    assert_true(stream_send(lab.there.stream, hello, sizeof(hello)));
    assert_true(run_until_heard(&lab.here, 1));
    assert_true(run_until_heard(&lab.there, 1));
    assert_memory_equal(lab.there.first, hello, sizeof(hello));
    stream_close(lab.there.stream);
    lab.there.stream = NULL;
    assert_true(run_until(&lab.here.is_closed));
    assert_string_equal(lab.here.why, "the peer has closed the connection");
}

static void any_cut_of_messages_is_put_together(void **state)
{
    uint8_t bytes[8 + 20 + 65535 + 9] = {0};
    int fd = take_pair();

    (void)state;
    memcpy(bytes, "\1\2\0\10\0\0\0\7", 8);
    memcpy(bytes + 8, "\1\2\0\24", 4);
    memcpy(bytes + 28, "\1\2\xff\xff", 4);
    memcpy(bytes + 28 + 65535, "\1\2\0\11", 4);
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(send(fd, bytes + i, 1, 0), 1);
        ev_run(lab.loop, EVRUN_ONCE);
    }
    assert_int_equal(lab.here.messages, 2);
    for (size_t i = 40; i < sizeof(bytes);) {
        size_t size = sizeof(bytes) - i < 9001 ? sizeof(bytes) - i : 9001;

        assert_int_equal(send(fd, bytes + i, size, 0), size);
        ev_run(lab.loop, EVRUN_ONCE);
        i += size;
    }
    assert_true(run_until_heard(&lab.here, 4));
    assert_int_equal(lab.here.bytes, sizeof(bytes));
    close(fd);
}

/* Not one beginning with 'G'. */
static bool is_wanted(void *context, const void *bytes, size_t size)
{
    (void)context;
    assert_true(size > 0);
    return *(const uint8_t *)bytes != 'G';
}

/* What is said before the end is heard: an error, and the answers to one that
 * has said all that it wanted and closed. */
static void last_words_go_out_before_the_end(void **state)
{
    char got[64];
    int fd = take_pair();

    (void)state;
    lab.here.answers = lab.here.gives_up = true;
    assert_int_equal(send(fd, "\1\1\0\12word and", 12, 0), 12);
    assert_true(run_until(&lab.here.is_closed));
    assert_int_equal(recv(fd, got, sizeof(got), 0), 10);
    assert_memory_equal(got, "\1\1\0\12wo", 6);
    assert_int_equal(recv(fd, got, sizeof(got), 0), 0);
    close(fd);

    memset(&lab.here, 0, sizeof(lab.here));
    fd = take_pair();
    lab.here.answers = true;
    assert_int_equal(send(fd, "\1\2\0\10\0\0\0\7", 8, 0), 8);
    shutdown(fd, SHUT_WR);
    assert_true(run_until(&lab.here.is_closed));
    assert_int_equal(recv(fd, got, sizeof(got), 0), 8);
    close(fd);
}

/* What it has not read when it ends does not reset the connection. */
static void what_was_not_read_does_not_take_the_last_words_away(void **state)
{
    static const uint8_t message[8] = {1, 1, 0, 8};
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof(a);
    uint8_t more[4096] = {1, 2, 0x10, 0};
    char got[64];
    int listening = socket(AF_INET, SOCK_STREAM, 0), fd, there;

    (void)state;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listening, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(listening, 1), 0);
    getsockname(listening, (struct sockaddr *)&a, &size);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    there = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    own(&lab.here, stream_accept(lab.loop, there, NULL));
    assert_true(run_until(&lab.here.is_open));
    assert_true(stream_send(lab.here.stream, message, sizeof(message)));
    assert_int_equal(send(fd, more, sizeof(more), 0), sizeof(more));
    stream_close(lab.here.stream);
    lab.here.stream = NULL;
    assert_int_equal(recv(fd, got, sizeof(got), MSG_WAITALL), sizeof(message));
    assert_int_equal(recv(fd, got, sizeof(got), 0), 0);
    close(fd);
    close(listening);
}

static void its_owner_may_give_it_up_by_the_first_byte(void **state)
{
    int fd = take_pair();

    (void)state;
    lab.here.stream->owner.begun = is_wanted;
    assert_int_equal(send(fd, "\1\2\0\10\0\0\0\7\1", 9, 0), 9);
    assert_true(run_until_heard(&lab.here, 1));
    assert_int_equal(send(fd, "\2\0\10\0\0\0\7G", 8, 0), 8);
    assert_true(run_until_heard(&lab.here, 2));
    assert_int_equal(send(fd, "E", 1, 0), 1);
    assert_true(run_until(&lab.here.is_closed));
    assert_int_equal(lab.here.messages, 2);
    close(fd);
}

static void many_messages_at_once_all_arrive(void **state)
{
    enum { COUNT = 20000 };
    static uint8_t all[COUNT * 8];
    int fd = take_pair();
    size_t sent = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(all + 8 * i, "\1\2\0\10\0\0\0\7", 8);
    while (sent < sizeof(all)) {
        ssize_t size = send(fd, all + sent, sizeof(all) - sent, 0);

        if (size > 0)
            sent += (size_t)size;
        else
            assert_int_equal(errno, EAGAIN);
        ev_run(lab.loop, EVRUN_NOWAIT);
    }
    assert_true(run_until_heard(&lab.here, COUNT));
    assert_int_equal(lab.here.messages, COUNT);
    close(fd);
}

/* A quarter of a second of work in one piece, while a timer is due at once. */
static void who_asks_for_much_lets_others_have_their_turn(void **state)
{
    enum { COUNT = 125 };
    uint8_t all[COUNT * 8];
    int fd = take_pair();
    bool has_had_turn = false;
    ev_timer other;

    (void)state;
    lab.here.is_slow = true;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(all + 8 * i, "\1\2\0\10\0\0\0\7", 8);
    assert_int_equal(send(fd, all, sizeof(all), 0), (ssize_t)sizeof(all));
    ev_now_update(lab.loop);
    ev_timer_init(&other, on_late, 0.001 * SLOW_MS, 0);
    other.data = &has_had_turn;
    ev_timer_start(lab.loop, &other);
    assert_true(run_until(&has_had_turn));
    assert_in_range(lab.here.messages, 1, COUNT / 2);
    /* Nothing more comes that would remind it of the rest. */
    assert_true(run_until_heard(&lab.here, COUNT));
    close(fd);
}

static void a_length_that_cannot_be_ends_it(void **state)
{
    int fd = take_pair();

    (void)state;
    assert_int_equal(send(fd, "\1\0\0\7\0\0\0\1", 8, 0), 8);
    assert_true(run_until(&lab.here.is_closed));
    assert_non_null(strstr(lab.here.why, "less than a header"));
    assert_int_equal(lab.here.messages, 0);
    close(fd);
}

static void its_owner_may_give_it_up(void **state)
{
    int fd = take_pair();

    (void)state;
    lab.here.gives_up = true;
    assert_int_equal(send(fd, "\1\0\0\10\0\0\0\1\1\0\0\10\0\0\0\1", 16, 0), 16);
    assert_true(run_until(&lab.here.is_closed));
    assert_int_equal(lab.here.messages, 1);
    close(fd);
}

static void a_queue_that_nobody_reads_has_an_end(void **state)
{
    static uint8_t message[60000];
    int fd = take_pair();
    size_t sent = 0;

    (void)state;
    memcpy(message, "\1\12\xea\x60", 4);
    assert_false(stream_is_congested(lab.here.stream));
    while (stream_send(lab.here.stream, message, sizeof(message))) {
        sent += sizeof(message);
        /* The last one may be what fills it. */
        assert_true(sent <= STREAM_QUEUE_MAX + sizeof(message));
        assert_int_equal(stream_is_congested(lab.here.stream),
                         sent > STREAM_QUEUE_LONG);
    }
    assert_true(sent > STREAM_QUEUE_MAX - 2 * sizeof(message));
    assert_true(run_until(&lab.here.is_closed));
    assert_non_null(strstr(lab.here.why, "does not read"));
    close(fd);
}

static void what_waits_goes_out_in_order(void **state)
{
    enum { COUNT = 3000, SIZE = 1000 };
    static uint8_t got[COUNT * SIZE];
    uint8_t message[SIZE] = {1, 2, SIZE >> 8, SIZE & 0xff};
    int fd = take_pair();
    size_t taken = 0;

    (void)state;
    for (unsigned int i = 0; i < COUNT; i++) {
        message[6] = (uint8_t)(i >> 8);
        message[7] = (uint8_t)i;
        assert_true(stream_send(lab.here.stream, message, sizeof(message)));
    }
    while (taken < sizeof(got)) {
        ssize_t size = recv(fd, got + taken, sizeof(got) - taken, 0);

        if (size > 0)
            taken += (size_t)size;
        ev_run(lab.loop, EVRUN_NOWAIT);
    }
    for (unsigned int i = 0; i < COUNT; i++)
        assert_int_equal(got[i * SIZE + 6] << 8 | got[i * SIZE + 7], i);
    assert_false(stream_is_congested(lab.here.stream));
    close(fd);
}

static void nobody_there_is_said(void **state)
{
    char error[STREAM_ERROR_SIZE] = "", why[TARGET_WHY_SIZE];
    struct target t;

    (void)state;
    listen_anywhere(false, &t);
    listener_close(lab.listener);
    lab.listener = NULL;
    call(&t, NULL);
    assert_true(run_until(&lab.here.is_closed));
    assert_string_equal(lab.here.why, "Connection refused");
    assert_true(target_parse("unix:/no/such/socket", &t, why));
    assert_null(stream_connect(lab.loop, &t, NULL, error));
    assert_string_equal(error, "No such file or directory");
}

#ifdef HAVE_OPENSSL

static char dir[] = "/tmp/flowbridge-test.XXXXXX";

static struct tls *keys_of(const char *name, const char *authority)
{
    char key[64], certificate[64], ca[64], error[512] = "";
    const struct tls_keys keys = {key, certificate, ca};
    struct tls *tls;

    snprintf(key, sizeof(key), "%s/%s-key.pem", dir, name);
    snprintf(certificate, sizeof(certificate), "%s/%s.pem", dir, name);
    snprintf(ca, sizeof(ca), "%s/%s.pem", dir, authority);
    tls = tls_create(&keys, error, sizeof(error));
    if (!tls)
        fail_msg("%s", error);
    return tls;
}

static int make_certificates(void **state)
{
    struct identity ca = {0}, sw = {0}, old = {0}, other_ca = {0}, other = {0};
    bool is_made = mkdtemp(dir) && certificates_make(&ca, NULL, dir, "ca") &&
                   certificates_make(&sw, &ca, dir, "sw") &&
                   certificates_make_for(&old, &ca, dir, "old", -1800) &&
                   certificates_make(&other_ca, NULL, dir, "other-ca") &&
                   certificates_make(&other, &other_ca, dir, "other");

    (void)state;
    certificates_clear(&ca);
    certificates_clear(&sw);
    certificates_clear(&old);
    certificates_clear(&other_ca);
    certificates_clear(&other);
    return is_made ? 0 : -1;
}

static int remove_certificates(void **state)
{
    static const char *const names[] = {"ca", "sw", "old", "other-ca", "other"};
    char path[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        snprintf(path, sizeof(path), "%s/%s.pem", dir, names[i]);
        unlink(path);
        snprintf(path, sizeof(path), "%s/%s-key.pem", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static void tls_carries_messages(void **state)
{
    static uint8_t large[60000] = {1, 2, 0xea, 0x60};
    struct target t;
    struct tls *keys = keys_of("sw", "ca");

    (void)state;
    lab.server_keys = keys_of("sw", "ca");
    listen_anywhere(true, &t);
    call(&t, keys);
    tls_free(keys); /* The session goes on without it. */
    assert_true(run_until(&lab.here.is_open));
    assert_true(run_until(&lab.there.is_open));
    for (int i = 0; i < 20; i++) {
        assert_true(stream_send(lab.here.stream, large, sizeof(large)));
        assert_true(stream_send(lab.there.stream, large, sizeof(large)));
    }
    assert_true(run_until_heard(&lab.here, 20));
    assert_true(run_until_heard(&lab.there, 20));
    assert_int_equal(lab.here.bytes, 20 * sizeof(large));
    stream_close(lab.here.stream);
    lab.here.stream = NULL;
    assert_true(run_until(&lab.there.is_closed));
    assert_string_equal(lab.there.why, "the peer has closed the connection");
}

/* Calls with one certificate and authority somebody who has another one. */
static void meet(const char *caller, const char *authority, const char *server)
{
    struct target t;
    struct tls *keys = keys_of(caller, authority);

    lab.server_keys = keys_of(server, "ca");
    listen_anywhere(true, &t);
    call(&t, keys);
    tls_free(keys);
}

static void a_wrong_certificate_is_not_heard(void **state)
{
    (void)state;
    meet("other", "ca", "sw");
    assert_true(run_until(&lab.there.is_closed));
    assert_false(lab.there.is_open);
    assert_non_null(strstr(lab.there.why, "unable to get local issuer"));
}

static void we_do_not_believe_another_authority(void **state)
{
    (void)state;
    meet("sw", "other-ca", "sw");
    assert_true(run_until(&lab.here.is_closed));
    assert_false(lab.here.is_open);
}

static void an_expired_certificate_is_not_heard(void **state)
{
    (void)state;
    meet("old", "ca", "sw");
    assert_true(run_until(&lab.there.is_closed));
    assert_false(lab.there.is_open);
    assert_non_null(strstr(lab.there.why, "certificate has expired"));
}

static void we_do_not_believe_an_expired_certificate(void **state)
{
    (void)state;
    meet("sw", "ca", "old");
    assert_true(run_until(&lab.here.is_closed));
    assert_false(lab.here.is_open);
    assert_non_null(strstr(lab.here.why, "certificate has expired"));
}

/* A client of its own that may use 'version' at most; returns what became of
 * its handshake. */
static bool can_shake_hands(const struct target *t, int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(t->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), result = -1;
    char path[64];
    SSL *ssl;

    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_max_proto_version(context, version);
    snprintf(path, sizeof(path), "%s/sw.pem", dir);
    assert_int_equal(SSL_CTX_use_certificate_chain_file(context, path), 1);
    snprintf(path, sizeof(path), "%s/sw-key.pem", dir);
    assert_int_equal(
        SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM), 1);
    ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    while (!lab.there.is_open && !lab.there.is_closed && result <= 0) {
        result = SSL_connect(ssl);
        if (result <= 0 && SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ)
            break;
        ev_run(lab.loop, EVRUN_NOWAIT);
    }
    for (int i = 0; i < 1000 && !lab.there.is_open && !lab.there.is_closed; i++)
        ev_run(lab.loop, EVRUN_ONCE);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return lab.there.is_open;
}

static void tls_before_1_2_is_refused(void **state)
{
    struct target t;

    (void)state;
    lab.server_keys = keys_of("sw", "ca");
    listen_anywhere(true, &t);
    assert_false(can_shake_hands(&t, TLS1_1_VERSION));
    assert_non_null(strstr(lab.there.why, "unsupported protocol"));
    lab.there = (struct end){.is_open = false};
    assert_true(can_shake_hands(&t, TLS1_2_VERSION));
}

static void plain_text_is_not_heard_where_tls_is_due(void **state)
{
    static const uint8_t hello[] = {1, 0, 0, 8, 0, 0, 0, 1};
    struct target t;

    (void)state;
    lab.server_keys = keys_of("sw", "ca");
    listen_anywhere(true, &t);
    call(&t, NULL);
    assert_true(run_until(&lab.here.is_open));
    assert_true(stream_send(lab.here.stream, hello, sizeof(hello)));
    assert_true(run_until(&lab.here.is_closed));
    assert_int_equal(lab.there.messages, 0);
}

static void without_keys_nobody_is_let_in(void **state)
{
    struct target t;

    (void)state;
    listen_anywhere(true, &t);
    call(&t, NULL);
    assert_true(run_until(&lab.here.is_closed));
    assert_null(lab.there.stream);
}

static void bad_keys_are_said(void **state)
{
    char error[512] = "", path[64];
    struct tls_keys keys = {"/no/such/key", "/no/such/certificate", "/no/ca"};

    (void)state;
    assert_null(tls_create(&keys, error, sizeof(error)));
    assert_string_equal(error,
                        "/no/such/certificate: No such file or directory");
    snprintf(path, sizeof(path), "%s/sw.pem", dir);
    keys.certificate = path;
    keys.private_key = path;
    assert_null(tls_create(&keys, error, sizeof(error)));
    assert_non_null(strstr(error, "sw.pem: "));
}

#endif

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        ROW(messages_go_both_ways),
        ROW(any_cut_of_messages_is_put_together),
        ROW(many_messages_at_once_all_arrive),
        ROW(who_asks_for_much_lets_others_have_their_turn),
        ROW(a_length_that_cannot_be_ends_it),
        ROW(its_owner_may_give_it_up),
        ROW(last_words_go_out_before_the_end),
        ROW(what_was_not_read_does_not_take_the_last_words_away),
        ROW(its_owner_may_give_it_up_by_the_first_byte),
        ROW(a_queue_that_nobody_reads_has_an_end),
        ROW(what_waits_goes_out_in_order),
        ROW(nobody_there_is_said),
#ifdef HAVE_OPENSSL
        ROW(tls_carries_messages),
        ROW(a_wrong_certificate_is_not_heard),
        ROW(we_do_not_believe_another_authority),
        ROW(an_expired_certificate_is_not_heard),
        ROW(we_do_not_believe_an_expired_certificate),
        ROW(tls_before_1_2_is_refused),
        ROW(plain_text_is_not_heard_where_tls_is_due),
        ROW(without_keys_nobody_is_let_in),
        ROW(bad_keys_are_said),
#endif
    };
#undef ROW

#ifdef HAVE_OPENSSL
    return cmocka_run_group_tests(tests, make_certificates,
                                  remove_certificates);
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
