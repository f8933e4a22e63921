/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The view has what the kernel says of interfaces: addresses and routes of the
 * host's own, what lies on what, and who has them open.
 */
#include "port/host_view.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/netlink.h"
#include "port/port_mark.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

static struct host_view view;

static const struct host_link *look(const char *name)
{
    const struct host_link *l;

    host_view_clear(&view);
    assert_int_equal(host_view_read(&view), 0);
    l = host_view_find_name(&view, name);
    assert_non_null(l);
    return l;
}

static void addresses_are_the_hosts_own(void **state)
{
    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link set v0 up && ip link set v1 up"));
    assert_true(netns_run("ip -6 address add fe80::77/64 dev v0 nodad"));
    assert_string_equal(look("v0")->address, "");
    assert_int_equal(look("v0")->route, HOST_ROUTE_NONE);
    assert_true(netns_run("ip address add 192.0.2.1/24 dev v0"));
    assert_string_equal(look("v0")->address, "192.0.2.1/24");
    assert_string_equal(look("v1")->address, "");
    assert_true(netns_run("ip -6 address add 2001:db8::1/64 dev v1 nodad"));
    assert_string_equal(look("v1")->address, "2001:db8::1/64");
    /* Somebody has given these, so somebody needs them. */
    assert_true(netns_run("ip address flush dev v0 && "
                          "ip address add 169.254.7.1 peer 192.0.2.200 "
                          "dev v0"));
    assert_string_equal(look("v0")->address, "169.254.7.1/32");
    host_view_clear(&view);
}

static void routes_of_all_tables_count(void **state)
{
    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link set v0 up && ip link set v1 up"));
    assert_true(netns_run("ip route add 192.0.2.0/24 dev v0 table 77"));
    assert_int_equal(look("v0")->route, HOST_ROUTE_SOME);
    assert_int_equal(look("v1")->route, HOST_ROUTE_NONE);
    assert_true(netns_run("ip -6 route add default dev v1"));
    assert_int_equal(look("v1")->route, HOST_ROUTE_DEFAULT);
    /* Two next hops, one of them there. */
    assert_true(netns_run("ip -6 route flush default && "
                          "ip link add w0 type veth peer name w1 && "
                          "ip link set w0 up && ip link set w1 up && "
                          "ip route add default nexthop dev w0 "
                          "nexthop dev w1"));
    assert_int_equal(look("v1")->route, HOST_ROUTE_NONE);
    assert_int_equal(look("w1")->route, HOST_ROUTE_DEFAULT);
    host_view_clear(&view);
}

static void what_lies_on_it_and_holds_it_is_seen(void **state)
{
    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link add mv0 link v0 type macvlan mode bridge && "
                          "ip link add vx0 type vxlan id 1 dev v0 "
                          "dstport 4789 group 239.1.1.1 && "
                          "ip link add b0 type bridge && "
                          "ip link set v1 master b0 && "
                          "ip tuntap add t0 mode tun"));
    assert_int_equal(look("mv0")->link.lowers[0], if_nametoindex("v0"));
    assert_int_equal(look("vx0")->link.lowers[0], if_nametoindex("v0"));
    assert_int_equal(look("v0")->link.lowers[0], 0);
    assert_int_equal(look("v1")->link.master, if_nametoindex("b0"));
    assert_int_not_equal(look("t0")->link.type, look("v0")->link.type);
    assert_false(look("mv0")->link.is_passthru);
    assert_true(netns_run("ip link del mv0 && ip link add mv0 link v0 type "
                          "macvlan mode passthru"));
    assert_true(look("mv0")->link.is_passthru);
    host_view_clear(&view);
}

/* As tcpdump has it: a socket that takes all, in promiscuous mode. */
static int open_sniffer(const char *name)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    int is_on = 1;
    struct sockaddr_ll device = {
        .sll_family = AF_PACKET,
        .sll_protocol = htobe16(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(name),
    };

    assert_true(fd >= 0);
    assert_int_equal(
        setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &is_on, sizeof(is_on)), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&device, sizeof(device)), 0);
    return fd;
}

static void a_mark_says_who_has_it(void **state)
{
    struct packet_mreq mark = {.mr_type = PACKET_MR_MULTICAST,
                               .mr_alen = PORT_MARK_SIZE};
    int fd;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link set v0 promisc on"));
    fd = open_sniffer("v0");
    assert_int_equal(look("v0")->holder, HOST_HOLDER_NONE);
    mark.mr_ifindex = (int)if_nametoindex("v0");
    port_mark_write(0x12345678, mark.mr_address);
    assert_int_equal(
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mark, sizeof(mark)),
        0);
    assert_int_equal(look("v0")->holder, HOST_HOLDER_FLOWBRIDGE);
    assert_int_equal(look("v0")->owner, 0x12345678);
    assert_int_equal(look("v1")->holder, HOST_HOLDER_NONE);
    close(fd);
    assert_int_equal(look("v0")->holder, HOST_HOLDER_NONE);
    host_view_clear(&view);
}

static void set_process_name(const char *name)
{
    int fd = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);

    assert_int_equal(write(fd, name, strlen(name)), strlen(name));
    close(fd);
}

/* A socket like its own is not enough, nor is the name. */
static void open_vswitch_is_told_by_its_socket(void **state)
{
    int fd;

    (void)state;
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    fd = open_sniffer("v0");
    set_process_name("ovs-vswitchd");
    assert_int_equal(look("v0")->holder, HOST_HOLDER_NONE);
    assert_true(netns_run("ip link set v0 promisc on"));
    assert_int_equal(look("v0")->holder, HOST_HOLDER_OPEN_VSWITCH);
    assert_int_equal(look("v1")->holder, HOST_HOLDER_NONE);
    set_process_name("test_host_view");
    assert_int_equal(look("v0")->holder, HOST_HOLDER_NONE);
    close(fd);
    host_view_clear(&view);
}

/* Cut anywhere, a message is read to its end and no further. */
static void messages_are_read_to_their_end(void **state)
{
    struct netlink_request r;
    struct rtmsg *route;
    uint32_t whole;

    (void)state;
    host_view_clear(&view);
    netlink_begin(&r, RTM_NEWLINK, 0, sizeof(struct ifinfomsg));
    ((struct ifinfomsg *)mnl_nlmsg_get_payload(&r.header))->ifi_index = 7;
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    assert_int_equal(host_view_take(&r.header, &view), MNL_CB_OK);
    assert_int_equal(view.count, 1);

    route = netlink_begin(&r, RTM_NEWROUTE, 0, sizeof(*route));
    route->rtm_family = AF_INET;
    route->rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(&r.header, RTA_OIF, 7);
    whole = r.header.nlmsg_len;
    for (uint32_t size = MNL_NLMSG_HDRLEN; size <= whole; size++) {
        struct nlmsghdr *cut = malloc(size);

        memcpy(cut, &r.header, size);
        cut->nlmsg_len = size;
        assert_int_equal(host_view_take(cut, &view), MNL_CB_OK);
        assert_int_equal(view.links[0].route,
                         size < whole ? HOST_ROUTE_NONE : HOST_ROUTE_DEFAULT);
        free(cut);
    }
    host_view_clear(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_the_hosts_own),
        cmocka_unit_test(routes_of_all_tables_count),
        cmocka_unit_test(what_lies_on_it_and_holds_it_is_seen),
        cmocka_unit_test(a_mark_says_who_has_it),
        cmocka_unit_test(open_vswitch_is_told_by_its_socket),
        cmocka_unit_test(messages_are_read_to_their_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
