/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/checksum.h"

#include <endian.h>

#include "packet/wire.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

enum {
    SCTP_CHECKSUM_AT = 8,
    SCTP_CHECKSUM_SIZE = 4,
};

uint64_t checksum_add(uint64_t sum, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t low[4] = {0}, high[4] = {0};
    uint16_t last = 0;

    /* Halves of words are added apart, so that no carry is ever lost: a sum
     * has room for four billion of them. */
    for (; size >= 32; size -= 32, at += 32) {
        for (int i = 0; i < 4; i++) {
            uint64_t word = wire_raw64(at + i * 8);

            low[i] += (uint32_t)word;
            high[i] += word >> 32;
        }
    }
    for (; size >= 4; size -= 4, at += 4)
        low[0] += wire_raw32(at);
    if (size >= 2) {
        high[0] += wire_raw16(at);
        at += 2;
        size -= 2;
    }
    if (size > 0)
        memcpy(&last, at, 1);
    sum = (sum & UINT32_MAX) + (sum >> 32);
    return sum + last + low[0] + low[1] + low[2] + low[3] + high[0] + high[1] +
           high[2] + high[3];
}

uint64_t checksum_pseudo(const uint8_t *ip, uint8_t proto, uint32_t size)
{
    uint64_t sum = (uint64_t)htonl(size) + htons(proto);

    return ip[0] >> 4 == 4 ? checksum_add(sum, ip + 12, 8)
                           : checksum_add(sum, ip + 8, 32);
}

uint16_t checksum_fold(uint64_t sum)
{
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

static uint16_t swapped(uint16_t value)
{
    return (uint16_t)(value << 8 | value >> 8);
}

/* Equation 3 of RFC 1624. */
uint16_t checksum_replace(uint16_t checksum, const void *old, const void *fresh,
                          size_t size, bool is_odd)
{
    uint16_t less = (uint16_t)~checksum_fold(checksum_add(0, old, size));
    uint16_t more = checksum_fold(checksum_add(0, fresh, size));

    if (is_odd) {
        less = swapped(less);
        more = swapped(more);
    }
    return checksum_finish((uint64_t)(uint16_t)~checksum + less + more);
}

/* Half a byte at a time: for machines that cannot do it themselves. */
static uint32_t crc32c_table(uint32_t crc, const uint8_t *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };

    for (; size > 0; size--, bytes++) {
        crc ^= *bytes;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc32c_machine(uint32_t crc, const uint8_t *bytes, size_t size)
{
    uint64_t wide = crc;

    for (; size >= 8; size -= 8, bytes += 8)
        wide = _mm_crc32_u64(wide, wire_raw64(bytes));
    crc = (uint32_t)wide;
    for (; size > 0; size--, bytes++)
        crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}
#elif defined(__ARM_FEATURE_CRC32)
static uint32_t crc32c_machine(uint32_t crc, const uint8_t *bytes, size_t size)
{
    for (; size >= 8; size -= 8, bytes += 8)
        crc = __crc32cd(crc, wire_raw64(bytes));
    for (; size > 0; size--, bytes++)
        crc = __crc32cb(crc, *bytes);
    return crc;
}
#endif

static uint32_t crc32c(uint32_t crc, const uint8_t *bytes, size_t size)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return crc32c_machine(crc, bytes, size);
#elif defined(__ARM_FEATURE_CRC32)
    return crc32c_machine(crc, bytes, size);
#endif
    return crc32c_table(crc, bytes, size);
}

uint32_t checksum_sctp(const uint8_t *packet, size_t size)
{
    static const uint8_t zero[SCTP_CHECKSUM_SIZE];
    uint32_t crc = crc32c(UINT32_MAX, packet, SCTP_CHECKSUM_AT);

    crc = crc32c(crc, zero, sizeof(zero));
    crc = crc32c(crc, packet + SCTP_SIZE, size - SCTP_SIZE);
    return htole32(~crc);
}

bool checksum_is_sctp(const struct frame *f)
{
    /* No protocol with an internet checksum has it at this place. */
    return frame_has_partial_checksum(f) &&
           f->vnet.csum_offset == SCTP_CHECKSUM_AT;
}

bool checksum_complete(struct frame *f)
{
    uint32_t start = f->vnet.csum_start;
    uint32_t field = start + f->vnet.csum_offset;
    uint32_t crc;
    uint16_t checksum;

    if (!frame_has_partial_checksum(f))
        return true;
    if (checksum_is_sctp(f)) {
        if (start + SCTP_SIZE > f->size)
            return false;
        crc = checksum_sctp(f->data + start, f->size - start);
        memcpy(f->data + field, &crc, sizeof(crc));
    } else {
        if (field + sizeof(checksum) > f->size)
            return false;
        checksum =
            checksum_finish(checksum_add(0, f->data + start, f->size - start));
        /* UDP's 0 says that there is none; elsewhere both mean the same. */
        if (checksum == 0)
            checksum = UINT16_MAX;
        memcpy(f->data + field, &checksum, sizeof(checksum));
    }
    f->vnet.flags &= (uint8_t)~VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f->vnet.csum_start = f->vnet.csum_offset = 0;
    return true;
}
