/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flows that the operator gives in a file, [flows] file, and how the tables
 * go from one state of the file to the next.
 *
 * An entry belongs to the file as long as it is there as the file last gave it:
 * with the same table, priority, match, cookie and instructions.  When the file
 * is loaded again, entries of the file that it has no more are deleted; those
 * that it still has as they were stay, with their counters; then its other
 * lines are carried out in order, whatever they are, but for those that wait
 * for a controller while the switch stands alone.  Entries that controllers and
 * people have added are not touched, unless the file speaks of them.
 */
#ifndef BRIDGE_FLOW_LOAD_H
#define BRIDGE_FLOW_LOAD_H

#include "bridge/flow_file.h"
#include "bridge/port_set.h"
#include "table/flow_entry.h"

/* The result of loading the file. */
struct flow_load_counts {
    size_t added, kept, removed, refused;
    bool has_failed; /* it cannot be read; the flows are as they were */
};

/* Where flows are loaded. */
struct flow_load_target {
    const struct config *config;
    struct datapath *datapath;
    const struct port_set *ports;
};

/*
 * Reads the file that the configuration names, if it names one, and loads it in
 * the place of '*loaded', which then becomes it (start from zero).  A file that
 * cannot be read changes nothing: the log says why.  'is_alone': the fail mode
 * is in force.
 */
struct flow_load_counts flow_load(const struct flow_load_target *t,
                                  bool is_alone, struct flow_file *loaded,
                                  int64_t now_ms);

/* True if the entry is there as the file gave it. */
bool flow_load_owns(const struct flow_file *loaded, const struct flow_entry *e);

/*
 * The fail mode's way with them (fail_mode.h): whether an entry of the file
 * stays when it takes all others away, and those that are not there are put
 * back.  Without a controller, entries that only send to it are of no use and
 * in the way of NORMAL; those that need a group or a meter go with these.
 */
bool flow_load_keeps(const struct flow_file *loaded,
                     const struct flow_entry *e);
void flow_load_restore(const struct flow_load_target *t, bool is_alone,
                       const struct flow_file *loaded, int64_t now_ms);

#endif
