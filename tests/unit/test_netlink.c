/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Next hops of a route: each that lies whole in the attribute is found, and
 * nothing is read past its end.
 */
#include "port/netlink.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

static void next_hops_are_found_as_far_as_they_are_whole(void **state)
{
    static const struct {
        uint16_t sizes[3]; /* as each hop says; 0: no more */
        size_t size;       /* of the attribute's payload */
        int count;         /* found */
    } rows[] = {
        {{8, 8}, 16, 2}, {{16, 8}, 24, 2}, /* the first has attributes of its
                                              own */
        {{8, 9}, 17, 2},                   /* the last one lacks its padding */
        {{8, 8}, 15, 1}, {{8, 12}, 16, 1}, {{8, 7}, 16, 1},
        {{0}, 8, 0},     {{0}, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        _Alignas(struct nlattr) uint8_t bytes[64] = {0};
        struct nlattr nest = {.nla_len =
                                  (uint16_t)(sizeof(nest) + rows[i].size)};
        uint8_t *at = bytes + sizeof(nest);
        struct netlink_attrs hops;
        int ifindex = 0, count = 0;

        memcpy(bytes, &nest, sizeof(nest));
        for (int j = 0; j < 3 && rows[i].sizes[j]; j++) {
            struct rtnexthop hop = {.rtnh_len = rows[i].sizes[j],
                                    .rtnh_ifindex = j + 1};

            memcpy(at, &hop, sizeof(hop));
            at += RTNH_ALIGN(hop.rtnh_len);
        }
        hops = netlink_attrs_in((const void *)bytes);
        while (netlink_hop_next(&hops, &ifindex))
            assert_int_equal(ifindex, ++count);
        assert_int_equal(count, rows[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_hops_are_found_as_far_as_they_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
