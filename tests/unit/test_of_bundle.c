/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundles: OpenFlow's messages since 1.4 and ONF's extension of 1.3.
 */
#include "openflow/of_bundle.h"

#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct of_bundle_control, member, form)

static const struct golden_field control_fields[] = {
    FIELD(id, DEC),
    FIELD(type, DEC),
    FIELD(flags, HEX),
    {0},
};

/* The message that is added is a header and nothing behind it. */
struct add {
    uint32_t id, xid;
    uint16_t flags;
    uint8_t type;
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct add, member, form)

static const struct golden_field add_fields[] = {
    FIELD(id, DEC), FIELD(xid, DEC), FIELD(flags, HEX), FIELD(type, DEC), {0},
};

static enum flow_error read_control(enum of_version version,
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct of_bundle_control c;
    enum flow_error error = of_bundle_read_control(body, &c);

    (void)version;
    (void)h;
    if (!error)
        golden_write(lines, "control", control_fields, &c);
    return error;
}

static void write_control(struct of_buffer *b, enum of_version version,
                          uint32_t xid, struct golden_lines *lines)
{
    struct of_bundle_control c = {0};

    assert_true(golden_read(lines, "control", control_fields, &c));
    of_bundle_write_control(b, version, xid, &c);
}

static enum flow_error read_add(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct of_bundle_add a;
    enum flow_error error = of_bundle_read_add(h, body, &a);
    struct of_header inner;
    struct add told;

    if (error)
        return error;
    inner = of_read_header(&a.message);
    assert_int_equal(inner.version, version);
    assert_int_equal(inner.size, 8);
    assert_int_equal(a.message.left, 0);
    told = (struct add){a.id, inner.xid, a.flags, inner.type};
    golden_write(lines, "add", add_fields, &told);
    return FLOW_OK;
}

static void write_add(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct add told = {0};
    uint8_t message[8] = {(uint8_t)version, 0, 0, 8};
    struct of_bundle_add a;

    assert_true(golden_read(lines, "add", add_fields, &told));
    message[1] = told.type;
    message[7] = (uint8_t)told.xid;
    a = (struct of_bundle_add){told.id, told.flags,
                               reader_over(message, sizeof(message))};
    of_bundle_write_add(b, version, xid, &a);
}

static const struct golden_kind kinds[] = {
    {"BUNDLE_CONTROL", OF_BUNDLE_CONTROL, .read = read_control,
     .write = write_control},
    {"BUNDLE_ADD", OF_BUNDLE_ADD, .read = read_add, .write = write_add},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("bundle", OF13, kinds);
}

static enum flow_error control_error(uint8_t type, uint8_t flags, size_t size)
{
    uint8_t bytes[16] = {0, 0, 0, 1, 0, type, 0, flags, 0, 1, 0, 8};
    struct reader r = reader_over(bytes, size);
    struct of_bundle_control c;

    return of_bundle_read_control(&r, &c);
}

static void faults_of_a_control(void **state)
{
    (void)state;
    assert_int_equal(control_error(7, 3, 8), FLOW_OK);
    assert_int_equal(control_error(8, 3, 8), FLOW_BUNDLE_BAD_TYPE);
    assert_int_equal(control_error(0, 4, 8), FLOW_BUNDLE_BAD_FLAGS);
    assert_int_equal(control_error(0, 0, 16), FLOW_BAD_PROPERTY);
    assert_int_equal(control_error(0, 0, 10), FLOW_BAD_PROPERTY_LENGTH);
}

/* An added message whose version, length and xid are given, with 'more' bytes
 * behind it; it has 10 bytes. */
static enum flow_error add_error(uint8_t version, uint8_t size, uint8_t xid,
                                 size_t more)
{
    static const struct of_header h = {.version = OF14, .xid = 7};
    uint8_t bytes[64] = {0,       0,  0, 1,    0, 0, 0, 0,
                         version, 14, 0, size, 0, 0, 0, xid};
    struct reader r = reader_over(bytes, 8 + 10 + more);
    struct of_bundle_add a;
    enum flow_error error = of_bundle_read_add(&h, &r, &a);

    assert_int_equal(a.id, 1);
    return error;
}

static void faults_of_an_added_message(void **state)
{
    (void)state;
    assert_int_equal(add_error(OF14, 10, 7, 0), FLOW_OK);
    assert_int_equal(add_error(OF14, 10, 7, 6), FLOW_OK); /* padding */
    assert_int_equal(add_error(OF14, 10, 7, 5), FLOW_BUNDLE_MESSAGE_LENGTH);
    assert_int_equal(add_error(OF14, 10, 7, 10), FLOW_BAD_PROPERTY_LENGTH);
    assert_int_equal(add_error(OF14, 11, 7, 0), FLOW_BUNDLE_MESSAGE_LENGTH);
    assert_int_equal(add_error(OF14, 7, 7, 0), FLOW_BUNDLE_MESSAGE_LENGTH);
    assert_int_equal(add_error(OF13, 10, 7, 0), FLOW_BAD_VERSION);
    assert_int_equal(add_error(OF14, 10, 8, 0), FLOW_BUNDLE_MESSAGE_XID);
}

static void features(void **state)
{
    static const uint8_t request[24] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 8};
    struct reader r = reader_over(request, sizeof(request));
    struct of_buffer b = {0};

    (void)state;
    /* The second property is all zeros, whose length cannot be. */
    assert_int_equal(of_bundle_read_features_request(&r),
                     FLOW_BAD_PROPERTY_LENGTH);
    r = reader_over(request, 16);
    assert_int_equal(of_bundle_read_features_request(&r), FLOW_OK);
    r = reader_over(request, 7);
    assert_int_equal(of_bundle_read_features_request(&r), FLOW_BAD_LENGTH);

    of_bundle_write_features(&b, OF15, 1, OF_BUNDLE_ATOMIC | OF_BUNDLE_ORDERED);
    assert_int_equal(b.size, 24);
    assert_int_equal(b.data[17], 3);
    of_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(faults_of_a_control),
        cmocka_unit_test(faults_of_an_added_message),
        cmocka_unit_test(features),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
