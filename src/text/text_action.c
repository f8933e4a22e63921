/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_action.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/suggest.h"
#include "flow/port_no.h"
#include "text/text_learn.h"
#include "text/text_unknown.h"

enum {
    WORD_SIZE = 64,
    NOTE_MAX = 238, /* two less than a multiple of eight */
    MAX_LEN_ALL = 0xffff,
    TABLE_SAME = 0xff, /* resubmit: the table that it is in */
};

/* Other words for actions, which are only read. */
static const struct {
    const char *word;
    enum action_type type;
} aliases[] = {
    {"set_vlan_pcp", ACTION_SET_VLAN_PCP},
    {"set_nw_ttl", ACTION_SET_IP_TTL},
    {"dec_nw_ttl", ACTION_DEC_IP_TTL},
};

/* The word 'i' and the type of an action that has no argument, or one number,
 * with the words of types first; NULL: that is no such action. */
static const char *word_of(size_t i, enum action_type *type)
{
    bool is_alias = i >= ACTION_TYPE_COUNT;
    const struct action_row *row;

    *type =
        is_alias ? aliases[i - ACTION_TYPE_COUNT].type : (enum action_type)i;
    row = action_row(*type);
    if (row->notation == NOTATION_OWN)
        return NULL;
    return is_alias ? aliases[i - ACTION_TYPE_COUNT].word : row->word;
}

enum { WORD_COUNT = ACTION_TYPE_COUNT + ARRAY_SIZE(aliases) };

static bool read_plain(const struct text_parse *parse, enum action_type type,
                       const char *word, const struct text_item *item,
                       struct action_list *l)
{
    uint32_t max = action_row(type)->max;
    uint64_t number = 0;

    if (!max && item->value.size)
        return text_fail_at(parse->error, item->key, "takes no argument");
    if (max && !text_number(item->value, max, &number))
        return text_fail(parse->error, "%s: takes a number from 0 to %u", word,
                         max);
    action_list_add(l, (struct flow_action){.type = (uint8_t)type,
                                            .port = (uint32_t)number});
    return true;
}

static bool add_output(struct action_list *l, uint32_t port_no,
                       uint64_t max_len)
{
    action_list_add(l, (struct flow_action){.type = ACTION_OUTPUT,
                                            .max_len = (uint16_t)max_len,
                                            .port = port_no});
    return true;
}

/* "output:FIELD": the port that the field is the number of. */
static bool read_output_reg(const struct text_parse *parse,
                            struct text_span span, struct action_list *l)
{
    const struct flow_match unknown = {.key = {.word = {0}}};
    const struct text_parse quiet = {.names = parse->names,
                                     .error = &(struct text_error){""}};
    struct text_subfield from;
    struct action_move source;

    if (!text_subfield_read(&quiet, &unknown, span, &from) || from.bits > 64)
        return false;
    source = (struct action_move){
        .source_field = (uint16_t)from.field->id,
        .source_bit = (uint16_t)from.start,
        .bits = (uint16_t)from.bits,
    };
    action_list_add_move(
        l,
        (struct flow_action){.type = ACTION_OUTPUT_REG, .max_len = MAX_LEN_ALL},
        &source);
    return true;
}

static bool read_output(const struct text_parse *parse,
                        const struct text_item *item, struct action_list *l)
{
    uint32_t port_no;

    if (!text_read_port(item->value, parse->names, &port_no)) {
        if (item->has_value && read_output_reg(parse, item->value, l))
            return true;
        text_fail_at(parse->error, item->value, "no such port");
        return text_fail_under(parse->error, item->key);
    }
    return add_output(l, port_no,
                      port_no == PORT_NO_CONTROLLER ? MAX_LEN_ALL : 0);
}

/* "controller", "controller:128" or "controller(max_len=128)".  Other words in
 * the parentheses are taken where they ask for what happens anyway. */
