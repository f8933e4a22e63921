/* SPDX-License-Identifier: BSD-2-Clause */
/* The flow tables as such.  OpenFlow 1.0 5.3.5, 1.3.5 7.3.3, 7.3.5.4, 7.3.5.5.
 */
#ifndef CONTROL_HANDLE_TABLE_H
#define CONTROL_HANDLE_TABLE_H

#include "control/request.h"

request_handler handle_table_mod;
request_handler handle_table_stats;
request_handler handle_table_features;
request_handler handle_table_desc;

#endif
