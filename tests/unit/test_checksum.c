/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast sum is that of RFC 1071 for bytes of any number; what a change makes
 * of a checksum is what reckoning it anew would; a checksum that a sender left
 * undone comes out right, and one that it lies about is not touched.
 */
#include "packet/checksum.h"

#include "base/array.h"
#include "packet/wire.h"
#include "tests/unit/frame_hex.h"

enum { SIZE_MAX_TRIED = 300 };

/* Numbers that are the same in every run, with all-ones bytes among them. */
static void fill(uint8_t *bytes, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = seed >> 29 ? (uint8_t)(seed >> 16) : 0xff;
    }
}

/* As RFC 1071 says it, a 16-bit number at a time. */
static uint16_t slow_checksum(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i += 2) {
        sum += (uint32_t)bytes[i] << 8 | (i + 1 < size ? bytes[i + 1] : 0);
        sum = (sum & UINT16_MAX) + (sum >> 16);
    }
    return htons((uint16_t)~sum);
}

/* As RFC 9260 B says it, a bit at a time. */
static uint32_t slow_crc32c(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    return ~crc;
}

static void sums_as_the_rfc_does(void **state)
{
    static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03,
                                      0xf4, 0xf5, 0xf6, 0xf7};
    uint8_t bytes[SIZE_MAX_TRIED + 8];

    (void)state;
    assert_int_equal(checksum_fold(checksum_add(0, example, sizeof(example))),
                     htons(0xddf2));
    fill(bytes, sizeof(bytes), 1);
    for (size_t size = 0; size < SIZE_MAX_TRIED; size++) {
        size_t from = size % 8, half = size / 2 & ~(size_t)1;
        uint64_t sum = checksum_add(0, bytes + from, half);

        assert_int_equal(checksum_finish(checksum_add(0, bytes + from, size)),
                         slow_checksum(bytes + from, size));
        assert_int_equal(checksum_finish(checksum_add(sum, bytes + from + half,
                                                      size - half)),
                         slow_checksum(bytes + from, size));
    }
}

static void loses_no_carry(void **state)
{
    static uint8_t ones[FRAME_MAX_SIZE];
    uint64_t sum;

    (void)state;
    memset(ones, 0xff, sizeof(ones));
    assert_int_equal(checksum_finish(checksum_add(0, ones, 65536)), 0);
    sum = checksum_add(UINT64_MAX, ones, 65536);
    assert_int_equal(checksum_finish(sum), 0);
    assert_int_equal(checksum_finish(UINT64_MAX), 0);
}

static void follows_a_change(void **state)
{
    uint8_t bytes[64], fresh[16];

    (void)state;
    for (uint32_t seed = 0; seed < 2000; seed++) {
        size_t size = seed % sizeof(fresh) + 1;
        size_t at = seed / 16 % (sizeof(bytes) - size);
        uint16_t before;

        fill(bytes, sizeof(bytes), seed);
        fill(fresh, sizeof(fresh), ~seed);
        before = slow_checksum(bytes, sizeof(bytes));
        before = checksum_replace(before, bytes + at, fresh, size, at % 2 == 1);
        memcpy(bytes + at, fresh, size);
        assert_int_equal(before, slow_checksum(bytes, sizeof(bytes)));
    }
}

static void sums_pseudo_headers(void **state)
{
    static const uint8_t pseudo4[] = {192, 0, 2, 1, 198, 51,
                                      100, 2, 0, 6, 1,   2};
    uint8_t ip[40] = {0x45}, pseudo6[40];

    (void)state;
    memcpy(ip + 12, pseudo4, 8);
    assert_int_equal(checksum_finish(checksum_pseudo(ip, 6, 0x0102)),
                     slow_checksum(pseudo4, sizeof(pseudo4)));
    fill(ip, sizeof(ip), 3);
    ip[0] = 0x60;
    memcpy(pseudo6, ip + 8, 32);
    memcpy(pseudo6 + 32, "\x00\x01\x02\x03\0\0\0\x11", 8);
    assert_int_equal(checksum_finish(checksum_pseudo(ip, 17, 0x010203)),
                     slow_checksum(pseudo6, sizeof(pseudo6)));
}

