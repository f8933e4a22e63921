/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer is taken however it comes; whatever else happens ends within the
 * time given, with one line that says what to do.
 */
#include "client/ctl_client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/unix_address.h"
#include "tests/unit/test.h"

enum { ENOUGH_MS = 10000, SHORT_MS = 100, LONG_ANSWER = 3 << 20 };

/* What the other end does with the one connection it takes. */
enum manner { ANSWERS, DRIPS, HANGS_UP, REFUSES_EARLY, IS_SILENT };

struct fixture {
    char dir[64], path[96], target[112];
    int listener;
    enum manner manner;
    const char *answer;
    char request[256]; /* as it came */
    pthread_t thread;
    bool is_serving;
    char error[512];
};

static void send_slowly(int fd, const char *text)
{
    for (; *text; text++)
        if (send(fd, text, 1, MSG_NOSIGNAL) < 0)
            return;
}

static void send_whole(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);

        if (sent < 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

/* A line, in however many pieces it comes. */
static void take_request(struct fixture *f, int fd)
{
    size_t size = 0;
    ssize_t more = 1;

    while (more > 0 && !memchr(f->request, '\n', size)) {
        more = recv(fd, f->request + size, sizeof(f->request) - 1 - size, 0);
        if (more > 0)
            size += (size_t)more;
    }
    f->request[size] = '\0';
}

static void *serve(void *context)
{
    struct fixture *f = context;
    int fd = accept(f->listener, NULL, NULL);
    char rest[4096];

    if (f->manner != REFUSES_EARLY)
        take_request(f, fd);
    if (f->manner == DRIPS)
        send_slowly(fd, f->answer);
    else if (f->manner == ANSWERS || f->manner == REFUSES_EARLY)
        send_whole(fd, f->answer);
    else if (f->manner == IS_SILENT)
        while (recv(fd, rest, sizeof(rest), 0) > 0)
            continue;
    close(fd);
    return NULL;
}

static int bind_to(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct unix_address a;

    assert_int_equal(unix_address_open(&a, path), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a.name, sizeof(a.name)),
                     0);
    unix_address_close(&a);
    return fd;
}

static void start(struct fixture *f, enum manner manner, const char *answer)
{
    f->manner = manner;
    f->answer = answer;
    f->listener = bind_to(f->path);
    assert_int_equal(listen(f->listener, 1), 0);
    assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
    f->is_serving = true;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->dir, "/tmp/test_client.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/of-switch.ctl", f->dir);
    snprintf(f->target, sizeof(f->target), "unix:%s", f->path);
    f->listener = -1;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    if (f->is_serving)
        pthread_join(f->thread, NULL);
    if (f->listener >= 0)
        close(f->listener);
    unlink(f->path);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

static cJSON *ask_within(struct fixture *f, const char *target, int wait_ms)
{
    const struct dial_peer peer = {target, "of-switch", "a.ini"};
    cJSON *request = cJSON_Parse("{\"command\":\"show\"}"), *answer;

    answer =
        ctl_client_ask(&peer, request, wait_ms, f->error, sizeof(f->error));
    cJSON_Delete(request);
    return answer;
}

static cJSON *ask(struct fixture *f)
{
    return ask_within(f, f->target, ENOUGH_MS);
}

static void assert_error(struct fixture *f, const char *format, ...)
{
    char expected[512];
    va_list args;

    va_start(args, format);
    vsnprintf(expected, sizeof(expected), format, args);
    va_end(args);
    assert_string_equal(f->error, expected);
}

static void assert_result(cJSON *answer, const char *expected)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItem(answer, "result"));

    assert_non_null(text);
    assert_string_equal(text, expected);
    cJSON_Delete(answer);
}

static void brings_the_answer(void **state)
{
    struct fixture *f = *state;

    start(f, ANSWERS, "{\"ok\":true,\"result\":\"x\"}\n");
    assert_result(ask(f), "x");
    assert_string_equal(f->request, "{\"command\":\"show\"}\n");
}

static void brings_a_refusal(void **state)
{
    struct fixture *f = *state;
    cJSON *answer;

    start(f, ANSWERS, "{\"ok\":false,\"error\":\"no\"}\n");
    answer = ask(f);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(answer, "ok")));
    cJSON_Delete(answer);
}

static void takes_an_answer_in_pieces(void **state)
{
    struct fixture *f = *state;

    start(f, DRIPS, "{\"ok\":true,\"result\":\"x\"}\n");
    assert_result(ask(f), "x");
}

static void takes_a_long_answer(void **state)
{
    struct fixture *f = *state;
    char *text = malloc(LONG_ANSWER + 1), *line;

    memset(text, 'x', LONG_ANSWER);
    text[LONG_ANSWER] = '\0';
    assert_true(asprintf(&line, "{\"ok\":true,\"result\":\"%s\"}\n", text) > 0);
    start(f, ANSWERS, line);
    assert_result(ask(f), text);
    pthread_join(f->thread, NULL);
    f->is_serving = false;
    free(text);
    free(line);
}