static bool read_controller(const struct text_parse *parse,
                            const struct text_item *item, struct action_list *l)
{
    struct text_span rest = item->value;
    struct text_item word;
    uint64_t max_len = MAX_LEN_ALL, id;

    if (text_number(item->value, MAX_LEN_ALL, &max_len))
        return add_output(l, PORT_NO_CONTROLLER, max_len);
    while (text_next(&rest, &word)) {
        bool is_good = false;

        if (text_is(word.key, "max_len"))
            is_good = text_number(word.value, MAX_LEN_ALL, &max_len);
        else if (text_is(word.key, "reason"))
            is_good = text_is(word.value, "action");
        else if (text_is(word.key, "id"))
            is_good = text_number(word.value, 0xffff, &id) && id == 0;
        if (!is_good)
            return text_fail_at(parse->error, word.key,
                                "not what a controller action can say here");
    }
    return add_output(l, PORT_NO_CONTROLLER, max_len);
}

/* "enqueue:PORT:QUEUE" or "enqueue(PORT,QUEUE)" */
static bool read_enqueue(const struct text_parse *parse,
                         const struct text_item *item, struct action_list *l)
{
    struct text_span port = item->value, queue;
    uint32_t port_no;
    uint64_t number;

    if (!text_cut(&port, ":", &queue) && !text_cut(&port, ",", &queue))
        return text_fail_at(parse->error, item->key,
                            "is written enqueue:PORT:QUEUE");
    if (!text_read_port(port, parse->names, &port_no))
        return text_fail_at(parse->error, port, "no such port");
    if (!text_number(queue, UINT32_MAX, &number))
        return text_fail_at(parse->error, queue, "not a queue's number");
    action_list_add(l, (struct flow_action){.type = ACTION_ENQUEUE,
                                            .port = port_no,
                                            .enqueue_queue = (uint32_t)number});
    return true;
}

/* "resubmit:PORT" or "resubmit([PORT],[TABLE])" */
static bool read_resubmit(const struct text_parse *parse,
                          const struct text_item *item, struct action_list *l)
{
    struct text_span port = item->value, table = {port.at, 0};
    uint32_t port_no = PORT_NO_IN_PORT;
    uint64_t number = TABLE_SAME;

    text_cut(&port, ",", &table);
    if (!port.size && !table.size)
        return text_fail_at(parse->error, item->key,
                            "is written resubmit:PORT or resubmit(PORT,TABLE)");
    if (port.size && !text_read_port(port, parse->names, &port_no))
        return text_fail_at(parse->error, port, "no such port");
    if (table.size && !text_number(table, 0xff, &number))
        return text_fail_at(parse->error, table, "not a table's number");
    action_list_add(l, (struct flow_action){.type = ACTION_RESUBMIT,
                                            .port = port_no,
                                            .table = (uint32_t)number});
    return true;
}

/* The queue of set_queue is no longer set. */
static bool read_pop_queue(const struct text_parse *parse,
                           const struct text_item *item, struct action_list *l)
{
    if (item->value.size)
        return text_fail_at(parse->error, item->key, "takes no argument");
    action_list_add(l, (struct flow_action){.type = ACTION_SET_QUEUE,
                                            .queue = ACTION_QUEUE_NONE});
    return true;
}

/* "dec_ttl(0)" tells the controllers without a number of their own, which all
 * are. */
static bool read_dec_ttl(const struct text_parse *parse,
                         const struct text_item *item, struct action_list *l)
{
    if (item->value.size && !text_is(item->value, "0"))
        return text_fail_at(parse->error, item->value,
                            "dec_ttl tells no other controllers than 0");
    action_list_add(l, (struct flow_action){.type = ACTION_DEC_IP_TTL});
    return true;
}

static void add_note(struct action_list *l, const uint8_t *bytes, size_t size)
{
    size_t cells = (size + 15) / 16;

    action_list_add(l, (struct flow_action){.type = ACTION_NOTE,
                                            .extra = (uint8_t)cells,
                                            .max_len = (uint16_t)size});
    for (size_t i = 0; i < cells; i++) {
        union action_operand cell;

        memcpy(cell.bytes, bytes + 16 * i, sizeof(cell.bytes));
        action_list_add(l, cell.cell);
    }
}

/* Bytes in hex that dots may part.  Zeros fill the note up to the size that it
 * has in a message, which is two less than a multiple of eight. */
