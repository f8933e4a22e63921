/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a switch says of itself, in the layouts of all versions.
 */
#include "openflow/of_features.h"

#include "openflow/of_port.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct switch_features, member, form)

static const struct golden_field features_fields[] = {
    FIELD(datapath_id, HEX),
    FIELD(buffers, DEC),
    FIELD(tables, DEC),
    FIELD(auxiliary_id, DEC),
    FIELD(capabilities, HEX),
    FIELD(actions, HEX),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct port_desc, member, form)

static const struct golden_field port_fields[] = {
    FIELD(number, HEX),
    FIELD(mac, MAC),
    FIELD(name, TEXT),
    FIELD(config, HEX),
    FIELD(state, HEX),
    FIELD(current, HEX),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct switch_config, member, form)

static const struct golden_field config_fields[] = {
    FIELD(flags, HEX),
    FIELD(miss_send_len, DEC),
    {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct switch_desc, member, TEXT)

static const struct golden_field desc_fields[] = {
    FIELD(manufacturer), FIELD(hardware), FIELD(software),
    FIELD(serial),       FIELD(datapath), {0},
};

static enum flow_error read_features(enum of_version version,
                                     const struct of_header *h,
                                     struct reader *body, FILE *lines)
{
    struct switch_features f;
    enum flow_error error = of_features_read(version, body, &f);

    (void)h;
    if (error)
        return error;
    golden_write(lines, "switch", features_fields, &f);
    while (body->left > 0) {
        struct port_desc p;

        error = of_port_read(version, body, &p);
        if (error)
            return error;
        golden_write(lines, "port", port_fields, &p);
    }
    return FLOW_OK;
}

static void write_features(struct of_buffer *b, enum of_version version,
                           uint32_t xid, struct golden_lines *lines)
{
    struct port_desc ports[8] = {0};
    struct switch_features f = {.ports = ports};

    assert_true(golden_read(lines, "switch", features_fields, &f));
    while (f.port_count < 8 &&
           golden_read(lines, "port", port_fields, &ports[f.port_count]))
        f.port_count++;
    of_features_write(b, version, xid, &f);
}

static enum flow_error read_config(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct switch_config c;
    enum flow_error error = of_features_read_config(version, body, &c);

    (void)h;
    if (!error)
        golden_write(lines, "config", config_fields, &c);
    return error;
}

static void write_get_config(struct of_buffer *b, enum of_version version,
                             uint32_t xid, struct golden_lines *lines)
{
    struct switch_config c = {0};

    assert_true(golden_read(lines, "config", config_fields, &c));
    of_features_write_config(b, version, OF_GET_CONFIG_REPLY, xid, &c);
}

static void write_set_config(struct of_buffer *b, enum of_version version,
                             uint32_t xid, struct golden_lines *lines)
{
    struct switch_config c = {0};

    assert_true(golden_read(lines, "config", config_fields, &c));
    of_features_write_config(b, version, OF_SET_CONFIG, xid, &c);
}

static enum flow_error read_desc(enum of_version version,
                                 const struct of_header *h, struct reader *body,
                                 FILE *lines)
{
    struct switch_desc d;
    enum flow_error error = of_features_read_desc(body, &d);

    (void)version;
    assert_true(of_is_multipart_reply(h));
    if (!error)
        golden_write(lines, "desc", desc_fields, &d);
    return error;
}

static void write_desc(struct of_buffer *b, enum of_version version,
                       uint32_t xid, struct golden_lines *lines)
{
    struct switch_desc d = {0};

    assert_true(golden_read(lines, "desc", desc_fields, &d));
    of_features_write_desc(b, version, xid, &d);
}

static const struct golden_kind kinds[] = {
    {"FEATURES_REPLY", OF_FEATURES_REPLY, .read = read_features,
     .write = write_features},
    {"GET_CONFIG_REPLY", OF_GET_CONFIG_REPLY, .read = read_config,
     .write = write_get_config},
    {"SET_CONFIG", OF_SET_CONFIG, .read = read_config,
     .write = write_set_config},
    {"MP_DESC reply", OF_MP_DESC, .read = read_desc, .write = write_desc},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("features", OF10, kinds);
}

static enum flow_error config_error(enum of_version version, uint8_t flags)
{
    uint8_t bytes[4] = {0, flags, 0, 128};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct switch_config c;

    return of_features_read_config(version, &r, &c);
}

static void flags_of_a_version(void **state)
{
    (void)state;
    assert_int_equal(config_error(OF10, 3), FLOW_OK);
    assert_int_equal(config_error(OF10, 7), FLOW_OK);
    assert_int_equal(config_error(OF10, 8), FLOW_BAD_SWITCH_FLAGS);
    assert_int_equal(config_error(OF12, 4), FLOW_OK);
    assert_int_equal(config_error(OF13, 4), FLOW_BAD_SWITCH_FLAGS);
}

/* Longer texts than there is room for keep a zero at the end, and more ports
 * than a message can have are left out. */
static void what_is_too_long(void **state)
{
    static struct port_desc ports[2000];
    struct switch_features f = {.ports = ports, .port_count = 2000};
    struct switch_desc d;
    struct of_buffer b = {0};

    (void)state;
    of_features_write(&b, OF10, 1, &f);
    assert_false(b.is_bad);
    assert_in_range(b.size, OF_MESSAGE_MAX - 64, OF_MESSAGE_MAX);
    of_buffer_clear(&b);

    memset(&d, 'x', sizeof(d));
    of_features_write_desc(&b, OF10, 1, &d);
    assert_int_equal(b.size, 8 + 4 + 1056);
    assert_int_equal(b.data[12 + 254], 'x');
    assert_int_equal(b.data[12 + 255], 0);
    of_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(flags_of_a_version),
        cmocka_unit_test(what_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
