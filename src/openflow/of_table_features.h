/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What flow tables can do: MP_TABLE_FEATURES, since OpenFlow 1.3, in replies
 * and in requests that ask for a change.  OpenFlow 1.3.5 7.3.5.5, 1.5.1
 * 7.3.5.18.
 */
#ifndef OPENFLOW_OF_TABLE_FEATURES_H
#define OPENFLOW_OF_TABLE_FEATURES_H

#include "flow/table_desc.h"
#include "openflow/of.h"

/* One table, with all of its properties, also those for the table-miss entry.
 * Features that the version cannot express are left out. */
void of_table_features_put(struct of_buffer *b, enum of_version version,
                           const struct table_features *f);

/*
 * One table.  Where properties of the table-miss entry are left out they are as
 * for other entries.  Words that we do not know are passed over; f->fault then
 * says why a request with them has to be refused.  Returned are only faults
 * after which nothing makes sense: FLOW_BAD_LENGTH, FLOW_BAD_PROPERTY_LENGTH.
 */
enum flow_error of_table_features_read(enum of_version version,
                                       struct reader *r,
                                       struct table_features *f);

#endif
