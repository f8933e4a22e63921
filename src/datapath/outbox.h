/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a worker's frames wait to be sent: a tx queue for each port, sent in
 * one batch; and what becomes of each frame of the batch that was received, so
 * that every one of them is accounted for once.
 *
 * Frames are borrowed until outbox_flush.  A frame that is already in a queue
 * must not be edited any more: take a copy first (outbox_copy).
 */
#ifndef DATAPATH_OUTBOX_H
#define DATAPATH_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "datapath/ports.h"
#include "packet/frame.h"

struct outbox;

/* NULL if out of memory. */
struct outbox *outbox_create(unsigned int worker);
void outbox_free(struct outbox *o);

/* Begins a batch of 'count' frames that came from 'from'; they are named by
 * their index in the batch from now on. */
void outbox_begin(struct outbox *o, const struct datapath_port *from,
                  unsigned int count);

/* Before a frame is executed: makes sure that there is room for its copies,
 * if need be by sending what waits. */
void outbox_make_room(struct outbox *o);

/* Sends what waits, so that nothing of it has to wait for what comes next. */
void outbox_send(struct outbox *o);

/* Why a worker cannot send the frame to this port now, or DROP_NONE. */
enum drop_reason outbox_obstacle(const struct datapath_port *to,
                                 unsigned int worker, const struct frame *f);

/*
 * Puts the frame in the port's tx queue, or says that it cannot be sent there
 * (the port is down, the MTU too small ...), for frame 'index' of the batch.
 */
void outbox_add(struct outbox *o, const struct datapath_port *to,
                const struct frame *f, unsigned int index);

/* A copy that may be edited, with headroom; NULL if one frame wants too many.
 */
struct frame *outbox_copy(struct outbox *o, const struct frame *f);

/* Frame 'index' went to the controller or the like. */
void outbox_consumed(struct outbox *o, unsigned int index);
/* Nothing could be done with it; the first reason counts.  Without any, what it
 * met has no output (DROP_ACTION). */
void outbox_dropped(struct outbox *o, unsigned int index,
                    enum drop_reason reason);

/* Sends all that waits and settles the accounts of the batch.  After it the
 * frames may be given back. */
void outbox_flush(struct outbox *o);

#endif
