/* SPDX-License-Identifier: BSD-2-Clause */
/* A check says all that is wrong, and its exit status tells programs. */
#include "daemon/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "tests/unit/test.h"

static char path[] = "/tmp/test_check.XXXXXX";
static char *out_text, *err_text;

static int check(const char *text, bool is_json)
{
    FILE *file = fopen(path, "w"), *out, *err;
    size_t out_size, err_size;
    int status;

    fputs(text, file);
    fclose(file);
    free(out_text);
    free(err_text);
    out = open_memstream(&out_text, &out_size);
    err = open_memstream(&err_text, &err_size);
    status = check_run(path, is_json, out, err);
    fclose(out);
    fclose(err);
    return status;
}

static int set_up(void **state)
{
    (void)state;
    return mkstemp(path) < 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(out_text);
    free(err_text);
    return unlink(path);
}

/* Names that no machine has: what the host adds must not matter here. */
static const char good[] = "[bridge]\nname = fb-test-br\n"
                           "[port fb-test-tap]\ntype = tap\n";
static const char bad[] = "[bridge]\nname = fb-test-br\nmac-agin = 300\n"
                          "[port fb-test-tap]\ntype = tapp\n";

static void passes_a_good_file(void **state)
{
    char expected[128];

    (void)state;
    assert_int_equal(check(good, false), 0);
    snprintf(expected, sizeof(expected),
             "%s: no fault was found (bridge fb-test-br, 1 port)\n", path);
    assert_string_equal(out_text, expected);
    assert_string_equal(err_text, "");
}

static void lists_all_faults(void **state)
{
    char expected[128];

    (void)state;
    assert_int_equal(check(bad, false), 1);
    assert_string_equal(out_text, "");
    snprintf(expected, sizeof(expected), "%s:3: [bridge] mac-agin: ", path);
    assert_memory_equal(err_text, expected, strlen(expected));
    snprintf(expected, sizeof(expected),
             "\n%s:5: [port fb-test-tap] type: ", path);
    assert_non_null(strstr(err_text, expected));
}

static void assert_fault(const cJSON *fault, int line, const char *section,
                         const char *key)
{
    assert_int_equal(cJSON_GetObjectItem(fault, "line")->valuedouble, line);
    assert_string_equal(
        cJSON_GetStringValue(cJSON_GetObjectItem(fault, "section")), section);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(fault, "key")),
                        key);
}

static void gives_programs_a_verdict(void **state)
{
    cJSON *verdict;

    (void)state;
    assert_int_equal(check(good, true), 0);
    verdict = cJSON_Parse(out_text);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(verdict, "ok")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(verdict, "faults")),
                     0);
    cJSON_Delete(verdict);

    assert_int_equal(check(bad, true), 1);
    verdict = cJSON_Parse(out_text);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(verdict, "ok")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(verdict, "faults")),
                     2);
    assert_fault(cJSON_GetArrayItem(cJSON_GetObjectItem(verdict, "faults"), 0),
                 3, "bridge", "mac-agin");
    assert_fault(cJSON_GetArrayItem(cJSON_GetObjectItem(verdict, "faults"), 1),
                 5, "port fb-test-tap", "type");
    cJSON_Delete(verdict);
    assert_string_equal(err_text, "");
}

static void says_when_there_is_no_file(void **state)
{
    FILE *err;
    size_t size;

    (void)state;
    free(err_text);
    err = open_memstream(&err_text, &size);
    assert_int_equal(check_run("/nowhere/a.ini", false, stdout, err), 1);
    fclose(err);
    assert_non_null(strstr(err_text, "/nowhere/a.ini"));
    assert_non_null(strstr(err_text, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_a_good_file),
        cmocka_unit_test(lists_all_faults),
        cmocka_unit_test(gives_programs_a_verdict),
        cmocka_unit_test(says_when_there_is_no_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
