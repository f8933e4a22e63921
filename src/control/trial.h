/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables as they would be after the messages of a bundle, tried on copies,
 * so that a bundle that fails half-way has changed nothing.
 */
#ifndef CONTROL_TRIAL_H
#define CONTROL_TRIAL_H

#include "control/switch.h"
#include "flow/flow_mod.h"
#include "flow/group_desc.h"

struct trial;

/* Copies the groups, and with 'has_flows' the flow entries; without it changes
 * to these are taken to succeed.  NULL if out of memory. */
struct trial *trial_create(struct of_switch *s, bool has_flows, int64_t now_ms);
void trial_free(struct trial *t);

bool trial_has_flows(const struct trial *t);
const struct group_table *trial_groups(const struct trial *t);
enum flow_error trial_group_mod(struct trial *t, const struct group_mod *mod);
enum flow_error trial_flow_mod(struct trial *t, const struct flow_mod *mod);

#endif
