/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_flow.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/suggest.h"
#include "text/text_unknown.h"

enum { WORD_SIZE = 64, TABLE_MAX = 254, TABLE_ANY = 255 };

/* Instructions, in the order that they must be written in. */
enum rank {
    RANK_METER,
    RANK_APPLY,
    RANK_CLEAR,
    RANK_WRITE,
    RANK_METADATA,
    RANK_GOTO,
};

static const char *const ranked[] = {
    "meter",         "an action",      "clear_actions",
    "write_actions", "write_metadata", "goto_table",
};

/* What has been read of a list so far. */
struct reading {
    const struct text_parse *parse;
    const struct flow_match *match;
    struct flow_instructions *to;
    struct action_list apply, write;
    enum rank last;
    bool is_drop, has_item;
};

static bool read_metadata(struct reading *r, struct text_span span)
{
    struct text_span mask_text;
    uint64_t value, mask = UINT64_MAX;

    if ((text_cut(&span, "/", &mask_text) &&
         !text_number(mask_text, UINT64_MAX, &mask)) ||
        !text_number(span, UINT64_MAX, &value))
        return text_fail(r->parse->error,
                         "write_metadata: is written VALUE or VALUE/MASK");
    r->to->has_metadata = true;
    r->to->metadata = htobe64(value & mask);
    r->to->metadata_mask = htobe64(mask);
    return true;
}

static bool read_instruction(struct reading *r, enum rank rank,
                             const struct text_item *item)
{
    uint64_t number;

    switch (rank) {
    case RANK_METER:
        if (!text_number(item->value, UINT32_MAX, &number))
            return text_fail_at(r->parse->error, item->value,
                                "not a meter's number");
        r->to->has_meter = true;
        r->to->meter = (uint32_t)number;
        return true;
    case RANK_APPLY:
        r->to->has_apply = true;
        return text_action_read_item(r->parse, r->match, item, &r->apply);
    case RANK_CLEAR:
        r->to->has_clear = true;
        return !item->value.size ||
               text_fail_at(r->parse->error, item->key, "takes no argument");
    case RANK_WRITE:
        r->to->has_write = true;
        if (!item->has_value)
            return text_fail_at(r->parse->error, item->key,
                                "is written write_actions(ACTIONS)");
        return text_action_read(r->parse, r->match, item->value, &r->write);
    case RANK_METADATA:
        return read_metadata(r, item->value);
    case RANK_GOTO:
        if (!text_number(item->value, TABLE_MAX, &number))
            return text_fail_at(r->parse->error, item->value,
                                "goto_table takes a table from 0 to 254");
        r->to->has_goto = true;
        r->to->goto_table = (uint8_t)number;
        return true;
    }
    return false;
}

/* A meter is an instruction where it comes first; later it is an action. */
static enum rank rank_of(const struct reading *r, const struct text_item *item)
{
    if (!r->has_item && text_is_like(item->key, "meter"))
        return RANK_METER;
    for (enum rank rank = RANK_CLEAR; rank <= RANK_GOTO; rank++) {
        if (text_is_like(item->key, ranked[rank]))
            return rank;
    }
    return RANK_APPLY;
}

static bool read_item(struct reading *r, const struct text_item *item)
{
    enum rank rank;

    if (item->is_open)
        return text_fail_at(r->parse->error, item->key,
                            "a parenthesis or quote does not close");
    if (text_is_like(item->key, "drop")) {
        r->is_drop = true;
        return true;
    }
    rank = rank_of(r, item);
    if (r->has_item && rank == r->last && rank != RANK_APPLY)
        return text_fail_at(r->parse->error, item->key, "is there twice");
    if (r->has_item && rank < r->last)
        return text_fail(r->parse->error, "%.*s: must stand before %s",
                         (int)item->key.size, item->key.at, ranked[r->last]);
    r->last = rank;
    r->has_item = true;
    return read_instruction(r, rank, item);
}

static bool read_instructions(const struct text_parse *parse,
                              const struct flow_match *match,
                              struct text_span text,
                              struct flow_instructions *i)
{
    struct flow_instructions read = {.cells = NULL};
    struct reading r = {.parse = parse, .match = match, .to = &read};
    enum flow_error error = FLOW_OK;
    struct text_item item;
    bool is_good = true;

    while (is_good && text_next(&text, &item))
        is_good = read_item(&r, &item);
    if (is_good && r.is_drop && r.has_item)
        is_good =
            text_fail(parse->error, "drop: cannot stand with other actions");
    if (is_good)
        error = flow_instructions_join(&read, &r.apply, &r.write);
    if (error)
        is_good = text_fail(parse->error, "%s", flow_error_text(error));
    action_list_clear(&r.apply);
    action_list_clear(&r.write);
    if (is_good) {
        flow_instructions_clear(i);
        *i = read;
    }
    return is_good;
}

