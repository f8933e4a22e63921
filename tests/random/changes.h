/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What controllers ask to have changed: drawn, written as a message, done to
 * the model.
 */
#ifndef RANDOM_CHANGES_H
#define RANDOM_CHANGES_H

#include "tests/random/wire.h"

struct world;

enum change_kind { CHANGE_RULE, CHANGE_GROUP, CHANGE_METER, CHANGE_PORT };

struct change {
    enum change_kind kind;
    uint8_t version;
    struct rule_mod mod;
    uint16_t command; /* WIRE_GROUP_* of a group or meter */
    uint32_t id;      /* its; 0: all of them */
    struct model_group group;
    struct model_meter meter;
    struct port_change port;
};

struct rule_mod change_draw_mod(struct world *w, uint8_t version);
void change_draw_rule(struct world *w, uint8_t version, struct change *c);
void change_draw_group(struct world *w, uint8_t version, struct change *c);
void change_draw_meter(struct world *w, uint8_t version, struct change *c);
/* False: none that can be asked for was drawn. */
bool change_draw_port(struct world *w, uint8_t version, struct change *c);

void change_write(const struct change *c, struct wire *wire);

/* False: it is refused, and nothing has changed. */
bool change_apply(struct model *m, const struct change *c,
                  const struct rule_ear *ear);

void change_say(const struct world *w, const struct change *c, const char *end);

#endif
