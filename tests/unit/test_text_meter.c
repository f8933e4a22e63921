/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters are read and written as ovs-ofctl 3.1 does, what is written reads back
 * as the same, and what is refused is refused with the word at fault.
 */
#include "text/text_meter.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

static struct text_error error;
static const struct text_parse parse = {NULL, &error};

static struct meter_mod read_ok(enum meter_command command, const char *text)
{
    struct meter_mod mod;

    error.line[0] = '\0';
    if (!text_meter_read(&parse, command, text, &mod))
        fail_msg("%s: %s", text, error.line);
    return mod;
}

/* The caller frees it. */
static char *written(const struct meter_mod *mod)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    text_meter_write(out, mod);
    fclose(out);
    return text;
}

/* What ovs-ofctl add-meter takes, and what its dump-meters then shows. */
static const struct {
    const char *read, *written;
} golden[] = {
    {"meter=1,kbps,burst,stats,band=type=drop,rate=1000,burst_size=200",
     "meter=1 kbps burst stats bands=\ntype=drop rate=1000 burst_size=200"},
    {"meter=5 kbps bands=type=drop rate=5",
     "meter=5 kbps bands=\ntype=drop rate=5"},
    {"meter=controller pktps band=type=drop rate=1",
     "meter=controller pktps bands=\ntype=drop rate=1"},
    {"meter=2 pktps bands=type=drop rate=100,"
     "type=dscp_remark,rate=50,prec_level=2",
     "meter=2 pktps bands=\ntype=drop rate=100\n"
     "type=dscp_remark rate=50 prec_level=2"},
    {"meter=3 band=type=drop rate=9", "meter=3 kbps bands=\ntype=drop rate=9"},
};

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(golden); i++) {
        struct meter_mod mod = read_ok(METER_ADD, golden[i].read);
        char *text = written(&mod), *again;

        assert_string_equal(text, golden[i].written);
        mod = read_ok(METER_ADD, text);
        again = written(&mod);
        assert_string_equal(again, text);
        free(text);
        free(again);
    }
}

static void test_delete(void **state)
{
    (void)state;
    assert_int_equal(read_ok(METER_DELETE, "").meter_id, METER_ALL);
    assert_int_equal(read_ok(METER_DELETE, "meter=all").meter_id, METER_ALL);
    assert_int_equal(read_ok(METER_DELETE, "meter=12").meter_id, 12);
}

static const struct {
    enum meter_command command;
    const char *text, *error;
} refused[] = {
    /* clang-format off */
    {METER_ADD,    "meter=5",                                    "lacks band"     },
    {METER_ADD,    "kbps band=type=drop rate=1",                 "lacks meter"    },
    {METER_ADD,    "meter=0 band=type=drop rate=1",              "begin with 1"   },
    {METER_ADD,    "meter=all band=type=drop rate=1",            "meter: takes"   },
    {METER_ADD,    "meter=99999999999 band=type=drop rate=1",    "meter: takes"   },
    {METER_ADD,    "meter=5 foo band=type=drop rate=1",          "foo: unknown"   },
    {METER_ADD,    "meter=5 kbps pktps band=type=drop rate=1",   "one or the"     },
    {METER_ADD,    "meter=5 kbps band=type=zork rate=1",         "zork: not a"    },
    {METER_ADD,    "meter=5 kbps band=type=drop",                "rate above 0"   },
    {METER_ADD,    "meter=5 kbps band=rate=1",                   "begins with"    },
    {METER_ADD,    "meter=5 band=type=drop rate=7 burst_size=3", "word burst"     },
    {METER_ADD,    "meter=5 band=type=drop prec_level=1",        "prec_level: say"},
    {METER_DELETE, "meter=5 kbps",                               "kbps: says"     },
    /* clang-format on */
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        struct meter_mod mod;

        if (text_meter_read(&parse, refused[i].command, refused[i].text, &mod))
            fail_msg("%s: is taken", refused[i].text);
        if (!strstr(error.line, refused[i].error))
            fail_msg("%s: %s", refused[i].text, error.line);
    }
}

static void test_stats(void **state)
{
    const struct meter_stats s = {
        .meter_id = 1,
        .flow_count = 2,
        .duration_s = 3,
        .duration_ns = 21000000,
        .packets = 4,
        .bytes = 5,
        .band_count = 1,
        .bands = {{6, 7}},
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    text_meter_write_stats(out, &s);
    fclose(out);
    assert_string_equal(text, "meter:1 flow_count:2 packet_in_count:4 "
                              "byte_in_count:5 duration:3.021s bands:\n"
                              "0: packet_count:6 byte_count:7");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_delete),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
