/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When memory has run out the event loop gets what is kept for it and goes on,
 * and what was used is kept anew later; if that does not do, the process ends
 * with one line in the log, not with a crash.
 */
#include "daemon/event_memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ev.h>

#include "base/log.h"
#include "tests/unit/test.h"

enum { TIMERS = 20000, FAR_S = 1000 };

/* What checks memory has none left for itself below the limit, or does not heed
 * it. */
static void skip_without_limits(void)
{
    const char *preloaded = getenv("LD_PRELOAD");

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    if (preloaded && strstr(preloaded, "vgpreload"))
        skip();
}

static void do_nothing(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
}

/* Takes all the memory that the process may still have: no more address space
 * than it has now. */
static void take_all(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    struct rlimit all = {.rlim_max = RLIM_INFINITY};

    if (!statm || fscanf(statm, "%lu", &pages) != 1)
        _exit(102);
    fclose(statm);
    all.rlim_cur = pages * (unsigned long)sysconf(_SC_PAGESIZE);
    setrlimit(RLIMIT_AS, &all);
    for (size_t size = 1 << 20; size; size /= 2)
        while (malloc(size))
            ;
}

static void start_timers(struct ev_loop *loop, ev_timer *timers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ev_timer_init(&timers[i], do_nothing, FAR_S, 0);
        ev_timer_start(loop, &timers[i]);
    }
    ev_run(loop, EVRUN_NOWAIT);
}

/* Runs in a process of its own, with its log in 'log'. */
static int live(void (*life)(struct ev_loop *loop, ev_timer *timers), FILE *log)
{
    pid_t child = fork();
    int status;

    if (!child) {
        ev_timer *timers = calloc(8 * TIMERS, sizeof(*timers));
        struct ev_loop *loop;

        dup2(fileno(log), STDERR_FILENO);
        if (!event_memory_watch())
            _exit(100);
        loop = ev_loop_new(0);
        if (!loop || !timers)
            _exit(101);
        life(loop, timers);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static unsigned int count_of(FILE *log, const char *event)
{
    char line[1024];
    unsigned int count = 0;

    rewind(log);
    while (fgets(line, sizeof(line), log))
        count += strstr(line, event) != NULL;
    return count;
}

static void need_the_reserve(struct ev_loop *loop, ev_timer *timers)
{
    take_all();
    start_timers(loop, timers, TIMERS / 8);
}

static void need_it_twice(struct ev_loop *loop, ev_timer *timers)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

    need_the_reserve(loop, timers);
    setrlimit(RLIMIT_AS, &all);
    event_memory_refill();
    take_all();
    start_timers(loop, timers + TIMERS, TIMERS / 2);
}

static void need_more_than_there_is(struct ev_loop *loop, ev_timer *timers)
{
    take_all();
    start_timers(loop, timers, 8 * TIMERS);
}

static void the_loop_goes_on_with_the_reserve(void **state)
{
    FILE *log;

    (void)state;
    skip_without_limits();
    log = tmpfile();
    assert_int_equal(live(need_the_reserve, log), 0);
    assert_true(count_of(log, "event=loop.reserve_used") > 0);
    assert_int_equal(count_of(log, "event=loop.failed"), 0);
    fclose(log);
}

static void what_was_used_is_kept_anew(void **state)
{
    FILE *log;

    (void)state;
    skip_without_limits();
    log = tmpfile();
    assert_int_equal(live(need_it_twice, log), 0);
    assert_int_equal(count_of(log, "event=loop.failed"), 0);
    fclose(log);
}

static void without_any_it_ends_with_a_word(void **state)
{
    FILE *log;
    int status;

    (void)state;
    skip_without_limits();
    log = tmpfile();
    status = live(need_more_than_there_is, log);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
    assert_int_equal(count_of(log, "event=loop.failed what=memory"), 1);
    assert_int_equal(count_of(log, "libev"), 0);
    fclose(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loop_goes_on_with_the_reserve),
        cmocka_unit_test(what_was_used_is_kept_anew),
        cmocka_unit_test(without_any_it_ends_with_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
