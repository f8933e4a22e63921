/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket answers each line once, in order, whatever the bytes, and
 * one client cannot take it from the others.
 */
#include "daemon/ctl.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/unix_address.h"
#include "tests/unit/test.h"

enum { WAIT_MS = 30000, LONG_RESULT = 8 << 20 };

static const char ok_answer[] = "{\"ok\":true,\"result\":{\"echo\":\"x\"}}\n";

struct fixture {
    char dir[64], path[96];
    struct ev_loop *loop;
    struct ctl *ctl;
    struct ctl_reply *kept[CTL_CLIENTS_MAX]; /* of "later" */
    size_t kept_count;
    char error[512];
};

static void on_echo(void *context, const cJSON *request,
                    struct ctl_reply *reply)
{
    cJSON *result = cJSON_CreateObject();
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "text"));

    (void)context;
    cJSON_AddStringToObject(result, "echo", text ? text : "");
    ctl_answer(reply, result);
}

static void on_later(void *context, const cJSON *request,
                     struct ctl_reply *reply)
{
    struct fixture *f = context;

    (void)request;
    assert_true(f->kept_count < CTL_CLIENTS_MAX);
    f->kept[f->kept_count++] = reply;
}

static void on_long(void *context, const cJSON *request,
                    struct ctl_reply *reply)
{
    char *text = malloc(LONG_RESULT + 1);
    cJSON *result;

    (void)context;
    (void)request;
    memset(text, 'x', LONG_RESULT);
    text[LONG_RESULT] = '\0';
    result = cJSON_CreateString(text);
    free(text);
    ctl_answer(reply, result);
}

static void on_faulty(void *context, const cJSON *request,
                      struct ctl_reply *reply)
{
    cJSON *faults = cJSON_CreateArray();

    (void)context;
    (void)request;
    cJSON_AddItemToArray(faults, cJSON_CreateString("a.ini:1: bad"));
    ctl_refuse(reply, faults, "%d fault", 1);
}

static const struct ctl_command commands[] = {
    /* clang-format off */
    {"echo",   on_echo  },
    {"later",  on_later },
    {"long",   on_long  },
    {"reload", on_faulty},
    /* clang-format on */
};

static void open_ctl(struct fixture *f, double stall_s)
{
    const struct ctl_options o = {
        .path = f->path,
        .uid = (uid_t)-1,
        .gid = (gid_t)-1,
        .commands = commands,
        .command_count = ARRAY_SIZE(commands),
        .context = f,
        .idle_s = 0.02,
        .stall_s = stall_s,
    };

    if (ctl_open(&f->ctl, f->loop, &o, f->error, sizeof(f->error)) < 0)
        fail_msg("%s", f->error);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->dir, "/tmp/test_ctl.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/of-switch.ctl", f->dir);
    f->loop = ev_loop_new(EVFLAG_AUTO);
    open_ctl(f, 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ctl_close(f->ctl);
    ev_loop_destroy(f->loop);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

static int connect_to(struct fixture *f)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct unix_address a;

    assert_int_equal(unix_address_open(&a, f->path), 0);
    assert_int_equal(
        connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name)), 0);
    unix_address_close(&a);
    return fd;
}

/* Lets the switch work and the client rest for a moment. */
static void turn(struct fixture *f, int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};

    ev_run(f->loop, EVRUN_NOWAIT);
    poll(&p, 1, 1);
}

static void send_bytes(struct fixture *f, int fd, const char *bytes,
                       size_t size)
{
    int64_t end = clock_monotonic_ms() + WAIT_MS;

    while (size > 0 && clock_monotonic_ms() < end) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

        if (sent < 0 && errno != EAGAIN)
            return; /* a refusal has hung up; the answer tells */
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        }
        turn(f, fd, POLLOUT);
    }
    assert_int_equal(size, 0);
}

static void send_text(struct fixture *f, int fd, const char *text)
{
    send_bytes(f, fd, text, strlen(text));
}

/* Reads until 'count' lines have come or the other side hangs up. */
static char *read_lines(struct fixture *f, int fd, size_t count)
{
    size_t size = 0, capacity = LONG_RESULT + 4096, seen = 0;
    char *text = calloc(1, capacity);
    int64_t end = clock_monotonic_ms() + WAIT_MS;

    while (seen < count && clock_monotonic_ms() < end) {
        ssize_t got = recv(fd, text + size, capacity - size - 1, 0);

        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        for (ssize_t i = 0; i < got; i++)
            seen += text[size + (size_t)i] == '\n';
        if (got > 0)
            size += (size_t)got;
        else
            turn(f, fd, POLLIN);
    }
    return text;
}

