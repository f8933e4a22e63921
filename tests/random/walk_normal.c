/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/random/way.h"

static bool is_reserved(uint64_t mac)
{
    return (mac & ~(uint64_t)0xf) == 0x0180c2000000 || mac == 0x00e02b000000 ||
           mac == 0x00e02b000004 || mac == 0x00e02b000006 ||
           mac == 0x01000c000000 || mac == 0x01000ccccccc ||
           mac == 0x01000ccccccd || mac == 0x01000ccdcdcd ||
           (mac & ~(uint64_t)7) == 0x01000cccccc0;
}

static bool is_member(const struct model_port *p, uint16_t vlan)
{
    if (p->mode == MODE_ALL)
        return true;
    if (p->mode == MODE_ACCESS)
        return vlan == p->access;
    return vlan == p->trunks[0] || vlan == p->trunks[1] ||
           (p->native && vlan == p->native);
}

/* As it leaves by this port: with or without the tag of its VLAN. */
static void send_in_vlan(struct way *w, int port, uint16_t vlan)
{
    const struct model_port *to = &w->m->ports[port];
    struct packet p = w->p;
    bool has_tag = p.tag_count > 0, wants_tag = to->mode == MODE_ALL;
    uint16_t pcp = has_tag ? p.tags[0].tci & 0xe000 : 0;

    if (!vlan)
        wants_tag = has_tag;
    else if (to->mode == MODE_TRUNK)
        wants_tag = vlan != to->native;
    if (has_tag && wants_tag && (p.tags[0].tci & 0xfff) == vlan) {
        way_send(w, port, &p);
        return;
    }
    if (has_tag)
        packet_pop(&p);
    if (wants_tag) {
        memmove(&p.tags[1], &p.tags[0], p.tag_count * sizeof(p.tags[0]));
        p.tags[0].tpid = TYPE_VLAN;
        p.tags[0].tci = pcp | vlan;
        p.tag_count++;
        p.size += 4;
    }
    way_send(w, port, &p);
}

static struct model_mac *find_mac(struct model *m, uint64_t mac, uint16_t vlan)
{
    for (size_t i = 0; i < m->mac_count; i++)
        if (m->macs[i].mac == mac && m->macs[i].vlan == vlan)
            return &m->macs[i];
    return NULL;
}

/* A frame to it goes there, wherever else it may have been seen. */
static bool is_of_local(const struct model *m, uint64_t mac)
{
    const struct model_port *local = &m->ports[MODEL_LOCAL];

    return mac == MODEL_LOCAL_MAC && local->is_configured && local->is_there;
}

static void note_source(struct way *w, uint16_t vlan)
{
    struct outcome *o = w->o;
    struct model_mac *known = find_mac(w->m, w->p.eth_src, vlan);
    uint32_t now_s = (uint32_t)(w->m->now_us / 1000000);

    if (w->from == MODEL_NOWHERE || w->p.eth_src >> 40 & 1)
        return;
    if (w->from != MODEL_LOCAL && is_of_local(w->m, w->p.eth_src))
        return;
    if (known && known->port == (unsigned int)w->from) {
        known->used_s = now_s;
        return;
    }
    if (o->learned_count == OUTCOME_LEARNED_MAX)
        way_die("addresses");
    o->learned[o->learned_count++] =
        (struct model_mac){w->p.eth_src, vlan, (unsigned int)w->from, now_s};
}

static void flood_vlan(struct way *w, uint16_t vlan)
{
    struct reach r = {.has_any = false};

    for (int i = 0; i < MODEL_PORTS; i++) {
        const struct model_port *p = &w->m->ports[i];

        if (i == w->from || !p->is_configured)
            continue;
        r.has_other = true;
        if (!is_member(p, vlan))
            continue;
        r.has_member = true;
        if (!model_port_is_up(p))
            continue;
        if (p->of_config & 1 << 4) {
            r.has_closed = true;
            continue;
        }
        r.has_any = true;
        send_in_vlan(w, i, vlan);
    }
    way_reached(w, &r);
}

