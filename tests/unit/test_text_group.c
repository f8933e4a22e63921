/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups are read and written as ovs-ofctl 3.1 does, what is written reads back
 * as the same, and what is refused is refused with the word at fault.
 */
#include "text/text_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "flow/port_no.h"
#include "tests/unit/test.h"

static struct text_error error;
static const struct text_parse parse = {NULL, &error};
static const struct text_style openflow13 = {.is_openflow10 = false};
static const struct text_style openflow10 = {.is_openflow10 = true};

/* The caller frees it. */
static char *written(const struct group_mod *mod,
                     const struct text_style *style, bool has_ids)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    text_group_write(out, style, mod, has_ids);
    fclose(out);
    return text;
}

static struct group_mod read_ok(enum group_command command, const char *text)
{
    struct group_mod mod;

    error.line[0] = '\0';
    if (!text_group_read(&parse, command, text, &mod))
        fail_msg("%s: %s", text, error.line);
    return mod;
}

/* What ovs-ofctl add-group takes, and what its dump-groups then shows. */
static const struct {
    const char *read, *written;
} golden[] = {
    {"group_id=1,type=all,bucket=output:1,bucket=output:2",
     "group_id=1,type=all,bucket=actions=output:1,bucket=actions=output:2"},
    {"group_id=2 type=select bucket=weight:10,output:1 "
     "bucket=weight:20,actions=output:2",
     "group_id=2,type=select,bucket=weight:10,actions=output:1,"
     "bucket=weight:20,actions=output:2"},
    {"group_id=9,type=select,bucket=output:1,bucket=weight:0,output:2",
     "group_id=9,type=select,bucket=actions=output:1,"
     "bucket=weight:0,actions=output:2"},
    {"group_id=3,type=ff,bucket=watch_port:1,output:1,"
     "bucket=watch_group:2,watch_port=2,actions=output:2",
     "group_id=3,type=ff,bucket=watch_port:1,actions=output:1,"
     "bucket=watch_port:2,watch_group:2,actions=output:2"},
    {"group_id=3,type=fast_failover,bucket=watch_port=1,3",
     "group_id=3,type=ff,bucket=watch_port:1,actions=output:3"},
    {"group_id=4,type=indirect,"
     "bucket=bucket_id=7,set_field:00:00:00:00:00:01->eth_src,output:2",
     "group_id=4,type=indirect,"
     "bucket=actions=set_field:00:00:00:00:00:01->eth_src,output:2"},
    {"group_id=5,type=all", "group_id=5,type=all"},
    {"group_id=1,type=select,selection_method=hash,"
     "selection_method_param=7,fields(ip_src=255.255.0.0,tcp_dst),bucket=2",
     "group_id=1,type=select,selection_method=hash,"
     "selection_method_param=7,fields(ip_src=255.255.0.0,tcp_dst),"
     "bucket=actions=output:2"},
    {"group_id=2,type=select,selection_method=dp_hash,bucket=2",
     "group_id=2,type=select,selection_method=dp_hash,"
     "bucket=actions=output:2"},
    {"group_id=7,type=all,bucket=drop",
     "group_id=7,type=all,bucket=actions=drop"},
};

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(golden); i++) {
        struct group_mod mod = read_ok(GROUP_ADD, golden[i].read);
        char *text = written(&mod, &openflow13, false), *again;

        assert_string_equal(text, golden[i].written);
        group_mod_clear(&mod);
        mod = read_ok(GROUP_ADD, text);
        again = written(&mod, &openflow13, false);
        assert_string_equal(again, text);
        free(text);
        free(again);
        group_mod_clear(&mod);
    }
}

static void test_ids_and_old_words(void **state)
{
    struct group_mod mod =
        read_ok(GROUP_MODIFY, "group_id=4,type=all,bucket=drop,"
                              "bucket=bucket_id:7,"
                              "set_field:00:00:00:00:00:01->eth_src,output:2");
    char *text = written(&mod, &openflow10, true);

    (void)state;
    assert_int_equal(mod.command, GROUP_MODIFY);
    assert_string_equal(text,
                        "group_id=4,type=all,bucket=bucket_id:0,actions=drop,"
                        "bucket=bucket_id:7,"
                        "actions=mod_dl_src:00:00:00:00:00:01,output:2");
    free(text);
    group_mod_clear(&mod);
}

