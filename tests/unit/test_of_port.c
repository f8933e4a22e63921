/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptions of ports and changes to them, in the layouts of all versions.
 */
#include "openflow/of_port.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct port_desc, member, form)

static const struct golden_field desc_fields[] = {
    FIELD(number, HEX),       FIELD(mac, MAC),       FIELD(name, TEXT),
    FIELD(config, HEX),       FIELD(state, HEX),     FIELD(current, HEX),
    FIELD(advertised, HEX),   FIELD(supported, HEX), FIELD(peer, HEX),
    FIELD(current_kbps, DEC), FIELD(max_kbps, DEC),  {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct port_mod, member, form)

static const struct golden_field mod_fields[] = {
    FIELD(number, HEX), FIELD(mac, MAC),       FIELD(config, HEX),
    FIELD(mask, HEX),   FIELD(advertise, HEX), {0},
};

struct request {
    uint32_t port;
    uint8_t reason;
};

static const struct golden_field request_fields[] = {
    GOLDEN_FIELD(struct request, port, HEX),
    GOLDEN_FIELD(struct request, reason, DEC),
    {0},
};

static enum flow_error read_mod(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct port_mod mod;
    enum flow_error error = of_port_read_mod(version, body, &mod);

    (void)h;
    if (!error)
        golden_write(lines, "mod", mod_fields, &mod);
    return error;
}

static void write_mod(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct port_mod mod = {0};

    assert_true(golden_read(lines, "mod", mod_fields, &mod));
    of_port_write_mod(b, version, xid, &mod);
}

static enum flow_error read_status(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct request status = {0};
    struct port_desc p;
    enum flow_error error =
        of_port_read_status(version, body, &status.reason, &p);

    assert_int_equal(h->xid, 0);
    if (error)
        return error;
    golden_write(lines, "status", request_fields, &status);
    golden_write(lines, "port", desc_fields, &p);
    return FLOW_OK;
}

static void write_status(struct of_buffer *b, enum of_version version,
                         uint32_t xid, struct golden_lines *lines)
{
    struct request status = {0};
    struct port_desc p = {0};

    (void)xid;
    assert_true(golden_read(lines, "status", request_fields, &status));
    assert_true(golden_read(lines, "port", desc_fields, &p));
    of_port_write_status(b, version, (enum port_reason)status.reason, &p);
}

static enum flow_error read_request(enum of_version version,
                                    struct reader *body, void *value)
{
    return of_port_read_request(version, body,
                                &((struct request *)value)->port);
}

static void put_request(struct of_buffer *b, enum of_version version,
                        const void *value)
{
    of_port_put_request(b, version, ((const struct request *)value)->port);
}

static enum flow_error read_port(enum of_version version, struct reader *body,
                                 void *value)
{
    return of_port_read(version, body, value);
}

static void put_port(struct of_buffer *b, enum of_version version,
                     const void *value)
{
    of_port_put(b, version, value);
}

static const struct golden_part port_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct request),
    .read = read_request,
    .put = put_request,
};

static const struct golden_part port_desc = {
    .word = "port",
    .fields = desc_fields,
    .size = sizeof(struct port_desc),
    .read = read_port,
    .put = put_port,
};

static const struct golden_kind kinds[] = {
    {"PORT_MOD", OF_PORT_MOD, .read = read_mod, .write = write_mod},
    {"PORT_STATUS", OF_PORT_STATUS, .read = read_status, .write = write_status},
    {"MP_PORT_DESC request", OF_MP_PORT_DESC, .request = &port_request},
    {"MP_PORT_DESC reply", OF_MP_PORT_DESC, .reply = &port_desc},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("port", OF10, kinds);
}

/* A PORT_MOD with the number, what to set and what to advertise given. */
static enum flow_error mod_error(enum of_version version, uint32_t number,
                                 uint32_t config, uint32_t advertise)
{
    uint8_t bytes[] = {
        (uint8_t)(number >> 24),
        (uint8_t)(number >> 16),
        (uint8_t)(number >> 8),
        (uint8_t)number,
        0,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        (uint8_t)(config >> 24),
        (uint8_t)(config >> 16),
        (uint8_t)(config >> 8),
        (uint8_t)config,
        0xff,
        0xff,
        0xff,
        0xff,
        (uint8_t)(advertise >> 24),
        (uint8_t)(advertise >> 16),
        (uint8_t)(advertise >> 8),
        (uint8_t)advertise,
        0,
        0,
        0,
        0,
    };
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct port_mod mod;

    return of_port_read_mod(version, &r, &mod);
}

static void faults_of_a_change(void **state)
{
    (void)state;
    assert_int_equal(mod_error(OF13, 1, 1, 0), FLOW_OK);
    assert_int_equal(mod_error(OF13, 0xffffff00, 1, 0), FLOW_BAD_PORT);
    assert_int_equal(mod_error(OF13, PORT_NO_LOCAL, 1, 0), FLOW_OK);
    /* NO_FLOOD is 1.0's only. */
    assert_int_equal(mod_error(OF13, 1, PORT_CONFIG_NO_FLOOD, 0),
                     FLOW_BAD_PORT_CONFIG);
    assert_int_equal(mod_error(OF13, 1, 0, 0x10000), FLOW_BAD_PORT_ADVERTISE);
}

static enum flow_error property_error(const uint8_t *property, size_t size)
{
    uint8_t bytes[64] = {0, 0, 0, 1};
    struct reader r = reader_over(bytes, 24 + size);
    struct port_mod mod;

    memcpy(bytes + 24, property, size);
    return of_port_read_mod(OF14, &r, &mod);
}

static void faults_of_properties(void **state)
{
    static const struct {
        uint8_t bytes[16];
        size_t size;
        enum flow_error error;
    } rows[] = {
        /* clang-format off */
        {{0, 0, 0, 8, 0, 0, 0, 1},                          8,  FLOW_OK                       },
        {{0, 0, 0, 7, 0, 0, 0, 1},                          8,  FLOW_BAD_PROPERTY_LENGTH      },
        {{0, 0, 0, 12, 0, 0, 0, 1},                         16, FLOW_BAD_PROPERTY_LENGTH      },
        {{0, 0, 0, 3, 0, 0, 0, 1},                          8,  FLOW_BAD_PROPERTY_LENGTH      },
        {{0, 0, 0, 16, 0, 0, 0, 1},                         8,  FLOW_BAD_PROPERTY_LENGTH      },
        {{0, 9, 0, 8, 0, 0, 0, 1},                          8,  FLOW_BAD_PROPERTY             },
        {{0xff, 0xff, 0, 12, 0, 0, 0x23, 0x20, 0, 0, 0, 1},
         /* clang-format on */
         16,
         FLOW_BAD_PROPERTY_EXPERIMENTER},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_int_equal(property_error(rows[i].bytes, rows[i].size),
                         rows[i].error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(faults_of_a_change),
        cmocka_unit_test(faults_of_properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
