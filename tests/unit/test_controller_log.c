/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A controller that stays away is one line, one that comes and goes a few; what
 * was said last is true after a while, with the number of what was left out.
 */
#include "control/controller_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/unit/test.h"

static char path[] = "/tmp/test_controller_log.XXXXXX";
static struct controller_log l;
static int64_t now_ms;

static int begin(void **state)
{
    (void)state;
    now_ms = 1000000;
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(log_open(path), 0);
    controller_log_init(&l);
    return 0;
}

static const char *contents(void)
{
    static char text[1 << 16];
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, text, sizeof(text) - 1);

    close(fd);
    assert_true(size >= 0);
    text[size] = '\0';
    return text;
}

static unsigned int lines(void)
{
    unsigned int count = 0;

    for (const char *c = contents(); (c = strchr(c, '\n')); c++)
        count++;
    return count;
}

static const char *last_line(void)
{
    const char *text = contents(), *last = text;

    for (const char *c = text; (c = strchr(c, '\n')) && c[1]; c++)
        last = c + 1;
    return last;
}

static void be_away(const char *error)
{
    struct controller_news news = {.is_loss = true,
                                   .from = "connecting",
                                   .to = "backoff",
                                   .retry_at_ms = now_ms + 1000};

    snprintf(news.error, sizeof(news.error), "%s", error);
    controller_log_note(&l, "pox", &news, now_ms);
}

static void be_ready(void)
{
    const struct controller_news news = {
        .from = "connecting", .to = "ready", .version = "1.3"};

    controller_log_note(&l, "pox", &news, now_ms);
}

static void pass_ms(int64_t ms)
{
    for (; ms > 0; ms -= 100) {
        now_ms += 100;
        controller_log_tick(&l, "pox", now_ms);
    }
}

static void one_that_stays_away_is_said_once(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        be_away("refused");
        pass_ms(8000);
    }
    assert_int_equal(lines(), 1);
    assert_non_null(strstr(last_line(), "error=refused retry_ms=1000 "
                                        "repeats=0"));
    be_ready();
    assert_int_equal(lines(), 2);
    assert_non_null(strstr(last_line(), "to=ready version=1.3 repeats=999"));
}

static void another_reason_is_a_line(void **state)
{
    (void)state;
    be_away("refused");
    be_away("refused");
    be_away("timed out");
    assert_int_equal(lines(), 2);
    assert_non_null(strstr(last_line(), "error=\"timed out\""));
    assert_non_null(strstr(last_line(), "repeats=1"));
}

static void one_that_comes_and_goes_is_limited(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        be_ready();
        pass_ms(500);
        be_away("closed");
        pass_ms(500);
    }
    /* Six, and one each half minute of five minutes. */
    assert_in_range(lines(), 15, 17);
    pass_ms(CONTROLLER_LOG_EVERY_MS + 200);
    assert_non_null(strstr(last_line(), "to=backoff"));
    pass_ms(10 * CONTROLLER_LOG_EVERY_MS);
    assert_in_range(lines(), 15, 17);
}

static void what_was_said_last_becomes_true(void **state)
{
    unsigned int before;

    (void)state;
    for (int i = 0; i < 100; i++) {
        be_ready();
        be_away("closed");
    }
    before = lines();
    be_ready();
    assert_int_equal(lines(), before);
    pass_ms(CONTROLLER_LOG_EVERY_MS + 200);
    assert_int_equal(lines(), before + 1);
    assert_non_null(strstr(last_line(), "to=ready"));
    assert_non_null(strstr(last_line(), "repeats=194"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_that_stays_away_is_said_once, begin),
        cmocka_unit_test_setup(another_reason_is_a_line, begin),
        cmocka_unit_test_setup(one_that_comes_and_goes_is_limited, begin),
        cmocka_unit_test_setup(what_was_said_last_becomes_true, begin),
    };
    int failed, fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
