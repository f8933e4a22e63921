/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What "auto" is: a worker a CPU, and rings as large as they were always for as
 * many ports as most switches have, but in all no more memory than is said.
 */
#include "bridge/datapath_size.h"

#include "datapath/ports.h"
#include "port/packet_ring.h"
#include "tests/unit/test.h"

static unsigned int ring_of(size_t ports, unsigned int workers)
{
    const struct config c = {.port_count = ports};

    return datapath_size_rings(&c, workers);
}

static size_t rings_mib(size_t ports, unsigned int workers)
{
    return ports * workers * ring_of(ports, workers) * PACKET_RING_SLOT >> 20;
}

static void few_ports_have_the_largest_rings(void **state)
{
    (void)state;
    assert_int_equal(ring_of(0, 1), 2048);
    assert_int_equal(ring_of(1, 1), 2048);
    assert_int_equal(ring_of(16, 4), 2048);
    assert_int_equal(ring_of(64, 1), 2048);
    assert_int_equal(ring_of(65, 1), 1024);
    assert_int_equal(ring_of(200, 1), 512);
}

static void what_the_file_says_is_done(void **state)
{
    const struct config c = {.port_count = 200, .datapath = {.rx_ring = 4096}};

    (void)state;
    assert_int_equal(datapath_size_rings(&c, 4), 4096);
}

static void all_rings_together_stay_in_the_bound(void **state)
{
    (void)state;
    for (unsigned int workers = 1; workers <= WORKERS_MAX; workers++)
        for (size_t ports = 1; ports <= PORTS_MAX; ports++) {
            unsigned int slots = ring_of(ports, workers);

            assert_int_equal(slots & (slots - 1), 0);
            assert_in_range(slots, 128, 2048);
            if (slots > 128)
                assert_true(rings_mib(ports, workers) <= 256);
        }
}

static void a_list_of_cpus_says_how_many_workers(void **state)
{
    cpu_set_t cpus;

    (void)state;
    CPU_ZERO(&cpus);
    assert_in_range(datapath_size_workers(&cpus), 1, WORKERS_MAX);
    for (int cpu = 0; cpu < 8; cpu++) {
        unsigned int count = (unsigned int)cpu + 1;

        CPU_SET(cpu, &cpus);
        assert_int_equal(datapath_size_workers(&cpus),
                         count < WORKERS_MAX ? count : WORKERS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_ports_have_the_largest_rings),
        cmocka_unit_test(what_the_file_says_is_done),
        cmocka_unit_test(all_rings_together_stay_in_the_bound),
        cmocka_unit_test(a_list_of_cpus_says_how_many_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
