/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow entries as text: "priority=5,ip,nw_dst=10.0.0.1,actions=output:1".
 *
 * Reads what ovs-ofctl(8) takes after add-flow, mod-flows and del-flows, and
 * writes as its dump-flows does.  What it writes can be read again.
 */
#ifndef TEXT_TEXT_FLOW_H
#define TEXT_TEXT_FLOW_H

#include "flow/flow_mod.h"
#include "flow/flow_stats.h"
#include "text/text_action.h"

/*
 * Reads a flow for 'command'.  DELETE is also how to read the filter of a
 * listing.  The caller ends with flow_mod_clear; if it returns false there is
 * nothing to clear.
 *
 * Unlike ovs-ofctl it refuses a field whose prerequisite is missing, where that
 * drops the field with a word to the log and so matches more than was meant.
 */
bool text_flow_read(const struct text_parse *parse,
                    enum flow_mod_command command, const char *text,
                    struct flow_mod *mod);

/*
 * Reads a line of a file of flows, as ovs-ofctl add-flows takes it: the flow to
 * add, perhaps after one of the words add, modify, modify_strict, delete and
 * delete_strict; '#' starts a comment.  If the line is empty, '*is_blank' is
 * true and there is no flow.
 */
bool text_flow_read_line(const struct text_parse *parse, const char *line,
                         struct flow_mod *mod, bool *is_blank);

void text_flow_write_instructions(FILE *out, const struct text_style *style,
                                  const struct flow_instructions *i);

/*
 * Writes one line without its newline.  With counters as ovs-ofctl dump-flows,
 * without as dump-flows --no-stats: then cookie and table stand there only if
 * they are not 0.
 */
void text_flow_write(FILE *out, const struct text_style *style,
                     const struct flow_stats *s, bool has_counters);

#endif
