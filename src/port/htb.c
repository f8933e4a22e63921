/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/htb.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>

#include "port/netlink.h"

enum {
    ROOT = 0x10000,  /* 1: */
    TICK_SHIFT = 6,  /* a tick of the kernel's is 64 ns */
    MIN_RATE = 1500, /* bytes a second, where none was asked for */
    BURST_FRAMES_BYTES = 2 * 65536, /* a super-frame counts as one */
};

#define UNLIMITED 12500000000u /* bytes a second: 100 Gbit/s */

static void set_rate(struct tc_ratespec *spec, uint64_t bytes_a_second)
{
    spec->rate =
        bytes_a_second > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes_a_second;
    spec->linklayer = TC_LINKLAYER_ETHERNET; /* no table of rates is sent */
}

/* How long a burst takes, in the kernel's ticks. */
static uint32_t burst_ticks(uint64_t bytes_a_second)
{
    uint64_t ns = BURST_FRAMES_BYTES * 1000000000ull / bytes_a_second;

    /* Timers are coarse: what a rate lets pass in 10 ms may come at once. */
    if (ns < 10000000)
        ns = 10000000;
    ns >>= TICK_SHIFT;
    return ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
}

static struct tcmsg *begin(struct netlink_request *r, uint16_t type,
                           uint16_t flags, int ifindex)
{
    struct tcmsg *tc = netlink_begin(r, type, flags, sizeof(*tc));

    tc->tcm_family = AF_UNSPEC;
    tc->tcm_ifindex = ifindex;
    return tc;
}

static int add_root(int ifindex, uint32_t default_class)
{
    struct netlink_request r;
    struct tcmsg *tc =
        begin(&r, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, ifindex);
    struct tc_htb_glob global = {
        .version = 3, .rate2quantum = 10, .defcls = default_class};
    struct nlattr *options;

    tc->tcm_parent = TC_H_ROOT;
    tc->tcm_handle = ROOT;
    mnl_attr_put_strz(&r.header, TCA_KIND, "htb");
    options = mnl_attr_nest_start(&r.header, TCA_OPTIONS);
    mnl_attr_put(&r.header, TCA_HTB_INIT, sizeof(global), &global);
    mnl_attr_nest_end(&r.header, options);
    return netlink_ask(&r, NULL, NULL);
}

static int add_class(int ifindex, const struct htb_queue *q)
{
    struct netlink_request r;
    struct tcmsg *tc = begin(&r, RTM_NEWTCLASS, NLM_F_CREATE, ifindex);
    uint64_t rate = q->min_rate ? q->min_rate / 8 : MIN_RATE;
    uint64_t ceiling = q->max_rate ? q->max_rate / 8 : UNLIMITED;
    struct tc_htb_opt parameters = {.quantum = 65536};
    struct nlattr *options;

    if (ceiling < rate)
        ceiling = rate;
    tc->tcm_parent = ROOT;
    tc->tcm_handle = htb_priority(q->id);
    set_rate(&parameters.rate, rate);
    set_rate(&parameters.ceil, ceiling);
    parameters.buffer = burst_ticks(rate);
    parameters.cbuffer = burst_ticks(ceiling);
    mnl_attr_put_strz(&r.header, TCA_KIND, "htb");
    options = mnl_attr_nest_start(&r.header, TCA_OPTIONS);
    mnl_attr_put(&r.header, TCA_HTB_PARMS, sizeof(parameters), &parameters);
    if (rate > UINT32_MAX)
        mnl_attr_put_u64(&r.header, TCA_HTB_RATE64, rate);
    if (ceiling > UINT32_MAX)
        mnl_attr_put_u64(&r.header, TCA_HTB_CEIL64, ceiling);
    mnl_attr_nest_end(&r.header, options);
    return netlink_ask(&r, NULL, NULL);
}

int htb_remove(int ifindex)
{
    struct netlink_request r;
    struct tcmsg *tc = begin(&r, RTM_DELQDISC, 0, ifindex);
    int err;

    tc->tcm_parent = TC_H_ROOT;
    tc->tcm_handle = ROOT;
    err = netlink_ask(&r, NULL, NULL);
    return err == -ENOENT || err == -EINVAL ? 0 : err;
}

int htb_set(int ifindex, const struct htb_queue *queues, size_t count)
{
    uint32_t default_class = 0; /* none: such frames are not held back */
    int err = 0;

    for (size_t i = 0; i < count; i++)
        if (queues[i].id == 0)
            default_class = htb_priority(0) & 0xffff;
    htb_remove(ifindex); /* Classes that are there would stay. */
    err = add_root(ifindex, default_class);
    for (size_t i = 0; i < count && !err; i++)
        err = add_class(ifindex, &queues[i]);
    if (err)
        htb_remove(ifindex);
    return err;
}

struct class_search {
    uint32_t handle;
    int ifindex;
    bool is_found;
    struct htb_stats *stats;
};

static void read_stats(const struct nlattr *nest, struct htb_stats *stats)
{
    const struct nlattr *basic =
        netlink_attr_find(netlink_attrs_in(nest), TCA_STATS_BASIC);
    const struct nlattr *queue =
        netlink_attr_find(netlink_attrs_in(nest), TCA_STATS_QUEUE);
    struct gnet_stats_basic b = {0};
    struct gnet_stats_queue q = {0};

    if (basic && mnl_attr_get_payload_len(basic) >= sizeof(b.bytes) + 4)
        memcpy(&b, mnl_attr_get_payload(basic), sizeof(b.bytes) + 4);
    if (queue && mnl_attr_get_payload_len(queue) >= sizeof(q))
        memcpy(&q, mnl_attr_get_payload(queue), sizeof(q));
    *stats = (struct htb_stats){b.packets, b.bytes, q.drops};
}

static int on_class(const struct nlmsghdr *message, void *context)
{
    struct class_search *search = context;
    struct netlink_attrs attrs =
        netlink_attrs_of(message, sizeof(struct tcmsg));
    const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
    const struct nlattr *stats = netlink_attr_find(attrs, TCA_STATS2);

    if (mnl_nlmsg_get_payload_len(message) < sizeof(*tc) ||
        tc->tcm_ifindex != search->ifindex ||
        tc->tcm_handle != search->handle || !stats)
        return MNL_CB_OK;
    read_stats(stats, search->stats);
    search->is_found = true;
    return MNL_CB_OK;
}

int htb_get_stats(int ifindex, uint32_t queue_id, struct htb_stats *stats)
{
    struct netlink_request r;
    struct class_search search = {
        .handle = htb_priority(queue_id), .ifindex = ifindex, .stats = stats};
    int err;

    begin(&r, RTM_GETTCLASS, NLM_F_DUMP, ifindex);
    err = netlink_ask(&r, on_class, &search);
    if (!err && !search.is_found)
        return -ENOENT;
    return err;
}
