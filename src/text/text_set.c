/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_set.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"

enum { TCI_BITS = 16 };

/* Words that set one field to a value in the field's own notation. */
static const struct {
    const char *word;
    enum field_id id;
} setters[] = {
    /* clang-format off */
    {"mod_dl_src",     FIELD_ETH_SRC   },
    {"mod_dl_dst",     FIELD_ETH_DST   },
    {"mod_nw_src",     FIELD_IPV4_SRC  },
    {"mod_nw_dst",     FIELD_IPV4_DST  },
    {"mod_nw_ecn",     FIELD_IP_ECN    },
    {"mod_tp_src",     FIELD_TCP_SRC   },
    {"mod_tp_dst",     FIELD_TCP_DST   },
    {"mod_tp_src",     FIELD_UDP_SRC   },
    {"mod_tp_dst",     FIELD_UDP_DST   },
    {"mod_tp_src",     FIELD_SCTP_SRC  },
    {"mod_tp_dst",     FIELD_SCTP_DST  },
    {"set_mpls_label", FIELD_MPLS_LABEL},
    {"set_mpls_tc",    FIELD_MPLS_TC   },
    {"set_tunnel",     FIELD_TUNNEL_ID },
    {"set_tunnel64",   FIELD_TUNNEL_ID },
    /* clang-format on */
};

enum { SETTER_COUNT = ARRAY_SIZE(setters) };

static enum text_outcome outcome(bool is_read)
{
    return is_read ? TEXT_TAKEN : TEXT_REFUSED;
}

/* Words of OpenFlow 1.0 leave frames as they are that have not the field, if
 * the match does not say that they have it. */
static void add_set(struct action_list *l, const struct field *f,
                    const struct text_value *v, const struct flow_match *match)
{
    action_list_set_field(l, f, v->value, v->mask);
    if (!l->is_bad)
        action_list_last_set(l)->is_for_all = !field_is_in(f, &match->key);
}

static const struct field *other_port(const struct field *f)
{
    return field_by_id(f->id == FIELD_TCP_SRC ? FIELD_UDP_SRC : FIELD_UDP_DST);
}

static bool read_setter(const struct text_parse *parse,
                        const struct flow_match *match, size_t row,
                        const struct text_item *item, struct action_list *l)
{
    const struct field *f = field_by_id(setters[row].id);
    struct text_value v;

    if (strncmp(setters[row].word, "mod_tp_", 7) == 0)
        f = text_match_meaning(text_span_of(setters[row].word + 4), f, match);
    if (!text_value_read(parse, f, item->value, &v))
        return text_fail_under(parse->error, item->key);
    add_set(l, f, &v, match);
    /* TCP's or UDP's port, whichever there is. */
    if (strncmp(setters[row].word, "mod_tp_", 7) == 0 && !l->is_bad &&
        action_list_last_set(l)->is_for_all) {
        action_list_last_set(l)->form = ACTION_FORM_JOINED;
        add_set(l, other_port(f), &v, match);
    }
    return true;
}

/* The whole byte, whose upper six bits are DSCP; ECN stays as it is. */
static bool read_mod_nw_tos(const struct text_parse *parse,
                            const struct flow_match *match,
                            struct text_span span, struct action_list *l)
{
    const struct field *f = field_by_id(FIELD_IP_DSCP);
    struct text_value v = {.value = {0}};
    uint64_t tos;

    if (!text_number(span, 0xff, &tos) || tos & 3)
        return text_fail_at(parse->error, span,
                            "the type of service is 0 to 252, by fours");
    v.value[0] = (uint8_t)(tos >> 2);
    field_fill(f, v.mask);
    add_set(l, f, &v, match);
    return true;
}

/* Sets the number of a tag that must be there. */
static bool read_set_vlan_vid(const struct text_parse *parse,
                              const struct flow_match *match,
                              struct text_span span, struct action_list *l)
{
    const struct field *f = field_by_id(FIELD_VLAN_VID);
    uint64_t vid;
    uint8_t value[2];

    (void)match;
    if (!text_number(span, 0xfff, &vid))
        return text_fail_at(parse->error, span, "a VLAN is 0 to 4095");
    text_value_set_number(f, value, vid | VLAN_PRESENT);
    action_list_set_field(l, f, value, NULL);
    return true;
}

