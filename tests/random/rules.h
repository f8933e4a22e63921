/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What flow-mods, group-mods and meter-mods do to the model.  OpenFlow 1.0 4.6,
 * 1.3.5 6.4 to 6.8.
 */
#ifndef RANDOM_RULES_H
#define RANDOM_RULES_H

#include "tests/random/model.h"

enum {
    MOD_ADD,
    MOD_MODIFY,
    MOD_MODIFY_STRICT,
    MOD_DELETE,
    MOD_DELETE_STRICT,
    ALL_TABLES = 0xff,
};

struct rule_mod {
    uint8_t version; /* on the wire */
    uint8_t command;
    uint8_t table; /* ALL_TABLES: every one */
    uint16_t priority, flags;
    bool is_exact;
    struct pattern match;
    uint64_t cookie, cookie_mask;
    uint16_t idle_s, hard_s;
    uint32_t out_port, out_group, buffer;
    struct program program;
};

/* Why a rule went, in OpenFlow's numbers. */
enum { GONE_IDLE, GONE_HARD, GONE_DELETED, GONE_GROUP, GONE_METER };

/* Told of each rule that goes. */
struct rule_ear {
    void (*gone)(void *context, const struct rule *r, unsigned int reason);
    void *context;
};

/* False: it is refused, and nothing has changed. */
bool rules_apply(struct model *m, const struct rule_mod *mod,
                 const struct rule_ear *ear);
/* True if some frame would match the new rule and another one of the same
 * priority: which of them it meets is the switch's own business. */
bool rules_has_rival(const struct model *m, const struct rule_mod *mod);
/* Of the model, not of the table. */
bool rules_have_room(const struct model *m);
uint32_t rules_count(const struct model *m, uint8_t table);

bool pattern_covers(const struct pattern *p, const uint64_t fields[MF_COUNT]);
/* As the switch shows it. */
void pattern_to_match(const struct pattern *p, struct flow_match *match);

/* The rule that a frame meets in a table; NULL: none. */
struct rule *rules_find(struct model *m, int table,
                        const uint64_t fields[MF_COUNT]);

void rules_expire(struct model *m, const struct rule_ear *ear);
/* All rules, groups and meters. */
void rules_flush(struct model *m, const struct rule_ear *ear);
/* The entry of a switch that nobody controls. */
void rules_put_normal(struct model *m);
void rules_take_normal(struct model *m, const struct rule_ear *ear);

/* Rules that lead to a group or meter go with it; 0: all of them. */
void rules_drop_group(struct model *m, uint32_t id, const struct rule_ear *ear);
void rules_drop_meter(struct model *m, uint32_t id, const struct rule_ear *ear);

/* True if some group has a bucket that leads there. */
bool groups_lead_to(const struct model *m, uint32_t id);

#endif
