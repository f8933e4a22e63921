/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/services.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

/* More than there are listeners, which have their own limit each. */
enum { ALL_MAX = 16 * SERVICES_MAX };

struct service {
    struct session session;
    char name[SERVICES_NAME_SIZE];
    unsigned int listener;
    int64_t since_ms;
    bool is_over; /* to be freed at the next tick, not from its own stream */
};

/* In the order in which they came. */
struct services {
    const struct session_world *world;
    size_t count;
    uint64_t refused;
    struct service *all[ALL_MAX];
};

struct services *services_create(const struct session_world *world)
{
    struct services *s = calloc(1, sizeof(*s));

    if (s)
        s->world = world;
    return s;
}

static void remove_at(struct services *s, size_t i)
{
    session_end(&s->all[i]->session);
    free(s->all[i]);
    s->count--;
    for (; i < s->count; i++)
        s->all[i] = s->all[i + 1];
}

void services_free(struct services *s)
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

static void drop(struct service *v, const char *why)
{
    log_info("service.dropped", "peer=%s reason=%s", v->name, why);
    v->is_over = true;
}

static void on_lost(void *context, const char *why, int64_t now_ms)
{
    struct service *v = context;

    (void)now_ms;
    if (*v->session.why) {
        drop(v, v->session.why);
        return;
    }
    log_debug("service.closed", "peer=%s reason=%s", v->name, why);
    v->is_over = true;
}

static void free_those_over(struct services *s)
{
    for (size_t i = s->count; i-- > 0;)
        if (s->all[i]->is_over)
            remove_at(s, i);
}

/* Whoever has said HELLO stays; of the others the one that came first goes, for
 * it had the most time. */
static void make_room(struct services *s, unsigned int listener)
{
    for (size_t i = 0; i < s->count; i++) {
        struct service *v = s->all[i];

        if (v->listener != listener || v->session.is_greeted)
            continue;
        drop(v, "it has sent no HELLO, and others are waiting");
        s->refused++;
        remove_at(s, i);
        return;
    }
}

static struct service *create(struct services *s, const struct arrival *a)
{
    free_those_over(s);
    if (services_count(s, a->listener) == SERVICES_MAX)
        make_room(s, a->listener);
    if (services_count(s, a->listener) == SERVICES_MAX || s->count == ALL_MAX)
        return NULL;
    return calloc(1, sizeof(struct service));
}

void services_add(struct services *s, const struct arrival *a,
                  uint32_t versions, int64_t now_ms)
{
    struct session_owner owner = {
        .opened = ignore,
        .greeted = ignore,
        .heard = ignore,
        .accepted = ignore,
        .lost = on_lost,
    };
    struct service *v = create(s, a);

    if (!v) {
        size_t count = services_count(s, a->listener);

        s->refused++;
        log_warning("service.refused", "peer=%s reason=%s connections=%zu",
                    a->peer, count == SERVICES_MAX ? "full" : "memory", count);
        stream_close(a->stream);
        return;
    }
    snprintf(v->name, sizeof(v->name), "%s", a->peer);
    v->listener = a->listener;
    v->since_ms = now_ms;
    v->session.connection.name = v->name;
    v->session.connection.is_service = true;
    owner.context = v;
    s->all[s->count++] = v;
    log_debug("service.opened", "peer=%s", v->name);
    session_begin(&v->session, s->world, &owner, a->stream, versions);
}

void services_tick(struct services *s, int64_t now_ms)
{
    for (size_t i = s->count; i-- > 0;) {
        struct service *v = s->all[i];

        if (!v->is_over && !v->session.is_greeted &&
            now_ms - v->since_ms >= SERVICES_HELLO_MS)
            drop(v, "it has sent no HELLO");
    }
    free_those_over(s);
}

static bool is_among(unsigned int listener, const unsigned int *listeners,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (listeners[i] == listener)
            return true;
    return false;
}

void services_keep(struct services *s, const unsigned int *listeners,
                   size_t count)
{
    for (size_t i = s->count; i-- > 0;) {
        if (is_among(s->all[i]->listener, listeners, count))
            continue;
        drop(s->all[i], "its listener was taken out of the configuration");
        remove_at(s, i);
    }
}

struct services_usage services_usage(const struct services *s)
{
    return (struct services_usage){s->count, ALL_MAX, s->refused};
}

size_t services_count(const struct services *s, unsigned int listener)
{
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++)
        count += s->all[i]->listener == listener;
    return count;
}
