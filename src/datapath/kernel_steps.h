/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A decision about plain frames in the kernel's terms: which bytes change, and
 * where the frame goes.
 */
#ifndef DATAPATH_KERNEL_STEPS_H
#define DATAPATH_KERNEL_STEPS_H

#include <stdbool.h>

#include "datapath/decision.h"
#include "offload/fast_path_steps.h"

/* The steps for frames with the key, which came in by the port with the index
 * 'from', and all that are the same in the bits of 'mask', to which what they
 * depend on is added; false: the kernel has none for some of it. */
bool kernel_steps_of(const struct decision *d, const struct flow_key *key,
                     unsigned int from, struct fast_steps *steps,
                     struct flow_key *mask);

#endif
