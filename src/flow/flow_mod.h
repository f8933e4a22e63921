/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A change to the flow tables, as a controller or a person asks for it.
 *
 * A value that openflow/ and the text notation make and table/ takes; it knows
 * no wire version and no table.  OpenFlow 1.0 5.3.3, 1.3.5 7.3.4.1.
 */
#ifndef FLOW_FLOW_MOD_H
#define FLOW_FLOW_MOD_H

#include <stdint.h>

#include "flow/action.h"
#include "flow/match.h"

/* In the order of OpenFlow's numbers. */
enum flow_mod_command {
    FLOW_MOD_ADD,
    FLOW_MOD_MODIFY,
    FLOW_MOD_MODIFY_STRICT,
    FLOW_MOD_DELETE,
    FLOW_MOD_DELETE_STRICT,
};

/* OpenFlow's bits; EMERG is 1.0's, which has it where 1.3 has RESET_COUNTS. */
enum flow_mod_flags {
    FLOW_MOD_SEND_FLOW_REM = 1 << 0,
    FLOW_MOD_CHECK_OVERLAP = 1 << 1,
    FLOW_MOD_RESET_COUNTS = 1 << 2,
    FLOW_MOD_NO_PACKET_COUNTS = 1 << 3,
    FLOW_MOD_NO_BYTE_COUNTS = 1 << 4,
    FLOW_MOD_EMERG = 1 << 8,
    FLOW_MOD_EXACT = 1 << 9, /* 1.0, no wildcards: beats every priority */
    /* The switch's own: beats all others, is not counted among them, and only
     * a mod or a filter that has this flag too speaks of it. */
    FLOW_MOD_HIDDEN = 1 << 10,
    FLOW_MOD_LEARNED = 1 << 11, /* comes of a learn action */
    /* With HIDDEN: beaten by all others, whatever their priority. */
    FLOW_MOD_LAST = 1 << 12,
    /* ADD: how many entries and masks the table takes does not matter.  The
     * entry does not keep this flag. */
    FLOW_MOD_UNLIMITED = 1 << 13,
};

#define FLOW_MOD_TABLE_ALL 0xffu       /* every table, to delete and modify */
#define FLOW_MOD_GROUP_ANY 0xffffffffu /* out_group that filters nothing */
#define FLOW_MOD_NO_BUFFER 0xffffffffu
#define FLOW_MOD_PRIORITY  0x8000 /* where none is said */

/*
 * 'cookie' of ADD is the new entry's; of the others it is a filter under
 * 'cookie_mask' (zero: any).  OpenFlow 1.1 and later never change the cookie
 * of an entry that stays; 1.0 and Nicira's MODIFY with an empty mask do, which
 * 'sets_cookie' says.  MODIFY with 'adds_if_none' adds an entry where there is
 * none to modify, as 1.0 and 1.1 want it; their ADD 'resets_counts' without the
 * flag, which an entry shows that was added with it.
 *
 * out_port and out_group filter DELETE and DELETE_STRICT and are ignored
 * by the others.  PORT_NO_ANY and FLOW_MOD_GROUP_ANY filter nothing.
 */
struct flow_mod {
    enum flow_mod_command command;
    uint8_t table; /* FLOW_MOD_TABLE_ALL; ADD then means table 0 */
    bool adds_if_none, sets_cookie, resets_counts;
    uint16_t priority;
    uint16_t idle_timeout_s, hard_timeout_s; /* 0: none */
    uint16_t importance;
    uint16_t flags; /* enum flow_mod_flags */
    uint32_t buffer_id;
    uint32_t out_port, out_group;
    uint64_t cookie, cookie_mask; /* host order */
    struct flow_match match;
    struct flow_instructions instructions; /* owned */
};

/* An ADD with nothing in it: matches all, does nothing, filters nothing. */
struct flow_mod flow_mod_empty(void);

/* Whether an ADD begins to count again where it replaces an entry. */
bool flow_mod_resets_counts(const struct flow_mod *mod);

/* Frees what the instructions hold. */
void flow_mod_clear(struct flow_mod *mod);

#endif
