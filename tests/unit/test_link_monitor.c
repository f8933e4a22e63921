/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor says what the kernel's interfaces do, in order, also after it has
 * lost messages, and believes nobody but the kernel; changes arrive; speed,
 * addresses and routes are read right.
 */
#include "port/link_monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/clock.h"
#include "port/netlink.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

enum { WAIT_MS = 5000, NO_SUCH_LINK = 987654 };

struct seen {
    char text[4096]; /* "+name " for each report, "-name " for one gone */
    unsigned int count;
    struct link last;
};

static void note(void *context, const struct link *link, bool is_gone)
{
    struct seen *s = context;
    size_t used = strlen(s->text);

    snprintf(s->text + used, sizeof(s->text) - used, "%c%s ",
             is_gone ? '-' : '+', link->name);
    s->count++;
    s->last = *link;
}

static struct link_monitor *open_monitor(struct seen *s)
{
    struct link_monitor *m;

    memset(s, 0, sizeof(*s));
    assert_int_equal(link_monitor_open(&m, note, s), 0);
    return m;
}

/* The kernel has queued what a command caused before the command ends. */
static void read_all(struct link_monitor *m)
{
    struct pollfd p = {.fd = link_monitor_fd(m), .events = POLLIN};

    for (int i = 0; i < 1000 && poll(&p, 1, 0) > 0; i++)
        assert_int_equal(link_monitor_read(m), 0);
}

/* Of a carrier the kernel tells when it gets round to it. */
static bool comes_to_run(struct link_monitor *m, const char *name,
                         bool is_running)
{
    int64_t end_ms = clock_monotonic_ms() + WAIT_MS;
    struct pollfd p = {.fd = link_monitor_fd(m), .events = POLLIN};

    while (link_monitor_find(m, name)->is_running != is_running) {
        if (clock_monotonic_ms() > end_ms)
            return false;
        if (poll(&p, 1, 100) > 0)
            assert_int_equal(link_monitor_read(m), 0);
    }
    return true;
}

static void follows_interfaces(void **state)
{
    struct seen s;
    struct link_monitor *m;
    const struct link *v;

    (void)state;
    if (!netns_enter())
        skip();
    m = open_monitor(&s);
    assert_string_equal(s.text, "+lo ");
    assert_true(link_monitor_find(m, "lo")->is_loopback);
    assert_null(link_monitor_find(m, "v0"));

    assert_true(netns_run("ip link add v0 address 02:00:00:00:00:01 mtu 1400 "
                          "type veth peer name v1"));
    read_all(m);
    v = link_monitor_find(m, "v0");
    assert_non_null(v);
    assert_int_equal(v->ifindex, if_nametoindex("v0"));
    assert_int_equal(v->mtu, 1400);
    assert_memory_equal(v->mac, "\2\0\0\0\0\1", 6);
    assert_string_equal(v->kind, "veth");
    assert_false(v->is_up || v->is_running || v->is_loopback || v->is_tap);

    assert_true(netns_run("ip link set v0 up && ip link set v1 up"));
    assert_true(comes_to_run(m, "v0", true));
    assert_true(link_monitor_find(m, "v0")->is_up);
    assert_true(netns_run("ip link set v1 down"));
    assert_true(comes_to_run(m, "v0", false));
    assert_true(link_monitor_find(m, "v0")->is_up);
    link_monitor_close(m);
}

static void rename_is_gone_and_new(void **state)
{
    struct seen s;
    struct link_monitor *m;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    m = open_monitor(&s);
    s.text[0] = 0;
    assert_true(netns_run("ip link set v0 name w0"));
    read_all(m);
    assert_string_equal(s.text, "-v0 +w0 ");
    assert_null(link_monitor_find(m, "v0"));
    assert_non_null(link_monitor_find(m, "w0"));
    /* Nothing that is told of has changed. */
    s.text[0] = 0;
    assert_true(netns_run("ip link set w0 alias x"));
    read_all(m);
    assert_string_equal(s.text, "");
    link_monitor_close(m);
}

static void altnames_are_followed(void **state)
{
    static const char altname[] = "a-name-longer-than-fifteen-letters";
    struct seen s;
    struct link_monitor *m;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link property add dev v0 altname other0"));
    m = open_monitor(&s);
    assert_ptr_equal(link_monitor_find(m, "other0"),
                     link_monitor_find(m, "v0"));
    assert_non_null(link_monitor_find(m, "v0"));
    /* Of one that is down the kernel tells nothing of its own accord. */
    assert_true(netns_run("ip link property add dev v0 altname %s", altname));
    assert_int_equal(link_monitor_ask(m, altname), 0);
    assert_string_equal(link_monitor_find(m, altname)->name, "v0");
    assert_int_equal(link_monitor_ask(m, "v0"), 0);
    assert_int_equal(link_monitor_ask(m, "nowhere"), -ENODEV);
    assert_true(netns_run("ip link set v0 up"));
    read_all(m);
    s.text[0] = 0;
    assert_true(netns_run("ip link property del dev v0 altname other0"));
    read_all(m);
    assert_string_equal(s.text, "+v0 ");
    assert_null(link_monitor_find(m, "other0"));
    assert_non_null(link_monitor_find(m, altname));
    link_monitor_close(m);
}

