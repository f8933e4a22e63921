/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/random/way.h"

#include "base/array.h"

static void send_to(struct way *w, int port)
{
    if (!w->is_dead)
        way_send(w, port, &w->p);
}

static void flood(struct way *w, bool is_all)
{
    struct reach r = {.has_any = false};

    if (w->is_dead)
        return;
    for (int i = 0; i < MODEL_PORTS; i++) {
        const struct model_port *to = &w->m->ports[i];

        if (i == w->from || !to->is_configured)
            continue;
        r.has_other = r.has_member = true;
        if (!model_port_is_up(to))
            continue;
        if (!is_all && to->of_config & 1 << 4) {
            r.has_closed = true;
            continue;
        }
        r.has_any = true;
        way_send(w, i, &w->p);
    }
    way_reached(w, &r);
}

static void output(struct way *w, const struct act *a)
{
    int port;

    switch (a->arg) {
    case OUT_IN_PORT:
        if (w->from != MODEL_NOWHERE) {
            way_step(w, 1);
            send_to(w, w->from);
        }
        return;
    case OUT_TABLE:
        way_follow_tables(w);
        return;
    case OUT_NORMAL:
        way_step(w, 1);
        way_switch(w);
        return;
    case OUT_FLOOD:
    case OUT_ALL:
        way_step(w, 1);
        flood(w, a->arg == OUT_ALL);
        return;
    case OUT_CONTROLLER:
        way_tell(w, a->max_len, w->reason);
        return;
    default:
        break;
    }
    port = model_find_port(w->m, a->arg);
    if (port < 0 || port == w->from) {
        w->last_word = port < 0 ? DROP_PORT_DOWN : DROP_SAME_PORT;
        return;
    }
    way_step(w, 1);
    send_to(w, port);
}

static void push(struct way *w, const struct act *a)
{
    way_step(w, 1);
    packet_push(&w->p, (uint16_t)a->arg);
}

static void pop(struct way *w, const struct act *a)
{
    (void)a;
    if (packet_pop(&w->p))
        way_step(w, 1);
}

/* OpenFlow 1.0 puts a tag where there is none. */
static void set_in_tag(struct way *w, const struct act *a)
{
    bool is_vid = a->kind == ACT_SET_VID;

    if (!w->p.tag_count)
        packet_push(&w->p, TYPE_VLAN);
    packet_set(&w->p, is_vid ? MF_VLAN_VID : MF_VLAN_PCP, a->arg);
    way_step(w, 1);
}

/* Ports of TCP are none of UDP; 1.0, which names no protocol, means both of
 * them but not what ICMP has there. */
static bool is_meant(const struct packet *p, const struct act *a)
{
    if (a->field != MF_TP_SRC && a->field != MF_TP_DST)
        return true;
    return a->arg ? p->proto == a->arg
                  : p->proto == PROTO_TCP || p->proto == PROTO_UDP;
}

static void set_field(struct way *w, const struct act *a)
{
    if (!is_meant(&w->p, a))
        return;
    if (packet_set(&w->p, a->field, a->value))
        way_step(w, 6);
}

static void decrement_ttl(struct way *w, const struct act *a)
{
    (void)a;
    if (!packet_shows_ip(&w->p))
        return;
    if (w->p.ttl <= 1) {
        w->last_word = DROP_TTL;
        w->is_over = true;
        way_tell(w, UINT16_MAX, TOLD_TTL);
        return;
    }
    way_step(w, 1);
    w->p.ttl--;
}

static void remark(struct way *w, uint8_t levels)
{
    unsigned int class = w->p.dscp >> 3, precedence = w->p.dscp >> 1 & 3;

    if (!packet_shows_ip(&w->p) || class < 1 || class > 4 || !precedence ||
        w->p.dscp & 1)
        return;
    precedence += levels;
    w->p.dscp = (uint8_t)(class << 3 | (precedence > 3 ? 3 : precedence) << 1);
}

