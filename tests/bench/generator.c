/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends small UDP frames of many flows, as fast as it can or at a given rate.
 *
 * There are two ways.  The plain one is sendmmsg() on an AF_PACKET socket, out
 * of the source host's interface.  It costs as much a frame as a switch that
 * sends the same way needs to forward one, so it cannot find that switch's
 * limit.  With -x the frames are put into the switch's own port as if the
 * port's driver had just received them: an XDP program, run by the kernel over
 * a frame that it makes (BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18), picks a flow
 * and passes the frame up.  That takes about a third of the time.
 *
 * Flows are picked at random, all with the same MAC addresses: what differs
 * are the UDP ports.  Each frame has its number, from 1, in its payload.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "stopwatch.h"
#include "udp_frame.h"

enum {
    BATCH = 64,
    FIRST_TARGET_PORT = 4096, /* a multiple of 256; see the XDP program */
    PACE_NS = 20000,          /* a paced batch is what is due in this time */
    START_NS = 1000000,
    START_LIMIT = 10000, /* times START_NS until it sends */
    TRAIL_S = 30,        /* goes on until it is ended, or for so long */
};

struct generator {
    int ifindex;
    unsigned int size; /* with the frame check sequence */
    uint32_t flows;
    unsigned int rate; /* frames a second; 0: no limit */
    int64_t warm_up_ns, window_ns;
    bool is_injecting;
    volatile uint64_t *sent; /* written by one thread or by the XDP program */
};

static unsigned int frame_size(const struct generator *g)
{
    return g->size - UDP_FRAME_FCS;
}

static int open_socket(int ifindex)
{
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = ifindex};
    int yes = 1, room = 8 << 20;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) ||
        setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
        bind(fd, (struct sockaddr *)&to, sizeof(to))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Marsaglia's xorshift: cheap, and no two runs differ. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/*
 * How many frames are due now; sleeps until that is at least one.  When late it
 * does not call sleep at all: even in vain that takes longer than a batch.
 */
static unsigned int wait_for_turn(const struct generator *g, int64_t *next_ns)
{
    int64_t now, due;

    if (!g->rate)
        return BATCH;
    now = stopwatch_now_ns();
    if (now < *next_ns)
        stopwatch_sleep_until(*next_ns);
    due = (int64_t)g->rate * PACE_NS / 1000000000;
    due = due < 1 ? 1 : due > BATCH ? BATCH : due;
    *next_ns += due * 1000000000 / g->rate;
    /* Late by a lot: go on from here instead of with a burst. */
    if (now - *next_ns > 100 * PACE_NS)
        *next_ns = now;
    return (unsigned int)due;
}