static void assert_answer(struct fixture *f, int fd, const char *expected)
{
    char *line = read_lines(f, fd, 1);

    assert_string_equal(line, expected);
    free(line);
}

static void assert_hung_up(struct fixture *f, int fd)
{
    int64_t end = clock_monotonic_ms() + WAIT_MS;
    char byte;
    ssize_t got;

    while ((got = recv(fd, &byte, 1, 0)) < 0 && errno == EAGAIN) {
        assert_true(clock_monotonic_ms() < end);
        turn(f, fd, POLLIN);
    }
    assert_true(got <= 0);
}

static void await_requests(struct fixture *f, size_t count)
{
    int64_t end = clock_monotonic_ms() + WAIT_MS;

    while (f->kept_count < count) {
        assert_true(clock_monotonic_ms() < end);
        turn(f, -1, 0);
    }
}

static void wait_ms(struct fixture *f, int ms)
{
    int64_t end = clock_monotonic_ms() + ms;

    while (clock_monotonic_ms() < end)
        turn(f, -1, 0);
}

static void answers_a_request(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd, "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fd, ok_answer);
    send_text(f, fd, " { \"command\" : \"echo\" }\r\n");
    assert_answer(f, fd, "{\"ok\":true,\"result\":{\"echo\":\"\"}}\n");
    close(fd);
}

static void passes_faults_on(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd, "{\"command\":\"reload\"}\n");
    assert_answer(f, fd,
                  "{\"ok\":false,\"error\":\"1 fault\","
                  "\"faults\":[\"a.ini:1: bad\"]}\n");
    close(fd);
}

static void explains_what_it_cannot_take(void **state)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"", "the request is not JSON; send one object a line"},
        {"{", "the request is not JSON; send one object a line"},
        {"{\"command\":\"echo\"",
         "the request is not JSON; send one object a line"},
        {"{\"command\":\"echo\"} {}",
         "the request is not JSON; send one object a line"},
        /* clang-format off */
        {"\"\\",                         "the request is not JSON; send one object a line"},
        {"\"\\ud800\"",                  "the request is not JSON; send one object a line"},
        {"[]",                           "the request is not a JSON object"                  },
        {"7",                            "the request is not a JSON object"                  },
        {"{}",                           "the request has no text \\\"command\\\""        },
        {"{\"command\":7}",              "the request has no text \\\"command\\\""        },
        /* clang-format on */
        {"{\"command\":\"eco\"}",
         "unknown command 'eco'; did you mean 'echo'?"},
        /* clang-format off */
        {"{\"command\":\"frobnicate\"}", "unknown command 'frobnicate'"                   },
        {"{\"command\":\"\\u001b[2J\"}", "unknown command"                                },
        {"{\"command\":\"\"}",           "unknown command ''"                             },
        /* clang-format on */
    };
    struct fixture *f = *state;
    int fd = connect_to(f);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char expected[256];

        snprintf(expected, sizeof(expected),
                 "{\"ok\":false,\"error\":\"%s\"}\n", cases[i].error);
        send_text(f, fd, cases[i].line);
        send_text(f, fd, "\n");
        assert_answer(f, fd, expected);
    }
    send_bytes(f, fd, "{\"command\":\0\"echo\"}\n", 20);
    assert_answer(
        f, fd,
        "{\"ok\":false,\"error\":\"the request has a NUL byte; send JSON\"}\n");
    send_text(f, fd, "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fd, ok_answer);
    close(fd);
}

static void takes_a_line_in_pieces(void **state)
{
    static const char line[] = "{\"command\":\"echo\",\"text\":\"x\"}\n";
    struct fixture *f = *state;
    int fd = connect_to(f);

    for (size_t i = 0; i < sizeof(line) - 1; i++)
        send_bytes(f, fd, line + i, 1);
    assert_answer(f, fd, ok_answer);
    close(fd);
}

static void answers_many_lines_in_order(void **state)
{
    struct fixture *f = *state;
    char text[64 * 100] = "", expected[64 * 100] = "", *lines;
    int fd = connect_to(f);

    for (int i = 0; i < 100; i++) {
        sprintf(text + strlen(text), "{\"command\":\"echo\",\"text\":\"%d\"}\n",
                i);
        sprintf(expected + strlen(expected),
                "{\"ok\":true,\"result\":{\"echo\":\"%d\"}}\n", i);
    }
    send_text(f, fd, text);
    lines = read_lines(f, fd, 100);
    assert_string_equal(lines, expected);
    free(lines);
    close(fd);
}

