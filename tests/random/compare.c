/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/compare.h"

#include "datapath/totals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_OF_MISSES = 128, WHOLE = 0xffff, SHORTEST = 60 };

static struct datapath *datapath(const struct world *w)
{
    return bridge_datapath(sim_bridge(w->sim));
}

static void want(const struct world *w, const char *what, uint64_t is,
                 uint64_t should)
{
    if (is != should)
        world_fail_as(w, what, "%s is %" PRIu64 ", not %" PRIu64, what, is,
                      should);
}

static void want_of(const struct world *w, const char *whose, const char *what,
                    uint64_t is, uint64_t should)
{
    if (is != should)
        world_fail_as(w, what, "%s: %s is %" PRIu64 ", not %" PRIu64, whose,
                      what, is, should);
}

/* Ports. */

/* What frames of a port came to, where the two do not agree. */
static void tell_ends(const struct world *w, const struct model_port *p,
                      const struct port_totals *t)
{
    world_say(w,
              "%s: forwarded %" PRIu64 "/%" PRIu64 ", consumed %" PRIu64
              "/%" PRIu64,
              p->name, t->forwarded, p->forwarded, t->consumed, p->consumed);
    for (int r = 0; r < DROP_REASON_COUNT; r++)
        if (t->drops[r] != p->drops[r])
            world_say(w, "%s: dropped (%s) %" PRIu64 "/%" PRIu64, p->name,
                      drop_reason_word((enum drop_reason)r), t->drops[r],
                      p->drops[r]);
}

static void compare_port(struct world *w, const struct bridge_port *is, int i)
{
    const struct model_port *p = &w->model.ports[i];
    struct port_totals t;
    uint64_t ended;

    totals_of_port(datapath(w), is->counters, &t);
    want_of(w, p->name, "received", t.rx_frames, p->rx);
    want_of(w, p->name, "bytes received", t.rx_bytes, p->rx_bytes);
    want_of(w, p->name, "sent", t.tx_frames, p->tx);
    want_of(w, p->name, "bytes sent", t.tx_bytes, p->tx_bytes);
    ended = t.forwarded + t.consumed;
    for (int r = 0; r < DROP_REASON_COUNT; r++)
        ended += t.drops[r];
    want_of(w, p->name, "frames accounted for", ended, t.rx_frames);
    if (t.forwarded != p->forwarded || t.consumed != p->consumed ||
        memcmp(t.drops, p->drops, sizeof(t.drops)))
        tell_ends(w, p, &t);
    for (int r = 0; r < DROP_REASON_COUNT; r++) {
        const char *word = drop_reason_word((enum drop_reason)r);

        want_of(w, p->name, word, t.drops[r], p->drops[r]);
        want_of(w, p->name, word, t.tx_drops[r], p->tx_drops[r]);
    }
    want_of(w, p->name, "forwarded", t.forwarded, p->forwarded);
    want_of(w, p->name, "consumed", t.consumed, p->consumed);
}

static int port_of(const struct bridge_port *p)
{
    return p->config.type == PORT_LOCAL ? MODEL_LOCAL : p->config.name[1] - '1';
}

static void compare_ports(struct world *w)
{
    const struct bridge_port *p;
    size_t count = 0, configured = 0;

    for (; (p = port_set_at(bridge_ports(sim_bridge(w->sim)), count)); count++)
        compare_port(w, p, port_of(p));
    for (int i = 0; i < MODEL_PORTS; i++)
        configured += w->model.ports[i].is_configured;
    want(w, "the count of ports", count, configured);
}

/* Controllers. */

static uint8_t reason_of(const struct control *c, const struct told *t)
{
    switch (t->reason) {
    case TOLD_MISS_RULE:
        return c->version == WIRE_10;
    case TOLD_MISS:
        return 0;
    case TOLD_ACTION:
        return 1;
    default:
        return (uint8_t)(c->version >= WIRE_14 ? t->reason : 1);
    }
}

