/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to the kernel, a line each. */
#include "client/offload.h"

#include "tests/unit/printed.h"
#include "tests/unit/test.h"

static void expect(const char *json, const char *expected)
{
    char *text = printed(offload_print, json);

    assert_string_equal(text, expected);
    free(text);
}

static void prints_ports_and_flows(void **state)
{
    (void)state;
    expect("{\"kernel\":true,\"ports\":[{\"port\":\"em1\",\"actions\":"
           "\"NORMAL\",\"frames\":7}],\"flows\":[{\"match\":\"udp\","
           "\"actions\":\"drop\",\"frames\":2,\"bytes\":120},{\"match\":"
           "\"\",\"actions\":\"output:em2\",\"frames\":0,\"bytes\":0}],"
           "\"flow_count\":2}",
           "in_port=em1, n_packets=7, actions=NORMAL\n"
           "udp, n_packets=2, n_bytes=120, actions=drop\n"
           "n_packets=0, n_bytes=0, actions=output:em2\n");
}

static void says_how_many_are_not_listed(void **state)
{
    (void)state;
    expect("{\"kernel\":true,\"ports\":[],\"flows\":[],\"flow_count\":3}",
           "and 3 more flows\n");
}

static void says_that_the_kernel_takes_no_part(void **state)
{
    (void)state;
    expect("{\"kernel\":false,\"ports\":[],\"flows\":[],\"flow_count\":0}",
           "The kernel forwards nothing; see kernel in flowbridge.ini(5).\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_ports_and_flows),
        cmocka_unit_test(says_how_many_are_not_listed),
        cmocka_unit_test(says_that_the_kernel_takes_no_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
