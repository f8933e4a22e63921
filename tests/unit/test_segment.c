/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A super-frame comes apart into the frames that its sender would have sent,
 * reckoned here by another program; one that lies about itself is refused.
 */
#include "packet/segment.h"

#include "base/array.h"
#include "packet/parse.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/frame_partial.h"

enum { SEGMENTS_MAX = 4 };

struct segment_row {
    const char *name;
    uint8_t gso_type;
    uint16_t gso_size;
    const char *frame;
    const char *segments[SEGMENTS_MAX];
    uint16_t l4; /* in a tunnel: where the vnet header says that the checksum
                  * begins */
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
      "c6336402000100020000000c00000007 601920008ec600000101010154555657 58"}, 0},
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
      "010101015455565758"}, 0},
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
      "010101015455565758"}, 0},
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
      "00010002000000780000000750192000 312200005455565758"}, 0},
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
      "312100005455565758"}, 0},
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
      "c633640200010002000d10ed54555657 58"}, 0},
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
      "5455565758"}, 0},
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
      "0007601920008ec60000010101015455 565758"}, 0},
    {"TCP over IPv4 in VXLAN without a checksum",
     VIRTIO_NET_HDR_GSO_TCPV4, 10,
     "525400000002 525400000001 0800 45000073fffe400040114e44c0000201 "
     "c6336402c35012b5005f000008000000 00000500525400000004525400000003 "
     "08004500004100070000400666ae0a00 00010a00000200010002000000640000 "
     "0007501820009baf0000404142434445 464748494a4b4c4d4e4f505152535455 "
     "565758",
     {"525400000002 525400000001 0800 45000064fffe400040114e53c0000201 "
      "c6336402c35012b50050000008000000 00000500525400000004525400000003 "
      "08004500003200070000400666bd0a00 00010a00000200010002000000640000 "
      "00075010200026000000404142434445 46474849",
      "525400000002 525400000001 0800 45000064ffff400040114e52c0000201 "
      "c6336402c35012b50050000008000000 00000500525400000004525400000003 "
      "08004500003200080000400666bc0a00 00010a000002000100020000006e0000 "
      "000750102000f3c300004a4b4c4d4e4f 50515253",
      "525400000002 525400000001 0800 4500005f0000400040114e57c0000201 "
      "c6336402c35012b5004b000008000000 00000500525400000004525400000003 "
      "08004500002d00090000400666c00a00 00010a00000200010002000000780000 "
      "000750182000789600005455565758"}, 84},
    {"TCP over IPv6 in VXLAN over IPv6",
     VIRTIO_NET_HDR_GSO_TCPV6, 20,
     "525400000002 525400000001 86dd 600123450077114020010db800000000 "
     "000000000000000120010db800010000 0000000000000002c35012b50077adb3 "
     "08000000000005005254000000045254 000000038100000986dd60000000002d "
     "0640fd00000000000000000000000000 0001fd00000000000000000000000000 "
     "00020001000200000064000000075018 2000b5ad000040414243444546474849 "
     "4a4b4c4d4e4f505152535455565758",
     {"525400000002 525400000001 86dd 600123450072114020010db800000000 "
      "000000000000000120010db800010000 0000000000000002c35012b50072adbd "
      "08000000000005005254000000045254 000000038100000986dd600000000028 "
      "0640fd00000000000000000000000000 0001fd00000000000000000000000000 "
      "00020001000200000064000000075010 2000b867000040414243444546474849 "
      "4a4b4c4d4e4f50515253",
      "525400000002 525400000001 86dd 600123450063114020010db800000000 "
      "000000000000000120010db800010000 0000000000000002c35012b50063addb "
      "08000000000005005254000000045254 000000038100000986dd600000000019 "
      "0640fd00000000000000000000000000 0001fd00000000000000000000000000 "
      "00020001000200000078000000075018 2000929400005455565758"}, 128},
    {"UDP in Geneve with an option",
     VIRTIO_NET_HDR_GSO_UDP_L4, 20,
     "525400000002 525400000001 0800 45000067fffe400040114e50c0000201 "
     "c6336402c35017c10053352c00006558 00000500525400000004525400000003 "
     "08004500003500070000401166af0a00 00010a0000020001000200210c134041 "
     "42434445464748494a4b4c4d4e4f5051 52535455565758",
     {"525400000002 525400000001 0800 45000062fffe400040114e55c0000201 "
      "c6336402c35017c1004e353100006558 00000500525400000004525400000003 "
      "08004500003000070000401166b40a00 00010a00000200010002001c0eca4041 "
      "42434445464748494a4b4c4d4e4f5051 5253",
      "525400000002 525400000001 0800 45000053ffff400040114e63c0000201 "
      "c6336402c35017c1003f354000006558 00000500525400000004525400000003 "
      "08004500002100080000401166c20a00 00010a00000200010002000de9215455 "
      "565758"}, 84},
    {"TCP in GRE with a checksum and a key",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 0800 45000061fffe4000402f4e38c0000201 "
     "c6336402a00008006c30000000000005 4500004100070000400666ae0a000001 "
     "0a000002000100020000006400000007 501820009baf00004041424344454647 "
     "48494a4b4c4d4e4f5051525354555657 58",
     {"525400000002 525400000001 0800 4500005cfffe4000402f4e3dc0000201 "
      "c6336402a00008006c2b000000000005 4500003c00070000400666b30a000001 "
      "0a000002000100020000006400000007 501020009e6900004041424344454647 "
      "48494a4b4c4d4e4f50515253",
      "525400000002 525400000001 0800 4500004dffff4000402f4e4bc0000201 "
      "c6336402a00008006c1c000000000005 4500002d00080000400666c10a000001 "
      "0a000002000100020000007800000007 50182000789600005455565758"}, 66},
    {"TCP over Ethernet in GRE",
     VIRTIO_NET_HDR_GSO_TCPV6, 20,
     "525400000002 525400000001 86dd 6001234500672f4020010db800000000 "
     "000000000000000120010db800010000 00000000000000020000655852540000 "
     "000452540000000386dd60000000002d 0640fd00000000000000000000000000 "
     "0001fd00000000000000000000000000 00020001000200000064000000075018 "
     "2000b5ad000040414243444546474849 4a4b4c4d4e4f505152535455565758",
     {"525400000002 525400000001 86dd 6001234500622f4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020000655852540000 "
      "000452540000000386dd600000000028 0640fd00000000000000000000000000 "
      "0001fd00000000000000000000000000 00020001000200000064000000075010 "
      "2000b867000040414243444546474849 4a4b4c4d4e4f50515253",
      "525400000002 525400000001 86dd 6001234500532f4020010db800000000 "
      "000000000000000120010db800010000 00000000000000020000655852540000 "
      "000452540000000386dd600000000019 0640fd00000000000000000000000000 "
      "0001fd00000000000000000000000000 00020001000200000078000000075018 "
      "2000929400005455565758"}, 112},
    {"TCP in IPv4 in IPv4 behind two tags",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 88a8 000581000006080045000055fffe4000 "
     "40044e6fc0000201c633640245000041 00070000400666ae0a0000010a000002 "
     "00010002000000640000000750182000 9baf0000404142434445464748494a4b "
     "4c4d4e4f505152535455565758",
     {"525400000002 525400000001 88a8 000581000006080045000050fffe4000 "
      "40044e74c0000201c63364024500003c 00070000400666b30a0000010a000002 "
      "00010002000000640000000750102000 9e690000404142434445464748494a4b "
      "4c4d4e4f50515253",
      "525400000002 525400000001 88a8 000581000006080045000041ffff4000 "
      "40044e82c0000201c63364024500002d 00080000400666c10a0000010a000002 "
      "00010002000000780000000750182000 789600005455565758"}, 62},
    {"TCP in IPv6 in IPv4",
     VIRTIO_NET_HDR_GSO_TCPV6, 20,
     "525400000002 525400000001 0800 45000069fffe400040294e36c0000201 "
     "c633640260000000002d0640fd000000 000000000000000000000001fd000000 "
     "00000000000000000000000200010002 000000640000000750182000b5ad0000 "
     "404142434445464748494a4b4c4d4e4f 505152535455565758",
     {"525400000002 525400000001 0800 45000064fffe400040294e3bc0000201 "
      "c63364026000000000280640fd000000 000000000000000000000001fd000000 "
      "00000000000000000000000200010002 000000640000000750102000b8670000 "
      "404142434445464748494a4b4c4d4e4f 50515253",
      "525400000002 525400000001 0800 45000055ffff400040294e49c0000201 "
      "c63364026000000000190640fd000000 000000000000000000000001fd000000 "
      "00000000000000000000000200010002 00000078000000075018200092940000 "
      "5455565758"}, 74},
    {"TCP in IPv4 in IPv6",
     VIRTIO_NET_HDR_GSO_TCPV4, 20,
     "525400000002 525400000001 86dd 600123450041044020010db800000000 "
     "000000000000000120010db800010000 00000000000000024500004100070000 "
     "400666ae0a0000010a00000200010002 0000006400000007501820009baf0000 "
     "404142434445464748494a4b4c4d4e4f 505152535455565758",
     {"525400000002 525400000001 86dd 60012345003c044020010db800000000 "
      "000000000000000120010db800010000 00000000000000024500003c00070000 "
      "400666b30a0000010a00000200010002 0000006400000007501020009e690000 "
      "404142434445464748494a4b4c4d4e4f 50515253",
      "525400000002 525400000001 86dd 60012345002d044020010db800000000 "
      "000000000000000120010db800010000 00000000000000024500002d00080000 "
      "400666c10a0000010a00000200010002 00000078000000075018200078960000 "
      "5455565758"}, 74},
    {"UDP under a label in UDP",
     VIRTIO_NET_HDR_GSO_UDP_L4, 20,
     "525400000002 525400000001 86dd 600123450041114020010db800000000 "
     "000000000000000120010db800010000 0000000000000002c35019eb004199a9 "
     "000641404500003500070000401166af 0a0000010a0000020001000200210c13 "
     "404142434445464748494a4b4c4d4e4f 505152535455565758",
     {"525400000002 525400000001 86dd 60012345003c114020010db800000000 "
      "000000000000000120010db800010000 0000000000000002c35019eb003c99ae "
      "000641404500003000070000401166b4 0a0000010a00000200010002001c0eca "
      "404142434445464748494a4b4c4d4e4f 50515253",
      "525400000002 525400000001 86dd 60012345002d114020010db800000000 "
      "000000000000000120010db800010000 0000000000000002c35019eb002d99bd "
      "000641404500002100080000401166c2 0a0000010a00000200010002000de921 "
      "5455565758"}, 86},
    {"TCP in IPv6 in IPv4 in VXLAN",
     VIRTIO_NET_HDR_GSO_TCPV6, 20,
     "525400000002 525400000001 0800 4500009bfffe400040114e1cc0000201 "
     "c6336402c35012b500871cb908000000 00000500525400000004525400000003 "
     "0800450000690009000040292240ac10 0001ac10000260000000002d0640fd00 "
     "0000000000000000000000000001fd00 00000000000000000000000000020001 "
     "0002000000640000000750182000b5ad 0000404142434445464748494a4b4c4d "
     "4e4f505152535455565758",
     {"525400000002 525400000001 0800 45000096fffe400040114e21c0000201 "
      "c6336402c35012b500821cc308000000 00000500525400000004525400000003 "
      "0800450000640009000040292245ac10 0001ac1000026000000000280640fd00 "
      "0000000000000000000000000001fd00 00000000000000000000000000020001 "
      "0002000000640000000750102000b867 0000404142434445464748494a4b4c4d "
      "4e4f50515253",
      "525400000002 525400000001 0800 45000087ffff400040114e2fc0000201 "
      "c6336402c35012b500731ce108000000 00000500525400000004525400000003 "
      "080045000055000a000040292253ac10 0001ac1000026000000000190640fd00 "
      "0000000000000000000000000001fd00 00000000000000000000000000020001 "
      "00020000007800000007501820009294 00005455565758"}, 124},
    {"a datagram over IPv4 in fragments",
     VIRTIO_NET_HDR_GSO_UDP, 20,
     "525400000002 525400000001 0800 45000035fffe400040114e82c0000201 "
     "c633640200010002002133de40414243 4445464748494a4b4c4d4e4f50515253 "
     "5455565758",
     {"525400000002 525400000001 0800 45000024fffe200040116e93c0000201 "
      "c633640200010002002133de40414243 44454647",
      "525400000002 525400000001 0800 45000024fffe200240116e91c0000201 "
      "c633640248494a4b4c4d4e4f50515253 54555657",
      "525400000002 525400000001 0800 45000015fffe000440118e9ec0000201 "
      "c633640258"}, 0},
    {"a datagram over IPv6 in fragments",
     VIRTIO_NET_HDR_GSO_UDP, 20,
     "525400000002 525400000001 86dd 600123450021114020010db800000000 "
     "000000000000000120010db800010000 0000000000000002000100020021c49f "
     "404142434445464748494a4b4c4d4e4f 505152535455565758",
     {"525400000002 525400000001 86dd 6001234500182c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000021100000111223344 "
      "000100020021c49f4041424344454647",
      "525400000002 525400000001 86dd 6001234500182c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000021100001111223344 "
      "48494a4b4c4d4e4f5051525354555657",
      "525400000002 525400000001 86dd 6001234500092c4020010db800000000 "
      "000000000000000120010db800010000 00000000000000021100002011223344 "
      "58"}, 0},
};

