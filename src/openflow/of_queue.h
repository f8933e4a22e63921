/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues: which there are (QUEUE_GET_CONFIG until 1.3, MP_QUEUE_DESC since 1.4)
 * and what they have counted (MP_QUEUE).  OpenFlow 1.0 5.3.4, 1.3.5 7.3.6 and
 * 7.3.5.9, 1.4.1 7.3.5.9.
 */
#ifndef OPENFLOW_OF_QUEUE_H
#define OPENFLOW_OF_QUEUE_H

#include "flow/queue_desc.h"
#include "openflow/of.h"

/* Which queues a request asks for: one or QUEUE_ALL, of one port or of
 * PORT_NO_ANY. */
struct of_queue_request {
    uint32_t port, queue;
};

/* QUEUE_GET_CONFIG_REQUEST.  FLOW_BAD_QUEUE_PORT for a number that cannot
 * be. */
void of_queue_write_config_request(struct of_buffer *b, enum of_version version,
                                   uint32_t xid, uint32_t port);
enum flow_error of_queue_read_config_request(enum of_version version,
                                             struct reader *body,
                                             uint32_t *port);

/* QUEUE_GET_CONFIG_REPLY; a reader then stands before the queues: go on with
 * of_queue_read until nothing is left.  The port of a queue is told by each
 * queue since 1.2; before that it is the reply's, and the reader of a queue
 * leaves it as it is. */
void of_queue_write_config(struct of_buffer *b, enum of_version version,
                           uint32_t xid, const struct queue_config *c);
enum flow_error of_queue_read_config(enum of_version version,
                                     struct reader *body, uint32_t *port);

/* One queue: of the reply above until 1.3, of one to MP_QUEUE_DESC since. */
void of_queue_put(struct of_buffer *b, enum of_version version,
                  const struct queue_desc *q);
enum flow_error of_queue_read(enum of_version version, struct reader *r,
                              struct queue_desc *q);

/* The body of a request for statistics or, since 1.4, for descriptions.  1.0
 * may say "all ports" in two ways. */
void of_queue_put_request(struct of_buffer *b, enum of_version version,
                          const struct of_queue_request *request);
enum flow_error of_queue_read_request(enum of_version version,
                                      struct reader *body,
                                      struct of_queue_request *request);

/* One queue of a reply to MP_QUEUE.  Before 1.3 there is no duration; it is
 * then read as 0. */
void of_queue_put_stats(struct of_buffer *b, enum of_version version,
                        const struct queue_stats *s);
enum flow_error of_queue_read_stats(enum of_version version, struct reader *r,
                                    struct queue_stats *s);

#endif
