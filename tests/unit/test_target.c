/* SPDX-License-Identifier: BSD-2-Clause */
/* Targets: what is read, written out again, and what is refused and why. */
#include "base/target.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"

static void reads_and_writes(void **state)
{
    static const struct {
        const char *text, *written;
        bool is_passive, has_tls, is_loopback;
    } rows[] = {
        /* clang-format off */
        {"tcp:192.0.2.1",       "tcp:192.0.2.1:6653",  false, false, false},
        {"tcp:127.0.0.1:6633",  "tcp:127.0.0.1:6633",  false, false, true },
        {"ssl:[2001:db8::1]:1", "ssl:[2001:db8::1]:1", false, true,  false},
        {"tcp:[::1]",           "tcp:[::1]:6653",      false, false, true },
        {"unix:/run/x",         "unix:/run/x",         false, false, true },
        {"ptcp:6654",           "ptcp:6654:127.0.0.1", true,  false, true },
        {"ptcp:65535:0.0.0.0",  "ptcp:65535:0.0.0.0",  true,  false, false},
        {"pssl:1:[::]",         "pssl:1:[::]",         true,  true,  false},
        {"punix:/a",            "punix:/a",            true,  false, true },
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char text[TARGET_TEXT_SIZE], why[TARGET_WHY_SIZE] = "";
        struct target t, again;

        if (!target_parse(rows[i].text, &t, why))
            fail_msg("%s: %s", rows[i].text, why);
        target_print(&t, text);
        assert_string_equal(text, rows[i].written);
        assert_true(target_parse(text, &again, why));
        assert_true(target_is_equal(&t, &again));
        assert_int_equal(target_is_passive(&t), rows[i].is_passive);
        assert_int_equal(target_has_tls(&t), rows[i].has_tls);
        assert_int_equal(target_is_loopback(&t), rows[i].is_loopback);
    }
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        /* clang-format off */
        {"192.0.2.1",                          "begins with none of"    },
        {"",                                   "begins with none of"    },
        {"tcp:",                               "is no address"          },
        {"tcp:controller.example",             "names are not looked up"},
        {"tcp:192.0.2.256",                    "is no address"          },
        {"tcp:192.0.2.1:0",                    "no port"                },
        {"tcp:192.0.2.1:65536",                "no port"                },
        {"tcp:192.0.2.1:",                     "no port"                },
        {"tcp:192.0.2.1:66x",                  "no port"                },
        {"tcp:192.0.2.1:99999999999999999999", "no port"                },
        {"tcp:::1",                            "in brackets"            },
        {"tcp:[::1",                           "never closed"           },
        {"tcp:[::1]6653",                      "write :PORT"            },
        {"unix:x",                             "absolute path"          },
        {"ptcp:",                              "no port"                },
        {"ptcp:x",                             "no port"                },
        {"ptcp:127.0.0.1:6654",                "no port"                },
        {"ptcp:6654:",                         "is no address"          },
        {"ptcp:6654:[::1]:",                   "write PORT:ADDRESS"     },
        /* clang-format on */
    };
    char path[TARGET_PATH_SIZE + 16] = "unix:/";

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char why[TARGET_WHY_SIZE] = "";
        struct target t = {.port = 7};

        assert_false(target_parse(rows[i].text, &t, why));
        if (!strstr(why, rows[i].why))
            fail_msg("%s: %s", rows[i].text, why);
        assert_int_equal(t.port, 7);
    }
    memset(path + 6, 'a', TARGET_PATH_SIZE - 1);
    {
        char why[TARGET_WHY_SIZE];
        struct target t;

        assert_false(target_parse(path, &t, why));
        path[5 + TARGET_PATH_SIZE - 1] = '\0';
        assert_true(target_parse(path, &t, why));
    }
}

static void gives_addresses(void **state)
{
    struct sockaddr_storage a;
    char why[TARGET_WHY_SIZE];
    struct target t;

    (void)state;
    assert_true(target_parse("tcp:192.0.2.1:258", &t, why));
    assert_int_equal(target_address(&t, &a), 16);
    assert_int_equal(a.ss_family, AF_INET);
    assert_memory_equal((uint8_t *)&a + 2, "\1\2\xc0\0\2\1", 6);
    assert_true(target_parse("tcp:[2001:db8::1]:258", &t, why));
    assert_int_equal(target_address(&t, &a), 28);
    assert_int_equal(a.ss_family, AF_INET6);
    assert_memory_equal((uint8_t *)&a + 2, "\1\2", 2);
    assert_memory_equal((uint8_t *)&a + 8, "\x20\x01\x0d\xb8", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(gives_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
