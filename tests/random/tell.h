/* SPDX-License-Identifier: BSD-2-Clause */
/* The model in words, for whoever looks for what went wrong. */
#ifndef RANDOM_TELL_H
#define RANDOM_TELL_H

#include "tests/random/world.h"

enum { TELL_SIZE = 512 };

/* "output:3,set:2=20000000001,group:4"; returns 'text'. */
const char *tell_acts(const struct acts *acts, char text[TELL_SIZE]);
/* "in_port=1/ffffffff ", the value and what counts of it. */
const char *tell_match(const struct pattern *p, char text[TELL_SIZE]);
/* "dst=20000000001 ", those that are not zero. */
const char *tell_fields(const uint64_t fields[MF_COUNT], char text[TELL_SIZE]);
/* The rules that frames of this step have met, and all groups. */
void tell_rules(const struct world *w);

#endif
