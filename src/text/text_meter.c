/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_meter.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"

enum { PREC_LEVEL_MAX = 63 };

/* Meters that stand for no number of their own. */
static const struct {
    const char *word;
    uint32_t id;
} virtual_meters[] = {
    /* clang-format off */
    {"controller", METER_CONTROLLER},
    {"slowpath",   METER_SLOWPATH  },
    {"all",        METER_ALL       },
    /* clang-format on */
};

enum { VIRTUAL_COUNT = ARRAY_SIZE(virtual_meters) };

/* In the order that they are written in. */
static const struct {
    const char *word;
    uint16_t flag;
} flags[] = {
    /* clang-format off */
    {"kbps",  METER_KBPS },
    {"pktps", METER_PKTPS},
    {"burst", METER_BURST},
    {"stats", METER_STATS},
    /* clang-format on */
};

enum { FLAG_COUNT = ARRAY_SIZE(flags) };

static const struct {
    const char *word;
    uint16_t type;
} bands[] = {
    {"drop", BAND_DROP},
    {"dscp_remark", BAND_DSCP_REMARK},
};

enum { BAND_TYPES = ARRAY_SIZE(bands) };

static bool read_id(const struct text_parse *parse,
                    const struct text_item *item, struct meter_mod *mod)
{
    for (size_t i = 0; i < VIRTUAL_COUNT; i++) {
        if (text_is(item->value, virtual_meters[i].word) &&
            (virtual_meters[i].id != METER_ALL ||
             mod->command == METER_DELETE)) {
            mod->meter_id = virtual_meters[i].id;
            return true;
        }
    }
    if (!text_read_u32(parse, item, METER_MAX, &mod->meter_id))
        return false;
    return mod->meter_id ||
           text_fail(parse->error, "meter: numbers begin with 1");
}

/* What stands before the bands. */
static bool read_head(const struct text_parse *parse, struct text_span text,
                      struct meter_mod *mod)
{
    bool has_id = false;
    struct text_item item;

    while (text_next(&text, &item)) {
        bool is_known = false;

        if (text_is(item.key, "meter")) {
            if (!read_id(parse, &item, mod))
                return false;
            has_id = is_known = true;
        }
        for (size_t i = 0; i < FLAG_COUNT; i++) {
            if (text_is(item.key, flags[i].word) && !item.has_value &&
                mod->command != METER_DELETE) {
                mod->flags |= flags[i].flag;
                is_known = true;
            }
        }
        if (!is_known)
            return text_fail_at(parse->error, item.key,
                                mod->command == METER_DELETE
                                    ? "says nothing to this command"
                                    : "unknown keyword; a meter is meter=N "
                                      "kbps band=type=drop rate=R");
    }
    return has_id || mod->command == METER_DELETE ||
           text_fail(parse->error, "lacks meter=N");
}

static bool begin_band(const struct text_parse *parse,
                       const struct text_item *item, struct meter_mod *mod)
{
    if (mod->band_count == METER_BANDS_MAX)
        return text_fail(parse->error, "has more than %d bands",
                         METER_BANDS_MAX);
    for (size_t i = 0; i < BAND_TYPES; i++) {
        if (text_is(item->value, bands[i].word)) {
            mod->bands[mod->band_count++] =
                (struct meter_band){.type = bands[i].type};
            return true;
        }
    }
    return text_fail_at(parse->error, item->value,
                        "not a band's type; there are drop and dscp_remark");
}

/* One word of the last band so far. */
static bool read_band_item(const struct text_parse *parse,
                           const struct text_item *item, struct meter_mod *mod)
{
    struct meter_band *band = &mod->bands[mod->band_count - 1];
    uint32_t level = 0;

    if (text_is(item->key, "rate"))
        return text_read_u32(parse, item, UINT32_MAX, &band->rate);
    if (text_is(item->key, "burst_size"))
        return text_read_u32(parse, item, UINT32_MAX, &band->burst);
    if (text_is(item->key, "prec_level") && band->type == BAND_DSCP_REMARK) {
        if (!text_read_u32(parse, item, PREC_LEVEL_MAX, &level))
            return false;
        band->prec_level = (uint8_t)level;
        return true;
    }
    return text_fail_at(parse->error, item->key, "says nothing to this band");
}

