/* SPDX-License-Identifier: BSD-2-Clause */
/* Those who come: heard once they have said HELLO, bounded in number and in the
 * time they may take for it, and freed when they are gone. */
#include "control/service_connections.h"

#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "openflow/of_hello.h"
#include "tests/unit/fake_stream.h"
#include "tests/unit/test.h"

enum { LISTENER = 7 };

static struct {
    struct of_switch of;
    struct session_world world;
    struct service_connections *services;
    unsigned int handled;
} lab;

static bool handle(struct of_switch *s, struct connection *c,
                   const struct of_message *m, int64_t now_ms)
{
    (void)s;
    (void)m;
    (void)now_ms;
    assert_true(c->is_service);
    assert_string_equal(c->name, "tcp:192.0.2.7:40112");
    lab.handled++;
    return true;
}

static int begin(void **state)
{
    const struct datapath_options o = {
        .workers = 1, .flow_cache = 64, .mac_table_size = 16};

    (void)state;
    memset(&lab, 0, sizeof(lab));
    memset(&fake_network, 0, sizeof(fake_network));
    log_set_levels("error");
    lab.of.datapath = datapath_create(&o, 1000);
    lab.of.connections = connection_list_create();
    lab.world = (struct session_world){&lab.of, handle};
    lab.services = service_connections_create(&lab.world);
    return lab.services && lab.of.connections && lab.of.datapath ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    service_connections_free(lab.services);
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    connection_list_free(lab.of.connections);
    datapath_free(lab.of.datapath);
    return 0;
}

/* NULL: it was closed at once. */
static struct fake_stream *come_to(unsigned int listener)
{
    struct fake_stream *f = fake_stream_create();
    const struct incoming_connection a = {&f->stream, "tcp:192.0.2.7:40112",
                                          listener};

    fake_network.peer = f;
    service_connections_add(lab.services, &a, OF_VERSION_BIT(OF10), 1000);
    return fake_network.peer;
}

static struct fake_stream *come(void)
{
    return come_to(LISTENER);
}

static struct fake_stream *come_and_say_hello(unsigned int listener)
{
    struct fake_stream *f = come_to(listener);

    if (f) {
        fake_open(f, 1000);
        fake_receive_header(f, 1, 0, 1000);
    }
    return f;
}

static size_t there(void)
{
    return service_connections_count(lab.services, LISTENER);
}

static void one_that_says_hello_is_heard(void **state)
{
    struct fake_stream *f = come();

    (void)state;
    fake_open(f, 1000);
    assert_memory_equal(f->sent, "\1\0\0\10", 4);
    fake_receive_header(f, 1, 0, 1000);
    assert_int_equal(connection_list_count(lab.of.connections), 1);
    fake_receive_header(f, 1, 5, 1000);
    assert_int_equal(lab.handled, 1);
    service_connections_tick(lab.services, 1000000);
    assert_int_equal(there(), 1);
    fake_end(f, "the end", 1000000);
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    service_connections_tick(lab.services, 1000100);
    assert_int_equal(there(), 0);
}

static void one_that_says_nothing_is_given_up(void **state)
{
    (void)state;
    come();
    service_connections_tick(lab.services,
                             1000 + SERVICE_CONNECTIONS_HELLO_MS - 1);
    assert_int_equal(there(), 1);
    assert_non_null(fake_network.peer);
    service_connections_tick(lab.services, 1000 + SERVICE_CONNECTIONS_HELLO_MS);
    assert_int_equal(there(), 0);
    assert_null(fake_network.peer);
}

static void too_many_are_sent_away(void **state)
{
    (void)state;
    for (int i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        assert_non_null(come_and_say_hello(LISTENER));
    assert_null(come());
    assert_int_equal(there(), SERVICE_CONNECTIONS_MAX);
    assert_int_equal(connection_list_count(lab.of.connections),
                     SERVICE_CONNECTIONS_MAX);
}

static void who_is_silent_makes_room(void **state)
{
    struct fake_stream *first, *last;

    (void)state;
    come_and_say_hello(LISTENER);
    first = come();
    for (int i = 2; i < SERVICE_CONNECTIONS_MAX; i++)
        come();
    fake_network.peer = first; /* NULL once it is closed */
    last = fake_stream_create();
    service_connections_add(lab.services,
                            &(struct incoming_connection){
                                &last->stream, "tcp:192.0.2.7:40112", LISTENER},
                            OF_VERSION_BIT(OF10), 1000);
    assert_null(fake_network.peer);
    assert_int_equal(there(), SERVICE_CONNECTIONS_MAX);
    assert_int_equal(connection_list_count(lab.of.connections), 1);
}

static void a_full_listener_keeps_nobody_from_another(void **state)
{
    (void)state;
    for (int i = 0; i < SERVICE_CONNECTIONS_MAX; i++)
        come_and_say_hello(LISTENER);
    assert_non_null(come_to(LISTENER + 1));
    assert_int_equal(service_connections_count(lab.services, LISTENER + 1), 1);
}

static void who_came_by_a_listener_goes_with_it(void **state)
{
    const unsigned int stays = LISTENER + 1;

    (void)state;
    come_and_say_hello(LISTENER);
    come_and_say_hello(stays);
    come();
    service_connections_keep(lab.services, &stays, 1);
    assert_int_equal(there(), 0);
    assert_int_equal(service_connections_count(lab.services, stays), 1);
    assert_int_equal(connection_list_count(lab.of.connections), 1);
}

static void who_speaks_something_else_is_found_out_at_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool may_go_on;
    } rows[] = {
        /* clang-format off */
        {"\1",     1, true },
        {"\1\0",   2, true },
        {"\7\0\0", 3, true }, /* a version to come */
        {"\0",     1, false},
        {"\200",   1, false},
        {"\377",   1, false},
        {"GE",     2, false}, /* HTTP */
        {"SSH",    3, false},
        {"\26\3",  2, false}, /* TLS */
        {"\4\16",  2, false}, /* FLOW_MOD */
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct fake_stream *f = come();
        const struct stream_owner *o = &f->stream.owner;

        fake_open(f, 1000);
        assert_int_equal(o->begun(o->context, rows[i].bytes, rows[i].size),
                         rows[i].may_go_on);
        fake_end(f, "the end", 1000);
    }
}

static void who_has_said_hello_may_begin_as_it_likes(void **state)
{
    struct fake_stream *f = come_and_say_hello(LISTENER);
    const struct stream_owner *o = &f->stream.owner;

    (void)state;
    assert_true(o->begun(o->context, "\0\2", 2)); /* gets an ERROR */
}

static void who_is_gone_makes_room_at_once(void **state)
{
    struct fake_stream *first = come();

    (void)state;
    for (int i = 1; i < SERVICE_CONNECTIONS_MAX; i++)
        come_and_say_hello(LISTENER);
    fake_end(first, "the end", 1000);
    assert_non_null(come());
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        ROW(one_that_says_hello_is_heard),
        ROW(one_that_says_nothing_is_given_up),
        ROW(too_many_are_sent_away),
        ROW(who_is_silent_makes_room),
        ROW(a_full_listener_keeps_nobody_from_another),
        ROW(who_came_by_a_listener_goes_with_it),
        ROW(who_speaks_something_else_is_found_out_at_once),
        ROW(who_has_said_hello_may_begin_as_it_likes),
        ROW(who_is_gone_makes_room_at_once),
    };
#undef ROW

    return cmocka_run_group_tests(tests, NULL, NULL);
}
