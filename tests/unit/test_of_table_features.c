/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What flow tables can do, in the layouts of OpenFlow 1.3 to 1.5.
 */
#include "openflow/of_table_features.h"

#include <stdlib.h>

#include "base/array.h"
#include "flow/action.h"
#include "flow/field.h"
#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct table_features, member, form)

static const struct golden_field table_fields[] = {
    FIELD(table, DEC),
    FIELD(command, DEC),
    FIELD(name, TEXT),
    FIELD(metadata_match, HEX),
    FIELD(metadata_write, HEX),
    FIELD(capabilities, HEX),
    FIELD(max_entries, DEC),
    FIELD(features, HEX),
    {0},
};

/* The sets, with members by name where there are names. */
struct sets {
    char instructions[64], tables[256], write_actions[128], apply_actions[128],
        write_fields[256], apply_fields[256], write_copy[256], apply_copy[256];
};

struct matches {
    char match[256], wildcards[256];
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct sets, member, TEXT)

static const struct golden_field sets_fields[] = {
    FIELD(instructions),  FIELD(tables),       FIELD(write_actions),
    FIELD(apply_actions), FIELD(write_fields), FIELD(apply_fields),
    FIELD(write_copy),    FIELD(apply_copy),   {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct matches, member, TEXT)

static const struct golden_field matches_fields[] = {
    FIELD(match),
    FIELD(wildcards),
    {0},
};

static void say_numbers(char *text, const uint32_t *words, unsigned int count)
{
    char *at = text;

    *at = '\0';
    for (unsigned int i = 0; i < count; i++)
        if (words[i / 32] & 1u << i % 32)
            at += sprintf(at, "%s%u", at == text ? "" : " ", i);
}

static void say_words(char *text, uint64_t set)
{
    say_numbers(text, (uint32_t[]){(uint32_t)set, (uint32_t)(set >> 32)}, 64);
}

static void say_fields(char *text, uint64_t set)
{
    char *at = text;

    *at = '\0';
    for (unsigned int i = 0; i < FIELD_COUNT; i++)
        if (set & UINT64_C(1) << i)
            at += sprintf(at, "%s%s", at == text ? "" : " ",
                          field_by_id(i)->oxm_name);
}

static void hear_numbers(const char *text, uint32_t *words)
{
    char *at = (char *)(uintptr_t)text;

    while (*at) {
        unsigned long i = strtoul(at, &at, 10);

        words[i / 32] |= 1u << i % 32;
        at += strspn(at, " ");
    }
}

static uint64_t hear_words(const char *text)
{
    uint32_t words[2] = {0};

    hear_numbers(text, words);
    return words[0] | (uint64_t)words[1] << 32;
}

static uint64_t hear_fields(const char *text)
{
    uint64_t set = 0;

    while (*text) {
        size_t size = strcspn(text, " ");
        const struct field *f = field_by_name(text, size);

        assert_non_null(f);
        set |= UINT64_C(1) << f->id;
        text += size + strspn(text + size, " ");
    }
    return set;
}

static void say_sets(FILE *lines, const char *word,
                     const struct table_abilities *a)
{
    struct sets s = {.instructions = ""};

    say_words(s.instructions, a->instructions);
    say_numbers(s.tables, a->next_tables, 256);
    say_words(s.write_actions, a->write_actions);
    say_words(s.apply_actions, a->apply_actions);
    say_fields(s.write_fields, a->write_fields);
    say_fields(s.apply_fields, a->apply_fields);
    say_fields(s.write_copy, a->write_copy);
    say_fields(s.apply_copy, a->apply_copy);
    golden_write(lines, word, sets_fields, &s);
}

static struct table_abilities hear_sets(struct golden_lines *lines,
                                        const char *word)
{
    struct table_abilities a = {0};
    struct sets s = {.instructions = ""};

    assert_true(golden_read(lines, word, sets_fields, &s));
    a.instructions = (uint32_t)hear_words(s.instructions);
    hear_numbers(s.tables, a.next_tables);
    a.write_actions = hear_words(s.write_actions);
    a.apply_actions = hear_words(s.apply_actions);
    a.write_fields = hear_fields(s.write_fields);
    a.apply_fields = hear_fields(s.apply_fields);
    a.write_copy = hear_fields(s.write_copy);
    a.apply_copy = hear_fields(s.apply_copy);
    return a;
}

static enum flow_error read_features(enum of_version version,
                                     struct reader *body, void *value)
{
    struct table_features *f = value;
    enum flow_error error = of_table_features_read(version, body, f);

    return error ? error : f->fault;
}

static void put_features(struct of_buffer *b, enum of_version version,
                         const void *value)
{
    of_table_features_put(b, version, value);
}

static void write_properties(FILE *lines, const void *value)
{
    const struct table_features *f = value;
    struct matches m = {.match = ""};

    say_fields(m.match, f->match);
    say_fields(m.wildcards, f->wildcards);
    golden_write(lines, "fields", matches_fields, &m);
    say_sets(lines, "entries", &f->entries);
    say_sets(lines, "miss", &f->miss);
}

static void read_properties(struct golden_lines *lines, void *value)
{
    struct table_features *f = value;
    struct matches m = {.match = ""};

    assert_true(golden_read(lines, "fields", matches_fields, &m));
    f->match = hear_fields(m.match);
    f->wildcards = hear_fields(m.wildcards);
    f->entries = hear_sets(lines, "entries");
    f->miss = hear_sets(lines, "miss");
}

static const struct golden_part table = {
    .word = "table",
    .fields = table_fields,
    .size = sizeof(struct table_features),
    .read = read_features,
    .put = put_features,
    .write_more = write_properties,
    .read_more = read_properties,
};

static const struct golden_kind kinds[] = {
    {"MP_TABLE_FEATURES reply", OF_MP_TABLE_FEATURES, .reply = &table},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("table_features", OF13, kinds);
}

/* What is put of a full table comes back, but for what the version has not. */
static void a_full_table(void **state)
{
    struct table_features f = table_features_full(3, 254), got;
    struct of_buffer b = {0};
    struct reader r;

    (void)state;
    strcpy(f.name, "acl");
    f.max_entries = 1000000;
    of_table_features_put(&b, OF13, &f);
    r = reader_over(b.data, b.size);
    assert_int_equal(of_table_features_read(OF13, &r, &got), FLOW_OK);
    assert_int_equal(got.fault, FLOW_OK);
    assert_int_equal(r.left, 0);
    assert_string_equal(got.name, "acl");
    assert_int_equal(got.max_entries, 1000000);
    assert_int_equal(got.entries.instructions, 0x7e);
    assert_memory_equal(got.entries.next_tables, f.entries.next_tables, 32);
    assert_int_equal(got.entries.next_tables[0], 0xfffffff0);
    assert_int_equal(got.entries.next_tables[7], 0x3fffffff);
    assert_true(got.match & UINT64_C(1) << FIELD_IPV6_EXTHDR);
    assert_true(got.match & UINT64_C(1) << FIELD_REG15);
    assert_false(got.match & UINT64_C(1) << FIELD_PACKET_TYPE);
    assert_false(got.entries.apply_fields & UINT64_C(1) << FIELD_IN_PORT);
    assert_true(got.entries.apply_actions & UINT64_C(1) << ACTION_PUSH_PBB);
    assert_false(got.entries.apply_actions & UINT64_C(1) << ACTION_STRIP_VLAN);
    assert_memory_equal(&got.entries, &got.miss, sizeof(got.miss));
    of_buffer_clear(&b);
}

enum { HEAD_SIZE = 64 };

/* A table with these properties. */
static enum flow_error fault_of(const uint8_t *properties, size_t size)
{
    uint8_t bytes[HEAD_SIZE + 128] = {0, (uint8_t)(HEAD_SIZE + size)};
    struct reader r = reader_over(bytes, HEAD_SIZE + size);
    struct table_features f;
    enum flow_error error;

    memcpy(bytes + HEAD_SIZE, properties, size);
    error = of_table_features_read(OF13, &r, &f);
    return error ? error : f.fault;
}

/* All properties that there must be, each with nothing in it. */
static const uint8_t required[64] = {
    0, 0, 0, 4, 0, 0,  0, 0, 0, 2, 0, 4, 0, 0,  0, 0, 0, 4, 0, 4,  0, 0,
    0, 0, 0, 6, 0, 4,  0, 0, 0, 0, 0, 8, 0, 4,  0, 0, 0, 0, 0, 10, 0, 4,
    0, 0, 0, 0, 0, 12, 0, 4, 0, 0, 0, 0, 0, 14, 0, 4, 0, 0, 0, 0};

static enum flow_error fault_with(const uint8_t *property, size_t size)
{
    uint8_t list[128];

    memcpy(list, required, sizeof(required));
    memcpy(list + sizeof(required), property, size);
    return fault_of(list, sizeof(required) + size);
}

static void faults_of_a_request(void **state)
{
    static const struct {
        uint8_t bytes[16];
        size_t size;
        enum flow_error fault;
    } rows[] = {
        /* clang-format off */
        {{0, 1, 0, 8, 0, 1, 0, 4},                          8, FLOW_OK                 },
        {{0, 1, 0, 8, 0, 9, 0, 4},                          8, FLOW_BAD_PROPERTY_VALUE },
        {{0, 1, 0, 12, 0xff, 0xff, 0, 8, 0, 0, 0x23, 0x20},
         /* clang-format on */
         16,
         FLOW_BAD_PROPERTY_VALUE},
        /* clang-format off */
        {{0, 1, 0, 8, 0, 1, 0, 3},                          8, FLOW_BAD_PROPERTY_LENGTH},
        {{0, 1, 0, 8, 0, 1, 0, 5},                          8, FLOW_BAD_PROPERTY_LENGTH},
        {{0, 3, 0, 7, 1, 2, 254},                           8, FLOW_OK                 },
        {{0, 5, 0, 8, 0, 25, 0, 4},                         8, FLOW_OK                 },
        {{0, 5, 0, 8, 0, 28, 0, 4},                         8, FLOW_BAD_PROPERTY_VALUE },
        {{0, 13, 0, 8, 0x80, 0, 8, 6},                      8, FLOW_OK                 },
        {{0, 13, 0, 8, 0x80, 0, 0xf0, 6},                   8, FLOW_BAD_PROPERTY_VALUE },
        {{0, 13, 0, 7, 0x80, 0, 8},                         8, FLOW_BAD_PROPERTY_LENGTH},
        {{0, 0, 0, 4},                                      8, FLOW_DUPLICATE_PROPERTY },
        {{0, 9, 0, 4},                                      8, FLOW_BAD_PROPERTY       },
        {{0xff, 0xfe, 0, 4},                                8, FLOW_BAD_PROPERTY       },
        /* clang-format on */
    };

    (void)state;
    assert_int_equal(fault_of(required, sizeof(required)), FLOW_OK);
    assert_int_equal(fault_of(required, sizeof(required) - 8),
                     FLOW_BAD_TABLE_FEATURES);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(fault_with(rows[i].bytes, rows[i].size),
                         rows[i].fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(a_full_table),
        cmocka_unit_test(faults_of_a_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
