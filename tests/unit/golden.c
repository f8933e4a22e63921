/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/golden.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "openflow/of_multipart.h"
#include "text/text_action.h"
#include "text/text_match.h"

/* Numbers of any size are kept in the host's order. */
static uint64_t golden_number(const void *at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)((const uint8_t *)at)[i] << 8 * i;
    return number;
}

static void golden_set_number(void *at, size_t size, uint64_t number)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)at)[i] = (uint8_t)(number >> 8 * i);
}

static void golden_write_field(FILE *out, const struct golden_field *f,
                               const void *at)
{
    static const struct text_style style = {0};
    const struct action_list *list = at;
    const uint8_t *m = at;

    switch (f->form) {
    case GOLDEN_DEC:
        fprintf(out, "%llu", (unsigned long long)golden_number(at, f->size));
        break;
    case GOLDEN_HEX:
        fprintf(out, "0x%llx", (unsigned long long)golden_number(at, f->size));
        break;
    case GOLDEN_MAC:
        fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
                m[4], m[5]);
        break;
    case GOLDEN_TEXT:
        fprintf(out, "\"%s\"", (const char *)at);
        break;
    case GOLDEN_MATCH:
        fputc('{', out);
        text_match_write(out, &style, at, 0x8000);
        fputc('}', out);
        break;
    case GOLDEN_ACTIONS:
        fputc('{', out);
        text_action_write(out, &style, list->cells, list->count);
        fputc('}', out);
        break;
    }
}

static bool golden_is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

void golden_write(FILE *out, const char *word,
                  const struct golden_field *fields, const void *value)
{
    fputs(word, out);
    for (const struct golden_field *f = fields; f->name; f++) {
        const uint8_t *at = (const uint8_t *)value + f->offset;

        if (golden_is_zero(at, f->size))
            continue;
        fprintf(out, " %s=", f->name);
        golden_write_field(out, f, at);
    }
    fputc('\n', out);
}

static void golden_read_field(const struct golden_field *f, const char *text,
                              void *at)
{
    struct text_error error;
    struct text_parse parse = {NULL, &error};
    uint8_t *m = at;

    switch (f->form) {
    case GOLDEN_DEC:
    case GOLDEN_HEX:
        golden_set_number(at, f->size, strtoull(text, NULL, 0));
        break;
    case GOLDEN_MAC:
        assert_int_equal(sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", m,
                                m + 1, m + 2, m + 3, m + 4, m + 5),
                         6);
        break;
    case GOLDEN_TEXT:
        assert_true(strlen(text) < f->size);
        strcpy(at, text);
        break;
    case GOLDEN_MATCH:
        if (!text_match_read(&parse, text, at))
            fail_msg("%s: %s", text, error.line);
        break;
    case GOLDEN_ACTIONS:
        if (!text_action_read(&parse, &(struct flow_match){0},
                              text_span_of(text), at))
            fail_msg("%s: %s", text, error.line);
        break;
    }
}

/* Cuts the value off the text behind "name="; what follows is returned. */
static char *golden_cut_value(char **text)
{
    const char *ends = " ";
    char *at = *text;

    if (*at == '{' || *at == '"') {
        ends = *at == '{' ? "}" : "\"";
        *text = ++at;
    }
    at += strcspn(at, ends);
    if (*at)
        *at++ = '\0';
    return at + strspn(at, " ");
}

bool golden_read(struct golden_lines *lines, const char *word,
                 const struct golden_field *fields, void *value)
{
    size_t size = strlen(word);
    char *copy, *at;

    if (lines->next == lines->count ||
        strncmp(lines->line[lines->next], word, size) != 0 ||
        !strchr(" \n", lines->line[lines->next][size]))
        return false;
    copy = strdup(lines->line[lines->next++]);
    copy[strcspn(copy, "\n")] = '\0';
    at = copy + size + strspn(copy + size, " ");
    while (*at) {
        const struct golden_field *f = fields;
        size_t name_size = strcspn(at, "=");
        char *value_text = at + name_size + 1, *rest;

        while (f->name && (strlen(f->name) != name_size ||
                           strncmp(f->name, at, name_size) != 0))
            f++;
        if (!f->name)
            fail_msg("no such member: %s", at);
        rest = golden_cut_value(&value_text);
        golden_read_field(f, value_text, (uint8_t *)value + f->offset);
        at = rest;
    }
    free(copy);
    return true;
}

