/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups as text: "group_id=1,type=select,bucket=weight:2,actions=output:1",
 * the notation of ovs-ofctl(8).  What is written can be read again.
 */
#ifndef TEXT_TEXT_GROUP_H
#define TEXT_TEXT_GROUP_H

#include "flow/group_desc.h"
#include "text/text.h"

/*
 * Reads a group to add or to modify, or for DELETE just "group_id=N"; an empty
 * text or "group_id=all" then means GROUP_ALL.  The caller ends with
 * group_mod_clear; if it returns false there is nothing to clear.
 */
bool text_group_read(const struct text_parse *parse, enum group_command command,
                     const char *text, struct group_mod *mod);

/* Writes one line, without its newline: as ovs-ofctl dump-groups and, for
 * 'has_ids', as it does for OpenFlow 1.5, where buckets have ids. */
void text_group_write(FILE *out, const struct text_style *style,
                      const struct group_mod *mod, bool has_ids);

/* The same for ovs-ofctl dump-group-stats. */
void text_group_write_stats(FILE *out, const struct group_stats *s);

/* "all", "select", "indirect", "ff"; "unknown" for others. */
const char *text_group_type(uint8_t type);

#endif