/* For packet-outs and flow-mods to come. */
static void remember(struct world *w, const struct told *t, uint32_t id)
{
    struct held *h = &w->held[w->held_next++ % WORLD_BUFFERS];

    for (size_t i = 0; i < WORLD_BUFFERS; i++)
        if (w->held[i].is_known && w->held[i].id == id)
            return;
    world_say(w, "frame held as %x", id);
    *h = (struct held){.is_known = true,
                       .id = id,
                       .in_port = t->in_port,
                       .packet = t->packet,
                       .held_ms = model_now_ms(&w->model)};
    h->packet.shown_dscp = h->packet.dscp;
}

/* The last packet-in that the controller got. */
static void compare_packet_in(struct world *w, int i, const struct told *t)
{
    const struct control *c = &w->controls[i];
    const struct peer *p = sim_peer(w->sim, (size_t)i);
    struct seen_packet_in in = wire_read_packet_in(
        p->last[WIRE_PACKET_IN], p->last_size[WIRE_PACKET_IN]);
    uint16_t limit = t->reason == TOLD_MISS ? LENGTH_OF_MISSES : t->max_len;
    uint8_t bytes[PACKET_BYTES_MAX] = {0};
    size_t size = packet_write(&t->packet, bytes);

    if (size < SHORTEST)
        size = SHORTEST;
    want(w, "packet-in: the size of the frame", in.total_size, size);
    want(w, "packet-in: the reason", in.reason, reason_of(c, t));
    if (c->version != WIRE_10 && in.cookie != t->cookie)
        world_fail(w, "packet-in: another cookie");
    if (limit == WHOLE)
        want(w, "packet-in: the buffer", in.buffer, WIRE_NO_BUFFER);
    if (in.buffer != WIRE_NO_BUFFER)
        remember(w, t, in.buffer);
    if (in.buffer != WIRE_NO_BUFFER && limit < size)
        size = limit;
    want(w, "packet-in: the bytes", in.size, size);
    packet_take_check(&t->packet, bytes, in.data, size);
    for (size_t n = 0; n < size; n++)
        if (in.data[n] != bytes[n])
            world_fail(w, "packet-in: byte %zu is %02x, not %02x", n,
                       in.data[n], bytes[n]);
}

static uint8_t removed_reason(const struct control *c, unsigned int reason)
{
    if (reason == GONE_GROUP && c->version == WIRE_10)
        return GONE_DELETED;
    if (reason == GONE_METER && c->version < WIRE_14)
        return GONE_DELETED;
    return (uint8_t)reason;
}

static void compare_removed(struct world *w, int i)
{
    const struct control *c = &w->controls[i];
    const struct peer *p = sim_peer(w->sim, (size_t)i);
    struct seen_removed seen = wire_read_removed(
        p->last[WIRE_FLOW_REMOVED], p->last_size[WIRE_FLOW_REMOVED]);
    const struct rule *r = &w->gone;

    want(w, "flow removed: the cookie", seen.cookie, r->cookie);
    want(w, "flow removed: the priority", seen.priority, r->priority);
    want(w, "flow removed: the reason", seen.reason,
         removed_reason(c, w->gone_reason));
    if (c->version == WIRE_15)
        return;
    want(w, "flow removed: packets", seen.packets,
         r->flags & RULE_NO_PACKET_COUNTS ? UINT64_MAX : r->packets);
    want(w, "flow removed: bytes", seen.bytes,
         r->flags & RULE_NO_BYTE_COUNTS ? UINT64_MAX : r->bytes);
}

static const struct told *last_told(const struct world *w, int i)
{
    const struct outcome *o = &w->outcome;

    for (size_t t = o->told_count; t-- > 0;)
        if (world_is_told(&w->controls[i], &o->told[t]))
            return &o->told[t];
    return NULL;
}

