/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/daemon.h"

#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/retire.h"
#include "base/thread_role.h"
#include "base/time_slice.h"
#include "base/user_lookup.h"
#include "bridge/bridge.h"
#include "bridge/datapath_size.h"
#include "bridge/identity.h"
#include "bridge/port_review.h"
#include "bridge/reload.h"
#include "bridge/state_dump.h"
#include "daemon/ctl.h"
#include "daemon/ctl_answers.h"
#include "daemon/event_memory.h"
#include "daemon/loop_busy_poll.h"
#include "daemon/notify.h"
#include "daemon/privileges.h"
#include "daemon/process_files.h"
#include "daemon/seccomp.h"
#include "daemon/start_config.h"
#include "daemon/transports.h"
#include "daemon/watchdog.h"
#include "port/link_monitor.h"
#include "port/tap_device.h"
#include "state/state_keeper.h"

enum {
    /* TAP queues to be made without privileges; each job that ends a TAP has
     * one, too. */
    TAP_STOCK = 32 + JOB_POOL_THREADS_MAX,
    TIME_SLICE_US = 100,
    KERNEL_WAIT_MS = 2,
    EXIT_FAILED = 1,
};

struct daemon {
    struct ev_loop *loop;
    struct config *config; /* until the bridge has it */
    struct bridge *bridge;
    struct state_keeper *state;
    struct fast_path *fast_path; /* NULL: the kernel takes no part */
    struct devices *devices;
    struct job_pool *jobs; /* of the ports */
    struct link_monitor *links;
    struct ctl *ctl;
    struct ctl_answers answers;
    char config_path[PATH_MAX]; /* absolute */
    struct transports *transports;
    struct notify *notify;
    struct port_review *review;
    struct watchdog watchdog;
    bool has_missed_links; /* to be asked for again */
    int64_t started_ms;
    uid_t uid;
    gid_t gid;
    ev_io link_io;
    ev_timer tick;
    ev_timer kernel; /* runs while there is more to leave to the kernel */
    ev_async news;
    ev_prepare prepare;
    struct loop_busy_poll busy_poll;
    ev_signal hangup, terminate, interrupt, state_dump, reopen;
};

static int64_t uptime_ms(const struct daemon *d)
{
    return clock_monotonic_ms() - d->started_ms;
}

/* Events of the loop. */

static void follow_links(void *context)
{
    struct daemon *d = context;
    int err = link_monitor_read(d->links);

    if (err && !d->has_missed_links)
        log_error("link.failed", "what=%s error=%s", "read", strerror(-err));
    if (!err && d->has_missed_links)
        log_info("link.resumed", "%s", "");
    d->has_missed_links = err;
    bridge_links_told(d->bridge, clock_monotonic_ms());
}

static void on_links(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    (void)events;
    follow_links(io->data);
}

static void link_changed(void *context, const struct link *link, bool is_gone)
{
    struct daemon *d = context;

    if (d->bridge)
        bridge_link_changed(d->bridge, link, is_gone, clock_monotonic_ms());
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct daemon *d = timer->data;

    (void)events;
    if (d->has_missed_links)
        follow_links(d);
    if (bridge_tick(d->bridge, clock_monotonic_ms()))
        ev_async_send(loop, &d->news);
    reload_wait_tick(&d->answers.waits, bridge_is_settled(d->bridge),
                     clock_monotonic_ms());
    port_review_tick(d->review, d->bridge, link_monitor_changes(d->links),
                     clock_monotonic_ms());
    watchdog_tick(&d->watchdog, clock_monotonic_ms());
    devices_tick(d->devices, bridge_config(d->bridge), clock_monotonic_ms());
    state_keeper_tick(d->state, d->bridge, clock_monotonic_ms());
    log_tick(clock_monotonic_ms());
    event_memory_refill();
}

static void on_news(struct ev_loop *loop, ev_async *async, int events)
{
    struct daemon *d = async->data;

    (void)events;
    if (bridge_take_news(d->bridge, clock_monotonic_ms()))
        ev_async_send(loop, async);
    reload_wait_tick(&d->answers.waits, bridge_is_settled(d->bridge),
                     clock_monotonic_ms());
}

static void on_kernel(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct daemon *d = timer->data;

    (void)loop;
    (void)events;
    datapath_follow(bridge_datapath(d->bridge), clock_monotonic_ms());
}

