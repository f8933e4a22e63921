/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that a worker needs for a frame, without the kernel's: the
 * datapath turns over queues whose frames lie ready in memory, and callgrind
 * counts what happens in measured_turn() and nothing else.  The figure is the
 * same to the digit from run to run, however busy the machine is.
 *
 *     instructions            names of all rows
 *     instructions ROW        does it once; prints how many frames (or
 *                             flow-mods) were measured
 *
 * The script tests/bench/count-instructions runs it under valgrind.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/retire.h"
#include "datapath/datapath.h"
#include "tests/bench/udp_frame.h"
#include "text/text_flow.h"

enum {
    PORTS = 9,
    SIZE = UDP_FRAME_MIN,
    ROOM = 2048,
    MEASURED = 4096,   /* frames */
    FLOW_MODS = 20000, /* of the row that adds flows */
    EVERY_FRAME_NEW = 0,
};

/* What a row's frames are, beside their UDP ports. */
enum shape { PLAIN, TAGGED, IPV6, BROADCAST };

struct row {
    const char *name;
    enum shape shape;
    unsigned int flows; /* or EVERY_FRAME_NEW */
    unsigned int batch; /* frames a turn */
    unsigned int rules; /* of one mask, for the UDP ports of flow 0, 1, ... */
    unsigned int masks; /* rules that do not match, each of another mask */
    bool adds_flows;    /* flow-mods are measured, no frames */
    const char *flow_lines[4];
};

static const char normal[] = "priority=0,actions=NORMAL";

static const struct row rows[] = {
    /* clang-format off */
    {.name = "normal-1",      .flows = 1,       .batch = 64,                                          .flow_lines = {normal}},
    {.name = "normal-1-alone",                       .flows = 1,                .batch = 1,                                    .flow_lines = {normal}},
    {.name = "normal-1000", .flows = 1000,                 .batch = 64,              .flow_lines = {normal}},
    /* clang-format on */
    {.name = "normal-100000",
     .flows = 100000,
     .batch = 64,
     .flow_lines = {normal}},
    {.name = "normal-new", .batch = 64, .flow_lines = {normal}},
    {.name = "normal-vlan",
     .shape = TAGGED,
     .flows = 1000,
     .batch = 64,
     .flow_lines = {normal}},
    {.name = "normal-ipv6",
     .shape = IPV6,
     .flows = 1000,
     .batch = 64,
     .flow_lines = {normal}},
    {.name = "normal-flood",
     .shape = BROADCAST,
     .flows = 1,
     .batch = 64,
     .flow_lines = {normal}},
    /* clang-format off */
    {.name = "rules-1",           .flows = 1,                               .batch = 64,                                                                          .rules = 1},
    {.name = "rules-1000",  .flows = 1000,                        .batch = 64,                                                                                      .rules = 1000},
    {.name = "rules-100000",  .flows = 100000,                  .batch = 64,                                                      .rules = 100000},
    {.name = "masks-1",            .batch = 64,.masks = 1,.flow_lines = {normal}},
    {.name = "masks-8",         .batch = 64,.masks = 8,.flow_lines = {normal}},
    {.name = "masks-32",  .batch = 64,  .masks = 32,                          .flow_lines = {normal}},
    {.name = "masks-64",                       .batch = 64,                       .masks = 64,                                                     .flow_lines = {normal}},
    /* clang-format on */
    {.name = "masks-64-rules-new",
     .batch = 64,
     .masks = 64,
     .rules = 1,
     .flow_lines = {normal}},
    {.name = "tables-3",
     .flows = 1000,
     .batch = 64,
     .flow_lines = {"table=0,priority=9,udp,actions=set_field:1->reg0,"
                    "goto_table:1",
                    "table=1,priority=9,udp,nw_dst=198.18.0.0/16,actions="
                    "set_field:02:00:00:00:00:09->eth_dst,goto_table:2",
                    "table=2,priority=9,reg0=1,actions="
                    "push_vlan:0x8100,set_field:4106->vlan_vid,output:2"}},
    {.name = "look-again",
     .flows = 1000,
     .batch = 64,
     .flow_lines = {"table=0,priority=9,udp,actions=set_field:132->ip_proto,"
                    "goto_table:1",
                    "table=1,priority=9,sctp,actions=output:2"}},
    {.name = "flow-add", .batch = 1, .adds_flows = true},
};

