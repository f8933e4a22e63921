/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow entries on the wire: FLOW_MOD, FLOW_REMOVED and flow statistics, of all
 * versions and in Nicira's form.  OpenFlow 1.0 5.3.3, 5.3.5 and 5.4.3, 1.3.5
 * 7.3.4.1, 7.3.5.2, 7.3.5.3 and 7.4.2, 1.5.1 7.3.5.2 to 7.3.5.4.
 *
 * Readers start behind what of_read_head steps over.  Those of the switch come
 * first in each group, then those of the other side.
 */
#ifndef OPENFLOW_OF_FLOW_H
#define OPENFLOW_OF_FLOW_H

#include "flow/flow_mod.h"
#include "flow/flow_stats.h"
#include "openflow/of.h"

/* How messages about flows are written on a connection. */
struct of_flow_format {
    enum of_version version;
    bool is_nxm;       /* Nicira's messages: NX_FLOW_MOD, MP_NX_FLOW ... */
    bool has_table_id; /* NX_FLOW_MOD_TABLE_ID is on: the command of 1.0's and
                        * Nicira's FLOW_MOD has the table in its upper byte */
};

/*
 * Reads FLOW_MOD or, 'is_nxm', NX_FLOW_MOD.  What tells versions apart
 * (adds_if_none, sets_cookie, resets_counts, EXACT) is set as the version and
 * the command want it.  If it is refused there is nothing to clear.
 */
enum flow_error of_flow_mod_read(const struct of_flow_format *f,
                                 struct reader *body, struct flow_mod *mod);
void of_flow_mod_write(const struct of_flow_format *f, struct of_buffer *b,
                       uint32_t xid, const struct flow_mod *mod);

/*
 * Reads the body of a request for flow or aggregate statistics as the DELETE
 * that would take these entries out: table, match, out_port, out_group and
 * cookie are the filter.
 */
enum flow_error of_flow_stats_read_request(const struct of_flow_format *f,
                                           struct reader *body,
                                           struct flow_mod *filter);
/* Appends a whole request; 'kind' is MP_FLOW, MP_AGGREGATE, MP_FLOW_STATS,
 * MP_NX_FLOW or MP_NX_AGGREGATE. */
void of_flow_stats_write_request(const struct of_flow_format *f,
                                 struct of_buffer *b, enum of_kind kind,
                                 uint32_t xid, const struct flow_mod *filter);

/* Appends one entry of a reply to MP_FLOW or MP_NX_FLOW, and of one to
 * MP_FLOW_STATS of 1.5. */
void of_flow_stats_put(const struct of_flow_format *f, struct of_buffer *b,
                       const struct flow_stats *s);
void of_flow_stats_put_brief(struct of_buffer *b, const struct flow_stats *s);

/* An entry as a reply tells it.  'stats' points to the other two. */
struct of_flow_entry {
    struct flow_match match;
    struct flow_instructions instructions; /* owned */
    struct flow_stats stats;
};

/* Reads the next entry of a reply to MP_FLOW or MP_NX_FLOW; 'r' has more as
 * long as r->left is not 0.  If it is refused there is nothing to clear. */
enum flow_error of_flow_stats_read(const struct of_flow_format *f,
                                   struct reader *r, struct of_flow_entry *e);
void of_flow_entry_clear(struct of_flow_entry *e);

struct of_flow_aggregate {
    uint64_t packets, bytes; /* UINT64_MAX: they are not counted */
    uint32_t flows;
};

/* The body of a reply to MP_AGGREGATE or MP_NX_AGGREGATE. */
void of_flow_aggregate_put(enum of_version version, struct of_buffer *b,
                           const struct of_flow_aggregate *a);
enum flow_error of_flow_aggregate_read(enum of_version version,
                                       struct reader *body,
                                       struct of_flow_aggregate *a);

/*
 * Appends FLOW_REMOVED or NX_FLOW_REMOVED with xid 0.  'reason' is the wire's
 * number in 1.4, see of_reason.h.  Instructions are not part of it.
 */
void of_flow_removed_write(const struct of_flow_format *f, struct of_buffer *b,
                           const struct flow_stats *s, uint8_t reason);
/* 'reason' is as the version has it.  Nothing to clear. */
enum flow_error of_flow_removed_read(const struct of_flow_format *f,
                                     struct reader *body,
                                     struct of_flow_entry *e, uint8_t *reason);

#endif