/* Once a turn of the loop: frees objects that workers have let go of. */
static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    struct daemon *d = prepare->data;

    (void)events;
    retire_flush();
    if (ev_is_active(&d->kernel) ||
        !datapath_kernel_waits(bridge_datapath(d->bridge)))
        return;
    ev_timer_set(&d->kernel, 0.001 * KERNEL_WAIT_MS, 0);
    ev_timer_start(loop, &d->kernel);
}

static void reloaded(void *context)
{
    const struct daemon *d = context;

    notify_ready(d->notify, "reloaded");
}

static void on_hangup(struct ev_loop *loop, ev_signal *signal, int events)
{
    struct daemon *d = signal->data;

    (void)loop;
    (void)events;
    notify_reloading(d->notify);
    reload_bridge(d->bridge, clock_monotonic_ms(), NULL, NULL, NULL);
    reload_wait_begin(&d->answers.waits, bridge_is_settled(d->bridge), reloaded,
                      d, clock_monotonic_ms());
}

static void on_end(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)events;
    log_info("stop.asked", "signal=%s",
             signal->signum == SIGTERM ? "SIGTERM" : "SIGINT");
    ev_break(loop, EVBREAK_ALL);
}

static void on_state_dump(struct ev_loop *loop, ev_signal *signal, int events)
{
    const struct daemon *d = signal->data;
    const struct gauge_source source = ctl_answers_gauges(&d->answers);

    (void)loop;
    (void)events;
    state_dump_write(&source);
}

static void on_reopen(struct ev_loop *loop, ev_signal *signal, int events)
{
    const struct daemon *d = signal->data;

    (void)loop;
    (void)events;
    reload_reopen_log(d->bridge);
}

static void wake_main(void *context)
{
    struct daemon *d = context;

    ev_async_send(d->loop, &d->news);
}

static const struct link *find_link(void *context, const char *name)
{
    const struct daemon *d = context;

    return link_monitor_find(d->links, name);
}

static const struct link *ask_link(void *context, const char *name)
{
    const struct daemon *d = context;

    return link_monitor_ask(d->links, name) ? NULL : find_link(context, name);
}

static void watch_signal(struct daemon *d, ev_signal *watcher, int number,
                         void (*on)(struct ev_loop *, ev_signal *, int))
{
    ev_signal_init(watcher, on, number);
    watcher->data = d;
    ev_signal_start(d->loop, watcher);
}

static void watch_all(struct daemon *d)
{
    watch_signal(d, &d->hangup, SIGHUP, on_hangup);
    watch_signal(d, &d->terminate, SIGTERM, on_end);
    watch_signal(d, &d->interrupt, SIGINT, on_end);
    watch_signal(d, &d->state_dump, SIGUSR1, on_state_dump);
    watch_signal(d, &d->reopen, SIGUSR2, on_reopen);
    ev_io_init(&d->link_io, on_links, link_monitor_fd(d->links), EV_READ);
    ev_timer_init(&d->tick, on_tick, 0.001 * BRIDGE_TICK_MS,
                  0.001 * BRIDGE_TICK_MS);
    ev_async_init(&d->news, on_news);
    ev_prepare_init(&d->prepare, on_prepare);
    ev_timer_init(&d->kernel, on_kernel, 0, 0);
    d->kernel.data = d->prepare.data = d;
    d->link_io.data = d->tick.data = d->news.data = d;
    ev_io_start(d->loop, &d->link_io);
    ev_timer_start(d->loop, &d->tick);
    ev_async_start(d->loop, &d->news);
    ev_prepare_start(d->loop, &d->prepare);
    loop_busy_poll_start(&d->busy_poll, d->loop);
}

/* The steps of the start, in order; each returns false when it has said why. */
static bool find_user(struct daemon *d)
{
    struct user_lookup user;

    d->uid = (uid_t)-1;
    d->gid = (gid_t)-1;
    if (!d->config->daemon.user[0] || geteuid())
        return true;
    if (user_lookup_user(d->config->daemon.user, &user)) {
        start_refuse("user", "there is no such user");
        return false;
    }
    d->uid = user.uid;
    d->gid = user.gid;
    return true;
}

static bool check_privileges(void)
{
    char error[1024];

    if (privileges_check(error, sizeof(error)) == 0)
        return true;
    start_refuse("privileges", error);
    return false;
}

