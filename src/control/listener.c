/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/listener.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread_role.h"

enum { BACKLOG = 64, NAME_SIZE = 80, KIND_SIZE = 16 };

/* With no descriptor left it does not ask again at once. */
static const ev_tstamp pause_s = 1;

struct listener {
    struct ev_loop *loop;
    ev_io io;
    ev_timer again;
    struct tls *const *tls;
    struct listener_owner owner;
    bool owns_fd;
    char name[KIND_SIZE];
    bool is_failing; /* accept() fails, and the log has said so */
};

/* The peer's address, or the name of the listener for a UNIX socket. */
static void name_peer(const struct listener *l,
                      const struct sockaddr_storage *from, char *name)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)from;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
    char address[INET6_ADDRSTRLEN] = "?";

    if (from->ss_family == AF_INET) {
        inet_ntop(AF_INET, &in->sin_addr, address, sizeof(address));
        snprintf(name, NAME_SIZE, "%s:%s:%u", l->name, address,
                 ntohs(in->sin_port));
    } else if (from->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &in6->sin6_addr, address, sizeof(address));
        snprintf(name, NAME_SIZE, "%s:[%s]:%u", l->name, address,
                 ntohs(in6->sin6_port));
    } else {
        snprintf(name, NAME_SIZE, "%s", l->name);
    }
}

/* A listener with TLS accepts nobody while there are no keys. */
static void take(struct listener *l, int fd, const char *name)
{
    struct stream *stream = NULL;

    if (!l->tls || *l->tls)
        stream = stream_accept(l->loop, fd, l->tls ? *l->tls : NULL);
    else
        close(fd);
    if (stream) {
        const struct incoming_connection a = {stream, name, l->owner.number};

        l->owner.incoming(l->owner.context, &a);
    }
}

/* One a turn, so that the first peer is served before the next is accepted. */
static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
    struct listener *l = io->data;
    struct sockaddr_storage from = {0};
    socklen_t size = sizeof(from);
    int fd = accept4(io->fd, (struct sockaddr *)&from, &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    char name[NAME_SIZE];

    (void)events;
    if (fd >= 0) {
        if (l->is_failing)
            log_info("listener.resumed", "listener=%s", l->name);
        l->is_failing = false;
        name_peer(l, &from, name);
        take(l, fd, name);
        return;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
        return;
    if (!l->is_failing)
        log_warning("listener.failed", "listener=%s error=%s", l->name,
                    strerror(errno));
    l->is_failing = true;
    ev_io_stop(loop, io);
    ev_timer_again(loop, &l->again);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct listener *l = timer->data;

    (void)events;
    ev_timer_stop(loop, timer);
    ev_io_start(loop, &l->io);
}

int listener_adopt(struct listener **l, struct ev_loop *loop, int fd,
                   const char *name, const struct listener_owner *owner)
{
    struct listener *made = calloc(1, sizeof(*made));

    assert_main_thread();
    *l = made;
    if (!made)
        return -ENOMEM;
    assert(fd >= 0 && owner->incoming);
    made->loop = loop;
    made->owner = *owner;
    snprintf(made->name, sizeof(made->name), "%s", name);
    ev_io_init(&made->io, on_connection, fd, EV_READ);
    ev_timer_init(&made->again, on_again, 0, pause_s);
    made->io.data = made->again.data = made;
    ev_io_start(loop, &made->io);
    return 0;
}

static int bind_and_listen(int fd, const struct target *t)
{
    struct sockaddr_storage a;
    socklen_t size = target_address(t, &a);
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (t->family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&a, size) < 0 ||
        listen(fd, BACKLOG) < 0)
        return -errno;
    return 0;
}

int listener_open(struct listener **l, struct ev_loop *loop,
                  const struct target *t, struct tls *const *tls,
                  const struct listener_owner *owner)
{
    int fd = socket(t->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int err = fd < 0 ? -errno : bind_and_listen(fd, t);

    assert_main_thread();
    *l = NULL;
    if (!err)
        err = listener_adopt(l, loop, fd, tls ? "ssl" : "tcp", owner);
    if (err) {
        if (fd >= 0)
            close(fd);
        return err;
    }
    (*l)->owns_fd = true;
    (*l)->tls = tls;
    return 0;
}

void listener_close(struct listener *l)
{
    if (!l)
        return;
    ev_io_stop(l->loop, &l->io);
    ev_timer_stop(l->loop, &l->again);
    if (l->owns_fd)
        close(l->io.fd);
    free(l);
}