static bool read_note(const struct text_parse *parse,
                      const struct text_item *item, struct action_list *l)
{
    uint8_t bytes[NOTE_MAX + 16] = {0};
    struct text_span in = item->value, begin = in, word;
    size_t size = 0;

    if (text_cut(&begin, ACTION_NOTE_UNSAID, &word))
        return text_fail_at(parse->error, word,
                            "the flow was shown in a version that cannot say "
                            "this");

    for (size_t i = 0; i < in.size; i += 2) {
        unsigned byte;
        char pair[3] = "";

        if (in.at[i] == '.' && i)
            i++;
        if (i + 1 < in.size)
            memcpy(pair, in.at + i, 2);
        if (size >= NOTE_MAX || !isxdigit((unsigned char)pair[0]) ||
            !isxdigit((unsigned char)pair[1]) ||
            sscanf(pair, "%2x", &byte) != 1)
            return text_fail_at(parse->error, item->value,
                                "a note is some bytes in hex");
        bytes[size++] = (uint8_t)byte;
    }
    add_note(l, bytes, (size + 2 + 7) / 8 * 8 - 2);
    return true;
}

static const struct {
    const char *word;
    bool (*read)(const struct text_parse *, const struct text_item *,
                 struct action_list *);
} readers[] = {
    /* clang-format off */
    {"output",     read_output    },
    {"controller", read_controller},
    {"enqueue",    read_enqueue   },
    {"resubmit",   read_resubmit  },
    {"pop_queue",  read_pop_queue },
    {"dec_ttl",    read_dec_ttl   },
    {"note",       read_note      },
    /* clang-format on */
};

enum { READER_COUNT = ARRAY_SIZE(readers) };

/* A port by itself is where to send the packet. */
static bool read_bare_port(const struct text_parse *parse,
                           const struct text_item *item, struct action_list *l)
{
    struct text_item output = {.key = item->key, .value = item->key};
    struct text_parse quiet = {.names = parse->names,
                               .error = &(struct text_error){""}};

    return !item->has_value && read_output(&quiet, &output, l);
}

static bool fail_unknown(const struct text_parse *parse, struct text_span word)
{
    char name[WORD_SIZE];
    struct suggestion near;
    enum action_type type;

    if (text_unknown_action(parse->error, word))
        return false;
    if (!text_copy(word, name, sizeof(name)))
        return text_fail_at(parse->error, word, "unknown action");
    near = suggest_for(name);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        const char *known = word_of(i, &type);

        if (known)
            suggest_try(&near, known);
    }
    for (size_t i = 0; i < READER_COUNT; i++)
        suggest_try(&near, readers[i].word);
    suggest_try(&near, "learn");
    text_set_try_words(&near);
    return text_fail(parse->error,
                     near.best ? "%s: neither an action nor a port; perhaps %s"
                               : "%s: neither an action nor a port",
                     name, near.best);
}

bool text_action_read_item(const struct text_parse *parse,
                           const struct flow_match *match,
                           const struct text_item *item, struct action_list *l)
{
    enum text_outcome outcome;
    enum action_type type;

    if (item->is_open)
        return text_fail_at(parse->error, item->key,
                            "a parenthesis or quote does not close");
    if (text_is_like(item->key, "learn"))
        return text_learn_read(parse, match, item, l);
    for (size_t i = 0; i < READER_COUNT; i++) {
        if (text_is_like(item->key, readers[i].word))
            return readers[i].read(parse, item, l);
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        const char *word = word_of(i, &type);

        if (word && text_is_like(item->key, word))
            return read_plain(parse, type, word, item, l);
    }
    outcome = text_set_read(parse, match, item, l);
    if (outcome != TEXT_NOT_MINE)
        return outcome == TEXT_TAKEN;
    return read_bare_port(parse, item, l) || fail_unknown(parse, item->key);
}

bool text_action_read(const struct text_parse *parse,
                      const struct flow_match *match, struct text_span text,
                      struct action_list *l)
{
    struct text_item item;
    bool is_drop = false;

    while (text_next(&text, &item)) {
        if (text_is_like(item.key, "drop"))
            is_drop = true;
        else if (!text_action_read_item(parse, match, &item, l))
            return false;
    }
    return !is_drop || !l->count ||
           text_fail(parse->error, "drop: cannot stand with other actions");
}

static void write_output(FILE *out, const struct text_style *style,
                         const struct flow_action *a)
{
    if (a->port == PORT_NO_CONTROLLER) {
        fprintf(out, "CONTROLLER:%u", a->max_len);
        return;
    }
    if (a->port < PORT_NO_IN_PORT || a->port == PORT_NO_ANY)
        fputs("output:", out);
    text_write_port(out, a->port, style->names);
}

