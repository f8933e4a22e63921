/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of ports: which there are and what they have sent.  A port or a queue
 * that has nothing to tell makes an empty list, not an error.  OpenFlow 1.0
 * 5.3.4, 1.3.5 7.3.6 and 7.3.5.8, 1.4.1 7.3.5.9.
 */
#ifndef CONTROL_HANDLE_QUEUE_H
#define CONTROL_HANDLE_QUEUE_H

#include "control/request.h"

request_handler handle_queue_config;
request_handler handle_queue_stats;
request_handler handle_queue_desc;

#endif