static void deletes_and_comes_again(void **state)
{
    struct seen s;
    struct link_monitor *m;
    int before;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    m = open_monitor(&s);
    before = link_monitor_find(m, "v0")->ifindex;
    s.text[0] = 0;
    assert_true(netns_run("ip link del v0"));
    read_all(m);
    assert_non_null(strstr(s.text, "-v0 "));
    assert_non_null(strstr(s.text, "-v1 "));
    assert_null(strstr(s.text, "+"));
    assert_true(netns_run("ip tuntap add v0 mode tap"));
    read_all(m);
    assert_true(link_monitor_find(m, "v0")->is_tap);
    assert_int_not_equal(link_monitor_find(m, "v0")->ifindex, before);
    assert_true(netns_run("ip tuntap add l3 mode tun"));
    read_all(m);
    assert_string_equal(link_monitor_find(m, "l3")->kind, "tun");
    assert_false(link_monitor_find(m, "l3")->is_tap);
    link_monitor_close(m);
}

static void overrun_is_made_good(void **state)
{
    struct seen s;
    struct link_monitor *m;
    int small = 1; /* the kernel makes it its minimum: a few messages */

    (void)state;
    if (!netns_enter())
        skip();
    m = open_monitor(&s);
    s.count = 0;
    assert_int_equal(setsockopt(link_monitor_fd(m), SOL_SOCKET, SO_RCVBUF,
                                &small, sizeof(small)),
                     0);
    assert_true(netns_run("for i in $(seq 40); do "
                          "echo link add a$i type veth peer name b$i; "
                          "echo link set a$i up; "
                          "echo link del a$i; "
                          "done | ip -batch -"));
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    assert_true(netns_run("ip link set v1 mtu 1300"));
    read_all(m);
    assert_true(s.count < 40); /* or nothing was lost */
    assert_non_null(link_monitor_find(m, "v0"));
    assert_int_equal(link_monitor_find(m, "v1")->mtu, 1300);
    for (int i = 1; i <= 40; i++) {
        char name[16];

        snprintf(name, sizeof(name), "a%d", i);
        assert_null(link_monitor_find(m, name));
    }
    link_monitor_close(m);
}

/* Two swap their names while the monitor is not looking. */
static void refresh_frees_names_first(void **state)
{
    struct seen s;
    struct link_monitor *m;
    int v0, v1;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    m = open_monitor(&s);
    v0 = (int)if_nametoindex("v0");
    v1 = (int)if_nametoindex("v1");
    assert_true(netns_run("ip link set v0 name x && ip link set v1 name v0 && "
                          "ip link set x name v1"));
    s.text[0] = 0;
    assert_int_equal(link_monitor_refresh(m), 0);
    /* Highest number first or last is the kernel's choice. */
    assert_true(strncmp(s.text, "-v0 -v1 +", 9) == 0 ||
                strncmp(s.text, "-v1 -v0 +", 9) == 0);
    assert_int_equal(link_monitor_find(m, "v0")->ifindex, v1);
    assert_int_equal(link_monitor_find(m, "v1")->ifindex, v0);
    read_all(m); /* what is told late does not end in another state */
    assert_int_equal(link_monitor_find(m, "v0")->ifindex, v1);
    assert_int_equal(link_monitor_find(m, "v1")->ifindex, v0);
    link_monitor_close(m);
}

static void believes_only_the_kernel(void **state)
{
    struct seen s;
    struct link_monitor *m;
    struct sockaddr_nl to;
    socklen_t size = sizeof(to);
    struct netlink_request r;
    struct ifinfomsg *info;
    struct mnl_socket *other;

    (void)state;
    if (!netns_enter())
        skip();
    m = open_monitor(&s);
    s.text[0] = 0;
    assert_int_equal(
        getsockname(link_monitor_fd(m), (struct sockaddr *)&to, &size), 0);
    to.nl_groups = 0;
    info = netlink_begin(&r, RTM_DELLINK, 0, sizeof(*info));
    info->ifi_index = (int)if_nametoindex("lo");
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "lo");
    assert_int_equal(netlink_open(NETLINK_ROUTE, 0, 0, &other), 0);
    assert_int_equal(sendto(mnl_socket_get_fd(other), r.bytes,
                            r.header.nlmsg_len, 0, (struct sockaddr *)&to,
                            sizeof(to)),
                     r.header.nlmsg_len);
    read_all(m);
    assert_string_equal(s.text, "");
    assert_non_null(link_monitor_find(m, "lo"));
    mnl_socket_close(other);
    link_monitor_close(m);
}

