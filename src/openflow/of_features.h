/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a switch says of itself: FEATURES_REPLY, configuration, description.
 * The ports of a FEATURES_REPLY are of_port.h's.
 */
#ifndef OPENFLOW_OF_FEATURES_H
#define OPENFLOW_OF_FEATURES_H

#include "flow/switch_desc.h"
#include "openflow/of.h"

/*
 * FEATURES_REPLY, OpenFlow 1.0 5.3.1, 1.3.5 7.3.1.  Before 1.3 it has the
 * ports, as many as fit a message; a reader then stands before them and the
 * features have none: go on with of_port_read until nothing is left.
 */
void of_features_write(struct of_buffer *b, enum of_version version,
                       uint32_t xid, const struct switch_features *f);
enum flow_error of_features_read(enum of_version version, struct reader *body,
                                 struct switch_features *f);

/* 'kind' is GET_CONFIG_REPLY or SET_CONFIG.  OpenFlow 1.3.5 7.3.2.  Reading
 * gives FLOW_BAD_SWITCH_FLAGS if there are flags that the version has not. */
void of_features_write_config(struct of_buffer *b, enum of_version version,
                              enum of_kind kind, uint32_t xid,
                              const struct switch_config *config);
enum flow_error of_features_read_config(enum of_version version,
                                        struct reader *body,
                                        struct switch_config *config);

/* The reply to MP_DESC, OpenFlow 1.3.5 7.3.5.1. */
void of_features_write_desc(struct of_buffer *b, enum of_version version,
                            uint32_t xid, const struct switch_desc *d);
enum flow_error of_features_read_desc(struct reader *body,
                                      struct switch_desc *d);

#endif
