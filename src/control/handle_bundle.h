/*
 * Bundles: changes that a controller collects and then has done all together or
 * not at all.  OpenFlow 1.4.1 7.3.9; ONF extension 230 for 1.3.
 */
#ifndef CONTROL_HANDLE_BUNDLE_H
#define CONTROL_HANDLE_BUNDLE_H

#include "control/request.h"

request_handler handle_bundle_control;
request_handler handle_bundle_add;

#endif
