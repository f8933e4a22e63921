/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/of_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/unix_address.h"
#include "openflow/of_hello.h"

static void peer_send(const struct of_peer *p, int fd, struct of_buffer *b)
{
    size_t at = 0;

    while (at < b->size) {
        size_t size = b->size - at;

        if (p->drip && size > p->drip)
            size = p->drip;
        if (send(fd, b->data + at, size, MSG_NOSIGNAL) < 0)
            break;
        at += size;
    }
    of_buffer_clear(b);
}

/* One message of the client; false: it is time to go. */
static bool peer_handle(struct of_peer *p, int fd, const uint8_t *bytes,
                        size_t size)
{
    struct of_buffer out = {.data = NULL};
    struct of_message m;

    m.body = reader_over(bytes, size);
    m.header = of_read_header(&m.body);
    m.kind = of_kind_of(&m.header, &m.body);
    m.flags = of_read_head(&m.header, m.kind, &m.body);
    if (m.kind == OF_HELLO && !p->is_mute) {
        of_hello_write(&out, p->versions, m.header.xid);
    } else if (m.kind == OF_BARRIER_REQUEST) {
        of_end(&out, of_begin(&out, (enum of_version)m.header.version,
                              OF_BARRIER_REPLY, m.header.xid));
    } else if (p->answer && m.kind != OF_HELLO) {
        p->answer(p, &m, &out);
        p->count++;
    }
    peer_send(p, fd, &out);
    return !p->hangs_up || m.kind == OF_HELLO;
}

static void *peer_serve(void *context)
{
    struct of_peer *p = context;
    int fd = accept(p->listener, NULL, NULL);
    uint8_t bytes[OF_MESSAGE_MAX];
    bool goes_on = true;

    atomic_store(&p->fd, fd);
    while (goes_on && !atomic_load(&p->is_over) &&
           recv(fd, bytes, OF_HEADER_SIZE, MSG_WAITALL) == OF_HEADER_SIZE) {
        size_t size = (size_t)bytes[2] << 8 | bytes[3];
        size_t rest = size - OF_HEADER_SIZE;

        if (rest && recv(fd, bytes + OF_HEADER_SIZE, rest, MSG_WAITALL) !=
                        (ssize_t)rest)
            break;
        goes_on = peer_handle(p, fd, bytes, size);
    }
    atomic_store(&p->fd, -1);
    close(fd);
    return NULL;
}

int peer_set_up(void **state)
{
    struct of_peer *p = calloc(1, sizeof(*p));
    struct unix_address a;

    p->fd = -1;
    strcpy(p->dir, "/tmp/of_peer.XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->path, sizeof(p->path), "%s/of-switch.mgmt", p->dir);
    snprintf(p->target, sizeof(p->target), "unix:%s", p->path);
    p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(unix_address_open(&a, p->path), 0);
    assert_int_equal(
        bind(p->listener, (const struct sockaddr *)&a.name, sizeof(a.name)), 0);
    unix_address_close(&a);
    assert_int_equal(listen(p->listener, 1), 0);
    p->versions = OF_VERSION_BIT(OF10) | OF_VERSION_BIT(OF13);
    *state = p;
    return 0;
}

void peer_join(struct of_peer *p)
{
    pthread_join(p->thread, NULL);
    p->is_serving = false;
}

/* A test that has failed has left its conversation open, or begun none. */
static void peer_end(struct of_peer *p)
{
    int fd;

    atomic_store(&p->is_over, true);
    shutdown(p->listener, SHUT_RDWR);
    fd = atomic_load(&p->fd);
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
    peer_join(p);
}

int peer_tear_down(void **state)
{
    struct of_peer *p = *state;

    if (p->is_serving)
        peer_end(p);
    close(p->listener);
    unlink(p->path);
    rmdir(p->dir);
    free(p->out);
    free(p->err);
    free(p);
    return 0;
}

struct of_session *peer_open(struct of_peer *p, uint32_t versions, int wait_ms)
{
    const struct dial_peer peer = {.target = p->target};

    assert_int_equal(pthread_create(&p->thread, NULL, peer_serve, p), 0);
    p->is_serving = true;
    return of_session_open(&peer, versions, wait_ms, p->error,
                           sizeof(p->error));
}

int peer_run(struct of_peer *p, int (*command)(struct of_command *),
             const struct of_command *as, uint32_t versions)
{
    struct of_command c = *as;
    int status;

    free(p->out);
    free(p->err);
    c.out = open_memstream(&p->out, &p->out_size);
    c.err = open_memstream(&p->err, &p->err_size);
    c.session = peer_open(p, versions, 5000);
    assert_non_null(c.session);
    status = command(&c);
    of_command_clear(&c);
    of_session_close(c.session);
    peer_join(p);
    fclose(c.out);
    fclose(c.err);
    return status;
}