static void compare_errors(struct world *w, const struct peer *p,
                           unsigned int owed)
{
    const uint8_t *last = p->last[WIRE_ERROR];

    if (p->received[WIRE_ERROR] != owed)
        world_fail(w,
                   "a controller got %u errors, not %u; the last of type %u, "
                   "code %u",
                   p->received[WIRE_ERROR], owed,
                   (unsigned int)wire_get(last + 8, 2),
                   (unsigned int)wire_get(last + 10, 2));
}

static unsigned int bundle_replies(const struct control *c,
                                   const struct peer *p)
{
    return p->received[c->version == WIRE_13 ? WIRE_BUNDLE_REPLY_13
                                             : WIRE_BUNDLE_REPLY];
}

static void compare_messages(struct world *w)
{
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        const struct control *c = &w->controls[i];
        const struct peer *p = sim_peer(w->sim, (size_t)i);
        const struct told *told;

        if (!c->is_greeted)
            continue;
        compare_errors(w, p, c->owed.errors);
        want(w, "packet-ins to a controller", p->received[WIRE_PACKET_IN],
             c->owed.packet_ins);
        want(w, "flow-removed to a controller", p->received[WIRE_FLOW_REMOVED],
             c->owed.removed);
        if (c->version >= WIRE_13)
            want(w, "replies about bundles", bundle_replies(c, p),
                 c->owed.bundles);
        told = last_told(w, i);
        if (told)
            compare_packet_in(w, i, told);
        if (w->gone_count == 1 && c->role != ROLE_IS_SLAVE && c->owed.removed)
            compare_removed(w, i);
    }
}

/* Rules. */

struct look {
    struct world *w;
    const struct rule *rule;
    size_t count;
    uint64_t digest;
};

static void compare_rule(struct world *w, const struct flow_entry *e,
                         const struct rule *r)
{
    const uint16_t lasting =
        RULE_SEND_REMOVED | RULE_NO_PACKET_COUNTS | RULE_NO_BYTE_COUNTS;
    struct flow_usage usage =
        flow_tables_usage(datapath_tables(datapath(w)), e);

    want(w, "a rule's packets", usage.packets, r->packets);
    want(w, "a rule's bytes", usage.bytes, r->bytes);
    want(w, "a rule's last use", (uint64_t)usage.used_ms, (uint64_t)r->used_ms);
    want(w, "a rule's cookie", e->cookie, r->cookie);
    want(w, "a rule's idle timeout", e->idle_timeout_s, r->idle_s);
    want(w, "a rule's hard timeout", e->hard_timeout_s, r->hard_s);
    want(w, "a rule's beginning", (uint64_t)e->created_ms,
         (uint64_t)r->created_ms);
    want(w, "a rule's change", (uint64_t)e->modified_ms,
         (uint64_t)r->modified_ms);
    want(w, "a rule's flags", e->flags & lasting, r->flags & lasting);
}

static void visit_rule(void *context, struct flow_entry *e)
{
    struct look *look = context;
    struct world *w = look->w;
    struct flow_match match;
    bool is_exact = e->flags & FLOW_MOD_EXACT;

    look->count++;
    classifier_match_of(e, &match);
    for (size_t i = 0; i < w->model.rule_count; i++) {
        const struct rule *r = &w->model.rules[i];

        if (r->table == e->table && r->priority == e->priority &&
            r->is_exact == is_exact &&
            !memcmp(&r->wanted, &match, sizeof(match))) {
            compare_rule(w, e, r);
            return;
        }
    }
    world_fail(w, "a rule of table %u, priority %u, should not be there",
               e->table, e->priority);
}

static void each_rule(struct look *look,
                      void (*visit)(void *context, struct flow_entry *e))
{
    struct flow_mod all = flow_mod_empty();

    all.command = FLOW_MOD_DELETE;
    flow_tables_each(datapath_tables(datapath(look->w)), &all, visit, look);
}