/* Which commands a keyword may stand with. */
enum {
    FOR_ADD = 1 << FLOW_MOD_ADD,
    FOR_MODIFY = 1 << FLOW_MOD_MODIFY | 1 << FLOW_MOD_MODIFY_STRICT,
    FOR_DELETE = 1 << FLOW_MOD_DELETE | 1 << FLOW_MOD_DELETE_STRICT,
    FOR_ENTRY = FOR_ADD | FOR_MODIFY,
    FOR_PRIORITY = FOR_ENTRY | 1 << FLOW_MOD_DELETE_STRICT,
    FOR_ALL = FOR_ENTRY | FOR_DELETE,
};

static bool read_u16(const struct text_parse *parse,
                     const struct text_item *item, uint16_t *number)
{
    uint64_t wide;

    if (!text_read_number(parse, item, UINT16_MAX, &wide))
        return false;
    *number = (uint16_t)wide;
    return true;
}

static bool read_priority(const struct text_parse *parse,
                          const struct text_item *item, struct flow_mod *mod)
{
    return read_u16(parse, item, &mod->priority);
}

static bool read_idle_timeout(const struct text_parse *parse,
                              const struct text_item *item,
                              struct flow_mod *mod)
{
    return read_u16(parse, item, &mod->idle_timeout_s);
}

static bool read_hard_timeout(const struct text_parse *parse,
                              const struct text_item *item,
                              struct flow_mod *mod)
{
    return read_u16(parse, item, &mod->hard_timeout_s);
}

static bool read_importance(const struct text_parse *parse,
                            const struct text_item *item, struct flow_mod *mod)
{
    return read_u16(parse, item, &mod->importance);
}

static bool read_table(const struct text_parse *parse,
                       const struct text_item *item, struct flow_mod *mod)
{
    uint64_t number;

    if (!text_read_number(parse, item, TABLE_ANY, &number))
        return false;
    mod->table = (uint8_t)number;
    return true;
}

static bool read_out_port(const struct text_parse *parse,
                          const struct text_item *item, struct flow_mod *mod)
{
    if (text_read_port(item->value, parse->names, &mod->out_port))
        return true;
    text_fail_at(parse->error, item->value, "no such port");
    return text_fail_under(parse->error, item->key);
}

static bool read_out_group(const struct text_parse *parse,
                           const struct text_item *item, struct flow_mod *mod)
{
    uint64_t number;

    if (!text_read_number(parse, item, UINT32_MAX, &number))
        return false;
    mod->out_group = (uint32_t)number;
    return true;
}

/* With a mask it asks for a cookie, without one it gives one. */
static bool read_cookie(const struct text_parse *parse,
                        const struct text_item *item, struct flow_mod *mod)
{
    struct text_span value = item->value, mask;
    bool is_masked = text_cut(&value, "/", &mask);

    if (!text_number(value, UINT64_MAX, &mod->cookie))
        return text_fail_at(parse->error, item->value, "not a cookie");
    mod->cookie_mask = is_masked ? UINT64_MAX : 0;
    if (is_masked && !text_is(mask, "-1") &&
        !text_number(mask, UINT64_MAX, &mod->cookie_mask))
        return text_fail_at(parse->error, mask, "not a mask for a cookie");
    if (is_masked && mod->command == FLOW_MOD_ADD)
        return text_fail_at(parse->error, item->value,
                            "a new flow's cookie has no mask");
    if (!is_masked && 1 << mod->command & FOR_DELETE)
        return text_fail(parse->error,
                         "cookie=%.*s: to ask for a cookie give it a mask, as "
                         "in cookie=5/-1",
                         (int)item->value.size, item->value.at);
    mod->sets_cookie = !is_masked && 1 << mod->command & FOR_MODIFY;
    return true;
}

/* Counters of a listing that is read again say nothing of the new flow. */
static bool read_nothing(const struct text_parse *parse,
                         const struct text_item *item, struct flow_mod *mod)
{
    (void)parse;
    (void)item;
    (void)mod;
    return true;
}

