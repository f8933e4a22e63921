/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/match.h"

#include <endian.h>

/* A field of up to 8 bytes as a number.  Every case has a constant size: this
 * is on the way of each flow-mod, where a call of memcpy would show. */
static uint64_t number_at(const uint8_t *at, size_t size)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (size) {
    case 1:
        return at[0];
    case 2:
        memcpy(&two, at, 2);
        return be16toh(two);
    case 3:
        memcpy(&two, at + 1, 2);
        return (uint64_t)at[0] << 16 | be16toh(two);
    case 4:
        memcpy(&four, at, 4);
        return be32toh(four);
    case 6:
        memcpy(&two, at, 2);
        memcpy(&four, at + 2, 4);
        return (uint64_t)be16toh(two) << 32 | be32toh(four);
    default:
        memcpy(&eight, at, 8);
        return be64toh(eight);
    }
}

static void put_number(uint8_t *at, size_t size, uint64_t number)
{
    uint16_t two = htobe16((uint16_t)number);
    uint32_t four = htobe32((uint32_t)number);
    uint64_t eight = htobe64(number);

    switch (size) {
    case 1:
        at[0] = (uint8_t)number;
        break;
    case 2:
        memcpy(at, &two, 2);
        break;
    case 3:
        at[0] = (uint8_t)(number >> 16);
        memcpy(at + 1, &two, 2);
        break;
    case 4:
        memcpy(at, &four, 4);
        break;
    case 6:
        two = htobe16((uint16_t)(number >> 32));
        memcpy(at, &two, 2);
        memcpy(at + 2, &four, 4);
        break;
    default:
        memcpy(at, &eight, 8);
        break;
    }
}

/* A field's value and mask; only the IPv6 addresses need the second number. */
struct number {
    uint64_t part[2];
};

static struct number read_number(const struct field *f, const uint8_t *at)
{
    if (f->size == 16)
        return (struct number){{number_at(at, 8), number_at(at + 8, 8)}};
    return (struct number){{number_at(at, f->size), 0}};
}

static void write_number(const struct field *f, uint8_t *at, struct number n)
{
    if (f->size == 16) {
        put_number(at, 8, n.part[0]);
        put_number(at + 8, 8, n.part[1]);
    } else {
        put_number(at, f->size, n.part[0]);
    }
}

/* The bits that the field really has. */
static struct number bits_of(const struct field *f)
{
    if (f->size == 16)
        return (struct number){{UINT64_MAX, UINT64_MAX}};
    return (struct number){{UINT64_MAX >> (64 - f->bits), 0}};
}

static bool has_outside(struct number n, struct number allowed)
{
    return ((n.part[0] & ~allowed.part[0]) | (n.part[1] & ~allowed.part[1])) !=
           0;
}

static bool is_zero(struct number n)
{
    return (n.part[0] | n.part[1]) == 0;
}

enum flow_error match_add(struct flow_match *m, const struct field *f,
                          const uint8_t *value, const uint8_t *mask)
{
    struct number bits = bits_of(f);
    struct number number = read_number(f, value);
    struct number care = bits;

    if (has_outside(number, bits))
        return FLOW_BAD_VALUE;
    if (mask) {
        care = read_number(f, mask);
        if (has_outside(number, care))
            return FLOW_BAD_WILDCARDS;
        /* Ones above the field's bits say nothing: 0xffff for a VID is all. */
        care.part[0] &= bits.part[0];
        care.part[1] &= bits.part[1];
        if (!f->is_maskable && !is_zero(care) && has_outside(bits, care))
            return FLOW_BAD_MASK;
    }
    if (!field_is_in(f, &m->key))
        return FLOW_BAD_PREREQUISITE;
    if (!is_zero(read_number(f, field_get(f, &m->mask))))
        return FLOW_DUPLICATE_FIELD;
    write_number(f, field_at(f, &m->key), number);
    write_number(f, field_at(f, &m->mask), care);
    return FLOW_OK;
}

enum { TCI_PCP_SHIFT = 13, TCI_VID_MASK = 0x1fff, PCP_MASK = 7 };

enum flow_error match_add_tci(struct flow_match *m, uint16_t tci, uint16_t mask)
{
    if (tci & ~mask)
        return FLOW_BAD_WILDCARDS;
    if (m->mask.vlan_vid || m->mask.vlan_pcp)
        return FLOW_DUPLICATE_FIELD;
    /* Where it counts that there is no tag, its priority says nothing. */
    if (mask & VLAN_PRESENT && !(tci & VLAN_PRESENT)) {
        tci &= TCI_VID_MASK;
        mask &= TCI_VID_MASK;
    }
    m->key.vlan_vid = htobe16(tci & TCI_VID_MASK);
    m->mask.vlan_vid = htobe16(mask & TCI_VID_MASK);
    m->key.vlan_pcp = (uint8_t)(tci >> TCI_PCP_SHIFT);
    m->mask.vlan_pcp = (uint8_t)(mask >> TCI_PCP_SHIFT);
    return FLOW_OK;
}

bool match_has_plain_vlan(const struct flow_match *m)
{
    return !m->mask.vlan_pcp || (m->mask.vlan_pcp == PCP_MASK &&
                                 m->key.vlan_vid & htobe16(VLAN_PRESENT));
}

/* Fields share bytes, so the bytes alone do not say whose they are. */
bool match_has(const struct flow_match *m, const struct field *f)
{
    return !is_zero(read_number(f, field_get(f, &m->mask))) &&
           field_is_in(f, &m->key);
}

bool match_covers(const struct flow_match *m, const struct flow_key *key)
{
    uint64_t differs = 0;

    for (size_t i = 0; i < KEY_WORDS; i++)
        differs |= (m->key.word[i] ^ key->word[i]) & m->mask.word[i];
    return differs == 0;
}

bool match_is_equal(const struct flow_match *a, const struct flow_match *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

bool match_overlaps(const struct flow_match *a, const struct flow_match *b)
{
    uint64_t differs = 0;

    for (size_t i = 0; i < KEY_WORDS; i++)
        differs |= (a->key.word[i] ^ b->key.word[i]) & a->mask.word[i] &
                   b->mask.word[i];
    return differs == 0;
}