static void visit_used(void *context, struct flow_entry *e)
{
    struct look *look = context;

    look->count++;
    compare_rule(look->w, e, look->rule);
}

/* The rules that frames of this step have met. */
static void compare_used(struct world *w)
{
    for (size_t i = 0; i < w->model.rule_count; i++) {
        struct look look = {.w = w, .rule = &w->model.rules[i]};
        struct flow_mod one = flow_mod_empty();

        if (!look.rule->is_touched)
            continue;
        one.command = FLOW_MOD_DELETE_STRICT;
        one.table = look.rule->table;
        one.priority = look.rule->priority;
        one.flags = look.rule->is_exact ? FLOW_MOD_EXACT : 0;
        one.match = look.rule->wanted;
        flow_tables_each(datapath_tables(datapath(w)), &one, visit_used, &look);
        want(w, "rules where one was used", look.count, 1);
    }
}

static void digest_rule(void *context, struct flow_entry *e)
{
    struct look *look = context;
    const struct flow_instructions *i = &e->instructions;
    const uint8_t *at = (const uint8_t *)i->cells;
    size_t size = ((size_t)i->apply_count + i->write_count) * sizeof(*i->cells);
    uint64_t h = e->cookie * 31 + e->priority;

    for (size_t n = 0; n < size; n++)
        h = (h ^ at[n]) * 0x100000001b3;
    h = (h * 31 + i->goto_table) * 31 + i->metadata + i->meter;
    look->digest += h * 0x9e3779b97f4a7c15; /* in whatever order */
    look->count++;
}

uint64_t compare_digest(const struct world *w)
{
    /* Looking changes nothing. */
    struct look look = {.w = (struct world *)(uintptr_t)w};

    each_rule(&look, digest_rule);
    return look.digest + look.count;
}

/* Groups, meters, tables, addresses. */

static void compare_groups(struct world *w)
{
    const struct counters *counters =
        flow_tables_counters(datapath_tables(datapath(w)));
    size_t count = 0;

    for (uint32_t id = 1; id <= MODEL_GROUPS; id++) {
        const struct model_group *mine = &w->model.groups[id];
        const struct group *g =
            group_table_find(datapath_groups(datapath(w)), id);
        struct counter_totals total;

        count += mine->is_there;
        want(w, "whether a group is there", g != NULL, mine->is_there);
        if (!g)
            continue;
        want(w, "a group's kind", g->type, mine->kind);
        want(w, "a group's buckets", g->bucket_count, mine->bucket_count);
        total = counters_total(counters, g->counter);
        want(w, "a group's packets", total.packets, mine->packets);
        want(w, "a group's bytes", total.bytes, mine->bytes);
        for (size_t i = 0; i < g->bucket_count; i++) {
            total = counters_total(counters, g->buckets[i].counter);
            want(w, "a bucket's packets", total.packets,
                 mine->buckets[i].packets);
            want(w, "a bucket's bytes", total.bytes, mine->buckets[i].bytes);
        }
    }
    want(w, "groups", group_table_count(datapath_groups(datapath(w))), count);
}

static void compare_meters(struct world *w)
{
    const struct meter_table *meters = datapath_meters(datapath(w));
    size_t count = 0;

    for (uint32_t id = 1; id <= MODEL_METERS; id++) {
        const struct model_meter *mine = &w->model.meters[id];
        const struct meter *m = meter_table_find(meters, id);
        struct meter_stats stats;

        count += mine->is_there;
        want(w, "whether a meter is there", m != NULL, mine->is_there);
        if (!m)
            continue;
        meter_count(m, model_now_ms(&w->model), &stats);
        want(w, "a meter's packets", stats.packets, mine->packets);
        want(w, "a meter's bytes", stats.bytes, mine->bytes);
        want(w, "a meter's bands", stats.band_count, mine->band_count);
        for (size_t i = 0; i < stats.band_count; i++) {
            want(w, "a band's packets", stats.bands[i].packets,
                 mine->bands[i].packets);
            want(w, "a band's bytes", stats.bands[i].bytes,
                 mine->bands[i].bytes);
        }
    }
    want(w, "meters", meter_table_count(meters), count);
}