static const struct {
    const char *word;
    unsigned commands;
    bool (*read)(const struct text_parse *, const struct text_item *,
                 struct flow_mod *);
} keywords[] = {
    /* clang-format off */
    {"table",        FOR_ALL,      read_table       },
    {"cookie",       FOR_ALL,      read_cookie      },
    {"priority",     FOR_PRIORITY, read_priority    },
    {"idle_timeout", FOR_ENTRY,    read_idle_timeout},
    {"hard_timeout", FOR_ENTRY,    read_hard_timeout},
    {"importance",   FOR_ADD,      read_importance  },
    {"out_port",     FOR_DELETE,   read_out_port    },
    {"out_group",    FOR_DELETE,   read_out_group   },
    {"duration",     FOR_ENTRY,    read_nothing     },
    {"n_packets",    FOR_ENTRY,    read_nothing     },
    {"n_bytes",      FOR_ENTRY,    read_nothing     },
    {"idle_age",     FOR_ENTRY,    read_nothing     },
    {"hard_age",     FOR_ENTRY,    read_nothing     },
    /* clang-format on */
};

enum { KEYWORD_COUNT = ARRAY_SIZE(keywords) };

/* In the order that they are written in. */
static const struct {
    const char *word;
    uint16_t flag;
} flags[] = {
    /* clang-format off */
    {"send_flow_rem",    FLOW_MOD_SEND_FLOW_REM   },
    {"check_overlap",    FLOW_MOD_CHECK_OVERLAP   },
    {"reset_counts",     FLOW_MOD_RESET_COUNTS    },
    {"no_packet_counts", FLOW_MOD_NO_PACKET_COUNTS},
    {"no_byte_counts",   FLOW_MOD_NO_BYTE_COUNTS  },
    /* clang-format on */
};

enum { FLAG_COUNT = ARRAY_SIZE(flags) };

static bool fail_unknown(const struct text_parse *parse, struct text_span word)
{
    char name[WORD_SIZE];
    struct suggestion near;

    if (text_unknown_field(parse->error, word))
        return false;
    if (!text_copy(word, name, sizeof(name)))
        return text_fail_at(parse->error, word, "unknown keyword");
    near = suggest_for(name);
    for (size_t i = 0; i < KEYWORD_COUNT; i++)
        suggest_try(&near, keywords[i].word);
    for (size_t i = 0; i < FLAG_COUNT; i++)
        suggest_try(&near, flags[i].word);
    for (enum field_id id = 0; id < FIELD_COUNT; id++)
        suggest_try(&near, field_by_id(id)->name);
    return text_fail(parse->error,
                     near.best ? "%s: unknown keyword, perhaps %s"
                               : "%s: unknown keyword",
                     name, near.best);
}

/* Reads an item that is neither the match's nor the actions. */
static bool read_keyword(const struct text_parse *parse,
                         const struct text_item *item, struct flow_mod *mod)
{
    unsigned command = 1u << mod->command;

    /* Of ovs-ofctl, whose switch may have entries and tables like these. */
    if (!item->has_value && (text_is(item->key, "allow_hidden_fields") ||
                             text_is(item->key, "no_readonly_table")))
        return true;
    for (size_t i = 0; i < FLAG_COUNT && !item->has_value; i++) {
        if (text_is(item->key, flags[i].word) && command & FOR_ENTRY) {
            mod->flags |= flags[i].flag;
            return true;
        }
    }
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        if (!text_is(item->key, keywords[i].word))
            continue;
        if (!(command & keywords[i].commands))
            return text_fail_at(parse->error, item->key,
                                "says nothing to this command");
        return keywords[i].read(parse, item, mod);
    }
    return fail_unknown(parse, item->key);
}

/* Takes the items before the actions; these are then in '*actions'. */
static bool read_items(const struct text_parse *parse, struct text_span text,
                       struct text_match *match, struct text_span *actions,
                       struct flow_mod *mod)
{
    const char *end = text.at + text.size;
    struct text_item item;

    *actions = (struct text_span){NULL, 0};
    while (!actions->at && text_next(&text, &item)) {
        bool has_actions = item.has_value && (text_is(item.key, "actions") ||
                                              text_is(item.key, "action"));

        if (has_actions)
            *actions = (struct text_span){item.value.at,
                                          (size_t)(end - item.value.at)};
        else if (item.is_open)
            return text_fail_at(parse->error, item.key,
                                "a parenthesis or quote does not close");
        else if (!text_match_take(match, &item) &&
                 !read_keyword(parse, &item, mod))
            return false;
    }
    return true;
}

static bool read_flow(const struct text_parse *parse,
                      enum flow_mod_command command, struct text_span text,
                      struct flow_mod *mod)
{
    bool takes_actions = 1 << command & FOR_ENTRY;
    struct text_match match = {.vlan_tci = {0}};
    struct text_span actions;

