/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of statistics that OpenFlow 1.5 has where others have fixed fields
 * (1.5.1 7.2.4).
 */
#ifndef OPENFLOW_OF_OXS_H
#define OPENFLOW_OF_OXS_H

#include "openflow/of.h"

struct of_oxs {
    bool has_duration, has_idle, has_flows;
    uint32_t duration_s, duration_ns;
    uint32_t idle_s, flows;  /* seconds since the last use */
    uint64_t packets, bytes; /* UINT64_MAX: they are not counted */
};

/* Counts that are not there are UINT64_MAX.  Fields that we do not know are
 * passed over.  FLOW_OK or FLOW_BAD_LENGTH. */
enum flow_error of_oxs_read(struct reader *r, struct of_oxs *s);

/* Leaves out what is not there or not counted. */
void of_oxs_put(struct of_buffer *b, const struct of_oxs *s);

#endif
