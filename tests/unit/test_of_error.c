/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each refusal has numbers in each version, the specification's where it has
 * some; what is written can be read again; 64 bytes of the request are
 * repeated.
 */
#include "openflow/of_error.h"

#include "base/array.h"
#include "tests/unit/golden.h"
#include "tests/unit/of_hex.h"

static void numbers_are_the_specifications(void **state)
{
    /* clang-format off */
    static const struct {
        enum flow_error error;
        enum of_version version;
        uint16_t type, code;
    } rows[] = {
        {FLOW_INCOMPATIBLE, OF10, 0, 0},
        {FLOW_BAD_VERSION, OF10, 1, 0},
        {FLOW_BAD_EXPERIMENTER, OF10, 1, 3},
        {FLOW_BUFFER_UNKNOWN, OF10, 1, 8},
        {FLOW_BAD_OUT_PORT, OF10, 2, 4},
        {FLOW_TABLE_FULL, OF10, 3, 0},
        {FLOW_OVERLAP, OF10, 3, 1},
        {FLOW_UNSUPPORTED_EMERGENCY, OF10, 3, 5},
        {FLOW_BAD_FIELD, OF10, 0, 263},
        {FLOW_BAD_REQUEST_PORT, OF11, 1, 514},
        {FLOW_BAD_TAG, OF10, 2, 5}, /* not even Nicira has one */
        {FLOW_GROUP_EXISTS, OF10, 6, 0},
        {FLOW_MONITOR_EXISTS, OF12, 0xffff, 6},
        {FLOW_BAD_PRIORITY, OF13, 0xffff, 2360},
        {FLOW_BAD_PORT, OF10, 4, 0},
        {FLOW_BAD_QUEUE_PORT, OF10, 5, 0},
        {FLOW_IS_SLAVE, OF10, 1, 5},
        {FLOW_IS_SLAVE, OF13, 1, 10},
        {FLOW_BAD_INSTRUCTION, OF13, 3, 0},
        {FLOW_DUPLICATE_INSTRUCTION, OF14, 3, 9},
        {FLOW_BAD_PREREQUISITE, OF13, 4, 9},
        {FLOW_DUPLICATE_FIELD, OF13, 4, 10},
        {FLOW_BAD_TABLE, OF13, 5, 2},
        {FLOW_GROUP_EXISTS, OF13, 6, 0},
        {FLOW_GROUP_LOOP, OF13, 6, 7},
        {FLOW_BAD_HARDWARE_ADDRESS, OF13, 7, 1},
        {FLOW_STALE_ROLE, OF13, 11, 0},
        {FLOW_UNKNOWN_METER, OF13, 12, 3},
        {FLOW_BAD_PROPERTY, OF13, 13, 2},
        {FLOW_BAD_PROPERTY, OF14, 14, 0},
        {FLOW_BAD_ACTION_METER, OF15, 2, 17},
        {FLOW_BUNDLE_TIMEOUT, OF14, 17, 14},
        {FLOW_BUNDLE_TIMEOUT, OF13, 0xffff, 2314},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct of_error e = of_error_of(rows[i].version, rows[i].error);

        assert_int_equal(e.type, rows[i].type);
        assert_int_equal(e.code, rows[i].code);
    }
}

/* Whoever reads the numbers finds an error that has the same ones. */
static void meanings_lead_back(void **state)
{
    (void)state;
    for (int version = OF10; version <= OF15; version++)
        for (int error = FLOW_OK + 1; error < FLOW_ERROR_COUNT; error++) {
            struct of_error e =
                of_error_of((enum of_version)version, (enum flow_error)error);
            enum flow_error meaning =
                of_error_meaning((enum of_version)version, &e);
            struct of_error again =
                of_error_of((enum of_version)version, meaning);

            assert_int_not_equal(meaning, FLOW_OK);
            assert_int_equal(again.type, e.type);
            assert_int_equal(again.code, e.code);
            assert_int_equal(again.experimenter, e.experimenter);
            assert_string_not_equal(
                of_error_type_name((enum of_version)version, &e), "unknown");
        }
}

static void unknown_numbers_mean_nothing(void **state)
{
    struct of_error e = {.type = 99, .code = 1};

    (void)state;
    assert_int_equal(of_error_meaning(OF13, &e), FLOW_OK);
    assert_string_equal(of_error_type_name(OF13, &e), "unknown");
    e.type = 6;
    assert_string_equal(of_error_type_name(OF10, &e), "unknown");
    e.type = 3;
    assert_string_equal(of_error_type_name(OF10, &e), "FLOW_MOD_FAILED");
    assert_string_equal(of_error_type_name(OF13, &e), "BAD_INSTRUCTION");
}

/* Of two that have the same numbers the one that people expect. */
static void a_meter_that_is_not_there_is_said_so(void **state)
{
    const struct of_error e = {.type = 12, .code = 3};

    (void)state;
    assert_int_equal(of_error_meaning(OF13, &e), FLOW_UNKNOWN_METER);
    assert_int_equal(of_error_meaning(OF14, &e), FLOW_UNKNOWN_METER);
}

