/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switch in the simulation beside the model of it, and what both are told:
 * configuration, links, controllers and time.  It keeps the two in step; what
 * is done to them is steps.h's business, whether they agree compare.h's.
 */
#ifndef RANDOM_WORLD_H
#define RANDOM_WORLD_H

#include "tests/random/changes.h"
#include "tests/random/dice.h"
#include "tests/random/walk.h"
#include "tests/sim/sim.h"

enum {
    WORLD_CONTROLLERS = 3,
    WORLD_BUNDLES = 2, /* of a controller; ids 0 and 1 */
    WORLD_BUNDLED_MAX = 6,
    WORLD_BUFFERS = 8, /* ids of held frames that are remembered */
    WORLD_RECENT = 8,
    WORLD_TICK_MS = BRIDGE_TICK_MS, /* the model follows each */
    ROLE_IS_EQUAL = 1,
    ROLE_IS_MASTER = 2,
    ROLE_IS_SLAVE = 3,
};

/* What the configuration says but for ports, which the model has. */
struct settings {
    bool is_secure, has_local;
    unsigned int aging_s, buffers, workers, cache;
};

/* Of messages that a controller is to get. */
struct owed {
    unsigned int errors, packet_ins, removed, bundles;
};

/* Changes that a controller has collected. */
struct world_bundle {
    bool is_open, is_closed;
    uint16_t flags;
    int64_t used_ms;
    size_t count;
    struct change changes[WORLD_BUNDLED_MAX];
};

struct control {
    bool is_configured;
    unsigned int probe_s, max_backoff_s;
    /* The connection that is there. */
    unsigned int connections, delivered;
    bool is_greeted, is_accepted;
    bool has_just_accepted; /* by its last message, which ends the fail mode */
    uint8_t version;
    uint32_t role;
    int64_t greeted_ms, invite_ms; /* when it is next sent a frame to answer */
    int64_t accepted_ms;           /* the last time in any connection */
    int64_t waiting_ms; /* since when nothing keeps us from connecting */
    struct owed owed;
    struct world_bundle bundles[WORLD_BUNDLES]; /* by id */
};

/* A frame that the switch holds for controllers. */
struct held {
    bool is_known, is_used;
    uint32_t id, in_port;
    struct packet packet;
    int64_t held_ms;
};

struct world {
    uint64_t seed, step;
    struct dice dice;     /* of this step */
    bool is_told_of;      /* each step says what it does */
    const char **failure; /* what went wrong is noted here, as a literal */
    struct sim *sim;
    struct model model;
    struct settings settings;
    struct control controls[WORLD_CONTROLLERS];
    bool was_controlled, has_normal; /* of the fail mode */
    bool has_generation;
    uint64_t generation;
    int64_t aged_ms;
    struct outcome outcome; /* of this step's frames */
    size_t gone_count;      /* rules that this step has lost */
    struct rule gone;       /* the last of them */
    unsigned int gone_reason;
    /* Frames that may come again; the last that came, which is to come again
     * if something has changed since. */
    struct packet recent[WORLD_RECENT], last;
    int recent_port[WORLD_RECENT], last_port;
    bool is_to_repeat;
    struct held held[WORLD_BUFFERS];
    size_t held_next;
};

/* The program ends: the switch is not as the model says.  'kind', a literal,
 * is what the failure is known by. */
__attribute__((format(printf, 3, 4), noreturn)) void
world_fail_as(const struct world *w, const char *kind, const char *format, ...);
#define world_fail(w, ...) world_fail_as(w, #__VA_ARGS__, __VA_ARGS__)
/* A line about the step, if anybody wants it. */
__attribute__((format(printf, 2, 3))) void world_say(const struct world *w,
                                                     const char *format, ...);

void world_open(struct world *w, uint64_t seed);
/* Nothing of it may be left. */
void world_close(struct world *w);

/* Begins a step: dice of its own. */
void world_begin_step(struct world *w, uint64_t step);

/* Runs what waits, and follows what controllers have to do with it. */
void world_run(struct world *w);
/* A tick of the clock. */
void world_tick(struct world *w);

/* For rules_*: rules that go are told to controllers. */
struct rule_ear world_ear(struct world *w);
/* For walk_*. */
struct walk_options world_options(struct world *w);

/* A controller that can be told to say something, or -1. */
int world_speaker(struct world *w);
/* It has sent a message of which there is no doubt that it accepts us. */
void world_accept(struct world *w, int controller);
/* Each controller that is to be told of a frame is owed a message. */
void world_owe_packet_ins(struct world *w);
/* True if it can still be named: later it may make room for another one. */
bool world_is_held(const struct world *w, const struct held *h);
bool world_is_told(const struct control *c, const struct told *t);

/* It is new in the configuration. */
void world_begin_control(struct world *w, struct control *c);

/* settings.c: the configuration, and as text. */
void world_draw_settings(struct dice *d, struct world *w);
void world_print_settings(const struct world *w, char *text, size_t size);
/* Draws another configuration, which both sides take, or one with a fault,
 * which changes nothing. */
void world_reload(struct world *w);

const struct bridge_port *world_bridge_port(const struct world *w, int port);

#endif
