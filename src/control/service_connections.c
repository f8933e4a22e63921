/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/service_connections.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/thread_role.h"

/* Of all listeners together; each has its own limit. */
enum { ALL_MAX = 16 * SERVICE_CONNECTIONS_MAX };

struct service_connection {
    struct session session;
    char name[SERVICE_CONNECTIONS_NAME_SIZE];
    unsigned int listener;
    int64_t since_ms;
    bool is_over; /* freed at the next tick, not from its own stream */
};

/* Oldest first. */
struct service_connections {
    const struct session_world *world;
    size_t count;
    uint64_t refused;
    struct service_connection *all[ALL_MAX];
};

struct service_connections *
service_connections_create(const struct session_world *world)
{
    struct service_connections *s = calloc(1, sizeof(*s));

    if (s)
        s->world = world;
    return s;
}

static void remove_at(struct service_connections *s, size_t i)
{
    assert(i < s->count);
    session_end(&s->all[i]->session);
    free(s->all[i]);
    s->count--;
    for (; i < s->count; i++)
        s->all[i] = s->all[i + 1];
}

void service_connections_free(struct service_connections *s)
{
    if (!s)
        return;
    while (s->count)
        remove_at(s, s->count - 1);
    free(s);
}

static void ignore(void *context, int64_t now_ms)
{
    (void)context;
    (void)now_ms;
}

static void drop(struct service_connection *v, const char *why)
{
    log_info("service.dropped", "peer=%s reason=%s", v->name, why);
    v->is_over = true;
}

static void on_lost(void *context, const char *why, int64_t now_ms)
{
    struct service_connection *v = context;

    (void)now_ms;
    if (*v->session.why) {
        drop(v, v->session.why);
        return;
    }
    log_debug("service.closed", "peer=%s reason=%s", v->name, why);
    v->is_over = true;
}

static void free_closed(struct service_connections *s)
{
    for (size_t i = s->count; i-- > 0;)
        if (s->all[i]->is_over)
            remove_at(s, i);
}

/* Closes the oldest connection without HELLO, which had the most time. */
static void make_room(struct service_connections *s, unsigned int listener)
{
    for (size_t i = 0; i < s->count; i++) {
        struct service_connection *v = s->all[i];

        if (v->listener != listener || v->session.is_greeted)
            continue;
        drop(v, "no HELLO was received, and others are waiting");
        s->refused++;
        remove_at(s, i);
        return;
    }
}

static struct service_connection *create(struct service_connections *s,
                                         const struct incoming_connection *a)
{
    free_closed(s);
    if (service_connections_count(s, a->listener) == SERVICE_CONNECTIONS_MAX)
        make_room(s, a->listener);
    if (service_connections_count(s, a->listener) == SERVICE_CONNECTIONS_MAX ||
        s->count == ALL_MAX)
        return NULL;
    return calloc(1, sizeof(struct service_connection));
}

void service_connections_add(struct service_connections *s,
                             const struct incoming_connection *a,
                             uint32_t versions, int64_t now_ms)
{
    struct session_owner owner = {
        .opened = ignore,
        .greeted = ignore,
        .heard = ignore,
        .accepted = ignore,
        .lost = on_lost,
    };
    struct service_connection *v = create(s, a);

    assert_main_thread();
    if (!v) {
        size_t count = service_connections_count(s, a->listener);

        s->refused++;
        log_warning(
            "service.refused", "peer=%s reason=%s connections=%zu", a->peer,
            count == SERVICE_CONNECTIONS_MAX ? "full" : "memory", count);
        stream_close(a->stream);
        return;
    }
    snprintf(v->name, sizeof(v->name), "%s", a->peer);
    v->listener = a->listener;
    v->since_ms = now_ms;
    v->session.connection.name = v->name;
    v->session.connection.is_service = true;
    owner.context = v;
    assert(s->count < ALL_MAX);
    s->all[s->count++] = v;
    log_debug("service.opened", "peer=%s", v->name);
    session_begin(&v->session, s->world, &owner, a->stream, versions);
}

void service_connections_tick(struct service_connections *s, int64_t now_ms)
{
    assert_main_thread();
    for (size_t i = s->count; i-- > 0;) {
        struct service_connection *v = s->all[i];

        if (!v->is_over && !v->session.is_greeted &&
            now_ms - v->since_ms >= SERVICE_CONNECTIONS_HELLO_MS)
            drop(v, "no HELLO was received");
    }
    free_closed(s);
}

static bool is_among(unsigned int listener, const unsigned int *listeners,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (listeners[i] == listener)
            return true;
    return false;
}

void service_connections_keep(struct service_connections *s,
                              const unsigned int *listeners, size_t count)
{
    for (size_t i = s->count; i-- > 0;) {
        if (is_among(s->all[i]->listener, listeners, count))
            continue;
        drop(s->all[i], "its listener was removed from the configuration");
        remove_at(s, i);
    }
}

struct service_connections_usage
service_connections_usage(const struct service_connections *s)
{
    return (struct service_connections_usage){s->count, ALL_MAX, s->refused};
}

size_t service_connections_count(const struct service_connections *s,
                                 unsigned int listener)
{
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++)
        count += s->all[i]->listener == listener;
    return count;
}