/* The generic cell rate algorithm, ITU-T I.371. */
static bool conforms(const struct model_meter *meter, size_t band,
                     int64_t *empty_ns, const struct way *w)
{
    int64_t now_ns = w->m->now_us * 1000, rate = meter->bands[band].rate;
    int64_t burst = meter->has_burst ? meter->bands[band].burst : 0;
    int64_t unit_ns = 1000000000, cost, room;

    cost = meter->is_pktps ? unit_ns / rate
                           : (int64_t)w->p.size * 8 * (unit_ns / 1000) / rate;
    room = !burst            ? unit_ns
           : meter->is_pktps ? burst * unit_ns / rate
                             : burst * 1000 * (unit_ns / 1000) / rate;
    if (*empty_ns < now_ns)
        *empty_ns = now_ns;
    if (*empty_ns - now_ns > room)
        return false;
    *empty_ns += cost;
    return true;
}

void way_meter(struct way *w, uint32_t id)
{
    struct model_meter *meter = &w->m->meters[id];
    int worst = -1;

    way_step(w, 1);
    if (w->is_dead || id > MODEL_METERS || !meter->is_there)
        return;
    meter->packets++;
    meter->bytes += w->p.size;
    for (size_t i = 0; i < meter->band_count; i++)
        if (!conforms(meter, i, &meter->bands[i].empty_ns, w) &&
            (worst < 0 || meter->bands[i].rate > meter->bands[worst].rate))
            worst = (int)i;
    if (worst < 0)
        return;
    meter->bands[worst].packets++;
    meter->bands[worst].bytes += w->p.size;
    if (meter->bands[worst].is_remark) {
        remark(w, meter->bands[worst].level);
        return;
    }
    way_failed(w, DROP_METER);
    w->is_dead = true;
}

static void meter_act(struct way *w, const struct act *a)
{
    way_meter(w, a->arg);
}

void act_set_write(struct act_set *s, const struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++) {
        const struct act *a = &acts->list[i];

        s->has_any = true;
        if (a->kind == ACT_SET || a->kind == ACT_SET_VID ||
            a->kind == ACT_SET_PCP) {
            s->sets[s->set_count++] = *a;
        } else {
            s->has[a->kind] = true;
            s->kinds[a->kind] = *a;
        }
    }
}

/* In the order of OpenFlow 1.3.5 5.10. */
void act_set_do(struct way *w, const struct act_set *s)
{
    static const enum act_kind before[] = {
        ACT_POP_VLAN,
        ACT_STRIP_VLAN,
        ACT_PUSH_VLAN,
        ACT_DEC_TTL,
    };

    if (!s->has[ACT_GROUP] && !s->has[ACT_OUTPUT])
        return;

    for (size_t i = 0; i < ARRAY_SIZE(before); i++)
        if (s->has[before[i]])
            way_do(w, &s->kinds[before[i]]);
    for (size_t i = 0; i < s->set_count; i++)
        way_do(w, &s->sets[i]);
    if (s->has[ACT_METER])
        way_do(w, &s->kinds[ACT_METER]);
    if (s->has[ACT_GROUP])
        way_do(w, &s->kinds[ACT_GROUP]);
    else if (s->has[ACT_OUTPUT])
        way_do(w, &s->kinds[ACT_OUTPUT]);
}

static bool is_live(const struct way *w, const struct model_bucket *b)
{
    int port = model_find_port(w->m, b->watch_port);

    return b->watch_port == OUT_ANY ||
           (port >= 0 && model_port_is_up(&w->m->ports[port]));
}

/* A copy of the frame goes through the bucket's actions. */
static void do_bucket(struct way *w, struct model_bucket *b)
{
    struct packet before = w->p;
    unsigned int reason = w->reason;
    bool is_dead = w->is_dead;
    struct act_set set = {.has_any = false};

    way_count(w, &b->packets, &b->bytes);
    way_step(w, 1);
    w->reason = TOLD_GROUP;
    act_set_write(&set, &b->acts);
    act_set_do(w, &set);
    w->is_over = false; /* That was its own. */
    way_step(w, 1);
    w->reason = reason;
    w->is_dead = is_dead;
    w->p = before;
}

