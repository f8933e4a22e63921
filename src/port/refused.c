/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/refused.h"

#include <endian.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "packet/header.h"
#include "packet/wire.h"

enum {
    VNET_SIZE = sizeof(struct virtio_net_hdr),
    UDP_CHECKSUM_AT = 6,
    GSO_UNKNOWN = 0x7f, /* of what is no datagram: nobody can cut it */
};

/* Packets of UDP that are no fragments and larger than the MTU get 'beside',
 * all others the other one.  Offsets are from the Ethernet header; a VLAN tag
 * is not in the way, for the kernel has it elsewhere. */
static int attach(int fd, uint32_t mtu, bool beside)
{
    uint32_t yes = beside ? UINT32_MAX : 0, no = ~yes;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, FRAME_HEADER_SIZE + mtu, 0, 9),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 6),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, FRAME_HEADER_SIZE + 6),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x3fff, 4, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FRAME_HEADER_SIZE + 9),
        BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FRAME_HEADER_SIZE + 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, no),
        BPF_STMT(BPF_RET | BPF_K, yes),
    };
    struct sock_fprog program = {ARRAY_SIZE(code), code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                      sizeof(program)) < 0
               ? -errno
               : 0;
}

int refused_keep_away(int fd, uint32_t mtu)
{
    return attach(fd, mtu, false);
}

static int set_int(int fd, int option, int value)
{
    return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)) < 0
               ? -errno
               : 0;
}

static int bind_to(int fd, int ifindex)
{
    struct sockaddr_ll device = {
        .sll_family = AF_PACKET,
        .sll_protocol = htobe16(ETH_P_ALL),
        .sll_ifindex = ifindex,
    };

    return bind(fd, (struct sockaddr *)&device, sizeof(device)) < 0 ? -errno
                                                                    : 0;
}

int refused_open(int ifindex, uint32_t mtu)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int err;

    if (fd < 0)
        return -errno;
    err = set_int(fd, PACKET_VNET_HDR, 1);
    if (!err)
        err = set_int(fd, PACKET_AUXDATA, 1);
    if (!err)
        err = set_int(fd, PACKET_IGNORE_OUTGOING, 1);
    if (!err)
        err = attach(fd, mtu, true);
    if (!err)
        err = bind_to(fd, ifindex);
    if (!err)
        return fd;
    close(fd);
    return err;
}

/* What came with a frame beside its bytes; zero if the kernel says nothing. */
struct beside {
    uint32_t status;
    uint16_t tci, tpid;
};

static struct beside read_beside(struct msghdr *message)
{
    struct beside b = {0};
    struct tpacket_auxdata data;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
         c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&data, CMSG_DATA(c), sizeof(data));
        b = (struct beside){data.tp_status, data.tp_vlan_tci,
                            data.tp_vlan_tpid};
    }
    return b;
}

/* Reads into the pieces; returns the size or -errno. */
static ssize_t read_one(int fd, struct iovec *pieces, size_t count, int flags,
                        struct beside *beside)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    } control;
    struct msghdr message = {
        .msg_iov = pieces,
        .msg_iovlen = count,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t size;

    do {
        size = recvmsg(fd, &message, flags | MSG_DONTWAIT | MSG_TRUNC);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return -errno;
    *beside = read_beside(&message);
    return size;
}

/* The frame has been read without a header: what it must have said. */
static void describe(struct frame *f, uint32_t mtu, uint32_t status)
{
    uint32_t headers;

    header_locate(f);
    f->vnet.gso_type = GSO_UNKNOWN;
    if (f->l4 == FRAME_NO_OFFSET || header_ip_proto(f) != IPPROTO_UDP)
        return;
    headers = (uint32_t)f->l4 - f->l3;
    if (header_ip_version(f) == 6)
        headers += 8; /* a fragment header */
    f->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP;
    f->vnet.gso_size = (uint16_t)((mtu - headers) & ~7u);
    f->vnet.hdr_len = f->l4;
    if (!(status & TP_STATUS_CSUMNOTREADY))
        return;
    f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f->vnet.csum_start = f->l4;
    f->vnet.csum_offset = UDP_CHECKSUM_AT;
}

/* Whether the kernel would give the next one with its header, which it says of
 * one that it leaves where it is. */
static ssize_t look(int fd)
{
    struct virtio_net_hdr vnet;
    struct iovec piece = {&vnet, VNET_SIZE};
    struct beside ignored;

    return read_one(fd, &piece, 1, MSG_PEEK, &ignored);
}

bool refused_receive(int fd, uint32_t mtu, uint8_t *data, uint32_t room,
                     struct frame *f)
{
    struct iovec pieces[2] = {
        {&f->vnet, VNET_SIZE},
        {data, room},
    };
    struct beside beside = {0};
    ssize_t size = look(fd), left = size - VNET_SIZE;
    bool has_header = size != -EINVAL;

    if (has_header && size < VNET_SIZE)
        return false;
    *f = (struct frame){.data = data, .headroom = FRAME_HEADROOM};
    if (has_header) {
        left = read_one(fd, pieces, 2, 0, &beside) - VNET_SIZE;
    } else {
        set_int(fd, PACKET_VNET_HDR, 0);
        left = read_one(fd, pieces + 1, 1, 0, &beside);
        set_int(fd, PACKET_VNET_HDR, 1);
    }
    if (left < FRAME_HEADER_SIZE)
        return false;
    f->is_truncated = left > room;
    f->size = f->is_truncated ? room : (uint32_t)left;
    if (!has_header)
        describe(f, mtu, beside.status);
    if (beside.status & TP_STATUS_VLAN_VALID)
        frame_push_vlan(f,
                        beside.status & TP_STATUS_VLAN_TPID_VALID ? beside.tpid
                                                                  : ETH_P_8021Q,
                        beside.tci);
    return true;
}
