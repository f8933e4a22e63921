/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of ports, in the layouts of all versions.
 */
#include "openflow/of_queue.h"

#include "flow/port_no.h"
#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

static const struct golden_field request_fields[] = {
    GOLDEN_FIELD(struct of_queue_request, port, HEX),
    GOLDEN_FIELD(struct of_queue_request, queue, HEX),
    {0},
};

#define FIELD(member, form) GOLDEN_FIELD(struct queue_desc, member, form)

static const struct golden_field queue_fields[] = {
    FIELD(port, HEX),
    FIELD(queue, DEC),
    FIELD(min_rate, DEC),
    FIELD(max_rate, DEC),
    {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct queue_stats, member, DEC)

static const struct golden_field stats_fields[] = {
    FIELD(port),      FIELD(queue),      FIELD(tx_bytes),    FIELD(tx_packets),
    FIELD(tx_errors), FIELD(duration_s), FIELD(duration_ns), {0},
};

static enum flow_error read_config_request(enum of_version version,
                                           const struct of_header *h,
                                           struct reader *body, FILE *lines)
{
    struct of_queue_request r = {0};
    enum flow_error error =
        of_queue_read_config_request(version, body, &r.port);

    (void)h;
    if (!error)
        golden_write(lines, "request", request_fields, &r);
    return error;
}

static void write_config_request(struct of_buffer *b, enum of_version version,
                                 uint32_t xid, struct golden_lines *lines)
{
    struct of_queue_request r = {0};

    assert_true(golden_read(lines, "request", request_fields, &r));
    of_queue_write_config_request(b, version, xid, r.port);
}

static enum flow_error read_config(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct of_queue_request r = {0};
    enum flow_error error = of_queue_read_config(version, body, &r.port);

    (void)h;
    if (error)
        return error;
    golden_write(lines, "config", request_fields, &r);
    while (body->left > 0) {
        struct queue_desc q = {.port = r.port};

        error = of_queue_read(version, body, &q);
        if (error)
            return error;
        golden_write(lines, "queue", queue_fields, &q);
    }
    return FLOW_OK;
}

static void write_config(struct of_buffer *b, enum of_version version,
                         uint32_t xid, struct golden_lines *lines)
{
    struct of_queue_request r = {0};
    struct queue_desc queues[8] = {0};
    struct queue_config c = {.queues = queues};

    assert_true(golden_read(lines, "config", request_fields, &r));
    c.port = r.port;
    while (c.count < 8 &&
           golden_read(lines, "queue", queue_fields, &queues[c.count]))
        c.count++;
    of_queue_write_config(b, version, xid, &c);
}

static enum flow_error read_request(enum of_version version,
                                    struct reader *body, void *value)
{
    return of_queue_read_request(version, body, value);
}

static void put_request(struct of_buffer *b, enum of_version version,
                        const void *value)
{
    of_queue_put_request(b, version, value);
}

static enum flow_error read_queue(enum of_version version, struct reader *body,
                                  void *value)
{
    return of_queue_read(version, body, value);
}

static void put_queue(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    of_queue_put(b, version, value);
}

static enum flow_error read_stats(enum of_version version, struct reader *body,
                                  void *value)
{
    return of_queue_read_stats(version, body, value);
}

static void put_stats(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    of_queue_put_stats(b, version, value);
}

static const struct golden_part queue_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct of_queue_request),
    .read = read_request,
    .put = put_request,
};

static const struct golden_part queue_desc = {
    .word = "queue",
    .fields = queue_fields,
    .size = sizeof(struct queue_desc),
    .read = read_queue,
    .put = put_queue,
};

static const struct golden_part queue_stats = {
    .word = "queue",
    .fields = stats_fields,
    .size = sizeof(struct queue_stats),
    .read = read_stats,
    .put = put_stats,
};

static const struct golden_kind kinds[] = {
    {"QUEUE_GET_CONFIG_REQUEST", OF_QUEUE_GET_CONFIG_REQUEST,
     .read = read_config_request, .write = write_config_request},
    {"QUEUE_GET_CONFIG_REPLY", OF_QUEUE_GET_CONFIG_REPLY, .read = read_config,
     .write = write_config},
    {"MP_QUEUE request", OF_MP_QUEUE, .request = &queue_request},
    {"MP_QUEUE reply", OF_MP_QUEUE, .reply = &queue_stats},
    {"MP_QUEUE_DESC request", OF_MP_QUEUE_DESC, .request = &queue_request},
    {"MP_QUEUE_DESC reply", OF_MP_QUEUE_DESC, .reply = &queue_desc},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("queue", OF10, kinds);
}

static enum flow_error config_error(uint32_t port, uint32_t *number)
{
    uint8_t bytes[4] = {(uint8_t)(port >> 8), (uint8_t)port};
    struct reader r = reader_over(bytes, sizeof(bytes));

    return of_queue_read_config_request(OF10, &r, number);
}

static void ports_of_requests(void **state)
{
    static const uint8_t all[8] = {0xff, 0xfc, 0, 0, 0xff, 0xff, 0xff, 0xff};
    struct reader r = reader_over(all, sizeof(all));
    struct of_queue_request request;
    uint32_t number;

    (void)state;
    assert_int_equal(config_error(0xff05, &number), FLOW_BAD_QUEUE_PORT);
    assert_int_equal(config_error(7, &number), FLOW_OK);
    assert_int_equal(number, 7);

    /* OFPP_ALL is how 1.0 says it in requests for statistics. */
    assert_int_equal(of_queue_read_request(OF10, &r, &request), FLOW_OK);
    assert_int_equal(request.port, PORT_NO_ANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(ports_of_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