/* What makes a flow of frames, for which SELECT takes one bucket. */
static uint64_t flow_of(const struct packet *p)
{
    uint64_t h = p->eth_dst * 31 + p->eth_src;
    uint64_t fields[MF_COUNT];

    packet_fields(p, fields);
    for (unsigned int i = 0; i < p->tag_count; i++)
        h = h * 31 + p->tags[i].tci * 65536u + p->tags[i].tpid;
    for (int i = MF_COUNT; i-- > MF_ETH_TYPE;)
        if (i != MF_IP_DSCP && i != MF_IP_ECN)
            h = h * 0x100000001b3 + fields[i];
    h = (h * 31 + p->tp_src) * 31 + p->tp_dst;
    return h * 0x9e3779b97f4a7c15 | 1;
}

static void wrong(const char *what, uint32_t group, int bucket)
{
    fprintf(stderr, "group %u: %s (bucket %d)\n", group, what, bucket);
    abort();
}

/* The same flow keeps its bucket while the same ones are live. */
static struct model_bucket *select_bucket(struct way *w, uint32_t id)
{
    struct model_group *g = &w->m->groups[id];
    int at = w->options->choose(w->options->context, id);
    uint64_t flow = flow_of(&w->p);
    bool can_be_any = false;
    size_t slot;

    for (size_t i = 0; i < g->bucket_count; i++)
        if (is_live(w, &g->buckets[i])) {
            can_be_any = true;
            flow ^= (uint64_t)2 << i;
        }
    slot = flow >> 58;
    if (at < 0 && can_be_any)
        wrong("no bucket was taken", id, at);
    if (at < 0)
        return NULL;
    if (!is_live(w, &g->buckets[at]))
        wrong("one that is not live was taken", id, at);
    if (g->chosen[slot].flow == flow && g->chosen[slot].bucket != at)
        wrong("the flow has changed its bucket", id, at);
    g->chosen[slot].flow = flow;
    g->chosen[slot].bucket = at;
    return &g->buckets[at];
}

static void do_group(struct way *w, const struct act *a)
{
    struct model_group *g = &w->m->groups[a->arg];
    struct model_bucket *b = NULL;
    bool is_each = g->kind == KIND_ALL || g->kind == KIND_INDIRECT;

    if (!g->is_there) {
        w->last_word = DROP_GROUP;
        return;
    }
    way_count(w, &g->packets, &g->bytes);
    if (is_each)
        for (size_t i = 0; i < g->bucket_count && !w->is_over; i++)
            do_bucket(w, &g->buckets[i]);
    for (size_t i = 0; g->kind == KIND_FAILOVER && !b && i < g->bucket_count;
         i++)
        if (is_live(w, &g->buckets[i]))
            b = &g->buckets[i];
    if (g->kind == KIND_SELECT)
        b = select_bucket(w, a->arg);
    if (b)
        do_bucket(w, b);
    else if (!is_each || !g->bucket_count)
        w->last_word = DROP_GROUP;
}

void way_do(struct way *w, const struct act *a)
{
    static void (*const doers[ACT_KINDS])(struct way *, const struct act *) = {
        [ACT_OUTPUT] = output,         [ACT_GROUP] = do_group,
        [ACT_SET] = set_field,         [ACT_PUSH_VLAN] = push,
        [ACT_POP_VLAN] = pop,          [ACT_STRIP_VLAN] = pop,
        [ACT_SET_VID] = set_in_tag,    [ACT_SET_PCP] = set_in_tag,
        [ACT_DEC_TTL] = decrement_ttl, [ACT_METER] = meter_act,
    };

    if (!w->is_over)
        doers[a->kind](w, a);
}

void way_do_all(struct way *w, const struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++)
        way_do(w, &acts->list[i]);
}
