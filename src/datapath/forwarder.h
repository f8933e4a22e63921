/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker does with frames, apart from where they come from:
 *
 *     parse -> flow_cache find -> (miss: decide) -> execute -> send
 *
 * Also carries out packet-outs.  Allocates nothing after the start.
 */
#ifndef DATAPATH_FORWARDER_H
#define DATAPATH_FORWARDER_H

#include <stddef.h>
#include <stdint.h>

#include "datapath/execute.h"
#include "datapath/learn_requester.h"
#include "datapath/pipeline.h"
#include "datapath/upcall.h"
#include "table/flow_cache.h"

struct forwarder;

/* 'index' is the worker's; 'cache_entries' a power of two.  NULL if out of
 * memory. */
struct forwarder *forwarder_create(unsigned int index,
                                   const struct pipeline *pipeline,
                                   const struct meter_table *meters,
                                   size_t cache_entries);
void forwarder_free(struct forwarder *f);

/* What makes a frame wait until the main thread has taken all learn requests;
 * NULL: it does not wait.  See learn_requester.h. */
void forwarder_set_await(struct forwarder *f, void (*await)(void *context),
                         void *context);

/* Begins a turn; what may have changed since the last one. */
void forwarder_begin(struct forwarder *f, int64_t now_us,
                     struct mac_table *macs, bool forwards_bpdu);

/* Handles 'count' (1 to QUEUE_BATCH) frames that came from a port, to the
 * end: afterwards they may be given back. */
void forwarder_handle(struct forwarder *f, const struct datapath_port *from,
                      struct frame *frames, unsigned int count);

/* The plain words of the key of a frame. */
struct shown_key {
    uint64_t word[KEY_PLAIN_WORDS];
};

/* From now on it shows keys of frames from ports whose frames the kernel may
 * take, one a batch; false if out of memory.  Before its thread starts. */
bool forwarder_show_keys(struct forwarder *f);

/* Carries out a packet-out. */
void forwarder_handle_job(struct forwarder *f, struct packet_job *job);

/* What there is for the main thread; news since the last time it was asked. */
struct spsc *forwarder_learned(struct forwarder *f);
struct learn_requester *forwarder_learn_requester(struct forwarder *f);
struct byte_ring *forwarder_upcalls(struct forwarder *f);
struct spsc *forwarder_shown(struct forwarder *f); /* of struct shown_key */
bool forwarder_take_news(struct forwarder *f);

/* Any thread: lookups that found an entry, and frames that did not. */
uint64_t forwarder_matched(const struct forwarder *f, uint8_t table);
uint64_t forwarder_missed(const struct forwarder *f, uint8_t table);
/* Frames whose verdict was in the flow cache, and those that were decided about
 * by the tables. */
uint64_t forwarder_cache_hits(const struct forwarder *f);
uint64_t forwarder_cache_misses(const struct forwarder *f);
/* How often a frame was parsed and looked up again after an edit. */
uint64_t forwarder_looks_again(const struct forwarder *f);

#endif
