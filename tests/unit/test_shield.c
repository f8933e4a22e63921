/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Behind the shield the host neither answers ARP nor sends RST, while a packet
 * socket still gets every frame; and whatever happens to the device or to the
 * process, no shield is left behind or missing.
 */
#include "port/shield.h"

#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "port/link.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

enum { WAIT_MS = 5000, MARK_TYPE = 0x88b5 /* for experiments */ };

static const char table[] = "flowbridge-test";

/* Who has 192.0.2.1?  Tell 192.0.2.2. */
static const uint8_t arp_request[42] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,   2, 8, 6,
    0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,   0, 0, 2,
    192,  0,    2,    2,    0,    0,    0, 0, 0, 0, 192, 0, 2, 1,
};

/* 192.0.2.2:4000 > 192.0.2.1:9, SYN; nobody listens there. */
static const uint8_t tcp_syn[54] = {
    2,
    0,
    0,
    0,
    0,
    1,
    2,
    0,
    0,
    0,
    0,
    2,
    8,
    0,
    /* IPv4 */
    0x45,
    0,
    0,
    40,
    0,
    1,
    0x40,
    0,
    64,
    6,
    0xb6,
    0xcb,
    192,
    0,
    2,
    2,
    192,
    0,
    2,
    1,
    /* TCP */
    0x0f,
    0xa0,
    0,
    9,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0x50,
    2,
    4,
    0,
    0x18,
    0x35,
    0,
    0,
};

static const uint8_t mark[60] = {
    2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, MARK_TYPE >> 8, MARK_TYPE & 0xff,
};

/* Two ends of a cable: the host, with 192.0.2.1, and what is outside. */
struct lab {
    int host, outside; /* packet sockets */
};

static int open_socket(const char *name)
{
    struct sockaddr_ll device = {
        .sll_family = AF_PACKET,
        .sll_protocol = htobe16(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(name),
    };
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    int is_on = 1;

    assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &is_on,
                                sizeof(is_on)),
                     0);
    assert_int_equal(bind(fd, (struct sockaddr *)&device, sizeof(device)), 0);
    return fd;
}

static void lay_cable(struct lab *l)
{
    assert_true(netns_run("ip link add v0 address 02:00:00:00:00:01 type veth "
                          "peer name v1 address 02:00:00:00:00:02"));
    assert_int_equal(link_set_quiet((int)if_nametoindex("v0")), 0);
    assert_int_equal(link_set_quiet((int)if_nametoindex("v1")), 0);
    assert_true(netns_run("ip link set v0 up && ip link set v1 up && "
                          "ip address add 192.0.2.1/24 dev v0 && "
                          "ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 "
                          "dev v0 nud permanent"));
    l->host = open_socket("v0");
    l->outside = open_socket("v1");
}

static void cut_cable(struct lab *l)
{
    close(l->host);
    close(l->outside);
    assert_true(netns_run("ip link del v1"));
}

enum kind { NOTHING, REQUEST, ANSWER, MARK };

static enum kind kind_of(const uint8_t *frame, ssize_t size)
{
    if (size >= 42 && frame[12] == 8 && frame[13] == 6)
        return frame[21] == 2 ? ANSWER : REQUEST;
    if (size >= 54 && frame[12] == 8 && frame[13] == 0 && frame[23] == 6)
        return frame[47] & 4 ? ANSWER : REQUEST;
    if (size >= 14 && frame[12] == MARK_TYPE >> 8)
        return MARK;
    return NOTHING;
}

/* Reads until a frame is of 'kind' or of 'other'; NOTHING if none comes. */
static enum kind wait_for(int fd, enum kind kind, enum kind other)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int64_t end_ms = clock_monotonic_ms() + WAIT_MS;

    while (clock_monotonic_ms() < end_ms) {
        uint8_t frame[2048];
        enum kind got;

        if (poll(&p, 1, 100) <= 0)
            continue;
        got = kind_of(frame, recv(fd, frame, sizeof(frame), 0));
        if (got == kind || got == other)
            return got;
    }
    return NOTHING;
}

/* One frame in, and then a mark out: an answer is already on its way by then,
 * or at least before the mark of the next round. */
static bool is_answered(const struct lab *l, const uint8_t *frame, size_t size)
{
    enum kind got;

    assert_int_equal(send(l->outside, frame, size, 0), size);
    assert_int_equal(wait_for(l->host, REQUEST, REQUEST), REQUEST);
    assert_int_equal(send(l->host, mark, sizeof(mark), 0), sizeof(mark));
    got = wait_for(l->outside, ANSWER, MARK);
    assert_int_not_equal(got, NOTHING);
    if (got == ANSWER)
        assert_int_equal(wait_for(l->outside, MARK, MARK), MARK);
    return got == ANSWER;
}

