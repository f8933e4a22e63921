/*
 * A frame as the reference model knows it: what is in it, not its bytes.  The
 * model edits this; the bytes are made from it anew each time, checksums and
 * all, so that no edit of bytes is ever made here.
 */
#ifndef RANDOM_PACKET_H
#define RANDOM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKET_TAGS_MAX = 24,
    PACKET_BYTES_MAX = 512,

    TYPE_IPV4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_OTHER = 0x88b5, /* IEEE local experimental */
    PROTO_TCP = 6,
    PROTO_UDP = 17,
};

/* The fields that the model's rules speak of, all numbers in host order. */
enum model_field {
    MF_IN_PORT,
    MF_METADATA,
    MF_ETH_DST,
    MF_ETH_SRC,
    MF_ETH_TYPE,
    MF_VLAN_VID, /* with 0x1000 for "there is a tag" */
    MF_VLAN_PCP,
    MF_IP_DSCP,
    MF_IP_PROTO,
    MF_IP_SRC,
    MF_IP_DST,
    MF_TP_SRC,
    MF_TP_DST,
    MF_COUNT,
};

struct packet {
    uint64_t eth_dst, eth_src;
    unsigned int tag_count; /* the outermost is tags[0] */
    struct {
        uint16_t tpid, tci;
    } tags[PACKET_TAGS_MAX];
    uint16_t type; /* behind the tags */
    /* Of IPv4: */
    uint32_t ip_src, ip_dst;
    uint8_t dscp, ecn, ttl, proto;
    /* What rules see of the DSCP: the switch decides about a frame as a whole
     * before a meter can remark it. */
    uint8_t shown_dscp;
    uint16_t tp_src, tp_dst;
    uint32_t number; /* in the payload: no two alike */
    uint32_t size;
};

/* True if the switch sees an IPv4 header: it looks behind one tag. */
bool packet_shows_ip(const struct packet *p);

/* What a rule of the given fields would be compared with. */
void packet_fields(const struct packet *p, uint64_t fields[MF_COUNT]);

/* Returns how many bytes it wrote: p->size. */
size_t packet_write(const struct packet *p, uint8_t bytes[PACKET_BYTES_MAX]);

/* Edits.  False: the frame has no such field and stays as it is. */
bool packet_set(struct packet *p, enum model_field f, uint64_t value);
void packet_push(struct packet *p, uint16_t tpid);
bool packet_pop(struct packet *p);

#endif
