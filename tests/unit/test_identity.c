/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A name has the same MAC address and datapath id on a machine for ever, and
 * others there and elsewhere have others.
 */
#include <string.h>

#include "base/array.h"
#include "bridge/identity.h"
#include "tests/unit/test.h"

static void a_mac_is_local_and_of_one_station(void **state)
{
    (void)state;
    for (uint64_t machine = 0; machine < 1000; machine++) {
        uint8_t mac[6];

        identity_mac(machine, "of-switch", mac);
        assert_int_equal(mac[0] & 3, 2);
    }
}

/* These numbers must never change: controllers know switches by them. */
static void numbers_stay_from_release_to_release(void **state)
{
    static const uint8_t expected[6] = {0xce, 0x1c, 0xd3, 0x81, 0xbf, 0xbc};
    uint8_t mac[6];

    (void)state;
    identity_mac(1, "of-switch", mac);
    assert_memory_equal(mac, expected, sizeof(mac));
    assert_int_equal(identity_datapath_id(1, "of-switch"), 0xce1cd381bfbc);
}

static void names_and_machines_differ(void **state)
{
    static const char *const names[] = {"of-switch", "of-switcH", "of-switch0",
                                        "tap0"};
    uint64_t ids[10];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        for (uint64_t machine = 1; machine <= 2; machine++)
            ids[count++] = identity_datapath_id(machine, names[i]);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ids[i] >> 48, 0);
        for (size_t j = 0; j < i; j++)
            assert_true(ids[i] != ids[j]);
    }
}

static void the_id_is_the_mac_of_the_bridge(void **state)
{
    uint8_t mac[6];
    uint64_t id = identity_datapath_id(42, "br0");

    (void)state;
    identity_mac(42, "br0", mac);
    for (int i = 5; i >= 0; i--, id >>= 8)
        assert_int_equal(mac[i], id & 0xff);
}

static void long_names_are_cut_and_not_overrun(void **state)
{
    char name[1000];
    uint8_t mac[6], same[6];

    (void)state;
    memset(name, 'x', sizeof(name));
    name[999] = '\0';
    identity_mac(1, name, mac);
    name[998] = 'y'; /* behind what counts */
    identity_mac(1, name, same);
    assert_memory_equal(mac, same, sizeof(mac));
    name[255] = 'y';
    identity_mac(1, name, same);
    assert_memory_not_equal(mac, same, sizeof(mac));
}

/* A restart is no other switch, nor is a file that says something else by now;
 * another file is one. */
static void owners_differ_by_file(void **state)
{
    uint32_t owner = identity_owner("/tmp/br0.ini");

    (void)state;
    assert_int_equal(identity_owner("/tmp/br0.ini"), owner);
    assert_int_equal(identity_owner("/tmp/./br0.ini"), owner);
    assert_int_equal(identity_owner("/tmp/../tmp/br0.ini"), owner);
    assert_int_not_equal(identity_owner("/tmp/br1.ini"), owner);
    assert_int_not_equal(identity_owner("/br0.ini"), owner);
    assert_int_not_equal(identity_owner("/nowhere/br0.ini"), owner);
    assert_int_not_equal(identity_owner("br0.ini"), 0);
    assert_int_equal(identity_owner("br0.ini"), identity_owner("./br0.ini"));
}

static void the_machine_is_the_same_when_asked_again(void **state)
{
    (void)state;
    assert_true(identity_of_machine() == identity_of_machine());
    assert_true(identity_of_machine() != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mac_is_local_and_of_one_station),
        cmocka_unit_test(numbers_stay_from_release_to_release),
        cmocka_unit_test(names_and_machines_differ),
        cmocka_unit_test(the_id_is_the_mac_of_the_bridge),
        cmocka_unit_test(long_names_are_cut_and_not_overrun),
        cmocka_unit_test(owners_differ_by_file),
        cmocka_unit_test(the_machine_is_the_same_when_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
