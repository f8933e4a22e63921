/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A super-frame that is larger than IP can say becomes super-frames that any
 * reader takes: they hold its payload in order, each says its own size, and
 * what they come apart into is what the whole would have come apart into.
 */
#include "packet/big_tcp.h"

#include <netinet/in.h>

#include "base/array.h"
#include "packet/checksum.h"
#include "packet/segment.h"
#include "packet/wire.h"
#include "tests/unit/frame_hex.h"

enum { PAYLOAD = 185000, GSO_SIZE = 1448, HEADERS_MAX = 128 };

/* A size of 0 in IP, and behind tags; l4 and the size of all headers. */
/* clang-format off */
static const struct big_row {
    const char *name, *headers;
    uint8_t gso_type;
    uint16_t l4, header_size;
    uint16_t removed; /* bytes of headers that parts do not have */
} rows[] = {
    {"IPv4 with time stamps",
     "525400000002 525400000001 0800 45000000fff040004006 0000 c0000201"
     "c6336402 0001 0002 ffff0000 00000007 8099 2000 0000 0000"
     "0101080a 00000001 00000002",
     VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN, 34, 66, 0},
    {"IPv6 behind two tags",
     "525400000002 525400000001 88a8 0005 8100 0006 86dd"
     "60012345 0000 00 40 20010db8000000000000000000000001"
     "20010db8000100000000000000000002 06 00 c2 04 0002d2cc"
     "0001 0002 00000064 00000007 5018 2000 0000 0000",
     VIRTIO_NET_HDR_GSO_TCPV6, 70, 90, 8},
};
/* clang-format on */

static uint8_t pattern(uint32_t i)
{
    return (uint8_t)(i * 7 + i / 251);
}

/* The whole; its bytes are to be freed. */
static struct frame make_big(const struct big_row *row, uint32_t payload)
{
    struct frame f = {.data = malloc(HEADERS_MAX + PAYLOAD)};
    struct frame headers = frame_from_hex(row->headers);

    assert_non_null(f.data);
    memcpy(f.data, headers.data, headers.size);
    for (uint32_t i = 0; i < payload; i++)
        f.data[headers.size + i] = pattern(i);
    f.size = headers.size + payload;
    if (row->removed)
        wire_put32(f.data + row->l4 - 4, payload + row->header_size -
                                             (uint32_t)row->l4 + row->removed);
    f.vnet = (struct virtio_net_hdr){
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = row->gso_type,
        .hdr_len = row->header_size,
        .gso_size = GSO_SIZE,
        .csum_start = row->l4,
        .csum_offset = 16,
    };
    frame_hex_free(&headers);
    return f;
}

/* Part 'index' as whoever receives it puts it together. */
static struct frame make_part(const struct big_tcp *b, const struct frame *big,
                              uint32_t index)
{
    uint32_t at = b->header_size + index * b->chunk;
    uint32_t left = big->size - at;
    uint32_t chunk = left < b->chunk ? left : b->chunk;
    struct frame part = {.vnet = big->vnet, .headroom = FRAME_HEADROOM};

    part.size = b->header_size + chunk;
    part.data = malloc(FRAME_HEADROOM + part.size);
    assert_non_null(part.data);
    part.data += FRAME_HEADROOM;
    memcpy(part.data, big->data, b->header_size);
    memcpy(part.data + b->header_size, big->data + at, chunk);
    big_tcp_finish(b, &part, index);
    return part;
}

/* Of a frame whose bytes are right, but that stands where it stands. */
static void check_segment(const struct big_row *row, const uint8_t *bytes,
                          uint32_t size, uint32_t index)
{
    uint32_t header_size = (uint32_t)row->header_size - row->removed;
    uint32_t l4 = (uint32_t)row->l4 - row->removed;
    uint32_t first = strncmp(row->name, "IPv4", 4) == 0 ? 0xffff0000u : 100;
    uint32_t at = index * GSO_SIZE;
    bool is_last = at + GSO_SIZE >= PAYLOAD;

    assert_int_equal(size, header_size + (is_last ? PAYLOAD - at : GSO_SIZE));
    assert_int_equal(wire_get32(bytes + l4 + 4), (uint32_t)(first + at));
    assert_int_equal(bytes[l4 + 13] & 0x08, is_last ? 0x08 : 0);
    if (row->gso_type & VIRTIO_NET_HDR_GSO_ECN)
        assert_int_equal(bytes[l4 + 13] & 0x80, index == 0 ? 0x80 : 0);
    for (uint32_t i = header_size; i < size; i++)
        if (bytes[i] != pattern(at + i - header_size))
            fail_msg("%s: segment %u, byte %u", row->name, index, i);
}

