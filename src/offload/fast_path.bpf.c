/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's part of forwarding.  'ring' is the filter of a port's packet
 * socket and sees each frame first: it gives the frame to the ring, or says in
 * 'slot' what is to be done with it.  'port' runs at the port's tcx ingress,
 * for the same frame on the same CPU, and does that.  Without 'ring' nothing is
 * ever in the slot, and 'port' leaves all frames alone.
 *
 * Whatever is not plain is the ring's.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "offload/fast_path_frame.bpf.h"
#include "offload/fast_path_layout.h"

#define SHARED_ARRAY(name, count, type_of_value)                               \
    struct {                                                                   \
        __uint(type, BPF_MAP_TYPE_ARRAY);                                      \
        __uint(max_entries, count);                                            \
        __uint(map_flags, BPF_F_MMAPABLE);                                     \
        __type(key, __u32);                                                    \
        __type(value, type_of_value);                                          \
    } name SEC(".maps")

enum { TAKE_ALL = -1 };

/* What 'ring' has decided on. */
struct slot {
    __u32 ifindex, size; /* of the frame; 0: there is none */
    __u32 from, to;      /* ports, or what follows */
    __u32 detail;        /* why it is dropped, or the list of steps */
    __u32 flow;          /* + 1; 0: none */
    __u16 pops, pushes;  /* a VLAN tag */
    __u16 tci, pad;
};

enum { TO_NOBODY = FAST_PORTS, TO_LIST };

/* So that what is behind the Ethernet header is aligned. */
union room {
    __u64 word[7];
    struct {
        __u16 pad;
        __u8 bytes[FAST_HEAD];
    };
};

SHARED_ARRAY(control, 1, struct fast_control);
SHARED_ARRAY(cpus, FAST_CPUS, struct fast_cpu);
SHARED_ARRAY(ports, FAST_PORTS, struct fast_port);
SHARED_ARRAY(port_of, FAST_INTERFACES, __u16); /* index + 1 */
SHARED_ARRAY(macs, FAST_MACS, struct fast_mac);
SHARED_ARRAY(counts, FAST_CPUS *FAST_PORTS, struct fast_counts);
SHARED_ARRAY(flows, FAST_FLOWS, struct fast_flow);
SHARED_ARRAY(lists, FAST_LISTS, struct fast_steps);
SHARED_ARRAY(flow_counts, FAST_STRIPES *FAST_FLOWS, struct fast_flow_counts);
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct slot);
} slots SEC(".maps");

#define AT(map, index)                                                         \
    ({                                                                         \
        __u32 at = (index);                                                    \
        bpf_map_lookup_elem(&(map), &at);                                      \
    })
#define ONCE(x) (*(volatile typeof(x) *)&(x))

static __always_inline __u64 mac_of(const __u8 *b)
{
    return (__u64)b[0] << 40 | (__u64)b[1] << 32 | (__u64)b[2] << 24 |
           (__u64)b[3] << 16 | (__u64)b[4] << 8 | b[5];
}

/* Where it is, or FAST_PORTS.  'used_s': and it is used now. */
static __always_inline __u32 find_mac(const struct fast_control *c, __u64 key,
                                      __u32 used_s)
{
    __u32 place = fast_mac_place(c->seed, key);

#pragma unroll
    for (int i = 0; i < FAST_MAC_WAYS; i++) {
        struct fast_mac *m = AT(macs, (place + i) & (FAST_MACS - 1));
        __u32 port;

        if (!m || ONCE(m->key) != key)
            continue;
        port = ONCE(m->port);
        if (ONCE(m->key) != key) /* It became another's meanwhile. */
            return FAST_PORTS;
        if (used_s && m->used_s != used_s)
            m->used_s = used_s;
        return port;
    }
    return FAST_PORTS;
}

/* The port if it is there for frames that are so large; or NULL. */
static __always_inline struct fast_port *output_port(__u32 index, __u32 from,
                                                     __u32 mtu)
{
    struct fast_port *p = index < FAST_PORTS ? AT(ports, index) : 0;

    if (!p || index == from || !(ONCE(p->flags) & FAST_PORT_OUT) ||
        p->mtu < mtu)
        return 0;
    return p;
}

/* As datapath/normal.h decides, for a source that is known to be there and a
 * destination that is known.  Returns the port, or FAST_PORTS. */
