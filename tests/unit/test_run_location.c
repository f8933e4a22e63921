/* SPDX-License-Identifier: BSD-2-Clause */
/* A switch is found by its configuration, also by one that has faults. */
#include "config/run_location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "tests/unit/test.h"

static char path[] = "/tmp/test_place.XXXXXX";
static char error[8192];

static int read_text(struct run_location *p, const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
    return run_location_read(p, path, error, sizeof(error));
}

static int set_up(void **state)
{
    (void)state;
    return mkstemp(path) < 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void finds_a_switch(void **state)
{
    struct run_location p;

    (void)state;
    assert_int_equal(read_text(&p, "[bridge]\nname = br0 ; mine\n"), 0);
    assert_string_equal(p.bridge, "br0");
    assert_string_equal(p.run_dir, "/run/flowbridge");
    assert_int_equal(read_text(&p, "[bridge]\nname = br0\n"
                                   "[daemon]\nrun-dir = /run/x\n"),
                     0);
    assert_string_equal(p.run_dir, "/run/x");
}

static void finds_it_by_a_path_of_any_length(void **state)
{
    char text[4200] = "[bridge]\nname = br0\n[daemon]\nrun-dir = /run";
    struct run_location p;

    (void)state;
    for (int i = 0; i < 100; i++)
        strcat(text, "/abc");
    assert_int_equal(read_text(&p, text), 0);
    assert_int_equal(strlen(p.run_dir), 404);
}

static void finds_it_in_spite_of_faults(void **state)
{
    struct run_location p;

    (void)state;
    assert_int_equal(read_text(&p, "[bridge]\nname = br0 ; mine\nnmae = x\n"
                                   "mac-aging = never\n[no such]\n"
                                   "[daemon]\nrun-dir = /run/x ; there\n"
                                   "this is nothing\n"),
                     0);
    assert_string_equal(p.bridge, "br0");
    assert_string_equal(p.run_dir, "/run/x");
    assert_int_equal(read_text(&p, "[bridge]\nname = br0\nwrong = 1\n"), 0);
    assert_string_equal(p.run_dir, "/run/flowbridge");
}

static void says_when_the_name_cannot_be(void **state)
{
    static const char *const texts[] = {
        "",
        "[nonsense]\n",
        "[bridge]\nname = ../../etc\n",
        "[bridge]\nname =\n",
        "[bridge]\nname = longer-than-an-interface\n",
    };
    struct run_location p;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_int_equal(read_text(&p, texts[i]), -EINVAL);
        assert_non_null(
            strstr(error, "[bridge] name: is missing or not an interface name; "
                          "run flowbridge check -c "));
    }
}

static void says_when_there_is_no_file(void **state)
{
    struct run_location p;

    (void)state;
    assert_int_equal(
        run_location_read(&p, "/nowhere/a.ini", error, sizeof(error)), -ENOENT);
    assert_string_equal(
        error, "/nowhere/a.ini: No such file or directory; give the "
               "configuration with -c FILE, or the socket with -s unix:PATH");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_switch),
        cmocka_unit_test(finds_it_by_a_path_of_any_length),
        cmocka_unit_test(finds_it_in_spite_of_faults),
        cmocka_unit_test(says_when_the_name_cannot_be),
        cmocka_unit_test(says_when_there_is_no_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
