/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/state_keeper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/thread_role.h"
#include "state/state_file.h"
#include "state/state_restore.h"

enum {
    EVERY_MS = 10000,
    /* So many times as long as it took the main thread to say it all. */
    REST_FACTOR = 100,
};

/* A write in progress, by a thread. */
struct writing {
    pthread_t thread;
    bool is_going_on;
    _Atomic bool is_done;
    char path[sizeof(((struct config *)0)->daemon.state_file)];
    struct of_buffer bytes;
    struct state_counts counts;
    int result;
};

struct state_keeper {
    int64_t (*wall_ms)(void);
    uid_t uid;
    char path[sizeof(((struct config *)0)->daemon.state_file)]; /* or empty */
    int64_t next_ms;
    int last_error; /* said in the log already */
    size_t last_left_out;
    struct writing writing;
};

struct state_keeper *state_keeper_create(int64_t (*wall_ms)(void), uid_t uid)
{
    struct state_keeper *k = calloc(1, sizeof(*k));

    if (!k)
        return NULL;
    k->wall_ms = wall_ms;
    k->uid = uid;
    return k;
}

static struct state_times times_at(const struct state_keeper *k, int64_t now_ms)
{
    return (struct state_times){now_ms, k->wall_ms()};
}

/* Starting. */

static const char *port_name(void *context, uint32_t number)
{
    const struct bridge *b = context;
    const struct bridge_port *p = port_set_by_number(bridge_ports(b), number);

    return p ? p->config.name : NULL;
}

static void ignored(const struct state_keeper *k, const char *reason)
{
    log_warning("statefile.ignored", "file=%s reason=%s", k->path, reason);
}

static void restored(const struct state_keeper *k,
                     const struct state_outcome *o)
{
    log_event(o->refused ? LOG_WARNING : LOG_INFO, "statefile.restored",
              "file=%s flows=%zu groups=%zu meters=%zu macs=%zu expired=%zu "
              "refused=%zu away_ms=%lld",
              k->path, o->restored.flows, o->restored.groups,
              o->restored.meters, o->restored.macs, o->expired, o->refused,
              (long long)o->away_ms);
}

void state_keeper_restore(struct state_keeper *k, const struct bridge *b,
                          int64_t now_ms)
{
    struct of_agent *o = bridge_openflow(b);
    const struct state_target target = {
        .s = of_agent_switch(o),
        .has_controllers = of_agent_controllers(o) > 0,
        .gave_normal = of_agent_gave_normal(o),
        .port_name = port_name,
        .context = (struct bridge *)(uintptr_t)b,
    };
    const struct state_times times = times_at(k, now_ms);
    struct state_outcome outcome;
    char error[STATE_FILE_ERROR_SIZE];
    const char *reason;
    uint8_t *bytes;
    size_t size;
    int err;

    assert_main_thread();
    memcpy(k->path, bridge_config(b)->daemon.state_file, sizeof(k->path));
    if (!*k->path)
        return;
    state_file_remove_rest(k->path);
    err = state_file_read(k->path, k->uid, &bytes, &size, error);
    if (err) {
        if (err != -ENOENT)
            ignored(k, error);
        return;
    }
    reason = state_restore(&target, &times, bytes, size, &outcome);
    free(bytes);
    if (reason) {
        ignored(k, reason);
        return;
    }
    if (outcome.stands_alone)
        of_agent_stand_alone(o, now_ms);
    restored(k, &outcome);
}

/* Writing. */

static void note_result(struct state_keeper *k, const struct writing *w)
{
    if (!w->result) {
        log_event(w->counts.left_out > k->last_left_out ? LOG_WARNING
                  : k->last_error                       ? LOG_INFO
                                                        : LOG_DEBUG,
                  "statefile.saved",
                  "file=%s bytes=%zu flows=%zu groups=%zu meters=%zu macs=%zu "
                  "left_out=%zu",
                  w->path, w->bytes.size, w->counts.flows, w->counts.groups,
                  w->counts.meters, w->counts.macs, w->counts.left_out);
        k->last_left_out = w->counts.left_out;
    } else if (w->result != k->last_error)
        log_error("statefile.failed", "file=%s error=%s hint=%s", w->path,
                  strerror(-w->result),
                  "its directory must exist and be writable for the user of "
                  "the switch");
    k->last_error = w->result;
}

static void write_file(struct writing *w)
{
    w->result = w->bytes.is_bad
                    ? -ENOMEM
                    : state_file_write(w->path, w->bytes.data, w->bytes.size);
}

static void *thread_main(void *context)
{
    struct writing *w = context;

    thread_role_set(THREAD_HELPER);
    write_file(w);
    atomic_store(&w->is_done, true);
    return NULL;
}

static void finish(struct state_keeper *k)
{
    struct writing *w = &k->writing;

    if (!w->is_going_on)
        return;
    pthread_join(w->thread, NULL);
    w->is_going_on = false;
    note_result(k, w);
    of_buffer_clear(&w->bytes);
}

static void follow_config(struct state_keeper *k, const struct config *c)
{
    if (!strcmp(k->path, c->daemon.state_file))
        return;
    finish(k);
    if (*k->path)
        state_file_remove(k->path);
    memcpy(k->path, c->daemon.state_file, sizeof(k->path));
    k->next_ms = 0;
    k->last_error = 0;
}

static void gather(struct state_keeper *k, const struct bridge *b,
                   int64_t now_ms)
{
    const struct state_times times = times_at(k, now_ms);
    struct writing *w = &k->writing;
    int64_t took_ms;

    memcpy(w->path, k->path, sizeof(w->path));
    w->counts = state_save(b, &times, &w->bytes);
    took_ms = k->wall_ms() - times.wall_ms;
    k->next_ms =
        now_ms +
        (took_ms * REST_FACTOR > EVERY_MS ? took_ms * REST_FACTOR : EVERY_MS);
}

void state_keeper_save(struct state_keeper *k, const struct bridge *b,
                       int64_t now_ms)
{
    assert_main_thread();
    follow_config(k, bridge_config(b));
    finish(k);
    if (!*k->path)
        return;
    gather(k, b, now_ms);
    write_file(&k->writing);
    note_result(k, &k->writing);
    of_buffer_clear(&k->writing.bytes);
}

/* Signals are the main thread's. */
static int start_thread(struct writing *w)
{
    sigset_t all, before;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&w->thread, NULL, thread_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -err;
}

void state_keeper_tick(struct state_keeper *k, const struct bridge *b,
                       int64_t now_ms)
{
    struct writing *w = &k->writing;
    int err;

    assert_main_thread();
    follow_config(k, bridge_config(b));
    if (w->is_going_on && atomic_load(&w->is_done))
        finish(k);
    if (!*k->path || w->is_going_on || now_ms < k->next_ms)
        return;
    gather(k, b, now_ms);
    atomic_store(&w->is_done, false);
    err = start_thread(w); /* From here on the result is the thread's. */
    w->is_going_on = !err;
    if (!err)
        return;
    w->result = err;
    note_result(k, w);
    of_buffer_clear(&w->bytes);
}

void state_keeper_free(struct state_keeper *k)
{
    if (!k)
        return;
    finish(k);
    free(k);
}