static void errors_repeat_the_request(void **state)
{
    struct of_buffer b = {0};
    uint8_t request[100] = {4, 14, 0, 100, 0x11, 0x22, 0x33, 0x44};
    struct reader r;
    struct of_header h;
    struct of_error e;

    (void)state;
    request[63] = 0x99;
    r = reader_over(request, sizeof(request));
    of_error_write(&b, OF13, FLOW_BAD_COMMAND, &r);
    r = reader_over(b.data, b.size);
    h = of_read_header(&r);
    assert_int_equal(h.size, 8 + 4 + OF_ERROR_REQUEST_MAX);
    assert_int_equal(h.xid, 0x11223344);
    assert_int_equal(of_error_read(&r, &e), FLOW_OK);
    assert_int_equal(e.type, 5);
    assert_int_equal(e.code, 6);
    assert_int_equal(e.data.left, OF_ERROR_REQUEST_MAX);
    assert_memory_equal(e.data.next, request, OF_ERROR_REQUEST_MAX);
    of_buffer_clear(&b);

    r = reader_over(request, 12);
    of_error_write(&b, OF10, FLOW_BAD_LENGTH, &r);
    assert_buffer_is(&b, "01010018 11223344 00010006 040e0064 11223344"
                         "00000000");
    r = reader_over(request, 3);
    of_error_write(&b, OF10, FLOW_BAD_LENGTH, &r);
    assert_buffer_is(&b, "0101000f 00000000 00010006 040e00");
}

/* Want of memory is said as want of room for what was asked for. */
static void no_memory_is_said_of_what_was_to_be_made(void **state)
{
    static const struct {
        uint8_t type; /* of the request */
        uint16_t error_type, code;
    } cases[] = {
        /* clang-format off */
        {14, 5,  1 },
        {15, 6,  3 },
        {29, 12, 10},
        {33, 17, 5 },
        {34, 17, 12},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const uint8_t request[16] = {5, cases[i].type, 0, 16};
        struct reader r = reader_over(request, sizeof(request));
        struct of_buffer b = {0};
        struct of_error e;

        of_error_write(&b, OF14, FLOW_OUT_OF_MEMORY, &r);
        r = reader_over(b.data, b.size);
        of_read_header(&r);
        assert_int_equal(of_error_read(&r, &e), FLOW_OK);
        assert_int_equal(e.type, cases[i].error_type);
        assert_int_equal(e.code, cases[i].code);
        of_buffer_clear(&b);
    }
}

static void experimenter_errors_say_whose(void **state)
{
    struct of_buffer b = {0};
    struct of_hex m;
    struct reader r = reader_over("", 0);
    struct of_error e;

    (void)state;
    of_error_write(&b, OF13, FLOW_BUNDLE_BAD_ID, &r);
    assert_buffer_is(&b, "04010010 00000000 ffff08fe 4f4e4600");
    m = of_hex_read("ffff08fe 4f4e4600");
    for (size_t size = 0; size < m.size; size++) {
        r = reader_over(m.bytes, size);
        assert_int_equal(of_error_read(&r, &e), FLOW_BAD_LENGTH);
    }
    r = of_hex_reader(&m);
    assert_int_equal(of_error_read(&r, &e), FLOW_OK);
    assert_int_equal(of_error_meaning(OF13, &e), FLOW_BUNDLE_BAD_ID);
    of_hex_free(&m);
}

static const struct golden_field error_fields[] = {
    GOLDEN_FIELD(struct of_error, type, DEC),
    GOLDEN_FIELD(struct of_error, code, DEC),
    GOLDEN_FIELD(struct of_error, experimenter, HEX),
    {0},
};

struct said {
    char request[256], text[128];
};

static const struct golden_field said_fields[] = {
    GOLDEN_FIELD(struct said, text, TEXT),
    GOLDEN_FIELD(struct said, request, TEXT),
    {0},
};

static enum flow_error read_error(enum of_version version,
                                  const struct of_header *h,
                                  struct reader *body, FILE *lines)
{
    struct said said = {{0}, {0}};
    struct of_error e;
    enum flow_error error = of_error_read(body, &e);

    (void)h;
    if (error)
        return error;
    for (size_t i = 0; i < e.data.left; i++)
        sprintf(said.request + 2 * i, "%02x", e.data.next[i]);
    strcpy(said.text, flow_error_text(of_error_meaning(version, &e)));
    golden_write(lines, "error", error_fields, &e);
    golden_write(lines, "said", said_fields, &said);
    return FLOW_OK;
}

/* Who sends what it means sends these bytes. */
static void write_error(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct of_error e = {0};
    struct said said = {{0}, {0}};
    struct of_hex request;
    struct reader r;

    assert_true(golden_read(lines, "error", error_fields, &e));
    assert_true(golden_read(lines, "said", said_fields, &said));
    request = of_hex_read(said.request);
    r = of_hex_reader(&request);
    of_error_write(b, version, of_error_meaning(version, &e), &r);
    assert_int_equal(xid, 0); /* the request's, which may be cut */
    of_hex_free(&request);
}

static void golden_files(void **state)
{
    static const struct golden_kind kinds[] = {
        {"ERROR", OF_ERROR, .read = read_error, .write = write_error},
        {0},
    };

    (void)state;
    golden_check("of10/error", OF10, kinds);
    golden_check("of11/error", OF11, kinds);
    golden_check("of12/error", OF12, kinds);
    golden_check("of13/error", OF13, kinds);
}

static void a_failed_hello_has_text(void **state)
{
    struct of_buffer b = {0};

    (void)state;
    of_error_write_hello_failed(&b, OF13, 3, "no");
    assert_buffer_is(&b, "0401000e 00000003 00000000 6e6f");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_the_specifications),
        cmocka_unit_test(meanings_lead_back),
        cmocka_unit_test(unknown_numbers_mean_nothing),
        cmocka_unit_test(errors_repeat_the_request),
        cmocka_unit_test(no_memory_is_said_of_what_was_to_be_made),
        cmocka_unit_test(experimenter_errors_say_whose),
        cmocka_unit_test(a_failed_hello_has_text),
        cmocka_unit_test(a_meter_that_is_not_there_is_said_so),
        cmocka_unit_test(golden_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
