/* SPDX-License-Identifier: BSD-2-Clause */
/* A request is an object with a text "command", of bounded depth. */
#include "daemon/ctl_request.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

static void limits_the_depth(void **state)
{
    char line[4096] = "{\"command\":\"echo\",\"text\":\"x\",\"deep\":";
    const char *fault;
    cJSON *request;

    (void)state;
    for (int i = 1; i < CTL_DEPTH_MAX; i++)
        strcat(line, "[");
    for (int i = 1; i < CTL_DEPTH_MAX; i++)
        strcat(line, "]");
    strcat(line, ",\"brackets\":\"[[[[[[[[[[[[[[[\\\"{{{{{{{{{{{{{{{{{{{{\"}");
    request = ctl_request_parse(line, strlen(line), &fault);
    assert_non_null(request);
    cJSON_Delete(request);

    memset(line, '[', sizeof(line) - 1);
    assert_null(ctl_request_parse(line, strlen(line), &fault));
    assert_string_equal(fault, "the request is nested too deep");
}

static void takes_every_cut_of_a_request(void **state)
{
    static const char whole[] = "{\"command\":\"trace\",\"flow\":[1,-2.5e3,"
                                "\"\\u00e9\\\"\",null,{\"a\":true}]}";
    const char *fault;
    cJSON *request;

    (void)state;
    for (size_t size = 0; size < sizeof(whole); size++) {
        char *line = strndup(whole, size); /* its own end, for ASan */

        fault = NULL;
        request = ctl_request_parse(line, size, &fault);
        assert_true(size == sizeof(whole) - 1 ? request && !fault
                                              : !request && fault);
        cJSON_Delete(request);
        free(line);
    }
}

static void refuses_a_nul_byte(void **state)
{
    const char *fault = NULL;

    (void)state;
    assert_null(ctl_request_parse("{}\0{}", 5, &fault));
    assert_string_equal(fault, "the request has a NUL byte; send JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_the_depth),
        cmocka_unit_test(takes_every_cut_of_a_request),
        cmocka_unit_test(refuses_a_nul_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
