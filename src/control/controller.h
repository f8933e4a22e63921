/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a connection to a controller that we call: a table of
 * transitions.
 *
 *     backoff -> connecting -> hello -> active <-> idle
 *
 * It asks no clock: controller_tick is to be called several times a second.
 */
#ifndef CONTROL_CONTROLLER_H
#define CONTROL_CONTROLLER_H

#include "control/network.h"
#include "control/session.h"

enum {
    CONTROLLER_NAME_SIZE = 16,
    /* After a connection that worked the first retry comes so soon. */
    CONTROLLER_RETRY_MS = 500,
};

struct controller_options {
    char name[CONTROLLER_NAME_SIZE];
    struct target target;
    unsigned int inactivity_probe_s; /* 0: never */
    unsigned int max_backoff_s;
    unsigned int packet_in_rate, packet_in_burst; /* rate 0: no limit */
    uint32_t versions;                            /* offered */
};

/* What all controllers of a switch share; borrowed. */
struct controller_world {
    struct session_world session;
    struct network network;
    /* One was accepted, or a connection ended; may be NULL. */
    void (*changed)(void *context, int64_t now_ms);
    void *context;
};

struct controller_status {
    const char *name;  /* borrowed */
    const char *state; /* "backoff", "connecting", "ready" or "idle" */
    enum role role;
    enum of_version version; /* OF_NONE: not greeted */
    int64_t since_ms;        /* when the state began */
    const char *last_error;  /* empty: none yet; borrowed */
    const struct target *target;
    bool is_accepted;
    struct async_counts counts; /* of the connection that is there, or was */
    /* The last time that it looked as if it accepted us, or when it was made.
     */
    int64_t accepted_ms;
    unsigned int inactivity_probe_s;
};

struct controller;

/* Starts to connect at the first tick.  NULL if out of memory. */
struct controller *controller_create(const struct controller_options *o,
                                     const struct controller_world *world,
                                     int64_t now_ms);
void controller_free(struct controller *c);

/* To be called now and then while it is to show that it accepts us: a frame
 * that we have made up gives one that only answers frames something to answer.
 */
void controller_invite(struct controller *c, const uint8_t mac[6],
                       int64_t now_ms);

void controller_tick(struct controller *c, int64_t now_ms);

/* Goes over to other options; the connection stays unless its target
 * changes. */
void controller_reconfigure(struct controller *c,
                            const struct controller_options *o, int64_t now_ms);

struct controller_status controller_status(const struct controller *c);
/* Its role and version in words; empty before HELLO. */
const char *controller_role_word(const struct controller_status *s);
const char *controller_version_word(const struct controller_status *s);

#endif
