/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records come out whole, in order, each once, also between two threads; a full
 * queue refuses and counts, and an index that wraps around changes nothing.
 */
#include "base/spsc.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "tests/unit/test.h"

struct record {
    uint64_t number, inverse;
    uint32_t more[3]; /* an odd size */
};

static void fill(struct record *r, uint64_t number)
{
    r->number = number;
    r->inverse = ~number;
    r->more[2] = (uint32_t)number;
}

static bool is_whole(const struct record *r, uint64_t number)
{
    return r->number == number && r->inverse == ~number &&
           r->more[2] == (uint32_t)number;
}

static void empty_then_full_then_empty(void **state)
{
    struct spsc *q = spsc_create(5, sizeof(struct record));

    (void)state;
    assert_non_null(q);
    for (uint64_t round = 0; round < 100; round++) {
        assert_null(spsc_peek(q));
        for (uint64_t i = 0; i < 8; i++) {
            struct record *r = spsc_reserve(q);

            assert_non_null(r);
            assert_int_equal((uintptr_t)r % 16, 0);
            fill(r, i);
            spsc_push(q);
        }
        assert_null(spsc_reserve(q));
        assert_int_equal(spsc_refused(q), round + 1);
        for (uint64_t i = 0; i < 8; i++) {
            assert_true(is_whole(spsc_peek(q), i));
            assert_true(is_whole(spsc_peek(q), i));
            spsc_pop(q);
        }
    }
    spsc_free(q);
}

static void reserved_is_not_seen_until_pushed(void **state)
{
    struct spsc *q = spsc_create(2, sizeof(uint64_t));

    (void)state;
    *(uint64_t *)spsc_reserve(q) = 1;
    assert_null(spsc_peek(q));
    *(uint64_t *)spsc_reserve(q) = 2;
    spsc_push(q);
    assert_int_equal(*(uint64_t *)spsc_peek(q), 2);
    spsc_pop(q);
    assert_null(spsc_peek(q));
    spsc_free(q);
}

static void one_record_is_enough(void **state)
{
    struct spsc *q = spsc_create(1, 1);

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_non_null(spsc_reserve(q));
        spsc_push(q);
        assert_null(spsc_reserve(q));
        assert_non_null(spsc_peek(q));
        spsc_pop(q);
    }
    spsc_free(q);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_null(spsc_create(SIZE_MAX, 1));
    assert_null(spsc_create(SIZE_MAX / 2 + 1, 16));
    assert_null(spsc_create(1, SIZE_MAX));
    assert_null(spsc_create(1 << 20, SIZE_MAX >> 18));
    spsc_free(NULL);
}

enum { PASSED = 1000000 };

static void *produce(void *queue)
{
    for (uint64_t i = 0; i < PASSED; i++) {
        struct record *r;

        while (!(r = spsc_reserve(queue)))
            sched_yield();
        fill(r, i);
        spsc_push(queue);
    }
    return NULL;
}

static void two_threads_pass_all_in_order(void **state)
{
    struct spsc *q = spsc_create(64, sizeof(struct record));
    pthread_t producer;
    uint64_t wrong = 0;

    (void)state;
    assert_int_equal(pthread_create(&producer, NULL, produce, q), 0);
    for (uint64_t i = 0; i < PASSED; i++) {
        const struct record *r;

        while (!(r = spsc_peek(q)))
            sched_yield();
        wrong += !is_whole(r, i);
        spsc_pop(q);
    }
    assert_int_equal(pthread_join(producer, NULL), 0);
    assert_int_equal(wrong, 0);
    assert_null(spsc_peek(q));
    spsc_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_then_full_then_empty),
        cmocka_unit_test(reserved_is_not_seen_until_pushed),
        cmocka_unit_test(one_record_is_enough),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(two_threads_pass_all_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