static bool answers_one(const struct lab *l, const uint8_t *frame, size_t size)
{
    for (int round = 0; round < 20; round++)
        if (is_answered(l, frame, size))
            return true;
    return false;
}

static bool answers(const struct lab *l)
{
    bool arp = answers_one(l, arp_request, sizeof(arp_request));
    bool tcp = answers_one(l, tcp_syn, sizeof(tcp_syn));

    assert_int_equal(arp, tcp);
    return arp;
}

/* Not root, or a build or a kernel that has no shield: then nothing is open. */
static bool has_shield(void)
{
    struct shield *s;
    int err;

    if (!netns_enter())
        return false;
    err = shield_open(&s, table);
    if (err == -EOPNOTSUPP)
        assert_null(s);
    else
        assert_int_equal(err, 0);
    shield_close(s);
    return err == 0;
}

static void host_is_silent_behind_it(void **state)
{
    struct shield *s;
    struct lab l;

    (void)state;
    if (!has_shield())
        skip();
    lay_cable(&l);
    assert_true(answers(&l));
    assert_int_equal(shield_open(&s, table), 0);
    assert_true(answers(&l));
    assert_int_equal(shield_add(s, "v0"), 0);
    assert_false(answers(&l));
    assert_int_equal(shield_add(s, "v0"), 0);
    assert_false(answers(&l));
    assert_int_equal(shield_remove(s, "v0"), 0);
    assert_true(answers(&l));
    assert_int_equal(shield_remove(s, "v0"), 0);
    assert_int_equal(shield_add(s, "v0"), 0);
    assert_false(answers(&l));
    shield_close(s);
    assert_true(answers(&l));
    cut_cable(&l);
}

static void other_ports_are_not_touched(void **state)
{
    struct shield *s;
    struct lab l;

    (void)state;
    if (!has_shield())
        skip();
    lay_cable(&l);
    assert_int_equal(shield_open(&s, table), 0);
    assert_int_equal(shield_add(s, "v1"), 0);
    assert_true(answers(&l));
    assert_int_equal(shield_add(s, "v0"), 0);
    assert_int_equal(shield_remove(s, "v1"), 0);
    assert_false(answers(&l));
    shield_close(s);
    cut_cable(&l);
}

static void follows_a_device_made_again(void **state)
{
    struct shield *s;
    struct lab l;

    (void)state;
    if (!has_shield())
        skip();
    assert_int_equal(shield_open(&s, table), 0);
    for (int i = 0; i < 3; i++) {
        lay_cable(&l);
        assert_int_equal(shield_add(s, "v0"), 0);
        assert_false(answers(&l));
        cut_cable(&l);
    }
    assert_int_equal(shield_remove(s, "v0"), 0);
    lay_cable(&l);
    assert_true(answers(&l));
    /* Renamed, it is another port, and its old name is free. */
    assert_int_equal(shield_add(s, "v0"), 0);
    assert_true(netns_run("ip link set v0 down && ip link set v0 name x0 && "
                          "ip link set x0 up && ip neighbour replace 192.0.2.2 "
                          "lladdr 02:00:00:00:00:02 dev x0 nud permanent"));
    assert_int_equal(shield_remove(s, "v0"), 0);
    close(l.host);
    l.host = open_socket("x0");
    assert_true(answers(&l));
    assert_int_equal(shield_add(s, "x0"), 0);
    assert_false(answers(&l));
    cut_cable(&l);
    shield_close(s);
}

/* In a child, which is killed. */
static void hold_shield(int ready)
{
    struct shield *s;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails does not kill it */
    if (shield_open(&s, table) == 0 && shield_add(s, "v0") == 0 &&
        write(ready, "", 1) == 1)
        for (;;)
            pause();
    _exit(1);
}

static void nothing_is_left_of_a_killed_process(void **state)
{
    struct shield *s;
    struct lab l;
    int ready[2];
    pid_t child;
    char byte;

    (void)state;
    if (!has_shield())
        skip();
    lay_cable(&l);
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0)
        hold_shield(ready[1]);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_false(answers(&l));
    /* The name belongs to him while he lives. */
    assert_int_equal(shield_open(&s, table), -EPERM);
    assert_null(s);
    assert_int_equal(shield_open(&s, "flowbridge-other"), 0);
    shield_close(s);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(answers(&l));
    assert_int_equal(shield_open(&s, table), 0);
    shield_close(s);
    close(ready[0]);
    cut_cable(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_is_silent_behind_it),
        cmocka_unit_test(other_ports_are_not_touched),
        cmocka_unit_test(follows_a_device_made_again),
        cmocka_unit_test(nothing_is_left_of_a_killed_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
