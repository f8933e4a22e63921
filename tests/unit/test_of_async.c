/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which asynchronous messages are wanted: the masks of 1.3 and Nicira's, the
 * properties since 1.4.
 */
#include "openflow/of_async.h"

#include "flow/packet_reason.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member) GOLDEN_FIELD(struct async_masks, member, HEX)

/* Both masks as one number, the slave's in the upper half. */
static const struct golden_field masks_fields[] = {
    FIELD(packet_in),   FIELD(port_status),       FIELD(flow_removed),
    FIELD(role_status), FIELD(table_status),      FIELD(requestforward),
    FIELD(flow_stats),  FIELD(controller_status), {0},
};

struct value {
    uint32_t format;
    uint16_t id;
};

static const struct golden_field value_fields[] = {
    GOLDEN_FIELD(struct value, format, DEC),
    GOLDEN_FIELD(struct value, id, DEC),
    {0},
};

/* Fewer properties are a message as well, but one that we do not write. */
static enum flow_error read_standard(enum of_version version,
                                     const struct of_header *h,
                                     struct reader *body, FILE *lines)
{
    struct async_masks m = {0};
    bool is_whole = version < OF14 || body->left == (version < OF15 ? 96 : 128);
    enum flow_error error = of_async_read(version, OF_SET_ASYNC, body, &m);

    (void)h;
    if (error || !is_whole)
        return FLOW_BAD_LENGTH;
    golden_write(lines, "masks", masks_fields, &m);
    return FLOW_OK;
}

static enum flow_error read_nicira(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct async_masks m = {0};
    enum flow_error error = of_async_read(version, OF_NX_SET_ASYNC, body, &m);

    (void)h;
    if (!error)
        golden_write(lines, "masks", masks_fields, &m);
    return error;
}

static void write_kind(struct of_buffer *b, enum of_version version,
                       enum of_kind kind, uint32_t xid,
                       struct golden_lines *lines)
{
    struct async_masks m = {0};

    assert_true(golden_read(lines, "masks", masks_fields, &m));
    of_async_write(b, version, kind, xid, &m);
}

static void write_set(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    write_kind(b, version, OF_SET_ASYNC, xid, lines);
}

static void write_get(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    write_kind(b, version, OF_GET_ASYNC_REPLY, xid, lines);
}

static void write_nx(struct of_buffer *b, enum of_version version, uint32_t xid,
                     struct golden_lines *lines)
{
    write_kind(b, version, OF_NX_SET_ASYNC, xid, lines);
}

static enum flow_error read_format(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    enum of_packet_in_format format;
    enum flow_error error = of_async_read_format(body, &format);

    (void)version;
    (void)h;
    if (!error)
        golden_write(lines, "set", value_fields,
                     &(struct value){.format = (uint32_t)format});
    return error;
}

static void write_format(struct of_buffer *b, enum of_version version,
                         uint32_t xid, struct golden_lines *lines)
{
    struct value v = {0};

    assert_true(golden_read(lines, "set", value_fields, &v));
    of_async_write_format(b, version, xid, (enum of_packet_in_format)v.format);
}

static enum flow_error read_id(enum of_version version,
                               const struct of_header *h, struct reader *body,
                               FILE *lines)
{
    struct value v = {0};
    enum flow_error error = of_async_read_controller_id(body, &v.id);

    (void)version;
    (void)h;
    if (!error)
        golden_write(lines, "set", value_fields, &v);
    return error;
}

static void write_id(struct of_buffer *b, enum of_version version, uint32_t xid,
                     struct golden_lines *lines)
{
    struct value v = {0};

    assert_true(golden_read(lines, "set", value_fields, &v));
    of_async_write_controller_id(b, version, xid, v.id);
}

static const struct golden_kind kinds[] = {
    {"SET_ASYNC", OF_SET_ASYNC, .read = read_standard, .write = write_set},
    {"GET_ASYNC_REPLY", OF_GET_ASYNC_REPLY, .read = read_standard,
     .write = write_get},
    {"NX_SET_ASYNC", OF_NX_SET_ASYNC, .read = read_nicira, .write = write_nx},
    {"NX_SET_PACKET_IN_FORMAT", OF_NX_SET_PACKET_IN_FORMAT, .read = read_format,
     .write = write_format},
    {"NX_SET_CONTROLLER_ID", OF_NX_SET_CONTROLLER_ID, .read = read_id,
     .write = write_id},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check("of10/async", OF10, kinds);
    golden_check("of13/async", OF13, kinds);
    golden_check("of14/async", OF14, kinds);
    golden_check("of15/async", OF15, kinds);
}