/* A port whose frames lie in memory; what is sent there is gone. */
struct fake {
    struct port_queue queue;
    struct datapath_port port;
    struct port_counters counters;
};

static struct fake fakes[PORTS];

/* The frames of the next turn, which come from the first port. */
static uint8_t slots[QUEUE_BATCH][ROOM];
static unsigned int waiting;
static uint64_t sent, turned;

static unsigned int fake_receive(struct port_queue *q, struct frame *frames,
                                 unsigned int max)
{
    unsigned int count = 0;

    if (q != &fakes[0].queue)
        return 0;
    for (; count < max && count < waiting; count++)
        frames[count] = (struct frame){
            .data = slots[count] + FRAME_HEADROOM,
            .size = SIZE,
            .headroom = FRAME_HEADROOM,
            .tailroom = FRAME_HEADROOM,
        };
    waiting -= count;
    return count;
}

static void fake_release(struct port_queue *q)
{
    (void)q;
}

static void fake_send(struct port_queue *q, const struct frame *const *frames,
                      unsigned int count, enum drop_reason *results)
{
    (void)q;
    (void)frames;
    for (unsigned int i = 0; i < count; i++)
        results[i] = DROP_NONE;
    sent += count;
}

static uint64_t fake_missed(struct port_queue *q)
{
    (void)q;
    return 0;
}

static void fake_close(struct port_queue *q)
{
    (void)q;
}

static const struct port_queue_ops fake_ops = {
    .receive = fake_receive,
    .release = fake_release,
    .send = fake_send,
    .missed = fake_missed,
    .close = fake_close,
};

static void die(const char *what)
{
    fprintf(stderr, "instructions: %s\n", what);
    exit(1);
}

static void ignore_wake(void *context)
{
    (void)context;
}

static struct datapath *make_datapath(void)
{
    const struct datapath_options o = {
        .workers = 1,
        .flow_cache = 65536,
        .mac_table_size = 8192,
        .mac_aging_s = 300,
        .wake = ignore_wake,
    };
    struct datapath *d = datapath_create(&o, 0);

    if (!d)
        die("out of memory");
    for (uint16_t i = 0; i < PORTS; i++) {
        struct fake *f = &fakes[i];

        f->queue = (struct port_queue){.ops = &fake_ops, .fd = -1};
        f->port = (struct datapath_port){
            .index = i,
            .number = i + 1u,
            .link = {.is_up = true,
                     .mtu = 1500,
                     .queues = {&f->queue},
                     .counters = &f->counters},
        };
        if (datapath_set_port(d, &f->port))
            die("cannot add a port");
    }
    return d;
}

static void add_flow(struct datapath *d, const char *line)
{
    struct text_error error;
    const struct text_parse parse = {.error = &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, FLOW_MOD_ADD, line, &mod))
        die(error.line);
    if (flow_tables_apply(datapath_tables(d), &mod, 0) != FLOW_OK)
        die(line);
    flow_mod_clear(&mod);
}

/* A flow's UDP ports: the source's low bits, then the target's. */
static unsigned int source_port(unsigned int flow)
{
    return flow & 0xffff;
}

static unsigned int target_port(unsigned int flow)
{
    return 1000 + (flow >> 16);
}

static void add_rules(struct datapath *d, const struct row *row)
{
    char line[128];

    for (unsigned int i = 0; i < row->rules; i++) {
        snprintf(line, sizeof(line),
                 "priority=5,udp,tp_src=%u,tp_dst=%u,actions=output:2",
                 source_port(i), target_port(i));
        add_flow(d, line);
    }
    /* Eight by eight lengths of prefixes that no frame's addresses have. */
    for (unsigned int i = 0; i < row->masks; i++) {
        snprintf(line, sizeof(line),
                 "priority=%u,ip,nw_src=10.0.0.0/%u,nw_dst=10.0.0.0/%u,"
                 "actions=output:3",
                 100 + i, 16 + i % 8, 16 + i / 8 % 8);
        add_flow(d, line);
    }
}

static void make_tagged(uint8_t *frame)
{
    memmove(frame + 16, frame + 12, SIZE - 16);
    udp_frame_put16(frame + 12, 0x8100);
    udp_frame_put16(frame + 14, 10);
    udp_frame_put16(frame + 20, SIZE - 18);
}