static void test_delete(void **state)
{
    (void)state;
    assert_int_equal(read_ok(GROUP_DELETE, "").group_id, GROUP_ALL);
    assert_int_equal(read_ok(GROUP_DELETE, "group_id=all").group_id, GROUP_ALL);
    assert_int_equal(read_ok(GROUP_DELETE, "group_id=12").group_id, 12);
}

static const struct {
    enum group_command command;
    const char *text, *error;
} refused[] = {
    /* clang-format off */
    {GROUP_ADD,    "group_id=1",                                                 "lacks type"     },
    {GROUP_ADD,    "type=all",                                                   "lacks group_id" },
    {GROUP_ADD,    "group_id=9,bucket=1,type=all",                               "lacks type"     },
    {GROUP_ADD,    "group_id=9,type=bogus",                                      "bogus: not a"   },
    {GROUP_ADD,    "group_id=all,type=all",                                      "all: not a"     },
    {GROUP_ADD,    "group_id=4294967295,type=all",                               "4294967295: not"},
    {GROUP_ADD,    "group_id=9,type=all,foo=3",                                  "foo: unknown"   },
    {GROUP_ADD,    "group_id=9,type=all,bucket=weight:5,1",                      "weight: only"   },
    {GROUP_ADD,    "group_id=9,type=select,bucket=weight:x,1",                   "weight: takes"  },
    {GROUP_ADD,    "group_id=9,type=ff,bucket=output:1",                         "needs watch_"   },
    {GROUP_ADD,    "group_id=9,type=ff,bucket=watch_port:zz,1",                  "zz: no such port"},
    {GROUP_ADD,    "group_id=9,type=all,bucket=1,bucket=",                       "lacks actions"  },
    {GROUP_ADD,    "group_id=9,type=all,bucket=ouput:1",                         "ouput: neither" },
    {GROUP_ADD,    "group_id=9,type=all,bucket=group(1",                         "does not close" },
    {GROUP_ADD,    "group_id=9,type=all,bucket=1,drop",                          "drop: cannot"   },
    {GROUP_ADD,    "group_id=9,type=indirect",                                   "exactly one"    },
    {GROUP_ADD,    "group_id=9,type=indirect,bucket=1,bucket=2",                 "exactly one"    },
    {GROUP_ADD,    "group_id=9,type=all,selection_method=hash",                  "another type"   },
    {GROUP_ADD,    "group_id=9,type=select,selection_method=foo",                "foo: unknown"   },
    {GROUP_ADD,    "group_id=9,type=select,selection_method_param=1",            "lacks"          },
    {GROUP_ADD,    "group_id=9,type=select,fields(ip_src)",                      "fields: says"   },
    /* clang-format on */
    {GROUP_ADD, "group_id=9,type=select,selection_method=hash,fields(zz)",
     "zz: unknown"},
    {GROUP_ADD, "group_id=9,type=select,selection_method=hash,fields(ip_src",
     "does not close"},
    {GROUP_DELETE, "group_id=9,type=all", "type: says"},
    {GROUP_DELETE, "group_id=9,bucket=1", "bucket: says"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        struct group_mod mod;

        if (text_group_read(&parse, refused[i].command, refused[i].text, &mod))
            fail_msg("%s: is taken", refused[i].text);
        if (!strstr(error.line, refused[i].error))
            fail_msg("%s: %s", refused[i].text, error.line);
    }
}

static void test_stats(void **state)
{
    const struct bucket_stats buckets[] = {{1, 60}, {2, 70}};
    const struct group_stats s = {
        .group_id = 7,
        .ref_count = 3,
        .duration_s = 1,
        .duration_ns = 29000000,
        .packets = 3,
        .bytes = 130,
        .bucket_count = 2,
        .buckets = buckets,
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    text_group_write_stats(out, &s);
    fclose(out);
    assert_string_equal(text,
                        "group_id=7,duration=1.029s,ref_count=3,packet_count=3,"
                        "byte_count=130,bucket0:packet_count=1,byte_count=60,"
                        "bucket1:packet_count=2,byte_count=70");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden), cmocka_unit_test(test_ids_and_old_words),
        cmocka_unit_test(test_delete), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