void way_switch(struct way *w)
{
    const struct model_port *in = &w->m->ports[w->from];
    uint16_t vlan = w->p.tag_count ? w->p.tags[0].tci & 0xfff : 0;
    const struct model_mac *known;
    int to;

    if (w->is_dead)
        return;
    if (in->mode == MODE_ACCESS && vlan) {
        way_failed(w, DROP_VLAN);
        return;
    }
    if (!vlan)
        vlan = in->mode == MODE_ACCESS  ? in->access
               : in->mode == MODE_TRUNK ? in->native
                                        : 0;
    if (!is_member(in, vlan)) {
        way_failed(w, DROP_VLAN);
        return;
    }
    if (!w->m->forwards_bpdu && is_reserved(w->p.eth_dst)) {
        way_failed(w, DROP_RESERVED);
        return;
    }
    note_source(w, vlan);
    known = w->p.eth_dst >> 40 & 1 ? NULL : find_mac(w->m, w->p.eth_dst, vlan);
    to = is_of_local(w->m, w->p.eth_dst) ? MODEL_LOCAL
         : known                         ? (int)known->port
                                         : MODEL_NOWHERE;
    if (to == w->from && to != MODEL_NOWHERE) {
        way_failed(w, DROP_SAME_PORT);
        return;
    }
    if (to != MODEL_NOWHERE && !is_member(&w->m->ports[to], vlan)) {
        way_failed(w, DROP_VLAN);
        return;
    }
    if (to != MODEL_NOWHERE) {
        send_in_vlan(w, to, vlan);
        return;
    }
    flood_vlan(w, vlan);
}

static size_t count_of_port(const struct model *m, unsigned int port)
{
    size_t count = 0;

    for (size_t i = 0; i < m->mac_count; i++)
        count += m->macs[i].port == port;
    return count;
}

static bool is_to_come(const struct outcome *o, size_t from,
                       const struct model_mac *mac)
{
    for (size_t i = from; i < o->learned_count; i++)
        if (o->learned[i].mac == mac->mac && o->learned[i].vlan == mac->vlan)
            return true;
    return false;
}

/* An address of the port that has most of them makes room: one that the switch
 * does not know any more, or learns again. */
static void forget_one(struct model *m, const struct walk_options *options,
                       const struct outcome *o, size_t from)
{
    size_t most = 0, victim = m->mac_count;

    for (unsigned int i = 0; i < MODEL_PORTS; i++)
        if (count_of_port(m, i) > most)
            most = count_of_port(m, i);
    for (size_t i = 0; i < m->mac_count; i++)
        if (count_of_port(m, m->macs[i].port) == most &&
            (!options->knows(options->context, &m->macs[i]) ||
             (victim == m->mac_count && is_to_come(o, from, &m->macs[i]))))
            victim = i;
    if (victim == m->mac_count) {
        fprintf(stderr, "no address has made room for another\n");
        abort();
    }
    m->macs[victim] = m->macs[--m->mac_count];
}

void walk_learn(struct model *m, const struct walk_options *options,
                const struct outcome *o)
{
    for (size_t i = 0; i < o->learned_count; i++) {
        const struct model_mac *news = &o->learned[i];
        struct model_mac *known = find_mac(m, news->mac, news->vlan);

        if (!model_port_is_up(&m->ports[news->port]))
            continue;
        if (!known) {
            if (m->mac_count == m->mac_limit)
                forget_one(m, options, o, i + 1);
            known = &m->macs[m->mac_count++];
        }
        *known = *news;
    }
}

void walk_age_macs(struct model *m, uint32_t aging_s)
{
    uint32_t now_s = (uint32_t)(m->now_us / 1000000);

    for (size_t i = m->mac_count; i-- > 0;)
        if (now_s - m->macs[i].used_s >= aging_s)
            m->macs[i] = m->macs[--m->mac_count];
}

void walk_claim_local(struct model *m)
{
    for (size_t i = m->mac_count; i-- > 0;)
        if (is_of_local(m, m->macs[i].mac) && m->macs[i].port != MODEL_LOCAL)
            m->macs[i] = m->macs[--m->mac_count];
}

void walk_forget_port(struct model *m, int port)
{
    for (size_t i = m->mac_count; i-- > 0;)
        if (m->macs[i].port == (unsigned int)port)
            m->macs[i] = m->macs[--m->mac_count];
}
