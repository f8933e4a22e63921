/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May this interface be a port?  A row a rule, and a row for each neighbour
 * that must not be taken for it.
 */
#include "bridge/port_fitness.h"

#include <linux/if_arp.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

enum { US = 1, OTHERS = 2 };

/* The machine: em1 is looked at, unless a row names another. */
static struct host_link machine[8];
static struct host_view view = {.links = machine};

static struct host_link *add(const char *name, const char *kind)
{
    struct host_link *l = &machine[view.count++];

    memset(l, 0, sizeof(*l));
    strcpy(l->link.name, name);
    strcpy(l->link.kind, kind);
    l->link.type = ARPHRD_ETHER;
    l->link.ifindex = (int)view.count;
    return l;
}

static struct host_link *begin(void)
{
    view.count = 0;
    return add("em1", "");
}

static struct host_link *add_above(const struct host_link *lower,
                                   const char *name, const char *kind)
{
    struct host_link *l = add(name, kind);

    l->link.lowers[0] = lower->link.ifindex;
    return l;
}

static struct port_verdict judge_as(const struct host_link *l, bool has_shield,
                                    int port)
{
    const struct port_candidate c = {
        .view = &view,
        .link = l,
        .has_shield = has_shield,
        .owner = US,
        .ports = &port,
        .port_count = port ? 1 : 0,
        .bridge = "br0",
    };
    struct port_verdict v;

    port_fitness_judge(&c, &v);
    assert_int_equal(!*v.text, v.fitness == PORT_IS_FIT);
    return v;
}

/* 'words' are in the text; with host-stack = see it is the same. */
static void assert_unfit(const struct host_link *l, const char *words)
{
    struct port_verdict v = judge_as(l, true, 0);

    assert_int_equal(v.fitness, PORT_IS_UNFIT);
    if (!strstr(v.text, words))
        fail_msg("\"%s\" is not in \"%s\"", words, v.text);
    assert_int_equal(judge_as(l, false, 0).fitness, PORT_IS_UNFIT);
}

/* Unfit only because the host would see nothing any more. */
static void assert_cut_off(const struct host_link *l, const char *words)
{
    struct port_verdict v = judge_as(l, true, 0);

    assert_int_equal(v.fitness, PORT_IS_UNFIT);
    if (!strstr(v.text, words))
        fail_msg("\"%s\" is not in \"%s\"", words, v.text);
    assert_non_null(strstr(v.text, "host-stack = see"));
    assert_int_not_equal(judge_as(l, false, 0).fitness, PORT_IS_UNFIT);
}

static void assert_limited(const struct host_link *l, const char *words)
{
    struct port_verdict v = judge_as(l, true, 0);

    assert_int_equal(v.fitness, PORT_IS_LIMITED);
    assert_non_null(strstr(v.text, words));
}

static void assert_fit(const struct host_link *l)
{
    assert_int_equal(judge_as(l, true, 0).fitness, PORT_IS_FIT);
}

static void what_nobody_needs_is_fit(void **state)
{
    struct host_link *l = begin();

    (void)state;
    assert_fit(l);
    add_above(l, "em1.10", "vlan"); /* that nobody lives on */
    assert_fit(l);
    /* The other end of a pair says nothing of this one. */
    strcpy(add("peer", "veth")->address, "192.0.2.1/24");
    assert_fit(l);
}

static void what_has_no_ethernet_is_unfit(void **state)
{
    static const struct {
        const char *kind;
        uint16_t type;
    } rows[] = {
        /* clang-format off */
        {"tun",       ARPHRD_NONE      },
        {"wireguard", ARPHRD_NONE      },
        {"ipip",      ARPHRD_TUNNEL    },
        {"sit",       ARPHRD_SIT       },
        {"gre",       ARPHRD_IPGRE     },
        {"ppp",       ARPHRD_PPP       },
        {"xfrm",      ARPHRD_NONE      },
        {"",          ARPHRD_INFINIBAND},
        /* clang-format on */
    };
    struct host_link *l;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        l = begin();
        l->link.type = rows[i].type;
        strcpy(l->link.kind, rows[i].kind);
        assert_unfit(l, "no Ethernet frames");
        assert_unfit(l, rows[i].kind);
    }
    l = begin();
    l->link.is_loopback = true;
    l->link.type = ARPHRD_LOOPBACK;
    assert_unfit(l, "loopback");
}

static void what_is_in_another_is_unfit(void **state)
{
    static const struct {
        const char *kind, *words;
    } rows[] = {
        /* clang-format off */
        {"bridge",      "kernel's bridge m0"   },
        {"bond",        "bond m0"              },
        {"team",        "team m0"              },
        {"openvswitch", "Open vSwitch (m0)"    },
        {"batadv",      "is in m0, which takes"},
        {"",            "is in m0, which takes"}, /* a failover's */
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct host_link *l = begin();

        l->link.master = add("m0", rows[i].kind)->link.ifindex;
        assert_unfit(l, rows[i].words);
    }
}

/* In a VRF it is as outside of one: its addresses count. */
static void what_is_in_a_vrf_is_judged_by_itself(void **state)
{
    struct host_link *l = begin();

    (void)state;
    l->link.master = add("red", "vrf")->link.ifindex;
    assert_fit(l);
    strcpy(l->address, "192.0.2.1/24");
    assert_cut_off(l, "192.0.2.1/24");
}

