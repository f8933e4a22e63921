/* SPDX-License-Identifier: BSD-2-Clause */
/* Meters.  OpenFlow 1.3.5 7.3.4.4, 7.3.5.12 to 7.3.5.14. */
#ifndef CONTROL_HANDLE_METER_H
#define CONTROL_HANDLE_METER_H

#include "control/request.h"

request_handler handle_meter_mod;
request_handler handle_meter_stats;
request_handler handle_meter_config;
request_handler handle_meter_features;

#endif
