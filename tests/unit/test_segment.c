/*
 * A super-frame comes apart into the frames that its sender would have sent,
 * reckoned here by another program; one that lies about itself is refused.
 */
#include "packet/segment.h"

#include "packet/parse.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/frame_partial.h"

enum { SEGMENTS_MAX = 3 };

struct segment_row {
    const char *name;
    uint8_t gso_type;
    uint16_t gso_size;
    const char *frame;
    const char *segments[SEGMENTS_MAX];
};

/* clang-format off */
static const struct segment_row rows[] = {
    {"TCP over IPv4, with ECN",
     VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN, 10,
     "525400000002 525400000001 0800 45000045fffe400040064e7dc0000201 "
     "c633640200010002fffffff800000007 60992000b15e00000101010140414243 "
     "4445464748494a4b4c4d4e4f50515253 5455565758",
     {"525400000002 525400000001 0800 45000036fffe400040064e8cc0000201 "
      "c633640200010002fffffff800000007 609020003bb000000101010140414243 "
      "444546474849",
      "525400000002 525400000001 0800 45000036ffff400040064e8bc0000201 "
      "c6336402000100020000000200000007 6010200009f50000010101014a4b4c4d "
      "4e4f50515253",
      "525400000002 525400000001 0800 450000310000400040064e90c0000201 "
      "c6336402000100020000000c00000007 601920008ec600000101010154555657 58"}},
    {"TCP over IPv4 behind two tags",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 8100 000a81000014080045000045fffe4000 "
     "40064e7dc0000201c633640200010002 fffffff80000000760992000b15e0000 "
     "01010101404142434445464748494a4b 4c4d4e4f505152535455565758",
     {"525400000002 525400000001 8100 000a81000014080045000040fffe4000 "
      "40064e82c0000201c633640200010002 fffffff80000000760902000b4190000 "
      "01010101404142434445464748494a4b 4c4d4e4f50515253",
      "525400000002 525400000001 8100 000a81000014080045000031ffff4000 "
      "40064e90c0000201c633640200010002 0000000c00000007601920008ec60000 "
      "010101015455565758"}},
    {"TCP over IPv4 behind labels",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 8847 000010020000210245000045fffe4000 "
     "40064e7dc0000201c633640200010002 fffffff80000000760992000b15e0000 "
     "01010101404142434445464748494a4b 4c4d4e4f505152535455565758",
     {"525400000002 525400000001 8847 000010020000210245000040fffe4000 "
      "40064e82c0000201c633640200010002 fffffff80000000760902000b4190000 "
      "01010101404142434445464748494a4b 4c4d4e4f50515253",
      "525400000002 525400000001 8847 000010020000210245000031ffff4000 "
      "40064e90c0000201c633640200010002 0000000c00000007601920008ec60000 "
      "010101015455565758"}},
    {"TCP over IPv6 behind an extension header",
     VIRTIO_NET_HDR_GSO_TCPV6, 10,
     "525400000002 525400000001 86dd 6b91234500353c4020010db800000000 "
     "000000000000000120010db800010000 00000000000000020600010400000000 "
     "00010002000000640000000750192000 543b0000404142434445464748494a4b "
     "4c4d4e4f505152535455565758",
     {"525400000002 525400000001 86dd 6b91234500263c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020600010400000000 "
      "00010002000000640000000750102000 de8c000040414243444546474849",
      "525400000002 525400000001 86dd 6b91234500263c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020600010400000000 "
      "000100020000006e0000000750102000 ac5000004a4b4c4d4e4f50515253",
      "525400000002 525400000001 86dd 6b91234500213c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020600010400000000 "
      "00010002000000780000000750192000 312200005455565758"}},
    {"TCP over IPv6 with a route",
     VIRTIO_NET_HDR_GSO_TCPV6, 20,
     "525400000002 525400000001 86dd 6b91234500452b4020010db800000000 "
     "000000000000000120010db800010000 00000000000000020602000100000000 "
     "20010db8000200000000000000000002 00010002000000640000000750192000 "
     "543a0000404142434445464748494a4b 4c4d4e4f505152535455565758",
     {"525400000002 525400000001 86dd 6b91234500402b4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020602000100000000 "
      "20010db8000200000000000000000002 00010002000000640000000750102000 "
      "56f50000404142434445464748494a4b 4c4d4e4f50515253",
      "525400000002 525400000001 86dd 6b91234500312b4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020602000100000000 "
      "20010db8000200000000000000000002 00010002000000780000000750192000 "
      "312100005455565758"}},
    {"UDP over IPv4",
     VIRTIO_NET_HDR_GSO_UDP_L4, 10,
     "525400000002 525400000001 0800 450000350007000040118e7ac0000201 "
     "c633640200010002002133de40414243 4445464748494a4b4c4d4e4f50515253 "
     "5455565758",
     {"525400000002 525400000001 0800 450000260007000040118e89c0000201 "
      "c6336402000100020012be3540414243 444546474849",
      "525400000002 525400000001 0800 450000260008000040118e88c0000201 "
      "c63364020001000200128c034a4b4c4d 4e4f50515253",
      "525400000002 525400000001 0800 450000210009000040118e8cc0000201 "
      "c633640200010002000d10ed54555657 58"}},
    {"UDP over IPv6",
     VIRTIO_NET_HDR_GSO_UDP_L4, 20,
     "525400000002 525400000001 86dd 6b9123450021114020010db800000000 "
     "000000000000000120010db800010000 0000000000000002000100020021c49f "
     "404142434445464748494a4b4c4d4e4f 505152535455565758",
     {"525400000002 525400000001 86dd 6b912345001c114020010db800000000 "
      "000000000000000120010db800010000 000000000000000200010002001cc756 "
      "404142434445464748494a4b4c4d4e4f 50515253",
      "525400000002 525400000001 86dd 6b912345000d114020010db800000000 "
      "000000000000000120010db800010000 000000000000000200010002000da1ae "
      "5455565758"}},
    {"TCP over IPv4 behind a PBB tag",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 88e7 00000001525400000002525400000001 "
     "080045000045fffe400040064e7dc000 0201c633640200010002fffffff80000 "
     "000760992000b15e0000010101014041 42434445464748494a4b4c4d4e4f5051 "
     "52535455565758",
     {"525400000002 525400000001 88e7 00000001525400000002525400000001 "
      "080045000040fffe400040064e82c000 0201c633640200010002fffffff80000 "
      "000760902000b4190000010101014041 42434445464748494a4b4c4d4e4f5051 "
      "5253",
      "525400000002 525400000001 88e7 00000001525400000002525400000001 "
      "080045000031ffff400040064e90c000 0201c6336402000100020000000c0000 "
      "0007601920008ec60000010101015455 565758"}},
};

