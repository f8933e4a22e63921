/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames go through a TAP of our own both ways, whole and with their vnet
 * header; who else has the name is said; and the stock of files makes up for a
 * lost right.
 */
#include "port/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/guest_tap.h"
#include "port/link.h"
#include "port/tap_device.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

enum {
    NOBODY = 65534,
    HEADERS = 14 + 20 + 8, /* Ethernet, IPv4, UDP */
    PLAIN = IFF_TAP | IFF_NO_PI,
};

static const uint8_t peer_mac[6] = {2, 0, 0, 0, 0, 2};

/* A namespace of its own, and the kernel has TAPs. */
static bool may_make_taps(void)
{
    return netns_enter() && access("/dev/net/tun", R_OK | W_OK) == 0;
}

/* t0 with 192.0.2.1, which believes 192.0.2.2 to be behind it. */
static bool host_uses_t0(void)
{
    struct tap_device d;

    return tap_device_look("t0", &d) == 0 && link_set_quiet(d.ifindex) == 0 &&
           netns_run("ip link set t0 address 02:00:00:00:00:01 mtu 65521 up && "
                     "ip address add 192.0.2.1/24 dev t0 && "
                     "tc qdisc replace dev t0 root noqueue && "
                     "ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 "
                     "dev t0 nud permanent");
}

static int udp_socket(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int size = 8 << 20;

    inet_pton(AF_INET, "192.0.2.2", &to.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static bool exists(const char *name)
{
    struct tap_device d;

    return tap_device_look(name, &d) == 0;
}

static void device_goes_with_its_queues(void **state)
{
    struct port_queue *queues[3];

    (void)state;
    if (!may_make_taps())
        skip();
    assert_int_equal(tap_open("t0", 3, queues), 0);
    assert_true(netns_run("ip link set t0 up && "
                          "ip -o link show t0 | grep -q LOWER_UP"));
    for (int i = 0; i < 3; i++) {
        assert_true(exists("t0"));
        queues[i]->ops->close(queues[i]);
    }
    assert_false(exists("t0"));
}

static void receives_batches(void **state)
{
    struct frame frames[2 * QUEUE_BATCH];
    struct port_queue *q;
    uint8_t payload[100];
    unsigned int got = 0;
    int fd;

    (void)state;
    if (!may_make_taps())
        skip();
    assert_int_equal(tap_open("t0", 1, &q), 0);
    assert_true(host_uses_t0());
    assert_int_equal(q->ops->receive(q, frames, QUEUE_BATCH), 0);
    fd = udp_socket();
    for (int i = 0; i < QUEUE_BATCH + 6; i++) {
        memset(payload, i, sizeof(payload));
        assert_int_equal(send(fd, payload, sizeof(payload), 0),
                         sizeof(payload));
    }
    assert_int_equal(q->ops->receive(q, frames, 5), 5);
    q->ops->release(q);
    assert_int_equal(q->ops->receive(q, frames, 2 * QUEUE_BATCH), QUEUE_BATCH);
    for (int i = 0; i < QUEUE_BATCH; i++) {
        struct frame *f = &frames[i];

        assert_int_equal(f->size, HEADERS + sizeof(payload));
        assert_memory_equal(f->data, peer_mac, 6);
        assert_int_equal(f->data[HEADERS], i + 5);
        assert_false(f->is_truncated);
        /* The bytes before and after may be written without harm to others. */
        assert_true(f->headroom >= FRAME_HEADROOM && f->tailroom > 0);
        memset(f->data - f->headroom, 0xee, f->headroom);
        memset(f->data + f->size, 0xee, f->tailroom);
        /* The host left the checksum to the device. */
        assert_true(frame_has_partial_checksum(f));
        assert_int_equal(f->vnet.csum_start, 14 + 20);
        assert_int_equal(f->vnet.csum_offset, 6);
        got += f->data[HEADERS + sizeof(payload) - 1] == i + 5;
    }
    assert_int_equal(got, QUEUE_BATCH);
    q->ops->release(q);
    assert_int_equal(q->ops->receive(q, frames, QUEUE_BATCH), 1);
    q->ops->release(q);
    assert_int_equal(q->ops->missed(q), 0);
    close(fd);
    q->ops->close(q);
}

static void receives_large_frames_whole(void **state)
{
    enum { LARGE = 65000, SUPER = 60000, SEGMENT = 1400 };
    struct frame frames[QUEUE_BATCH];
    struct port_queue *q;
    uint8_t *payload = calloc(1, LARGE);
    unsigned int count, sum = 0;
    int segment = SEGMENT;
    int fd;

    (void)state;
    if (!may_make_taps()) {
        free(payload);
        skip();
    }
    assert_int_equal(tap_open("t0", 1, &q), 0);
    assert_true(host_uses_t0());
    fd = udp_socket();
    payload[LARGE - 1] = 0x77;
    assert_int_equal(send(fd, payload, LARGE, 0), LARGE);
    assert_int_equal(q->ops->receive(q, frames, QUEUE_BATCH), 1);
    assert_int_equal(frames[0].size, HEADERS + LARGE);
    assert_int_equal(frames[0].data[HEADERS + LARGE - 1], 0x77);
    assert_false(frames[0].is_truncated || frame_is_super(&frames[0]));
    q->ops->release(q);

    assert_int_equal(
        setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)), 0);
    assert_int_equal(send(fd, payload, SUPER, 0), SUPER);
    count = q->ops->receive(q, frames, QUEUE_BATCH);
    for (unsigned int i = 0; i < count; i++) {
        assert_false(frames[i].is_truncated);
        sum += frames[i].size - HEADERS;
    }
    assert_int_equal(sum, SUPER);
    /* Kernels before 6.2 cut it themselves. */
    assert_int_equal(frame_is_super(&frames[0]), count == 1);
    if (count == 1)
        assert_int_equal(frames[0].vnet.gso_size, SEGMENT);
    q->ops->release(q);
    close(fd);
    free(payload);
    q->ops->close(q);
}

