/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roles of controllers: ROLE_REQUEST, ROLE_REPLY and ROLE_STATUS, and Nicira's
 * messages for versions that have none.  OpenFlow 1.3.5 7.3.9, 1.4.1 7.4.4,
 * 1.5.1 7.3.9.
 */
#ifndef OPENFLOW_OF_ROLE_H
#define OPENFLOW_OF_ROLE_H

#include "flow/role.h"
#include "openflow/of.h"

/* 'kind' is ROLE_REQUEST, ROLE_REPLY, NX_ROLE_REQUEST or NX_ROLE_REPLY.
 * Reading gives FLOW_BAD_ROLE for a role that there is not. */
void of_role_write(struct of_buffer *b, enum of_version version,
                   enum of_kind kind, uint32_t xid,
                   const struct role_request *request);
enum flow_error of_role_read(enum of_version version, enum of_kind kind,
                             struct reader *body, struct role_request *request);

/* ROLE_STATUS, since 1.4: what has become of a controller's role. */
void of_role_write_status(struct of_buffer *b, enum of_version version,
                          enum role_reason reason,
                          const struct role_request *status);
enum flow_error of_role_read_status(struct reader *body, uint8_t *reason,
                                    struct role_request *status);

#endif
