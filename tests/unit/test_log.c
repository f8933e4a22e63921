/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is written and when: levels by module, the rate limit, the file and its
 * reopening, and the shape of a whole line.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "tests/unit/test.h"

static char directory[] = "/tmp/test_log.XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "%s/log", directory);
    unlink(path);
    log_set_format(LOG_LOGFMT);
    assert_int_equal(log_set_levels("info"), 0);
    assert_int_equal(log_open(path), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(log_open(NULL), 0);
    return unlink(path);
}

static const char *contents(void)
{
    static char text[1 << 20];
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, text, sizeof(text) - 1);

    close(fd);
    assert_true(size >= 0);
    text[size] = '\0';
    return text;
}

static size_t lines_in(const char *text)
{
    size_t count = 0;

    for (; (text = strchr(text, '\n')); text++)
        count++;
    return count;
}

static bool is_written(enum log_level level, const char *event)
{
    size_t before = lines_in(contents());

    log_event(level, event, "n=%d", 1);
    return lines_in(contents()) > before;
}

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    bool is_match;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    is_match = !regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    return is_match;
}

#define TIME "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"

static void a_line_has_time_level_event_and_fields(void **state)
{
    (void)state;
    log_info("port.added", "port=%s ofport=%u", "em1", 1u);
    assert_true(matches(contents(), "^ts=" TIME "\\.[0-9]{3}Z level=info "
                                    "event=port\\.added port=em1 ofport=1\n$"));
}

static void json_has_the_same_keys(void **state)
{
    (void)state;
    log_set_format(LOG_JSON);
    log_warning("port.added", "port=%s ofport=%u", "em1", 1u);
    assert_true(matches(contents(),
                        "^\\{\"ts\":\"" TIME "\\.[0-9]{3}Z\",\"level\":"
                        "\"warning\",\"event\":\"port\\.added\","
                        "\"port\":\"em1\",\"ofport\":1\\}\n$"));
}

static void levels_are_by_module(void **state)
{
    (void)state;
    assert_int_equal(log_set_levels(" warning , openflow = debug,port=error"),
                     0);
    assert_true(is_written(LOG_DEBUG, "openflow.received"));
    assert_false(is_written(LOG_DEBUG, "openflows.received"));
    assert_false(is_written(LOG_DEBUG, "open.received"));
    assert_true(is_written(LOG_ERROR, "port.failed"));
    assert_false(is_written(LOG_WARNING, "port.failed"));
    assert_true(is_written(LOG_WARNING, "bridge.changed"));
    assert_false(is_written(LOG_INFO, "bridge.changed"));
    assert_int_equal(log_set_levels("openflow=debug"), 0);
    assert_true(is_written(LOG_INFO, "bridge.changed"));
}

