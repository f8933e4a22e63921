/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of wire.h share. */
#ifndef RANDOM_WIRE_PARTS_H
#define RANDOM_WIRE_PARTS_H

#include "tests/random/wire.h"

void wire_put_zeros(struct wire *w, unsigned int count);
/* Two bytes that are there already. */
void wire_set(struct wire *w, size_t at, uint64_t value);
/* To a multiple of 8 from 'start' on. */
void wire_pad(struct wire *w, size_t start);

/* wire_match.c: a match of 1.0, of later versions; a field that an action sets
 * and its value. */
void wire_put_match_10(struct wire *w, const struct rule_mod *mod);
void wire_put_match(struct wire *w, const struct pattern *p);
void wire_put_set(struct wire *w, const struct act *a);

#endif
