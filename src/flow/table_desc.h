/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow tables as controllers see them: statistics, configuration and what they
 * can do.  OpenFlow 1.0 5.3.5, 1.3.5 7.3.3, 7.3.5.4 and 7.3.5.5, 1.4.1 7.3.3
 * and 7.3.5.17.
 */
#ifndef FLOW_TABLE_DESC_H
#define FLOW_TABLE_DESC_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/error.h"

enum { TABLE_ALL = 0xff, TABLE_NAME_SIZE = 32 };

struct table_stats {
    uint8_t table;
    char name[TABLE_NAME_SIZE]; /* terminated; before 1.3 */
    uint32_t config;            /* enum table_config_bits; 1.1 and 1.2 */
    uint32_t max_entries, active_entries; /* max before 1.3 */
    uint64_t lookups, matches;
};

enum table_config_bits {
    TABLE_MISS_CONTINUE = 1 << 0,  /* 1.1 and 1.2 */
    TABLE_MISS_DROP = 1 << 1,      /* 1.1 and 1.2 */
    TABLE_DEPRECATED = 3 << 0,     /* the two in 1.3 and later */
    TABLE_EVICTION = 1 << 2,       /* 1.4 */
    TABLE_VACANCY_EVENTS = 1 << 3, /* 1.4 */
};

enum table_eviction_flags {
    TABLE_EVICTION_OTHER = 1 << 0,
    TABLE_EVICTION_IMPORTANCE = 1 << 1,
    TABLE_EVICTION_LIFETIME = 1 << 2,
};

/* A table's configuration, or a TABLE_MOD that asks for it. */
struct table_desc {
    uint8_t table;   /* TABLE_ALL in a TABLE_MOD */
    uint32_t config; /* enum table_config_bits */
    bool has_eviction, has_vacancy;
    uint32_t eviction;                /* enum table_eviction_flags */
    uint8_t vacancy_down, vacancy_up; /* percent */
    uint8_t vacancy;                  /* percent, of now; not in a TABLE_MOD */
};

/* TABLE_STATUS, in OpenFlow's numbers. */
enum table_reason { TABLE_REASON_VACANCY_DOWN = 3, TABLE_REASON_VACANCY_UP };

/* In OpenFlow's numbers. */
enum table_instruction {
    TABLE_GOTO = 1,
    TABLE_WRITE_METADATA,
    TABLE_WRITE_ACTIONS,
    TABLE_APPLY_ACTIONS,
    TABLE_CLEAR_ACTIONS,
    TABLE_METER, /* 1.3 and 1.4 */
};

/* What entries of a table may do, sets with a bit for each member. */
struct table_abilities {
    uint32_t instructions;   /* enum table_instruction */
    uint32_t next_tables[8]; /* table t: bit t % 32 of word t / 32 */
    uint64_t write_actions, apply_actions; /* enum action_type */
    uint64_t write_fields, apply_fields;   /* enum field_id, by set-field */
    uint64_t write_copy, apply_copy; /* enum field_id, by copy-field: 1.5 */
};

/* What a request to change features asks for, 1.5. */
enum table_features_command {
    TABLE_FEATURES_REPLACE,
    TABLE_FEATURES_MODIFY,
    TABLE_FEATURES_ENABLE,
    TABLE_FEATURES_DISABLE,
};

struct table_features {
    uint8_t table, command;
    char name[TABLE_NAME_SIZE];
    uint64_t metadata_match, metadata_write;
    uint32_t capabilities; /* enum table_config_bits */
    uint32_t max_entries;
    uint32_t features;  /* 1.5: 1 ingress, 2 egress, 16 first egress table */
    uint64_t match;     /* enum field_id: may be matched */
    uint64_t wildcards; /* enum field_id: need not be matched */
    struct table_abilities entries, miss;
    /* Of features that were read: names what we do not know, or does not say
     * all that a request has to say.  FLOW_OK: nothing. */
    enum flow_error fault;
};

/* The features of a table that can do all that flow/ has words for, one of
 * 'count' tables; its name is left empty. */
struct table_features table_features_full(uint8_t table, unsigned int count);

/* What all tables can do, without next tables. */
struct table_abilities table_abilities_full(void);

#endif
