/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the switch is as the model says; if not, the program ends. */
#ifndef RANDOM_COMPARE_H
#define RANDOM_COMPARE_H

#include "tests/random/world.h"

/* After each step: ports, messages, addresses, the rules that were used. */
void compare_quickly(struct world *w);
/* All rules, groups, meters, addresses. */
void compare_all(struct world *w);
/* The frames that left are those of the step's outcome; they are forgotten. */
void compare_frames(struct world *w);

/* A number for all that the flow tables hold, instructions too. */
uint64_t compare_digest(const struct world *w);

#endif
