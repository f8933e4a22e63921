/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel as one more worker: ports all of whose frames meet one decision,
 * whatever they are, are left to it, and of other ports the flows that workers
 * meet; and what it has counted is counted for the ports and for the flow
 * entries of these decisions.
 *
 * Each change of tables or ports takes all ports back at once, by the version
 * of the tables; once each CPU has seen that, they are decided again.  Main
 * thread only.
 */
#ifndef DATAPATH_KERNEL_PATH_H
#define DATAPATH_KERNEL_PATH_H

#include "datapath/kernel_fence.h"
#include "datapath/kernel_flows.h"
#include "datapath/pipeline.h"
#include "offload/fast_path.h"
#include "table/mac_table.h"

struct kernel_path;

/* 'fast' is borrowed, and so are the tables, which it follows; 'owner' is the
 * kernel's place among the workers whose counters are counted in.  NULL if out
 * of memory. */
struct kernel_path *kernel_path_create(struct fast_path *fast,
                                       struct flow_tables *tables,
                                       const struct pipeline *pipeline,
                                       struct mac_table *macs,
                                       unsigned int owner);
void kernel_path_free(struct kernel_path *k);

/* Of all functions from here on 'k' may be NULL: the kernel takes no part. */

/* Goes over from the addresses of one table to those of another, which has them
 * by then and is told when the kernel saw each last. */
void kernel_path_change_macs(struct kernel_path *k, struct mac_table *from,
                             struct mac_table *to);

/* Counts what the kernel has done by now. */
void kernel_path_gather(struct kernel_path *k, int64_t now_ms);
/* The same, and goes on leaving ports to the kernel; call it a few times a
 * second. */
void kernel_path_tick(struct kernel_path *k, int64_t now_ms);
/* Whether the tables have changed since ports were left to the kernel; and
 * leaves them to it as they are decided on now, if it has let go of what was
 * before. */
bool kernel_path_is_behind(const struct kernel_path *k);
void kernel_path_follow(struct kernel_path *k, int64_t now_ms);

/* A worker has met a plain frame with this key, FAST_PATH_KEY_WORDS words of
 * struct flow_key: its flow is left to the kernel if that can carry it. */
void kernel_path_meet(struct kernel_path *k, const uint64_t *words,
                      int64_t now_ms);

/* datapath/kernel_fence.h */
void kernel_path_fence(const struct kernel_path *k, struct kernel_fence *fence);
bool kernel_path_is_past(const struct kernel_path *k,
                         const struct kernel_fence *fence);

/* Frames that the kernel had an entry of the table for, and those without. */
uint64_t kernel_path_matched(const struct kernel_path *k, uint8_t table);
uint64_t kernel_path_missed(const struct kernel_path *k, uint8_t table);

/* The flows that are left to it by their key, up to 'max'. */
void kernel_path_each_flow(const struct kernel_path *k, size_t max,
                           kernel_flow_visit *visit, void *context);
/* How many flows are left to the kernel, beside whole ports. */
size_t kernel_path_flows(const struct kernel_path *k);
/* Whether the frames of the port under this index are left to the kernel, or
 * those with this key; and of these counters how many it has taken. */
bool kernel_path_has(const struct kernel_path *k, unsigned int index);
bool kernel_path_has_flow(const struct kernel_path *k,
                          const struct flow_key *key);
uint64_t kernel_path_frames(const struct kernel_path *k,
                            const struct port_counters *counters);

#endif
