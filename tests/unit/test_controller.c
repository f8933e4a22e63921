/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a connection to a controller, each row of its table: when it
 * tries, how long it waits, what it takes for accepted, when it asks for an
 * echo and when it gives up.
 */
#include "control/controller.h"

#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "openflow/of_hello.h"
#include "tests/unit/fake_stream.h"
#include "tests/unit/test.h"

enum { TICK_MS = 100 };

enum of_type { HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY, FEATURES_REQUEST = 5 };
enum { BARRIER_10 = 18, SET_CONFIG = 9 };

static struct {
    struct of_switch of;
    struct controller_world world;
    struct controller *c;
    int64_t now_ms;
    unsigned int handled, changes;
    bool refuses;
} lab;

static bool handle(struct of_switch *s, struct connection *c,
                   const struct of_message *m, int64_t now_ms)
{
    (void)s;
    (void)c;
    (void)m;
    (void)now_ms;
    lab.handled++;
    return !lab.refuses;
}

static void note_change(void *context, int64_t now_ms)
{
    (void)context;
    (void)now_ms;
    lab.changes++;
}

static struct controller_options options(void)
{
    struct controller_options o = {
        .name = "pox",
        .inactivity_probe_s = 5,
        .max_backoff_s = 8,
        .versions = OF_VERSION_BIT(OF10) | OF_VERSION_BIT(OF13),
    };
    char why[TARGET_WHY_SIZE];

    assert_true(target_parse("tcp:192.0.2.1", &o.target, why));
    return o;
}

static int begin(void **state)
{
    struct controller_options o = options();

    (void)state;
    memset(&lab, 0, sizeof(lab));
    memset(&fake_network, 0, sizeof(fake_network));
    log_set_levels("error");
    lab.of.datapath = datapath_create(
        &(struct datapath_options){
            .workers = 1, .flow_cache = 64, .mac_table_size = 16},
        1000);
    lab.of.connections = connection_list_create();
    lab.now_ms = 1000000;
    lab.world = (struct controller_world){
        .session = {&lab.of, handle},
        .network = {fake_connect, NULL},
        .changed = note_change,
    };
    lab.c = controller_create(&o, &lab.world, lab.now_ms);
    return lab.c ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    controller_free(lab.c);
    connection_list_free(lab.of.connections);
    datapath_free(lab.of.datapath);
    assert_null(fake_network.peer);
    return 0;
}

static void pass_ms(int64_t ms)
{
    for (; ms > 0; ms -= TICK_MS) {
        lab.now_ms += TICK_MS;
        controller_tick(lab.c, lab.now_ms);
    }
}

static void assert_state(const char *state)
{
    assert_string_equal(controller_status(lab.c).state, state);
}

/* Up to the connection's state of ready. */
static void greet(void)
{
    pass_ms(TICK_MS);
    assert_non_null(fake_network.peer);
    fake_open(fake_network.peer, lab.now_ms);
    assert_state("connecting");
    fake_receive_header(fake_network.peer, 1, HELLO, lab.now_ms);
    assert_state("ready");
    fake_network.peer->sent_size = 0;
}

static void hear(uint8_t type)
{
    fake_receive_header(fake_network.peer, 1, type, lab.now_ms);
}

static void says_hello_and_hears_it(void **state)
{
    (void)state;
    assert_state("backoff");
    pass_ms(TICK_MS);
    assert_state("connecting");
    fake_open(fake_network.peer, lab.now_ms);
    assert_true(fake_network.peer->sent_size >= 8);
    assert_int_equal(fake_network.peer->sent[0], OF13);
    assert_int_equal(fake_network.peer->sent[1], HELLO);
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    fake_receive_header(fake_network.peer, 1, HELLO, lab.now_ms);
    assert_state("ready");
    assert_int_equal(controller_status(lab.c).version, OF10);
    assert_int_equal(connection_list_count(lab.of.connections), 1);
    assert_int_equal(lab.handled, 0);
}

/* Runs until the next attempt; returns how long that took. */
static int64_t wait_for_attempt(void)
{
    unsigned int before = fake_network.attempts;
    int64_t start_ms = lab.now_ms;

    while (fake_network.attempts == before && lab.now_ms - start_ms < 60000)
        pass_ms(TICK_MS);
    return lab.now_ms - start_ms;
}

