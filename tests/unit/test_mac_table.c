/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is learned is found, per VLAN; unused addresses age out, a full table
 * takes the oldest of the port that has most.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "table/mac_table.h"
#include "tests/unit/test.h"

static void finds_what_it_learned(void **state)
{
    struct mac_table *t = mac_table_create(1000, 300);

    (void)state;
    for (uint64_t mac = 1; mac <= 1000; mac++)
        assert_int_equal(mac_table_learn(t, mac, mac % 7, mac % 5, 0), MAC_NEW);
    for (uint64_t mac = 1; mac <= 1000; mac++) {
        assert_int_equal(mac_table_find(t, mac, mac % 7), mac % 5);
        assert_int_equal(mac_table_find(t, mac, 8), MAC_TABLE_UNKNOWN);
    }
    assert_int_equal(mac_table_learn(t, 5, 5, 0, 0), MAC_KNOWN);
    assert_int_equal(mac_table_learn(t, 5, 5, 3, 0), MAC_MOVED);
    assert_int_equal(mac_table_find(t, 5, 5), 3);
    mac_table_free(t);
}

static void a_worker_refreshes_what_it_uses(void **state)
{
    struct mac_table *t = mac_table_create(16, 300);

    (void)state;
    mac_table_learn(t, 1, 0, 2, 0);
    mac_table_learn(t, 2, 0, 2, 0);
    assert_true(mac_table_refresh(t, 1, 0, 2, 250));
    assert_false(mac_table_refresh(t, 1, 0, 3, 250));
    assert_false(mac_table_refresh(t, 9, 0, 2, 250));
    assert_int_equal(mac_table_age(t, 299), 0);
    assert_int_equal(mac_table_age(t, 300), 1);
    assert_int_equal(mac_table_find(t, 2, 0), MAC_TABLE_UNKNOWN);
    assert_int_equal(mac_table_find(t, 1, 0), 2);
    assert_int_equal(mac_table_age(t, 550), 1);
    assert_int_equal(mac_table_count(t), 0);
    mac_table_free(t);
}

/* One that was refreshed long ago is as old as one learned then, whatever has
 * been learned since. */
static void ages_by_the_last_use(void **state)
{
    struct mac_table *t = mac_table_create(16, 300);

    (void)state;
    mac_table_learn(t, 1, 0, 2, 0);
    mac_table_learn(t, 2, 0, 2, 100);
    assert_true(mac_table_refresh(t, 1, 0, 2, 50));
    assert_int_equal(mac_table_age(t, 349), 0);
    assert_int_equal(mac_table_age(t, 350), 1);
    assert_int_equal(mac_table_find(t, 1, 0), MAC_TABLE_UNKNOWN);
    assert_int_equal(mac_table_find(t, 2, 0), 2);
    mac_table_free(t);
}

static void a_worker_may_be_ahead_of_the_clock(void **state)
{
    struct mac_table *t = mac_table_create(16, 300);

    (void)state;
    mac_table_learn(t, 1, 0, 2, 100);
    assert_true(mac_table_refresh(t, 1, 0, 2, 101));
    assert_int_equal(mac_table_age(t, 100), 0);
    assert_int_equal(mac_table_find(t, 1, 0), 2);
    mac_table_free(t);
}

static void a_flood_of_one_port_hurts_only_that_port(void **state)
{
    struct mac_table *t = mac_table_create(64, 300);

    (void)state;
    for (uint64_t mac = 1; mac <= 20; mac++)
        mac_table_learn(t, mac, 0, 1, 0);
    for (uint64_t mac = 100; mac < 100000; mac++)
        mac_table_learn(t, mac, 0, 2, 1);
    for (uint64_t mac = 1; mac <= 20; mac++)
        assert_int_equal(mac_table_find(t, mac, 0), 1);
    assert_int_equal(mac_table_find(t, 99999, 0), 2);
    assert_int_equal(mac_table_count(t), 64);
    assert_int_equal(mac_table_evicted(t), 99900 - 44);
    mac_table_free(t);
}

static void the_least_recently_used_goes_first(void **state)
{
    struct mac_table *t = mac_table_create(4, 300);

    (void)state;
    for (uint64_t mac = 1; mac <= 4; mac++)
        mac_table_learn(t, mac, 0, 1, (uint32_t)mac);
    mac_table_refresh(t, 1, 0, 1, 50);
    mac_table_learn(t, 5, 0, 1, 60);
    assert_int_equal(mac_table_find(t, 2, 0), MAC_TABLE_UNKNOWN);
    assert_int_equal(mac_table_find(t, 1, 0), 1);
    mac_table_free(t);
}

static void a_port_that_goes_takes_its_addresses(void **state)
{
    struct mac_table *t = mac_table_create(64, 300);

    (void)state;
    for (uint64_t mac = 1; mac <= 60; mac++)
        mac_table_learn(t, mac, 0, mac % 3, 0);
    assert_int_equal(mac_table_forget_port(t, 1), 20);
    assert_int_equal(mac_table_find(t, 1, 0), MAC_TABLE_UNKNOWN);
    assert_int_equal(mac_table_find(t, 2, 0), 2);
    assert_int_equal(mac_table_count(t), 40);
    mac_table_free(t);
}

struct race {
    struct mac_table *t;
    atomic_bool is_over;
    unsigned int wrong;
};

/* Address n is always at port n % 4: no reader may ever see anything else. */
static void *look_up(void *context)
{
    struct race *race = context;

    while (!atomic_load(&race->is_over))
        for (uint64_t mac = 0; mac < 512; mac++) {
            int port = mac_table_find(race->t, mac, 0);

            race->wrong += port >= 0 && port != (int)(mac % 4);
            mac_table_refresh(race->t, mac, 0, mac % 4, 1);
        }
    return NULL;
}

static void readers_never_see_a_wrong_port(void **state)
{
    struct race race = {.t = mac_table_create(64, 300)};
    pthread_t reader;

    (void)state;
    assert_int_equal(pthread_create(&reader, NULL, look_up, &race), 0);
    for (uint64_t i = 0; i < 400000; i++) {
        uint64_t mac = i * 2654435761u % 512;

        mac_table_learn(race.t, mac, 0, mac % 4, 1);
        if (i % 1000 == 0)
            mac_table_forget_port(race.t, i / 1000 % 4);
    }
    atomic_store(&race.is_over, true);
    pthread_join(reader, NULL);
    assert_int_equal(race.wrong, 0);
    mac_table_free(race.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_it_learned),
        cmocka_unit_test(a_worker_refreshes_what_it_uses),
        cmocka_unit_test(ages_by_the_last_use),
        cmocka_unit_test(a_worker_may_be_ahead_of_the_clock),
        cmocka_unit_test(a_flood_of_one_port_hurts_only_that_port),
        cmocka_unit_test(the_least_recently_used_goes_first),
        cmocka_unit_test(a_port_that_goes_takes_its_addresses),
        cmocka_unit_test(readers_never_see_a_wrong_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
