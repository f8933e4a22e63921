/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every kind of message that a version has is in its golden files, requests and
 * replies; those that are but a header and bytes, HELLO and ERROR are read and
 * written here.
 */
#include "openflow/of_kinds.h"

#include <dirent.h>
#include <stdlib.h>

#include "tests/unit/golden.h"

#include "openflow/of_error.h"
#include "openflow/of_hello.h"

/* Bytes as hex. */
struct plain {
    char data[256];
};

static const struct golden_field plain_fields[] = {
    GOLDEN_FIELD(struct plain, data, TEXT), {0}};

static void say_bytes(struct plain *p, struct reader *r)
{
    assert_true(2 * r->left < sizeof(p->data));
    for (size_t i = 0; r->left > 0; i++)
        snprintf(p->data + 2 * i, 3, "%02x", read_u8(r));
}

static size_t bytes_of(const struct plain *p, uint8_t *bytes)
{
    struct golden_case c = {.size = 0};

    golden_add_hex(&c, p->data);
    if (c.size)
        memcpy(bytes, c.bytes, c.size);
    free(c.bytes);
    return c.size;
}

static enum flow_error read_plain(enum of_version version, struct reader *body,
                                  void *value)
{
    (void)version;
    say_bytes(value, body);
    return FLOW_OK;
}

static void put_plain(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    uint8_t bytes[sizeof(struct plain)];

    (void)version;
    of_put(b, bytes, bytes_of(value, bytes));
}

/* The body of a message as it is. */
static const struct golden_part plain = {
    .word = "body",
    .fields = plain_fields,
    .size = sizeof(struct plain),
    .read = read_plain,
    .put = put_plain,
};

struct hello {
    uint32_t versions;
};

static const struct golden_field hello_fields[] = {
    GOLDEN_FIELD(struct hello, versions, HEX), {0}};

/* Only as we write it; test_of_hello.c has the others. */
static enum flow_error read_hello(enum of_version version,
                                  const struct of_header *h,
                                  struct reader *body, FILE *lines)
{
    struct hello hello;

    if (h->size != (version < OF13 ? 8 : 16))
        return FLOW_BAD_LENGTH;
    hello.versions = of_hello_read(h, body);
    golden_write(lines, "hello", hello_fields, &hello);
    return FLOW_OK;
}

static void write_hello(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct hello hello = {0};

    assert_true(golden_read(lines, "hello", hello_fields, &hello));
    assert_int_equal(of_hello_negotiate(hello.versions, hello.versions),
                     version);
    of_hello_write(b, hello.versions, xid);
}

struct error {
    uint16_t type, code;
    uint32_t experimenter;
    struct plain request;
};

static const struct golden_field error_fields[] = {
    GOLDEN_FIELD(struct error, type, DEC),
    GOLDEN_FIELD(struct error, code, DEC),
    GOLDEN_FIELD(struct error, experimenter, HEX),
    GOLDEN_FIELD(struct error, request, TEXT),
    {0},
};

static enum flow_error read_error(enum of_version version,
                                  const struct of_header *h,
                                  struct reader *body, FILE *lines)
{
    struct of_error e;
    enum flow_error error = of_error_read(body, &e);
    struct error told;

    (void)version;
    (void)h;
    if (error)
        return error;
    /* A request has a header at least. */
    if (e.data.left < OF_HEADER_SIZE)
        return FLOW_BAD_LENGTH;
    told = (struct error){e.type, e.code, e.experimenter, {""}};
    say_bytes(&told.request, &e.data);
    golden_write(lines, "error", error_fields, &told);
    return FLOW_OK;
}

static void write_error(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct error told = {.type = 0};
    struct of_error e;
    enum flow_error meaning;
    uint8_t bytes[sizeof(told.request.data)];
    struct reader request;

    (void)xid; /* It is that of the request. */
    assert_true(golden_read(lines, "error", error_fields, &told));
    e = (struct of_error){.type = told.type,
                          .code = told.code,
                          .experimenter = told.experimenter};
    meaning = of_error_meaning(version, &e);
    assert_int_not_equal(meaning, FLOW_OK);
    request = reader_over(bytes, bytes_of(&told.request, bytes));
    of_error_write(b, version, meaning, &request);
}

#define PLAIN(name)                                                            \
    {                                                                          \
#name, OF_##name, .request = &plain                                    \
    }
#define REQUEST(name)                                                          \
    {                                                                          \
#name " request", OF_##name, .request = &plain                         \
    }

