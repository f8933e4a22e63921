/* SPDX-License-Identifier: BSD-2-Clause */
/* Copy-field (OpenFlow 1.5.1 7.2.6.13, Nicira's move) as the set-field that it
 * comes to for a given key. */
#ifndef DATAPATH_BIT_COPY_H
#define DATAPATH_BIT_COPY_H

#include <stdbool.h>

#include "flow/action.h"
#include "flow/key.h"

/* 'cells' gets a SET_FIELD with its operands.  False if the frame lacks one of
 * the fields. */
bool bit_copy_to_set_field(const struct flow_key *key,
                           const struct flow_action *a,
                           struct flow_action cells[3]);

/* The bits of the source, at most 64, as a number. */
uint64_t bit_copy_number(const struct flow_key *key,
                         const struct action_move *m);

#endif