static __always_inline __u32 switch_frame(struct __sk_buff *s,
                                          const struct fast_control *c,
                                          struct fast_port *from, __u32 index,
                                          const __u8 *b, __u32 now_s,
                                          struct slot *slot)
{
    __u32 vid = s->vlan_present ? s->vlan_tci & 0xfff : 0, to;
    struct fast_port *p;
    int vlan, tag;

    if (s->vlan_present && (!vid || s->vlan_proto != bpf_htons(ETH_P_8021Q)))
        return FAST_PORTS;
    vlan = fast_vlan_of(from, vid);
    if (vlan < 0)
        return FAST_PORTS;
    if (find_mac(c, mac_of(b + 6) << 12 | vlan, now_s) != index)
        return FAST_PORTS;
    to = find_mac(c, mac_of(b) << 12 | vlan, 0);
    if (to == index || to >= FAST_PORTS)
        return FAST_PORTS;
    p = AT(ports, to);
    if (!p)
        return FAST_PORTS;
    tag = fast_vlan_tag(p, vlan);
    if (tag < 0)
        return FAST_PORTS;
    slot->pops = vid && !tag;
    slot->pushes = !vid && tag;
    slot->tci = vlan;
    return to;
}

/* The flow that the key belongs to, and its number; or NULL. */
static __always_inline struct fast_flow *
find_flow(struct fast_control *c, const union fast_key *key, __u32 *number)
{
    __u32 version = ONCE(c->version), count = ONCE(c->mask_count);

    for (__u32 i = 0; i < FAST_MASKS; i++) {
        union fast_key masked;
        __u64 place;

        if (i >= count)
            return 0;
        place = fast_key_mask(key, &c->masks[i], &masked, c->seed ^ i);
        for (__u32 way = 0; way < FAST_FLOW_WAYS; way++) {
            struct fast_flow *f;

            *number = (place + way) & (FAST_FLOWS - 1);
            f = AT(flows, *number);
            if (!f || ONCE(f->version) != version || f->mask != i)
                continue;
            if (f->key.word[0] == masked.word[0] &&
                f->key.word[1] == masked.word[1] &&
                f->key.word[2] == masked.word[2] &&
                f->key.word[3] == masked.word[3] &&
                f->key.word[4] == masked.word[4] &&
                f->key.word[5] == masked.word[5])
                return f;
        }
    }
    return 0;
}

static __always_inline int read_key(struct __sk_buff *s,
                                    const struct fast_port *from,
                                    union room *room, union fast_key *key)
{
    struct fast_head head = {
        .size = s->len,
        .in_port = from->number,
        .has_tag = !!s->vlan_present,
        .tci = s->vlan_tci,
    };
    __u32 l4;

    if (head.has_tag && s->vlan_proto != bpf_htons(ETH_P_8021Q))
        return 0;
    if (bpf_skb_load_bytes(s, FAST_ETHERNET, room->bytes + FAST_ETHERNET,
                           FAST_IPV4))
        return 0;
    l4 = fast_key_l4(room->bytes);
    if (l4 == FAST_TCP) {
        if (bpf_skb_load_bytes(s, FAST_ETHERNET + FAST_IPV4,
                               room->bytes + FAST_ETHERNET + FAST_IPV4,
                               FAST_TCP))
            return 0;
    } else if (!l4 ||
               bpf_skb_load_bytes(s, FAST_ETHERNET + FAST_IPV4,
                                  room->bytes + FAST_ETHERNET + FAST_IPV4,
                                  FAST_SHORT_L4)) {
        return 0;
    }
    return fast_key_of(&head, room->bytes, key);
}

/* Whether each step of the list can be done to such a frame. */
static __always_inline int can_go(__u32 list, __u32 from, __u32 mtu, __u32 ttl)
{
    struct fast_steps *l = AT(lists, list);

    if (!l)
        return 0;
    for (__u32 i = 0; i < FAST_STEPS_MAX; i++) {
        struct fast_step *step = &l->step[i];

        if (i >= l->count)
            break;
        if (step->kind == FAST_STEP_OUTPUT &&
            !output_port(step->port, from, mtu))
            return 0;
        if (step->kind == FAST_STEP_DEC_TTL && ttl-- <= 1)
            return 0;
        if (step->kind == FAST_STEP_SET && step->offset == TTL_AT)
            ttl = step->value[0];
    }
    return 1;
}

