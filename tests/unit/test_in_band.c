/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In-band control: what must pass does, what is not for it does not, and only
 * what has changed is changed.
 */
#include "bridge/in_band.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "flow/port_no.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};

static struct in_band_remote remote_of(const char *address, uint16_t port,
                                       const char *next)
{
    struct in_band_remote r = {.family = AF_INET, .port = port};

    if (strchr(address, ':'))
        r.family = AF_INET6;
    assert_int_equal(inet_pton(r.family, address, r.address), 1);
    if (next) {
        r.next_family = strchr(next, ':') ? AF_INET6 : AF_INET;
        assert_int_equal(inet_pton(r.next_family, next, r.next), 1);
    }
    return r;
}

/* True if a frame of this flow passes. */
static bool passes(const struct flow_tables *t, const char *flow)
{
    struct text_error why = {0};
    struct text_parse parse = {.error = &why};
    const struct flow_entry *e;
    struct flow_mod mod;

    if (!text_flow_read(&parse, FLOW_MOD_DELETE, flow, &mod))
        fail_msg("%s: %s", flow, why.line);
    e = flow_tables_find(t, 0, &mod.match.key);
    flow_mod_clear(&mod);
    return e && action_find_number(e->instructions.cells,
                                   instructions_end(&e->instructions),
                                   ACTION_OUTPUT, PORT_NO_NORMAL);
}

static struct flow_tables *begin(struct in_band **i)
{
    struct flow_tables *t = flow_tables_create(1, 1000);

    log_set_levels("error");
    assert_non_null(t);
    *i = in_band_create(t);
    assert_non_null(*i);
    return t;
}

static void end(struct flow_tables *t, struct in_band *i)
{
    in_band_free(i, 3000);
    assert_false(passes(t, "arp,dl_src=02:00:00:00:00:09,arp_op=1"));
    flow_tables_free(t);
}

static void what_must_pass_does(void **state)
{
    static const char *const pass[] = {
        "udp,in_port=LOCAL,dl_src=02:00:00:00:00:09,tp_src=68,tp_dst=67",
        "udp,in_port=1,dl_dst=02:00:00:00:00:09,tp_src=67,tp_dst=68",
        "udp,in_port=1,dl_dst=ff:ff:ff:ff:ff:ff,tp_src=67,tp_dst=68",
        "arp,in_port=LOCAL,dl_src=02:00:00:00:00:09,arp_op=1,arp_tpa=9.9.9.9",
        "arp,in_port=1,dl_dst=02:00:00:00:00:09,arp_op=2",
        "arp,in_port=1,arp_op=1,arp_spa=192.0.2.1",
        "arp,in_port=LOCAL,arp_op=2,arp_tpa=192.0.2.1",
        "arp,in_port=1,arp_op=1,arp_spa=198.51.100.1",
        "tcp,in_port=LOCAL,nw_dst=198.51.100.1,tp_dst=6653,tp_src=4711",
        "tcp,in_port=1,nw_src=198.51.100.1,tp_src=6653,tp_dst=4711",
        "tcp6,in_port=LOCAL,ipv6_dst=2001:db8::1,tp_dst=6633,tp_src=4711",
        "tcp6,in_port=1,ipv6_src=2001:db8::1,tp_src=6633,tp_dst=4711",
        "icmp6,in_port=LOCAL,dl_src=02:00:00:00:00:09,icmp_type=135",
        "icmp6,in_port=1,dl_dst=02:00:00:00:00:09,icmp_type=136",
        "icmp6,in_port=1,icmp_type=135,ipv6_src=fe80::1",
        "icmp6,in_port=LOCAL,icmp_type=136,ipv6_dst=fe80::1",
        "icmp6,in_port=LOCAL,icmp_type=133",
    };
    static const char *const stop[] = {
        "udp,in_port=1,tp_src=68,tp_dst=67",
        "udp,in_port=1,dl_dst=02:00:00:00:00:07,tp_src=67,tp_dst=68",
        "arp,in_port=1,dl_src=02:00:00:00:00:07,arp_op=1,arp_spa=192.0.2.5",
        "arp,in_port=1,dl_dst=02:00:00:00:00:07,arp_op=2,arp_tpa=192.0.2.5",
        "tcp,in_port=LOCAL,nw_dst=198.51.100.1,tp_dst=22",
        "tcp,in_port=LOCAL,nw_dst=198.51.100.2,tp_dst=6653",
        "tcp,in_port=1,nw_src=198.51.100.1,tp_src=22",
        "icmp,in_port=LOCAL,nw_dst=198.51.100.1",
        "icmp6,in_port=1,dl_dst=02:00:00:00:00:07,icmp_type=136",
    };
    const struct in_band_remote remotes[] = {
        remote_of("198.51.100.1", 6653, "192.0.2.1"),
        remote_of("2001:db8::1", 6633, "fe80::1"),
    };
    struct in_band *i;
    struct flow_tables *t = begin(&i);

    (void)state;
    assert_int_equal(in_band_update(i, mac, remotes, 2, 2000), 11 + 6 + 6);
    for (size_t j = 0; j < ARRAY_SIZE(pass); j++)
        if (!passes(t, pass[j]))
            fail_msg("does not pass: %s", pass[j]);
    for (size_t j = 0; j < ARRAY_SIZE(stop); j++)
        if (passes(t, stop[j]))
            fail_msg("passes: %s", stop[j]);
    assert_int_equal(flow_tables_total(t), 0);
    end(t, i);
}

static void only_the_difference_is_changed(void **state)
{
    struct in_band_remote remotes[] = {
        remote_of("198.51.100.1", 6653, NULL),
        remote_of("198.51.100.1", 6654, NULL),
    };
    struct in_band *i;
    struct flow_tables *t = begin(&i);
    uint32_t version;

    (void)state;
    assert_int_equal(in_band_update(i, mac, remotes, 1, 2000), 11 + 4);
    version = flow_tables_version(t);
    in_band_update(i, mac, remotes, 1, 2000);
    assert_int_equal(flow_tables_version(t), version);
    assert_int_equal(in_band_update(i, mac, remotes, 2, 2000), 11 + 6);
    assert_int_equal(flow_tables_version(t), version + 2);
    assert_int_equal(in_band_update(i, mac, &remotes[1], 1, 2000), 11 + 4);
    assert_false(
        passes(t, "tcp,in_port=LOCAL,nw_dst=198.51.100.1,tp_dst=6653"));
    assert_true(passes(t, "tcp,in_port=LOCAL,nw_dst=198.51.100.1,tp_dst=6654"));
    in_band_update(i, mac, NULL, 0, 2000);
    assert_false(passes(t, "udp,in_port=LOCAL,tp_src=68,tp_dst=67"));
    end(t, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_pass_does),
        cmocka_unit_test(only_the_difference_is_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
