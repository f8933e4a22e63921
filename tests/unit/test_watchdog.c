/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that does not turn after it was woken is stuck, and as long as there
 * is one the service manager is not told that all is well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/notify.h"
#include "daemon/watchdog.h"
#include "tests/unit/test.h"

enum { WORKERS = 2, TICK_MS = 500 };

static struct {
    int manager; /* the service manager's end */
    char dir[64], path[108];
    struct notify *notify;
    struct datapath *datapath;
    struct watchdog watchdog;
    int64_t now_ms;
} w;

static void do_nothing(void *context)
{
    (void)context;
}

static int begin(void **state)
{
    const struct datapath_options o = {.workers = WORKERS,
                                       .flow_cache = 2,
                                       .mac_table_size = 16,
                                       .mac_aging_s = 300,
                                       .wake = do_nothing};
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    (void)state;
    memset(&w, 0, sizeof(w));
    log_set_levels("error");
    strcpy(w.dir, "/tmp/test_watchdog.XXXXXX");
    assert_non_null(mkdtemp(w.dir));
    snprintf(w.path, sizeof(w.path), "%s/notify", w.dir);
    strcpy(name.sun_path, w.path);
    w.manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(w.manager, (struct sockaddr *)&name, sizeof(name)),
                     0);
    setenv("NOTIFY_SOCKET", w.path, 1);
    setenv("WATCHDOG_USEC", "2000000", 1); /* so every second */
    unsetenv("WATCHDOG_PID");
    assert_int_equal(notify_open(&w.notify), 0);
    w.datapath = datapath_create(&o, 0);
    assert_non_null(w.datapath);
    return 0;
}

static int end(void **state)
{
    (void)state;
    datapath_free(w.datapath);
    notify_close(w.notify);
    close(w.manager);
    unlink(w.path);
    return rmdir(w.dir);
}

/* How often the manager has heard since the last time that all is well. */
static unsigned int heard(void)
{
    char text[256];
    unsigned int count = 0;
    ssize_t size;

    while ((size = recv(w.manager, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
        text[size] = '\0';
        assert_string_equal(text, "WATCHDOG=1");
        count++;
    }
    return count;
}

static void pass_ms(int64_t ms, bool workers_turn)
{
    for (; ms > 0; ms -= TICK_MS) {
        if (workers_turn)
            datapath_turn(w.datapath, w.now_ms * 1000);
        w.now_ms += TICK_MS;
        watchdog_tick(&w.watchdog, w.now_ms);
    }
}

static void all_is_well_as_long_as_workers_turn(void **state)
{
    (void)state;
    watchdog_init(&w.watchdog, w.datapath, w.notify, 0);
    pass_ms(TICK_MS, true);
    assert_int_equal(heard(), 0); /* not more often than asked for */
    pass_ms(10000 - TICK_MS, true);
    assert_int_equal(heard(), 10);
    assert_false(w.watchdog.workers[0].is_stuck ||
                 w.watchdog.workers[1].is_stuck);
}

static void a_stuck_worker_is_noticed_and_forgiven(void **state)
{
    (void)state;
    watchdog_init(&w.watchdog, w.datapath, w.notify, 0);
    pass_ms(4000, true);
    heard();
    pass_ms(2000, false);
    assert_true(w.watchdog.workers[0].is_stuck &&
                w.watchdog.workers[1].is_stuck);
    heard();
    pass_ms(10000, false);
    assert_int_equal(heard(), 0);
    pass_ms(2000, true);
    assert_false(w.watchdog.workers[0].is_stuck ||
                 w.watchdog.workers[1].is_stuck);
    pass_ms(2000, true);
    assert_in_range(heard(), 2, 3);
}

static void without_a_manager_workers_are_watched_all_the_same(void **state)
{
    (void)state;
    watchdog_init(&w.watchdog, w.datapath, NULL, 0);
    pass_ms(4000, true);
    pass_ms(4000, false);
    assert_true(w.watchdog.workers[0].is_stuck);
    assert_int_equal(heard(), 0);
}

static void one_stuck_worker_is_enough(void **state)
{
    (void)state;
    watchdog_init(&w.watchdog, w.datapath, w.notify, 0);
    pass_ms(4000, true);
    heard();
    w.watchdog.workers[1].turns = datapath_turns(w.datapath, 1);
    w.watchdog.workers[0].turns = datapath_turns(w.datapath, 0) - 1;
    pass_ms(2000, false);
    assert_false(w.watchdog.workers[0].is_stuck);
    assert_true(w.watchdog.workers[1].is_stuck);
    heard();
    w.watchdog.workers[0].turns--; /* the first goes on turning */
    pass_ms(1500, false);
    assert_int_equal(heard(), 0);
}

/* A restart would not give it a CPU. */
static void a_starved_worker_is_no_reason_to_restart(void **state)
{
    (void)state;
    watchdog_init(&w.watchdog, w.datapath, w.notify, 0);
    pass_ms(4000, true);
    pass_ms(2000, false);
    assert_int_equal(w.watchdog.workers[0].trouble, THREAD_BLOCKED);
    heard();
    for (unsigned int i = 0; i < WORKERS; i++)
        w.watchdog.workers[i].trouble = THREAD_STARVED;
    pass_ms(4000, false);
    assert_true(w.watchdog.workers[0].is_stuck);
    assert_int_equal(heard(), 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_is_well_as_long_as_workers_turn),
        TEST(a_stuck_worker_is_noticed_and_forgiven),
        TEST(without_a_manager_workers_are_watched_all_the_same),
        TEST(one_stuck_worker_is_enough),
        TEST(a_starved_worker_is_no_reason_to_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