/* Behind nothing but VLAN tags, which the kernel looks behind. */
static const char ipv4_tcp[] =
    "525400000002 525400000001 0800 45000045fffe400040064e7dc0000201 "
    "c633640200010002fffffff800000007 60992000b15e00000101010140414243 "
    "4445464748494a4b4c4d4e4f50515253 5455565758";
/* clang-format on */

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

static struct frame super_frame_of(const struct segment_row *row)
{
    struct frame f = super_frame(row->frame, row->gso_type, row->gso_size);

    if (row->l4 == 0)
        return f;
    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.csum_start = row->l4;
    f.vnet.csum_offset = row->gso_type == VIRTIO_NET_HDR_GSO_UDP_L4 ? 6 : 16;
    memset(f.data + row->l4 + f.vnet.csum_offset, 0x5a, 2);
    return f;
}

/* The fragments of one datagram have one identification, whatever it is. */
static void check_identification(struct frame *f)
{
    static const uint8_t wanted[] = {0x11, 0x22, 0x33, 0x44};
    static uint8_t first[sizeof(wanted)];
    uint8_t *id = f->data + 58;

    if (f->data[20] != IPPROTO_FRAGMENT)
        return;
    if (wire_get16(id - 2) == 1) /* the first one: offset 0, more */
        memcpy(first, id, sizeof(first));
    assert_memory_equal(id, first, sizeof(first));
    memcpy(id, wanted, sizeof(wanted));
}

