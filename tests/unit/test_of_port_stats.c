/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ports have counted, in the layouts of all versions.
 */
#include "openflow/of_port_stats.h"

#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member) GOLDEN_FIELD(struct port_stats, member, DEC)

static const struct golden_field stats_fields[] = {
    FIELD(number),      FIELD(rx_packets),
    FIELD(tx_packets),  FIELD(rx_bytes),
    FIELD(tx_bytes),    FIELD(rx_dropped),
    FIELD(tx_dropped),  FIELD(rx_errors),
    FIELD(tx_errors),   FIELD(rx_frame_err),
    FIELD(rx_over_err), FIELD(rx_crc_err),
    FIELD(collisions),  FIELD(duration_s),
    FIELD(duration_ns), {0},
};

struct request {
    uint32_t port;
};

static const struct golden_field request_fields[] = {
    GOLDEN_FIELD(struct request, port, HEX),
    {0},
};

static enum flow_error read_request(enum of_version version,
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct request r = {0};
    enum flow_error error = of_port_stats_read_request(version, body, &r.port);

    assert_false(of_is_multipart_reply(h));
    if (!error)
        golden_write(lines, "request", request_fields, &r);
    return error;
}

static void write_request(struct of_buffer *b, enum of_version version,
                          uint32_t xid, struct golden_lines *lines)
{
    size_t start = of_begin_request(b, version, OF_MP_PORT, xid);
    struct request r = {0};

    assert_true(golden_read(lines, "request", request_fields, &r));
    of_port_stats_put_request(b, version, r.port);
    of_end(b, start);
}

static enum flow_error read_reply(enum of_version version,
                                  const struct of_header *h,
                                  struct reader *body, FILE *lines)
{
    assert_true(of_is_multipart_reply(h));
    while (body->left > 0) {
        struct port_stats s;
        enum flow_error error = of_port_stats_read(version, body, &s);

        if (error)
            return error;
        golden_write(lines, "port", stats_fields, &s);
    }
    return FLOW_OK;
}

static void write_reply(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct of_multipart m =
        of_multipart_of(b, of_begin(b, version, OF_MP_PORT, xid));
    struct port_stats s = {0};

    while (golden_read(lines, "port", stats_fields, &s)) {
        of_port_stats_put(b, version, &s);
        of_multipart_part_done(&m);
        s = (struct port_stats){0};
    }
    of_multipart_end(&m);
}

static const struct golden_kind kinds[] = {
    /* clang-format off */
    {"MP_PORT request", OF_MP_PORT, read_request, write_request},
    {"MP_PORT reply",     OF_MP_PORT, read_reply, write_reply},
    {0                },
    /* clang-format on */
};

static void golden_files(void **state)
{
    (void)state;
    golden_check("of10/port_stats", OF10, kinds);
    golden_check("of11/port_stats", OF11, kinds);
    golden_check("of12/port_stats", OF12, kinds);
    golden_check("of13/port_stats", OF13, kinds);
    golden_check("of14/port_stats", OF14, kinds);
    golden_check("of15/port_stats", OF15, kinds);
}

static void a_request_for_no_port(void **state)
{
    static const uint8_t bytes[8] = {0xff, 0x00};
    struct reader r = reader_over(bytes, sizeof(bytes));
    uint32_t number;

    (void)state;
    assert_int_equal(of_port_stats_read_request(OF10, &r, &number),
                     FLOW_BAD_REQUEST_PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(a_request_for_no_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