static bool open_ctl(struct daemon *d)
{
    char path[START_PATH_SIZE];
    char error[512];
    struct ctl_options o = {
        .path = start_run_path(d->config, "ctl", path),
        .uid = d->uid,
        .gid = d->gid,
        .commands = ctl_answers_commands,
        .command_count = ctl_answers_count,
        .context = &d->answers,
    };

    d->answers = (struct ctl_answers){.bridge = &d->bridge,
                                      .ctl = &d->ctl,
                                      .started_ms = d->started_ms,
                                      .config_path = d->config_path};
    if (ctl_open(&d->ctl, d->loop, &o, error, sizeof(error)) == 0)
        return true;
    start_refuse("control socket", error);
    return false;
}

/* A peer has connected to the management socket or another listener. */
static void on_peer(void *context, const struct incoming_connection *a)
{
    struct daemon *d = context;

    if (d->bridge)
        bridge_incoming(d->bridge, a, clock_monotonic_ms());
    else
        stream_close(a->stream);
}

static bool open_transports(struct daemon *d)
{
    char path[START_PATH_SIZE];
    char error[512];
    const struct transports_options o = {
        .loop = d->loop,
        .management_path = start_run_path(d->config, "mgmt", path),
        .uid = d->uid,
        .gid = d->gid,
        .owner = {on_peer, d, 0},
    };

    if (transports_open(&d->transports, &o, error, sizeof(error)) == 0)
        return true;
    start_refuse("management socket", error);
    return false;
}

static void open_notify(struct daemon *d)
{
    int err = notify_open(&d->notify);

    if (err)
        log_warning("notify.failed", "error=%s", strerror(-err));
}

/* A build without a filter has said so for the main thread. */
static int restrict_worker(void)
{
    int err = seccomp_restrict_worker();

    return err == -EOPNOTSUPP ? 0 : err;
}

static bool load_fast_path(struct daemon *d)
{
    char error[FAST_PATH_ERROR_SIZE];

    if (d->config->datapath.kernel == KERNEL_NO)
        return true;
    d->fast_path = fast_path_create(error);
    if (d->fast_path)
        return true;
    if (d->config->datapath.kernel == KERNEL_REQUIRE) {
        start_refuse("kernel", error);
        return false;
    }
    log_info("kernel.off", "error=%s effect=%s", error,
             "all frames go by the switch's threads");
    return true;
}

static bool create_bridge(struct daemon *d)
{
    struct bridge_options o = {
        .ops = &devices_real,
        .workers = d->config->datapath.workers
                       ? d->config->datapath.workers
                       : datapath_size_workers(&d->config->datapath.cpus),
        .wake = wake_main,
        .wake_context = d,
        .begin_thread = d->config->daemon.has_seccomp ? restrict_worker : NULL,
        .find_link = find_link,
        .ask_link = ask_link,
        .follow_links = follow_links,
        .link_context = d,
        .openflow = transports_of_agent(d->transports),
    };
    int err;

    if (!load_fast_path(d))
        return false;
    o.fast_path = d->fast_path;

    err = link_monitor_open(&d->links, link_changed, d);
    if (err) {
        start_refuse("rtnetlink", strerror(-err));
        return false;
    }
    err = tap_stock_fill(TAP_STOCK);
    if (err < 0)
        log_warning(
            "tap.stock", "error=%s effect=%s hint=%s", strerror(-err),
            "TAPs and LOCAL cannot be created",
            err == -EMFILE
                ? "raise the limit of open files (LimitNOFILE)"
                : "/dev/net/tun must exist and be accessible to this user");
    d->devices = devices_create(d->config->bridge.name,
                                identity_owner(d->config->path), d->fast_path);
    d->jobs = job_pool_create(JOB_POOL_THREADS_MAX, wake_main, d);
    if (d->devices && d->jobs)
        d->review = port_review_create(devices_admission(d->devices), d->jobs);
    o.ops_context = d->devices;
    errno = 0;
    o.jobs = d->jobs;
    d->bridge = d->review && d->jobs
                    ? bridge_create(d->config, &o, clock_monotonic_ms())
                    : NULL;
    if (d->bridge)
        d->state = state_keeper_create(clock_wall_ms, d->uid);
    if (!d->state) {
        start_refuse("bridge", strerror(errno ? errno : ENOMEM));
        return false;
    }
    d->config = NULL; /* It is the bridge's now. */
    return true;
}