static void backs_off_1_2_4_8(void **state)
{
    static const int64_t waits_ms[] = {1000, 2000, 4000, 8000, 8000};

    (void)state;
    fake_network.is_refusing = true;
    assert_int_equal(wait_for_attempt(), TICK_MS);
    assert_string_equal(controller_status(lab.c).last_error, "refused");
    for (size_t i = 0; i < ARRAY_SIZE(waits_ms); i++) {
        assert_state("backoff");
        assert_int_equal(wait_for_attempt(), waits_ms[i]);
    }
}

static void an_attempt_times_out_after_a_second_or_the_wait(void **state)
{
    static const int64_t waits_ms[] = {1000, 2000, 4000};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        wait_for_attempt();
        pass_ms(waits_ms[i] - TICK_MS);
        assert_state("connecting");
        assert_non_null(fake_network.peer);
        pass_ms(TICK_MS);
        assert_state("backoff");
        assert_null(fake_network.peer);
        assert_string_equal(controller_status(lab.c).last_error, "timed out");
    }
}

static void a_peer_without_a_hello_is_given_up(void **state)
{
    (void)state;
    pass_ms(TICK_MS);
    fake_open(fake_network.peer, lab.now_ms);
    pass_ms(1000);
    assert_state("backoff");
    assert_null(fake_network.peer);
    assert_string_equal(controller_status(lab.c).last_error,
                        "no HELLO was received");
}

static void a_stream_lost_before_the_hello_is_a_failure(void **state)
{
    (void)state;
    pass_ms(TICK_MS);
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_state("backoff");
    assert_string_equal(controller_status(lab.c).last_error, "reset");
    assert_int_equal(wait_for_attempt(), 1000);
    fake_open(fake_network.peer, lab.now_ms);
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_int_equal(wait_for_attempt(), 2000);
}

static void a_version_that_is_not_offered_is_refused(void **state)
{
    static const uint8_t only_11[] = {2, 0, 0, 16, 0, 0, 0, 1,
                                      0, 1, 0, 8,  0, 0, 0, 4};

    (void)state;
    pass_ms(TICK_MS);
    fake_open(fake_network.peer, lab.now_ms);
    fake_network.peer->sent_size = 0;
    /* Something else where HELLO comes first. */
    hear(FEATURES_REQUEST);
    assert_state("backoff");
    assert_null(fake_network.peer);
    wait_for_attempt();
    fake_open(fake_network.peer, lab.now_ms);
    fake_receive(fake_network.peer, only_11, sizeof(only_11), lab.now_ms);
    assert_state("backoff");
    assert_string_equal(controller_status(lab.c).last_error,
                        "no version of OpenFlow in common: it offers 1.1, "
                        "this switch 1.0, 1.3");
}

static void one_that_worked_is_tried_again_within_a_second(void **state)
{
    (void)state;
    greet();
    hear(BARRIER_10);
    pass_ms(1000);
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_state("backoff");
    assert_in_range(wait_for_attempt(), TICK_MS, 900);
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_int_equal(wait_for_attempt(), 1000);
}

static void one_that_sends_us_away_is_not_tried_faster_and_faster(void **state)
{
    static const int64_t waits_ms[] = {1000, 2000, 4000, 8000, 8000};

    (void)state;
    pass_ms(TICK_MS);
    for (size_t i = 0; i < ARRAY_SIZE(waits_ms); i++) {
        fake_open(fake_network.peer, lab.now_ms);
        hear(HELLO);
        hear(FEATURES_REQUEST);
        fake_end(fake_network.peer, "reset", lab.now_ms);
        assert_false(controller_status(lab.c).is_accepted);
        assert_int_equal(controller_status(lab.c).accepted_ms, 1000000);
        assert_int_equal(wait_for_attempt(), waits_ms[i]);
    }
}

static void silence_is_answered_with_an_echo_request(void **state)
{
    (void)state;
    greet();
    pass_ms(4900);
    assert_state("ready");
    assert_int_equal(fake_network.peer->sent_size, 0);
    pass_ms(TICK_MS);
    assert_state("idle");
    assert_memory_equal(fake_network.peer->sent, "\1\2\0\10\0\0\0\0", 8);
    hear(ECHO_REPLY);
    assert_state("ready");
    pass_ms(4900);
    assert_state("ready");
    pass_ms(TICK_MS);
    assert_state("idle");
}

static void silence_after_it_ends_the_connection(void **state)
{
    (void)state;
    greet();
    pass_ms(9900);
    assert_state("idle");
    pass_ms(TICK_MS);
    assert_state("backoff");
    assert_null(fake_network.peer);
    assert_string_equal(controller_status(lab.c).last_error,
                        "was silent for 10 s");
    assert_int_equal(connection_list_count(lab.of.connections), 0);
    assert_int_equal(lab.changes, 1);
}

