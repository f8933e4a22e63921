/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows that were left to the kernel by their key: what each counts for, and
 * when each goes.  Main thread only.
 *
 * A flow without frames for some seconds makes room: the kernel is kept from
 * finding it, and behind a fence its last frames are counted and its number is
 * free.
 */
#ifndef DATAPATH_KERNEL_FLOWS_H
#define DATAPATH_KERNEL_FLOWS_H

#include "datapath/kernel_counts.h"
#include "offload/fast_path.h"

struct kernel_flows;

/* Both are borrowed.  NULL if out of memory. */
struct kernel_flows *kernel_flows_create(struct fast_path *fast,
                                         struct kernel_counts *counts);
void kernel_flows_free(struct kernel_flows *f);

/* Leaves frames with this key, in the bits of the mask, to the kernel, if there
 * is room; 'd' says what they count for. */
void kernel_flows_add(struct kernel_flows *f, const uint64_t *key,
                      const uint64_t *mask, const struct decision *d,
                      const struct fast_path_verdict *v, int64_t now_ms);
size_t kernel_flows_count(const struct kernel_flows *f);

/* Of each: key and mask, FAST_PATH_KEY_WORDS words of struct flow_key, and what
 * it has counted so far.  Up to 'max'. */
typedef void kernel_flow_visit(void *context, const uint64_t *key,
                               const uint64_t *mask,
                               const struct fast_path_flow_counts *counts);
void kernel_flows_each(const struct kernel_flows *f, size_t max,
                       kernel_flow_visit *visit, void *context);

/* Counts what the kernel has done by now. */
void kernel_flows_gather(struct kernel_flows *f, int64_t now_ms);
/* The same for some of them, in turn; and idle ones go. */
void kernel_flows_tick(struct kernel_flows *f, int64_t now_ms);
/* Counts, and all are gone; behind a fence and for another version of the
 * tables. */
void kernel_flows_end(struct kernel_flows *f, int64_t now_ms);

#endif
