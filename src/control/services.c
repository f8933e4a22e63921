#include "control/services.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

struct service {
    struct session session;
    char name[SERVICES_NAME_SIZE];
    int64_t since_ms;
    bool is_over; /* to be freed at the next tick, not from its own stream */
};

struct services {
    const struct session_world *world;
    size_t count;
    struct service *all[SERVICES_MAX];
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
    s->all[i] = s->all[--s->count];
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

static void on_lost(void *context, const char *why, int64_t now_ms)
{
    struct service *v = context;

    (void)now_ms;
    log_debug("service.closed", "peer=%s reason=%s", v->name, why);
    v->is_over = true;
}

static void free_those_over(struct services *s)
{
    for (size_t i = s->count; i-- > 0;)
        if (s->all[i]->is_over)
            remove_at(s, i);
}

void services_add(struct services *s, struct stream *stream, const char *name,
                  uint32_t versions, int64_t now_ms)
{
    struct session_owner owner = {
        .opened = ignore,
        .greeted = ignore,
        .heard = ignore,
        .accepted = ignore,
        .lost = on_lost,
    };
    struct service *v = NULL;

    free_those_over(s);
    if (s->count < SERVICES_MAX)
        v = calloc(1, sizeof(*v));
    if (!v) {
        log_warning("service.refused", "peer=%s reason=%s connections=%zu",
                    name, s->count == SERVICES_MAX ? "full" : "memory",
                    s->count);
        stream_close(stream);
        return;
    }
    snprintf(v->name, sizeof(v->name), "%s", name);
    v->since_ms = now_ms;
    v->session.connection.name = v->name;
    v->session.connection.is_service = true;
    owner.context = v;
    s->all[s->count++] = v;
    log_debug("service.opened", "peer=%s", v->name);
    session_begin(&v->session, s->world, &owner, stream, versions);
}

void services_tick(struct services *s, int64_t now_ms)
{
    for (size_t i = s->count; i-- > 0;) {
        struct service *v = s->all[i];

        if (v->is_over || v->session.is_greeted ||
            now_ms - v->since_ms < SERVICES_HELLO_MS)
            continue;
        log_info("service.dropped", "peer=%s reason=%s", v->name,
                 "it has sent no HELLO");
        v->is_over = true;
    }
    free_those_over(s);
}

size_t services_count(const struct services *s)
{
    return s->count;
}