/* Who has 192.0.2.1?  Tell 192.0.2.2. */
static uint8_t arp_request[42] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,   2, 8, 6,
    0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,   0, 0, 2,
    192,  0,    2,    2,    0,    0,    0, 0, 0, 0, 192, 0, 2, 1,
};

static unsigned int receive_replies(struct port_queue *q)
{
    struct frame frames[QUEUE_BATCH];
    unsigned int count = q->ops->receive(q, frames, QUEUE_BATCH);

    for (unsigned int i = 0; i < count; i++) {
        assert_int_equal(frames[i].size, 42);
        assert_int_equal(frames[i].data[21], 2); /* a reply */
    }
    q->ops->release(q);
    return count;
}

static void sends_and_says_why_not(void **state)
{
    struct frame good = {.data = arp_request, .size = sizeof(arp_request)};
    struct frame runt = {.data = arp_request, .size = 13};
    const struct frame *frames[] = {&good, &runt, &good};
    enum drop_reason results[3];
    struct port_queue *queues[2];

    (void)state;
    if (!may_make_taps())
        skip();
    assert_int_equal(tap_open("t0", 2, queues), 0);
    queues[0]->ops->send(queues[0], frames, 2, results);
    assert_int_equal(results[0], DROP_PORT_DOWN);
    assert_int_equal(results[1], DROP_TX_ERROR);
    assert_true(host_uses_t0());
    queues[0]->ops->send(queues[0], frames, 3, results);
    assert_int_equal(results[0], DROP_NONE);
    assert_int_equal(results[1], DROP_TX_ERROR);
    assert_int_equal(results[2], DROP_NONE);
    assert_int_equal(receive_replies(queues[0]) + receive_replies(queues[1]),
                     2);
    /* The other queue is of the same device. */
    queues[1]->ops->send(queues[1], frames, 1, results);
    assert_int_equal(results[0], DROP_NONE);
    assert_int_equal(receive_replies(queues[0]) + receive_replies(queues[1]),
                     1);
    assert_false(queues[0]->is_dead || queues[1]->is_dead);
    for (int i = 0; i < 2; i++)
        queues[i]->ops->close(queues[i]);
}

static void counts_what_the_kernel_dropped(void **state)
{
    enum { SENT = 3000 }; /* more than the device's queue holds */
    struct frame frames[QUEUE_BATCH];
    struct port_queue *q;
    unsigned int received = 0, count;
    int fd;

    (void)state;
    if (!may_make_taps())
        skip();
    assert_int_equal(tap_open("t0", 1, &q), 0);
    assert_true(host_uses_t0());
    fd = udp_socket();
    for (int i = 0; i < SENT; i++)
        send(fd, "x", 1, 0);
    while ((count = q->ops->receive(q, frames, QUEUE_BATCH)))
        received += count;
    assert_true(received > 0 && received < SENT);
    assert_int_equal(received + q->ops->missed(q), SENT);
    close(fd);
    q->ops->close(q);
}

