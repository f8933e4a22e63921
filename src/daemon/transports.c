/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/transports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "daemon/socket_file.h"

enum { BACKLOG = 64 };

static const double retry_s_default = 1;

enum { ERROR_SIZE = 512 };

/* One of [openflow] listen, or the management socket. */
struct endpoint {
    struct target target;
    unsigned int number;       /* of its connections */
    struct socket_file *file;  /* of punix: */
    struct listener *listener; /* NULL: it could not be opened */
    unsigned int steps, left;  /* of waiting: in all, and until the next try */
    char error[ERROR_SIZE];
};

struct transports {
    struct ev_loop *loop;
    uid_t uid;
    gid_t gid;
    struct listener_owner owner;
    struct tls *tls; /* NULL: no keys */
    ev_timer retry;  /* runs while there is an endpoint to open */
    unsigned int last_number;
    char *management_name;
    struct endpoint management;
    size_t endpoint_count;
    struct endpoint endpoints[CONFIG_LISTEN_MAX];
};

static void close_endpoint(struct endpoint *p)
{
    listener_close(p->listener);
    socket_file_close(p->file);
    p->listener = NULL;
    p->file = NULL;
}

static int open_file(struct transports *o, struct endpoint *p, const char *path,
                     char *error, size_t error_size)
{
    struct listener_owner owner = o->owner;
    const struct socket_file_options file = {
        .path = path,
        .uid = o->uid,
        .gid = o->gid,
        .backlog = BACKLOG,
    };
    int err = socket_file_open(&p->file, &file, error, error_size);

    if (err)
        return err;
    owner.number = p->number;
    err = listener_adopt(&p->listener, o->loop, socket_file_fd(p->file), "unix",
                         &owner);
    if (!err)
        return 0;
    snprintf(error, error_size, "%s: %s", path, strerror(-err));
    close_endpoint(p);
    return err;
}

static int open_endpoint(struct transports *o, struct endpoint *p,
                         char error[ERROR_SIZE])
{
    struct tls *const *tls = target_has_tls(&p->target) ? &o->tls : NULL;
    struct listener_owner owner = o->owner;
    int err;

    if (p->target.family == AF_UNIX)
        return open_file(o, p, p->target.path, error, ERROR_SIZE);
    owner.number = p->number;
    err = listener_open(&p->listener, o->loop, &p->target, tls, &owner);
    if (err)
        snprintf(error, ERROR_SIZE, "%s", strerror(-err));
    return err;
}

static void opened(struct endpoint *p, const char *name)
{
    p->error[0] = '\0';
    p->steps = p->left = 0;
    log_info("listener.opened", "listener=%s", name);
    if (!target_is_loopback(&p->target) && !target_has_tls(&p->target))
        log_warning("listener.exposed", "listener=%s hint=%s", name,
                    "every host that reaches it can control the switch; write "
                    "127.0.0.1, or pssl:");
}

/* Opens an endpoint, or logs once why that fails and waits twice as long. */
static void try_endpoint(struct transports *o, struct endpoint *p)
{
    char name[TARGET_TEXT_SIZE], error[ERROR_SIZE];

    target_print(&p->target, name);
    if (open_endpoint(o, p, error) == 0) {
        opened(p, name);
        return;
    }
    p->steps = p->steps * 2 > RETRY_STEPS_MAX ? RETRY_STEPS_MAX : p->steps * 2;
    if (!p->steps)
        p->steps = 1;
    p->left = p->steps;
    if (!ev_is_active(&o->retry))
        ev_timer_again(o->loop, &o->retry);
    if (!strcmp(error, p->error))
        return;
    memcpy(p->error, error, sizeof(p->error));
    log_error("listener.failed", "listener=%s error=%s", name, error);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct transports *o = timer->data;
    size_t waiting = 0;

    (void)events;
    for (size_t i = 0; i < o->endpoint_count; i++) {
        struct endpoint *p = &o->endpoints[i];

        if (!p->listener && --p->left == 0)
            try_endpoint(o, p);
        waiting += !p->listener;
    }
    if (!waiting)
        ev_timer_stop(loop, timer);
}

static struct endpoint *find_endpoint(struct transports *o,
                                      const struct target *t)
{
    for (size_t i = 0; i < o->endpoint_count; i++)
        if (target_is_equal(&o->endpoints[i].target, t))
            return &o->endpoints[i];
    return NULL;
}

static struct endpoint *add_place(struct transports *o, const struct target *t)
{
    struct endpoint *p = &o->endpoints[o->endpoint_count++];

    memset(p, 0, sizeof(*p));
    p->target = *t;
    p->number = ++o->last_number;
    return p;
}

