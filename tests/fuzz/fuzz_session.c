/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever bytes come to a listener, however they are cut: the switch answers
 * whole messages of one version, or hangs up, and goes on.
 *
 * The bytes go through a socket, from HELLO on.  The first byte says how many
 * bytes are written at a time.
 */
#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/dispatch.h"
#include "control/service_connections.h"
#include "tests/fuzz/small_switch.h"

enum { ANSWERS_SIZE = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What the peer has read and not yet made a whole message of. */
struct answers {
    size_t size;
    uint8_t bytes[ANSWERS_SIZE];
};

/* Each is whole and of the version of the one before it; only our HELLO, the
 * first one, may be of another, as may errors from before both have said it. */
static void check_answers(struct answers *a)
{
    struct reader r = reader_over(a->bytes, a->size);

    for (;;) {
        struct reader at = r;
        struct of_header h = of_read_header(&at);

        if (at.bad || h.size > r.left)
            break;
        expect(h.size >= OF_HEADER_SIZE);
        expect(h.version >= OF10 && h.version <= OF15);
        read_bytes(&r, h.size);
    }
    a->size = r.left;
    memmove(a->bytes, r.next, r.left);
}

/* False once the switch has hung up. */
static bool take_answers(int fd, struct answers *a)
{
    ssize_t size;

    do {
        size = recv(fd, a->bytes + a->size, sizeof(a->bytes) - a->size,
                    MSG_DONTWAIT);
        if (size > 0)
            a->size += (size_t)size;
        check_answers(a);
    } while (size > 0);
    return size < 0 && errno == EAGAIN;
}

static void talk(struct of_switch *s, struct ev_loop *loop, int fd,
                 struct reader *r)
{
    static struct answers answers;
    size_t chunk = 1 + read_u8(r);
    bool is_open = true;

    answers.size = 0;
    while (is_open && r->left) {
        size_t size = chunk < r->left ? chunk : r->left;
        ssize_t sent =
            send(fd, read_bytes(r, size), size, MSG_NOSIGNAL | MSG_DONTWAIT);

        ev_run(loop, EVRUN_NOWAIT);
        small_switch_turn(s, clock_monotonic_ms());
        is_open = take_answers(fd, &answers) && sent == (ssize_t)size;
    }
    expect(is_open || answers.size == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    struct of_switch s;
    struct session_world world = {&s, dispatch_message};
    struct service_connections *services = service_connections_create(&world);
    int64_t now_ms = clock_monotonic_ms();
    struct incoming_connection arrival = {NULL, "peer", 0};
    int fds[2];

    log_set_levels("error");
    expect(loop && services &&
           !socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
    small_switch_open(&s, now_ms);
    arrival.stream = stream_accept(loop, fds[0], NULL);
    service_connections_add(services, &arrival, 0x7e, now_ms);
    ev_run(loop, EVRUN_NOWAIT);
    talk(&s, loop, fds[1], &r);
    close(fds[1]);
    ev_run(loop, EVRUN_NOWAIT);
    service_connections_tick(services, now_ms);
    expect(service_connections_count(services, 0) == 0);
    service_connections_free(services);
    small_switch_close(&s);
    ev_loop_destroy(loop);
    return 0;
}