    *mod = flow_mod_empty();
    mod->command = command;
    if (command == FLOW_MOD_ADD)
        mod->table = 0;
    if (!read_items(parse, text, &match, &actions, mod) ||
        !text_match_finish(parse, &match, &mod->match))
        return false;
    if (takes_actions && !actions.at)
        return text_fail(parse->error, "lacks actions=...");
    if (!takes_actions && actions.at)
        return text_fail(parse->error, "actions: say nothing to this command");
    return !takes_actions ||
           read_instructions(parse, &mod->match, actions, &mod->instructions);
}

bool text_flow_read(const struct text_parse *parse,
                    enum flow_mod_command command, const char *text,
                    struct flow_mod *mod)
{
    return read_flow(parse, command, text_span_of(text), mod);
}

static const struct {
    const char *word;
    enum flow_mod_command command;
} commands[] = {
    /* clang-format off */
    {"add",           FLOW_MOD_ADD          },
    {"modify",        FLOW_MOD_MODIFY       },
    {"modify_strict", FLOW_MOD_MODIFY_STRICT},
    {"delete",        FLOW_MOD_DELETE       },
    {"delete_strict", FLOW_MOD_DELETE_STRICT},
    /* clang-format on */
};

bool text_flow_read_line(const struct text_parse *parse, const char *line,
                         struct flow_mod *mod, bool *is_blank)
{
    enum flow_mod_command command = FLOW_MOD_ADD;
    struct text_span text = text_span_of(line), comment, rest;
    struct text_item word;

    text_cut(&text, "#", &comment);
    rest = text;
    *is_blank = !text_next(&rest, &word);
    if (*is_blank)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (!word.has_value && text_is(word.key, commands[i].word)) {
            command = commands[i].command;
            text = rest;
        }
    }
    return read_flow(parse, command, text, mod);
}

/* Begins an item of a list. */
static void begin(FILE *out, const char **before)
{
    fputs(*before, out);
    *before = ",";
}

void text_flow_write_instructions(FILE *out, const struct text_style *style,
                                  const struct flow_instructions *i)
{
    const char *before = "";

    if (i->has_meter) {
        begin(out, &before);
        fprintf(out, "meter:%u", i->meter);
    }
    if (i->apply_count) {
        begin(out, &before);
        text_action_write(out, style, instructions_apply(i), i->apply_count);
    }
    if (i->has_clear) {
        begin(out, &before);
        fputs("clear_actions", out);
    }
    if (i->has_write) {
        begin(out, &before);
        fputs("write_actions(", out);
        text_action_write(out, style, instructions_write(i), i->write_count);
        fputs(i->write_count ? ")" : "drop)", out);
    }
    if (i->has_metadata) {
        begin(out, &before);
        fputs("write_metadata:", out);
        text_write_hex(out, be64toh(i->metadata));
        if (i->metadata_mask != UINT64_MAX) {
            putc('/', out);
            text_write_hex(out, be64toh(i->metadata_mask));
        }
    }
    if (i->has_goto) {
        begin(out, &before);
        fprintf(out, "goto_table:%u", i->goto_table);
    }
    if (!*before)
        fputs("drop", out);
}

void text_flow_write(FILE *out, const struct text_style *style,
                     const struct flow_stats *s, bool has_counters)
{
    if (has_counters || s->cookie)
        fprintf(out, "cookie=0x%" PRIx64 ", ", s->cookie);
    if (has_counters) {
        text_write_duration(out, s->duration_s, s->duration_ns);
        fputs(", ", out);
    }
    if (has_counters || s->table)
        fprintf(out, "table=%u, ", s->table);
    if (has_counters && s->packets != UINT64_MAX)
        fprintf(out, "n_packets=%" PRIu64 ", ", s->packets);
    if (has_counters && s->bytes != UINT64_MAX)
        fprintf(out, "n_bytes=%" PRIu64 ", ", s->bytes);
    if (s->idle_timeout_s)
        fprintf(out, "idle_timeout=%u, ", s->idle_timeout_s);
    if (s->hard_timeout_s)
        fprintf(out, "hard_timeout=%u, ", s->hard_timeout_s);
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        if (s->flags & flags[i].flag)
            fprintf(out, "%s ", flags[i].word);
    }
    if (s->importance)
        fprintf(out, "importance=%u, ", s->importance);
    if (has_counters && s->has_idle_age)
        fprintf(out, "idle_age=%u, ", s->idle_age_s);
    /* As ovs-ofctl has it: of one that was changed. */
    if (has_counters && s->has_hard_age && s->hard_age_s != s->duration_s)
        fprintf(out, "hard_age=%u, ", s->hard_age_s);
    if (text_match_write(out, style, s->match, s->priority))
        putc(' ', out);
    fputs("actions=", out);
    text_flow_write_instructions(out, style, s->instructions);
}
