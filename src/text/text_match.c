/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_match.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "flow/flow_mod.h"

/* Words that stand for an Ethertype, and perhaps a protocol. */
static const struct {
    const char *word, *eth_type, *ip_proto;
} kinds[] = {
    /* clang-format off */
    {"ip",     "0x0800", NULL },
    {"icmp",   "0x0800", "1"  },
    {"tcp",    "0x0800", "6"  },
    {"udp",    "0x0800", "17" },
    {"sctp",   "0x0800", "132"},
    {"ipv6",   "0x86dd", NULL },
    {"icmp6",  "0x86dd", "58" },
    {"tcp6",   "0x86dd", "6"  },
    {"udp6",   "0x86dd", "17" },
    {"sctp6",  "0x86dd", "132"},
    {"arp",    "0x0806", NULL },
    {"rarp",   "0x8035", NULL },
    {"mpls",   "0x8847", NULL },
    {"mplsm",  "0x8848", NULL },
 /* Read as well, but not written. */
    {"ip6",    "0x86dd", NULL },
    {"icmpv6", "0x86dd", "58" },
    {"ipv4",   "0x0800", NULL },
    {"ip4",    "0x0800", NULL },
    /* clang-format on */
};

enum { KIND_COUNT = ARRAY_SIZE(kinds) };

/*
 * Keys that mean one field or another, as the packet's type is.  They are kept
 * with the first, and the first that the rest of the match allows is taken.
 */
static const struct {
    const char *key;
    enum field_id ids[5];
    size_t count;
} loose[] = {
    /* clang-format off */
    {"nw_src",    {FIELD_IPV4_SRC, FIELD_ARP_SPA},        2},
    {"nw_dst",    {FIELD_IPV4_DST, FIELD_ARP_TPA},        2},
    {"ip_src",    {FIELD_IPV4_SRC, FIELD_ARP_SPA},        2},
    {"ip_dst",    {FIELD_IPV4_DST, FIELD_ARP_TPA},        2},
    {"nw_proto",  {FIELD_IP_PROTO, FIELD_ARP_OP},         2},
    {"ip_proto",  {FIELD_IP_PROTO, FIELD_ARP_OP},         2},
    {"icmp_type", {FIELD_ICMPV4_TYPE, FIELD_ICMPV6_TYPE}, 2},
    {"icmp_code", {FIELD_ICMPV4_CODE, FIELD_ICMPV6_CODE}, 2},
    /* clang-format on */
    {"tp_src",
     {FIELD_TCP_SRC, FIELD_UDP_SRC, FIELD_SCTP_SRC, FIELD_ICMPV4_TYPE,
      FIELD_ICMPV6_TYPE},
     5},
    {"tp_dst",
     {FIELD_TCP_DST, FIELD_UDP_DST, FIELD_SCTP_DST, FIELD_ICMPV4_CODE,
      FIELD_ICMPV6_CODE},
     5},
};

enum { LOOSE_COUNT = ARRAY_SIZE(loose) };

static void keep(struct text_match *t, const struct field *f,
                 struct text_span key, struct text_span value)
{
    t->fields[f->id].key = key;
    t->fields[f->id].value = value;
    t->fields[f->id].is_there = true;
}

static bool take_kind(struct text_match *t, struct text_span word)
{
    size_t i = 0;

    while (i < KIND_COUNT && !text_is(word, kinds[i].word))
        i++;
    if (i == KIND_COUNT)
        return false;
    keep(t, field_by_id(FIELD_ETH_TYPE), word, text_span_of(kinds[i].eth_type));
    if (kinds[i].ip_proto)
        keep(t, field_by_id(FIELD_IP_PROTO), word,
             text_span_of(kinds[i].ip_proto));
    return true;
}

bool text_match_take(struct text_match *t, const struct text_item *item)
{
    const struct field *f;
    bool is_any = text_is(item->value, "*");

    /* Frames that are not Ethernet's do not come here. */
    if (!item->has_value)
        return take_kind(t, item->key) || text_is(item->key, "eth");
    if (text_is(item->key, "vlan_tci")) {
        t->vlan_tci = is_any ? (struct text_span){NULL, 0} : item->value;
        return true;
    }
    if (text_is(item->key, "dl_vlan")) {
        t->dl_vlan = is_any ? (struct text_span){NULL, 0} : item->value;
        return true;
    }
    f = field_by_name(item->key.at, item->key.size);
    if (f && is_any)
        t->fields[f->id].is_there = false;
    else if (f)
        keep(t, f, item->key, item->value);
    return f != NULL;
}

static bool add_number(const struct text_parse *parse, struct flow_match *m,
                       enum field_id id, uint64_t number, uint64_t mask)
{
    const struct field *f = field_by_id(id);
    struct text_value v = {.value = {0}};
    enum flow_error error;

    text_value_set_number(f, v.value, number & mask);
    text_value_set_number(f, v.mask, mask);
    error = mask ? match_add(m, f, v.value, v.mask) : FLOW_OK;
    return !error ||
           text_fail(parse->error, "%s: %s", f->name, flow_error_text(error));
}

