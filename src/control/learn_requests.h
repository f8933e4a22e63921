/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of learn actions: what workers have found goes into the tables, as
 * if a controller had asked for it.  Main thread only.
 */
#ifndef CONTROL_LEARN_REQUESTS_H
#define CONTROL_LEARN_REQUESTS_H

#include "control/switch.h"

void learn_requests_take(struct of_switch *s,
                         const struct learn_request *request, int64_t now_ms);

#endif