static void parts_come_apart_as_the_whole_would(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame big = make_big(&rows[i], PAYLOAD), beginning = big;
        uint8_t buffer[2048];
        uint32_t size, index = 0;
        struct big_tcp b;

        beginning.size = 1500;
        assert_true(big_tcp_look(&b, &beginning, big.size));
        assert_int_equal(b.header_size, rows[i].header_size);
        assert_int_equal(b.part_count, 3);
        for (uint32_t n = 0; n < b.part_count; n++) {
            struct frame part = make_part(&b, &big, n);
            struct segmenter s;

            assert_true(part.size <= UINT16_MAX);
            assert_true(segment_is_for_kernel(&part));
            assert_true(segment_begin(&s, &part));
            assert_int_equal(s.end, part.size);
            while ((size = segment_next(&s, buffer)) > 0)
                check_segment(&rows[i], buffer, size, index++);
            free(part.data - part.headroom);
        }
        assert_int_equal(index, (PAYLOAD + GSO_SIZE - 1) / GSO_SIZE);
        free(big.data);
    }
}

/* The last part can be an ordinary frame, whose checksum is still to come. */
static void what_is_left_over_is_an_ordinary_frame(void **state)
{
    struct frame big = make_big(&rows[0], PAYLOAD), part;
    uint32_t payload;
    struct big_tcp b;

    (void)state;
    assert_true(big_tcp_look(&b, &big, big.size));
    payload = 2 * b.chunk + 10;
    big.size = rows[0].header_size + payload;
    assert_true(big_tcp_look(&b, &big, big.size));
    assert_int_equal(b.part_count, 3);
    part = make_part(&b, &big, 2);
    assert_false(frame_is_super(&part));
    assert_int_equal(part.size, rows[0].header_size + 10);
    assert_true(checksum_complete(&part));
    assert_int_equal(
        checksum_finish(checksum_add(
            checksum_pseudo(part.data + 14, IPPROTO_TCP, part.size - 34),
            part.data + 34, part.size - 34)),
        0);
    free(part.data - part.headroom);
    free(big.data);
}

/* A size of 0 is mended in a small one, too. */
static void a_small_one_is_one_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame big = make_big(&rows[i], 3000), part;
        struct big_tcp b;

        assert_true(big_tcp_look(&b, &big, big.size));
        assert_int_equal(b.part_count, 1);
        part = make_part(&b, &big, 0);
        assert_true(segment_is_for_kernel(&part));
        assert_int_equal(part.size, big.size - rows[i].removed);
        free(part.data - part.headroom);
        free(big.data);
    }
}

static void leaves_alone_what_is_like_any_other(void **state)
{
    static const struct {
        const char *what;
        uint8_t row;
        uint16_t at;
        uint8_t byte;
    } changes[] = {
        /* clang-format off */
        {"a size",               0, 17, 1   },
        {"UDP",                  0, 23, 17  },
        {"a short IP header",    0, 14, 0x44},
        {"another Ethertype",    0, 13, 6   },
        {"a short TCP header",   0, 46, 0x40},
        {"a payload length",     1, 27, 1   },
        {"no jumbo option",      1, 64, 0xc3},
        {"a longer option",      1, 63, 1   },
        {"another jumbo length", 1, 69, 0   },
        {"another next header",  1, 28, 6   },
        /* clang-format on */
    };
    struct big_tcp b;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        struct frame big = make_big(&rows[changes[i].row], PAYLOAD);

        big.data[changes[i].at] = changes[i].byte;
        if (big_tcp_look(&b, &big, big.size))
            fail_msg("%s", changes[i].what);
        free(big.data);
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame big = make_big(&rows[i], PAYLOAD);

        for (uint32_t size = 0; size < rows[i].header_size; size++) {
            struct frame cut = big;

            cut.data = malloc(size + 1); /* so that a reader beyond is seen */
            assert_non_null(cut.data);
            memcpy(cut.data, big.data, size);
            cut.size = size;
            assert_false(big_tcp_look(&b, &cut, big.size));
            free(cut.data);
        }
        big.vnet.gso_size = 0;
        assert_false(big_tcp_look(&b, &big, big.size));
        big.vnet.gso_size = UINT16_MAX;
        assert_false(big_tcp_look(&b, &big, big.size));
        big.vnet.gso_size = GSO_SIZE;
        big.vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
        assert_false(big_tcp_look(&b, &big, big.size));
        free(big.data);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_apart_as_the_whole_would),
        cmocka_unit_test(what_is_left_over_is_an_ordinary_frame),
        cmocka_unit_test(a_small_one_is_one_part),
        cmocka_unit_test(leaves_alone_what_is_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
