/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each kind of message is told from what of_begin makes of it, in every version
 * that has it; what is no kind is refused with the right word; buffers grow and
 * stay bad.
 */
#include "openflow/of.h"

#include "tests/unit/of_hex.h"

#include "openflow/of_kinds.h"

/* The kind of a message, and how much head it has. */
static enum of_kind kind_of(const struct of_buffer *b, size_t *head_size)
{
    struct reader r = reader_over(b->data, b->size);
    struct of_header h = of_read_header(&r);
    enum of_kind kind = of_kind_of(&h, &r);
    size_t left = r.left;

    assert_int_equal(h.size, b->size);
    assert_int_equal(of_read_head(&h, kind, &r), 0);
    assert_false(r.bad);
    *head_size = left - r.left;
    return kind;
}

static void kinds_are_told(void **state)
{
    (void)state;
    for (int version = OF10; version <= OF15; version++)
        for (int kind = OF_HELLO; kind < OF_KIND_COUNT; kind++) {
            struct of_buffer b = {0};
            size_t start, head_size;

            start = of_begin(&b, (enum of_version)version, (enum of_kind)kind,
                             0x01020304);
            assert_int_equal(
                b.is_bad, !of_kinds_find((uint8_t)version, (enum of_kind)kind));
            /* These are what lies around others. */
            if (!b.is_bad && kind != OF_MULTIPART_REQUEST &&
                kind != OF_MULTIPART_REPLY && kind != OF_EXPERIMENTER) {
                size_t head = b.size - OF_HEADER_SIZE;

                of_put_u32(&b, 7);
                of_end(&b, start);
                if (kind != OF_MP_EXPERIMENTER) {
                    assert_int_equal(kind_of(&b, &head_size), kind);
                    assert_int_equal(head_size, head);
                }
            }
            of_buffer_clear(&b);
        }
}

static void heads_are_as_specified(void **state)
{
    struct of_buffer b = {0};

    (void)state;
    of_end(&b, of_begin(&b, OF10, OF_MP_NX_FLOW, 5));
    assert_buffer_is(&b, "01110018 00000005 ffff0000 00002320 00000000"
                         "00000000");
    of_end(&b, of_begin_request(&b, OF10, OF_MP_FLOW, 5));
    assert_buffer_is(&b, "0110000c 00000005 00010000");
    of_end(&b, of_begin_request(&b, OF13, OF_MP_METER, 5));
    assert_buffer_is(&b, "04120010 00000005 00090000 00000000");
    of_end(&b, of_begin(&b, OF13, OF_BUNDLE_CONTROL, 5));
    assert_buffer_is(&b, "04040010 00000005 4f4e4600 000008fc");
    of_end(&b, of_begin(&b, OF14, OF_BUNDLE_CONTROL, 5));
    assert_buffer_is(&b, "05210008 00000005");
}

static enum flow_error why(const char *hex)
{
    struct of_hex m = of_hex_read(hex);
    struct reader r = of_hex_reader(&m);
    struct of_header h = of_read_header(&r);
    enum flow_error error = of_unknown_why(&h, &r);

    of_hex_free(&m);
    return error;
}

static void unknown_ones_are_named(void **state)
{
    (void)state;
    assert_int_equal(why("00050008 00000001"), FLOW_BAD_VERSION);
    assert_int_equal(why("07050008 00000001"), FLOW_BAD_VERSION);
    assert_int_equal(why("01180008 00000001"), FLOW_BAD_TYPE);
    assert_int_equal(why("05160008 00000001"), FLOW_BAD_TYPE);
    assert_int_equal(why("04120010 00000001 000e0000 00000000"),
                     FLOW_BAD_MULTIPART);
    assert_int_equal(why("0412000c 00000001 000e0000"), FLOW_BAD_LENGTH);
    assert_int_equal(why("01040010 00000001 00001234 00000001"),
                     FLOW_BAD_EXPERIMENTER);
    assert_int_equal(why("01040010 00000001 00002320 0000ffff"),
                     FLOW_BAD_EXPERIMENTER_TYPE);
    assert_int_equal(why("0104000c 00000001 00002320"), FLOW_BAD_LENGTH);
    assert_int_equal(why("01100014 00000001 ffff0000 00001234 00000000"),
                     FLOW_BAD_EXPERIMENTER);
    assert_int_equal(why("01100014 00000001 ffff0000 00002320 000000ff"),
                     FLOW_BAD_EXPERIMENTER_TYPE);
}

static void a_reply_is_not_a_request(void **state)
{
    struct of_header h = {.version = OF10, .type = 17};

    (void)state;
    assert_true(of_is_multipart_reply(&h));
    h.type = 16;
    assert_false(of_is_multipart_reply(&h));
    h = (struct of_header){.version = OF13, .type = 19};
    assert_true(of_is_multipart_reply(&h));
    h.version = 9;
    assert_false(of_is_multipart_reply(&h));
}

static void buffers_write_in_network_order(void **state)
{
    struct of_buffer b = {0};

    (void)state;
    of_put_u8(&b, 0x01);
    of_put_u16(&b, 0x0203);
    of_put_u32(&b, 0x04050607);
    of_put_u64(&b, 0x08090a0b0c0d0e0f);
    of_pad_to_8(&b, 0);
    of_set_u16(&b, 0, 0xaabb);
    assert_buffer_is(&b, "aabb0304 05060708 090a0b0c 0d0e0f00");
}

static void buffers_grow_and_end_too_long_ones(void **state)
{
    struct of_buffer b = {0};
    size_t start = of_begin(&b, OF13, OF_ECHO_REPLY, 1);

    (void)state;
    of_put_zeros(&b, OF_MESSAGE_MAX - OF_HEADER_SIZE);
    of_end(&b, start);
    assert_false(b.is_bad);
    assert_int_equal(b.data[2] << 8 | b.data[3], OF_MESSAGE_MAX);
    of_put_u8(&b, 0);
    of_end(&b, start);
    assert_true(b.is_bad);
    start = b.size;
    of_put_u32(&b, 1);
    assert_int_equal(b.size, start);
    of_buffer_clear(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told),
        cmocka_unit_test(heads_are_as_specified),
        cmocka_unit_test(unknown_ones_are_named),
        cmocka_unit_test(a_reply_is_not_a_request),
        cmocka_unit_test(buffers_write_in_network_order),
        cmocka_unit_test(buffers_grow_and_end_too_long_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
