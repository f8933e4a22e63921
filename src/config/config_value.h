/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of value that a key of the configuration file may have: from text
 * to the field of struct config, and back for people to read.
 *
 * Knows no section and no key; those are config_keys.c's.  The kinds that only
 * a network has are in config_value_net.c, those of OpenFlow in
 * config_value_of.c, and
 * the list of CPUs in config_value_cpus.c.
 */
#ifndef CONFIG_CONFIG_VALUE_H
#define CONFIG_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_WHY_SIZE = 256,
    CONFIG_TEXT_SIZE = 16384, /* the longest list of VLANs */
};

/* The limits of one key for its kind; each kind says which it uses. */
struct config_limits {
    size_t size;              /* of the field in bytes */
    uint64_t min, max;        /* numbers and times, as stored */
    bool is_power_of_two;     /* numbers */
    const char *zero;         /* numbers: the word for 0, "auto" */
    const char *const *names; /* choices: ends with NULL; by value from 0 */
    uint64_t unit_us;         /* times: a bare number's unit, also as stored */
};

struct config_kind {
    /* Reads 'text' into 'field'; false: 'why' says what is wrong and what to
     * write, and the field is as it was. */
    bool (*read)(const struct config_limits *limits, const char *text,
                 void *field, char why[CONFIG_WHY_SIZE]);
    /* The other way around, for people and for telling two values apart;
     * empty: no value. */
    void (*print)(const struct config_limits *limits, const void *field,
                  char text[CONFIG_TEXT_SIZE]);
    bool may_be_empty;
    bool may_repeat; /* the key may be there several times: 'read' adds */
};

extern const struct config_kind config_kind_choice;    /* int or enum; names */
extern const struct config_kind config_kind_switch;    /* bool; two names */
extern const struct config_kind config_kind_number;    /* 2 or 4 bytes */
extern const struct config_kind config_kind_time;      /* 4 bytes; units */
extern const struct config_kind config_kind_interface; /* char[16] */
extern const struct config_kind config_kind_cpus;      /* cpu_set_t; or empty */
extern const struct config_kind config_kind_account;   /* char[]; or empty */
extern const struct config_kind config_kind_file;      /* char[]; or empty */
extern const struct config_kind config_kind_directory; /* char[] */
extern const struct config_kind config_kind_log_level; /* char[] */
extern const struct config_kind config_kind_datapath_id; /* uint64_t; 0: auto */
extern const struct config_kind config_kind_mac;         /* config_mac */
extern const struct config_kind config_kind_network;     /* config_address */
extern const struct config_kind config_kind_address;     /* config_address */
extern const struct config_kind config_kind_rate;        /* uint64_t; 0: none */
extern const struct config_kind config_kind_target; /* struct target; to call */
extern const struct config_kind config_kind_listen; /* config_listen; adds */
extern const struct config_kind config_kind_versions; /* uint32_t; a set */
/* Three keys that fill one struct vlan_membership. */
extern const struct config_kind config_kind_vlan_access;
extern const struct config_kind config_kind_vlan_trunks;
extern const struct config_kind config_kind_vlan_native;

/* Writes 'why' and returns false, for the kinds' own use. */
bool config_value_wrong(char why[CONFIG_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* May a controller have this name, a port, and a queue (PORT:ID)?  Else 'why'
 * says why not. */
bool config_controller_name_is_valid(const char *name,
                                     char why[CONFIG_WHY_SIZE]);
bool config_port_name_is_valid(const char *name, char why[CONFIG_WHY_SIZE]);
bool config_queue_name_is_valid(const char *name, char why[CONFIG_WHY_SIZE]);

#endif