static void bad_level_texts_change_nothing(void **state)
{
    static const char *const bad[] = {
        "",
        "loud",
        "info,",
        ",info",
        "info debug",
        "port=",
        "=info",
        "port=loud",
        "info, info",
        "a=info=debug",
        "a=info b=info",
        "Port=info",
        "a=info, a=debug",
        "a123456789012345678901234567890123=info"};

    (void)state;
    assert_int_equal(log_set_levels("error"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_false(log_level_text_is_valid(bad[i]));
        assert_int_equal(log_set_levels(bad[i]), -EINVAL);
        assert_false(is_written(LOG_WARNING, "a.b"));
    }
    assert_true(log_level_text_is_valid("debug"));
    assert_false(is_written(LOG_DEBUG, "a.b"));
}

/* How often a text is there. */
static size_t count(const char *text, const char *what)
{
    size_t found = 0;

    for (; (text = strstr(text, what)); text++)
        found++;
    return found;
}

static size_t sum_of(const char *text, const char *key)
{
    size_t sum = 0;

    for (; (text = strstr(text, key)); text++)
        sum += (size_t)atoi(text + strlen(key));
    return sum;
}

static void a_repeated_event_is_held_back_and_counted(void **state)
{
    int64_t start = clock_monotonic_ms();
    size_t written, most;
    int logged = 1000;

    (void)state;
    for (int i = 0; i < logged; i++)
        log_info("flood.held", "port=%s i=%d", "a", i);
    written = lines_in(contents());
    most = 200 + (size_t)(clock_monotonic_ms() - start) * 20 / 1000 + 1;
    assert_in_range(written, 200, most);

    /* Another event is not touched by it. */
    log_info("flood.other", "i=%d", 0);
    assert_int_equal(lines_in(contents()), written + 1);

    /* What came last is written once there is a token, with the count. */
    log_tick(clock_monotonic_ms() + 50);
    assert_int_equal(lines_in(contents()), written + 2);
    assert_non_null(strstr(contents(), " port=a i=999 held_back="));
    assert_int_equal(sum_of(contents(), "held_back="),
                     logged - (int)written - 1);
    log_tick(clock_monotonic_ms() + 100);
    assert_int_equal(lines_in(contents()), written + 2);
}

enum { TICKS = 20 };

/* Of each subject, and also while another goes on being said. */
static void the_last_word_about_each_port_is_written(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        log_info("flood.last", "port=%s i=%d", "a", i);
    for (int i = 0; i < 100; i++) {
        log_info("flood.last", "port=%s i=%d", "b", i);
        log_info("flood.last", "port=%s i=%d", "c", i);
    }
    /* However long the lines above took: as many ticks as there is to hold. */
    for (int i = 1; i <= TICKS; i++) {
        log_info("flood.last", "port=%s i=%d", "a", 1000 + i);
        log_tick(clock_monotonic_ms() + 60 * i);
    }
    log_tick(clock_monotonic_ms() + 60 * TICKS + 60000);
    assert_int_equal(count(contents(), " port=b i=99"), 1);
    assert_int_equal(count(contents(), " port=c i=99"), 1);
    assert_int_equal(count(contents(), " port=a i=1020"), 1);
}

/* Also what is still held at the end, or when the log moves. */
static void nothing_held_back_is_forgotten(void **state)
{
    int logged = 0;

    (void)state;
    for (int i = 0; i < 2000; i++, logged++)
        log_error("flood.sum", "port=%d i=%d", i % 7, i);
    log_end();
    for (int i = 1993; i < 2000; i++) {
        char last[64];

        snprintf(last, sizeof(last), "port=%d i=%d", i % 7, i);
        assert_non_null(strstr(contents(), last));
    }
    assert_int_equal(sum_of(contents(), "held_back=") + lines_in(contents()),
                     logged);
}

static void lines_without_a_field_are_held_too(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++)
        log_info("flood.empty", "%s", "");
    log_end();
    assert_int_equal(sum_of(contents(), "held_back=") + lines_in(contents()),
                     300);
}

/* Each of them is of a subject of its own. */
static void there_is_an_end_to_what_is_held(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++)
        log_info("flood.many", "port=%d", i);
    log_end();
    assert_in_range(lines_in(contents()), 700, 800);
    assert_int_equal(sum_of(contents(), "held_back=") + lines_in(contents()),
                     2000);
}

static void debug_is_not_limited(void **state)
{
    (void)state;
    assert_int_equal(log_set_levels("debug"), 0);
    for (int i = 0; i < 1000; i++)
        log_debug("flood.debug", "i=%d", i);
    assert_int_equal(lines_in(contents()), 1000);
}

/* More names than the limiter can tell apart share one limit. */
static void very_many_events_are_bounded(void **state)
{
    static char names[2000][16];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 2000; i++) {
            snprintf(names[i], sizeof(names[i]), "many.e%zu", i);
            log_info(names[i], "i=%zu", i);
        }
    }
    assert_in_range(lines_in(contents()), 300, 1200);
}

static void opening_again_finds_the_new_file(void **state)
{
    char moved[80];
    struct stat status;

    (void)state;
    snprintf(moved, sizeof(moved), "%s/log.1", directory);
    log_info("file.old", "n=%d", 1);
    assert_int_equal(rename(path, moved), 0);
    log_info("file.old", "n=%d", 2);
    assert_int_equal(log_open(path), 0);
    assert_string_equal(contents(), "");
    log_info("file.new", "n=%d", 3);
    assert_int_equal(log_open(path), 0);
    log_info("file.new", "n=%d", 4);
    assert_int_equal(lines_in(contents()), 2);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07137, 0);
    assert_int_equal(unlink(moved), 0);
}

