/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about flow entries in the layouts of all versions; what each version
 * means by a command; and which faults are named how.
 */
#include "openflow/of_flow.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "tests/unit/of_flow_golden.h"
#include "tests/unit/of_hex.h"
#include "tests/unit/test.h"

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("flow", OF10, of_flow_golden_kinds);
}

static struct of_flow_format format_of(enum of_version version)
{
    return (struct of_flow_format){.version = version};
}

/* A FLOW_MOD as one long hex text; the caller clears the mod. */
static enum flow_error read_hex(const struct of_flow_format *f, const char *hex,
                                struct flow_mod *mod)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error;

    of_read_header(&r);
    of_read_head(&(struct of_header){.version = (uint8_t)f->version},
                 f->is_nxm ? OF_NX_FLOW_MOD : OF_FLOW_MOD, &r);
    error = of_flow_mod_read(f, &r, mod);
    of_hex_free(&bytes);
    return error;
}

/* What a command means, by version: one row of the table in Open vSwitch's
 * topics/design.rst each. */
static void commands_mean_what_their_version_says(void **state)
{
    static const struct {
        enum of_version version;
        uint8_t command;
        bool has_mask, adds_if_none, sets_cookie, resets;
    } rows[] = {
        /* clang-format off */
        {OF10, FLOW_MOD_ADD,           false, false, false, true },
        {OF10, FLOW_MOD_MODIFY,        false, true,  true,  false},
        {OF10, FLOW_MOD_MODIFY_STRICT, false, true,  true,  false},
        {OF10, FLOW_MOD_DELETE,        false, false, false, false},
        {OF11, FLOW_MOD_ADD,           false, false, false, true },
        {OF11, FLOW_MOD_MODIFY,        false, true,  false, false},
        {OF11, FLOW_MOD_MODIFY,        true,  false, false, false},
        {OF11, FLOW_MOD_MODIFY_STRICT, false, true,  false, false},
        {OF12, FLOW_MOD_ADD,           false, false, false, false},
        {OF12, FLOW_MOD_MODIFY,        false, false, false, false},
        {OF13, FLOW_MOD_ADD,           false, false, false, false},
        {OF13, FLOW_MOD_MODIFY,        false, false, false, false},
        {OF13, FLOW_MOD_MODIFY_STRICT, true,  false, false, false},
        {OF15, FLOW_MOD_MODIFY,        false, false, false, false},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct of_flow_format f = format_of(rows[i].version);
        struct flow_mod mod = flow_mod_empty(), read;
        struct of_buffer b = {0};
        struct reader r;

        mod.command = (enum flow_mod_command)rows[i].command;
        mod.table = 0;
        mod.cookie = 0x1;
        mod.cookie_mask = rows[i].has_mask ? 0xff : 0;
        of_flow_mod_write(&f, &b, 1, &mod);
        r = reader_over(b.data + OF_HEADER_SIZE, b.size - OF_HEADER_SIZE);
        assert_int_equal(of_flow_mod_read(&f, &r, &read), FLOW_OK);
        assert_int_equal(read.adds_if_none, rows[i].adds_if_none);
        assert_int_equal(read.sets_cookie, rows[i].sets_cookie);
        assert_int_equal(read.resets_counts, rows[i].resets);
        assert_int_equal(read.flags & FLOW_MOD_RESET_COUNTS, 0);
        flow_mod_clear(&read);
        of_buffer_clear(&b);
    }
}

/* A MODIFY of 1.0 with all ones in the cookie keeps those of the entries. */
static void a_cookie_of_ones_is_not_set(void **state)
{
    struct of_flow_format f = format_of(OF10);
    struct flow_mod mod;

    (void)state;
    assert_int_equal(read_hex(&f,
                              "010e0048 00000001 003fffff 00000000 00000000"
                              "00000000 00000000 00000000 00000000 00000000"
                              "00000000 00000000 ffffffff ffffffff 0001 0000"
                              "0000 8000 ffffffff ffff 0000",
                              &mod),
                     FLOW_OK);
    assert_false(mod.sets_cookie);
    assert_true(mod.adds_if_none);
    flow_mod_clear(&mod);
}

/* As POX says it when a switch has connected. */
static void pox_deletes_all(void **state)
{
    static const struct flow_match all;
    struct of_flow_format f = format_of(OF10);
    struct flow_mod mod;

    (void)state;
    assert_int_equal(read_hex(&f,
                              "010e0048 00000001 0010001f 00000000 00000000"
                              "00000000 00000000 00000000 00000000 00000000"
                              "00000000 00000000 00000000 00000000 0003 0000"
                              "0000 8000 ffffffff ffff 0000",
                              &mod),
                     FLOW_OK);
    assert_int_equal(mod.command, FLOW_MOD_DELETE);
    assert_int_equal(mod.table, FLOW_MOD_TABLE_ALL);
    assert_int_equal(mod.out_port, PORT_NO_ANY);
    assert_true(match_is_equal(&mod.match, &all));
    assert_false(mod.flags & FLOW_MOD_EXACT);
    flow_mod_clear(&mod);
}

