/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of any size come out whole and in order; a full ring refuses, counts,
 * and goes on when there is room.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/byte_ring.h"
#include "tests/unit/test.h"

enum { RECORDS = 200000, ROOM = 4096 };

struct record {
    uint32_t number, size;
    uint8_t bytes[];
};

static uint32_t size_of_record(uint32_t number)
{
    return number * 2654435761u % 700;
}

static void *produce(void *context)
{
    struct byte_ring *r = context;

    for (uint32_t i = 0; i < RECORDS; i++) {
        uint32_t size = size_of_record(i);
        struct record *record;

        while (!(record = byte_ring_reserve(r, sizeof(*record) + size)))
            sched_yield();
        record->number = i;
        record->size = size;
        memset(record->bytes, (int)(i & 0xff), size);
        byte_ring_push(r);
    }
    return NULL;
}

static void two_threads_agree(void **state)
{
    struct byte_ring *r = byte_ring_create(ROOM);
    pthread_t producer;

    (void)state;
    assert_non_null(r);
    assert_int_equal(pthread_create(&producer, NULL, produce, r), 0);
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record *record;

        while (!(record = byte_ring_peek(r)))
            sched_yield();
        assert_int_equal(record->number, i);
        assert_int_equal(record->size, size_of_record(i));
        for (uint32_t j = 0; j < record->size; j++)
            if (record->bytes[j] != (i & 0xff))
                fail();
        byte_ring_pop(r);
    }
    pthread_join(producer, NULL);
    assert_null(byte_ring_peek(r));
    byte_ring_free(r);
}

static void a_full_ring_refuses_and_counts(void **state)
{
    struct byte_ring *r = byte_ring_create(ROOM);
    unsigned int taken = 0;

    (void)state;
    while (byte_ring_reserve(r, 1000)) {
        byte_ring_push(r);
        taken++;
    }
    assert_true(taken >= 3);
    assert_int_equal(byte_ring_refused(r), 1);
    assert_null(byte_ring_reserve(r, ROOM));
    assert_int_equal(byte_ring_refused(r), 2);
    while (byte_ring_peek(r))
        byte_ring_pop(r);
    assert_non_null(byte_ring_reserve(r, 1000));
    byte_ring_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_threads_agree),
        cmocka_unit_test(a_full_ring_refuses_and_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
