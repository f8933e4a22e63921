#include "flow/text_set.h"

#include <inttypes.h>
#include <string.h>

/* Words that set one field to a value in the field's own notation. */
static const struct {
    const char *word;
    enum field_id id;
} setters[] = {
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
    {"set_vlan_pcp",   FIELD_VLAN_PCP  },
    {"set_mpls_label", FIELD_MPLS_LABEL},
    {"set_mpls_tc",    FIELD_MPLS_TC   },
    {"set_tunnel",     FIELD_TUNNEL_ID },
    {"set_tunnel64",   FIELD_TUNNEL_ID },
};

enum { SETTER_COUNT = sizeof(setters) / sizeof(setters[0]) };

static enum text_outcome outcome(bool is_read)
{
    return is_read ? TEXT_TAKEN : TEXT_REFUSED;
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
    action_list_set_field(l, f, v.value, v.mask);
    return true;
}

/* The whole byte, whose upper six bits are DSCP; ECN stays as it is. */
static bool read_mod_nw_tos(const struct text_parse *parse,
                            const struct flow_match *match,
                            struct text_span span, struct action_list *l)
{
    uint64_t tos;
    uint8_t dscp;

    (void)match;
    if (!text_number(span, 0xff, &tos) || tos & 3)
        return text_fail_at(parse->error, span,
                            "the type of service is 0 to 252, by fours");
    dscp = (uint8_t)(tos >> 2);
    action_list_set_field(l, field_by_id(FIELD_IP_DSCP), &dscp, NULL);
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

/* OpenFlow 1.3.5 7.2.5: set_field sets a VLAN of frames that have a tag. */
static bool is_vid_without_tag(const struct field *f,
                               const struct text_value *v)
{
    return f->id == FIELD_VLAN_VID && text_value_is_exact(f, v->mask) &&
           !(text_value_number(f, v->value) & VLAN_PRESENT);
}

static bool read_set_field(const struct text_parse *parse,
                           const struct flow_match *match,
                           struct text_span span, struct action_list *l)
{
    struct text_span what = span, name;
    struct text_subfield target;
    struct text_value v;

    /* The one key that set_field has for a part of a byte. */
    if (text_cut(&what, "->", &name) && text_is(name, "nw_tos"))
        return read_mod_nw_tos(parse, match, what, l);
    what = span;
    if (!read_target(parse, match, &what, &target))
        return false;
    if (!text_subfield_is_whole(&target))
        return text_fail_at(parse->error, span,
                            "set_field sets a whole field; load sets bits");
    if (!text_value_read(parse, target.field, what, &v))
        return text_fail_under(parse->error, text_span_of("set_field"));
    if (is_vid_without_tag(target.field, &v))
        return text_fail_at(parse->error, span,
                            "a VLAN is set with the bit 0x1000");
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

static bool read_load(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span span,
                      struct action_list *l)
{
    struct text_value v = {.value = {0}};
    struct text_subfield target;
    uint64_t number;

    if (!read_target(parse, match, &span, &target))
        return false;
    if (target.bits > 64)
        return text_fail_at(parse->error, span,
                            "load sets at most 64 bits at once");
    if (!text_number(span, UINT64_MAX >> (64 - target.bits), &number))
        return text_fail_at(parse->error, span,
                            "not a number that these bits can hold");
    put_bits(target.field, v.value, &target, number);
    put_bits(target.field, v.mask, &target, UINT64_MAX);
    action_list_set_field(l, target.field, v.value, v.mask);
    return true;
}

/* The operand cell of a MOVE. */
union move_cell {
    struct flow_action cell;
    struct action_move move;
};

_Static_assert(sizeof(union move_cell) == sizeof(struct flow_action),
               "one operand");

static bool read_move(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span span,
                      struct action_list *l)
{
    struct text_subfield source, target;
    union move_cell operand;

    if (!read_target(parse, match, &span, &target) ||
        !text_subfield_read(parse, match, span, &source))
        return false;
    if (source.bits != target.bits)
        return text_fail_at(parse->error, span,
                            "source and target have not as many bits");
    operand.move = (struct action_move){
        .source_field = (uint16_t)source.field->id,
        .target_field = (uint16_t)target.field->id,
        .source_bit = (uint16_t)source.start,
        .target_bit = (uint16_t)target.start,
        .bits = (uint16_t)source.bits,
    };
    action_list_add(l, (struct flow_action){.type = ACTION_MOVE, .extra = 1});
    action_list_add(l, operand.cell);
    return true;
}

static const struct {
    const char *word;
    bool (*read)(const struct text_parse *, const struct flow_match *,
                 struct text_span, struct action_list *);
} readers[] = {
    {"set_field",    read_set_field   },
    {"load",         read_load        },
    {"move",         read_move        },
    {"mod_nw_tos",   read_mod_nw_tos  },
    {"set_vlan_vid", read_set_vlan_vid},
};

enum { READER_COUNT = sizeof(readers) / sizeof(readers[0]) };

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

void text_set_try_words(struct nearest *near)
{
    for (size_t i = 0; i < READER_COUNT; i++)
        nearest_try(near, readers[i].word);
    for (size_t i = 0; i < SETTER_COUNT; i++)
        nearest_try(near, setters[i].word);
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
        struct text_subfield run = {f, bit, 0};
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

/* OpenFlow 1.0 has actions for some fields.  Returns the word, or NULL. */
static const char *word_in_openflow10(const struct field *f,
                                      const struct text_value *v)
{
    if (!text_value_is_exact(f, v->mask))
        return NULL;
    for (size_t i = 0; i < SETTER_COUNT; i++) {
        if (setters[i].id == f->id && f->id != FIELD_IP_ECN &&
            strncmp(setters[i].word, "mod_", 4) == 0)
            return setters[i].word;
    }
    return NULL;
}

/* Returns false if the style has no other form than set_field. */
static bool write_as_openflow10(FILE *out, const struct text_style *style,
                                const struct field *f,
                                const struct text_value *v)
{
    uint64_t number = f->size == 16 ? 0 : text_value_number(f, v->value);
    const char *word = word_in_openflow10(f, v);
    bool is_exact = text_value_is_exact(f, v->mask);

    static const uint8_t no_bits[16];

    if (!style->is_openflow10 || memcmp(v->mask, no_bits, f->size) == 0)
        return false;
    if (word) {
        fprintf(out, "%s:", word);
        text_value_write(out, style, f, v);
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
    union move_cell operand = {.cell = action[1]};
    const struct action_move *m = &operand.move;
    struct text_subfield source = {field_by_id(m->source_field), m->source_bit,
                                   m->bits};
    struct text_subfield target = {field_by_id(m->target_field), m->target_bit,
                                   m->bits};

    fputs("move:", out);
    text_subfield_write(out, &source);
    fputs("->", out);
    text_subfield_write(out, &target);
}

void text_set_write(FILE *out, const struct text_style *style,
                    const struct flow_action *action)
{
    const struct field *f;
    struct text_value v;

    if (action->type == ACTION_MOVE) {
        write_move(out, action);
        return;
    }
    f = field_by_id(action->field);
    memcpy(v.value, action_value(action), sizeof(v.value));
    memcpy(v.mask, action_mask(action), sizeof(v.mask));
    if (write_as_openflow10(out, style, f, &v))
        return;
    if (is_vid_without_tag(f, &v)) {
        write_loads(out, f, &v);
        return;
    }
    fputs("set_field:", out);
    text_value_write(out, style, f, &v);
    fprintf(out, "->%s", text_subfield_name(f));
}
