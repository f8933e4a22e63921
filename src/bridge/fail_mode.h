/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The switch's behaviour while no controller accepts it: a table of
 * transitions.
 *
 * standalone: after a while all flows, groups and meters go but for the
 * operator's entries, which come back if they are not there; frames that none
 * of these matches are forwarded by NORMAL, a hidden entry below all others,
 * until a controller accepts us again.  secure: nothing happens, flow entries
 * stay in force.
 * With no controller configured: standalone is a visible entry that says NORMAL
 * and is beaten by any other, secure is a table without it.
 */
#ifndef BRIDGE_FAIL_MODE_H
#define BRIDGE_FAIL_MODE_H

#include "config/config.h"
#include "datapath/datapath.h"

enum {
    /* How long standalone waits: so many times the inactivity probe, or if
     * nobody is probed so many seconds. */
    FAIL_MODE_PROBES = 3,
    FAIL_MODE_AFTER_S = 15,
};

enum fail_mode_state {
    FAIL_MODE_START,
    FAIL_MODE_OPEN,       /* no controller configured, standalone */
    FAIL_MODE_CLOSED,     /* no controller configured, secure */
    FAIL_MODE_CONTROLLED, /* a controller accepts us */
    FAIL_MODE_COUNTDOWN,  /* none does, and standalone is to come */
    FAIL_MODE_ALONE,      /* standalone is in force */
    FAIL_MODE_CUT_OFF,    /* secure is */
    FAIL_MODE_STATES,
};

/* The facts about the controllers. */
struct fail_mode_view {
    enum fail_mode mode;
    bool has_controllers;     /* configured */
    bool is_accepted;         /* by one of them, now */
    int64_t accepted_ms;      /* the last time by any */
    unsigned int max_probe_s; /* the longest inactivity probe */
};

/* The operator's entries. */
struct fail_mode_flows {
    flow_entry_keep *keeps; /* true of one of them that is to stay */
    /* Puts back those that are not there, as far as they have a meaning while
     * there is no controller, or all. */
    void (*restore)(void *context, bool is_alone, int64_t now_ms);
    void *context;
};

struct fail_mode_machine {
    struct datapath *datapath;    /* borrowed */
    struct fail_mode_flows flows; /* all NULL: there are none */
    enum fail_mode_state state;
    bool has_normal;  /* the visible entry was put by us */
    int64_t since_ms; /* when the fail mode came into force */
    int64_t said_ms;  /* when the log was told of a countdown; 0: never */
};

/* Follows the view; call several times a second and when it changes. */
void fail_mode_update(struct fail_mode_machine *f,
                      const struct fail_mode_view *v, int64_t now_ms);

/* At the start, after the first update: standalone was in force when the switch
 * was stopped, so it is from now on, if no controller accepts us and the mode
 * still is standalone.  Nothing is removed. */
void fail_mode_resume(struct fail_mode_machine *f, int64_t now_ms);

/* True while standalone is in force or about to be: a controller that is
 * connected has to show that it accepts us. */
bool fail_mode_is_waiting(const struct fail_mode_machine *f);

/* True while standalone or secure is in force for lack of a controller. */
bool fail_mode_is_active(const struct fail_mode_machine *f);

#endif