/* By now the kernel has reported the devices that were made and set up: first
 * that they are there, and then that they are up. */
static void settle(struct daemon *d)
{
    for (int round = 0; round < 2; round++) {
        follow_links(d);
        bridge_settle(d->bridge, clock_monotonic_ms());
    }
}

static bool drop_privileges(const struct daemon *d)
{
    const struct config *c = bridge_config(d->bridge);
    char error[1024];
    int err;

    /* Opens the TAP files that could not be opened before; a failure stands in
     * the log already. */
    (void)tap_stock_fill(TAP_STOCK);
    if (privileges_drop(c->daemon.user, error, sizeof(error))) {
        start_refuse("privileges", error);
        return false;
    }
    err = c->daemon.has_seccomp ? seccomp_restrict() : 0;
    if (err)
        log_warning("seccomp.failed", "error=%s", strerror(-err));
    return true;
}

static bool start_workers(struct daemon *d)
{
    int err = bridge_start_workers(d->bridge);

    if (!err)
        return true;
    start_refuse("workers", strerror(-err));
    return false;
}

static bool start(struct daemon *d, const char *config_path)
{
    d->config = start_config_read(config_path);
    if (!d->config)
        return false;
    if (!realpath(config_path, d->config_path))
        d->config_path[0] = '\0';
    open_notify(d);
    /* Before there are threads, which get the same; it may fail. */
    (void)time_slice_ask(TIME_SLICE_US);
    if (!check_privileges() || !find_user(d) || !open_ctl(d) ||
        !open_transports(d) || !create_bridge(d))
        return false;
    bridge_start(d->bridge, clock_monotonic_ms());
    state_keeper_restore(d->state, d->bridge, clock_monotonic_ms());
    bridge_load_flows(d->bridge, clock_monotonic_ms());
    settle(d);
    if (!drop_privileges(d))
        return false;
    watch_all(d);
    return start_workers(d);
}

static void stop(struct daemon *d)
{
    devices_end(d->devices);
    state_keeper_free(d->state);
    bridge_free(d->bridge, clock_monotonic_ms());
    job_pool_free(d->jobs);
    port_review_free(d->review);
    devices_free(d->devices);
    fast_path_free(d->fast_path);
    /* The next switch finds it empty. */
    transports_close(d->transports);
    ctl_close(d->ctl);
    link_monitor_close(d->links);
    tap_stock_empty();
    notify_close(d->notify);
    config_free(d->config);
    ev_loop_destroy(d->loop);
    event_memory_end();
    free(d);
}

/* These come to the loop once there is one; until then they wait. */
static void hold_signals(void)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGUSR1);
    sigaddset(&held, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &held, NULL);
}

static int run(const char *config_path)
{
    struct daemon *d = calloc(1, sizeof(*d));
    bool has_started;

    if (!d || !event_memory_watch()) {
        start_refuse("memory", strerror(ENOMEM));
        free(d);
        return EXIT_FAILED;
    }
    d->started_ms = clock_monotonic_ms();
    process_files_raise_limit();
    d->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_SIGNALFD);
    if (!d->loop) {
        start_refuse("event loop", "out of memory or of open files");
        event_memory_end();
        free(d);
        return EXIT_FAILED;
    }
    has_started = start(d, config_path);
    if (has_started) {
        watchdog_init(&d->watchdog, bridge_datapath(d->bridge), d->notify,
                      clock_monotonic_ms());
        log_info("ready", "bridge=%s config=%s took_ms=%lld",
                 bridge_config(d->bridge)->bridge.name, config_path,
                 (long long)uptime_ms(d));
        notify_ready(d->notify, "forwarding");
        ev_run(d->loop, 0);
        reload_wait_end(&d->answers.waits);
        notify_stopping(d->notify);
        /* While workers still forward, for that takes a moment. */
        state_keeper_save(d->state, d->bridge, clock_monotonic_ms());
    }
    stop(d);
    if (has_started)
        log_info("stopped", "%s", "");
    return has_started ? 0 : EXIT_FAILED;
}

int daemon_run(const char *config_path)
{
    int status;

    thread_role_set(THREAD_MAIN);
    process_files_fill_standard();
    signal(SIGPIPE, SIG_IGN);
    hold_signals();
    log_begin();
    status = run(config_path);
    log_end();
    return status;
}