/* Behind nothing but VLAN tags, which the kernel looks behind. */
static const char ipv4_tcp[] =
    "525400000002 525400000001 0800 45000045fffe400040064e7dc0000201 "
    "c633640200010002fffffff800000007 60992000b15e00000101010140414243 "
    "4445464748494a4b4c4d4e4f50515253 5455565758";
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct frame super_frame(const char *hex, uint8_t gso_type,
                                uint16_t gso_size)
{
    struct frame f = frame_from_hex(hex);
    struct flow_key key;

    frame_parse(&f, 0, &key);
    frame_make_partial(&f);
    f.vnet.gso_type = gso_type;
    f.vnet.gso_size = gso_size;
    return f;
}

static void yields_what_the_sender_would_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct frame f =
            super_frame(rows[i].frame, rows[i].gso_type, rows[i].gso_size);
        struct segmenter s;
        uint32_t largest = 0;
        uint8_t *buffer;

        assert_true(segment_begin(&s, &f));
        buffer = malloc(segment_largest(&s));
        assert_non_null(buffer);
        for (size_t j = 0; j < SEGMENTS_MAX && rows[i].segments[j]; j++) {
            struct frame out = {.data = buffer,
                                .size = segment_next(&s, buffer)};

            assert_frame_is(&out, rows[i].segments[j], rows[i].name);
            if (out.size > largest)
                largest = out.size;
        }
        assert_int_equal(segment_next(&s, buffer), 0);
        assert_int_equal(segment_largest(&s), largest);
        free(buffer);
        frame_hex_free(&f);
    }
}

static void leaves_to_the_kernel_what_it_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct frame f =
            super_frame(rows[i].frame, rows[i].gso_type, rows[i].gso_size);
        bool is_hidden = strstr(rows[i].name, "label") != NULL ||
                         strstr(rows[i].name, "PBB") != NULL;

        assert_int_equal(segment_is_for_kernel(&f), !is_hidden);
        frame_hex_free(&f);
    }
}

static void keeps_a_udp_checksum_of_none(void **state)
{
    struct frame f = frame_from_hex(
        "525400000002 525400000001 0800 45000024000700004011 c0b0 c0000201"
        "c6336402 0001 0002 0010 0000 4041424344454647");
    struct segmenter s;
    uint8_t buffer[64];

    (void)state;
    f.vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
    f.vnet.gso_size = 4;
    assert_true(segment_begin(&s, &f));
    while (segment_next(&s, buffer))
        assert_memory_equal(buffer + 40, "\0\0", 2);
    /* Where one is to be reckoned, 0 is just what it begins with. */
    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    assert_true(segment_begin(&s, &f));
    while (segment_next(&s, buffer))
        assert_memory_not_equal(buffer + 40, "\0\0", 2);
    frame_hex_free(&f);
}

