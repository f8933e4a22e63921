/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A conversation agrees on a version, takes messages however they come, tells
 * whose request was refused, and ends in time with one line that says what to
 * do, whatever the other side does.
 */
#include "client/of_session.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "openflow/of_error.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"

enum { ENOUGH_MS = 5000, SHORT_MS = 100 };

#define BOTH (OF_VERSION_BIT(OF10) | OF_VERSION_BIT(OF13))

static void agrees_on_the_highest_version(void **state)
{
    static const struct {
        uint32_t ours, theirs;
        enum of_version agreed;
    } rows[] = {
        /* clang-format off */
        {BOTH,                 BOTH,                 OF13},
        {BOTH,                 OF_VERSION_BIT(OF10), OF10},
        {OF_VERSION_BIT(OF10), BOTH,                 OF10},
        /* clang-format on */
    };
    struct of_peer *p = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct of_session *s;

        p->versions = rows[i].theirs;
        s = peer_open(p, rows[i].ours, ENOUGH_MS);
        assert_non_null(s);
        assert_int_equal(of_session_version(s), rows[i].agreed);
        of_session_close(s);
        peer_join(p);
    }
}

static void names_the_versions_that_there_are(void **state)
{
    struct of_peer *p = *state;

    p->versions = OF_VERSION_BIT(OF10);
    assert_null(peer_open(p, OF_VERSION_BIT(OF13), ENOUGH_MS));
    assert_string_equal(p->error, "the switch does not speak that version of "
                                  "OpenFlow; it offers 1.0");
}

static void silence_ends_in_time(void **state)
{
    struct of_peer *p = *state;
    int64_t begin = clock_monotonic_ms();

    p->is_mute = true;
    assert_null(peer_open(p, BOTH, SHORT_MS));
    assert_true(clock_monotonic_ms() - begin < ENOUGH_MS);
    assert_non_null(strstr(p->error, "did not answer within"));
}

static void not_openflow(struct of_peer *p, const struct of_message *m,
                         struct of_buffer *out)
{
    (void)p;
    (void)m;
    of_put(out, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
}

/* The first two messages of a reply, with an echo request between, and then
 * something that nobody asked for. */
static void two_parts(struct of_peer *p, const struct of_message *m,
                      struct of_buffer *out)
{
    size_t start;

    if (m->kind == OF_ECHO_REPLY) {
        assert_int_equal(m->header.xid, 99);
        assert_int_equal(m->header.size, OF_HEADER_SIZE + 4);
        assert_memory_equal(m->body.next, "ping", 4);
        return;
    }
    start = of_begin(out, OF13, OF_MP_TABLE, m->header.xid);
    of_put(out, "first", 5);
    out->data[start + OF_HEADER_SIZE + 3] = 1; /* more follows */
    of_end(out, start);
    start = of_begin(out, OF13, OF_ECHO_REQUEST, 99);
    of_put(out, "ping", 4);
    of_end(out, start);
    start = of_begin(out, OF13, OF_MP_TABLE, m->header.xid + 7);
    of_put(out, "other", 5);
    of_end(out, start);
    start = of_begin(out, OF13, OF_MP_TABLE, m->header.xid);
    of_put(out, "second", 6);
    of_end(out, start);
    p->hangs_up = false;
}

struct parts {
    char text[64];
    enum flow_error error;
};

static enum flow_error take(void *context, struct of_message *m)
{
    struct parts *parts = context;
    size_t used = strlen(parts->text);

    assert_int_equal(m->kind, OF_MP_TABLE);
    snprintf(parts->text + used, sizeof(parts->text) - used, "%.*s ",
             (int)m->body.left, (const char *)m->body.next);
    return parts->error;
}

static bool ask(struct of_session *s, struct parts *parts)
{
    uint32_t xid = of_session_xid(s);

    of_end(of_session_out(s),
           of_begin_request(of_session_out(s), OF13, OF_MP_TABLE, xid));
    return of_session_reply(s, xid, take, parts);
}

static void a_reply_of_many_parts(void **state)
{
    static const size_t drips[] = {0, 1, 7};
    struct of_peer *p = *state;

    p->answer = two_parts;
    for (size_t i = 0; i < ARRAY_SIZE(drips); i++) {
        struct parts parts = {.text = ""};
        struct of_session *s;

        p->drip = drips[i];
        s = peer_open(p, BOTH, ENOUGH_MS);
        assert_true(ask(s, &parts));
        assert_string_equal(parts.text, "first second ");
        assert_true(of_session_barrier(s));
        of_session_close(s);
        peer_join(p);
    }
}

static void a_part_that_makes_no_sense(void **state)
{
    struct of_peer *p = *state;
    struct parts parts = {.text = "", .error = FLOW_BAD_LENGTH};
    struct of_session *s;

    p->answer = two_parts;
    s = peer_open(p, BOTH, ENOUGH_MS);
    assert_false(ask(s, &parts));
    assert_string_equal(of_session_error(s),
                        "malformed answer from the switch: wrong length");
    of_session_close(s);
}

static void other_protocols_are_told_from_openflow(void **state)
{
    struct of_peer *p = *state;
    struct parts parts = {.text = ""};
    struct of_session *s;

    p->answer = not_openflow;
    s = peer_open(p, BOTH, ENOUGH_MS);
    assert_false(ask(s, &parts));
    assert_non_null(strstr(of_session_error(s), "does not speak OpenFlow"));
    of_session_close(s);
}

static void a_switch_that_hangs_up(void **state)
{
    struct of_peer *p = *state;
    struct parts parts = {.text = ""};
    struct of_session *s;

    p->hangs_up = true;
    s = peer_open(p, BOTH, ENOUGH_MS);
    assert_false(ask(s, &parts));
    assert_non_null(strstr(of_session_error(s), "closed the connection"));
    of_session_close(s);
}

/* Refuses the second and the third request. */
static void refuse(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    uint8_t request[OF_HEADER_SIZE] = {OF13, m->header.type, 0, OF_HEADER_SIZE};
    struct reader r = reader_over(request, sizeof(request));

    request[7] = (uint8_t)m->header.xid;
    if (p->count == 1)
        of_error_write(out, OF13, FLOW_TABLE_FULL, &r);
    if (p->count == 2)
        of_error_write(out, OF13, FLOW_GROUP_EXISTS, &r);
}

static void tells_which_request_was_refused(void **state)
{
    struct of_peer *p = *state;
    struct of_session *s;
    uint32_t xids[3];

    p->answer = refuse;
    s = peer_open(p, BOTH, ENOUGH_MS);
    for (unsigned int i = 0; i < 3; i++) {
        xids[i] = of_session_xid(s);
        of_end(of_session_out(s),
               of_begin(of_session_out(s), OF13, OF_FLOW_MOD, xids[i]));
    }
    assert_false(of_session_barrier(s));
    assert_int_equal(of_session_refused_xid(s), xids[1]);
    assert_string_equal(of_session_error(s),
                        "the switch refuses: the table is full "
                        "(FLOW_MOD_FAILED, code 1)");
    assert_true(of_session_barrier(s));
    assert_int_equal(of_session_refused_xid(s), 0);
    of_session_close(s);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, peer_set_up, peer_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(agrees_on_the_highest_version),
        TEST(names_the_versions_that_there_are),
        TEST(silence_ends_in_time),
        TEST(a_reply_of_many_parts),
        TEST(a_part_that_makes_no_sense),
        TEST(other_protocols_are_told_from_openflow),
        TEST(a_switch_that_hangs_up),
        TEST(tells_which_request_was_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
