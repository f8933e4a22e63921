/* SPDX-License-Identifier: BSD-2-Clause */
/* The switch's ports in columns, and why each frame was dropped. */
#include "client/show.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/printed.h"
#include "tests/unit/test.h"

static void shows_a_switch(void **state)
{
    static const char json[] =
        "{\"bridge\":\"of-switch\",\"datapath_id\":\"0000782bcb4bdbc5\",\n"
        "\"fail_mode\":\"standalone\",\"uptime_s\":93784,\"workers\":2,"
        "\"cache_hits\":1234567,\"cache_misses\":89,"
        "\"version\":\"0.1.0\",\n"
        "\"controllers\":[],\"ports\":[{\"name\":\"em1\",\"ofport\":1,\"type\":"
        "\"nic\",\"mac\":\"78:2b:cb:4b:db:c5\",\"link\":\"up\",\n"
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
        "{\"mtu\":9}}]}";
    static const char expected[] =
        "bridge:       of-switch\n"
        "datapath id:  0000782bcb4bdbc5\n"
        "fail mode:    standalone\n"
        "controllers:  none\n"
        "up:           1d 2h 3m 4s, flowbridge 0.1.0, 2 workers\n"
        "flow cache:   1234567 hits, 89 misses\n"
        "\n"
        " PORT  NAME       TYPE   LINK    SPEED     MTU  MAC                "
        "VLAN                     SHIELD    RX     TX  MISSED  DROPPED  "
        "UNSENT\n"
        "    1  em1        nic    up      1G half  1500  78:2b:cb:4b:db:c5  "
        "trunk 10,20-29 native 1  on      123M  99999       7       89       "
        "3\n"
        "LOCAL  of-switch  local  absent  -        9000  02:11:22:33:44:55  "
        "all                      off        0      0       0        0       "
        "9\n"
        "\n"
        "NAME       COLUMN   FRAMES  REASON     WHICH MEANS\n"
        "em1        missed        7  missed     arrived faster than the switch "
        "read it\n"
        "em1        dropped      80  no-output  no other port is up\n"
        "em1        unsent        3  tx-full    the output port's queue is "
        "full\n"
        "of-switch  unsent        9  mtu        larger than the output port's "
        "MTU\n";
    char *text = printed(show_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void says_when_nothing_was_dropped(void **state)
{
    static const char json[] = "{\"bridge\":\"b\",\"ports\":[{\"name\":\"em1\","
                               "\"ofport\":1,\"drops\":{\"mtu\":0}}]}";
    static const char expected[] =
        "bridge:       b\n"
        "datapath id:  -\n"
        "fail mode:    -\n"
        "controllers:  none\n"
        "up:           0s, flowbridge -, 0 workers\n"
        "\n"
        "PORT  NAME  TYPE  LINK  SPEED  MTU  MAC  VLAN  SHIELD  RX  TX  MISSED "
        " DROPPED  UNSENT\n"
        "   1  em1   -     -     -        0  -    -     -        0   0       0 "
        "       0       0\n"
        "\n"
        "no frame was dropped\n";
    char *text = printed(show_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void shows_the_features_of_ports_that_have_some(void **state)
{
    static const char json[] =
        "{\"ports\":[{\"name\":\"em1\",\"speed_mbps\":1000,"
        "\"max_speed_mbps\":10000,\"current\":[\"1GB-FD\",\"COPPER\"],"
        "\"advertised\":[],\"supported\":[\"10GB-FD\"],\"peer\":[]},"
        "{\"name\":\"dull\",\"current\":[]}]}";
    static const char expected[] =
        "PORT      SPEED         MAX  CURRENT        ADVERTISED  SUPPORTED  "
        "PEER\n"
        "em1   1000 Mbps  10000 Mbps  1GB-FD COPPER  -           10GB-FD    "
        "-\n";
    char *text = printed(show_print, json);
    const char *table = strstr(text, "PORT      SPEED");

    (void)state;
    assert_non_null(table);
    assert_string_equal(table, expected);
    free(text);
}

static void shows_a_switch_without_ports(void **state)
{
    static const char json[] =
        "{\"bridge\":\"b\",\"controllers\":[{\"name\":\"pox\",\"target\":"
        "\"tcp:127.0.0.1:6633\",\"state\":\"ready\",\"role\":\"equal\","
        "\"version\":\"1.0\",\"since_s\":61,\"last_error\":\"\"},"
        "{\"name\":\"b\",\"state\":\"backoff\",\"role\":\"\","
        "\"last_error\":\"Connection refused\"}],\"listeners\":["
        "{\"listener\":\"punix:/run/b.mgmt\",\"state\":\"open\","
        "\"connections\":2,\"last_error\":\"\"},"
        "{\"listener\":\"ptcp:6654:192.0.2.1\",\"state\":\"failed\","
        "\"connections\":0,\"last_error\":\"Address already in use\"}],"
        "\"fail_mode\":\"secure\","
        "\"fail_mode_active\":true,\"workers\":1,\"uptime_s\":60,"
        "\"version\":\"1\"}";
    static const char expected[] =
        "bridge:       b\n"
        "datapath id:  -\n"
        "fail mode:    secure, in force\n"
        "controllers:  2\n"
        "up:           1m, flowbridge 1, 1 worker\n"
        "\n"
        "CONTROLLER  TARGET              STATE    FOR    VERSION  ROLE   LAST "
        "ERROR\n"
        "pox         tcp:127.0.0.1:6633  ready    1m 1s  1.0      equal  -\n"
        "b           -                   backoff  0s     -        -      "
        "Connection refused\n"
        "\n"
        "LISTENER             STATE   CONNECTIONS  LAST ERROR\n"
        "punix:/run/b.mgmt    open              2  -\n"
        "ptcp:6654:192.0.2.1  failed            0  Address already in use\n"
        "ports:        none\n";
    char *text = printed(show_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void stands_an_answer_of_another_shape(void **state)
{
    static const char json[] =
        "{\"ports\":[{\"drops\":[1,2],\"tx_drops\":\"x\",\"missed\":\"x\","
        "\"name\":7},5],\"uptime_s\":-1}";
    static const char expected[] =
        "bridge:       -\n"
        "datapath id:  -\n"
        "fail mode:    -\n"
        "controllers:  none\n"
        "up:           -, flowbridge -, 0 workers\n"
        "\n"
        "PORT  NAME  TYPE  LINK  SPEED  MTU  MAC  VLAN  SHIELD  RX  TX  MISSED "
        " DROPPED  UNSENT\n"
        "   0  -     -     -     -        0  -    -     -        0   0       0 "
        "       3       0\n"
        "   0  -     -     -     -        0  -    -     -        0   0       0 "
        "       0       0\n"
        "\n"
        "NAME  COLUMN  FRAMES  REASON  WHICH MEANS\n";
    char *text = printed(show_print, json);

    (void)state;
    assert_string_equal(text, expected);
    free(text);
}

static void says_who_set_a_port_down(void **state)
{
    static const struct {
        const char *said, *link, *admin, *taken;
    } rows[] = {
        /* clang-format off */
        {" down  -",              "down",   "up",   "false"},
        {" down (admin)  -",      "down",   "down", "false"},
        {" down (controller)  -", "down",   "down", "true" },
        {" absent  -",            "absent", "down", "false"},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char json[256], *text;

        snprintf(json, sizeof(json),
                 "{\"ports\":[{\"ofport\":1,\"link\":\"%s\","
                 "\"admin\":\"%s\",\"taken_down\":%s}]}",
                 rows[i].link, rows[i].admin, rows[i].taken);
        text = printed(show_print, json);
        if (!strstr(text, rows[i].said))
            fail_msg("%s", text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_switch),
        cmocka_unit_test(says_when_nothing_was_dropped),
        cmocka_unit_test(shows_the_features_of_ports_that_have_some),
        cmocka_unit_test(shows_a_switch_without_ports),
        cmocka_unit_test(says_who_set_a_port_down),
        cmocka_unit_test(stands_an_answer_of_another_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
