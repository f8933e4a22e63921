/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which entries a flow-mod speaks of: by table, by match (strictly or all that
 * it includes), by cookie and by what they output to.
 *
 * OpenFlow 1.3.5 6.4.
 */
#ifndef TABLE_FLOW_SELECTION_H
#define TABLE_FLOW_SELECTION_H

#include <stddef.h>

#include "flow/flow_mod.h"
#include "table/classifier.h"

/* Calls 'visit' for each entry in 'count' tables that a mod, not an ADD, speaks
 * of; it may remove or replace that entry, no other.  Main thread only. */
void flow_selection_each(struct classifier *tables, size_t count,
                         const struct flow_mod *mod,
                         void (*visit)(void *context, struct flow_entry *e),
                         void *context);

#endif