/* Parts "WHAT->TARGET" and reads the target, which must be one to set. */
static bool read_target(const struct text_parse *parse,
                        const struct flow_match *match, struct text_span *what,
                        struct text_subfield *target)
{
    struct text_span name;

    if (!text_cut(what, "->", &name))
        return text_fail_at(parse->error, *what, "lacks \"->FIELD\"");
    if (!text_subfield_read(parse, match, name, target))
        return false;
    return target->field->is_settable ||
           text_fail_at(parse->error, name, "the field cannot be set");
}

/* Bits of NXM's VLAN tag, which may be of both of the fields that it has. */
static bool add_tci(struct action_list *l, uint16_t value, uint16_t mask,
                    uint16_t form)
{
    static const struct {
        enum field_id id;
        unsigned start;
        uint16_t mask;
    } parts[] = {
        {FIELD_VLAN_VID, 0, 0x1fff},
        {FIELD_VLAN_PCP, TEXT_TCI_PCP_START, 0xe000},
    };

    if (action_list_set_tag(l, value, mask))
        return true;
    for (size_t i = 0; i < 2 && !l->is_bad; i++) {
        const struct field *f = field_by_id(parts[i].id);
        struct text_value v = {.value = {0}};

        if (!(mask & parts[i].mask))
            continue;
        text_value_set_number(f, v.value,
                              (value & parts[i].mask) >> parts[i].start);
        text_value_set_number(f, v.mask,
                              (mask & parts[i].mask) >> parts[i].start);
        action_list_set_field(l, f, v.value, v.mask);
        if (l->is_bad)
            break;
        action_list_last_set(l)->is_for_all = true;
        action_list_last_set(l)->form = form;
        if (i == 0 && mask & parts[1].mask)
            action_list_last_set(l)->form |= ACTION_FORM_JOINED;
    }
    return true;
}

/* "0x1005/0x1fff->vlan_tci" */
static bool read_set_tci(const struct text_parse *parse, struct text_span what,
                         struct action_list *l)
{
    uint64_t value, mask = UINT16_MAX;
    struct text_span mask_text;

    if ((text_cut(&what, "/", &mask_text) &&
         !text_number(mask_text, UINT16_MAX, &mask)) ||
        !text_number(what, UINT16_MAX, &value) || !mask)
        return text_fail_at(parse->error, what,
                            "vlan_tci is a number of 16 bits");
    return add_tci(l, (uint16_t)(value & mask), (uint16_t)mask, 0);
}

static bool read_set_field(const struct text_parse *parse,
                           const struct flow_match *match,
                           struct text_span span, struct action_list *l)
{
    struct text_span what = span, name;
    struct text_subfield target;
    struct text_value v;

    /* Two keys that set_field has for parts of bytes. */
    if (text_cut(&what, "->", &name)) {
        if (text_is(name, "nw_tos"))
            return read_mod_nw_tos(parse, match, what, l);
        if (text_is(name, "vlan_tci"))
            return read_set_tci(parse, what, l);
    }
    what = span;
    if (!read_target(parse, match, &what, &target))
        return false;
    if (!text_subfield_is_whole(&target) && target.field->id != FIELD_VLAN_VID)
        return text_fail_at(parse->error, span,
                            "set_field sets a whole field; load sets bits");
    if (!text_value_read(parse, target.field, what, &v))
        return text_fail_under(parse->error, text_span_of("set_field"));
    /* Only a tag that is there has a number. */
    if (target.field->id == FIELD_VLAN_VID &&
        text_value_is_exact(target.field, v.mask))
        v.value[0] |= VLAN_PRESENT >> 8;
    action_list_set_field(l, target.field, v.value, v.mask);
    return true;
}

/* Ones in 'count' bits from 'start', from the right. */
static void put_bits(const struct field *f, uint8_t *bytes,
                     const struct text_subfield *at, uint64_t number)
{
    for (unsigned i = 0; i < at->bits; i++) {
        unsigned bit = at->start + i;
        uint8_t *byte = bytes + f->size - 1 - bit / 8;

        if (i < 64 && number >> i & 1)
            *byte |= (uint8_t)(1 << bit % 8);
    }
}

static bool read_load_number(const struct text_parse *parse,
                             struct text_span span, unsigned bits,
                             uint64_t *number)
{
    if (bits > 64)
        return text_fail_at(parse->error, span,
                            "load sets at most 64 bits at once");
    return text_number(span, UINT64_MAX >> (64 - bits), number) ||
           text_fail_at(parse->error, span,
                        "not a number that these bits can hold");
}

