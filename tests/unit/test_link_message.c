/*
 * An interface is read from a message only when it is one, and nothing is read
 * beyond the message, whatever it says of itself.
 */
#include "port/link_message.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "port/netlink.h"

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
        cmocka_unit_test(ignores_what_is_no_interface),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