static void yields_what_the_sender_would_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = super_frame_of(&rows[i]);
        struct segmenter s;
        uint32_t largest = 0;
        uint8_t *buffer;

        if (!segment_begin(&s, &f))
            fail_msg("%s", rows[i].name);
        buffer = malloc(segment_largest(&s));
        assert_non_null(buffer);
        for (size_t j = 0; j < SEGMENTS_MAX && rows[i].segments[j]; j++) {
            struct frame out = {.data = buffer,
                                .size = segment_next(&s, buffer)};

            check_identification(&out);
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
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = super_frame_of(&rows[i]);
        bool is_hidden = rows[i].l4 != 0 ||
                         strstr(rows[i].name, "label") != NULL ||
                         strstr(rows[i].name, "PBB") != NULL ||
                         rows[i].gso_type == VIRTIO_NET_HDR_GSO_UDP;

        assert_int_equal(segment_is_for_kernel(&f), !is_hidden);
        frame_hex_free(&f);
    }
}

/* What Linux 6.18 answers with EINVAL, seen on a packet socket. */
static void keeps_from_the_kernel_what_it_refuses(void **state)
{
    static const struct refusal {
        const char *what;
        const char *row;
        uint8_t flags, gso_type;
        uint16_t gso_size;
        int16_t start, offset; /* more */
    } refusals[] = {
        {"UDP without a checksum to come", "UDP over IPv4", 0,
         VIRTIO_NET_HDR_GSO_UDP_L4, 10, 0, 0},
        {"UDP with ECN", "UDP over IPv4", VIRTIO_NET_HDR_F_NEEDS_CSUM,
         VIRTIO_NET_HDR_GSO_UDP_L4 | VIRTIO_NET_HDR_GSO_ECN, 10, 0, 0},
        {"a size that is a mark", "UDP over IPv4", VIRTIO_NET_HDR_F_NEEDS_CSUM,
         VIRTIO_NET_HDR_GSO_UDP_L4, 0xffff, 0, 0},
        {"TCP's checksum elsewhere", "TCP over IPv4, with ECN",
         VIRTIO_NET_HDR_F_NEEDS_CSUM, VIRTIO_NET_HDR_GSO_TCPV4, 10, 0, -10},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        const struct refusal *r = &refusals[i];
        size_t row = 0;
        struct frame f;
        struct segmenter s;

        while (strcmp(rows[row].name, r->row) != 0)
            row++;
        f = super_frame_of(&rows[row]);
        f.vnet.flags = r->flags;
        f.vnet.gso_type = r->gso_type;
        f.vnet.gso_size = r->gso_size;
        f.vnet.csum_start = (uint16_t)(f.vnet.csum_start + r->start);
        f.vnet.csum_offset = (uint16_t)(f.vnet.csum_offset + r->offset);
        if (segment_is_for_kernel(&f) || !segment_begin(&s, &f))
            fail_msg("%s", r->what);
        frame_hex_free(&f);
    }
}

