/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key of a frame has the fields that the frame has and no others; headers
 * that are cut short or contradict themselves end it.  No byte behind the frame
 * is read.
 */
#include "packet/parse.h"

#include <arpa/inet.h>

#include "flow/field.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/parse_rows.h"

enum { IN_PORT = 0x01020304, STALE = 0xa5 };

/* A member of the key that is no field. */
static void *member(struct flow_key *key, const char *name, size_t length)
{
    if (length == strlen("tpid") && strncmp(name, "tpid", length) == 0)
        return &key->vlan_tpid;
    if (length == strlen("labels") && strncmp(name, "labels", length) == 0)
        return &key->mpls_count;
    return NULL;
}

/* Reads NAME=BYTES ... into the key. */
static void set_fields(struct flow_key *key, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "=");
        const struct field *field = field_by_name(text, length);
        uint8_t *target =
            field ? field_at(field, key) : member(key, text, length);
        const char *value = text + length + 1;
        char hex[40] = "";

        assert_non_null(target);
        length = strcspn(value, " ");
        memcpy(hex, value, length);
        hex_to_bytes(hex, target);
        text = value + length + strspn(value + length, " ");
    }
}

static void print_key(const struct flow_key *key)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field *f = field_by_id((enum field_id)i);

        print_error(" %s=", f->oxm_name);
        for (int j = 0; j < f->size; j++)
            print_error("%02x", field_get(f, key)[j]);
    }
    print_error("\n");
}

/* Parses in a block of just its size, so that a tool can see a read past it. */
static unsigned int parse(const struct frame *from, struct flow_key *key,
                          struct frame *f)
{
    unsigned int words;

    *f = (struct frame){.data = malloc(from->size), .size = from->size};
    assert_non_null(f->data);
    memcpy(f->data, from->data, from->size);
    memset(key, STALE, sizeof(*key));
    words = frame_parse(f, htonl(IN_PORT), key);
    free(f->data);
    return words;
}

static void reads_what_is_there(void **state)
{
    (void)state;
    for (const struct parse_row *row = parse_rows; row->name; row++) {
        struct frame from = frame_from_hex(row->frame), f;
        struct flow_key key, want = {0};
        unsigned int words = parse(&from, &key, &f);
        bool is_right;

        want.in_port = htonl(IN_PORT);
        set_fields(&want, "eth_dst=525400000002 eth_src=525400000001");
        set_fields(&want, row->fields);
        if (row->words == KEY_PLAIN_WORDS)
            memset(&want.word[KEY_PLAIN_WORDS], STALE,
                   (KEY_FRAME_WORDS - KEY_PLAIN_WORDS) * sizeof(uint64_t));
        is_right =
            words == row->words && f.l3 == row->l3 && f.l4 == row->l4 &&
            memcmp(&key, &want, KEY_FRAME_WORDS * sizeof(key.word[0])) == 0;
        if (!is_right) {
            print_error("%s: %u words, l3 %u, l4 %u, got and want\n", row->name,
                        words, f.l3, f.l4);
            print_key(&key);
            print_key(&want);
        }
        assert_true(is_right);
        frame_hex_free(&from);
    }
}

/* The parser stays inside a frame wherever it is cut, and says nothing of the
 * fields of the pipeline. */
static void survives_every_cut(void **state)
{
    (void)state;
    for (const struct parse_row *row = parse_rows; row->name; row++) {
        struct frame from = frame_from_hex(row->frame), f;
        uint32_t whole = from.size;

        for (from.size = FRAME_HEADER_SIZE; from.size <= whole; from.size++) {
            struct flow_key key;
            unsigned int words = parse(&from, &key, &f);
            const uint8_t *behind = (const uint8_t *)&key.word[KEY_FRAME_WORDS];

            assert_true(words == KEY_PLAIN_WORDS || words == KEY_FRAME_WORDS);
            assert_true(f.l3 == FRAME_NO_OFFSET || f.l3 < f.size);
            assert_true(f.l4 == FRAME_NO_OFFSET || f.l4 <= f.size);
            for (size_t j = 0;
                 j < (KEY_WORDS - KEY_FRAME_WORDS) * sizeof(uint64_t); j++)
                assert_int_equal(behind[j], STALE);
        }
        frame_hex_free(&from);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there),
        cmocka_unit_test(survives_every_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
