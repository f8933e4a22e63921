/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/of_session.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "openflow/of_error.h"
#include "openflow/of_hello.h"

enum {
    ERROR_SIZE = 1024 + 4096,
    VERSION_PLAUSIBLE = 0x1f, /* the highest that a HELLO may have */
};

struct of_session {
    struct dial_peer peer;
    struct dial dial;
    char error[ERROR_SIZE];
    int fd;
    enum of_version version;
    uint32_t xid, refused_xid;
    struct of_buffer out;
    uint8_t in[2 * (OF_MESSAGE_MAX + 1)];
    size_t begin, end; /* of the bytes that were not looked at */
};

enum of_version of_session_version(const struct of_session *s)
{
    return s->version;
}

const char *of_session_error(const struct of_session *s)
{
    return s->error;
}

struct of_buffer *of_session_out(struct of_session *s)
{
    return &s->out;
}

uint32_t of_session_xid(struct of_session *s)
{
    return ++s->xid;
}

uint32_t of_session_refused_xid(const struct of_session *s)
{
    return s->refused_xid;
}

void of_session_close(struct of_session *s)
{
    if (!s)
        return;
    of_buffer_clear(&s->out);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

static bool flush(struct of_session *s)
{
    bool is_good = !s->out.is_bad;

    dial_restart_wait(&s->dial);
    if (!is_good)
        dial_say(&s->dial, "this version of OpenFlow cannot express the "
                           "request, or it is too long");
    else
        is_good = dial_send(&s->dial, s->fd, s->out.data, s->out.size);
    of_buffer_clear(&s->out);
    return is_good;
}

/* One read; false: it has been said why not. */
static bool receive(struct of_session *s, bool waits_for_ever)
{
    ssize_t got;

    if (s->begin) {
        memmove(s->in, s->in + s->begin, s->end - s->begin);
        s->end -= s->begin;
        s->begin = 0;
    }
    if (!waits_for_ever && !dial_await(&s->dial, s->fd, POLLIN))
        return false;
    got = recv(s->fd, s->in + s->end, sizeof(s->in) - s->end, 0);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        dial_say_hung_up(&s->dial);
        return false;
    }
    s->end += (size_t)got;
    return true;
}

/* Takes a whole message out of the bytes received; false: there is none yet. */
static bool take(struct of_session *s, struct of_message *m)
{
    size_t left = s->end - s->begin;
    struct reader r = reader_over(s->in + s->begin, left);
    struct of_header h = of_read_header(&r);

    assert(s->begin <= s->end && s->end <= sizeof(s->in));
    if (r.bad || h.size > left)
        return false;
    *m = of_message_of(&h, reader_over(s->in + s->begin, h.size));
    s->begin += h.size;
    return true;
}

static bool is_sane(const struct of_session *s)
{
    struct reader r = reader_over(s->in + s->begin, s->end - s->begin);
    struct of_header h;

    if (r.left < OF_HEADER_SIZE)
        return true;
    h = of_read_header(&r);
    return h.size >= OF_HEADER_SIZE && h.version >= OF10 &&
           h.version <= VERSION_PLAUSIBLE;
}

static bool next(struct of_session *s, struct of_message *m, bool is_patient)
{
    dial_restart_wait(&s->dial);
    for (;;) {
        if (!is_sane(s)) {
            dial_say(&s->dial,
                     s->in[s->begin] == '{'
                         ? "%s is a control socket; this command speaks "
                           "OpenFlow, to the socket whose name ends in .mgmt"
                         : "%s does not speak OpenFlow",
                     s->peer.target);
            return false;
        }
        if (!take(s, m)) {
            if (!receive(s, is_patient))
                return false;
            continue;
        }
        if (m->kind != OF_ECHO_REQUEST)
            return true;
        of_put(&s->out, m->whole.next, m->whole.left);
        if (!s->out.is_bad)
            s->out.data[s->out.size - m->whole.left + 1]++; /* ECHO_REPLY */
        if (!flush(s))
            return false;
    }
}

bool of_session_next(struct of_session *s, struct of_message *m)
{
    return (!s->out.size || flush(s)) && next(s, m, true);
}

