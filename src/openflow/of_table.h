/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow tables: statistics (MP_TABLE), configuration (TABLE_MOD, MP_TABLE_DESC,
 * TABLE_STATUS).  What tables can do is of_table_features.h's.  OpenFlow 1.0
 * 5.3.5, 1.1 A.3.5, 1.3.5 7.3.3 and 7.3.5.4, 1.4.1 7.3.3 and 7.4.6.
 */
#ifndef OPENFLOW_OF_TABLE_H
#define OPENFLOW_OF_TABLE_H

#include "flow/table_desc.h"
#include "openflow/of.h"

/*
 * One table of a reply to MP_TABLE.  1.0 to 1.2 tell here as well what a table
 * can do, which is all that flow/ has words for; a reader passes over that.
 * A value that a version lacks is read as 0.
 */
void of_table_put_stats(struct of_buffer *b, enum of_version version,
                        const struct table_stats *s);
enum flow_error of_table_read_stats(enum of_version version, struct reader *r,
                                    struct table_stats *s);

/* TABLE_MOD, since 1.1.  Reading gives FLOW_BAD_TABLE_CONFIG for bits that the
 * version has not, or faults of properties. */
void of_table_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct table_desc *mod);
enum flow_error of_table_read_mod(enum of_version version, struct reader *body,
                                  struct table_desc *mod);

/* Since 1.4: one table of a reply to MP_TABLE_DESC. */
void of_table_put_desc(struct of_buffer *b, const struct table_desc *d);
enum flow_error of_table_read_desc(struct reader *r, struct table_desc *d);

/* Since 1.4: TABLE_STATUS. */
void of_table_write_status(struct of_buffer *b, enum of_version version,
                           enum table_reason reason,
                           const struct table_desc *d);
enum flow_error of_table_read_status(struct reader *body, uint8_t *reason,
                                     struct table_desc *d);

#endif
