/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups.  OpenFlow 1.3.5 7.3.4.2, 7.3.5.9 to 7.3.5.11. */
#ifndef CONTROL_HANDLE_GROUP_H
#define CONTROL_HANDLE_GROUP_H

#include "control/flow_check.h"
#include "control/request.h"
#include "flow/group_desc.h"

request_handler handle_group_mod;
request_handler handle_group_stats;
request_handler handle_group_desc;
request_handler handle_group_features;

/* Reads a GROUP_MOD or NX_GROUP_MOD; end with group_mod_clear, also after an
 * error. */
enum flow_error handle_group_read(struct request *r, struct group_mod *mod);

/* Whether the actions of the buckets are supported; the groups that they lead
 * to are checked by group_table_apply. */
enum flow_error handle_group_check(const struct flow_check *c,
                                   const struct group_mod *mod);

/* Whether the entry goes when that group (GROUP_ALL: any) is deleted. */
flow_entry_test handle_group_is_used_by;

/* Carries it out; deleting groups deletes the flow entries that use them. */
enum flow_error handle_group_apply(struct of_switch *s,
                                   const struct group_mod *mod, int64_t now_ms);

#endif
