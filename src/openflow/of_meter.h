/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters, since OpenFlow 1.3: METER_MOD, MP_METER, MP_METER_CONFIG and
 * MP_METER_FEATURES.  OpenFlow 1.3.5 7.3.4.4 and 7.3.5.11 to 13.
 */
#ifndef OPENFLOW_OF_METER_H
#define OPENFLOW_OF_METER_H

#include "flow/meter_desc.h"
#include "openflow/of.h"

/*
 * METER_MOD.  Reading gives FLOW_BAD_METER_COMMAND, FLOW_BAD_BAND for a type of
 * band that is unknown, FLOW_BANDS_FULL, or FLOW_BAD_LENGTH; whether flags and
 * numbers make sense is not asked.  The bands of a DELETE are passed over.
 */
void of_meter_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct meter_mod *mod);
enum flow_error of_meter_read_mod(struct reader *body, struct meter_mod *mod);

/* The body of a request to MP_METER or MP_METER_CONFIG: one meter, or
 * METER_ALL. */
void of_meter_put_request(struct of_buffer *b, uint32_t meter_id);
enum flow_error of_meter_read_request(struct reader *body, uint32_t *meter_id);

/* One meter of a reply to MP_METER_CONFIG; its command is ADD. */
void of_meter_put_config(struct of_buffer *b, const struct meter_mod *mod);
enum flow_error of_meter_read_config(struct reader *r, struct meter_mod *mod);

/* One meter of a reply to MP_METER. */
void of_meter_put_stats(struct of_buffer *b, const struct meter_stats *s);
enum flow_error of_meter_read_stats(struct reader *r, struct meter_stats *s);

/* The reply to MP_METER_FEATURES. */
void of_meter_write_features(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct meter_features *f);
enum flow_error of_meter_read_features(enum of_version version,
                                       struct reader *body,
                                       struct meter_features *f);

#endif