static bool is_listed(const struct config_listen *l, const struct target *t)
{
    for (size_t i = 0; i < l->count; i++)
        if (target_is_equal(&l->targets[i], t))
            return true;
    return false;
}

static void configure_places(struct transports *o,
                             const struct config_listen *l)
{
    for (size_t i = o->endpoint_count; i-- > 0;) {
        if (is_listed(l, &o->endpoints[i].target))
            continue;
        close_endpoint(&o->endpoints[i]);
        o->endpoint_count--;
        memmove(&o->endpoints[i], &o->endpoints[i + 1],
                (o->endpoint_count - i) * sizeof(o->endpoints[0]));
    }
    for (size_t i = 0; i < l->count; i++) {
        struct endpoint *p = find_endpoint(o, &l->targets[i]);

        if (!p)
            p = add_place(o, &l->targets[i]);
        if (!p->listener)
            try_endpoint(o, p);
    }
}

/* Read again each time, for the files may have changed under their names. */
static void configure_keys(struct transports *o, const struct config *c)
{
    const struct tls_keys keys = {
        .private_key = c->openflow.private_key,
        .certificate = c->openflow.certificate,
        .ca_certificate = c->openflow.ca_certificate,
    };
    struct tls *tls = NULL;
    char error[512];

    if (*keys.private_key && *keys.certificate && *keys.ca_certificate) {
        tls = tls_create(&keys, error, sizeof(error));
        if (!tls) {
            log_error("tls.failed", "error=%s effect=%s", error,
                      o->tls ? "the previous keys stay in force"
                             : "no ssl: and pssl: connections");
            return;
        }
    }
    tls_free(o->tls);
    o->tls = tls;
}

static void configure(void *context, const struct config *c)
{
    struct transports *o = context;

    configure_keys(o, c);
    configure_places(o, &c->openflow.listen);
}

static void visit_place(const struct endpoint *p, const char *name,
                        void (*visit)(void *visitor,
                                      const struct listener_status *l),
                        void *visitor)
{
    const struct listener_status status = {
        .name = name,
        .number = p->number,
        .error = p->listener ? NULL : p->error,
    };

    visit(visitor, &status);
}

static void each_listener(void *context,
                          void (*visit)(void *visitor,
                                        const struct listener_status *l),
                          void *visitor)
{
    const struct transports *o = context;
    char name[TARGET_TEXT_SIZE];

    visit_place(&o->management, o->management_name, visit, visitor);
    for (size_t i = 0; i < o->endpoint_count; i++) {
        target_print(&o->endpoints[i].target, name);
        visit_place(&o->endpoints[i], name, visit, visitor);
    }
}

static struct stream *connect_to(void *context, const struct target *t,
                                 char error[STREAM_ERROR_SIZE])
{
    struct transports *o = context;

    if (!target_has_tls(t))
        return stream_connect(o->loop, t, NULL, error);
    if (o->tls)
        return stream_connect(o->loop, t, o->tls, error);
    snprintf(error, STREAM_ERROR_SIZE, "%s", "no private key is configured");
    return NULL;
}

void transports_close(struct transports *o)
{
    if (!o)
        return;
    ev_timer_stop(o->loop, &o->retry);
    close_endpoint(&o->management);
    for (size_t i = 0; i < o->endpoint_count; i++)
        close_endpoint(&o->endpoints[i]);
    tls_free(o->tls);
    free(o->management_name);
    free(o);
}

int transports_open(struct transports **o,
                    const struct transports_options *options, char *error,
                    size_t error_size)
{
    struct transports *made = calloc(1, sizeof(*made));
    int err;

    *o = NULL;
    if (!made) {
        snprintf(error, error_size, "%s", strerror(ENOMEM));
        return -ENOMEM;
    }
    made->loop = options->loop;
    made->uid = options->uid;
    made->gid = options->gid;
    made->owner = options->owner;
    ev_timer_init(&made->retry, on_retry, 0,
                  options->retry_s > 0 ? options->retry_s : retry_s_default);
    made->retry.data = made;
    if (asprintf(&made->management_name, "punix:%s", options->management_path) <
        0) {
        made->management_name = NULL;
        snprintf(error, error_size, "%s", strerror(ENOMEM));
        transports_close(made);
        return -ENOMEM;
    }
    err = open_file(made, &made->management, options->management_path, error,
                    error_size);
    if (err) {
        transports_close(made);
        return err;
    }
    *o = made;
    return 0;
}

struct of_transports transports_of_agent(struct transports *o)
{
    return (struct of_transports){
        .network = {connect_to, o},
        .configure = configure,
        .each_listener = each_listener,
        .context = o,
        .find_route = route_find,
    };
}