/* A property with its number, four bytes of value, and length. */
static enum flow_error property_error(uint8_t type, uint8_t size, uint8_t value)
{
    uint8_t bytes[16] = {0, 0,    0, 8,    0, 0, 0, 1,
                         0, type, 0, size, 0, 0, 0, value};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct async_masks m = {.packet_in = {7, 7}};
    enum flow_error error = of_async_read(OF14, OF_SET_ASYNC, &r, &m);

    /* All or nothing: the first property is for a slave's packet-ins. */
    assert_int_equal(m.packet_in[1], error ? 7 : 1);
    return error;
}

static void faults_of_properties(void **state)
{
    (void)state;
    assert_int_equal(property_error(2, 8, 7), FLOW_OK);
    assert_int_equal(property_error(2, 8, 8), FLOW_ASYNC_INVALID);
    assert_int_equal(property_error(2, 7, 1), FLOW_BAD_PROPERTY_LENGTH);
    assert_int_equal(property_error(12, 8, 1), FLOW_ASYNC_UNSUPPORTED);
    assert_int_equal(property_error(99, 8, 1), FLOW_ASYNC_UNSUPPORTED);
}

/* What a message does not speak of stays as it was. */
static void a_property_changes_its_own_mask(void **state)
{
    static const uint8_t bytes[8] = {0, 1, 0, 8, 0, 0, 0, 0x21};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct async_masks m = {.packet_in = {1, 2}, .port_status = {3, 4}};

    (void)state;
    assert_int_equal(of_async_read(OF14, OF_SET_ASYNC, &r, &m), FLOW_OK);
    assert_int_equal(m.packet_in[0], 0x21);
    assert_int_equal(m.packet_in[1], 2);
    assert_int_equal(m.port_status[0], 3);
    assert_int_equal(m.port_status[1], 4);
}

/* A mask of 1.3 that has ACTION wants all that 1.4 makes of it; bits that mean
 * nothing are passed over. */
static void reasons_of_a_mask(void **state)
{
    uint8_t bytes[24] = {0xff, 0, 0, 2};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct async_masks m = {0};

    (void)state;
    assert_int_equal(of_async_read(OF13, OF_SET_ASYNC, &r, &m), FLOW_OK);
    assert_int_equal(m.packet_in[0],
                     1 << PACKET_IN_APPLY_ACTION | 1 << PACKET_IN_ACTION_SET |
                         1 << PACKET_IN_GROUP | 1 << PACKET_IN_PACKET_OUT);
}

static void formats_that_there_are(void **state)
{
    static const uint8_t bytes[4] = {0, 0, 0, 3};
    struct reader r = reader_over(bytes, sizeof(bytes));
    enum of_packet_in_format format;

    (void)state;
    assert_int_equal(of_async_read_format(&r, &format), FLOW_NO_PERMISSION);
}

static void a_request_that_is_forwarded(void **state)
{
    static const uint8_t request[16] = {5, 15, 0, 16, 0, 0, 0, 9, 0, 2};
    struct reader whole = reader_over(request, sizeof(request)), r;
    struct of_buffer b = {0};
    struct of_header h;

    (void)state;
    of_async_write_requestforward(&b, OF14, &whole);
    r = reader_over(b.data, b.size);
    h = of_read_header(&r);
    assert_int_equal(of_kind_of(&h, &r), OF_REQUESTFORWARD);
    assert_int_equal(h.size, 24);
    assert_memory_equal(r.next, request, sizeof(request));
    of_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(faults_of_properties),
        cmocka_unit_test(a_property_changes_its_own_mask),
        cmocka_unit_test(reasons_of_a_mask),
        cmocka_unit_test(formats_that_there_are),
        cmocka_unit_test(a_request_that_is_forwarded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
