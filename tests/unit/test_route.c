/* SPDX-License-Identifier: BSD-2-Clause */
/* The way to an address: directly, by a router, by one of another family, to
 * this host, or none.  In a network namespace of its own; needs root. */
#include "port/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "tests/unit/netns.h"
#include "tests/unit/test.h"

static int find(int family, const char *text, struct route *r)
{
    uint8_t address[16];

    assert_int_equal(inet_pton(family, text, address), 1);
    return route_find(family, address, r);
}

static void assert_next(const struct route *r, int family, const char *text)
{
    uint8_t address[16] = {0};

    assert_int_equal(inet_pton(family, text, address), 1);
    assert_int_equal(r->next_family, family);
    assert_memory_equal(r->next, address, sizeof(address));
    assert_int_equal(r->ifindex, if_nametoindex("va"));
}

static void finds_ways(void **state)
{
    struct route r;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add va type veth peer name vb && "
                          "ip link set lo up && ip link set vb up && "
                          "ip addr add 192.0.2.2/24 dev va && "
                          "ip -6 addr add 2001:db8::2/64 dev va nodad && "
                          "ip link set va up"));
    assert_int_equal(find(AF_INET, "198.51.100.1", &r), -ENETUNREACH);
    assert_int_equal(find(AF_INET, "192.0.2.7", &r), 0);
    assert_next(&r, AF_INET, "192.0.2.7");
    assert_int_equal(find(AF_INET6, "2001:db8::7", &r), 0);
    assert_next(&r, AF_INET6, "2001:db8::7");
    assert_true(netns_run("ip route add default via 192.0.2.1 && "
                          "ip route add 203.0.113.0/24 via inet6 "
                          "2001:db8::9 dev va && "
                          "ip -6 route add default via 2001:db8::1"));
    assert_int_equal(find(AF_INET, "198.51.100.1", &r), 0);
    assert_next(&r, AF_INET, "192.0.2.1");
    assert_int_equal(find(AF_INET6, "2001:db8:1::1", &r), 0);
    assert_next(&r, AF_INET6, "2001:db8::1");
    assert_int_equal(find(AF_INET, "203.0.113.5", &r), 0);
    assert_next(&r, AF_INET6, "2001:db8::9");
    assert_int_equal(find(AF_INET, "192.0.2.2", &r), -ENETUNREACH);
    assert_int_equal(find(AF_INET, "127.0.0.1", &r), -ENETUNREACH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