enum way { WAY_RING, WAY_KERNEL };

/* Frames of the port may not overtake those that wait in its ring.  If the
 * ring is full it would stay so, for as long as it is given frames: then those
 * that need none are dropped until it is empty, as they would be anyway. */
static __always_inline int must_wait(struct fast_port *from,
                                     struct fast_control *c, struct slot *slot)
{
    __u64 waiting = ONCE(from->handed) - ONCE(from->done) - ONCE(from->missed);

    if (!waiting) {
        if (from->brake)
            from->brake = 0;
        return 0;
    }
    if (waiting >= FAST_RING_FULL && waiting < 1ull << 63)
        from->brake = 1;
    if (!from->brake)
        return 1;
    slot->to = TO_NOBODY;
    slot->detail = c->drop_full;
    slot->flow = 0;
    return 0;
}

static __always_inline enum way decide(struct __sk_buff *s,
                                       struct fast_cpu *cpu,
                                       struct fast_port *from, __u32 index,
                                       struct slot *slot)
{
    struct fast_control *c = AT(control, 0);
    __u32 verdict, out, number;
    struct fast_port *to;
    union fast_key key = {.word = {0}};
    union room room;
    __u8 *b = room.bytes;
    __u16 type;

    if (!c || !(ONCE(from->flags) & FAST_PORT_IN) ||
        bpf_skb_load_bytes(s, 0, b, HEADER_SIZE) || (b[0] | b[6]) & 1)
        return WAY_RING;
    type = *(__u16 *)(b + 12);
    if (type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD))
        return WAY_RING;
    slot->flow = 0;
    if (ONCE(from->version) == ONCE(c->version)) {
        verdict = from->verdict;
        out = from->to;
    } else {
        struct fast_flow *f;

        if (!ONCE(c->mask_count) || !read_key(s, from, &room, &key))
            return WAY_RING;
        f = find_flow(c, &key, &number);
        if (!f)
            return WAY_RING;
        verdict = f->verdict;
        out = f->to;
        slot->flow = number + 1;
    }
    slot->pops = slot->pushes = 0;
    slot->ifindex = s->ifindex;
    slot->from = index;
    slot->detail = out;
    if (verdict == FAST_DROP) {
        slot->to = TO_NOBODY;
    } else if (verdict == FAST_STEPS) {
        slot->to = TO_LIST;
        if (!can_go(out, index, needed_mtu(s, type), key.ip_ttl))
            return WAY_RING;
    } else {
        if (verdict == FAST_NORMAL)
            out = switch_frame(s, c, from, index, b, cpu->now_ms / 1000, slot);
        to = output_port(out, index, needed_mtu(s, type));
        if (!to)
            return WAY_RING;
        slot->to = out;
    }
    if (must_wait(from, c, slot))
        return WAY_RING;
    slot->size = s->len;
    return WAY_KERNEL;
}

SEC("socket")
int ring(struct __sk_buff *s)
{
    __u32 index = bpf_get_smp_processor_id();
    struct fast_cpu *cpu = index < FAST_CPUS ? AT(cpus, index) : 0;
    struct slot *slot = AT(slots, 0);
    __u16 *number = s->ifindex < FAST_INTERFACES ? AT(port_of, s->ifindex) : 0;
    struct fast_port *from;
    __u64 now, sequence;

    if (!slot)
        return TAKE_ALL;
    slot->size = 0;
    if (!cpu || !number || !*number)
        return TAKE_ALL;
    from = AT(ports, *number - 1);
    if (!from)
        return TAKE_ALL;
    if (is_refused(s, from->guest_mtu))
        return 0;
    now = bpf_jiffies64();
    if (now != cpu->jiffies) {
        cpu->jiffies = now;
        cpu->now_ms = bpf_ktime_get_coarse_ns() / 1000000;
    }
    /* A full barrier: what is looked at is at least as new as this. */
    sequence = cpu->sequence | 1;
    __sync_lock_test_and_set(&cpu->sequence, sequence);
    if (decide(s, cpu, from, *number - 1, slot) == WAY_KERNEL)
        return 0;
    __sync_fetch_and_add(&from->handed, 1);
    ONCE(cpu->sequence) = sequence + 1;
    return TAKE_ALL;
}

