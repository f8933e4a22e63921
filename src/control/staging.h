/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dry run of a bundle: its messages change copies of the tables first, so
 * that a bundle that would fail changes nothing.  Main thread only.
 */
#ifndef CONTROL_STAGING_H
#define CONTROL_STAGING_H

#include "control/switch.h"
#include "flow/flow_mod.h"
#include "flow/group_desc.h"

struct staging;

/* Copies the groups, and with 'has_flows' the flow entries; without it all
 * changes to flow entries succeed.  NULL if out of memory. */
struct staging *staging_create(struct of_switch *s, bool has_flows,
                               int64_t now_ms);
void staging_free(struct staging *t);

bool staging_has_flows(const struct staging *t);
const struct group_table *staging_groups(const struct staging *t);
enum flow_error staging_group_mod(struct staging *t,
                                  const struct group_mod *mod);
enum flow_error staging_flow_mod(struct staging *t, const struct flow_mod *mod);

#endif
