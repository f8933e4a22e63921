/* SPDX-License-Identifier: BSD-2-Clause */
/* What learn actions have found goes into the tables, as if a controller had
 * asked for it. */
#ifndef CONTROL_LESSONS_H
#define CONTROL_LESSONS_H

#include "control/switch.h"

void lessons_take(struct of_switch *s, const struct lesson *lesson,
                  int64_t now_ms);

#endif
