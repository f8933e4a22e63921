/*
 * Queues.  The switch has none of its own: what queue a frame is given is the
 * kernel's affair, so the lists are empty.  OpenFlow 1.0 5.3.4, 1.3.5 7.3.6.
 */
#ifndef CONTROL_HANDLE_QUEUE_H
#define CONTROL_HANDLE_QUEUE_H

#include "control/request.h"

request_handler handle_queue_config;
request_handler handle_queue_stats;
request_handler handle_queue_desc;

#endif
