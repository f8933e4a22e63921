/*
 * The action set that write-actions gather while a frame passes the tables; it
 * is carried out after the last one.  OpenFlow 1.3.5 5.10.
 */
#ifndef DATAPATH_ACTION_SET_H
#define DATAPATH_ACTION_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/action.h"

/* One action of each type, one set-field of each field; borrowed from flow
 * entries.  Start from zero; zero it to clear it. */
struct action_set {
    bool has_any;
    const struct flow_action *by_type[ACTION_TYPE_COUNT];
    const struct flow_action *by_field[FIELD_COUNT];
};

/* An action replaces that of its type or field. */
void action_set_write(struct action_set *s, const struct flow_action *cells,
                      size_t count);

/* Calls 'carry_out' for each in the order of the specification; an output only
 * where there is no group. */
void action_set_each(const struct action_set *s,
                     void (*carry_out)(void *context,
                                       const struct flow_action *a),
                     void *context);

#endif
