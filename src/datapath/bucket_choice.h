/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bucket a frame takes of a group that sends it to one alone, SELECT or
 * FAST_FAILOVER.  Carries nothing out.
 *
 * OpenFlow 1.3.5 5.6.1 and 6.5.
 */
#ifndef DATAPATH_BUCKET_CHOICE_H
#define DATAPATH_BUCKET_CHOICE_H

#include "datapath/ports.h"
#include "flow/key.h"
#include "table/group_table.h"

/* One for each frame. */
struct bucket_choice {
    const struct group_table *groups;
    const struct ports *ports;
    /* Looks at buckets of groups that others watch; 0 at the start.  Where they
     * are used up a bucket counts as dead: groups that watch one another may be
     * gone through in more ways than there is time for. */
    unsigned int nested_looks;
};

/* NULL if no bucket is live.  SELECT's choice follows from a hash of the key's
 * frame words and is even by weight. */
const struct group_bucket *bucket_choose(struct bucket_choice *c,
                                         const struct group *g,
                                         const struct flow_key *key);

#endif