static void make_ipv6(uint8_t *frame, unsigned int flow)
{
    static const uint8_t head[] = {0x86, 0xdd, 0x60, 0, 0, 0, 0, 6, 59, 64};

    memset(frame + 12, 0, SIZE - 12);
    memcpy(frame + 12, head, sizeof(head));
    frame[22] = frame[38] = 0xfd; /* unique local addresses */
    udp_frame_put16(frame + 36, flow);
    frame[53] = 2;
}

static void make_frame(uint8_t *frame, const struct row *row, unsigned int flow)
{
    udp_frame_build(frame, SIZE, source_port(flow), target_port(flow));
    if (row->shape == TAGGED)
        make_tagged(frame);
    else if (row->shape == IPV6)
        make_ipv6(frame, flow);
    else if (row->shape == BROADCAST)
        memset(frame, 0xff, 6);
}

/* A number that looks random and is the same each time (splitmix64). */
static unsigned int pick(uint64_t *state, unsigned int limit)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned int)((z ^ z >> 31) % limit);
}

/* Not inlined and not left by a jump, or callgrind would not see it. */
__attribute__((noinline)) static void measured_turn(struct datapath *d,
                                                    int64_t now_us)
{
    turned += datapath_turn(d, now_us);
}

/* Where the frames go is learned, as by an answer that came from there. */
static void learn(struct datapath *d)
{
    uint8_t frame[SIZE];
    struct mac_table *macs = datapath_mac_table(d);

    udp_frame_build(frame, SIZE, 0, 0);
    mac_table_learn(macs, mac_number(frame), 0, 1, 1);
    mac_table_learn(macs, mac_number(frame + 6), 0, 0, 1);
    mac_table_learn(macs, mac_number(frame), 10, 1, 1);
    mac_table_learn(macs, mac_number(frame + 6), 10, 0, 1);
}

static void send_frames(struct datapath *d, const struct row *row,
                        unsigned int frames, bool is_measured)
{
    static uint64_t state;
    static unsigned int new_flow = 1 << 16;
    static int64_t now_us = 1000000;
    unsigned int in_order = 0;

    for (unsigned int done = 0; done < frames; done += row->batch) {
        for (unsigned int i = 0; i < row->batch; i++) {
            unsigned int flow = row->flows == EVERY_FRAME_NEW ? new_flow++
                                : is_measured ? pick(&state, row->flows)
                                              : in_order++ % row->flows;

            make_frame(slots[i] + FRAME_HEADROOM, row, flow);
        }
        waiting = row->batch;
        now_us += 20;
        if (is_measured)
            measured_turn(d, now_us);
        else
            turned += datapath_turn(d, now_us);
    }
}

/* Callgrind counts in here as well; the text is read before. */
__attribute__((noinline)) static void measured_flow_mods(struct flow_tables *t,
                                                         struct flow_mod *mod)
{
    for (unsigned int i = 0; i < FLOW_MODS; i++) {
        mod->match.key.tp_src = (uint16_t)i;
        if (flow_tables_apply(t, mod, 0) != FLOW_OK)
            die("a flow was refused");
    }
}

static void add_flows(struct datapath *d)
{
    struct text_error error;
    const struct text_parse parse = {.error = &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, FLOW_MOD_ADD,
                        "priority=5,udp,tp_src=0,actions=output:2", &mod))
        die(error.line);
    measured_flow_mods(datapath_tables(d), &mod);
    flow_mod_clear(&mod);
    printf("%d\n", FLOW_MODS);
}

static void run(const struct row *row)
{
    struct datapath *d = make_datapath();

    add_rules(d, row);
    for (size_t i = 0; i < 4 && row->flow_lines[i]; i++)
        add_flow(d, row->flow_lines[i]);
    retire_flush();
    learn(d);
    if (row->adds_flows) {
        add_flows(d);
    } else {
        send_frames(d, row, row->flows > MEASURED ? row->flows : MEASURED,
                    false);
        sent = 0;
        send_frames(d, row, MEASURED, true);
        if (sent < MEASURED)
            die("not all frames were forwarded");
        printf("%d\n", MEASURED);
    }
    datapath_free(d);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (argc < 2) {
            puts(rows[i].name);
        } else if (!strcmp(argv[1], rows[i].name)) {
            run(&rows[i]);
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