/* The tag control word of the frame: PCP, "there is a tag", VID. */
static bool add_vlan_tci(const struct text_parse *parse, struct flow_match *m,
                         struct text_span span)
{
    struct text_span mask_text;
    uint64_t value, mask = 0xffff;
    enum flow_error error;

    if (text_cut(&span, "/", &mask_text) &&
        !text_number(mask_text, 0xffff, &mask))
        return text_fail_at(parse->error, mask_text,
                            "vlan_tci cannot have this mask");
    if (!text_number(span, 0xffff, &value))
        return text_fail_at(parse->error, span,
                            "vlan_tci is a number of 16 bits");
    error = match_add_tci(m, (uint16_t)(value & mask), (uint16_t)mask);
    return !error ||
           text_fail(parse->error, "vlan_tci: %s", flow_error_text(error));
}

/* A plain VLAN number; 0xffff asks for frames without a tag. */
static bool add_dl_vlan(const struct text_parse *parse, struct flow_match *m,
                        struct text_span span)
{
    uint64_t number;

    if (!text_number(span, 0xffff, &number) ||
        (number > 0xfff && number != 0xffff))
        return text_fail_at(parse->error, span,
                            "dl_vlan is 0 to 4095, or 0xffff for no VLAN tag");
    return add_number(parse, m, FIELD_VLAN_VID,
                      number == 0xffff ? 0 : number | VLAN_PRESENT, 0x1fff);
}

/* nw_tos is the whole byte, of which DSCP is the upper six bits. */
static bool read_tos(const struct text_parse *parse, struct text_span span,
                     struct text_value *v)
{
    const struct field *f = field_by_id(FIELD_IP_DSCP);
    uint64_t number;

    if (!text_number(span, 0xff, &number))
        return text_fail_at(parse->error, span, "nw_tos is 0 to 255");
    field_fill(f, v->mask);
    text_value_set_number(f, v->value, number >> 2);
    return true;
}

const struct field *text_match_meaning(struct text_span name,
                                       const struct field *f,
                                       const struct flow_match *m)
{
    for (size_t i = 0; i < LOOSE_COUNT && !field_is_in(f, &m->key); i++) {
        for (size_t n = 0; n < loose[i].count && text_is(name, loose[i].key);
             n++) {
            const struct field *meant = field_by_id(loose[i].ids[n]);

            if (field_is_in(meant, &m->key))
                return meant;
        }
    }
    return f;
}

static bool add_field(const struct text_parse *parse,
                      const struct text_match *t, enum field_id id,
                      struct flow_match *m)
{
    struct text_span key = t->fields[id].key;
    struct text_value v = {.value = {0}};
    const struct field *f;
    enum flow_error error;

    if (!t->fields[id].is_there)
        return true;
    f = text_match_meaning(key, field_by_id(id), m);
    if (text_is(key, "nw_tos")) {
        if (!read_tos(parse, t->fields[id].value, &v))
            return false;
    } else if (!text_value_read(parse, f, t->fields[id].value, &v)) {
        return text_fail_under(parse->error, key);
    }
    /* A PCP is asked of frames that have a tag, whatever its number. */
    if (id == FIELD_VLAN_PCP && !(m->mask.vlan_vid & htobe16(VLAN_PRESENT))) {
        m->key.vlan_vid |= htobe16(VLAN_PRESENT);
        m->mask.vlan_vid |= htobe16(VLAN_PRESENT);
    }
    error = match_add(m, f, v.value, v.mask);
    return !error || text_fail_at(parse->error, key, flow_error_text(error));
}

/* Fields stand in the registry after those that they need, but for ip_frag:
 * with later fragments there are no ports to ask for. */
static bool add_fields(const struct text_parse *parse,
                       const struct text_match *t, struct flow_match *m)
{
    for (enum field_id id = 0; id < FIELD_ALL_COUNT; id++) {
        if (id == FIELD_IP_FRAG)
            continue;
        if (!add_field(parse, t, id, m) ||
            (id == FIELD_IP_PROTO && !add_field(parse, t, FIELD_IP_FRAG, m)))
            return false;
    }
    return true;
}

bool text_match_finish(const struct text_parse *parse,
                       const struct text_match *t, struct flow_match *m)
{
    *m = (struct flow_match){.key = {.word = {0}}};
    if ((t->vlan_tci.at && !add_vlan_tci(parse, m, t->vlan_tci)) ||
        (t->dl_vlan.at && !add_dl_vlan(parse, m, t->dl_vlan)))
        return false;
    return add_fields(parse, t, m);
}

bool text_match_read(const struct text_parse *parse, const char *text,
                     struct flow_match *m)
{
    struct text_match t = {.vlan_tci = {0}};
    struct text_span rest = text_span_of(text);
    struct text_item item;

