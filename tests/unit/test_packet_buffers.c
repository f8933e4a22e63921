/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A held frame comes out once, as it went in; a late id is told from an unknown
 * one and never gives somebody else's frame.
 */
#include "control/packet_buffers.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

static uint32_t hold(struct packet_buffers *b, uint8_t mark, int64_t now_ms)
{
    uint8_t bytes[] = {mark, 2, 3};
    struct packet_buffer frame = {
        .bytes = bytes,
        .size = sizeof(bytes),
        .in_port = mark,
        .vnet = {.gso_size = mark},
    };

    return packet_buffers_hold(b, &frame, now_ms);
}

/* In a staging of its own. */
static enum flow_error look(struct packet_buffers *b, uint32_t id)
{
    packet_buffers_begin_staging(b);
    return packet_buffers_stage(b, id);
}

static void takes(struct packet_buffers *b, uint32_t id, uint8_t mark)
{
    struct packet_buffer frame;

    assert_int_equal(look(b, id), FLOW_OK);
    assert_int_equal(packet_buffers_stage(b, id), FLOW_BUFFER_EMPTY);
    assert_int_equal(packet_buffers_take(b, id, &frame), FLOW_OK);
    assert_int_equal(frame.size, 3);
    assert_int_equal(frame.bytes[0], mark);
    assert_int_equal(frame.in_port, mark);
    assert_int_equal(frame.vnet.gso_size, mark);
    free(frame.bytes);
}

static void refuses(struct packet_buffers *b, uint32_t id,
                    enum flow_error error)
{
    struct packet_buffer frame;

    assert_int_equal(look(b, id), error);
    assert_int_equal(packet_buffers_take(b, id, &frame), error);
}

static void the_first_id_is_zero_and_used_once(void **state)
{
    struct packet_buffers *b = packet_buffers_create(256);

    (void)state;
    refuses(b, 0, FLOW_BUFFER_UNKNOWN);
    assert_int_equal(hold(b, 7, 0), 0);
    assert_int_equal(hold(b, 8, 0), 1);
    refuses(b, 2, FLOW_BUFFER_UNKNOWN);
    refuses(b, 256, FLOW_BUFFER_UNKNOWN);
    takes(b, 0, 7);
    refuses(b, 0, FLOW_BUFFER_EMPTY);
    takes(b, 1, 8);
    refuses(b, PACKET_BUFFERS_NONE, FLOW_BUFFER_UNKNOWN);
    packet_buffers_free(b);
}

static void a_fresh_frame_is_not_pushed_out(void **state)
{
    struct packet_buffers *b = packet_buffers_create(2);
    uint32_t id;

    (void)state;
    assert_int_equal(hold(b, 1, 0), 0);
    assert_int_equal(hold(b, 2, 1000), 1);
    assert_int_equal(hold(b, 3, PACKET_BUFFERS_KEPT_MS - 1),
                     PACKET_BUFFERS_NONE);
    id = hold(b, 3, PACKET_BUFFERS_KEPT_MS);
    assert_int_equal(id, 2);
    refuses(b, 0, FLOW_BUFFER_UNKNOWN);
    takes(b, 2, 3);
    takes(b, 1, 2);
    packet_buffers_free(b);
}

static void ids_do_not_come_back_soon(void **state)
{
    struct packet_buffers *b = packet_buffers_create(4);
    uint32_t last = 0;

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t id = hold(b, (uint8_t)i, 0);

        assert_int_equal(id, i);
        takes(b, id, (uint8_t)i);
        if (i > 4)
            refuses(b, i - 4, FLOW_BUFFER_UNKNOWN);
        last = id;
    }
    refuses(b, last, FLOW_BUFFER_EMPTY);
    packet_buffers_free(b);
}

static void none_are_held_without_room(void **state)
{
    struct packet_buffers *b = packet_buffers_create(0);

    (void)state;
    assert_int_equal(hold(b, 1, 0), PACKET_BUFFERS_NONE);
    refuses(b, 0, FLOW_BUFFER_UNKNOWN);
    packet_buffers_free(b);
    packet_buffers_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_id_is_zero_and_used_once),
        cmocka_unit_test(a_fresh_frame_is_not_pushed_out),
        cmocka_unit_test(ids_do_not_come_back_soon),
        cmocka_unit_test(none_are_held_without_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