static void send_from_socket(const struct generator *g)
{
    static uint8_t frames[BATCH][UDP_FRAME_MAX];
    static struct iovec parts[BATCH];
    static struct mmsghdr messages[BATCH];
    uint32_t state = 2463534242;
    int64_t next_ns = stopwatch_now_ns();
    int fd = open_socket(g->ifindex);

    if (fd < 0) {
        perror("generator: AF_PACKET socket");
        exit(1);
    }
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (int i = 0; i < BATCH; i++) {
        udp_frame_build(frames[i], frame_size(g), 0, FIRST_TARGET_PORT);
        parts[i] = (struct iovec){frames[i], frame_size(g)};
        messages[i].msg_hdr =
            (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    for (;;) {
        unsigned int count = wait_for_turn(g, &next_ns);
        uint64_t number = *g->sent;
        int taken;

        for (unsigned int i = 0; i < count; i++) {
            uint32_t flow = next_random(&state) % g->flows;

            udp_frame_put16(frames[i] + UDP_FRAME_SOURCE_PORT, flow & 0xffff);
            udp_frame_put16(frames[i] + UDP_FRAME_TARGET_PORT,
                            FIRST_TARGET_PORT + (flow >> 16 << 8));
            number++;
            memcpy(frames[i] + UDP_FRAME_PAYLOAD, &number, sizeof(number));
        }
        taken = sendmmsg(fd, messages, count, 0);
        if (taken > 0)
            *g->sent += (uint64_t)taken;
    }
}

static int bpf(int command, union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static struct bpf_insn op(int code, int to, int from, int offset, int value)
{
    return (struct bpf_insn){.code = (uint8_t)code,
                             .dst_reg = (uint8_t)(to & 15),
                             .src_reg = (uint8_t)(from & 15),
                             .off = (int16_t)offset,
                             .imm = value};
}

/* A map of one 64-bit number that this process sees as memory. */
static int make_counter(struct generator *g)
{
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY,
                           .key_size = 4,
                           .value_size = 8,
                           .max_entries = 1,
                           .map_flags = BPF_F_MMAPABLE};
    int fd = bpf(BPF_MAP_CREATE, &attr);
    void *memory;

    if (fd < 0)
        return -1;
    memory =
        mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -1;
    g->sent = memory;
    return fd;
}

static int load_program(const struct generator *g, int counter)
{
    enum { R0, R1, R2, R3, R4, R5, R6, R7, DW = BPF_DW, MEM = BPF_MEM };
    const int mov = BPF_ALU64 | BPF_MOV, add = BPF_ALU64 | BPF_ADD;
    const struct bpf_insn program[] = {
        op(mov | BPF_X, R6, R1, 0, 0),
        /* The next two are one: the address of the counter. */
        op(BPF_LD | DW | BPF_IMM, R1, BPF_PSEUDO_MAP_VALUE, 0, counter),
        op(0, 0, 0, 0, 0),
        /* Only this CPU runs the program, so this needs no atomic. */
        op(BPF_LDX | DW | MEM, R2, R1, 0, 0),
        op(add | BPF_K, R2, 0, 0, 1),
        op(BPF_STX | DW | MEM, R1, R2, 0, 0),
        op(mov | BPF_X, R7, R2, 0, 0),
        /* r0: a flow */
        op(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32),
        op(BPF_ALU | BPF_MOD | BPF_K, R0, 0, 0, (int)g->flows),
        /* r2: the frame; the verifier wants its end to be looked at. */
        op(BPF_LDX | BPF_W | MEM, R2, R6, offsetof(struct xdp_md, data), 0),
        op(BPF_LDX | BPF_W | MEM, R3, R6, offsetof(struct xdp_md, data_end), 0),
        op(mov | BPF_X, R4, R2, 0, 0),
        op(add | BPF_K, R4, 0, 0, UDP_FRAME_PAYLOAD + 8),
        op(BPF_JMP | BPF_JGT | BPF_X, R4, R3, 9, 0),
        /* Its lower 16 bits are the source port, in network order; the others
         * are added to the upper byte of the target port. */
        op(mov | BPF_X, R5, R0, 0, 0),
        op(BPF_ALU | BPF_END | BPF_TO_BE, R5, 0, 0, 16),
        op(BPF_STX | BPF_H | MEM, R2, R5, UDP_FRAME_SOURCE_PORT, 0),
        op(BPF_ALU64 | BPF_RSH | BPF_K, R0, 0, 0, 16),
        op(add | BPF_K, R0, 0, 0, FIRST_TARGET_PORT >> 8),
        op(BPF_STX | BPF_B | MEM, R2, R0, UDP_FRAME_TARGET_PORT, 0),
        /* Its number, in halves: the payload is aligned to 4 bytes. */
        op(BPF_STX | BPF_W | MEM, R2, R7, UDP_FRAME_PAYLOAD, 0),
        op(BPF_ALU64 | BPF_RSH | BPF_K, R7, 0, 0, 32),
        op(BPF_STX | BPF_W | MEM, R2, R7, UDP_FRAME_PAYLOAD + 4, 0),
        op(mov | BPF_K, R0, 0, 0, XDP_PASS),
        op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
    };
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_XDP,
                           .insns = (uintptr_t)program,
                           .insn_cnt = ARRAY_SIZE(program),
                           .license = (uintptr_t) "GPL"};

    return bpf(BPF_PROG_LOAD, &attr);
}

/* One call sends for minutes; the end of the process ends it. */
static void inject(int program, const struct generator *g)
{
    uint8_t frame[UDP_FRAME_MAX];
    struct xdp_md context = {.data_end = frame_size(g),
                             .ingress_ifindex = (uint32_t)g->ifindex};
    union bpf_attr attr = {.test = {.prog_fd = (uint32_t)program,
                                    .data_in = (uintptr_t)frame,
                                    .data_size_in = frame_size(g),
                                    .ctx_in = (uintptr_t)&context,
                                    .ctx_size_in = sizeof(context),
                                    .repeat = INT32_MAX,
                                    .batch_size = BATCH,
                                    .flags = BPF_F_TEST_XDP_LIVE_FRAMES}};

    udp_frame_build(frame, frame_size(g), 0, FIRST_TARGET_PORT);
    if (bpf(BPF_PROG_TEST_RUN, &attr) < 0) {
        perror("generator: putting frames into the port");
        exit(3);
    }
}

static void start_injecting(struct generator *g)
{
    int counter = make_counter(g);
    int program = counter < 0 ? -1 : load_program(g, counter);

    if (program < 0) {
        perror("generator: XDP program");
        exit(3);
    }
    for (;;)
        inject(program, g);
}

static void *run_sender(void *context)
{
    struct generator *g = context;

    if (g->is_injecting)
        start_injecting(g);
    else
        send_from_socket(g);
    return NULL;
}

static void pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set))
        perror("generator: CPU");
}