static bool read_load(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span span,
                      struct action_list *l)
{
    struct text_value v = {.value = {0}};
    struct text_span what = span, name;
    struct text_subfield target;
    unsigned start, bits;
    uint64_t number;

    if (text_cut(&what, "->", &name) &&
        text_subfield_read_tci(name, &start, &bits))
        return read_load_number(parse, what, bits, &number) &&
               add_tci(l, (uint16_t)(number << start),
                       (uint16_t)(((1u << bits) - 1) << start),
                       ACTION_FORM_LOAD);
    if (!read_target(parse, match, &span, &target) ||
        !read_load_number(parse, span, target.bits, &number))
        return false;
    put_bits(target.field, v.value, &target, number);
    put_bits(target.field, v.mask, &target, UINT64_MAX);
    action_list_set_field(l, target.field, v.value, v.mask);
    if (!l->is_bad)
        action_list_last_set(l)->form = ACTION_FORM_LOAD;
    return true;
}

static bool read_move(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span span,
                      struct action_list *l)
{
    struct text_subfield source, target;
    struct action_move move;

    if (!read_target(parse, match, &span, &target) ||
        !text_subfield_read(parse, match, span, &source))
        return false;
    if (source.bits != target.bits)
        return text_fail_at(parse->error, span,
                            "source and target have not as many bits");
    move = (struct action_move){
        .source_field = (uint16_t)source.field->id,
        .target_field = (uint16_t)target.field->id,
        .source_bit = (uint16_t)source.start,
        .target_bit = (uint16_t)target.start,
        .bits = (uint16_t)source.bits,
    };
    action_list_add_move(l, (struct flow_action){.type = ACTION_MOVE}, &move);
    return true;
}

static const struct {
    const char *word;
    bool (*read)(const struct text_parse *, const struct flow_match *,
                 struct text_span, struct action_list *);
} readers[] = {
    /* clang-format off */
    {"set_field",    read_set_field   },
    {"load",         read_load        },
    {"move",         read_move        },
    {"mod_nw_tos",   read_mod_nw_tos  },
    {"set_vlan_vid", read_set_vlan_vid},
    /* clang-format on */
};

enum { READER_COUNT = ARRAY_SIZE(readers) };

enum text_outcome text_set_read(const struct text_parse *parse,
                                const struct flow_match *match,
                                const struct text_item *item,
                                struct action_list *l)
{
    for (size_t i = 0; i < READER_COUNT; i++) {
        if (text_is_like(item->key, readers[i].word))
            return outcome(readers[i].read(parse, match, item->value, l));
    }
    for (size_t i = 0; i < SETTER_COUNT; i++) {
        if (text_is_like(item->key, setters[i].word))
            return outcome(read_setter(parse, match, i, item, l));
    }
    return TEXT_NOT_MINE;
}

void text_set_try_words(struct suggestion *near)
{
    for (size_t i = 0; i < READER_COUNT; i++)
        suggest_try(near, readers[i].word);
    for (size_t i = 0; i < SETTER_COUNT; i++)
        suggest_try(near, setters[i].word);
}

static bool bit_of(const struct field *f, const uint8_t *bytes, unsigned bit)
{
    return bytes[f->size - 1 - bit / 8] >> bit % 8 & 1;
}

/* One load for each run of ones in the mask, at most 64 bits in each. */
static void write_loads(FILE *out, const struct field *f,
                        const struct text_value *v)
{
    const char *before = "";
    unsigned bit = 0;

    while (bit < f->bits) {
        struct text_subfield run = {f, bit, 0, false};
        uint64_t number = 0;

        for (; bit < f->bits && run.bits < 64 && bit_of(f, v->mask, bit);
             bit++, run.bits++)
            number |= (uint64_t)bit_of(f, v->value, bit) << run.bits;
        if (!run.bits) {
            bit++;
            continue;
        }
        fprintf(out, "%sload:", before);
        text_write_hex(out, number);
        fputs("->", out);
        text_subfield_write(out, &run);
        before = ",";
    }
}

