/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame as it will be after the edits of a decision that is not finished. */
#ifndef DATAPATH_REPLAY_H
#define DATAPATH_REPLAY_H

#include "datapath/pipeline.h"
#include "packet/frame.h"

/* Does to 'f' (parsed) the edits that it has been through; those done to copies
 * that have ended are left out. */
void replay_edits(const struct decision *d, struct frame *f);

#endif