static void yields_a_frame_without_payload_once(void **state)
{
    struct frame f = super_frame(ipv4_tcp, VIRTIO_NET_HDR_GSO_TCPV4, 10);
    struct segmenter s;
    uint8_t buffer[64];

    (void)state;
    f.data[17] = 44; /* the IP packet ends with TCP's header */
    assert_true(segment_begin(&s, &f));
    assert_int_equal(segment_largest(&s), 58);
    assert_int_equal(segment_next(&s, buffer), 58);
    assert_int_equal(segment_next(&s, buffer), 0);
    frame_hex_free(&f);
}

/* Each differs from a good one in one byte or number. */
static void refuses_what_lies(void **state)
{
    static const struct {
        const char *what;
        uint8_t gso_type;
        uint16_t gso_size, at;
        uint8_t byte;
    } lies[] = {
        {"no size",            VIRTIO_NET_HDR_GSO_TCPV4,  0,  0,  0x52},
        {"no type",            VIRTIO_NET_HDR_GSO_NONE,   10, 0,  0x52},
        {"of IPv6",            VIRTIO_NET_HDR_GSO_TCPV6,  10, 0,  0x52},
        {"of UDP",             VIRTIO_NET_HDR_GSO_UDP_L4, 10, 0,  0x52},
        {"as fragments",       VIRTIO_NET_HDR_GSO_UDP,    10, 0,  0x52},
        {"an unknown type",    0x21,                      10, 0,  0x52},
        {"is ARP",             VIRTIO_NET_HDR_GSO_TCPV4,  10, 13, 0x06},
        {"is version 6",       VIRTIO_NET_HDR_GSO_TCPV4,  10, 14, 0x65},
        {"a short IP header",  VIRTIO_NET_HDR_GSO_TCPV4,  10, 14, 0x44},
        {"a long IP header",   VIRTIO_NET_HDR_GSO_TCPV4,  10, 14, 0x4f},
        {"a long packet",      VIRTIO_NET_HDR_GSO_TCPV4,  10, 17, 0x46},
        {"a short packet",     VIRTIO_NET_HDR_GSO_TCPV4,  10, 17, 0x2b},
        {"a fragment",         VIRTIO_NET_HDR_GSO_TCPV4,  10, 20, 0x20},
        {"UDP inside",         VIRTIO_NET_HDR_GSO_TCPV4,  10, 23, 0x11},
        {"a short TCP header", VIRTIO_NET_HDR_GSO_TCPV4,  10, 46, 0x40},
        {"a long TCP header",  VIRTIO_NET_HDR_GSO_TCPV4,  10, 46, 0xf0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        struct frame f =
            super_frame(ipv4_tcp, lies[i].gso_type, lies[i].gso_size);
        struct segmenter s;
        bool is_taken;

        f.data[lies[i].at] = lies[i].byte;
        is_taken = segment_begin(&s, &f);
        if (is_taken)
            print_error("%s\n", lies[i].what);
        assert_false(is_taken);
        assert_false(segment_is_for_kernel(&f));
        frame_hex_free(&f);
    }
}

static void bounds_the_count_of_tags(void **state)
{
    struct frame f = super_frame(ipv4_tcp, VIRTIO_NET_HDR_GSO_TCPV4, 10);
    struct segmenter s;

    (void)state;
    for (int tags = 0; tags < 10; tags++) {
        assert_int_equal(segment_begin(&s, &f), tags < 8);
        assert_true(frame_push_vlan(&f, 0x8100, 1));
    }
    frame_hex_free(&f);
}

static void bounds_the_count_of_segments(void **state)
{
    struct frame f = super_frame(ipv4_tcp, VIRTIO_NET_HDR_GSO_TCPV4, 1);
    struct segmenter s;
    uint8_t *data = calloc(1, UINT16_MAX), *old = f.data;
    uint16_t length = 54 + SEGMENT_COUNT_MAX - 1 - FRAME_HEADER_SIZE + 4;

    (void)state;
    assert_non_null(data);
    memcpy(data, old, f.size);
    f.data = data;
    f.size = UINT16_MAX;
    wire_put16(data + 16, length);
    assert_true(segment_begin(&s, &f));
    wire_put16(data + 16, length + 1);
    assert_false(segment_begin(&s, &f));
    free(data);
    f.data = old;
    frame_hex_free(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(yields_what_the_sender_would_send),
        cmocka_unit_test(leaves_to_the_kernel_what_it_knows),
        cmocka_unit_test(keeps_a_udp_checksum_of_none),
        cmocka_unit_test(yields_a_frame_without_payload_once),
        cmocka_unit_test(refuses_what_lies),
        cmocka_unit_test(bounds_the_count_of_tags),
        cmocka_unit_test(bounds_the_count_of_segments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