static void a_loss_while_idle_ends_it(void **state)
{
    (void)state;
    greet();
    hear(BARRIER_10);
    pass_ms(6000);
    assert_state("idle");
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_state("backoff");
    assert_in_range(wait_for_attempt(), TICK_MS, 900);
}

static void an_echo_that_cannot_be_sent_ends_it(void **state)
{
    (void)state;
    greet();
    fake_network.peer->is_full = true;
    pass_ms(5000);
    assert_state("backoff");
    assert_null(fake_network.peer);
}

static void any_message_resets_the_timer(void **state)
{
    (void)state;
    greet();
    for (int i = 0; i < 10; i++) {
        pass_ms(4000);
        hear(FEATURES_REQUEST);
        assert_state("ready");
    }
    assert_int_equal(lab.handled, 10);
}

static void without_a_probe_it_may_be_silent(void **state)
{
    struct controller_options o = options();

    (void)state;
    o.inactivity_probe_s = 0;
    controller_reconfigure(lab.c, &o, lab.now_ms);
    greet();
    pass_ms(100000);
    assert_state("ready");
    assert_int_equal(fake_network.peer->sent_size, 0);
}

static void idle_talk_is_no_acceptance(void **state)
{
    (void)state;
    greet();
    pass_ms(1000);
    hear(HELLO);
    hear(ERROR);
    hear(ECHO_REQUEST);
    hear(ECHO_REPLY);
    hear(FEATURES_REQUEST);
    hear(SET_CONFIG);
    assert_false(controller_status(lab.c).is_accepted);
    assert_int_equal(controller_status(lab.c).accepted_ms, 1000000);
    assert_int_equal(lab.changes, 0);
    hear(BARRIER_10);
    assert_true(controller_status(lab.c).is_accepted);
    assert_int_equal(controller_status(lab.c).accepted_ms, lab.now_ms);
    assert_int_equal(lab.changes, 1);
    pass_ms(1000);
    hear(ECHO_REQUEST);
    assert_int_equal(controller_status(lab.c).accepted_ms, lab.now_ms);
    pass_ms(1000);
    assert_int_equal(controller_status(lab.c).accepted_ms, lab.now_ms - 1000);
    fake_end(fake_network.peer, "reset", lab.now_ms);
    assert_int_equal(controller_status(lab.c).accepted_ms, lab.now_ms - 1000);
    assert_int_equal(lab.changes, 2);
}

static void thirty_seconds_are_acceptance(void **state)
{
    (void)state;
    greet();
    for (int i = 0; i < 29; i++) {
        pass_ms(1000);
        hear(ECHO_REQUEST);
    }
    assert_false(controller_status(lab.c).is_accepted);
    pass_ms(1000);
    assert_true(controller_status(lab.c).is_accepted);
}

static void a_handler_may_end_it(void **state)
{
    (void)state;
    greet();
    lab.refuses = true;
    hear(BARRIER_10);
    assert_state("backoff");
    assert_null(fake_network.peer);
}

static void a_new_target_is_called_soon(void **state)
{
    struct controller_options o = options();

    (void)state;
    greet();
    o.packet_in_rate = 7;
    controller_reconfigure(lab.c, &o, lab.now_ms);
    assert_state("ready");
    o.target.port++;
    controller_reconfigure(lab.c, &o, lab.now_ms);
    assert_state("backoff");
    assert_null(fake_network.peer);
    assert_in_range(wait_for_attempt(), TICK_MS, 900);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        ROW(says_hello_and_hears_it),
        ROW(backs_off_1_2_4_8),
        ROW(an_attempt_times_out_after_a_second_or_the_wait),
        ROW(a_peer_without_a_hello_is_given_up),
        ROW(a_stream_lost_before_the_hello_is_a_failure),
        ROW(a_version_that_is_not_offered_is_refused),
        ROW(one_that_worked_is_tried_again_within_a_second),
        ROW(one_that_sends_us_away_is_not_tried_faster_and_faster),
        ROW(silence_is_answered_with_an_echo_request),
        ROW(silence_after_it_ends_the_connection),
        ROW(a_loss_while_idle_ends_it),
        ROW(an_echo_that_cannot_be_sent_ends_it),
        ROW(any_message_resets_the_timer),
        ROW(without_a_probe_it_may_be_silent),
        ROW(idle_talk_is_no_acceptance),
        ROW(thirty_seconds_are_acceptance),
        ROW(a_handler_may_end_it),
        ROW(a_new_target_is_called_soon),
    };
#undef ROW

    return cmocka_run_group_tests(tests, NULL, NULL);
}
