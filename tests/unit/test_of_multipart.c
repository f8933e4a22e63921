/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reply that is too long for one message goes on in others, of which all but
 * the last say that more follows; no part is cut.
 */
#include "openflow/of_multipart.h"

#include "tests/unit/of_hex.h"

enum { PART_SIZE = 1000, PARTS = 200 };

static void put_parts(struct of_multipart *m, struct of_buffer *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        of_put_u16(b, (uint16_t)i);
        of_put_zeros(b, PART_SIZE - 2);
        of_multipart_part_done(m);
    }
    of_multipart_end(m);
}

/* Reads all messages; returns how many there are. */
static size_t check_parts(const struct of_buffer *b, size_t parts)
{
    struct reader all = reader_over(b->data, b->size);
    size_t messages = 0, next = 0;

    while (all.left > 0) {
        struct reader head = all, body;
        struct of_header h = of_read_header(&head);
        enum of_kind kind = of_kind_of(&h, &head);
        uint16_t flags;

        body = read_slice(&all, h.size);
        assert_false(body.bad);
        of_read_header(&body);
        assert_int_equal(kind, OF_MP_FLOW);
        assert_int_equal(h.xid, 77);
        flags = of_read_head(&h, kind, &body);
        for (; body.left > 0; next++) {
            assert_int_equal(read_u16(&body), next);
            read_bytes(&body, PART_SIZE - 2);
            assert_false(body.bad);
        }
        assert_int_equal(flags, next < parts ? OF_MULTIPART_MORE : 0);
        messages++;
    }
    assert_int_equal(next, parts);
    return messages;
}

static size_t messages_of(enum of_version version, size_t parts)
{
    struct of_buffer b = {0};
    struct of_multipart m;
    size_t messages;

    of_put_u32(&b, 0); /* something that is there already */
    m = of_multipart_of(&b, of_begin(&b, version, OF_MP_FLOW, 77));
    put_parts(&m, &b, parts);
    assert_false(b.is_bad);
    memmove(b.data, b.data + 4, b.size -= 4);
    messages = check_parts(&b, parts);
    of_buffer_clear(&b);
    return messages;
}

static void long_replies_are_split(void **state)
{
    (void)state;
    assert_int_equal(messages_of(OF13, 0), 1);
    assert_int_equal(messages_of(OF13, 65), 1);
    assert_int_equal(messages_of(OF13, 66), 2);
    assert_int_equal(messages_of(OF10, 65), 1);
    assert_int_equal(messages_of(OF10, PARTS), 4);
    assert_int_equal(messages_of(OF15, PARTS), 4);
}

static void what_fits_exactly_is_not_split(void **state)
{
    struct of_buffer b = {0};
    struct of_multipart m =
        of_multipart_of(&b, of_begin(&b, OF13, OF_MP_FLOW, 1));

    (void)state;
    of_put_zeros(&b, OF_MESSAGE_MAX - 16);
    of_multipart_part_done(&m);
    of_multipart_end(&m);
    assert_false(b.is_bad);
    assert_int_equal(b.size, OF_MESSAGE_MAX);
    assert_int_equal(b.data[11], 0);
    of_buffer_clear(&b);
}

static void a_part_for_no_message_is_bad(void **state)
{
    struct of_buffer b = {0};
    struct of_multipart m =
        of_multipart_of(&b, of_begin(&b, OF13, OF_MP_FLOW, 1));

    (void)state;
    of_put_zeros(&b, OF_MESSAGE_MAX - 15);
    of_multipart_part_done(&m);
    assert_true(b.is_bad);
    of_multipart_end(&m);
    of_buffer_clear(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_replies_are_split),
        cmocka_unit_test(what_fits_exactly_is_not_split),
        cmocka_unit_test(a_part_for_no_message_is_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
