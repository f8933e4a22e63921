/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listeners: one that cannot be had is tried again, ever more seldom, and said
 * so once; each keeps the number that its connections have.
 */
#include "daemon/transports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/unit/test.h"

enum { SEEN_MAX = 9, WAIT_S = 10 };

/* Listeners as they are shown. */
struct seen {
    size_t count;
    struct {
        char name[128], error[128];
        unsigned int number;
        bool is_open;
    } rows[SEEN_MAX];
};

static struct {
    struct ev_loop *loop;
    struct transports *transports;
    struct of_transports given;
    struct config *config;
    char directory[64];
    int blocker; /* holds the port that is to be listened at */
    uint16_t port;
} lab;

static void on_incoming(void *context, const struct incoming_connection *a)
{
    (void)context;
    stream_close(a->stream);
}

static int begin(void **state)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(a);
    char path[96], error[512];
    const struct transports_options o = {
        .loop = lab.loop = ev_loop_new(EVFLAG_AUTO),
        .management_path = path,
        .uid = (uid_t)-1,
        .gid = (gid_t)-1,
        .owner = {on_incoming, NULL, 0},
        .retry_s = 0.01,
    };

    (void)state;
    log_set_levels("error");
    strcpy(lab.directory, "/tmp/test_outside.XXXXXX");
    assert_non_null(mkdtemp(lab.directory));
    snprintf(path, sizeof(path), "%s/br0.mgmt", lab.directory);
    assert_int_equal(transports_open(&lab.transports, &o, error, sizeof(error)),
                     0);
    lab.given = transports_of_agent(lab.transports);
    lab.config = calloc(1, sizeof(*lab.config));
    lab.blocker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(lab.blocker, (const struct sockaddr *)&a, sizeof(a)),
                     0);
    assert_int_equal(listen(lab.blocker, 1), 0);
    getsockname(lab.blocker, (struct sockaddr *)&a, &size);
    lab.port = ntohs(a.sin_port);
    return 0;
}

static int end(void **state)
{
    (void)state;
    transports_close(lab.transports);
    if (lab.blocker >= 0)
        close(lab.blocker);
    free(lab.config);
    rmdir(lab.directory);
    ev_loop_destroy(lab.loop);
    return 0;
}

static void configure(const char *text)
{
    struct config_listen *l = &lab.config->openflow.listen;
    char why[TARGET_WHY_SIZE];

    l->count = 0;
    if (text)
        assert_true(target_parse(text, &l->targets[l->count++], why));
    lab.given.configure(lab.given.context, lab.config);
}

static void see(void *visitor, const struct listener_status *l)
{
    struct seen *s = visitor;
    size_t i = s->count++;

    assert_true(i < SEEN_MAX);
    snprintf(s->rows[i].name, sizeof(s->rows[i].name), "%s", l->name);
    snprintf(s->rows[i].error, sizeof(s->rows[i].error), "%s",
             l->error ? l->error : "");
    s->rows[i].number = l->number;
    s->rows[i].is_open = !l->error;
}

static struct seen look(void)
{
    struct seen s = {0};

    lab.given.each_listener(lab.given.context, see, &s);
    return s;
}

static void on_late(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    *(bool *)timer->data = true;
    ev_break(loop, EVBREAK_ALL);
}

/* Runs the loop until the second listener is open, for a while at most. */
static bool opens(void)
{
    bool is_late = false;
    ev_timer late;

    ev_timer_init(&late, on_late, WAIT_S, 0);
    late.data = &is_late;
    ev_timer_start(lab.loop, &late);
    while (!is_late && !look().rows[1].is_open)
        ev_run(lab.loop, EVRUN_ONCE);
    ev_timer_stop(lab.loop, &late);
    return !is_late;
}

static void the_management_socket_is_one_of_them(void **state)
{
    struct seen s;
    char name[128];

    (void)state;
    configure(NULL);
    s = look();
    snprintf(name, sizeof(name), "punix:%s/br0.mgmt", lab.directory);
    assert_int_equal(s.count, 1);
    assert_string_equal(s.rows[0].name, name);
    assert_true(s.rows[0].is_open);
}

static void an_address_in_use_is_tried_again(void **state)
{
    struct seen s;
    char text[64];

    (void)state;
    snprintf(text, sizeof(text), "ptcp:%u:127.0.0.1", lab.port);
    configure(text);
    s = look();
    assert_int_equal(s.count, 2);
    assert_string_equal(s.rows[1].name, text);
    assert_string_equal(s.rows[1].error, "Address already in use");
    assert_int_not_equal(s.rows[1].number, s.rows[0].number);
    ev_run(lab.loop, EVRUN_ONCE);
    assert_false(look().rows[1].is_open);
    close(lab.blocker);
    lab.blocker = -1;
    assert_true(opens());
    assert_int_equal(look().rows[1].number, s.rows[1].number);
}

static void a_reload_tries_at_once_and_keeps_what_is_open(void **state)
{
    unsigned int number;
    char text[64];

    (void)state;
    snprintf(text, sizeof(text), "ptcp:%u:127.0.0.1", lab.port);
    configure(text);
    number = look().rows[1].number;
    close(lab.blocker);
    lab.blocker = -1;
    configure(text);
    assert_true(look().rows[1].is_open);
    configure(text);
    assert_int_equal(look().rows[1].number, number);
    configure(NULL);
    assert_int_equal(look().count, 1);
    configure(text);
    assert_int_not_equal(look().rows[1].number, number);
}

static void what_is_no_longer_wanted_is_not_tried(void **state)
{
    char text[64];

    (void)state;
    snprintf(text, sizeof(text), "ptcp:%u:127.0.0.1", lab.port);
    configure(text);
    configure(NULL);
    ev_run(lab.loop, EVRUN_ONCE);
    assert_int_equal(look().count, 1);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        ROW(the_management_socket_is_one_of_them),
        ROW(an_address_in_use_is_tried_again),
        ROW(a_reload_tries_at_once_and_keeps_what_is_open),
        ROW(what_is_no_longer_wanted_is_not_tried),
    };
#undef ROW

    return cmocka_run_group_tests(tests, NULL, NULL);
}