static void a_file_that_cannot_be_opened_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(log_open("/nowhere/log"), -ENOENT);
    assert_int_equal(log_open(directory), -EISDIR);
    log_info("file.same", "n=%d", 1);
    assert_int_equal(lines_in(contents()), 1);
}

static void what_a_full_disk_refuses_is_written_later(void **state)
{
    (void)state;
    assert_int_equal(log_open("/dev/full"), 0);
    errno = EPIPE;
    log_error("disk.full", "port=%s n=%d", "a", 1);
    log_error("disk.full", "port=%s n=%d", "a", 2);
    log_error("disk.full", "port=%s n=%d", "a", 3);
    log_error("disk.full", "port=%s n=%d", "b", 4);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(log_open(path), 0);
    log_tick(clock_monotonic_ms());
    log_error("disk.full", "port=%s n=%d", "a", 5);
    assert_true(matches(contents(),
                        "port=a n=3 lost=2\n.*port=b n=4\n.*port=a n=5\n$"));
}

/* Also if nothing else happens; a debug line is not kept. */
static void what_was_lost_is_told_by_itself(void **state)
{
    (void)state;
    assert_int_equal(log_set_levels("debug"), 0);
    assert_int_equal(log_open("/dev/full"), 0);
    log_debug("disk.full", "n=%d", 1);
    log_debug("disk.full", "n=%d", 2);
    assert_int_equal(log_open(path), 0);
    log_tick(clock_monotonic_ms());
    log_tick(clock_monotonic_ms());
    assert_true(matches(contents(), "^[^\n]* event=log.resumed lost=2\n$"));
}

/* The pipe is full and then read: no wait, the number, and the last state. */
static void a_reader_that_stands_still_costs_lines_only(void **state)
{
    char fifo[80];
    int reader;

    (void)state;
    snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_int_equal(log_open(fifo), 0);
    assert_int_equal(log_set_levels("debug"), 0);
    for (int i = 0; i < 2000; i++)
        log_debug("stall.debug", "i=%d text=%0500d", i, 0);
    log_info("stall.state", "port=%s link=%s", "a", "down");
    log_info("stall.state", "port=%s link=%s", "a", "up");
    log_tick(clock_monotonic_ms());
    while (read(reader, (char[65536]){0}, 65536) > 0)
        continue;
    log_tick(clock_monotonic_ms());
    {
        char text[65536];
        ssize_t size = read(reader, text, sizeof(text) - 1);

        assert_true(size > 0);
        text[size] = '\0';
        assert_true(matches(text, "event=stall.state port=a link=up "
                                  "lost=1[0-9][0-9][0-9]\n$"));
    }
    close(reader);
    unlink(fifo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_event_and_fields),
        cmocka_unit_test(json_has_the_same_keys),
        cmocka_unit_test(levels_are_by_module),
        cmocka_unit_test(bad_level_texts_change_nothing),
        cmocka_unit_test(a_repeated_event_is_held_back_and_counted),
        cmocka_unit_test(nothing_held_back_is_forgotten),
        cmocka_unit_test(the_last_word_about_each_port_is_written),
        cmocka_unit_test(lines_without_a_field_are_held_too),
        cmocka_unit_test(there_is_an_end_to_what_is_held),
        cmocka_unit_test(debug_is_not_limited),
        cmocka_unit_test(opening_again_finds_the_new_file),
        cmocka_unit_test(a_file_that_cannot_be_opened_changes_nothing),
        cmocka_unit_test(what_a_full_disk_refuses_is_written_later),
        cmocka_unit_test(what_was_lost_is_told_by_itself),
        cmocka_unit_test(a_reader_that_stands_still_costs_lines_only),
        cmocka_unit_test(very_many_events_are_bounded),
    };
    struct CMUnitTest with_files[ARRAY_SIZE(tests)];
    int failed;

    for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
        with_files[i] = tests[i];
        with_files[i].setup_func = set_up;
        with_files[i].teardown_func = tear_down;
    }
    if (!mkdtemp(directory))
        return 1;
    failed = cmocka_run_group_tests(with_files, NULL, NULL);
    rmdir(directory);
    return failed;
}
