/*
 * The flows that the operator gives in a file, [flows] file, and how the tables
 * go from one state of the file to the next.
 *
 * An entry belongs to the file as long as it is there as the file last gave it:
 * with the same table, priority, match, cookie and instructions.  When the file
 * is loaded again, entries of the file that it has no more are deleted; those
 * that it still has as they were stay, with their counters; then its other
 * lines are carried out in order, whatever they are.  What controllers and
 * people have put into the tables is not touched, unless the file speaks of it.
 */
#ifndef BRIDGE_FLOW_LOAD_H
#define BRIDGE_FLOW_LOAD_H

#include "bridge/bridge.h"
#include "bridge/flow_file.h"
#include "table/flow_entry.h"

/*
 * Reads the file that the configuration names, if it names one, and loads it in
 * the place of '*loaded', which then becomes it (start from zero).  A file that
 * cannot be read changes nothing: the log says why.
 */
struct flow_load_counts flow_load(const struct bridge *b,
                                  struct flow_file *loaded, int64_t now_ms);

/* True if the entry is there as the file gave it. */
bool flow_load_owns(const struct flow_file *loaded, const struct flow_entry *e);

#endif