/* As "nc -N" or a shell without a last newline does. */
static void answers_who_has_ended(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd,
              "{\"command\":\"echo\",\"text\":\"x\"}\n"
              "{\"command\":\"echo\",\"text\":\"x\"}");
    shutdown(fd, SHUT_WR);
    assert_answer(f, fd, ok_answer);
    assert_answer(f, fd, ok_answer);
    assert_hung_up(f, fd);
    close(fd);
}

static void refuses_a_long_line_and_hangs_up(void **state)
{
    struct fixture *f = *state;
    size_t size = CTL_LINE_MAX * 2;
    char *line = malloc(size);
    int fd = connect_to(f);

    memset(line, ' ', size);
    send_bytes(f, fd, line, size);
    assert_answer(f, fd,
                  "{\"ok\":false,\"error\":\"the request is longer than 1 "
                  "MiB\"}\n");
    assert_hung_up(f, fd);
    close(fd);
    free(line);
}

/* Who speaks OpenFlow waits for a HELLO, and would do so for long. */
static void says_at_once_that_it_speaks_no_openflow(void **state)
{
    static const char hello[] = {4, 0, 0, 8, 0, 0, 0, 1};
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_bytes(f, fd, hello, sizeof(hello));
    assert_answer(
        f, fd,
        "{\"ok\":false,\"error\":\"this socket takes one line of JSON per "
        "request; the socket for OpenFlow ends with .mgmt\"}\n");
    assert_hung_up(f, fd);
    close(fd);
}

static void takes_the_longest_line_and_no_longer(void **state)
{
    struct fixture *f = *state;
    char *line = malloc(CTL_LINE_MAX + 2);
    int fd = connect_to(f);
    int size;

    memset(line, ' ', CTL_LINE_MAX + 1);
    size = sprintf(line, "{\"command\":\"echo\",\"text\":\"x\"}");
    line[size] = ' ';
    line[CTL_LINE_MAX] = '\n';
    send_bytes(f, fd, line, CTL_LINE_MAX + 1);
    assert_answer(f, fd, ok_answer);
    line[CTL_LINE_MAX] = ' ';
    line[CTL_LINE_MAX + 1] = '\n';
    send_bytes(f, fd, line, CTL_LINE_MAX + 2);
    assert_answer(f, fd,
                  "{\"ok\":false,\"error\":\"the request is longer than 1 "
                  "MiB\"}\n");
    close(fd);
    free(line);
}

static void serves_two_clients_at_once(void **state)
{
    struct fixture *f = *state;
    int a = connect_to(f), b = connect_to(f);

    send_text(f, a, "{\"command\":\"echo\",");
    send_text(f, b, "{\"command\":\"later\"}\n");
    send_text(f, a, "\"text\":\"x\"}\n");
    assert_answer(f, a, ok_answer);
    await_requests(f, 1);
    ctl_answer(f->kept[0], cJSON_CreateTrue());
    assert_answer(f, b, "{\"ok\":true,\"result\":true}\n");
    close(a);
    close(b);
}

static void takes_no_more_requests_while_one_is_open(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd,
              "{\"command\":\"later\"}\n"
              "{\"command\":\"echo\",\"text\":\"x\"}\n");
    await_requests(f, 1);
    ctl_refuse(f->kept[0], NULL, "no");
    assert_answer(f, fd, "{\"ok\":false,\"error\":\"no\"}\n");
    assert_answer(f, fd, ok_answer);
    close(fd);
}

static void a_request_outlives_its_client(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd, "{\"command\":\"later\"}\n");
    await_requests(f, 1);
    shutdown(fd, SHUT_WR);
    turn(f, -1, 0);
    close(fd);
    ctl_answer(f->kept[0], cJSON_CreateTrue());

    fd = connect_to(f);
    send_text(f, fd, "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fd, ok_answer);
    close(fd);
}

static void a_request_outlives_the_socket(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);

    send_text(f, fd, "{\"command\":\"later\"}\n");
    await_requests(f, 1);
    ctl_close(f->ctl);
    f->ctl = NULL;
    ctl_answer(f->kept[0], cJSON_CreateTrue());
    close(fd);
}

static void sends_a_long_answer_whole(void **state)
{
    struct fixture *f = *state;
    int fd = connect_to(f);
    char *line;

    send_text(f, fd, "{\"command\":\"long\"}\n");
    line = read_lines(f, fd, 1);
    assert_int_equal(strlen(line),
                     LONG_RESULT + strlen("{\"ok\":true,\"result\":\"\"}\n"));
    free(line);
    close(fd);
}