static bool check_bands(const struct text_parse *parse,
                        const struct meter_mod *mod)
{
    for (size_t i = 0; i < mod->band_count; i++) {
        if (!mod->bands[i].rate)
            return text_fail(parse->error, "band: needs a rate above 0");
        if (mod->bands[i].burst && !(mod->flags & METER_BURST))
            return text_fail(parse->error,
                             "burst_size: needs the word burst before the "
                             "bands");
    }
    return mod->band_count ||
           text_fail(parse->error, "lacks band=type=drop rate=R");
}

static bool read_bands(const struct text_parse *parse, struct text_span text,
                       struct meter_mod *mod)
{
    struct text_item item;

    while (text_next(&text, &item)) {
        bool is_good;

        if (text_is(item.key, "type"))
            is_good = begin_band(parse, &item, mod);
        else if (mod->band_count)
            is_good = read_band_item(parse, &item, mod);
        else
            is_good = text_fail_at(parse->error, item.key,
                                   "a band begins with type=");
        if (!is_good)
            return false;
    }
    return check_bands(parse, mod);
}

bool text_meter_read(const struct text_parse *parse, enum meter_command command,
                     const char *text, struct meter_mod *mod)
{
    struct text_span head = text_span_of(text), rest = {NULL, 0};
    bool has_bands =
        text_cut(&head, "bands=", &rest) || text_cut(&head, "band=", &rest);

    *mod = (struct meter_mod){.command = command, .meter_id = METER_ALL};
    if (!read_head(parse, head, mod))
        return false;
    if (command == METER_DELETE)
        return !has_bands ||
               text_fail(parse->error, "band: says nothing to this command");
    if (!(mod->flags & (METER_KBPS | METER_PKTPS)))
        mod->flags |= METER_KBPS;
    if (mod->flags & METER_KBPS && mod->flags & METER_PKTPS)
        return text_fail(parse->error,
                         "kbps, pktps: a meter counts one or the other");
    return read_bands(parse, rest, mod);
}

static void write_id(FILE *out, uint32_t id)
{
    for (size_t i = 0; i < VIRTUAL_COUNT; i++) {
        if (id == virtual_meters[i].id) {
            fputs(virtual_meters[i].word, out);
            return;
        }
    }
    fprintf(out, "%u", id);
}

static void write_band(FILE *out, const struct meter_mod *mod,
                       const struct meter_band *band)
{
    const char *word = NULL;

    for (size_t i = 0; i < BAND_TYPES; i++)
        if (band->type == bands[i].type)
            word = bands[i].word;
    if (word)
        fprintf(out, "\ntype=%s rate=%u", word, band->rate);
    else
        fprintf(out, "\ntype=%u rate=%u", band->type, band->rate);
    if (mod->flags & METER_BURST)
        fprintf(out, " burst_size=%u", band->burst);
    if (band->type == BAND_DSCP_REMARK)
        fprintf(out, " prec_level=%u", band->prec_level);
}

void text_meter_write(FILE *out, const struct meter_mod *mod)
{
    fputs("meter=", out);
    write_id(out, mod->meter_id);
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (mod->flags & flags[i].flag)
            fprintf(out, " %s", flags[i].word);
    fputs(" bands=", out);
    for (size_t i = 0; i < mod->band_count; i++)
        write_band(out, mod, &mod->bands[i]);
}

void text_meter_write_stats(FILE *out, const struct meter_stats *s)
{
    fputs("meter:", out);
    write_id(out, s->meter_id);
    fprintf(out,
            " flow_count:%u packet_in_count:%" PRIu64 " byte_in_count:%" PRIu64
            " duration:%u.%03us bands:",
            s->flow_count, s->packets, s->bytes, s->duration_s,
            s->duration_ns / 1000000);
    for (size_t i = 0; i < s->band_count; i++)
        fprintf(out, "\n%zu: packet_count:%" PRIu64 " byte_count:%" PRIu64, i,
                s->bands[i].packets, s->bands[i].bytes);
}
