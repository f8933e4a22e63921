/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adds flow entries over OpenFlow 1.0; after so many of them comes a barrier
 * whose reply is waited for: how long until the switch says that they are in
 * force.
 *
 * flow_mods SOCKET COUNT OF_A_BARRIER [MICROSECONDS], prints "count=N ns=N".
 * MICROSECONDS are from one barrier's entries to the next one's.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "openflow10.h"
#include "stopwatch.h"

/* Fields that the entry does not look at: all but Ethertype, protocol and the
 * sources of IP and UDP (5.2.3). */
enum { WILDCARDS = 0x38008f, PRIORITY = 7, OUT_PORT = 2, BATCH_MAX = 4096 };

static struct openflow10 switched;

static void wait_for(unsigned int type, uint32_t xid)
{
    for (;;) {
        const uint8_t *message = openflow10_next(&switched);

        if (!message && !openflow10_read(&switched)) {
            fprintf(stderr, "flow_mods: the switch closed the connection\n");
            exit(1);
        }
        if (message && message[1] == type &&
            (!xid || openflow10_get32(message + 4) == xid))
            return;
    }
}

static void build_add(uint8_t *message, uint32_t number)
{
    uint8_t *match = message + OF10_HEADER;

    memset(message, 0, OF10_FLOW_MOD_SIZE);
    openflow10_header(message, OF10_FLOW_MOD, OF10_FLOW_MOD_SIZE, number);
    openflow10_put32(match, WILDCARDS);
    udp_frame_put16(match + 22, 0x0800);
    match[25] = 17;
    openflow10_put32(match + 28, 0xc6130000 | number >> 16);
    udp_frame_put16(match + 36, number & 0xffff);
    udp_frame_put16(message + 62, PRIORITY);
    openflow10_put32(message + 64, OF10_NO_BUFFER);
    udp_frame_put16(message + 68, OF10_NO_PORT);
    openflow10_output(message + 72, OUT_PORT);
}

static void open_connection(const char *path)
{
    struct sockaddr_un to = openflow10_address(path);
    uint8_t hello[OF10_HEADER];

    switched.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (switched.fd < 0 ||
        connect(switched.fd, (struct sockaddr *)&to, sizeof(to))) {
        perror(path);
        exit(1);
    }
    openflow10_header(hello, OF10_HELLO, sizeof(hello), 0);
    openflow10_send(&switched, hello, sizeof(hello));
    wait_for(OF10_HELLO, 0);
}

/* Sends the next entries and a barrier; returns the number of the last. */
static uint32_t add_some(uint32_t number, uint32_t end)
{
    static uint8_t messages[BATCH_MAX * OF10_FLOW_MOD_SIZE + OF10_HEADER];
    uint8_t *message = messages;

    for (; number < end; message += OF10_FLOW_MOD_SIZE)
        build_add(message, ++number);
    openflow10_header(message, OF10_BARRIER_REQUEST, OF10_HEADER, number);
    openflow10_send(&switched, messages,
                    (size_t)(message - messages) + OF10_HEADER);
    wait_for(OF10_BARRIER_REPLY, number);
    return number;
}

static void sleep_until(int64_t ns)
{
    const struct timespec at = {ns / 1000000000, ns % 1000000000};

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

int main(int argc, char **argv)
{
    bool is_complete = argc == 4 || argc == 5;
    uint32_t count = is_complete ? (uint32_t)atol(argv[2]) : 0;
    uint32_t batch = is_complete ? (uint32_t)atol(argv[3]) : 0;
    int64_t step_ns = argc == 5 ? atol(argv[4]) * INT64_C(1000) : 0;
    int64_t begin;

    if (!count || !batch || batch > BATCH_MAX) {
        fprintf(stderr, "usage: flow_mods SOCKET COUNT OF_A_BARRIER "
                        "[MICROSECONDS]\n");
        return 2;
    }
    open_connection(argv[1]);
    begin = stopwatch_now_ns();
    for (uint32_t number = 0; number < count;) {
        if (step_ns)
            sleep_until(begin + number / batch * step_ns);
        number =
            add_some(number, count - number < batch ? count : number + batch);
    }
    printf("count=%" PRIu32 " ns=%" PRId64 "\n", count,
           stopwatch_now_ns() - begin);
    return 0;
}