static __always_inline __u32 size_of(struct __sk_buff *s)
{
    return s->len + (s->vlan_present ? 4 : 0);
}

static __always_inline int drop(struct fast_counts *in, __u32 reason)
{
    if (reason < FAST_DROPS)
        in->drops[reason]++;
    return TC_ACT_SHOT;
}

/* Stripes are shared where there are more CPUs. */
static __always_inline void count_flow(__u32 flow, __u32 cpu, __u32 bytes)
{
    struct fast_flow_counts *n =
        AT(flow_counts, (cpu % FAST_STRIPES) * FAST_FLOWS + flow);

    if (!n)
        return;
    __sync_fetch_and_add(&n->frames, 1);
    __sync_fetch_and_add(&n->bytes, bytes);
}

/* The port, for which the frame is counted; or NULL. */
static __always_inline struct fast_port *counted_port(struct __sk_buff *s,
                                                      __u32 port, __u32 cpu)
{
    struct fast_counts *out = AT(counts, cpu * FAST_PORTS + port);
    struct fast_port *p = port < FAST_PORTS ? AT(ports, port) : 0;

    if (!out || !p)
        return 0;
    out->tx_frames++;
    out->tx_bytes += size_of(s);
    return p;
}

static __always_inline int send(const struct fast_port *to)
{
    if (to->flags & FAST_PORT_PEER)
        return bpf_redirect_peer(to->ifindex, 0);
    return bpf_redirect(to->ifindex, 0);
}

/* All outputs but the last are of copies. */
static __always_inline int follow_steps(struct __sk_buff *s,
                                        const struct slot *slot,
                                        struct fast_counts *in,
                                        struct fast_control *c, __u32 cpu)
{
    struct fast_steps *list = AT(lists, slot->detail);
    int is_sent = 0;

    if (!list)
        return TC_ACT_SHOT;
    for (__u32 i = 0; i < FAST_STEPS_MAX; i++) {
        struct fast_step *step = &list->step[i];
        struct fast_port *to;

        if (i >= list->count)
            break;
        if (step->kind != FAST_STEP_OUTPUT) {
            if (!edit(s, step))
                break;
            continue;
        }
        to = counted_port(s, step->port, cpu);
        if (!to)
            break;
        if (!is_sent)
            in->forwarded++;
        is_sent = 1;
        if (i + 1 >= list->count)
            return send(to);
        bpf_clone_redirect(s, to->ifindex, 0);
    }
    return is_sent ? TC_ACT_SHOT : drop(in, c->drop_edit);
}

static __always_inline int carry_out(struct __sk_buff *s, struct slot *slot,
                                     __u32 cpu)
{
    struct fast_counts *in = AT(counts, cpu * FAST_PORTS + slot->from);
    struct fast_control *c = AT(control, 0);
    struct fast_port *to;

    if (!in || !c)
        return TC_ACT_SHOT;
    in->rx_frames++;
    in->rx_bytes += size_of(s);
    if (slot->ifindex != s->ifindex || slot->size != s->len)
        return drop(in, c->drop_edit);
    if (slot->flow)
        count_flow(slot->flow - 1, cpu, size_of(s));
    if (slot->to == TO_NOBODY)
        return drop(in, slot->detail);
    if (slot->to == TO_LIST)
        return follow_steps(s, slot, in, c, cpu);
    if ((slot->pops && bpf_skb_vlan_pop(s)) ||
        (slot->pushes &&
         bpf_skb_vlan_push(s, bpf_htons(ETH_P_8021Q), slot->tci)))
        return drop(in, c->drop_edit);
    in->forwarded++;
    to = counted_port(s, slot->to, cpu);
    return to ? send(to) : TC_ACT_SHOT;
}

SEC("tc")
int port(struct __sk_buff *s)
{
    __u32 index = bpf_get_smp_processor_id();
    struct fast_cpu *cpu = index < FAST_CPUS ? AT(cpus, index) : 0;
    struct slot *slot = AT(slots, 0);
    int result;

    if (!cpu || !slot || !slot->size)
        return TC_ACT_UNSPEC; /* tcx: the next one, the shield in the end */
    result = carry_out(s, slot, index);
    slot->size = 0;
    ONCE(cpu->sequence) = (cpu->sequence | 1) + 1;
    return result;
}

char _license[] SEC("license") = "Dual BSD/GPL";
