/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statistics and configuration of flow tables, in the layouts of all versions.
 */
#include "openflow/of_table.h"

#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct table_stats, member, form)

static const struct golden_field stats_fields[] = {
    FIELD(table, DEC),          FIELD(name, TEXT),
    FIELD(config, HEX),         FIELD(max_entries, DEC),
    FIELD(active_entries, DEC), FIELD(lookups, DEC),
    FIELD(matches, DEC),        {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct table_desc, member, form)

static const struct golden_field desc_fields[] = {
    FIELD(table, DEC),       FIELD(config, HEX),   FIELD(has_eviction, DEC),
    FIELD(has_vacancy, DEC), FIELD(eviction, HEX), FIELD(vacancy_down, DEC),
    FIELD(vacancy_up, DEC),  FIELD(vacancy, DEC),  {0},
};

struct status {
    uint8_t reason;
};

static const struct golden_field status_fields[] = {
    GOLDEN_FIELD(struct status, reason, DEC),
    {0},
};

static enum flow_error read_stats(enum of_version version, struct reader *body,
                                  void *value)
{
    return of_table_read_stats(version, body, value);
}

static void put_stats(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    of_table_put_stats(b, version, value);
}

static const struct golden_part table_stats = {
    .word = "table",
    .fields = stats_fields,
    .size = sizeof(struct table_stats),
    .read = read_stats,
    .put = put_stats,
};

static enum flow_error read_mod(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct table_desc d;
    enum flow_error error = of_table_read_mod(version, body, &d);

    (void)h;
    if (!error)
        golden_write(lines, "table", desc_fields, &d);
    return error;
}

static void write_mod(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct table_desc d = {0};

    assert_true(golden_read(lines, "table", desc_fields, &d));
    of_table_write_mod(b, version, xid, &d);
}

static enum flow_error read_desc(enum of_version version, struct reader *body,
                                 void *value)
{
    (void)version;
    return of_table_read_desc(body, value);
}

static void put_desc(struct of_buffer *b, enum of_version version,
                     const void *value)
{
    (void)version;
    of_table_put_desc(b, value);
}

static const struct golden_part table_desc = {
    .word = "table",
    .fields = desc_fields,
    .size = sizeof(struct table_desc),
    .read = read_desc,
    .put = put_desc,
};

static enum flow_error read_status(enum of_version version,
                                   const struct of_header *h,
                                   struct reader *body, FILE *lines)
{
    struct status s;
    struct table_desc d;
    enum flow_error error = of_table_read_status(body, &s.reason, &d);

    (void)version;
    assert_int_equal(h->xid, 0);
    if (error)
        return error;
    golden_write(lines, "status", status_fields, &s);
    golden_write(lines, "table", desc_fields, &d);
    return FLOW_OK;
}

static void write_status(struct of_buffer *b, enum of_version version,
                         uint32_t xid, struct golden_lines *lines)
{
    struct status s = {0};
    struct table_desc d = {0};

    (void)xid;
    assert_true(golden_read(lines, "status", status_fields, &s));
    assert_true(golden_read(lines, "table", desc_fields, &d));
    of_table_write_status(b, version, (enum table_reason)s.reason, &d);
}

static const struct golden_kind kinds[] = {
    {"MP_TABLE reply", OF_MP_TABLE, .reply = &table_stats},
    {"TABLE_MOD", OF_TABLE_MOD, .read = read_mod, .write = write_mod},
    {"MP_TABLE_DESC reply", OF_MP_TABLE_DESC, .reply = &table_desc},
    {"TABLE_STATUS", OF_TABLE_STATUS, .read = read_status,
     .write = write_status},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("table", OF10, kinds);
}

static enum flow_error config_error(enum of_version version, uint8_t config)
{
    uint8_t bytes[8] = {0xff, 0, 0, 0, 0, 0, 0, config};
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct table_desc d;

    return of_table_read_mod(version, &r, &d);
}

static void configurations_of_a_version(void **state)
{
    (void)state;
    assert_int_equal(config_error(OF11, 2), FLOW_OK);
    assert_int_equal(config_error(OF11, 3), FLOW_BAD_TABLE_CONFIG);
    assert_int_equal(config_error(OF13, 3), FLOW_OK);
    assert_int_equal(config_error(OF13, 4), FLOW_BAD_TABLE_CONFIG);
    assert_int_equal(config_error(OF14, 0xf), FLOW_OK);
    assert_int_equal(config_error(OF14, 0x10), FLOW_BAD_TABLE_CONFIG);
}

static enum flow_error properties_error(const uint8_t *list, size_t size)
{
    uint8_t bytes[40] = {1};
    struct reader r = reader_over(bytes, 8 + size);
    struct table_desc d;

    memcpy(bytes + 8, list, size);
    return of_table_read_mod(OF14, &r, &d);
}

static void faults_of_properties(void **state)
{
    static const uint8_t down_above_up[8] = {0, 3, 0, 8, 50, 40};
    static const uint8_t above_all[8] = {0, 3, 0, 8, 50, 101};
    static const uint8_t of_now[8] = {0, 3, 0, 8, 50, 60, 55};
    static const uint8_t twice[16] = {0, 2, 0, 8, 0, 0, 0, 0, 0, 2, 0, 8};
    static const uint8_t unknown[8] = {0, 1, 0, 8};

    (void)state;
    assert_int_equal(properties_error(down_above_up, 8),
                     FLOW_BAD_PROPERTY_VALUE);
    assert_int_equal(properties_error(above_all, 8), FLOW_BAD_PROPERTY_VALUE);
    assert_int_equal(properties_error(of_now, 8), FLOW_BAD_PROPERTY_VALUE);
    assert_int_equal(properties_error(twice, 8), FLOW_OK);
    assert_int_equal(properties_error(twice, 16), FLOW_DUPLICATE_PROPERTY);
    assert_int_equal(properties_error(unknown, 8), FLOW_BAD_PROPERTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(configurations_of_a_version),
        cmocka_unit_test(faults_of_properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
