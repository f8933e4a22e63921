/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups and what they do.  OpenFlow 1.3.5 5.6 and 7.3.4.2. */
#ifndef FLOW_GROUP_DESC_H
#define FLOW_GROUP_DESC_H

#include <stddef.h>
#include <stdint.h>

#include "flow/action.h"

#define GROUP_MAX 0xffffff00u
#define GROUP_ALL 0xfffffffcu
#define GROUP_ANY 0xffffffffu

enum group_type {
    GROUP_TYPE_ALL,
    GROUP_TYPE_SELECT,
    GROUP_TYPE_INDIRECT,
    GROUP_TYPE_FAST_FAILOVER,
    GROUP_TYPE_COUNT
};

enum group_command {
    GROUP_ADD,
    GROUP_MODIFY,
    GROUP_DELETE,
    GROUP_INSERT_BUCKET,          /* 1.5 */
    GROUP_REMOVE_BUCKET = 5,      /* 1.5 */
    GROUP_ADD_OR_MODIFY = 0x8000, /* Nicira */
};

/* Where buckets are put or taken, OpenFlow 1.5 7.3.4.3. */
#define BUCKET_ID_MAX   0xffffff00u
#define BUCKET_ID_FIRST 0xfffffffdu
#define BUCKET_ID_LAST  0xfffffffeu
#define BUCKET_ID_ALL   0xffffffffu

struct bucket {
    uint32_t id; /* 1.5; else its place */
    uint16_t weight;
    uint32_t watch_port, watch_group; /* PORT_NO_ANY, GROUP_ANY: none */
    struct action_list actions;       /* owned */
};

/* The same, borrowed. */
struct bucket_desc {
    uint32_t id;
    uint16_t weight;
    uint32_t watch_port, watch_group;
    const struct flow_action *cells; /* 'cell_count' */
    size_t cell_count;
};

/*
 * How a SELECT group chooses, as ovs-ofctl(8) has it: by the switch's own hash;
 * by a hash of some fields or, if none is named, by one that is the same for
 * both directions of a flow; by one of addresses, protocol and ports.
 */
enum selection_method {
    SELECTION_OWN,
    SELECTION_HASH,
    SELECTION_DP_HASH,
    SELECTION_METHODS
};

enum {
    SELECTION_FIELDS_MAX = 24,
    SELECTION_NAME_SIZE = 16, /* with zeros at its end, as on the wire */
};

/* Of the switch's own "". */
extern const char selection_names[SELECTION_METHODS][SELECTION_NAME_SIZE];

struct group_selection {
    uint8_t method; /* enum selection_method */
    uint8_t field_count;
    uint64_t param; /* the hash begins with it */
    struct selection_field {
        uint8_t id;       /* enum field_id */
        uint8_t mask[16]; /* the bits that count, in the field's bytes */
    } fields[SELECTION_FIELDS_MAX];
};

struct group_mod {
    enum group_command command;
    uint8_t type; /* enum group_type, or what was sent */
    uint32_t group_id;
    uint32_t command_bucket_id; /* 1.5 */
    struct group_selection selection;
    struct bucket *buckets; /* 'bucket_count', owned */
    size_t bucket_count;
};

struct group_stats {
    uint32_t group_id, ref_count, duration_s, duration_ns;
    uint64_t packets, bytes;
    size_t bucket_count;
    const struct bucket_stats {
        uint64_t packets, bytes;
    } * buckets; /* borrowed */
};

enum group_capabilities {
    GROUP_SELECT_WEIGHT = 1 << 0,
    GROUP_SELECT_LIVENESS = 1 << 1,
    GROUP_CHAINING = 1 << 2,
    GROUP_CHAINING_CHECKS = 1 << 3,
};

/* The groups that are supported; arrays by enum group_type. */
struct group_features {
    uint32_t types;        /* 1 << enum group_type */
    uint32_t capabilities; /* enum group_capabilities */
    uint32_t max_groups[GROUP_TYPE_COUNT];
    uint64_t actions[GROUP_TYPE_COUNT]; /* 1 << enum action_type */
};

/* Frees what the mod owns. */
void group_mod_clear(struct group_mod *mod);

#endif
