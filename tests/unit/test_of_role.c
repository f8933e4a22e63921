/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roles of controllers: OpenFlow's messages since 1.2 and Nicira's.
 */
#include "openflow/of_role.h"

#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct role_request, member, form)

static const struct golden_field role_fields[] = {
    FIELD(role, DEC),
    FIELD(generation_id, HEX),
    FIELD(short_id, DEC),
    {0},
};

struct status {
    uint8_t reason;
};

static const struct golden_field status_fields[] = {
    GOLDEN_FIELD(struct status, reason, DEC),
    {0},
};

static enum flow_error read_role(enum of_version version, enum of_kind kind,
                                 struct reader *body, FILE *lines)
{
    struct role_request r;
    enum flow_error error = of_role_read(version, kind, body, &r);

    if (error)
        return error;
    assert_int_equal(r.has_generation_id, kind == OF_ROLE_REQUEST);
    golden_write(lines, "role", role_fields, &r);
    return FLOW_OK;
}

/* Requests and replies are the same. */
static enum flow_error read_standard(enum of_version version,
                                     const struct of_header *h,
                                     struct reader *body, FILE *lines)
{
    (void)h;
    return read_role(version, OF_ROLE_REQUEST, body, lines);
}

static enum flow_error read_nicira(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    (void)h;
    return read_role(version, OF_NX_ROLE_REQUEST, body, lines);
}

static struct role_request hear(struct golden_lines *lines)
{
    struct role_request r = {0};

    assert_true(golden_read(lines, "role", role_fields, &r));
    return r;
}

static void write_request(struct of_buffer *b, enum of_version version,
                          uint32_t xid, struct golden_lines *lines)
{
    struct role_request r = hear(lines);

    of_role_write(b, version, OF_ROLE_REQUEST, xid, &r);
}

static void write_reply(struct of_buffer *b, enum of_version version,
                        uint32_t xid, struct golden_lines *lines)
{
    struct role_request r = hear(lines);

    of_role_write(b, version, OF_ROLE_REPLY, xid, &r);
}

static void write_nx_request(struct of_buffer *b, enum of_version version,
                             uint32_t xid, struct golden_lines *lines)
{
    struct role_request r = hear(lines);

    of_role_write(b, version, OF_NX_ROLE_REQUEST, xid, &r);
}

static void write_nx_reply(struct of_buffer *b, enum of_version version,
                           uint32_t xid, struct golden_lines *lines)
{
    struct role_request r = hear(lines);

    of_role_write(b, version, OF_NX_ROLE_REPLY, xid, &r);
}

static enum flow_error read_status(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct role_request r;
    struct status s;
    enum flow_error error = of_role_read_status(body, &s.reason, &r);

    (void)version;
    assert_int_equal(h->xid, 0);
    if (error)
        return error;
    golden_write(lines, "status", status_fields, &s);
    golden_write(lines, "role", role_fields, &r);
    return FLOW_OK;
}

static void write_status(struct of_buffer *b, enum of_version version,
                         uint32_t xid, struct golden_lines *lines)
{
    struct status s = {0};
    struct role_request r;

    (void)xid;
    assert_true(golden_read(lines, "status", status_fields, &s));
    r = hear(lines);
    of_role_write_status(b, version, (enum role_reason)s.reason, &r);
}

static const struct golden_kind kinds[] = {
    {"ROLE_REQUEST", OF_ROLE_REQUEST, .read = read_standard,
     .write = write_request},
    {"ROLE_REPLY", OF_ROLE_REPLY, .read = read_standard, .write = write_reply},
    {"NX_ROLE_REQUEST", OF_NX_ROLE_REQUEST, .read = read_nicira,
     .write = write_nx_request},
    {"NX_ROLE_REPLY", OF_NX_ROLE_REPLY, .read = read_nicira,
     .write = write_nx_reply},
    {"ROLE_STATUS", OF_ROLE_STATUS, .read = read_status, .write = write_status},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check("of10/role", OF10, kinds);
    golden_check("of12/role", OF12, kinds);
    golden_check("of13/role", OF13, kinds);
    golden_check("of14/role", OF14, kinds);
    golden_check("of15/role", OF15, kinds);
}

static enum flow_error role_error(enum of_kind kind, uint8_t role)
{
    uint8_t bytes[16] = {0, 0, 0, role};
    struct reader r = reader_over(bytes, kind == OF_ROLE_REQUEST ? 16 : 4);
    struct role_request request;

    return of_role_read(OF13, kind, &r, &request);
}

static void roles_that_there_are(void **state)
{
    (void)state;
    assert_int_equal(role_error(OF_ROLE_REQUEST, 3), FLOW_OK);
    assert_int_equal(role_error(OF_ROLE_REQUEST, 4), FLOW_BAD_ROLE);
    assert_int_equal(role_error(OF_NX_ROLE_REQUEST, 2), FLOW_OK);
    assert_int_equal(role_error(OF_NX_ROLE_REQUEST, 3), FLOW_BAD_ROLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(roles_that_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