static void drops_who_does_not_read(void **state)
{
    struct fixture *f = *state;
    int64_t end = clock_monotonic_ms() + WAIT_MS;
    struct pollfd p = {0};
    char *line;
    int fd;

    ctl_close(f->ctl);
    open_ctl(f, 0.05);
    fd = connect_to(f);
    send_text(f, fd, "{\"command\":\"long\"}\n");
    do {
        assert_true(clock_monotonic_ms() < end);
        turn(f, -1, 0);
        p.fd = fd;
    } while (poll(&p, 1, 0) == 0 || !(p.revents & POLLHUP));
    line = read_lines(f, fd, 1);
    assert_true(strlen(line) < LONG_RESULT);
    free(line);
    assert_hung_up(f, fd);
    close(fd);
}

static void lets_the_longest_idle_client_go_for_a_new_one(void **state)
{
    struct fixture *f = *state;
    int fds[CTL_CLIENTS_MAX + 1];

    for (int i = 0; i < CTL_CLIENTS_MAX; i++) {
        fds[i] = connect_to(f);
        send_text(f, fds[i], "{\"command\":\"echo\",\"text\":\"x\"}\n");
        assert_answer(f, fds[i], ok_answer);
    }
    wait_ms(f, 30); /* all are idle now, past idle_s; the second is last */
    send_text(f, fds[0], "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fds[0], ok_answer);

    fds[CTL_CLIENTS_MAX] = connect_to(f);
    send_text(f, fds[CTL_CLIENTS_MAX],
              "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fds[CTL_CLIENTS_MAX], ok_answer);
    assert_hung_up(f, fds[1]);
    send_text(f, fds[0], "{\"command\":\"echo\",\"text\":\"x\"}\n");
    assert_answer(f, fds[0], ok_answer);
    for (int i = 0; i <= CTL_CLIENTS_MAX; i++)
        close(fds[i]);
}

static void refuses_a_new_client_when_none_is_idle(void **state)
{
    struct fixture *f = *state;
    int fds[CTL_CLIENTS_MAX + 1];

    for (int i = 0; i < CTL_CLIENTS_MAX; i++) {
        fds[i] = connect_to(f);
        send_text(f, fds[i], "{\"command\":\"later\"}\n");
    }
    await_requests(f, CTL_CLIENTS_MAX);
    wait_ms(f, 30); /* past idle_s: an open request is not idleness */
    fds[CTL_CLIENTS_MAX] = connect_to(f);
    assert_answer(f, fds[CTL_CLIENTS_MAX],
                  "{\"ok\":false,\"error\":\"too many clients; try again "
                  "later\"}\n");
    assert_hung_up(f, fds[CTL_CLIENTS_MAX]);
    for (size_t i = 0; i < f->kept_count; i++)
        ctl_answer(f->kept[i], cJSON_CreateTrue());
    for (int i = 0; i <= CTL_CLIENTS_MAX; i++)
        close(fds[i]);
}

static void survives_random_bytes(void **state)
{
    static const char letters[] = "{}[]\":,\\ \n\r\0u0e1-.tfn\x80\xff"
                                  "command echo";
    struct fixture *f = *state;
    char bytes[512];

    srand(7);
    for (int round = 0; round < 200; round++) {
        int fd = connect_to(f);
        size_t size = (size_t)rand() % sizeof(bytes);

        for (size_t i = 0; i < size; i++)
            bytes[i] = letters[(size_t)rand() % sizeof(letters)];
        send_bytes(f, fd, bytes, size);
        close(fd);
    }
    answers_a_request(state);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(answers_a_request),
        SERVED(passes_faults_on),
        SERVED(explains_what_it_cannot_take),
        SERVED(takes_a_line_in_pieces),
        SERVED(answers_many_lines_in_order),
        SERVED(answers_who_has_ended),
        SERVED(refuses_a_long_line_and_hangs_up),
        SERVED(says_at_once_that_it_speaks_no_openflow),
        SERVED(takes_the_longest_line_and_no_longer),
        SERVED(serves_two_clients_at_once),
        SERVED(takes_no_more_requests_while_one_is_open),
        SERVED(a_request_outlives_its_client),
        SERVED(a_request_outlives_the_socket),
        SERVED(sends_a_long_answer_whole),
        SERVED(drops_who_does_not_read),
        SERVED(lets_the_longest_idle_client_go_for_a_new_one),
        SERVED(refuses_a_new_client_when_none_is_idle),
        SERVED(survives_random_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
