/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames to controllers and from them, in the layouts of all versions and of
 * Nicira's extensions.
 */
#include "openflow/of_packet.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

enum { DATA_SIZE = 64 };

/* The frame counts up from 'first'. */
struct message {
    uint32_t buffer_id, total_size, size;
    uint8_t reason, table, first;
    uint64_t cookie;
    struct flow_match match;
    struct action_list actions;
};

#define FIELD(member, form) GOLDEN_FIELD(struct message, member, form)

static const struct golden_field fields[] = {
    FIELD(buffer_id, HEX),   FIELD(total_size, DEC),
    FIELD(size, DEC),        FIELD(reason, DEC),
    FIELD(table, DEC),       FIELD(first, DEC),
    FIELD(cookie, HEX),      FIELD(match, MATCH),
    FIELD(actions, ACTIONS), {0},
};

static void fill(uint8_t *data, const struct message *m)
{
    assert_in_range(m->size, 0, DATA_SIZE);
    for (size_t i = 0; i < m->size; i++)
        data[i] = (uint8_t)(m->first + i);
}

static void check_data(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(data[i], (uint8_t)(data[0] + i));
}

static enum flow_error say_in(enum of_version version, enum of_kind kind,
                              struct reader *body, FILE *lines)
{
    struct packet_in in;
    enum flow_error error = of_packet_read_in(version, kind, body, &in);
    struct message m;

    if (error)
        return error;
    check_data(in.data, in.size);
    m = (struct message){
        .buffer_id = in.buffer_id,
        .total_size = in.total_size,
        .size = (uint32_t)in.size,
        .reason = in.reason,
        .table = in.table,
        .first = in.size ? in.data[0] : 0,
        .cookie = in.cookie,
        .match = in.match,
    };
    golden_write(lines, "in", fields, &m);
    return FLOW_OK;
}

static void write_in_kind(struct of_buffer *b, enum of_version version,
                          enum of_kind kind, struct golden_lines *lines)
{
    uint8_t data[DATA_SIZE];
    struct message m = {0};
    struct packet_in in;

    assert_true(golden_read(lines, "in", fields, &m));
    fill(data, &m);
    in = (struct packet_in){
        .buffer_id = m.buffer_id,
        .total_size = m.total_size,
        .reason = m.reason,
        .table = m.table,
        .cookie = m.cookie,
        .match = m.match,
        .data = data,
        .size = m.size,
    };
    of_packet_write_in(b, version, kind, &in);
}

static enum flow_error read_in(enum of_version version,
                               const struct of_header *h, struct reader *body,
                               FILE *lines)
{
    assert_int_equal(h->xid, 0);
    return say_in(version, OF_PACKET_IN, body, lines);
}

static void write_in(struct of_buffer *b, enum of_version version, uint32_t xid,
                     struct golden_lines *lines)
{
    (void)xid;
    write_in_kind(b, version, OF_PACKET_IN, lines);
}

static enum flow_error read_nx(enum of_version version,
                               const struct of_header *h, struct reader *body,
                               FILE *lines)
{
    (void)h;
    return say_in(version, OF_NX_PACKET_IN, body, lines);
}

static void write_nx(struct of_buffer *b, enum of_version version, uint32_t xid,
                     struct golden_lines *lines)
{
    (void)xid;
    write_in_kind(b, version, OF_NX_PACKET_IN, lines);
}

/* A message may end behind any of its properties, but what we write ends with
 * what there is beside the frame. */
static enum flow_error read_nx2(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct reader again = *body;
    struct packet_in in;
    enum flow_error error =
        of_packet_read_in(version, OF_NX_PACKET_IN2, &again, &in);

    (void)h;
    if (error || !in.match.mask.in_port)
        return FLOW_BAD_LENGTH;
    return say_in(version, OF_NX_PACKET_IN2, body, lines);
}

static void write_nx2(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    (void)xid;
    write_in_kind(b, version, OF_NX_PACKET_IN2, lines);
}

static enum flow_error read_out(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct packet_out out;
    enum flow_error error = of_packet_read_out(version, body, &out);
    struct message m;

    (void)h;
    if (error)
        return error;
    check_data(out.data, out.size);
    m = (struct message){
        .buffer_id = out.buffer_id,
        .size = (uint32_t)out.size,
        .first = out.size ? out.data[0] : 0,
        .match = out.match,
        .actions = out.actions,
    };
    /* With a buffer data has no meaning, so that it is not read. */
    if (out.buffer_id != PACKET_NO_BUFFER && body->left > 0)
        error = FLOW_BAD_LENGTH;
    else
        golden_write(lines, "out", fields, &m);
    packet_out_clear(&out);
    return error;
}

static void write_out(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    uint8_t data[DATA_SIZE];
    struct message m = {0};
    struct packet_out out;

    assert_true(golden_read(lines, "out", fields, &m));
    fill(data, &m);
    out = (struct packet_out){
        .buffer_id = m.buffer_id,
        .match = m.match,
        .actions = m.actions,
        .data = data,
        .size = m.size,
    };
    of_packet_write_out(b, version, xid, &out);
    packet_out_clear(&out);
}

