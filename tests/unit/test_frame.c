/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes go into and out of a frame's front with all that points into it moved
 * along; without room nothing changes.
 */
#include "packet/frame.h"

#include "base/array.h"
#include "tests/unit/frame_hex.h"

#define ADDRESSES "525400000002 525400000001 "

static struct frame pointed(const char *hex)
{
    struct frame f = frame_from_hex(hex);

    f.l3 = 14;
    f.l4 = 34;
    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.csum_start = 34;
    f.vnet.csum_offset = 6;
    f.vnet.hdr_len = 42;
    return f;
}

static void assert_points(const struct frame *f, int by)
{
    assert_int_equal(f->l3, 14 + by);
    assert_int_equal(f->l4, 34 + by);
    assert_int_equal(f->vnet.csum_start, 34 + by);
    assert_int_equal(f->vnet.csum_offset, 6);
    assert_int_equal(f->vnet.hdr_len, 42 + by);
    assert_int_equal(f->headroom, FRAME_HEADROOM - by);
}

static const char udp[] =
    ADDRESSES "0800 45000023123440004011 3c5fc0000201c6336402 "
              "14e90035000fec577061796c6f6164";
static const char tagged[] =
    ADDRESSES "88a8 e00a 0800 45000023123440004011 3c5fc0000201c6336402 "
              "14e90035000fec577061796c6f6164";

static void pushes_and_pops_a_tag(void **state)
{
    struct frame f = pointed(udp);

    (void)state;
    assert_true(frame_push_vlan(&f, 0x88a8, 0xe00a));
    assert_frame_is(&f, tagged, "pushed");
    assert_points(&f, 4);
    frame_pop_vlan(&f);
    assert_frame_is(&f, udp, "popped");
    assert_points(&f, 0);
    frame_hex_free(&f);
}

/* The key has nothing of what is behind a second tag either. */
static void hides_what_is_behind_two_tags(void **state)
{
    struct frame f = pointed(udp);

    (void)state;
    assert_true(frame_push_vlan(&f, 0x8100, 1));
    assert_true(frame_push_vlan(&f, 0x8100, 2));
    assert_int_equal(f.l3, FRAME_NO_OFFSET);
    assert_int_equal(f.l4, FRAME_NO_OFFSET);
    assert_int_equal(f.vnet.csum_start, 42);
    frame_hex_free(&f);
}

static void inserts_nothing_without_headroom(void **state)
{
    struct frame f = pointed(udp);

    (void)state;
    f.headroom = 3;
    assert_false(frame_push_vlan(&f, 0x8100, 1));
    assert_false(frame_insert(&f, 12, 4));
    assert_frame_is(&f, udp, "no room");
    f.headroom = FRAME_HEADROOM;
    assert_points(&f, 0);
    f.vnet.csum_start = UINT16_MAX - 3;
    assert_false(frame_insert(&f, 12, 4));
    f.vnet.csum_start = 34;
    f.vnet.hdr_len = UINT16_MAX;
    assert_false(frame_insert(&f, 12, 4));
    assert_frame_is(&f, udp, "no room to point");
    frame_hex_free(&f);
}

static void moves_only_what_is_behind(void **state)
{
    struct frame f = pointed(udp);

    (void)state;
    assert_true(frame_insert(&f, 34, 2));
    assert_int_equal(f.l3, 14);
    assert_int_equal(f.l4, 36);
    assert_int_equal(f.vnet.csum_start, 36);
    assert_int_equal(f.vnet.hdr_len, 44);
    frame_remove(&f, 34, 2);
    assert_points(&f, 0);
    assert_true(frame_insert(&f, 42, 2));
    assert_int_equal(f.l4, 34);
    assert_int_equal(f.vnet.hdr_len, 42);
    frame_remove(&f, 42, 2);
    assert_points(&f, 0);
    assert_frame_is(&f, udp, "as before");
    frame_hex_free(&f);
}

static void forgets_headers_that_are_taken_out(void **state)
{
    struct frame f = pointed(udp);

    (void)state;
    frame_remove(&f, 12, 24);
    assert_int_equal(f.l3, FRAME_NO_OFFSET);
    assert_int_equal(f.l4, FRAME_NO_OFFSET);
    assert_false(frame_has_partial_checksum(&f));
    assert_int_equal(f.vnet.hdr_len, 18);
    frame_hex_free(&f);

    f = pointed(udp);
    frame_remove(&f, 12, 31);
    assert_int_equal(f.vnet.hdr_len, 12);
    frame_hex_free(&f);
}

static void leaves_what_is_not_there(void **state)
{
    struct frame f = frame_from_hex(udp);

    (void)state;
    assert_true(frame_push_vlan(&f, 0x8100, 1));
    assert_int_equal(f.l3, FRAME_NO_OFFSET);
    assert_int_equal(f.l4, FRAME_NO_OFFSET);
    assert_int_equal(f.vnet.csum_start, 0);
    assert_int_equal(f.vnet.hdr_len, 0);
    frame_pop_vlan(&f);
    assert_int_equal(f.l3, FRAME_NO_OFFSET);
    assert_int_equal(f.vnet.csum_start, 0);
    frame_hex_free(&f);
}