static int set_up(int ifindex, bool is_up)
{
    return link_set_up(&(struct link){.ifindex = ifindex}, is_up);
}

static int set_mtu(int ifindex, uint32_t mtu)
{
    return link_set_mtu(&(struct link){.ifindex = ifindex}, mtu);
}

static void changes_arrive(void **state)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};
    struct seen s;
    struct link_monitor *m;
    const struct link *v;
    int v0;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    m = open_monitor(&s);
    v0 = (int)if_nametoindex("v0");
    assert_int_equal(set_up(v0, true), 0);
    assert_int_equal(link_set_mac(v0, mac), 0);
    assert_int_equal(set_mtu(v0, 1234), 0);
    read_all(m);
    v = link_monitor_find(m, "v0");
    assert_true(v->is_up);
    assert_memory_equal(v->mac, mac, 6);
    assert_int_equal(v->mtu, 1234);
    assert_int_equal(set_up(v0, false), 0);
    read_all(m);
    assert_false(link_monitor_find(m, "v0")->is_up);

    assert_int_equal(set_mtu(v0, 1), -EINVAL);
    /* One of the same number in another namespace is none of these. */
    assert_int_equal(
        link_set_up(&(struct link){.ifindex = v0, .netns = 1}, true),
        -EOPNOTSUPP);
    assert_int_equal(set_up(NO_SUCH_LINK, true), -ENODEV);
    assert_int_equal(link_set_mac(NO_SUCH_LINK, mac), -ENODEV);
    assert_int_equal(link_set_quiet(NO_SUCH_LINK), -ENODEV);
    link_monitor_close(m);
}

static bool has_ipv6_address(const char *name)
{
    return netns_run("grep -q ' %s$' /proc/thread-self/net/if_inet6", name);
}

static bool gets_ipv6_address(const char *name)
{
    int64_t end_ms = clock_monotonic_ms() + WAIT_MS;

    while (!has_ipv6_address(name))
        if (clock_monotonic_ms() > end_ms)
            return false;
    return true;
}

static void quiet_has_no_ipv6_address(void **state)
{
    int v0, v1, mode;

    (void)state;
    if (!netns_enter() || access("/proc/net/if_inet6", F_OK) < 0)
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    v0 = (int)if_nametoindex("v0");
    v1 = (int)if_nametoindex("v1");
    mode = link_get_address_mode(v0);
    assert_true(mode >= 0 && mode != IN6_ADDR_GEN_MODE_NONE);
    assert_int_equal(link_set_quiet(v0), 0);
    assert_int_equal(link_get_address_mode(v0), IN6_ADDR_GEN_MODE_NONE);
    assert_int_equal(set_up(v0, true), 0);
    assert_int_equal(set_up(v1, true), 0);
    assert_true(gets_ipv6_address("v1"));
    assert_false(has_ipv6_address("v0"));
    /* One that is up loses the address that it has. */
    assert_int_equal(link_set_quiet(v1), 0);
    assert_false(has_ipv6_address("v1"));
    /* And gets it back. */
    assert_int_equal(link_set_address_mode(v1, mode), 0);
    assert_int_equal(set_up(v1, false), 0);
    assert_int_equal(set_up(v1, true), 0);
    assert_true(gets_ipv6_address("v1"));
    assert_int_equal(link_get_address_mode(NO_SUCH_LINK), -ENODEV);
}

static bool has_default_route(const char *family, const char *name)
{
    return netns_run("ip %s route show default dev %s | grep -q default",
                     family, name);
}

static void adds_addresses_and_routes(void **state)
{
    uint8_t address[16], gateway[16];
    int v0, v1;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link set v0 up && ip link set v1 up"));
    v0 = (int)if_nametoindex("v0");
    v1 = (int)if_nametoindex("v1");
    inet_pton(AF_INET, "192.0.2.2", address);
    inet_pton(AF_INET, "192.0.2.1", gateway);
    assert_int_equal(link_add_default_route(v0, AF_INET, gateway),
                     -ENETUNREACH);
    assert_int_equal(link_add_address(v0, AF_INET, address, 24), 0);
    assert_int_equal(link_add_address(v0, AF_INET, address, 24), 0);
    assert_true(netns_run("ip -o address show dev v0 | "
                          "grep -q '192.0.2.2/24 brd 192.0.2.255'"));
    assert_int_equal(link_add_default_route(v0, AF_INET, gateway), 0);
    assert_int_equal(link_add_default_route(v0, AF_INET, gateway), 0);
    assert_true(has_default_route("-4", "v0"));
    inet_pton(AF_INET, "192.0.2.99", gateway);
    assert_int_equal(link_add_default_route(v0, AF_INET, gateway), -EEXIST);
    assert_int_equal(link_add_address(NO_SUCH_LINK, AF_INET, address, 24),
                     -ENODEV);

    inet_pton(AF_INET6, "2001:db8::2", address);
    inet_pton(AF_INET6, "2001:db8::1", gateway);
    assert_int_equal(link_add_address(v1, AF_INET6, address, 64), 0);
    assert_int_equal(link_add_address(v1, AF_INET6, address, 64), 0);
    assert_int_equal(link_add_default_route(v1, AF_INET6, gateway), 0);
    assert_int_equal(link_add_default_route(v1, AF_INET6, gateway), 0);
    assert_true(has_default_route("-6", "v1"));
}