static void dies_with_its_device(void **state)
{
    struct frame good = {.data = arp_request, .size = sizeof(arp_request)};
    const struct frame *to_send = &good;
    struct frame frames[QUEUE_BATCH];
    struct port_queue *queues[2];
    enum drop_reason result;

    (void)state;
    if (!may_make_taps())
        skip();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tap_open("t0", 2, queues), 0);
        assert_true(netns_run("ip link del t0"));
        assert_int_equal(queues[0]->ops->receive(queues[0], frames, 1), 0);
        assert_true(queues[0]->is_dead);
        queues[1]->ops->send(queues[1], &to_send, 1, &result);
        assert_int_equal(result, DROP_PORT_DOWN);
        assert_true(queues[1]->is_dead);
        for (int j = 0; j < 2; j++)
            queues[j]->ops->close(queues[j]);
    }
    /* Renamed, it lives. */
    assert_int_equal(tap_open("t0", 1, queues), 0);
    assert_true(netns_run("ip link set t0 name t1"));
    assert_int_equal(queues[0]->ops->receive(queues[0], frames, 1), 0);
    assert_false(queues[0]->is_dead);
    queues[0]->ops->close(queues[0]);
}

static void says_who_has_the_name(void **state)
{
    struct port_queue *queues[2], *others[2];

    (void)state;
    if (!may_make_taps())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip tuntap add dev p0 mode tap && "
                          "ip tuntap add dev m0 mode tap multi_queue && "
                          "ip tuntap add dev l3 mode tun"));
    assert_int_equal(tap_open("v0", 2, queues), -EEXIST);
    assert_int_equal(tap_open("p0", 2, queues), -EEXIST);
    assert_int_equal(tap_open("l3", 2, queues), -EEXIST);
    assert_int_equal(tap_open("t0", 2, queues), 0);
    assert_int_equal(tap_open("t0", 2, others), -EBUSY);
    for (int i = 0; i < 2; i++)
        queues[i]->ops->close(queues[i]);
    /* Made beforehand in our own layout, it is taken, and it stays. */
    assert_int_equal(tap_open("m0", 2, queues), 0);
    assert_int_equal(tap_open("m0", 2, others), -EBUSY);
    for (int i = 0; i < 2; i++)
        queues[i]->ops->close(queues[i]);
    assert_true(exists("m0"));

    assert_int_equal(tap_open("", 1, queues), -EINVAL);
    assert_int_equal(tap_open("t%d", 1, queues), -EINVAL);
    assert_int_equal(tap_open("sixteen-letters!", 1, queues), -EINVAL);
}

static int make(const char *name)
{
    const struct guest_tap_plan plan = {(uid_t)-1, (gid_t)-1, 0, "a-mark"};

    return guest_tap_make(name, &plan);
}

/* In a child, whose /dev/net is empty from here on. */
static void live_on_stock(void)
{
    struct frame frame;
    struct port_queue *queues[2];

    assert_int_equal(tap_stock_fill(2), 2);
    assert_int_equal(unshare(CLONE_NEWNS), 0);
    assert_int_equal(mount("none", "/", "none", MS_REC | MS_PRIVATE, ""), 0);
    assert_int_equal(mount("none", "/dev/net", "tmpfs", 0, ""), 0);
    assert_int_equal(tap_stock_fill(3), -ENOENT);
    /* A file comes back from a device that was deleted under it. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tap_open("t0", 2, queues), 0);
        assert_true(host_uses_t0());
        assert_int_equal(make("t1"), -ENOENT);
        assert_true(netns_run("ip link del t0"));
        for (int j = 0; j < 2; j++) {
            queues[j]->ops->receive(queues[j], &frame, 1);
            queues[j]->ops->close(queues[j]);
        }
    }
    /* A refusal costs nothing, taking away gives back; making takes one. */
    assert_int_equal(make("lo"), -EEXIST);
    assert_int_equal(make("t1"), 0);
    assert_int_equal(guest_tap_remove("t1"), 0);
    assert_int_equal(make("t1"), 0);
    assert_int_equal(make("t2"), -ENOENT);
    tap_stock_empty();
}

static void stock_replaces_the_right_to_open(void **state)
{
    pid_t child;
    int status;

    (void)state;
    if (!may_make_taps())
        skip();
    child = fork();
    if (child == 0) {
        live_on_stock();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_goes_with_its_queues),
        cmocka_unit_test(receives_batches),
        cmocka_unit_test(receives_large_frames_whole),
        cmocka_unit_test(sends_and_says_why_not),
        cmocka_unit_test(counts_what_the_kernel_dropped),
        cmocka_unit_test(dies_with_its_device),
        cmocka_unit_test(says_who_has_the_name),
        cmocka_unit_test(stock_replaces_the_right_to_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
