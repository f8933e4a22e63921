/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port's queues are the kernel's classes: made as told, found by the
 * priority of a frame, counted, and taken away again.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/htb.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

static int veth(void)
{
    if (!netns_enter())
        skip();
    assert_true(netns_run("ip link add va type veth peer name vb &&"
                          " ip link set va up && ip link set vb up"));
    return (int)if_nametoindex("va");
}

/* Sends a frame with the priority that names the queue. */
static void send_to(int ifindex, uint32_t priority)
{
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};
    struct sockaddr_ll to = {
        .sll_family = AF_PACKET, .sll_ifindex = ifindex, .sll_halen = 6};

    assert_true(fd >= 0);
    assert_int_equal(
        setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)),
        0);
    assert_int_equal(
        sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
        sizeof(frame));
    close(fd);
}

static void frames_go_where_their_priority_says(void **state)
{
    const struct htb_queue queues[] = {
        {.id = 0, .max_rate = 1000000000},
        {.id = 7, .min_rate = 1000000, .max_rate = 40000000000},
    };
    struct htb_stats before, after;
    int ifindex = veth();

    (void)state;
    assert_int_equal(htb_set(ifindex, queues, 2), 0);
    assert_true(netns_run("tc class show dev va | grep -q 'ceil 40Gbit'"));
    assert_int_equal(htb_get_stats(ifindex, 7, &before), 0);
    send_to(ifindex, htb_priority(7));
    assert_int_equal(htb_get_stats(ifindex, 7, &after), 0);
    assert_int_equal(after.packets, before.packets + 1);
    assert_int_equal(after.bytes, before.bytes + 60);
    assert_int_equal(htb_get_stats(ifindex, 0, &before), 0);
    send_to(ifindex, 0); /* names none: queue 0 */
    assert_int_equal(htb_get_stats(ifindex, 0, &after), 0);
    assert_true(after.packets > before.packets);
    assert_int_equal(htb_get_stats(ifindex, 8, &after), -ENOENT);
}

static void others_take_their_place_and_go(void **state)
{
    const struct htb_queue first[] = {{.id = 1}, {.id = 2}};
    const struct htb_queue second[] = {{.id = 2}, {.id = 3}};
    struct htb_stats stats;
    int ifindex = veth();

    (void)state;
    assert_int_equal(htb_set(ifindex, first, 2), 0);
    assert_int_equal(htb_set(ifindex, second, 2), 0);
    assert_int_equal(htb_get_stats(ifindex, 1, &stats), -ENOENT);
    assert_int_equal(htb_get_stats(ifindex, 3, &stats), 0);
    assert_int_equal(htb_remove(ifindex), 0);
    assert_int_equal(htb_remove(ifindex), 0);
    assert_true(netns_run("! tc qdisc show dev va | grep -q htb"));
    assert_int_equal(htb_set(999999, first, 2), -ENODEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_where_their_priority_says),
        cmocka_unit_test(others_take_their_place_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