static void sums_sctp(void **state)
{
    uint8_t packet[SIZE_MAX_TRIED], plain[SIZE_MAX_TRIED];

    (void)state;
    assert_int_equal(slow_crc32c((const uint8_t *)"123456789", 9), 0xe3069283);
    fill(packet, sizeof(packet), 5);
    memcpy(plain, packet, sizeof(plain));
    memset(plain + 8, 0, 4);
    for (size_t size = SCTP_SIZE; size <= sizeof(packet); size++) {
        uint32_t got = checksum_sctp(packet, size);
        uint32_t want = slow_crc32c(plain, size);
        const uint8_t lowest_first[] = {(uint8_t)want, (uint8_t)(want >> 8),
                                        (uint8_t)(want >> 16),
                                        (uint8_t)(want >> 24)};

        assert_memory_equal(&got, lowest_first, sizeof(got));
    }
}

static struct frame partial(const char *hex, uint16_t start, uint16_t offset)
{
    struct frame f = frame_from_hex(hex);

    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.csum_start = start;
    f.vnet.csum_offset = offset;
    return f;
}

/* The checksum's place holds the pseudo-header's sum, and then the checksum. */
static void completes_what_was_left_undone(void **state)
{
    static const struct {
        const char *name, *before, *after;
        uint16_t offset;
        bool is_sctp;
    } rows[] = {
        {"TCP",
         "525400000002 525400000001 0800 4500002f 1234 4000 4006 3c5e c0000201"
         "c6336402 c000 0050 01020304 00000005 5018 0200 ec58 0000"
         "7061796c6f6164",
         "525400000002 525400000001 0800 4500002f 1234 4000 4006 3c5e c0000201"
         "c6336402 c000 0050 01020304 00000005 5018 0200 4003 0000"
         "7061796c6f6164",
         16, false},
        {"UDP whose checksum is 0",
         "525400000002 525400000001 0800 45000023 1234 4000 4011 3c5f c0000201"
         "c6336402 5634 0035 000f ec57 7061796c6f6164",
         "525400000002 525400000001 0800 45000023 1234 4000 4011 3c5f c0000201"
         "c6336402 5634 0035 000f ffff 7061796c6f6164",
         6, false},
        {"SCTP",
         "525400000002 525400000001 0800 45000034 1234 4000 4084 3bdb c0000201"
         "c6336402 03e8 07d0 00000007 00000000 0100001400000009"
         "000000000000000000000000",
         "525400000002 525400000001 0800 45000034 1234 4000 4084 3bdb c0000201"
         "c6336402 03e8 07d0 00000007 8c2ab96b 0100001400000009"
         "000000000000000000000000",
         8, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = partial(rows[i].before, 34, rows[i].offset);

        assert_int_equal(checksum_is_sctp(&f), rows[i].is_sctp);
        assert_true(checksum_complete(&f));
        assert_false(frame_has_partial_checksum(&f));
        assert_false(checksum_is_sctp(&f));
        assert_frame_is(&f, rows[i].after, rows[i].name);
        /* Once is enough. */
        assert_true(checksum_complete(&f));
        assert_frame_is(&f, rows[i].after, rows[i].name);
        frame_hex_free(&f);
    }
}

static void refuses_what_is_not_in_the_frame(void **state)
{
    static const char hex[] = "525400000002 525400000001 0800 4500 00000000";
    static const struct {
        uint16_t start, offset;
        bool is_right;
    } rows[] = {
        /* clang-format off */
        {18,         0,          true },
        {18,         1,          false},
        {19,         0,          false},
        {20,         0,          false},
        {21,         0,          false},
        {14,         5,          false},
        {0,          18,         true },
        {0,          19,         false},
        {8,          8,          true },
        {9,          8,          false},
        {UINT16_MAX, 0,          false},
        {0,          UINT16_MAX, false},
        {14,         4,          true },
        {UINT16_MAX, 8,          false},
        {12,         8,          false},
        {UINT16_MAX, UINT16_MAX, false},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = partial(hex, rows[i].start, rows[i].offset);

        if (checksum_complete(&f) != rows[i].is_right)
            fail_msg("start %u, offset %u", rows[i].start, rows[i].offset);
        if (!rows[i].is_right)
            assert_frame_is(&f, hex, "refused");
        assert_int_equal(frame_has_partial_checksum(&f), !rows[i].is_right);
        frame_hex_free(&f);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_as_the_rfc_does),
        cmocka_unit_test(loses_no_carry),
        cmocka_unit_test(follows_a_change),
        cmocka_unit_test(sums_pseudo_headers),
        cmocka_unit_test(sums_sctp),
        cmocka_unit_test(completes_what_was_left_undone),
        cmocka_unit_test(refuses_what_is_not_in_the_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