static void write_output_reg(FILE *out, const struct flow_action *a)
{
    const struct action_move source = action_move_of(a);
    const struct text_subfield from =
        text_subfield_of(source.source_field, source.source_bit, source.bits);

    fputs("output:", out);
    text_subfield_write(out, &from);
}

static void write_resubmit(FILE *out, const struct text_style *style,
                           const struct flow_action *a)
{
    bool is_here = a->table == TABLE_SAME;

    fputs(is_here ? "resubmit:" : "resubmit(", out);
    if (a->port != PORT_NO_IN_PORT || is_here)
        text_write_port(out, a->port, style->names);
    if (!is_here)
        fprintf(out, ",%u)", a->table);
}

static void write_note(FILE *out, const struct flow_action *a)
{
    const uint8_t *bytes = action_value(a);
    size_t room = (size_t)16 * a->extra;
    char word[ACTION_WORD_SIZE];

    if (action_is_unsaid(a, word)) {
        fprintf(out, "note(%s%s)", ACTION_NOTE_UNSAID, word);
        return;
    }
    fputs("note:", out);
    for (size_t i = 0; i < a->max_len && i < room; i++)
        fprintf(out, "%s%02x", i ? "." : "", bytes[i]);
}

static void write_plain(FILE *out, enum action_type type, uint32_t number)
{
    const struct action_row *row = action_row(type);

    assert(row->notation != NOTATION_OWN);
    if (!row->max)
        fputs(row->word, out);
    else if (row->notation == NOTATION_HEX)
        fprintf(out, "%s:0x%04x", row->word, number);
    else if (row->notation == NOTATION_PARENTHESES)
        fprintf(out, "%s(%u)", row->word, number);
    else
        fprintf(out, "%s:%u", row->word, number);
}

/* OpenFlow 1.0 and later ones have a word each for taking a VLAN tag off. */
static enum action_type type_in(const struct text_style *style,
                                enum action_type type)
{
    if (type == ACTION_STRIP_VLAN && !style->is_openflow10)
        return ACTION_POP_VLAN;
    if (type == ACTION_POP_VLAN && style->is_openflow10)
        return ACTION_STRIP_VLAN;
    return type;
}

static void write_one(FILE *out, const struct text_style *style,
                      const struct flow_action *a)
{
    enum action_type type = type_in(style, a->type);
    uint16_t tci, mask;

    if (action_tag_of(a, &tci, &mask)) {
        text_set_write(out, style, a);
        return;
    }

    switch (a->type) {
    case ACTION_OUTPUT:
        write_output(out, style, a);
        return;
    case ACTION_ENQUEUE:
        fputs("enqueue:", out);
        text_write_port(out, a->port, style->names);
        fprintf(out, ":%u", a->enqueue_queue);
        return;
    case ACTION_RESUBMIT:
        write_resubmit(out, style, a);
        return;
    case ACTION_NOTE:
        write_note(out, a);
        return;
    case ACTION_OUTPUT_REG:
        write_output_reg(out, a);
        return;
    case ACTION_LEARN:
        text_learn_write(out, style, a);
        return;
    case ACTION_SET_QUEUE:
        if (a->queue == ACTION_QUEUE_NONE) {
            fputs("pop_queue", out);
            return;
        }
        break;
    case ACTION_SET_FIELD:
    case ACTION_MOVE:
        text_set_write(out, style, a);
        return;
    case ACTION_SET_IP_TTL:
        if (style->is_openflow10) {
            fputs("load:", out);
            text_write_hex(out, a->ttl);
            fputs("->NXM_NX_IP_TTL[]", out);
            return;
        }
        break;
    default:
        break;
    }
    write_plain(out, type, a->port);
}

void text_action_write(FILE *out, const struct text_style *style,
                       const struct flow_action *cells, size_t count)
{
    const struct flow_action *end = action_end(cells, count), *a, *next;

    for (a = cells; a < end; a = next) {
        next = action_next(a);
        if (a > cells)
            putc(',', out);
        write_one(out, style, a);
        if (text_set_is_joined(a))
            next = action_next(next);
    }
}