struct nic {
    uint32_t speed;
    uint8_t duplex, port, autoneg;
};

/* A TAP says what it was told to say, so it can play any NIC. */
static void play_nic(const struct nic *nic, const uint32_t modes[3])
{
    uint32_t words[128] = {0}; /* the kernel has 4 words a set by now */
    struct ethtool_link_settings *s = (void *)words;
    struct ifreq request = {.ifr_name = "t0", .ifr_data = (void *)words};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    s->cmd = ETHTOOL_GLINKSETTINGS;
    assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
    *s = (struct ethtool_link_settings){
        .cmd = ETHTOOL_SLINKSETTINGS,
        .speed = nic->speed,
        .duplex = nic->duplex,
        .port = nic->port,
        .autoneg = nic->autoneg,
        .link_mode_masks_nwords = (int8_t)-s->link_mode_masks_nwords,
    };
    for (int i = 0; i < 3; i++)
        s->link_mode_masks[i * s->link_mode_masks_nwords] = modes[i];
    assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
    close(fd);
}

static void speed_is_in_openflow_bits(void **state)
{
    static const struct {
        struct nic nic;
        uint32_t mbps, current;
    } rows[] = {
        /* clang-format off */
        {{.speed = 10, .port = PORT_TP},                     10,      0x801 },
        {{.speed = 10, .duplex = 1, .port = PORT_TP},        10,      0x802 },
        {{.speed = 100, .port = PORT_MII},                   100,     0x804 },
        {{.speed = 100, .duplex = 1, .port = PORT_OTHER},    100,     0x008 },
        {{.speed = 1000, .port = PORT_TP, .autoneg = 1},     1000,    0x2810},
        {{.speed = 1000, .duplex = 1, .port = PORT_TP},      1000,    0x820 },
        {{.speed = 2500, .duplex = 1, .port = PORT_TP},      2500,    0xc00 },
        {{.speed = 10000, .duplex = 1, .port = PORT_FIBRE},  10000,   0x1040},
        {{.speed = 40000, .duplex = 1, .port = PORT_DA},     40000,   0x880 },
        {{.speed = 100000, .duplex = 1, .port = PORT_FIBRE}, 100000,  0x1100},
        {{.speed = 1000000, .duplex = 1, .port = PORT_NONE}, 1000000, 0x200 },
        {{.speed = UINT32_MAX, .duplex = DUPLEX_UNKNOWN},    0,       0x800 },
        /* clang-format on */
    };
    /* 10, 100 and 1000baseT, TP, autoneg and both pauses; what the other end
     * has: 10000baseKR and FIBRE; 25G is none of OpenFlow's. */
    static const uint32_t modes[3] = {0x60ff, 1u << 31, 1 << 19 | 1 << 10};
    struct link_speed speed;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip tuntap add t0 mode tap"));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        play_nic(&rows[i].nic, modes);
        assert_int_equal(link_get_speed("t0", &speed), 0);
        assert_int_equal(speed.mbps, rows[i].mbps);
        assert_int_equal(speed.current, rows[i].current);
        assert_int_equal(speed.is_full_duplex, rows[i].nic.duplex == 1);
        assert_int_equal(speed.supported, 0xe83f);
        assert_int_equal(speed.advertised, 0x400);
        assert_int_equal(speed.peer, 0x1040);
    }
    assert_int_equal(link_get_speed("lo", &speed), 0);
    assert_int_equal(speed.mbps, 0);
    assert_int_equal(speed.current, 0);
    assert_int_equal(link_get_speed("nope", &speed), -ENODEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_interfaces),
        cmocka_unit_test(rename_is_gone_and_new),
        cmocka_unit_test(altnames_are_followed),
        cmocka_unit_test(deletes_and_comes_again),
        cmocka_unit_test(overrun_is_made_good),
        cmocka_unit_test(refresh_frees_names_first),
        cmocka_unit_test(believes_only_the_kernel),
        cmocka_unit_test(changes_arrive),
        cmocka_unit_test(quiet_has_no_ipv6_address),
        cmocka_unit_test(adds_addresses_and_routes),
        cmocka_unit_test(speed_is_in_openflow_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