static void say_refused(struct of_session *s, struct of_message *m)
{
    enum of_version version =
        m->header.version <= OF15 ? (enum of_version)m->header.version : OF13;
    struct of_error e;
    enum flow_error meaning;

    if (of_error_read(&m->body, &e) != FLOW_OK) {
        dial_say(&s->dial, "the switch sent a malformed error");
        return;
    }
    meaning = of_error_meaning(version, &e);
    if (meaning == FLOW_OK)
        dial_say(&s->dial,
                 "the switch refuses with an unknown error (type %u, code %u)",
                 e.type, e.code);
    else
        dial_say(&s->dial, "the switch refuses: %s (%s, code %u)",
                 flow_error_text(meaning), of_error_type_name(version, &e),
                 e.code);
}

/* Remembers the first refusal. */
static void note_refusal(struct of_session *s, struct of_message *m)
{
    if (s->refused_xid)
        return;
    s->refused_xid = m->header.xid;
    say_refused(s, m);
}

bool of_session_barrier(struct of_session *s)
{
    uint32_t xid = of_session_xid(s);
    struct of_message m;
    bool is_done = false;

    s->refused_xid = 0;
    of_end(&s->out, of_begin(&s->out, s->version, OF_BARRIER_REQUEST, xid));
    if (!flush(s))
        return false;
    while (!is_done) {
        if (!next(s, &m, false))
            return false;
        if (m.kind == OF_ERROR)
            note_refusal(s, &m);
        is_done = m.header.xid == xid &&
                  (m.kind == OF_BARRIER_REPLY || m.kind == OF_ERROR);
    }
    return !s->refused_xid;
}

bool of_session_reply(struct of_session *s, uint32_t xid,
                      enum flow_error (*part)(void *context,
                                              struct of_message *m),
                      void *context)
{
    struct of_message m;
    enum flow_error error;

    assert(xid && xid <= s->xid);
    s->refused_xid = 0;
    if (!flush(s))
        return false;
    do {
        do {
            if (!next(s, &m, false))
                return false;
            if (m.kind == OF_ERROR)
                note_refusal(s, &m);
        } while (m.header.xid != xid);
        if (m.kind == OF_ERROR)
            return false;
        error = part(context, &m);
        if (error) {
            dial_say(&s->dial, "malformed answer from the switch: %s",
                     flow_error_text(error));
            return false;
        }
    } while (m.flags & 1);
    return !s->refused_xid;
}

static void say_no_version(struct of_session *s, uint32_t by_peer)
{
    char text[OF_HELLO_TEXT_SIZE];

    of_hello_text(by_peer, text);
    dial_say(&s->dial,
             "the switch does not speak that version of OpenFlow; it offers %s",
             *text ? text : "none");
}

static bool greet(struct of_session *s, uint32_t versions)
{
    struct of_message m;
    uint32_t by_peer;

    of_hello_write(&s->out, versions, of_session_xid(s));
    if (!flush(s) || !next(s, &m, false))
        return false;
    if (m.kind == OF_ERROR) {
        say_refused(s, &m);
        return false;
    }
    if (m.kind != OF_HELLO) {
        dial_say(&s->dial, "%s does not begin with HELLO", s->peer.target);
        return false;
    }
    by_peer = of_hello_read(&m.header, &m.body);
    s->version = of_hello_negotiate(versions, by_peer);
    if (s->version == OF_NONE)
        say_no_version(s, by_peer);
    return s->version != OF_NONE;
}

struct of_session *of_session_open(const struct dial_peer *peer,
                                   uint32_t versions, int wait_ms, char *error,
                                   size_t error_size)
{
    struct of_session *s = calloc(1, sizeof(*s));

    if (!s) {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    assert(versions && error_size);
    s->peer = *peer;
    s->dial = (struct dial){
        .peer = &s->peer,
        .socket = "management socket",
        .port = "6653",
        .wait_ms = wait_ms,
        .error = s->error,
        .error_size = sizeof(s->error),
    };
    dial_restart_wait(&s->dial);
    s->fd = dial_connect(&s->dial);
    if (s->fd >= 0 && greet(s, versions))
        return s;
    snprintf(error, error_size, "%s", s->error);
    of_session_close(s);
    return NULL;
}
