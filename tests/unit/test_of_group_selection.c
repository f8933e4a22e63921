/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a SELECT group chooses, as ovs-ofctl sends it: taken, given back byte for
 * byte, and refused where it cannot be.
 */
#include "openflow/of_group_selection.h"

#include "base/array.h"
#include "openflow/of_group.h"
#include "tests/unit/of_hex.h"
#include "tests/unit/test.h"

#define HASH    "68617368 00000000 00000000 00000000 "
#define DP_HASH "64705f68 61736800 00000000 00000000 "
#define FOO     "666f6f00 00000000 00000000 00000000 "
#define NTR     "0000154d 00000001 00000000 "
#define NONE    "00000000 00000000 "

/* A GROUP_MOD of 1.5 without buckets, of this type. */
#define MOD(type) "0000" type "00 00000001 00000000 ffffffff "

static enum flow_error read_mod(enum of_version version, const char *hex,
                                struct group_mod *mod)
{
    struct of_hex bytes = of_hex_read(hex);
    struct reader r = of_hex_reader(&bytes);
    enum flow_error error = of_group_read_mod(version, &r, mod);

    of_hex_free(&bytes);
    return error;
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *hex;
        enum flow_error error;
    } rows[] = {
        /* clang-format off */
        {MOD("01"),                                                   FLOW_OK                 },
        {MOD("01") "ffff0028" NTR HASH NONE,                          FLOW_OK                 },
        {MOD("01") "ffff0028" NTR DP_HASH NONE,                       FLOW_OK                 },
        {MOD("01") "ffff0028" NTR FOO NONE,                           FLOW_BAD_PROPERTY_VALUE },
        {MOD("00") "ffff0028" NTR HASH NONE,                          FLOW_BAD_PROPERTY_VALUE },
        /* clang-format on */
        {MOD("01") "ffff0028" NTR HASH NONE "ffff0028" NTR HASH NONE,
         FLOW_DUPLICATE_PROPERTY},
        {MOD("01") "ffff0030" NTR DP_HASH NONE "80001604 ffffffff",
         FLOW_BAD_PROPERTY_VALUE},
        /* No bit counts; a field that nobody knows; half a field. */
        {MOD("01") "ffff0030" NTR HASH NONE "80001604 00000000",
         FLOW_BAD_PROPERTY_VALUE},
        {MOD("01") "ffff0030" NTR HASH NONE "8000fe04 ffffffff",
         FLOW_BAD_PROPERTY_VALUE},
        {MOD("01") "ffff002e" NTR HASH NONE "80001604 ffff0000",
         FLOW_BAD_PROPERTY_LENGTH},
        {MOD("01") "ffff0020" NTR HASH "00000000", FLOW_BAD_PROPERTY_LENGTH},
        {MOD("01") "ffff0028 0000154e 00000001 00000000" HASH NONE,
         FLOW_BAD_PROPERTY_EXPERIMENTER},
        {MOD("01") "00000008 00000000", FLOW_BAD_PROPERTY},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct group_mod mod;
        enum flow_error error = read_mod(OF15, rows[i].hex, &mod);

        if (error != rows[i].error)
            fail_msg("%s: %s", rows[i].hex, flow_error_text(error));
        if (!error)
            group_mod_clear(&mod);
    }
}

static void it_comes_back_as_it_was_sent(void **state)
{
    static const struct {
        enum of_version version;
        const char *mod, *message;
    } rows[] = {
        /* fields(ip_src=255.255.0.0,tcp_dst), selection_method_param=7 */
        {OF15,
         MOD("01") "ffff0036" NTR HASH
                   "00000000 00000007 80001604 ffff0000 80001c02 ffff 0000",
         "060f0050 00000001" MOD(
             "01") "ffff0036" NTR HASH
                   "00000000 00000007 80001604 ffff0000 80001c02 ffff 0000"},
        {OF10,
         MOD("01") "ffff0036" NTR HASH
                   "00000000 00000007 00000e04 ffff0000 00001402 ffff 0000",
         "01040058 00000001 00002320 0000001f" MOD(
             "01") "ffff0036" NTR HASH
                   "00000000 00000007 00000e04 ffff0000 00001402 ffff 0000"},
        {OF15, MOD("01") "ffff0028" NTR DP_HASH NONE,
         "060f0040 00000001" MOD("01") "ffff0028" NTR DP_HASH NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct of_buffer b = {0};
        struct group_mod mod;

        assert_int_equal(read_mod(rows[i].version, rows[i].mod, &mod), FLOW_OK);
        of_group_write_mod(&b, rows[i].version, 1, &mod);
        assert_buffer_is(&b, rows[i].message);
        group_mod_clear(&mod);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(it_comes_back_as_it_was_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
