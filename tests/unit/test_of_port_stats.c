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
                                    struct reader *body, void *value)
{
    return of_port_stats_read_request(version, body,
                                      &((struct request *)value)->port);
}

static void put_request(struct of_buffer *b, enum of_version version,
                        const void *value)
{
    of_port_stats_put_request(b, version,
                              ((const struct request *)value)->port);
}

static enum flow_error read_stats(enum of_version version, struct reader *body,
                                  void *value)
{
    return of_port_stats_read(version, body, value);
}

static void put_stats(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    of_port_stats_put(b, version, value);
}

static const struct golden_part stats_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct request),
    .read = read_request,
    .put = put_request,
};

static const struct golden_part stats = {
    .word = "port",
    .fields = stats_fields,
    .size = sizeof(struct port_stats),
    .read = read_stats,
    .put = put_stats,
};

static const struct golden_kind kinds[] = {
    {"MP_PORT request", OF_MP_PORT, .request = &stats_request},
    {"MP_PORT reply", OF_MP_PORT, .reply = &stats},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("port_stats", OF10, kinds);
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
