/* SPDX-License-Identifier: BSD-2-Clause */
/* One request: the exit status, and what goes to which output. */
#include "client/ctl_call.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/unix_address.h"
#include "client/dump_ports.h"
#include "client/port_text.h"
#include "tests/unit/test.h"

struct fixture {
    char dir[64], path[96], target[112];
    int listener;
    const char *answer;
    char *out, *err;
    char asked[256];
    const struct ctl_call *call;
};

static const struct ctl_call ports = {.command = "dump-ports",
                                      .print = dump_ports_print,
                                      .list = "ports",
                                      .is_named = port_text_is_named,
                                      .wait_ms = 5000};
static const struct ctl_call trace = {.command = "trace",
                                      .print = dump_ports_print,
                                      .wait_ms = 5000,
                                      .argument_key = "flow"};

static void *serve(void *context)
{
    struct fixture *f = context;
    int fd = accept(f->listener, NULL, NULL);
    ssize_t size = 0;

    while (size >= 0 && size < (ssize_t)sizeof(f->asked) - 1 &&
           !memchr(f->asked, '\n', (size_t)size)) {
        ssize_t got =
            recv(fd, f->asked + size, sizeof(f->asked) - 1 - (size_t)size, 0);

        if (got <= 0)
            break;
        size += got;
    }
    f->asked[size] = '\0';
    if (send(fd, f->answer, strlen(f->answer), MSG_NOSIGNAL) < 0)
        perror("send");
    close(fd);
    return NULL;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct unix_address a;

    strcpy(f->dir, "/tmp/test_ctl_call.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/of-switch.ctl", f->dir);
    snprintf(f->target, sizeof(f->target), "unix:%s", f->path);
    f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(unix_address_open(&a, f->path), 0);
    assert_int_equal(
        bind(f->listener, (const struct sockaddr *)&a.name, sizeof(a.name)), 0);
    unix_address_close(&a);
    assert_int_equal(listen(f->listener, 1), 0);
    f->call = &ports;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    close(f->listener);
    unlink(f->path);
    rmdir(f->dir);
    free(f->out);
    free(f->err);
    free(f);
    return 0;
}

static int ask(struct fixture *f, const char *answer, const char *name,
               bool is_json)
{
    const struct dial_peer peer = {.target = f->target};
    size_t out_size, err_size;
    FILE *out, *err;
    pthread_t thread;
    int status;

    free(f->out);
    free(f->err);
    out = open_memstream(&f->out, &out_size);
    err = open_memstream(&f->err, &err_size);
    f->answer = answer;
    assert_int_equal(pthread_create(&thread, NULL, serve, f), 0);
    status = ctl_call_run(f->call, &peer, name, is_json, out, err);
    pthread_join(thread, NULL);
    fclose(out);
    fclose(err);
    return status;
}

static const char two_ports[] =
    "{\"ok\":true,\"result\":{\"ports\":[{\"name\":\"em1\",\"ofport\":1},"
    "{\"name\":\"t\\u001b[2J\",\"ofport\":65534}]}}\n";

static void prints_for_people(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, two_ports, NULL, false), 0);
    assert_non_null(strstr(f->out, "port 1 (em1):\n"));
    assert_non_null(strstr(f->out, "port LOCAL (t?[2J):\n"));
    assert_string_equal(f->err, "");
}

static void prints_for_programs(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, two_ports, NULL, true), 0);
    assert_string_equal(f->out,
                        "{\"ports\":[{\"name\":\"em1\",\"ofport\":1},"
                        "{\"name\":\"t\\u001b[2J\",\"ofport\":65534}]}\n");
    assert_string_equal(f->err, "");
}

static void keeps_what_is_named(void **state)
{
    static const char *const names[] = {"em1", "1"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(ask(f, two_ports, names[i], true), 0);
        assert_string_equal(f->out,
                            "{\"ports\":[{\"name\":\"em1\",\"ofport\":1}]}\n");
    }
    assert_int_equal(ask(f, two_ports, "local", true), 0);
    assert_null(strstr(f->out, "em1"));
    assert_int_equal(ask(f, two_ports, "em2", true), 1);
    assert_string_equal(f->out, "");
    assert_string_equal(f->err, "flowbridge: em2: the switch has nothing of "
                                "this name; see flowbridge show\n");
    assert_int_equal(ask(f, "{\"ok\":true}\n", "em1", false), 1);
}

static void passes_a_refusal_on(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f,
                         "{\"ok\":false,\"error\":\"2 faults\",\"faults\":"
                         "[{\"text\":\"a.ini:1: x\"},7,{\"line\":2},"
                         "{\"text\":\"a.ini:2: \\u0007\"}]}\n",
                         NULL, false),
                     1);
    assert_string_equal(f->out, "");
    assert_string_equal(f->err, "a.ini:1: x\na.ini:2: ?\n"
                                "flowbridge: 2 faults\n");
}

static void hands_the_argument_over(void **state)
{
    struct fixture *f = *state;

    f->call = &trace;
    assert_int_equal(ask(f, "{\"ok\":true,\"result\":{}}\n", "ip", true), 0);
    assert_string_equal(f->asked, "{\"command\":\"trace\",\"flow\":\"ip\"}\n");
    assert_string_equal(f->out, "{}\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prints_for_people),       TEST(prints_for_programs),
        TEST(keeps_what_is_named),     TEST(passes_a_refusal_on),
        TEST(hands_the_argument_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
