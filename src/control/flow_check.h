/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the switch supports a request: its ports, groups, meters and tables,
 * and whether its actions fit the frames that they are for.
 * OpenFlow 1.3.5 6.4 and 7.2.5.
 */
#ifndef CONTROL_FLOW_CHECK_H
#define CONTROL_FLOW_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "control/switch.h"
#include "flow/action.h"
#include "flow/flow_mod.h"
#include "openflow/of.h"

/* What to check against. */
struct flow_check {
    enum of_version version;
    bool is_packet_out;               /* may send to TABLE */
    bool is_bucket;                   /* the set is that of a group's bucket */
    uint8_t tables;                   /* how many there are */
    const struct group_table *groups; /* NULL: not known, any may be there */
    const struct meter_table *meters; /* the same */
};

/* A check against the tables of the switch, for a request of this version. */
struct flow_check flow_check_of(const struct of_switch *s,
                                enum of_version version);

/*
 * Checks a list of actions, done in its order to frames with this key, which is
 * left as the actions leave it.  'key' NULL: nothing is known of the frames, so
 * anything fits.  Of 1.0's own actions none has to fit; Nicira's that set, copy
 * or learn fields have to in all versions, as in Open vSwitch.
 *
 * A port that is not there is no fault: it may come.  A number that no port can
 * have is FLOW_BAD_OUT_PORT.
 */
enum flow_error flow_check_actions(const struct flow_check *c,
                                   struct flow_key *key,
                                   const struct flow_action *cells,
                                   size_t count);

/* Checks an action set: pushes and pops come before what sets fields, whatever
 * the order of the list.  FLOW_NOT_FOR_ACTION_SET: one has no place in a set.
 */
enum flow_error flow_check_set(const struct flow_check *c, struct flow_key *key,
                               const struct flow_action *cells, size_t count);

/* Checks a change before it is made. */
enum flow_error flow_check_mod(const struct flow_check *c,
                               const struct flow_mod *mod);

/*
 * Checks a change that did not come as a message, but of a text, as if it had:
 * all that its readers and flow_check_mod would refuse is refused.  The version
 * is one that can say it, or FLOW_INCONSISTENT_MATCH: there is none, for some
 * of its actions do not fit the match in those that have the others.
 */
enum flow_error flow_check_written(const struct flow_check *c,
                                   const struct flow_mod *mod);

#endif
