/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model's idea of a switch: lists, looked through from the front
 * to the end.  It is written from the specification, slow and obvious, and
 * shares nothing with src/table and src/datapath but the names of drop reasons.
 */
#ifndef RANDOM_MODEL_H
#define RANDOM_MODEL_H

#include "flow/drop.h"
#include "flow/match.h"
#include "tests/random/packet.h"

enum {
    MODEL_TABLES = 4,
    MODEL_RULES_MAX = 48,
    MODEL_ACTS_MAX = 8,
    MODEL_GROUPS = 5, /* ids 1 to 5, each leads to lower ones only */
    MODEL_BUCKETS_MAX = 3,
    MODEL_METERS = 3, /* ids 1 to 3 */
    MODEL_BANDS_MAX = 2,
    MODEL_PORTS = 7, /* p1 to p6, LOCAL */
    MODEL_LOCAL = 6,
    MODEL_NOWHERE = 7, /* where a packet-out comes from that names no port */
    MODEL_MACS_MAX = 1024,
    MODEL_MACS_FEW = 16,
    MODEL_CHOICES = 64,
    MODEL_LIMIT = 1 << 20, /* of rules in a table, where none is set */
    NO_TABLE = -1,
};

#define OUT_IN_PORT    0xfffffff8u
#define OUT_TABLE      0xfffffff9u
#define OUT_NORMAL     0xfffffffau
#define OUT_FLOOD      0xfffffffbu
#define OUT_ALL        0xfffffffcu
#define OUT_CONTROLLER 0xfffffffdu
#define OUT_LOCAL      0xfffffffeu
#define OUT_ANY        0xffffffffu

struct pattern {
    uint64_t value[MF_COUNT], mask[MF_COUNT];
};

enum act_kind {
    ACT_OUTPUT,
    ACT_GROUP,
    ACT_SET, /* a field */
    ACT_PUSH_VLAN,
    ACT_POP_VLAN,
    ACT_STRIP_VLAN, /* OpenFlow 1.0's three */
    ACT_SET_VID,
    ACT_SET_PCP,
    ACT_DEC_TTL,
    ACT_METER,
    ACT_KINDS,
};

struct act {
    enum act_kind kind;
    uint32_t arg; /* port, group, meter, tpid */
    uint16_t max_len;
    enum model_field field;
    uint64_t value;
};

struct acts {
    size_t count;
    struct act list[MODEL_ACTS_MAX];
};

struct program {
    bool has_apply, has_write, has_clear, has_metadata;
    struct acts apply, write;
    int next_table; /* NO_TABLE: none */
    uint64_t metadata, metadata_mask;
    uint32_t meter; /* 0: none */
};

enum rule_flags {
    RULE_SEND_REMOVED = 1 << 0,
    RULE_CHECK_OVERLAP = 1 << 1,
    RULE_RESET_COUNTS = 1 << 2,
    RULE_NO_PACKET_COUNTS = 1 << 3,
    RULE_NO_BYTE_COUNTS = 1 << 4,
};

struct rule {
    uint8_t table;
    uint16_t priority;
    bool is_exact; /* OpenFlow 1.0 without wildcards: beats all others */
    struct pattern match;
    struct flow_match wanted; /* the same, as the switch would show it */
    uint64_t cookie;
    uint16_t idle_s, hard_s, flags;
    int64_t created_ms, modified_ms, used_ms;
    uint64_t packets, bytes;
    struct program program;
    bool is_touched; /* by this step's frames */
};

enum { KIND_ALL, KIND_SELECT, KIND_INDIRECT, KIND_FAILOVER };

struct model_bucket {
    uint16_t weight;
    uint32_t watch_port;
    struct acts acts;
    uint64_t packets, bytes;
};

struct model_group {
    bool is_there;
    uint8_t kind;
    size_t bucket_count;
    struct model_bucket buckets[MODEL_BUCKETS_MAX];
    uint64_t packets, bytes;
    /* Which bucket a SELECT has taken for a flow: it is to stay. */
    struct {
        uint64_t flow;
        int bucket;
    } chosen[MODEL_CHOICES];
};

struct model_meter {
    bool is_there, is_pktps, has_burst;
    size_t band_count;
    struct {
        uint32_t rate, burst;
        bool is_remark;
        uint8_t level;
        int64_t empty_ns;
        uint64_t packets, bytes;
    } bands[MODEL_BANDS_MAX];
    uint64_t packets, bytes;
};

struct model_port {
    char name[16];
    bool is_configured;
    uint32_t number;
    bool is_there, is_blocked, has_link;
    bool is_set_down; /* by a controller */
    uint32_t of_config;
    enum { MODE_ALL, MODE_ACCESS, MODE_TRUNK } mode;
    uint16_t access, native, trunks[2];
    uint64_t rx, rx_bytes, tx, tx_bytes, forwarded, consumed;
    uint64_t drops[DROP_REASON_COUNT], tx_drops[DROP_REASON_COUNT];
};

struct model_mac {
    uint64_t mac;
    uint16_t vlan;
    unsigned int port;
    uint32_t used_s;
};

/* One of the addresses that are drawn: LOCAL's, where that is there. */
#define MODEL_LOCAL_MAC      0x020000000003
#define MODEL_LOCAL_MAC_TEXT "02:00:00:00:00:03"

/* What becomes of fragments, in OpenFlow's numbers; 3 is Nicira's. */
enum pieces { PIECES_NORMAL, PIECES_DROPPED, PIECES_JOINED, PIECES_OPEN };

struct model {
    int64_t now_us;
    enum pieces pieces;
    size_t rule_count;
    struct rule rules[MODEL_RULES_MAX];
    struct model_group groups[MODEL_GROUPS + 1]; /* by id */
    struct model_meter meters[MODEL_METERS + 1]; /* by id */
    struct model_port ports[MODEL_PORTS + 1];
    uint64_t matched[MODEL_TABLES], missed[MODEL_TABLES];
    uint32_t limits[MODEL_TABLES]; /* of rules, as a controller has set them */
    size_t mac_count, mac_limit;
    struct model_mac macs[MODEL_MACS_MAX];
    bool forwards_bpdu;
    bool is_alone;           /* standalone is in force: NORMAL for all */
    bool misses_are_told_of; /* by a controller of 1.0 */
};

static inline int64_t model_now_ms(const struct model *m)
{
    return m->now_us / 1000;
}

/* Whether frames can leave by it. */
static inline bool model_port_is_up(const struct model_port *p)
{
    return p->is_configured && p->is_there && p->has_link;
}

/* The port of that OpenFlow number, or -1. */
int model_find_port(const struct model *m, uint32_t number);

#endif
