/* SPDX-License-Identifier: BSD-2-Clause */
/* Every counter in full, and only the reasons that occurred. */
#include "client/dump_ports.h"

#include "tests/unit/printed.h"
#include "tests/unit/test.h"

static void prints_all_counters(void **state)
{
    static const char json[] =
        "{\"ports\":[{\"name\":\"em1\",\"ofport\":1,\"type\":\"nic\",\"mac\":"
        "\"78:2b:cb:4b:db:c5\",\"link\":\"up\",\n"
        "\"speed_mbps\":1000,\"duplex\":\"half\",\"mtu\":1500,\"vlan\":\"trunk "
        "10,20-29 native 1\",\n"
        "\"shield\":\"on\",\"rx_frames\":123456789,\"rx_bytes\":98765432100,"
        "\"tx_frames\":99999,\n"
        "\"tx_bytes\":1234,\"forwarded\":123456690,\"consumed\":10,\"missed\":"
        "7,\n"
        "\"drops\":{\"no-output\":80,\"ttl\":0,\"mtu\":9},\"tx_drops\":{\"tx-"
        "full\":3}},\n"
        "{\"name\":\"of-switch\",\"ofport\":65534,\"type\":\"local\",\"mac\":"
        "\"02:11:22:33:44:55\",\n"
        "\"link\":\"absent\",\"speed_mbps\":0,\"duplex\":\"full\",\"mtu\":9000,"
        "\"vlan\":\"all\",\n"
        "\"shield\":\"off\",\"rx_frames\":0,\"rx_bytes\":0,\"tx_frames\":0,"
        "\"tx_bytes\":0,\n"
        "\"forwarded\":0,\"consumed\":0,\"missed\":0,\"drops\":{},\"tx_drops\":"
        "{}}]}";
    static const char expected[] =
        "port 1 (em1):\n"
        "  rx frames=123456789, bytes=98765432100, forwarded=123456690, "
        "consumed=10, missed=7, dropped=89 (no-output=80, mtu=9)\n"
        "  tx frames=99999, bytes=1234, dropped=3 (tx-full=3)\n"
        "port LOCAL (of-switch):\n"
        "  rx frames=0, bytes=0, forwarded=0, consumed=0, missed=0, dropped=0\n"
        "  tx frames=0, bytes=0, dropped=0\n";
    char *text = printed(dump_ports_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void prints_counters_of_years(void **state)
{
    static const char json[] = "{\"ports\":[{\"name\":\"a\",\"ofport\":2,\"rx_"
                               "bytes\":9007199254740991,\"tx_bytes\":1e15}]}";
    static const char expected[] =
        "port 2 (a):\n"
        "  rx frames=0, bytes=9007199254740991, forwarded=0, consumed=0, "
        "missed=0, dropped=0\n"
        "  tx frames=0, bytes=1000000000000000, dropped=0\n";
    char *text = printed(dump_ports_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_all_counters),
        cmocka_unit_test(prints_counters_of_years),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