static void compare_tables(struct world *w)
{
    for (uint8_t i = 0; i < MODEL_TABLES; i++) {
        struct table_lookups seen = totals_lookups(datapath(w), i);

        want(w, "a table's limit",
             flow_tables_limit(datapath_tables(datapath(w)), i),
             w->model.limits[i]);
        want(w, "a table's hits", seen.matched, w->model.matched[i]);
        want(w, "a table's misses", seen.missed, w->model.missed[i]);
    }
}

static void visit_mac(void *context, const struct mac_entry *e)
{
    struct look *look = context;
    const struct bridge_port *p =
        port_set_by_index(bridge_ports(sim_bridge(look->w->sim)), e->port);
    const struct model *m = &look->w->model;
    uint32_t now_s = (uint32_t)(m->now_us / 1000000);

    for (size_t i = 0; p && i < m->mac_count; i++)
        if (m->macs[i].mac == e->mac && m->macs[i].vlan == e->vlan &&
            m->macs[i].port == (unsigned int)port_of(p) &&
            now_s - m->macs[i].used_s == e->age_s)
            return;
    world_fail(look->w, "address %012" PRIx64 " in VLAN %u is not known so",
               e->mac, e->vlan);
}

void compare_all(struct world *w)
{
    struct look look = {.w = w};

    each_rule(&look, visit_rule);
    want(w, "rules", look.count, w->model.rule_count);
    compare_groups(w);
    compare_meters(w);
    compare_tables(w);
    mac_table_each(datapath_mac_table(datapath(w)),
                   (uint32_t)(w->model.now_us / 1000000), visit_mac, &look);
}

void compare_quickly(struct world *w)
{
    compare_ports(w);
    compare_messages(w);
    compare_used(w);
    want(w, "rules", flow_tables_total(datapath_tables(datapath(w))),
         w->model.rule_count);
    want(w, "addresses", mac_table_count(datapath_mac_table(datapath(w))),
         w->model.mac_count);
}

/* Frames. */

static void compare_frame(struct world *w, const struct sim_frame *is,
                          const struct sent *should)
{
    uint8_t bytes[PACKET_BYTES_MAX];
    size_t size = packet_write(&should->packet, bytes);
    const char *name = w->model.ports[should->port].name;
    const struct packet_check check = {is->vnet.csum_start,
                                       is->vnet.csum_offset};

    want_of(w, name, "the size of a frame", is->size, size);
    /* The next one may be left to do what the switch was left to do. */
    if (is->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        if ((size_t)check.start + check.offset + 2 > size)
            world_fail(w, "%s: a checksum is wanted outside a frame", name);
        packet_put_check(is->data, size, &check);
    }
    packet_take_check(&should->packet, bytes, is->data, size);
    for (size_t i = 0; i < size; i++)
        if (is->data[i] != bytes[i])
            world_fail(w, "%s: byte %zu of a frame is %02x, not %02x", name, i,
                       is->data[i], bytes[i]);
}

void compare_frames(struct world *w)
{
    const struct outcome *o = &w->outcome;

    for (int i = 0; i < MODEL_PORTS; i++) {
        const struct sim_wire *wire = sim_sent(w->sim, w->model.ports[i].name);
        size_t at = 0, should = 0;

        for (size_t s = 0; s < o->sent_count; s++)
            should += o->sent[s].port == i;
        want_of(w, w->model.ports[i].name, "frames that left", wire->count,
                should);
        for (size_t s = 0; s < o->sent_count; s++)
            if (o->sent[s].port == i)
                compare_frame(w, &wire->frames[at++], &o->sent[s]);
    }
    sim_forget(w->sim);
}
