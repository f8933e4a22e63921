#include "tests/random/packet.h"

#include <string.h>

enum { ADDRESSES = 12, SHORTEST = 60, IP_HEADER = 20 };

bool packet_shows_ip(const struct packet *p)
{
    return p->tag_count <= 1 && p->type == TYPE_IPV4;
}

void packet_fields(const struct packet *p, uint64_t fields[MF_COUNT])
{
    memset(fields, 0, MF_COUNT * sizeof(fields[0]));
    fields[MF_ETH_DST] = p->eth_dst;
    fields[MF_ETH_SRC] = p->eth_src;
    fields[MF_ETH_TYPE] = p->tag_count > 1 ? p->tags[1].tpid : p->type;
    if (p->tag_count) {
        fields[MF_VLAN_VID] = 0x1000 | (p->tags[0].tci & 0xfff);
        fields[MF_VLAN_PCP] = p->tags[0].tci >> 13;
    }
    if (!packet_shows_ip(p))
        return;
    fields[MF_IP_DSCP] = p->shown_dscp;
    fields[MF_IP_PROTO] = p->proto;
    fields[MF_IP_SRC] = p->ip_src;
    fields[MF_IP_DST] = p->ip_dst;
    fields[MF_TP_SRC] = p->tp_src;
    fields[MF_TP_DST] = p->tp_dst;
}

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int size)
{
    for (unsigned int i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    return at + size;
}

static uint32_t sum(const uint8_t *at, size_t size, uint32_t so_far)
{
    for (size_t i = 0; i < size; i++)
        so_far += i % 2 ? at[i] : (uint32_t)at[i] << 8;
    while (so_far >> 16)
        so_far = (so_far & 0xffff) + (so_far >> 16);
    return so_far;
}

static void write_ip(const struct packet *p, uint8_t *at)
{
    bool is_udp = p->proto == PROTO_UDP;
    uint16_t l4_size = is_udp ? 8 + 4 : 20 + 4;
    uint8_t *l4 = at + IP_HEADER, *end;
    uint32_t pseudo;
    uint16_t check;

    put(at, 0x45, 1);
    put(at + 1, (uint64_t)(p->dscp << 2 | p->ecn), 1);
    put(at + 2, IP_HEADER + l4_size, 2);
    put(at + 8, p->ttl, 1);
    put(at + 9, p->proto, 1);
    put(at + 12, p->ip_src, 4);
    put(at + 16, p->ip_dst, 4);
    put(at + 10, (uint16_t)~sum(at, IP_HEADER, 0), 2);
    put(l4, p->tp_src, 2);
    put(l4 + 2, p->tp_dst, 2);
    if (is_udp)
        put(l4 + 4, l4_size, 2);
    else
        put(l4 + 12, 0x5010, 2);
    end = l4 + l4_size - 4;
    put(end, p->number, 4);
    pseudo = sum(at + 12, 8, (uint32_t)p->proto + l4_size);
    check = (uint16_t)~sum(l4, l4_size, pseudo);
    put(l4 + (is_udp ? 6 : 16), is_udp && !check ? 0xffff : check, 2);
}

size_t packet_write(const struct packet *p, uint8_t bytes[PACKET_BYTES_MAX])
{
    uint8_t *at;

    memset(bytes, 0, p->size);
    at = put(bytes, p->eth_dst, 6);
    at = put(at, p->eth_src, 6);
    for (unsigned int i = 0; i < p->tag_count; i++) {
        at = put(at, p->tags[i].tpid, 2);
        at = put(at, p->tags[i].tci, 2);
    }
    at = put(at, p->type, 2);
    if (p->type == TYPE_IPV4)
        write_ip(p, at);
    else
        put(at, p->number, 4);
    return p->size;
}

static bool set_tag(struct packet *p, uint16_t mask, uint64_t value)
{
    if (p->tag_count)
        p->tags[0].tci =
            (uint16_t)((p->tags[0].tci & ~mask) | ((uint16_t)value & mask));
    return p->tag_count > 0;
}

static bool set_ip(struct packet *p, enum model_field f, uint64_t value)
{
    if (!packet_shows_ip(p))
        return false;
    switch (f) {
    case MF_IP_DSCP:
        p->dscp = p->shown_dscp = (uint8_t)value;
        break;
    case MF_IP_SRC:
        p->ip_src = (uint32_t)value;
        break;
    case MF_IP_DST:
        p->ip_dst = (uint32_t)value;
        break;
    case MF_TP_SRC:
        p->tp_src = (uint16_t)value;
        break;
    case MF_TP_DST:
        p->tp_dst = (uint16_t)value;
        break;
    default:
        return false;
    }
    return true;
}

bool packet_set(struct packet *p, enum model_field f, uint64_t value)
{
    switch (f) {
    case MF_ETH_DST:
        p->eth_dst = value;
        return true;
    case MF_ETH_SRC:
        p->eth_src = value;
        return true;
    case MF_VLAN_VID:
        return set_tag(p, 0xfff, value);
    case MF_VLAN_PCP:
        return set_tag(p, 0xe000, value << 13);
    default:
        return set_ip(p, f, value);
    }
}

/* A second tag copies VID and priority of the first. */
void packet_push(struct packet *p, uint16_t tpid)
{
    uint16_t tci = p->tag_count ? p->tags[0].tci & 0xefff : 0;

    if (p->tag_count == PACKET_TAGS_MAX)
        return;
    memmove(&p->tags[1], &p->tags[0], p->tag_count * sizeof(p->tags[0]));
    p->tags[0].tpid = tpid;
    p->tags[0].tci = tci;
    p->tag_count++;
    p->size += 4;
}

/* What was long enough does not become too short: it is padded. */
bool packet_pop(struct packet *p)
{
    bool was_long = p->size >= SHORTEST;

    if (!p->tag_count)
        return false;
    p->tag_count--;
    memmove(&p->tags[0], &p->tags[1], p->tag_count * sizeof(p->tags[0]));
    p->size -= 4;
    if (was_long && p->size < SHORTEST)
        p->size = SHORTEST;
    return true;
}
