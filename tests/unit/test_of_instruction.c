/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions: each at most once, faults by their names, a meter in the way of
 * each version.  Messages with instructions are in tests/golden/.
 */
#include "openflow/of_instruction.h"

#include "base/array.h"
#include "tests/unit/of_hex.h"

#include "text/text_action.h"

static enum flow_error read_hex(enum of_version version, const char *hex,
                                struct flow_instructions *i)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error = of_instructions_read(version, &r, NULL, i);

    of_hex_free(&bytes);
    return error;
}

#define OUTPUT_1 "00000010 00000001 00000000 00000000 "

static void faults_are_named(void **state)
{
    /* clang-format off */
    static const struct {
        enum of_version version;
        const char *hex;
        enum flow_error error;
    } rows[] = {
        {OF13, "", FLOW_OK},
        {OF13, "00010008 05000000", FLOW_OK},
        {OF13, "00010008 ff000000", FLOW_BAD_INSTRUCTION_TABLE},
        {OF13, "00010008 05000000 00010008 06000000",
         FLOW_DUPLICATE_INSTRUCTION},
        {OF13, "00050008 00000000 00050008 00000000",
         FLOW_DUPLICATE_INSTRUCTION},
        {OF13, "00090008 00000000", FLOW_BAD_INSTRUCTION},
        {OF12, "00060008 00000001", FLOW_BAD_INSTRUCTION},
        {OF13, "00060008 00000001", FLOW_OK},
        {OF13, "00060008 00000000", FLOW_INVALID_METER},
        {OF15, "00060008 00000001", FLOW_BAD_INSTRUCTION},
        {OF14, "00070008 00000000", FLOW_BAD_INSTRUCTION},
        {OF15, "00070008 00000000", FLOW_UNSUPPORTED_INSTRUCTION},
        {OF13, "ffff0008 00001234", FLOW_BAD_INSTRUCTION_EXPERIMENTER},
        {OF13, "ffff0008 00002320", FLOW_BAD_EXPERIMENTER_INSTRUCTION},
        /* Lengths. */
        {OF13, "00", FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "00010004", FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "0001000c 05000000 00000000", FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "00010010 05000000 00000000 00000000",
         FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "00020010 00000000 00000000 00000000",
         FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "00040018 00000000 " OUTPUT_1, FLOW_OK},
        {OF13, "00040020 00000000 " OUTPUT_1, FLOW_BAD_INSTRUCTION_LENGTH},
        {OF13, "00040010 00000000 " OUTPUT_1, FLOW_BAD_ACTION_LENGTH},
        {OF13, "00030018 00000000 " OUTPUT_1, FLOW_OK},
        /* A fault in what comes second leaves nothing of the first. */
        {OF13, "00040018 00000000 " OUTPUT_1 "00090008 00000000",
         FLOW_BAD_INSTRUCTION},
    };
    /* clang-format on */

    (void)state;
    for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
        struct flow_instructions i;
        enum flow_error error = read_hex(rows[n].version, rows[n].hex, &i);

        if (error != rows[n].error)
            fail_msg("%s: %s", rows[n].hex, flow_error_text(error));
        if (error)
            assert_null(i.cells);
        flow_instructions_clear(&i);
    }
}

static void the_order_is_that_of_doing(void **state)
{
    struct flow_instructions i;
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(read_hex(OF13,
                              "00010008 05000000 "
                              "00020018 00000000 0000000000000001"
                              "00000000000000ff "
                              "00050008 00000000 "
                              "00040018 00000000 " OUTPUT_1
                              "00060008 00000007 ",
                              &i),
                     FLOW_OK);
    of_instructions_write(OF13, &b, NULL, &i);
    assert_buffer_is(&b, "00060008 00000007 "
                         "00040018 00000000 " OUTPUT_1 "00050008 00000000 "
                         "00020018 00000000 0000000000000001 00000000000000ff"
                         "00010008 05000000");
    flow_instructions_clear(&i);
}

static void a_meter_is_an_action_in_1_5(void **state)
{
    struct flow_instructions i;
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(
        read_hex(OF13, "00060008 00000007 00040018 00000000 " OUTPUT_1, &i),
        FLOW_OK);
    of_instructions_write(OF15, &b, NULL, &i);
    assert_buffer_is(&b, "00040020 00000000 001d0008 00000007 " OUTPUT_1);
    flow_instructions_clear(&i);

    assert_int_equal(
        read_hex(OF15, "00040020 00000000 001d0008 00000007 " OUTPUT_1, &i),
        FLOW_OK);
    of_instructions_write(OF13, &b, NULL, &i);
    assert_buffer_is(&b, "00060008 00000007 00040018 00000000 " OUTPUT_1);
    /* A note stands for what 1.2 does not have. */
    of_instructions_write(OF12, &b, NULL, &i);
    assert_string_equal(b.unsaid, "meter");
    b.unsaid = NULL;
    assert_buffer_is(&b, "00040030 00000000 ffff0018 00002320 0008"
                         "756e736169643a20 6d65746572 00 " OUTPUT_1);
    flow_instructions_clear(&i);

    assert_int_equal(read_hex(OF13, "00060008 00000007", &i), FLOW_OK);
    of_instructions_write(OF15, &b, NULL, &i);
    assert_buffer_is(&b, "00040010 00000000 001d0008 00000007");
    flow_instructions_clear(&i);
}

/* 1.0 has a list of actions and nothing else. */
static void actions_of_1_0_are_applied(void **state)
{
    struct flow_instructions i;
    struct of_buffer b = {0};

    (void)state;
    assert_int_equal(read_hex(OF10, "00000008 00010000", &i), FLOW_OK);
    assert_true(i.has_apply);
    assert_int_equal(i.apply_count, 1);
    of_instructions_write(OF13, &b, NULL, &i);
    assert_buffer_is(&b, "00040018 00000000 " OUTPUT_1);
    flow_instructions_clear(&i);

    assert_int_equal(read_hex(OF10, "", &i), FLOW_OK);
    assert_false(i.has_apply);
    of_instructions_write(OF13, &b, NULL, &i);
    assert_int_equal(b.size, 0);
    flow_instructions_clear(&i);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(the_order_is_that_of_doing),
        cmocka_unit_test(a_meter_is_an_action_in_1_5),
        cmocka_unit_test(actions_of_1_0_are_applied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