static const struct golden_kind kinds[] = {
    {"PACKET_IN", OF_PACKET_IN, .read = read_in, .write = write_in},
    {"NX_PACKET_IN", OF_NX_PACKET_IN, .read = read_nx, .write = write_nx},
    {"NX_PACKET_IN2", OF_NX_PACKET_IN2, .read = read_nx2, .write = write_nx2},
    {"PACKET_OUT", OF_PACKET_OUT, .read = read_out, .write = write_out},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("packet", OF10, kinds);
}

/* A PACKET_OUT without actions. */
static enum flow_error out_error(uint32_t port, uint8_t actions_size)
{
    uint8_t bytes[24] = {0xff,
                         0xff,
                         0xff,
                         0xff,
                         (uint8_t)(port >> 24),
                         (uint8_t)(port >> 16),
                         (uint8_t)(port >> 8),
                         (uint8_t)port,
                         0,
                         actions_size};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct packet_out out;
    enum flow_error error = of_packet_read_out(OF13, &r, &out);

    if (!error)
        packet_out_clear(&out);
    return error;
}

static void where_a_frame_can_come_from(void **state)
{
    (void)state;
    assert_int_equal(out_error(1, 0), FLOW_OK);
    assert_int_equal(out_error(PORT_NO_LOCAL, 0), FLOW_OK);
    assert_int_equal(out_error(PORT_NO_CONTROLLER, 0), FLOW_OK);
    assert_int_equal(out_error(PORT_NO_ANY, 0), FLOW_OK);
    assert_int_equal(out_error(PORT_NO_FLOOD, 0), FLOW_BAD_REQUEST_PORT);
    assert_int_equal(out_error(0xffffff05, 0), FLOW_BAD_REQUEST_PORT);
    assert_int_equal(out_error(1, 16), FLOW_BAD_LENGTH);
}

/* 1.5 says it by a match, which may be empty. */
static void a_frame_from_nowhere(void **state)
{
    static const uint8_t bytes[16] = {0xff, 0xff, 0xff, 0xff, 0, 0,
                                      0,    0,    0,    1,    0, 4};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct packet_out out;

    (void)state;
    assert_int_equal(of_packet_read_out(OF15, &r, &out), FLOW_BAD_REQUEST_PORT);
}

/* What each version makes of a reason: OpenFlow's words came bit by bit. */
static void reasons(void **state)
{
    static const struct {
        uint8_t reason, of10, of13, of14;
    } rows[] = {
        /* clang-format off */
        {PACKET_IN_TABLE_MISS,   1, 0, 0},
        {PACKET_IN_APPLY_ACTION, 1, 1, 1},
        {PACKET_IN_INVALID_TTL,  2, 2, 2},
        {PACKET_IN_ACTION_SET,   1, 1, 3},
        {PACKET_IN_GROUP,        1, 1, 4},
        {PACKET_IN_PACKET_OUT,   1, 1, 5},
        {PACKET_IN_NO_ENTRY,     0, 0, 0},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct packet_in in = {.reason = rows[i].reason};
        struct of_buffer b = {0};

        of_packet_write_in(&b, OF10, OF_PACKET_IN, &in);
        assert_int_equal(b.data[16], rows[i].of10);
        of_buffer_clear(&b);
        of_packet_write_in(&b, OF13, OF_PACKET_IN, &in);
        assert_int_equal(b.data[14], rows[i].of13);
        of_buffer_clear(&b);
        of_packet_write_in(&b, OF14, OF_PACKET_IN, &in);
        assert_int_equal(b.data[14], rows[i].of14);
        of_buffer_clear(&b);
    }
}

/* Such frames exist: segmentation left to the network card. */
static void a_frame_longer_than_a_message(void **state)
{
    static const enum of_kind in_kinds[] = {OF_PACKET_IN, OF_NX_PACKET_IN,
                                            OF_NX_PACKET_IN2};
    static uint8_t data[70000];
    struct packet_in in = {.buffer_id = PACKET_NO_BUFFER,
                           .total_size = sizeof(data),
                           .data = data,
                           .size = sizeof(data)};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct of_buffer b = {0};

        of_packet_write_in(&b, OF13, in_kinds[i], &in);
        assert_false(b.is_bad);
        assert_in_range(b.size, 65000, OF_MESSAGE_MAX);
        of_buffer_clear(&b);
    }
}

static void what_is_told_beside_the_frame(void **state)
{
    struct flow_key key = {.in_port = 0x01000000, .in_phy_port = 0x02000000};
    struct flow_match m;

    (void)state;
    key.reg[3] = 7;
    m = packet_in_context(&key);
    assert_int_equal(m.key.in_port, 0x01000000);
    assert_int_equal(m.mask.in_port, UINT32_MAX);
    assert_int_equal(m.mask.in_phy_port, UINT32_MAX);
    assert_int_equal(m.mask.reg[3], UINT32_MAX);
    assert_int_equal(m.mask.reg[2], 0);
    assert_int_equal(m.mask.metadata, 0);

    key.in_phy_port = key.in_port;
    assert_int_equal(packet_in_context(&key).mask.in_phy_port, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(where_a_frame_can_come_from),
        cmocka_unit_test(a_frame_from_nowhere),
        cmocka_unit_test(reasons),
        cmocka_unit_test(a_frame_longer_than_a_message),
        cmocka_unit_test(what_is_told_beside_the_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