    while (text_next(&rest, &item)) {
        if (!text_match_take(&t, &item))
            return text_fail_at(parse->error, item.key, "unknown match field");
    }
    return text_match_finish(parse, &t, m);
}

/* A list in the making: 'before' parts an item from the one in front of it. */
struct list {
    FILE *out;
    const struct text_style *style;
    const char *before;
};

static void begin_item(struct list *l)
{
    fputs(l->before, l->out);
    l->before = ",";
}

/* The VID, the bit that says "there is a tag" and the PCP are one item. */
static void write_vlan(struct list *l, const struct flow_match *m)
{
    uint16_t vid_mask = be16toh(m->mask.vlan_vid);
    uint16_t tci = (uint16_t)(be16toh(m->key.vlan_vid) | m->key.vlan_pcp << 13);
    uint16_t mask = (uint16_t)(vid_mask | m->mask.vlan_pcp << 13);
    bool is_whole = ((vid_mask & 0xfff) == 0 || (vid_mask & 0xfff) == 0xfff) &&
                    match_has_plain_vlan(m);

    if (!mask)
        return;
    if (tci & VLAN_PRESENT && is_whole && mask != VLAN_PRESENT) {
        if (vid_mask & 0xfff) {
            begin_item(l);
            fprintf(l->out, "dl_vlan=%d", tci & 0xfff);
        }
        if (m->mask.vlan_pcp) {
            begin_item(l);
            fprintf(l->out, "dl_vlan_pcp=%d", tci >> 13);
        }
        return;
    }
    begin_item(l);
    fprintf(l->out, "vlan_tci=0x%04x", tci);
    /* OpenFlow 1.0 knows "no tag" alone, so the mask goes without saying. */
    if (!l->style->is_openflow10 || tci || mask != 0x1fff)
        fprintf(l->out, "/0x%04x", mask);
}

static void write_field(struct list *l, const struct field *f,
                        const struct flow_match *m)
{
    struct text_value v = {.value = {0}};

    memcpy(v.value, field_get(f, &m->key), f->size);
    memcpy(v.mask, field_get(f, &m->mask), f->size);
    begin_item(l);
    fprintf(l->out, "%s=", f->name);
    switch (f->id) {
    case FIELD_ETH_TYPE:
        fprintf(l->out, "0x%04x", be16toh(m->key.eth_type));
        break;
    case FIELD_IP_DSCP:
        fprintf(l->out, "%d", m->key.ip_dscp << 2);
        break;
    case FIELD_ICMPV4_TYPE: /* OpenFlow 1.0 has 16 bits for them */
        fprintf(l->out, "%d", be16toh(m->key.tp_src));
        break;
    case FIELD_ICMPV4_CODE:
        fprintf(l->out, "%d", be16toh(m->key.tp_dst));
        break;
    case FIELD_IPV6_FLABEL:
        fprintf(l->out, "0x%05x", be32toh(m->key.ipv6_flabel));
        if (!text_value_is_exact(f, v.mask))
            fprintf(l->out, "/0x%05x", be32toh(m->mask.ipv6_flabel));
        break;
    default:
        text_value_write(l->out, l->style, f, &v);
    }
}

/* The row of the word for this kind of packet; KIND_COUNT: there is none. */
static size_t kind_of(const struct flow_match *m)
{
    size_t found = KIND_COUNT;

    for (size_t i = 0; i < KIND_COUNT && m->mask.eth_type; i++) {
        bool has_proto = kinds[i].ip_proto != NULL;

        if (strtoul(kinds[i].eth_type, NULL, 16) != be16toh(m->key.eth_type))
            continue;
        if (has_proto && m->mask.ip_proto &&
            strtoul(kinds[i].ip_proto, NULL, 10) == m->key.ip_proto)
            return i;
        if (!has_proto && found == KIND_COUNT)
            found = i;
    }
    return found;
}

bool text_match_write(FILE *out, const struct text_style *style,
                      const struct flow_match *m, uint16_t priority)
{
    struct list l = {.out = out, .style = style, .before = ""};
    size_t kind = kind_of(m);
    bool has_kind = kind < KIND_COUNT;
    bool has_proto = has_kind && kinds[kind].ip_proto, has_said_kind = false;
    const uint8_t *order = field_orders()->text;

    if (priority != FLOW_MOD_PRIORITY) {
        begin_item(&l);
        fprintf(out, "priority=%u", priority);
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *f = field_by_id(order[i]);
        bool is_said = (f->id == FIELD_ETH_TYPE && has_kind) ||
                       (f->id == FIELD_IP_PROTO && has_proto) ||
                       f->id == FIELD_VLAN_PCP;

        if (has_kind && !has_said_kind && f->text_order > FIELD_TEXT_KIND) {
            begin_item(&l);
            fputs(kinds[kind].word, out);
            has_said_kind = true;
        }
        if (f->id == FIELD_VLAN_VID)
            write_vlan(&l, m);
        else if (!is_said && match_has(m, f))
            write_field(&l, f, m);
    }
    return *l.before != '\0';
}
