/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about the switch as a whole: echo, barrier, features,
 * configuration, description; and Nicira's about the connection itself.
 */
#ifndef CONTROL_HANDLE_BASIC_H
#define CONTROL_HANDLE_BASIC_H

#include "control/request.h"

request_handler handle_nothing;
/* An ERROR from the controller is for the log alone. */
request_handler handle_error;
request_handler handle_echo;
/* The reply leaves when the workers follow the tables as they are now.  If one
 * of them is late, the connection awaits its barrier from then on. */
request_handler handle_barrier;
/* Sends the reply of an awaited barrier if that is over now; whether it is. */
bool handle_barrier_over(struct of_switch *s, struct connection *c);
request_handler handle_features;
request_handler handle_get_config;
request_handler handle_set_config;
request_handler handle_desc;
request_handler handle_set_flow_format;
request_handler handle_flow_mod_table_id;
request_handler handle_flow_age;
request_handler handle_packet_in_format;
request_handler handle_controller_id;

#endif
