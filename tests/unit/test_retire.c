/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was retired goes at the next flush, in order, and not before every
 * worker that is awake has let go of it; one that sleeps is not waited for.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/retire.h"
#include "tests/unit/test.h"

enum { OBJECTS = 1000, YIELDS = 20000 };

struct object {
    struct retired retired;
    int number;
};

static int released[OBJECTS];
static size_t released_count;

static void note(void *object)
{
    released[released_count++] = ((struct object *)object)->number;
}

static void goes_in_order_at_a_flush(void **state)
{
    static struct object objects[OBJECTS];

    (void)state;
    released_count = 0;
    assert_int_equal(retire_flush(), 0);
    for (int i = 0; i < OBJECTS; i++) {
        objects[i].number = i;
        retire(&objects[i].retired, &objects[i], note);
    }
    assert_int_equal(released_count, 0);
    assert_int_equal(retire_flush(), OBJECTS);
    assert_int_equal(released_count, OBJECTS);
    for (int i = 0; i < OBJECTS; i++)
        assert_int_equal(released[i], i);
    assert_int_equal(retire_flush(), 0);
    assert_int_equal(released_count, OBJECTS);
}

static struct {
    _Atomic int is_reading, is_retired, is_done, seen_done;
    int gate[2];
} r;

/* Reads on, long after the object was retired. */
static void *reader(void *context)
{
    (void)context;
    retire_thread_register();
    atomic_store(&r.is_reading, 1);
    while (!atomic_load(&r.is_retired))
        sched_yield();
    for (int i = 0; i < YIELDS; i++)
        sched_yield();
    atomic_store(&r.is_done, 1);
    retire_quiescent();
    retire_thread_unregister();
    return NULL;
}

static void note_whether_done(void *object)
{
    (void)object;
    atomic_store(&r.seen_done, atomic_load(&r.is_done));
}

static void waits_for_a_reader(void **state)
{
    static struct object object;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, reader, NULL), 0);
    while (!atomic_load(&r.is_reading))
        sched_yield();
    retire(&object.retired, &object, note_whether_done);
    atomic_store(&r.is_retired, 1);
    while (!retire_flush())
        assert_int_equal(retire_waiting(), 1);
    assert_true(atomic_load(&r.seen_done));
    pthread_join(thread, NULL);
}

/* This thread reads, and no flush waits for it. */
static void a_flush_does_not_wait(void **state)
{
    static struct object objects[3];
    uint64_t grace_period;

    (void)state;
    released_count = 0;
    retire_thread_register();
    grace_period = retire_grace_period();
    assert_false(retire_is_over(grace_period));
    retire(&objects[0].retired, &objects[0], note);
    assert_int_equal(retire_flush(), 0);
    retire_quiescent();
    assert_true(retire_is_over(grace_period));
    retire(&objects[1].retired, &objects[1], note);
    assert_int_equal(retire_flush(), 1);
    assert_int_equal(retire_waiting(), 1);
    assert_false(retire_wait(retire_grace_period(), 1000));
    retire_quiescent();
    assert_int_equal(retire_flush(), 1);
    /* Awake again it may read what is there then. */
    retire_thread_offline();
    retire_thread_online();
    retire(&objects[2].retired, &objects[2], note);
    assert_int_equal(retire_flush(), 0);
    retire_thread_unregister();
    assert_int_equal(retire_flush(), 1);
}

/* Sleeps until the gate opens. */
static void *sleeper(void *context)
{
    char byte;

    (void)context;
    retire_thread_register();
    retire_thread_offline();
    atomic_store(&r.is_reading, 1);
    if (read(r.gate[0], &byte, 1) != 1)
        byte = 0;
    retire_thread_online();
    retire_thread_unregister();
    return NULL;
}

/* Were the sleeper waited for, this would never end. */
static void does_not_wait_for_a_sleeper(void **state)
{
    static struct object object = {.number = 7};
    pthread_t thread;

    (void)state;
    released_count = 0;
    atomic_store(&r.is_reading, 0);
    assert_int_equal(pipe(r.gate), 0);
    assert_int_equal(pthread_create(&thread, NULL, sleeper, NULL), 0);
    while (!atomic_load(&r.is_reading))
        sched_yield();
    retire(&object.retired, &object, note);
    assert_int_equal(retire_flush(), 1);
    assert_int_equal(released[0], 7);
    assert_true(retire_wait(retire_grace_period(), 0));
    assert_int_equal(write(r.gate[1], "x", 1), 1);
    pthread_join(thread, NULL);
    close(r.gate[0]);
    close(r.gate[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_in_order_at_a_flush),
        cmocka_unit_test(waits_for_a_reader),
        cmocka_unit_test(a_flush_does_not_wait),
        cmocka_unit_test(does_not_wait_for_a_sleeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