/* Bits of NXM's VLAN tag: set_field, or a load for each run of them. */
static void write_tci(FILE *out, uint16_t value, uint16_t mask, bool is_load)
{
    const char *before = "";
    unsigned bit = 0;

    if (!is_load) {
        fputs("set_field:", out);
        text_write_hex(out, value);
        if (mask != UINT16_MAX)
            fprintf(out, "/0x%x", mask);
        fputs("->vlan_tci", out);
        return;
    }
    while (mask >> bit) {
        unsigned start = bit;

        for (; mask >> bit & 1; bit++)
            ;
        if (bit == start) {
            bit++;
            continue;
        }
        fprintf(out, "%sload:", before);
        text_write_hex(out, value >> start & ((1u << (bit - start)) - 1));
        fputs("->NXM_OF_VLAN_TCI", out);
        text_subfield_write_bits(out, start, bit - start, TCI_BITS);
        before = ",";
    }
}

/* OpenFlow 1.0 has actions for some fields.  Returns the word, or NULL. */
static const char *word_in_openflow10(const struct flow_action *a)
{
    for (size_t i = 0; i < SETTER_COUNT; i++) {
        bool is_old = !strncmp(setters[i].word, "mod_", 4) || a->is_for_all;

        if (setters[i].id == a->field && is_old && a->field != FIELD_IP_ECN)
            return setters[i].word;
    }
    return NULL;
}

/* Returns false if the action has no other form than set_field. */
static bool write_as_openflow10(FILE *out, const struct text_style *style,
                                const struct flow_action *a,
                                const struct text_value *v)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    uint64_t number = f->size == 16 ? 0 : text_value_number(f, v->value);
    const char *word = word_in_openflow10(a);
    bool is_exact = text_value_is_exact(f, v->mask);

    static const uint8_t no_bits[16];

    if (!(style->is_openflow10 || (a->is_for_all && f->needs)) ||
        memcmp(v->mask, no_bits, f->size) == 0)
        return false;
    if (word && is_exact) {
        bool is_mpls = f->needs == NEEDS_MPLS; /* ovs-ofctl's taste */

        fprintf(out, is_mpls ? "%s(" : "%s:", word);
        text_value_write(out, style, f, v);
        fputs(is_mpls ? ")" : "", out);
    } else if (f->id == FIELD_IP_DSCP && is_exact) {
        fprintf(out, "mod_nw_tos:%" PRIu64, number << 2);
    } else if (f->id == FIELD_VLAN_VID && is_exact && number & VLAN_PRESENT) {
        fprintf(out, "mod_vlan_vid:%" PRIu64, number & 0xfff);
    } else if (f->id == FIELD_VLAN_PCP && is_exact) {
        fprintf(out, "mod_vlan_pcp:%" PRIu64, number);
    } else {
        write_loads(out, f, v);
    }
    return true;
}

static void write_move(FILE *out, const struct flow_action *action)
{
    const struct action_move m = action_move_of(action);
    const struct text_subfield source =
        text_subfield_of(m.source_field, m.source_bit, m.bits);
    const struct text_subfield target =
        text_subfield_of(m.target_field, m.target_bit, m.bits);

    fputs("move:", out);
    text_subfield_write(out, &source);
    fputs("->", out);
    text_subfield_write(out, &target);
}

bool text_set_is_joined(const struct flow_action *action)
{
    uint16_t value, mask;

    return action->type == ACTION_SET_FIELD &&
           action->form & ACTION_FORM_JOINED &&
           (action->is_for_all || action_sets_tci(action, &value, &mask));
}

void text_set_write(FILE *out, const struct text_style *style,
                    const struct flow_action *action)
{
    bool is_load = action->form & ACTION_FORM_LOAD;
    const struct field *f;
    struct text_value v;
    uint16_t tci, mask;

    if (action->type == ACTION_MOVE) {
        write_move(out, action);
        return;
    }
    if (action_tag_of(action, &tci, &mask) ||
        action_sets_tci(action, &tci, &mask)) {
        is_load |= action->type != ACTION_SET_FIELD;
        write_tci(out, tci, mask, is_load || style->is_openflow10);
        return;
    }
    f = field_by_id(action->field);
    memcpy(v.value, action_value(action), sizeof(v.value));
    memcpy(v.mask, action_mask(action), sizeof(v.mask));
    if (is_load) {
        write_loads(out, f, &v);
        return;
    }
    if (write_as_openflow10(out, style, action, &v))
        return;
    fputs("set_field:", out);
    text_value_write(out, style, f, &v);
    fprintf(out, "->%s", text_subfield_name(f));
}