static void what_another_switch_has_is_unfit(void **state)
{
    struct host_link *l = begin(), *vlan;

    (void)state;
    l->holder = HOST_HOLDER_FLOWBRIDGE;
    l->owner = US;
    assert_fit(l);
    l->owner = OTHERS;
    assert_unfit(l, "another flowbridge");
    vlan = add_above(l, "em1.10", "vlan");
    assert_unfit(vlan, "em1, which is a port of another flowbridge");
    l->holder = HOST_HOLDER_OPEN_VSWITCH;
    assert_unfit(l, "Open vSwitch");
}

static void what_lies_on_a_port_is_unfit(void **state)
{
    struct host_link *l = begin();
    struct host_link *vlan = add_above(l, "em1.10", "vlan");
    struct host_link *inner = add_above(vlan, "em1.10.5", "vlan");

    (void)state;
    assert_int_equal(judge_as(vlan, false, 1).fitness, PORT_IS_UNFIT);
    assert_int_equal(judge_as(inner, true, 1).fitness, PORT_IS_UNFIT);
    assert_non_null(strstr(judge_as(inner, true, 1).text, "the port em1;"));
    assert_int_equal(judge_as(l, true, 2).fitness, PORT_IS_FIT);
    assert_fit(vlan);
}

static void what_the_host_lives_on_is_cut_off(void **state)
{
    struct host_link *l = begin();

    (void)state;
    l->route = HOST_ROUTE_SOME;
    assert_cut_off(l, "carries the host's route,");
    l->route = HOST_ROUTE_DEFAULT;
    assert_cut_off(l, "carries the host's default route,");
    strcpy(l->address, "2001:db8::1/64");
    assert_cut_off(l, "host's IP address 2001:db8::1/64 and default route,");
    l->route = HOST_ROUTE_SOME; /* the address's own */
    assert_cut_off(l, "host's IP address 2001:db8::1/64, which");
}

static void what_lies_on_it_is_cut_off_as_well(void **state)
{
    static const char *const kinds[] = {"vlan",   "macvlan", "ipvlan",
                                        "macsec", "vxlan",   "gre"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct host_link *l = begin();
        struct host_link *upper = add_above(l, "u0", kinds[i]);
        struct host_link *top = add_above(upper, "u1", "vlan");

        assert_fit(l);
        strcpy(top->address, "192.0.2.1/24");
        assert_cut_off(l, "frames of u1, which carries the host's IP address");
        assert_cut_off(upper, "frames of u1");
        top->address[0] = '\0';
        upper->route = HOST_ROUTE_SOME;
        assert_cut_off(l, "frames of u0, which carries the host's route");
        upper->route = HOST_ROUTE_NONE;
        upper->link.master = add("br1", "bridge")->link.ifindex;
        assert_cut_off(l, "frames of u0, which is in br1");
    }
}

static void a_guest_above_it_is_cut_off(void **state)
{
    struct host_link *l = begin(), *upper;

    (void)state;
    add_above(l, "tap7", "macvtap");
    assert_cut_off(l, "tap7, which is a virtual machine's");
    l = begin();
    upper = add_above(l, "em1.10", "vlan");
    upper->holder = HOST_HOLDER_FLOWBRIDGE;
    upper->owner = OTHERS;
    assert_cut_off(l, "em1.10, which is a port of another flowbridge");
}

/* HSR lies on two. */
static void the_second_below_counts(void **state)
{
    struct host_link *l = begin();
    struct host_link *hsr = add("hsr0", "hsr");

    (void)state;
    hsr->link.lowers[0] = 77;
    hsr->link.lowers[1] = l->link.ifindex;
    strcpy(hsr->address, "192.0.2.1/24");
    assert_cut_off(l, "frames of hsr0");
}

/* The kernel allows none, but what it says may change while it is read. */
static void a_circle_ends(void **state)
{
    struct host_link *l = begin();
    struct host_link *upper = add_above(l, "u0", "vlan");

    (void)state;
    l->link.lowers[0] = upper->link.ifindex;
    assert_fit(l);
}

static void kinds_that_give_only_their_own_are_limited(void **state)
{
    static const char *const kinds[] = {"macvlan", "macvtap", "ipvlan",
                                        "ipvtap"};
    struct host_link *l;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        l = begin();
        strcpy(l->link.kind, kinds[i]);
        assert_limited(l, "only frames for its own address");
    }
    l = begin();
    strcpy(l->link.kind, "macvlan");
    l->link.is_passthru = true;
    assert_fit(l);
    l = begin();
    l->link.has_xdp = true;
    assert_limited(l, "XDP");
    strcpy(l->address, "192.0.2.1/24"); /* worse */
    assert_int_equal(judge_as(l, true, 0).fitness, PORT_IS_UNFIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_needs_is_fit),
        cmocka_unit_test(what_has_no_ethernet_is_unfit),
        cmocka_unit_test(what_is_in_another_is_unfit),
        cmocka_unit_test(what_is_in_a_vrf_is_judged_by_itself),
        cmocka_unit_test(what_another_switch_has_is_unfit),
        cmocka_unit_test(what_lies_on_a_port_is_unfit),
        cmocka_unit_test(what_the_host_lives_on_is_cut_off),
        cmocka_unit_test(what_lies_on_it_is_cut_off_as_well),
        cmocka_unit_test(a_guest_above_it_is_cut_off),
        cmocka_unit_test(the_second_below_counts),
        cmocka_unit_test(a_circle_ends),
        cmocka_unit_test(kinds_that_give_only_their_own_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
