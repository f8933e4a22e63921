/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that meets a learn action: what is new is told to the main thread
 * and waited for; what is there is not told, or told again to begin its hard
 * timeout anew, and nobody waits for that.  The queue has an end, and so has
 * the patience.
 */
#include "datapath/learn_requester.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "table/flow_learn.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

enum { NOW_MS = 5000, FLOOD_MAX = 100000 };

struct world {
    struct flow_tables *tables;
    struct learn_requester learn;
    struct flow_mod teaching; /* its first action is the learn action */
};

static int begin(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct text_error error;
    const struct text_parse parse = {NULL, &error};

    assert_non_null(w);
    w->tables = flow_tables_create(1, 0);
    assert_true(learn_requester_init(&w->learn, w->tables));
    assert_true(text_flow_read(&parse, FLOW_MOD_ADD,
                               "actions=learn(table=1,hard_timeout=10,"
                               "NXM_OF_IN_PORT[],output:NXM_OF_IN_PORT[])",
                               &w->teaching));
    *state = w;
    return 0;
}

static int end(void **state)
{
    struct world *w = *state;

    flow_mod_clear(&w->teaching);
    learn_requester_clear(&w->learn);
    flow_tables_free(w->tables);
    free(w);
    return 0;
}

/* A frame from that port; whether it is to wait. */
static bool meet(struct world *w, uint32_t port, int64_t now_ms)
{
    struct flow_key key = {.word = {0}};
    bool is_awaited;

    key.in_port = htonl(port);
    w->learn.now_ms = now_ms;
    learn_requester_begin(&w->learn);
    learn_requester_meet(&w->learn,
                         instructions_apply(&w->teaching.instructions), &key);
    is_awaited = w->learn.is_awaited;
    w->learn.is_awaited = false;
    return is_awaited;
}

/* The main thread takes all that there is. */
static size_t take(struct world *w)
{
    const struct learn_request *l;
    enum flow_learn_news news;
    size_t count = 0;

    while ((l = byte_ring_peek(w->learn.requests))) {
        static struct learned learned;

        learn_from(learn_request_action(l), &l->key, &learned);
        assert_int_equal(
            flow_learn(w->tables, &learned.mod, 0, w->learn.now_ms, &news),
            FLOW_OK);
        byte_ring_pop(w->learn.requests);
        count++;
    }
    learn_requester_took(&w->learn, count);
    return count;
}

static void what_is_new_is_waited_for(void **state)
{
    struct world *w = *state;

    assert_true(learn_requester_is_done(&w->learn));
    assert_true(meet(w, 1, NOW_MS));
    assert_false(learn_requester_is_done(&w->learn));
    assert_int_equal(take(w), 1);
    assert_true(learn_requester_is_done(&w->learn));
    assert_int_equal(flow_tables_count(w->tables, 1), 1);
    assert_int_equal(w->learn.late, 0);
}

static void what_is_there_is_not(void **state)
{
    struct world *w = *state;

    assert_true(meet(w, 1, NOW_MS));
    take(w);
    assert_false(meet(w, 1, NOW_MS + LEARN_AGAIN_MS - 1));
    assert_int_equal(take(w), 0);
    /* Its hard timeout is to begin anew. */
    assert_false(meet(w, 1, NOW_MS + LEARN_AGAIN_MS));
    assert_true(meet(w, 2, NOW_MS + LEARN_AGAIN_MS));
    assert_int_equal(take(w), 2);
    assert_int_equal(w->learn.late, 0);
}

static void a_slow_main_thread_is_not_waited_for_again(void **state)
{
    struct world *w = *state;

    assert_true(meet(w, 1, NOW_MS));
    learn_requester_give_up(&w->learn);
    assert_int_equal(w->learn.late, 1);
    assert_false(meet(w, 2, NOW_MS));
    assert_int_equal(w->learn.late, 2);
    assert_int_equal(take(w), 2);
    assert_true(meet(w, 3, NOW_MS));
    assert_int_equal(w->learn.late, 2);
}

static void a_full_queue_loses_and_counts_them(void **state)
{
    struct world *w = *state;
    uint32_t port = 1;

    while (!byte_ring_refused(w->learn.requests) && port < FLOOD_MAX)
        meet(w, port++, NOW_MS);
    assert_in_range(port, 100, FLOOD_MAX - 1);
    assert_int_equal(byte_ring_refused(w->learn.requests), 1);
    /* The one that was lost is not waited for, and taught by the next frame. */
    assert_false(meet(w, port, NOW_MS));
    assert_int_equal(take(w), port - 2);
    assert_true(learn_requester_is_done(&w->learn));
    assert_true(meet(w, port, NOW_MS));
    assert_int_equal(byte_ring_refused(w->learn.requests), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_new_is_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(what_is_there_is_not, begin, end),
        cmocka_unit_test_setup_teardown(
            a_slow_main_thread_is_not_waited_for_again, begin, end),
        cmocka_unit_test_setup_teardown(a_full_queue_loses_and_counts_them,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
