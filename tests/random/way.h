/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame on its way through the model; what the parts of walk.h share.
 */
#ifndef RANDOM_WAY_H
#define RANDOM_WAY_H

#include "tests/random/walk.h"

/* An action set: those that set fields as they were written, and one action of
 * each other kind. */
struct act_set {
    bool has_any, has[ACT_KINDS];
    struct act kinds[ACT_KINDS];
    size_t set_count;
    struct act sets[MODEL_ACTS_MAX * MODEL_TABLES];
};

struct way {
    struct model *m;
    const struct walk_options *options;
    struct outcome *o;
    int from; /* MODEL_NOWHERE */
    uint32_t in_port;
    uint32_t size; /* as it came: this is what is counted */
    struct packet p;
    uint64_t metadata, cookie;
    int table;
    unsigned int reason;
    bool is_over; /* nothing more is decided */
    bool is_dead; /* a meter has dropped it: nothing more is done */
    bool has_missed;
    struct act_set *set;
    enum drop_reason last_word;  /* of the decision */
    enum drop_reason first_word; /* of what was tried */
    bool is_sent, is_told, does_anything;
    unsigned int cells, counted;
};

/* The model cannot go on. */
_Noreturn void way_die(const char *what);

/* How the switch counts its steps and what it counts for. */
void way_step(struct way *w, unsigned int cells);
void way_count(struct way *w, uint64_t *packets, uint64_t *bytes);
/* The first reason stands. */
void way_failed(struct way *w, enum drop_reason reason);

/* Out of a port; to the controllers. */
void way_send(struct way *w, int port, const struct packet *p);
void way_tell(struct way *w, uint16_t max_len, unsigned int reason);

/* walk_normal.c: NORMAL. */
void way_switch(struct way *w);

/* walk_acts.c: actions, in order, or as a set (OpenFlow 1.3.5 5.10). */
void way_do(struct way *w, const struct act *a);
void way_do_all(struct way *w, const struct acts *acts);
void way_meter(struct way *w, uint32_t id);
void act_set_write(struct act_set *s, const struct acts *acts);
void act_set_do(struct way *w, const struct act_set *s);

/* walk.c: the tables from the first on, then the action set. */
void way_follow_tables(struct way *w);

/* Why a flood to these ports reached none: there is none of the VLAN, one that
 * is not to be flooded, or all are down. */
struct reach {
    bool has_any, has_other, has_member, has_closed;
};
void way_reached(struct way *w, const struct reach *r);

#endif