void golden_add_hex(struct golden_case *c, const char *line)
{
    unsigned int byte;

    for (; *line; line += 2) {
        line += strspn(line, " \n");
        if (!*line)
            return;
        assert_true(isxdigit((unsigned char)line[0]) &&
                    isxdigit((unsigned char)line[1]));
        sscanf(line, "%2x", &byte);
        c->bytes = realloc(c->bytes, c->size + 1);
        c->bytes[c->size++] = (uint8_t)byte;
    }
}

/* Reads the next block; false at the end of the file. */
static bool golden_next(FILE *file, int *line_number, struct golden_case *c)
{
    char line[4096];

    *c = (struct golden_case){0};
    while (fgets(line, sizeof(line), file)) {
        ++*line_number;
        if (line[0] == '#')
            continue;
        if (line[0] == '\n') {
            if (c->name[0])
                return true;
        } else if (!c->name[0]) {
            char *xid = strstr(line, " xid=");

            assert_non_null(xid);
            *xid = '\0';
            strcpy(c->name, line);
            c->xid = (uint32_t)strtoul(xid + 5, NULL, 0);
            c->at = *line_number;
        } else if (line[0] == '>') {
            c->lines.line[c->lines.count++] = strdup(line + 2);
        } else {
            golden_add_hex(c, line);
        }
    }
    return c->name[0] != '\0';
}

static void golden_free(struct golden_case *c)
{
    free(c->bytes);
    for (size_t i = 0; i < c->lines.count; i++)
        free(c->lines.line[i]);
}

static enum flow_error golden_read_part(const struct golden_part *part,
                                        enum of_version version,
                                        struct reader *body, FILE *lines)
{
    void *value = calloc(1, part->size);
    enum flow_error error;

    assert_non_null(value);
    error = part->read(version, body, value);
    if (!error) {
        golden_write(lines, part->word, part->fields, value);
        if (part->write_more)
            part->write_more(lines, value);
        if (part->clear)
            part->clear(value);
    }
    free(value);
    return error;
}

/* False if the next line is of something else. */
static bool golden_put_part(const struct golden_part *part, struct of_buffer *b,
                            enum of_version version, struct golden_lines *lines)
{
    void *value = calloc(1, part->size);
    bool is_there;

    assert_non_null(value);
    is_there = golden_read(lines, part->word, part->fields, value);
    if (is_there) {
        if (part->read_more)
            part->read_more(lines, value);
        part->put(b, version, value);
        if (part->clear)
            part->clear(value);
    }
    free(value);
    return is_there;
}

static enum flow_error golden_read_body(const struct golden_kind *kind,
                                        const struct of_header *h,
                                        struct reader *body, FILE *lines)
{
    enum of_version version = (enum of_version)h->version;
    enum flow_error error = FLOW_OK;

    if (kind->read)
        return kind->read(version, h, body, lines);
    assert_int_equal(of_is_multipart_reply(h), kind->reply != NULL);
    if (kind->request)
        return golden_read_part(kind->request, version, body, lines);
    while (body->left > 0 && !error)
        error = golden_read_part(kind->reply, version, body, lines);
    return error;
}

static void golden_write_message(const struct golden_kind *kind,
                                 struct of_buffer *b, enum of_version version,
                                 uint32_t xid, struct golden_lines *lines)
{
    if (kind->write) {
        kind->write(b, version, xid, lines);
    } else if (kind->request) {
        size_t start = of_begin_request(b, version, kind->kind, xid);

        assert_true(golden_put_part(kind->request, b, version, lines));
        of_end(b, start);
    } else {
        struct of_multipart m =
            of_multipart_of(b, of_begin(b, version, kind->kind, xid));

        while (golden_put_part(kind->reply, b, version, lines))
            of_multipart_part_done(&m);
        of_multipart_end(&m);
    }
}

/* What 'size' bytes say, as one text that the caller frees. */
static enum flow_error golden_say(const struct golden_kind *kind,
                                  const void *bytes, size_t size, char **text)
{
    struct reader r = reader_over(bytes, size);
    struct of_header h = of_read_header(&r);
    enum flow_error error = FLOW_BAD_LENGTH;
    size_t text_size;
    FILE *out = open_memstream(text, &text_size);

    of_read_head(&h, kind->kind, &r);
    if (!r.bad)
        error = golden_read_body(kind, &h, &r, out);
    fclose(out);
    return error;
}