/* A switch with too many clients does not read what they want. */
static void hears_a_refusal_before_it_has_asked(void **state)
{
    struct fixture *f = *state;
    cJSON *answer;

    start(f, REFUSES_EARLY, "{\"ok\":false,\"error\":\"full\"}\n");
    answer = ask(f);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(answer, "ok")));
    cJSON_Delete(answer);
}

static void says_that_it_hung_up(void **state)
{
    struct fixture *f = *state;

    start(f, HANGS_UP, "");
    assert_null(ask(f));
    assert_error(f, "the switch of-switch closed the connection without an "
                    "answer; see its log");
}

static void says_that_half_an_answer_is_none(void **state)
{
    struct fixture *f = *state;

    start(f, ANSWERS, "{\"ok\":true}");
    assert_null(ask(f));
    assert_error(f, "the switch of-switch closed the connection without an "
                    "answer; see its log");
}

static void waits_no_longer_than_told(void **state)
{
    struct fixture *f = *state;
    int64_t before = clock_monotonic_ms();

    start(f, IS_SILENT, "");
    assert_null(ask_within(f, f->target, SHORT_MS));
    assert_true(clock_monotonic_ms() - before >= SHORT_MS);
    assert_true(clock_monotonic_ms() - before < ENOUGH_MS);
    assert_non_null(strstr(f->error, "did not answer within"));
}

static void knows_another_protocol(void **state)
{
    static const char *const answers[] = {"HTTP/1.1 400 Bad\r\n", "{}\n",
                                          "[]\n", "\n", "{\"ok\":1}\n"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        start(f, ANSWERS, answers[i]);
        assert_null(ask(f));
        assert_error(f, "%s is not a control socket of flowbridge", f->target);
        pthread_join(f->thread, NULL);
        f->is_serving = false;
        close(f->listener);
        unlink(f->path);
    }
    f->listener = -1;
}

static void knows_the_management_socket(void **state)
{
    struct fixture *f = *state;

    start(f, ANSWERS, "\6");
    assert_null(ask(f));
    assert_error(f,
                 "%s speaks OpenFlow; this command uses the control socket, "
                 "whose name ends in .ctl",
                 f->target);
}

static void says_how_to_start_the_switch(void **state)
{
    struct fixture *f = *state;

    assert_null(ask(f));
    assert_error(f,
                 "no switch of-switch is running (no %s); start it with: "
                 "flowbridge run -c a.ini",
                 f->path);
    close(bind_to(f->path));
    assert_null(ask(f));
    assert_error(f,
                 "no switch of-switch is running (nobody listens at %s); start "
                 "it with: flowbridge run -c a.ini",
                 f->path);
}

static void says_who_may_ask(void **state)
{
    struct fixture *f = *state;

    if (geteuid() == 0)
        skip();
    close(bind_to(f->path));
    assert_int_equal(chmod(f->path, 0), 0);
    assert_null(ask(f));
    assert_non_null(strstr(f->error, "permission denied; be root"));
}

static void knows_its_targets(void **state)
{
    static const struct {
        const char *target, *error;
    } cases[] = {
        {"tcp:1", "tcp:1: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT"},
        {"tcp::1", "tcp::1: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT"},
        {"tcp:127.0.0.1:",
         "tcp:127.0.0.1:: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT"},
        {"tcp:::1:6600",
         "tcp:::1:6600: is not tcp:HOST:PORT or tcp:[ADDRESS]:PORT"},
        {"x:y", "x:y: is neither unix:PATH nor tcp:HOST:PORT"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_null(ask_within(f, cases[i].target, SHORT_MS));
        assert_string_equal(f->error, cases[i].error);
    }
}

static void asks_over_tcp(void **state)
{
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(any);
    struct fixture *f = *state;
    char target[64];

    f->manner = ANSWERS;
    f->answer = "{\"ok\":true,\"result\":\"x\"}\n";
    f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(f->listener, (struct sockaddr *)&any, sizeof(any)),
                     0);
    assert_int_equal(getsockname(f->listener, (struct sockaddr *)&any, &size),
                     0);
    assert_int_equal(listen(f->listener, 1), 0);
    assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
    f->is_serving = true;
    snprintf(target, sizeof(target), "tcp:127.0.0.1:%d", ntohs(any.sin_port));
    assert_result(ask_within(f, target, ENOUGH_MS), "x");
    close(f->listener);
    f->listener = -1;
    assert_null(ask_within(f, target, ENOUGH_MS));
    assert_error(f,
                 "%s: Connection refused; is the switch's control socket "
                 "forwarded there?",
                 target);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(brings_the_answer),
        TEST(brings_a_refusal),
        TEST(takes_an_answer_in_pieces),
        TEST(takes_a_long_answer),
        TEST(hears_a_refusal_before_it_has_asked),
        TEST(says_that_it_hung_up),
        TEST(says_that_half_an_answer_is_none),
        TEST(waits_no_longer_than_told),
        TEST(knows_another_protocol),
        TEST(knows_the_management_socket),
        TEST(says_how_to_start_the_switch),
        TEST(says_who_may_ask),
        TEST(knows_its_targets),
        TEST(asks_over_tcp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
