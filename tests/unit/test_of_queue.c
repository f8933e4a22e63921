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

static enum flow_error read_queues(enum of_version version, struct reader *body,
                                   uint32_t port, FILE *lines)
{
    while (body->left > 0) {
        struct queue_desc q = {.port = port};
        enum flow_error error = of_queue_read(version, body, &q);

        if (error)
            return error;
        golden_write(lines, "queue", queue_fields, &q);
    }
    return FLOW_OK;
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
    return read_queues(version, body, r.port, lines);
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
                                    const struct of_header *h,
                                    struct reader *body, FILE *lines)
{
    struct of_queue_request r;
    enum flow_error error = of_queue_read_request(version, body, &r);

    assert_false(of_is_multipart_reply(h));
    if (!error)
        golden_write(lines, "request", request_fields, &r);
    return error;
}

static void put_request(struct of_buffer *b, enum of_version version,
                        size_t start, struct golden_lines *lines)
{
    struct of_queue_request r = {0};

    assert_true(golden_read(lines, "request", request_fields, &r));
    of_queue_put_request(b, version, &r);
    of_end(b, start);
}

static void write_stats_request(struct of_buffer *b, enum of_version version,
                                uint32_t xid, struct golden_lines *lines)
{
    put_request(b, version, of_begin_request(b, version, OF_MP_QUEUE, xid),
                lines);
}

static void write_desc_request(struct of_buffer *b, enum of_version version,
                               uint32_t xid, struct golden_lines *lines)
{
    put_request(b, version, of_begin_request(b, version, OF_MP_QUEUE_DESC, xid),
                lines);
}

static enum flow_error read_desc(enum of_version version,
                                 const struct of_header *h, struct reader *body,
                                 FILE *lines)
{
    assert_true(of_is_multipart_reply(h));
    return read_queues(version, body, 0, lines);
}

static void write_desc(struct of_buffer *b, enum of_version version,
                       uint32_t xid, struct golden_lines *lines)
{
    struct of_multipart m =
        of_multipart_of(b, of_begin(b, version, OF_MP_QUEUE_DESC, xid));
    struct queue_desc q = {0};

    while (golden_read(lines, "queue", queue_fields, &q)) {
        of_queue_put(b, version, &q);
        of_multipart_part_done(&m);
        q = (struct queue_desc){0};
    }
    of_multipart_end(&m);
}

static enum flow_error read_stats(enum of_version version,
                                  const struct of_header *h,
                                  struct reader *body, FILE *lines)
{
    assert_true(of_is_multipart_reply(h));
    while (body->left > 0) {
        struct queue_stats s;
        enum flow_error error = of_queue_read_stats(version, body, &s);

        if (error)
            return error;
        golden_write(lines, "queue", stats_fields, &s);
    }
    return FLOW_OK;
}

static void write_stats(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct of_multipart m =
        of_multipart_of(b, of_begin(b, version, OF_MP_QUEUE, xid));
    struct queue_stats s = {0};

    while (golden_read(lines, "queue", stats_fields, &s)) {
        of_queue_put_stats(b, version, &s);
        of_multipart_part_done(&m);
        s = (struct queue_stats){0};
    }
    of_multipart_end(&m);
}

static const struct golden_kind kinds[] = {
    {"QUEUE_GET_CONFIG_REQUEST", OF_QUEUE_GET_CONFIG_REQUEST,
     read_config_request, write_config_request},
    {"QUEUE_GET_CONFIG_REPLY", OF_QUEUE_GET_CONFIG_REPLY, read_config,
     write_config},
    {"MP_QUEUE request", OF_MP_QUEUE, read_request, write_stats_request},
    {"MP_QUEUE reply", OF_MP_QUEUE, read_stats, write_stats},
    {"MP_QUEUE_DESC request", OF_MP_QUEUE_DESC, read_request,
     write_desc_request},
    {"MP_QUEUE_DESC reply", OF_MP_QUEUE_DESC, read_desc, write_desc},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check("of10/queue", OF10, kinds);
    golden_check("of11/queue", OF11, kinds);
    golden_check("of12/queue", OF12, kinds);
    golden_check("of13/queue", OF13, kinds);
    golden_check("of14/queue", OF14, kinds);
    golden_check("of15/queue", OF15, kinds);
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