static int usage(void)
{
    fprintf(
        stderr,
        "usage: generator [-x] [-c CPU] [-s SIZE] [-f FLOWS] [-r RATE]\n"
        "                 [-w WARM_UP_MS] [-t WINDOW_MS] INTERFACE\n"
        "  -x  put the frames into INTERFACE, as if it had received them\n"
        "  -s  size of a frame with its check sequence, 64 to 1518\n"
        "Once it sends it prints when its window begins, on the monotonic\n"
        "clock: \"begin_ns=N\"; then how many frames it sent within it, and\n"
        "its true length: \"frames=N ns=N\".  It sends until it is ended.\n"
        "Exit code 3: this kernel cannot do -x.\n");
    return 2;
}

static int read_options(struct generator *g, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "xc:s:f:r:w:t:")) != -1) {
        long value = optarg ? atol(optarg) : 0;

        switch (option) {
        case 'x':
            g->is_injecting = true;
            break;
        case 'c':
            pin((int)value);
            break;
        case 's':
            g->size = (unsigned int)value;
            break;
        case 'f':
            g->flows = (uint32_t)value;
            break;
        case 'r':
            g->rate = (unsigned int)value;
            break;
        case 'w':
            g->warm_up_ns = value * 1000000;
            break;
        case 't':
            g->window_ns = value * 1000000;
            break;
        default:
            return -1;
        }
    }
    if (optind + 1 != argc || g->flows < 1 || g->flows > 1 << 20 ||
        frame_size(g) < UDP_FRAME_MIN || frame_size(g) > UDP_FRAME_MAX)
        return -1;
    g->ifindex = (int)if_nametoindex(argv[optind]);
    if (!g->ifindex)
        perror(argv[optind]);
    return g->ifindex ? 0 : -1;
}

static void wait_until_sending(const struct generator *g)
{
    for (int i = 0; !*g->sent; i++) {
        if (i == START_LIMIT) {
            fprintf(stderr, "generator: nothing could be sent\n");
            exit(1);
        }
        stopwatch_sleep_until(stopwatch_now_ns() + START_NS);
    }
}

int main(int argc, char **argv)
{
    static uint64_t sent;
    struct generator g = {
        .size = 64, .flows = 1, .window_ns = 1000000000, .sent = &sent};
    int64_t begin, end;
    uint64_t first;
    pthread_t sender;

    if (read_options(&g, argc, argv) ||
        pthread_create(&sender, NULL, run_sender, &g))
        return usage();
    wait_until_sending(&g);
    begin = stopwatch_now_ns() + g.warm_up_ns;
    printf("begin_ns=%" PRId64 "\n", begin);
    fflush(stdout);
    stopwatch_sleep_until(begin);
    first = *g.sent;
    begin = stopwatch_now_ns();
    stopwatch_sleep_until(begin + g.window_ns);
    end = stopwatch_now_ns();
    printf("frames=%" PRIu64 " ns=%" PRId64 "\n", *g.sent - first, end - begin);
    fflush(stdout);
    stopwatch_sleep_until(end + TRAIL_S * INT64_C(1000000000));
    _exit(0);
}