/* A list of frames that the kernel has made one asks for the first one's. */
static void keeps_a_checksum_of_the_first_frame_from_the_kernel(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = super_frame_of(&rows[i]);
        uint8_t *field = f.data + f.vnet.csum_start + f.vnet.csum_offset;

        wire_put16(field, wire_get16(field) ^ 0x0110);
        if (frame_has_partial_checksum(&f) && segment_is_for_kernel(&f) &&
            !strstr(rows[i].name, "route"))
            fail_msg("%s", rows[i].name);
        frame_hex_free(&f);
    }
}

/* More segments of a datagram than any kernel takes. */
static void keeps_many_segments_of_udp_from_the_kernel(void **state)
{
    struct frame f = frame_from_hex(
        "525400000002 525400000001 0800 4500005d00000000 4011 0000 c0000201"
        "c6336402 0001 0002 0049 0000");
    (void)state;
    f.size += 65; /* the tailroom is zero bytes */
    f.vnet = (struct virtio_net_hdr){
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_UDP_L4,
        .gso_size = 1,
        .csum_start = 34,
        .csum_offset = 6,
    };
    /* The sum of the pseudo-header. */
    wire_put16(f.data + 40, 0xec91);
    assert_false(segment_is_for_kernel(&f));
    f.data[17]--;
    wire_put16(f.data + 40, 0xec90);
    assert_true(segment_is_for_kernel(&f));
    frame_hex_free(&f);
}

