#include "bridge/outside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bridge/socket_file.h"

enum { BACKLOG = 64 };

/* One of [openflow] listen. */
struct place {
    struct target target;
    struct socket_file *file; /* of punix: */
    struct listener *listener;
};

struct outside {
    struct ev_loop *loop;
    uid_t uid;
    gid_t gid;
    struct listener_owner owner;
    struct tls *tls; /* NULL: no keys */
    struct place management;
    size_t place_count;
    struct place places[CONFIG_LISTEN_MAX];
};

static void close_place(struct place *p)
{
    listener_close(p->listener);
    socket_file_close(p->file);
    memset(p, 0, sizeof(*p));
}

static int open_file(struct outside *o, struct place *p, const char *path,
                     char *error, size_t error_size)
{
    const struct socket_file_options file = {
        .path = path,
        .uid = o->uid,
        .gid = o->gid,
        .backlog = BACKLOG,
    };
    int err = socket_file_open(&p->file, &file, error, error_size);

    if (err)
        return err;
    err = listener_adopt(&p->listener, o->loop, socket_file_fd(p->file), "unix",
                         &o->owner);
    if (!err)
        return 0;
    snprintf(error, error_size, "%s: %s", path, strerror(-err));
    close_place(p);
    return err;
}

static int open_place(struct outside *o, struct place *p, char *error,
                      size_t error_size)
{
    struct tls *const *tls = target_has_tls(&p->target) ? &o->tls : NULL;
    int err;

    if (p->target.family == AF_UNIX)
        return open_file(o, p, p->target.path, error, error_size);
    err = listener_open(&p->listener, o->loop, &p->target, tls, &o->owner);
    if (err)
        snprintf(error, error_size, "%s", strerror(-err));
    return err;
}

/* The new ones; one that cannot be had is tried again at the next reload. */
static void add_place(struct outside *o, const struct target *t)
{
    struct place *p = &o->places[o->place_count];
    char text[TARGET_TEXT_SIZE], error[512];
    bool is_exposed = !target_is_loopback(t) && !target_has_tls(t);

    target_print(t, text);
    p->target = *t;
    if (open_place(o, p, error, sizeof(error))) {
        log_error("listener.failed", "listener=%s error=%s", text, error);
        memset(p, 0, sizeof(*p));
        return;
    }
    o->place_count++;
    log_info("listener.opened", "listener=%s", text);
    if (is_exposed)
        log_warning("listener.exposed", "listener=%s hint=%s", text,
                    "whoever reaches it controls the switch; write 127.0.0.1, "
                    "or pssl:");
}

static bool is_listed(const struct config_listen *l, const struct target *t)
{
    for (size_t i = 0; i < l->count; i++)
        if (target_is_equal(&l->targets[i], t))
            return true;
    return false;
}

static bool is_open(const struct outside *o, const struct target *t)
{
    for (size_t i = 0; i < o->place_count; i++)
        if (target_is_equal(&o->places[i].target, t))
            return true;
    return false;
}

static void configure_places(struct outside *o, const struct config_listen *l)
{
    for (size_t i = o->place_count; i-- > 0;) {
        if (is_listed(l, &o->places[i].target))
            continue;
        close_place(&o->places[i]);
        o->place_count--;
        memmove(&o->places[i], &o->places[i + 1],
                (o->place_count - i) * sizeof(o->places[0]));
    }
    for (size_t i = 0; i < l->count; i++)
        if (!is_open(o, &l->targets[i]))
            add_place(o, &l->targets[i]);
}

/* Read anew each time, for the files may have changed under their names. */
static void configure_keys(struct outside *o, const struct config *c)
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
                      o->tls ? "the keys before stay in force"
                             : "no ssl: and pssl: connections");
            return;
        }
    }
    tls_free(o->tls);
    o->tls = tls;
}

static void configure(void *context, const struct config *c)
{
    struct outside *o = context;

    configure_keys(o, c);
    configure_places(o, &c->openflow.listen);
}

static struct stream *connect_to(void *context, const struct target *t,
                                 char error[STREAM_ERROR_SIZE])
{
    struct outside *o = context;

    if (!target_has_tls(t))
        return stream_connect(o->loop, t, NULL, error);
    if (o->tls)
        return stream_connect(o->loop, t, o->tls, error);
    snprintf(error, STREAM_ERROR_SIZE, "%s", "there are no keys");
    return NULL;
}

int outside_open(struct outside **o, const struct outside_options *options,
                 char *error, size_t error_size)
{
    struct outside *made = calloc(1, sizeof(*made));
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
    err = open_file(made, &made->management, options->management_path, error,
                    error_size);
    if (err) {
        free(made);
        return err;
    }
    *o = made;
    return 0;
}

void outside_close(struct outside *o)
{
    if (!o)
        return;
    close_place(&o->management);
    for (size_t i = 0; i < o->place_count; i++)
        close_place(&o->places[i]);
    tls_free(o->tls);
    free(o);
}

struct openflow_outside outside_of(struct outside *o)
{
    return (struct openflow_outside){
        .network = {connect_to, o},
        .configure = configure,
        .context = o,
        .find_route = route_find,
    };
}
