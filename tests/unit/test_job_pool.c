/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each job is done once, on a helper thread that no signal comes to, many at a
 * time, and 'done' is called on the main thread.  Without threads the jobs are
 * done in the order of arrival when the main thread looks.
 */
#include "base/job_pool.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/unit/test.h"

enum { JOBS = 200, NOW_MS = 5 };

struct numbered {
    struct job job;
    unsigned int number, worked, done;
};

static struct {
    struct job_pool *pool;
    struct numbered jobs[JOBS];
    unsigned int order[JOBS], done_count;
    pthread_t main;
    atomic_uint elsewhere, open_to_signals, wakes;
    pthread_barrier_t all;
    bool meets; /* no job ends before all have begun */
    int woken;
} w;

static struct numbered *numbered_of(struct job *job)
{
    return (struct numbered *)job;
}

static void work(struct job *job)
{
    sigset_t blocked;

    numbered_of(job)->worked++;
    if (!pthread_equal(pthread_self(), w.main)) {
        atomic_fetch_add(&w.elsewhere, 1);
        pthread_sigmask(SIG_BLOCK, NULL, &blocked);
        if (!sigismember(&blocked, SIGTERM) || !sigismember(&blocked, SIGHUP))
            atomic_fetch_add(&w.open_to_signals, 1);
    }
    if (w.meets)
        pthread_barrier_wait(&w.all);
}

static void done(struct job *job, int64_t now_ms)
{
    assert_int_equal(now_ms, NOW_MS);
    assert_true(pthread_equal(pthread_self(), w.main));
    numbered_of(job)->done++;
    w.order[w.done_count++] = numbered_of(job)->number;
}

static void wake(void *context)
{
    uint64_t one = 1;

    (void)context;
    atomic_fetch_add(&w.wakes, 1);
    assert_int_equal(write(w.woken, &one, sizeof(one)), sizeof(one));
}

static void begin(unsigned int threads)
{
    memset(&w, 0, sizeof(w));
    w.main = pthread_self();
    w.woken = eventfd(0, 0);
    w.pool = job_pool_create(threads, wake, NULL);
    assert_non_null(w.pool);
}

static void end(unsigned int jobs)
{
    assert_int_equal(job_pool_count(w.pool), 0);
    assert_int_equal(w.done_count, jobs);
    for (unsigned int i = 0; i < JOBS; i++) {
        assert_int_equal(w.jobs[i].worked, i < jobs);
        assert_int_equal(w.jobs[i].done, i < jobs);
    }
    assert_int_equal(atomic_load(&w.open_to_signals), 0);
    job_pool_free(w.pool);
    close(w.woken);
}

static void add(unsigned int from, unsigned int to)
{
    for (unsigned int i = from; i < to; i++) {
        w.jobs[i] =
            (struct numbered){.job = {.work = work, .done = done}, .number = i};
        job_pool_add(w.pool, &w.jobs[i].job);
    }
}

static void nothing_is_done_with_nothing_to_do(void **state)
{
    (void)state;
    begin(JOB_POOL_THREADS_MAX);
    assert_int_equal(job_pool_take_done(w.pool, NOW_MS, JOBS), 0);
    job_pool_wait(w.pool, NOW_MS);
    end(0);
}

static void without_threads_jobs_are_done_in_order_when_asked_for(void **state)
{
    (void)state;
    begin(0);
    add(0, 10);
    assert_int_equal(w.jobs[0].worked, 0);
    assert_true(atomic_load(&w.wakes) > 0);
    assert_int_equal(job_pool_take_done(w.pool, NOW_MS, 3), 3);
    assert_int_equal(job_pool_count(w.pool), 7);
    assert_int_equal(w.jobs[3].worked, 0);
    job_pool_wait(w.pool, NOW_MS);
    for (unsigned int i = 0; i < 10; i++)
        assert_int_equal(w.order[i], i);
    assert_int_equal(atomic_load(&w.elsewhere), 0);
    end(10);
}

/* Ends only if they wait at the same time. */
static void jobs_that_wait_do_so_together(void **state)
{
    (void)state;
    begin(JOB_POOL_THREADS_MAX);
    w.meets = true;
    assert_int_equal(pthread_barrier_init(&w.all, NULL, JOB_POOL_THREADS_MAX),
                     0);
    add(0, JOB_POOL_THREADS_MAX);
    job_pool_wait(w.pool, NOW_MS);
    pthread_barrier_destroy(&w.all);
    assert_int_equal(atomic_load(&w.elsewhere), JOB_POOL_THREADS_MAX);
    end(JOB_POOL_THREADS_MAX);
}

static void more_jobs_than_threads_are_each_done_once(void **state)
{
    (void)state;
    begin(3);
    add(0, JOBS);
    job_pool_wait(w.pool, NOW_MS);
    end(JOBS);
}

static void the_main_thread_is_woken_for_what_is_done(void **state)
{
    (void)state;
    begin(2);
    for (unsigned int i = 0; i < 20; i++) {
        unsigned int before = w.done_count;
        struct pollfd woken = {.fd = w.woken, .events = POLLIN};
        uint64_t count;

        add(i, i + 1);
        while (w.done_count == before) {
            assert_int_equal(poll(&woken, 1, -1), 1);
            assert_int_equal(read(w.woken, &count, sizeof(count)),
                             sizeof(count));
            job_pool_take_done(w.pool, NOW_MS, JOBS);
        }
    }
    end(20);
}

static void add_one_more(struct job *job, int64_t now_ms)
{
    done(job, now_ms);
    if (w.done_count < JOBS)
        add(w.done_count, w.done_count + 1);
    if (w.done_count < JOBS)
        w.jobs[w.done_count].job.done = add_one_more;
}

static void what_done_adds_is_waited_for_as_well(void **state)
{
    (void)state;
    begin(0);
    add(0, 1);
    w.jobs[0].job.done = add_one_more;
    job_pool_wait(w.pool, NOW_MS);
    end(JOBS);
}

static void the_main_thread_keeps_its_signals(void **state)
{
    sigset_t before, after;

    (void)state;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    begin(2);
    add(0, JOBS);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (int s = 1; s < SIGRTMIN; s++)
        assert_int_equal(sigismember(&after, s), sigismember(&before, s));
    job_pool_wait(w.pool, NOW_MS);
    end(JOBS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_done_with_nothing_to_do),
        cmocka_unit_test(without_threads_jobs_are_done_in_order_when_asked_for),
        cmocka_unit_test(jobs_that_wait_do_so_together),
        cmocka_unit_test(more_jobs_than_threads_are_each_done_once),
        cmocka_unit_test(the_main_thread_is_woken_for_what_is_done),
        cmocka_unit_test(what_done_adds_is_waited_for_as_well),
        cmocka_unit_test(the_main_thread_keeps_its_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
