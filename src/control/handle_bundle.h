/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundles: changes that a controller collects and then has done all together or
 * not at all.  OpenFlow 1.4.1 7.3.9; ONF extension 230 for 1.3.
 *
 * No other request comes in between.  Frames do: workers go by each change as
 * soon as it is made.  The flag that asks for more is taken all the same, since
 * ovs-ofctl sets it in every bundle.
 */
#ifndef CONTROL_HANDLE_BUNDLE_H
#define CONTROL_HANDLE_BUNDLE_H

#include "control/request.h"

request_handler handle_bundle_control;
request_handler handle_bundle_add;

#endif