static void pads_to_the_least_size(void **state)
{
    struct frame f = frame_from_hex(udp);

    (void)state;
    memset(f.data + f.size, 0xee, f.tailroom);
    f.tailroom = 10;
    assert_int_equal(f.size, 49);
    assert_false(frame_pad(&f));
    assert_int_equal(f.size, 49);
    f.tailroom = 11;
    assert_true(frame_pad(&f));
    assert_int_equal(f.size, FRAME_MIN_SIZE);
    assert_int_equal(f.tailroom, 0);
    assert_memory_equal(f.data + 49, "\0\0\0\0\0\0\0\0\0\0\0\xee", 12);
    assert_true(frame_pad(&f));
    assert_int_equal(f.size, FRAME_MIN_SIZE);
    frame_hex_free(&f);
}

struct size_row {
    uint8_t gso_type;
    uint16_t gso_size, csum_start;
    uint32_t want;
};

/* 3000 bytes; the TCP header, if it is at 34, has 32 bytes. */
static void tells_the_size_for_an_mtu(void **state)
{
    enum { SIZE = 3000 };
    static const struct size_row rows[] = {
        /* clang-format off */
        {VIRTIO_NET_HDR_GSO_NONE,                           0,    34,         SIZE - 14},
        {VIRTIO_NET_HDR_GSO_TCPV4,                          1448, 34,         1500     },
        {VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN, 1448, 34,         1500     },
        {VIRTIO_NET_HDR_GSO_UDP_L4,                         1472, 34,         1500     },
        {VIRTIO_NET_HDR_GSO_UDP,                            1480, 34,         1500     },
 /* One segment, and those that lie, are as large as they are. */
        {VIRTIO_NET_HDR_GSO_TCPV4,                          2940, 34,         SIZE - 14},
        {VIRTIO_NET_HDR_GSO_TCPV4,                          0,    34,         SIZE - 14},
        {VIRTIO_NET_HDR_GSO_TCPV4,                          1448, SIZE - 19,  SIZE - 14},
        {VIRTIO_NET_HDR_GSO_TCPV4,                          1448, UINT16_MAX, SIZE - 14},
        {VIRTIO_NET_HDR_GSO_UDP,                            100,  13,         SIZE - 14},
        {0x7f,                                              1448, 34,         SIZE - 14},
        /* clang-format on */
    };
    /* From the Ethertype on: two tags do not count, nor a tag and a label. */
    static const struct {
        uint8_t bytes[14];
        uint32_t size;
    } links[] = {
        /* clang-format off */
        {{0x08, 0},                                              14},
        {{0x88, 0xa8, 0, 1, 0x08, 0},                            18},
        {{0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0},             22},
        {{0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 0x08, 0}, 22},
        {{0x88, 0x47, 0, 1, 0x01, 1},                            18},
        {{0x81, 0, 0, 1, 0x88, 0x47, 0, 1, 0x01, 1},             22},
        {{0x81, 0, 0, 1, 0x81, 0, 0, 2, 0x88, 0x47},             22},
        /* clang-format on */
    };
    struct frame f = {.data = calloc(1, SIZE + 4),
                      .size = SIZE,
                      .l3 = FRAME_NO_OFFSET,
                      .l4 = 34};

    (void)state;
    assert_non_null(f.data);
    f.data[46] = 0x80;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        f.vnet.gso_type = rows[i].gso_type;
        f.vnet.gso_size = rows[i].gso_size;
        f.vnet.csum_start = rows[i].csum_start;
        if (frame_mtu_size(&f) != rows[i].want)
            fail_msg("row %zu: %u", i, frame_mtu_size(&f));
    }
    f.vnet.flags = 0;
    f.vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
    f.vnet.gso_size = 1448;
    assert_int_equal(frame_mtu_size(&f), 1500);
    f.l4 = FRAME_NO_OFFSET;
    assert_int_equal(frame_mtu_size(&f), SIZE - 14);
    f.vnet.gso_type = VIRTIO_NET_HDR_GSO_NONE;
    for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
        memcpy(f.data + 12, links[i].bytes, sizeof(links[i].bytes));
        assert_int_equal(frame_mtu_size(&f), SIZE - links[i].size);
    }
    free(f.data);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushes_and_pops_a_tag),
        cmocka_unit_test(hides_what_is_behind_two_tags),
        cmocka_unit_test(inserts_nothing_without_headroom),
        cmocka_unit_test(moves_only_what_is_behind),
        cmocka_unit_test(forgets_headers_that_are_taken_out),
        cmocka_unit_test(leaves_what_is_not_there),
        cmocka_unit_test(pads_to_the_least_size),
        cmocka_unit_test(tells_the_size_for_an_mtu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
