/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interface is read from a message only when it is one, and nothing is read
 * beyond the message, whatever it says of itself.
 */
#include "port/link_message.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "port/netlink.h"
#include "tests/unit/test.h"

static struct ifinfomsg *begin_message(struct netlink_request *r)
{
    struct ifinfomsg *info = netlink_begin(r, RTM_NEWLINK, 0, sizeof(*info));

    info->ifi_index = 7;
    info->ifi_flags = IFF_UP;
    return info;
}

static void parses_only_whole_messages(void **state)
{
    struct netlink_request r;
    struct nlattr *nest;
    struct link link;
    uint32_t whole, with_name = 0;

    (void)state;
    begin_message(&r);
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    with_name = r.header.nlmsg_len;
    mnl_attr_put_u32(&r.header, IFLA_MTU, 9000);
    mnl_attr_put(&r.header, IFLA_ADDRESS, 6, "\1\2\3\4\5\6");
    nest = mnl_attr_nest_start(&r.header, IFLA_LINKINFO);
    mnl_attr_put_strz(&r.header, IFLA_INFO_KIND, "veth");
    mnl_attr_nest_end(&r.header, nest);
    whole = r.header.nlmsg_len;
    assert_true(link_message_read(&r.header, &link));
    assert_int_equal(link.ifindex, 7);
    assert_int_equal(link.mtu, 9000);
    assert_string_equal(link.kind, "veth");
    assert_true(link.is_up);
    /* Cut anywhere: memory checkers see a read past the end. */
    for (uint32_t size = MNL_NLMSG_HDRLEN; size < whole; size++) {
        struct nlmsghdr *cut = malloc(size);

        memcpy(cut, &r.header, size);
        cut->nlmsg_len = size;
        assert_int_equal(link_message_read(cut, &link), size >= with_name);
        free(cut);
    }
}

static void put_altname(struct netlink_request *r, const char *name)
{
    struct nlattr *list = mnl_attr_nest_start(&r->header, IFLA_PROP_LIST);

    mnl_attr_put_strz(&r->header, IFLA_ALT_IFNAME, name);
    mnl_attr_nest_end(&r->header, list);
}

static void altnames_are_names(void **state)
{
    struct netlink_request r;
    struct link link;

    (void)state;
    begin_message(&r);
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    put_altname(&r, "enp3s0");
    assert_true(link_message_read(&r.header, &link));
    assert_true(link_has_name(&link, "em1"));
    assert_true(link_has_name(&link, "enp3s0"));
    assert_false(link_has_name(&link, "enp3"));
    assert_false(link_has_name(&link, ""));
    assert_string_equal(link_next_altname(&link, NULL), "enp3s0");
    assert_null(link_next_altname(&link, link.altnames));
}

/* Names are left out when there is no room for them, and only these. */
static void altnames_without_room_are_left_out(void **state)
{
    struct {
        struct netlink_request r;
        uint8_t more[2048];
    } m;
    struct nlattr *list;
    char name[LINK_ANY_NAME_SIZE] = {0};
    struct link link;
    const char *altname = NULL;
    size_t count = 0;

    (void)state;
    begin_message(&m.r);
    mnl_attr_put_strz(&m.r.header, IFLA_IFNAME, "em1");
    list = mnl_attr_nest_start(&m.r.header, IFLA_PROP_LIST);
    for (char c = 'a'; c < 'g'; c++) {
        memset(name, c, sizeof(name) - 1);
        mnl_attr_put_strz(&m.r.header, IFLA_ALT_IFNAME, name);
    }
    mnl_attr_put_strz(&m.r.header, IFLA_ALT_IFNAME, "short");
    mnl_attr_nest_end(&m.r.header, list);
    assert_true(link_message_read(&m.r.header, &link));
    while ((altname = link_next_altname(&link, altname)))
        count++;
    assert_int_equal(count, LINK_ALTNAMES_SIZE / LINK_ANY_NAME_SIZE);
    assert_true(link_has_name(&link, "short"));
    assert_false(link_has_name(&link, name));
}

/* On whom it lies and in what it is. */
static void relations_are_read(void **state)
{
    static const struct {
        const char *kind;
        uint16_t data_type; /* 0: none */
        uint32_t link, data;
        bool is_elsewhere;
        int lower;
    } rows[] = {
        /* clang-format off */
        {"vlan",    0,               5, 0, false, 5},
        {"macvlan", 0,               5, 0, false, 5},
        {"macvlan", 0,               5, 0, true,  0},
        {"veth",    0,               5, 0, false, 0},
        {"netkit",  0,               5, 0, false, 0},
        {"gre",     0,               5, 0, false, 5},
        {"vxlan",   IFLA_VXLAN_LINK, 0, 6, false, 6},
        {"hsr",     IFLA_HSR_SLAVE1, 0, 6, false, 6},
        {"vxlan",   IFLA_VXLAN_ID,   0, 6, false, 0},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct netlink_request r;
        struct nlattr *info, *data;
        struct link link;

        begin_message(&r);
        mnl_attr_put_strz(&r.header, IFLA_IFNAME, "x0");
        if (rows[i].link)
            mnl_attr_put_u32(&r.header, IFLA_LINK, rows[i].link);
        if (rows[i].is_elsewhere)
            mnl_attr_put_u32(&r.header, IFLA_LINK_NETNSID, 0);
        mnl_attr_put_u32(&r.header, IFLA_MASTER, 9);
        info = mnl_attr_nest_start(&r.header, IFLA_LINKINFO);
        mnl_attr_put_strz(&r.header, IFLA_INFO_KIND, rows[i].kind);
        data = mnl_attr_nest_start(&r.header, IFLA_INFO_DATA);
        if (rows[i].data_type)
            mnl_attr_put_u32(&r.header, rows[i].data_type, rows[i].data);
        mnl_attr_nest_end(&r.header, data);
        mnl_attr_nest_end(&r.header, info);
        assert_true(link_message_read(&r.header, &link));
        assert_int_equal(link.lowers[0], rows[i].lower);
        assert_int_equal(link.master, 9);
    }
}

static void ignores_what_is_no_interface(void **state)
{
    struct netlink_request r;
    struct link link;

    (void)state;
    begin_message(&r)->ifi_family = AF_BRIDGE; /* a port left a bridge */
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    assert_false(link_message_read(&r.header, &link));

    begin_message(&r)->ifi_index = 0;
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    assert_false(link_message_read(&r.header, &link));

    begin_message(&r); /* a wireless event */
    mnl_attr_put_u32(&r.header, IFLA_WIRELESS, 1);
    assert_false(link_message_read(&r.header, &link));

    begin_message(&r);
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "sixteen-letters!");
    assert_false(link_message_read(&r.header, &link));

    begin_message(&r);
    mnl_attr_put(&r.header, IFLA_IFNAME, 3, "em1"); /* without its end */
    assert_false(link_message_read(&r.header, &link));

    begin_message(&r);
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, "em1");
    mnl_attr_put_u16(&r.header, IFLA_MTU, 1);
    assert_false(link_message_read(&r.header, &link));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_only_whole_messages),
        cmocka_unit_test(altnames_are_names),
        cmocka_unit_test(altnames_without_room_are_left_out),
        cmocka_unit_test(relations_are_read),
        cmocka_unit_test(ignores_what_is_no_interface),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
