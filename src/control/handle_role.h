/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which controller may change the switch, and what each wants to be told.
 * OpenFlow 1.3.5 6.3.7, 7.3.9, 7.3.10.
 */
#ifndef CONTROL_HANDLE_ROLE_H
#define CONTROL_HANDLE_ROLE_H

#include "control/request.h"

request_handler handle_role;
request_handler handle_get_async;
request_handler handle_set_async;

#endif