static void the_command_may_have_the_table(void **state)
{
    static const char hex[] =
        "010e0048 00000001 003fffff 00000000 00000000 00000000 00000000"
        "00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        "0503 0000 0000 8000 ffffffff 0002 0000";
    struct of_flow_format f = format_of(OF10);
    struct flow_mod mod;

    (void)state;
    assert_int_equal(read_hex(&f, hex, &mod), FLOW_BAD_COMMAND);
    f.has_table_id = true;
    assert_int_equal(read_hex(&f, hex, &mod), FLOW_OK);
    assert_int_equal(mod.table, 5);
    assert_int_equal(mod.command, FLOW_MOD_DELETE);
    assert_int_equal(mod.out_port, 2);
    flow_mod_clear(&mod);
}

/* Table, command, flags and a match without fields, of 1.3. */
static enum flow_error error_of_13(uint8_t table, uint8_t command,
                                   uint16_t flags)
{
    struct of_flow_format f = format_of(OF13);
    struct flow_mod mod = flow_mod_empty(), read;
    struct of_buffer b = {0};
    struct reader r;
    enum flow_error error;

    of_flow_mod_write(&f, &b, 1, &mod);
    b.data[24] = table;
    b.data[25] = command;
    b.data[44] = (uint8_t)(flags >> 8);
    b.data[45] = (uint8_t)flags;
    r = reader_over(b.data + OF_HEADER_SIZE, b.size - OF_HEADER_SIZE);
    error = of_flow_mod_read(&f, &r, &read);
    if (!error)
        flow_mod_clear(&read);
    of_buffer_clear(&b);
    return error;
}

static void faults_are_named(void **state)
{
    static const char emergency[] =
        "010e0048 00000001 003fffff 00000000 00000000 00000000 00000000"
        "00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        "0000 0000 0000 8000 ffffffff ffff 0004";
    struct of_flow_format f = format_of(OF10);
    struct flow_mod mod;

    (void)state;
    assert_int_equal(error_of_13(0, FLOW_MOD_ADD, 0x1f), FLOW_OK);
    assert_int_equal(error_of_13(0, FLOW_MOD_ADD, 0x20), FLOW_BAD_FLAGS);
    assert_int_equal(error_of_13(0, 5, 0), FLOW_BAD_COMMAND);
    assert_int_equal(error_of_13(0xff, FLOW_MOD_ADD, 0), FLOW_BAD_TABLE);
    assert_int_equal(error_of_13(0xff, FLOW_MOD_DELETE, 0), FLOW_OK);
    assert_int_equal(read_hex(&f, emergency, &mod), FLOW_OK);
    assert_int_equal(mod.flags, FLOW_MOD_EMERG);
    flow_mod_clear(&mod);
}

/* The length that a controller asked for is told on every output. */
static void statistics_keep_max_len(void **state)
{
    static const struct flow_match all;
    struct flow_action cell = {.type = ACTION_OUTPUT, .port = 2, .max_len = 77};
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 1, .cells = &cell};
    struct flow_stats s = {.match = &all, .instructions = &i};

    (void)state;
    for (int version = OF10; version <= OF15; version++) {
        struct of_flow_format f = format_of((enum of_version)version);
        struct of_buffer b = {0};
        struct of_flow_entry e;
        struct reader r;

        of_flow_stats_put(&f, &b, &s);
        r = reader_over(b.data, b.size);
        assert_int_equal(of_flow_stats_read(&f, &r, &e), FLOW_OK);
        assert_int_equal(e.instructions.cells[0].max_len, 77);
        of_flow_entry_clear(&e);
        of_buffer_clear(&b);
    }
}

/* OpenFlow 1.5.1 7.3.5.4. */
static void brief_statistics_have_no_instructions(void **state)
{
    static const struct flow_match all;
    static const struct flow_instructions none;
    struct flow_stats s = {.match = &all,
                           .instructions = &none,
                           .table = 3,
                           .priority = 9,
                           .duration_s = 1,
                           .duration_ns = 2,
                           .packets = 4,
                           .bytes = UINT64_MAX};
    struct of_buffer b = {0};

    (void)state;
    of_flow_stats_put_brief(&b, &s);
    assert_buffer_is(&b, "00300000 03000009 00010004 00000000"
                         "0000001c 80020008 00000001 00000002"
                         "80020808 00000000 00000004 00000000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(commands_mean_what_their_version_says),
        cmocka_unit_test(a_cookie_of_ones_is_not_set),
        cmocka_unit_test(pox_deletes_all),
        cmocka_unit_test(the_command_may_have_the_table),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(statistics_keep_max_len),
        cmocka_unit_test(brief_statistics_have_no_instructions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
