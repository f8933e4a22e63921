/* SPDX-License-Identifier: BSD-2-Clause */
/* What the switch says of its own accord, a line each or an object each. */
#include "client/monitor.h"

#include <arpa/inet.h>

#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_features.h"
#include "openflow/of_flow.h"
#include "openflow/of_packet.h"
#include "openflow/of_port.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"

/* 02:..:01 to 02:..:02, IPv4 10.0.0.1 to 10.0.0.2, UDP 7 to 9. */
static const uint8_t frame[] = {
    2, 0,    0,    0, 0, 2,  2, 0, 0, 0,  0, 1, 8, 0, 0x45, 0, 0, 28, 0, 0, 0,
    0, 0x40, 0x11, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7,    0, 9, 0,  8, 0, 0};

static void put_packet_in(struct of_buffer *out)
{
    struct packet_in in = {
        .buffer_id = 5,
        .total_size = sizeof(frame),
        .reason = PACKET_IN_APPLY_ACTION,
        .table = 3,
        .cookie = 0x77,
        .data = frame,
        .size = sizeof(frame),
    };

    in.match.key.in_port = htonl(PORT_NO_LOCAL);
    in.match.mask.in_port = UINT32_MAX;
    of_packet_write_in(out, OF13, OF_PACKET_IN, &in);
}

static void put_flow_removed(struct of_buffer *out)
{
    const struct of_flow_format f = {OF13, false, false};
    struct flow_match match = {.key = {.word = {0}}};
    const struct flow_stats s = {
        .match = &match,
        .cookie = 9,
        .packets = 1,
        .bytes = 60,
        .duration_s = 2,
        .duration_ns = 500000000,
        .priority = 7,
        .table = 4,
    };

    match.key.in_port = htonl(2);
    match.mask.in_port = UINT32_MAX;
    of_flow_removed_write(&f, out, &s, 0);
}

static void put_port_status(struct of_buffer *out)
{
    const struct port_desc p = {
        .number = 3,
        .mac = {2, 0, 0, 0, 0, 9},
        .name = "tap\x1b"
                "0",
        .state = PORT_STATE_LINK_DOWN,
    };

    of_port_write_status(out, OF13, PORT_REASON_MODIFY, &p);
}

/* Greets, hears what is wanted, and goes. */
static void answer(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    struct reader body = m->body;
    struct switch_config config;

    assert_int_equal(m->kind, OF_SET_CONFIG);
    assert_int_equal(of_features_read_config(OF13, &body, &config), FLOW_OK);
    assert_int_equal(config.miss_send_len, 0xffff);
    put_port_status(out);
    of_end(out, of_begin(out, OF13, OF_BARRIER_REPLY, m->header.xid + 1));
    put_port_status(out);
    p->hangs_up = true;
}

static struct of_message message_of(const struct of_buffer *b)
{
    struct of_message m = {.body = reader_over(b->data, b->size)};

    m.header = of_read_header(&m.body);
    m.kind = of_kind_of(&m.header, &m.body);
    m.flags = of_read_head(&m.header, m.kind, &m.body);
    return m;
}

static int print_three(struct of_command *c)
{
    static void (*const puts_one[])(struct of_buffer *) = {
        put_packet_in, put_flow_removed, put_port_status};

    for (size_t i = 0; i < 3; i++) {
        struct of_buffer b = {.data = NULL};
        struct of_message m;

        puts_one[i](&b);
        assert_false(b.is_bad);
        m = message_of(&b);
        assert_int_equal(monitor_print(c, &m), FLOW_OK);
        m = message_of(&b);
        m.body.left = 3; /* cut short */
        assert_int_not_equal(monitor_print(c, &m), FLOW_OK);
        of_buffer_clear(&b);
    }
    return 0;
}

#define UDP                                                                    \
    "udp,in_port=LOCAL,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,"     \
    "nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_src=7,tp_dst=9"

static void lines(void **state)
{
    struct of_peer *p = *state;
    const struct of_command plain = {.is_json = false};

    assert_int_equal(peer_run(p, print_three, &plain, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(
        p->out,
        "packet-in reason=action in_port=65534 table=3 cookie=0x77 buffer=5 "
        "size=42 flow=" UDP "\n"
        "flow-removed reason=idle_timeout table=4 cookie=0x9 duration_s=2.5 "
        "packets=1 bytes=60 flow=priority=7,in_port=2\n"
        "port-status reason=modify port=3 name=tap?0 mac=02:00:00:00:00:09 "
        "config=up link=down\n");
}

static void objects(void **state)
{
    struct of_peer *p = *state;
    const struct of_command json = {.is_json = true};

    assert_int_equal(peer_run(p, print_three, &json, OF_VERSION_BIT(OF13)), 0);
    assert_non_null(strstr(p->out,
                           "{\"event\":\"packet-in\",\"reason\":\"action\","
                           "\"in_port\":65534,\"table\":3,\"cookie\":\"0x77\","
                           "\"buffer\":5,\"size\":42,\"flow\":\"" UDP "\","
                           "\"data\":\"0200000000020200000000010800"));
    assert_non_null(strstr(p->out, "\n{\"event\":\"port-status\","));
}

static void asks_to_be_told_and_ends_with_the_switch(void **state)
{
    struct of_peer *p = *state;
    const struct of_command plain = {.is_json = false};

    p->answer = answer;
    assert_int_equal(peer_run(p, monitor, &plain, OF_VERSION_BIT(OF13)), 1);
    assert_non_null(strstr(p->out, "port-status reason=modify port=3"));
    assert_non_null(strstr(p->err, "closed the connection"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, peer_set_up, peer_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines),
        TEST(objects),
        TEST(asks_to_be_told_and_ends_with_the_switch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
