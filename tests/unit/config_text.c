/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/config_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char config_text_path[] = "/tmp/flowbridge-test.XXXXXX";

/* What every file must have, for texts of something else. */
static const char the_bridge[] = "\n[bridge]\nname = of-switch\n";

void write_file_itself(const void *text, size_t size)
{
    FILE *f = fopen(config_text_path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

void write_file(const void *text, size_t size)
{
    FILE *f = fopen(config_text_path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    if (!memmem(text, size, "[bridge", 7))
        fputs(the_bridge, f);
    assert_int_equal(fclose(f), 0);
}

/* The same with a name in a section that has none. */
static void write_good_file(const char *text)
{
    static const char heading[] = "[bridge]\n";
    const char *at = strstr(text, heading);
    char all[65536];

    if (!at || strstr(at, "name")) {
        write_file(text, strlen(text));
        return;
    }
    at += strlen(heading);
    snprintf(all, sizeof(all), "%.*sname = of-switch\n%s", (int)(at - text),
             text, at);
    write_file(all, strlen(all));
}

struct config *read_good_text(const char *text)
{
    struct config_faults faults = {0};
    struct config *c;

    write_good_file(text);
    c = config_read(config_text_path, &faults);
    for (size_t i = 0; i < faults.count; i++)
        print_error("%s\n", faults.list[i].text);
    assert_non_null(c);
    assert_int_equal(faults.count, 0);
    return c;
}

void check_faults_in(struct config_faults *faults, const char *want)
{
    char got[65536] = "";

    for (size_t i = 0; i < faults->count; i++) {
        assert_memory_equal(faults->list[i].text, config_text_path,
                            strlen(config_text_path));
        strcat(got, faults->list[i].text + strlen(config_text_path));
        strcat(got, "\n");
    }
    assert_string_equal(got, want);
    config_faults_clear(faults);
    assert_int_equal(faults->count, 0);
}

void check_faults_of(const void *text, size_t size, const char *want)
{
    struct config_faults faults = {0};

    write_file(text, size);
    assert_null(config_read(config_text_path, &faults));
    check_faults_in(&faults, want);
}

void check_faults(const char *text, const char *want)
{
    check_faults_of(text, strlen(text), want);
}

int config_text_begin(void **state)
{
    int fd = mkstemp(config_text_path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

int config_text_end(void **state)
{
    (void)state;
    return unlink(config_text_path);
}