static const struct golden_kind kinds[] = {
    {"HELLO", OF_HELLO, .read = read_hello, .write = write_hello},
    {"ERROR", OF_ERROR, .read = read_error, .write = write_error},
    PLAIN(ECHO_REQUEST),
    PLAIN(ECHO_REPLY),
    PLAIN(EXPERIMENTER),
    PLAIN(FEATURES_REQUEST),
    PLAIN(GET_CONFIG_REQUEST),
    PLAIN(BARRIER_REQUEST),
    PLAIN(BARRIER_REPLY),
    PLAIN(GET_ASYNC_REQUEST),
    PLAIN(REQUESTFORWARD),
    PLAIN(NX_SET_FLOW_FORMAT),
    PLAIN(NX_FLOW_MOD_TABLE_ID),
    PLAIN(NX_FLOW_AGE),
    REQUEST(MP_DESC),
    REQUEST(MP_TABLE),
    REQUEST(MP_GROUP_FEATURES),
    REQUEST(MP_METER_FEATURES),
    REQUEST(MP_TABLE_FEATURES),
    REQUEST(MP_TABLE_DESC),
    REQUEST(MP_EXPERIMENTER),
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("plain", OF10, kinds);
}

/* The names of all blocks of a version, each between line ends; owned. */
static char *names_of(int version)
{
    char path[600], line[4096], *names;
    size_t size;
    FILE *out = open_memstream(&names, &size);
    struct dirent *entry;
    DIR *directory;

    snprintf(path, sizeof(path), "tests/golden/of1%d", version - OF10);
    directory = opendir(path);
    assert_non_null(directory);
    fputc('\n', out);
    while ((entry = readdir(directory))) {
        FILE *file;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "tests/golden/of1%d/%s", version - OF10,
                 entry->d_name);
        file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
            char *xid = strstr(line, " xid=");

            if (line[0] != '>' && xid)
                fprintf(out, "%.*s\n", (int)(xid - line), line);
        }
        fclose(file);
    }
    closedir(directory);
    fclose(out);
    return names;
}

/* What is an envelope of others, and what is answered with an error. */
static bool is_spoken(enum of_kind kind)
{
    switch (kind) {
    case OF_MULTIPART_REQUEST:
    case OF_MULTIPART_REPLY:
    case OF_MP_FLOW_MONITOR:
    case OF_MP_CONTROLLER_STATUS:
    case OF_MP_BUNDLE_FEATURES:
    case OF_CONTROLLER_STATUS:
        return false;
    default:
        return true;
    }
}

static unsigned int check_name(const char *names, int version, const char *name)
{
    char line[160];

    snprintf(line, sizeof(line), "\n%s\n", name);
    if (strstr(names, line))
        return 0;
    print_error("tests/golden/of1%d has no %s\n", version - OF10, name);
    return 1;
}

static unsigned int check_kind(const char *names, int version,
                               enum of_kind kind)
{
    const char *name = of_kind_name(kind);
    char text[128];
    unsigned int missing;

    if (strncmp(name, "MP_", 3) != 0)
        return check_name(names, version, name);
    snprintf(text, sizeof(text), "%s request", name);
    missing = check_name(names, version, text);
    /* Nobody makes a reply for what nobody knows; what 1.5 tells without
     * instructions is read by no client of ours. */
    if (kind == OF_MP_EXPERIMENTER || kind == OF_MP_FLOW_STATS)
        return missing;
    snprintf(text, sizeof(text), "%s reply", name);
    return missing + check_name(names, version, text);
}

/* Nicira's messages are the same in all versions and are checked in those two
 * that their users speak. */
static bool is_to_be_there(int version, enum of_kind kind)
{
    const struct of_kind_row *row = of_kinds_find((uint8_t)version, kind);

    return row && is_spoken(kind) &&
           (row->vendor != OF_VENDOR_NICIRA || version == OF10 ||
            version == OF13);
}

static void every_kind_has_a_golden_message(void **state)
{
    unsigned int missing = 0;

    (void)state;
    for (int version = OF10; version <= OF15; version++) {
        char *names = names_of(version);

        for (int kind = OF_HELLO; kind < OF_KIND_COUNT; kind++)
            if (is_to_be_there(version, (enum of_kind)kind))
                missing += check_kind(names, version, (enum of_kind)kind);
        free(names);
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(every_kind_has_a_golden_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
