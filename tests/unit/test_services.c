/* Those who come: heard once they have said HELLO, bounded in number and in the
 * time they may take for it, and freed when they are gone. */
#include "control/services.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "openflow/of_hello.h"
#include "tests/unit/fake_stream.h"

static struct {
    struct of_switch of;
    struct session_world world;
    struct services *services;
    unsigned int handled;
} lab;

static bool handle(struct of_switch *s, struct connection *c,
                   const void *message, size_t size, int64_t now_ms)
{
    (void)s;
    (void)message;
    (void)size;
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
    lab.services = services_create(&lab.world);
    return lab.services && lab.of.connections && lab.of.datapath ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    services_free(lab.services);
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    connection_list_free(lab.of.connections);
    datapath_free(lab.of.datapath);
    return 0;
}

static struct fake_stream *come(void)
{
    struct fake_stream *f = fake_stream_create();

    fake_network.peer = f;
    services_add(lab.services, &f->stream, "tcp:192.0.2.7:40112",
                 OF_VERSION_BIT(OF10), 1000);
    return fake_network.peer; /* NULL: it was closed */
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
    services_tick(lab.services, 1000000);
    assert_int_equal(services_count(lab.services), 1);
    fake_end(f, "the end", 1000000);
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    services_tick(lab.services, 1000100);
    assert_int_equal(services_count(lab.services), 0);
}

static void one_that_says_nothing_is_given_up(void **state)
{
    (void)state;
    come();
    services_tick(lab.services, 1000 + SERVICES_HELLO_MS - 1);
    assert_int_equal(services_count(lab.services), 1);
    assert_non_null(fake_network.peer);
    services_tick(lab.services, 1000 + SERVICES_HELLO_MS);
    assert_int_equal(services_count(lab.services), 0);
    assert_null(fake_network.peer);
}

static void too_many_are_sent_away(void **state)
{
    (void)state;
    for (int i = 0; i < SERVICES_MAX; i++)
        assert_non_null(come());
    assert_null(come());
    assert_int_equal(services_count(lab.services), SERVICES_MAX);
}

static void who_is_gone_makes_room_at_once(void **state)
{
    struct fake_stream *first = come();

    (void)state;
    for (int i = 1; i < SERVICES_MAX; i++)
        come();
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
        ROW(who_is_gone_makes_room_at_once),
    };
#undef ROW

    return cmocka_run_group_tests(tests, NULL, NULL);
}