/* A tunnel whose innermost packet is not the one that is spoken of. */
static void refuses_a_tunnel_that_lies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct frame f = super_frame_of(&rows[i]);
        struct segmenter s;

        if (rows[i].l4 == 0) {
            frame_hex_free(&f);
            continue;
        }
        /* The inner packet ends elsewhere. */
        wire_put16(f.data + rows[i].l4 - 18, 0x1234);
        wire_put16(f.data + rows[i].l4 - 36, 0x1234);
        if (segment_begin(&s, &f))
            fail_msg("%s", rows[i].name);
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
    f.vnet.csum_start = 34;
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
        /* clang-format off */
        {"no size",            VIRTIO_NET_HDR_GSO_TCPV4,  0,  0,  0x52},
        {"no type",            VIRTIO_NET_HDR_GSO_NONE,   10, 0,  0x52},
        {"of IPv6",            VIRTIO_NET_HDR_GSO_TCPV6,  10, 0,  0x52},
        {"of UDP",             VIRTIO_NET_HDR_GSO_UDP_L4, 10, 0,  0x52},
        {"of a datagram",      VIRTIO_NET_HDR_GSO_UDP,    10, 0,  0x52},
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
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
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
    for (int tags = 0; tags < 16; tags++) {
        assert_int_equal(segment_begin(&s, &f), tags < 15);
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
        cmocka_unit_test(keeps_from_the_kernel_what_it_refuses),
        cmocka_unit_test(keeps_a_checksum_of_the_first_frame_from_the_kernel),
        cmocka_unit_test(keeps_many_segments_of_udp_from_the_kernel),
        cmocka_unit_test(refuses_a_tunnel_that_lies),
        cmocka_unit_test(keeps_a_udp_checksum_of_none),
        cmocka_unit_test(yields_a_frame_without_payload_once),
        cmocka_unit_test(refuses_what_lies),
        cmocka_unit_test(bounds_the_count_of_tags),
        cmocka_unit_test(bounds_the_count_of_segments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