/* The text as lines that point into copies of it. */
static struct golden_lines golden_lines_of(const char *text)
{
    struct golden_lines lines = {.count = 0};

    while (*text) {
        size_t size = strcspn(text, "\n") + 1;

        lines.line[lines.count++] = strndup(text, size);
        text += size;
    }
    return lines;
}

static void golden_check_cuts(const struct golden_kind *kind,
                              const struct golden_case *c,
                              enum of_version version)
{
    for (size_t size = OF_HEADER_SIZE; size < c->size; size++) {
        uint8_t *cut = malloc(size);
        struct of_buffer b = {0};
        char *text = NULL;

        memcpy(cut, c->bytes, size);
        cut[2] = (uint8_t)(size >> 8);
        cut[3] = (uint8_t)size;
        if (!golden_say(kind, cut, size, &text)) {
            struct golden_lines lines = golden_lines_of(text);

            golden_write_message(kind, &b, version, c->xid, &lines);
            if (b.size != size || memcmp(b.data, cut, size) != 0)
                fail_msg("line %d: cut to %zu bytes it says %s", c->at, size,
                         text);
            for (size_t i = 0; i < lines.count; i++)
                free(lines.line[i]);
            of_buffer_clear(&b);
        }
        free(text);
        free(cut);
    }
}

static void golden_print(FILE *out, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        fprintf(out, "%02x%s", bytes[i],
                i % 32 == 31 || i + 1 == size ? "\n"
                : i % 4 == 3                  ? " "
                                              : "");
}

static void golden_check_case(const struct golden_kind *kind,
                              struct golden_case *c, enum of_version version)
{
    struct reader r = reader_over(c->bytes, c->size);
    struct of_header h = of_read_header(&r);
    char *said, *expected;
    size_t expected_size;
    FILE *out = open_memstream(&expected, &expected_size);
    struct of_buffer b = {0};
    enum flow_error error;

    for (size_t i = 0; i < c->lines.count; i++)
        fputs(c->lines.line[i], out);
    fclose(out);

    golden_write_message(kind, &b, version, c->xid, &c->lines);
    assert_false(b.is_bad);
    if (c->lines.next != c->lines.count)
        fail_msg("line %d: nobody takes %s", c->at,
                 c->lines.line[c->lines.next]);
    if (b.size != c->size || memcmp(b.data, c->bytes, b.size) != 0) {
        golden_print(stderr, b.data, b.size);
        fail_msg("line %d: %s is written as above", c->at, c->name);
    }
    assert_int_equal(h.size, c->size);
    assert_int_equal(h.version, version);
    assert_int_equal(of_kind_of(&h, &r), kind->kind);

    error = golden_say(kind, c->bytes, c->size, &said);
    if (error)
        fail_msg("line %d: %s", c->at, flow_error_text(error));
    assert_string_equal(said, expected);
    golden_check_cuts(kind, c, version);
    of_buffer_clear(&b);
    free(said);
    free(expected);
}

void golden_check(const char *name, enum of_version version,
                  const struct golden_kind *kinds)
{
    char path[128];
    FILE *file;
    int line = 0;
    struct golden_case c;

    snprintf(path, sizeof(path), "tests/golden/%s", name);
    file = fopen(path, "r");
    assert_non_null(file);
    while (golden_next(file, &line, &c)) {
        const struct golden_kind *kind = kinds;

        while (kind->name && strcmp(kind->name, c.name) != 0)
            kind++;
        if (!kind->name)
            fail_msg("%s:%d: %s", path, c.at, c.name);
        golden_check_case(kind, &c, version);
        golden_free(&c);
    }
    fclose(file);
    assert_true(line > 0);
}

void golden_check_since(const char *name, enum of_version first,
                        const struct golden_kind *kinds)
{
    for (int version = first; version <= OF15; version++) {
        char path[64];

        snprintf(path, sizeof(path), "of1%d/%s", version - OF10, name);
        golden_check(path, (enum of_version)version, kinds);
    }
}
