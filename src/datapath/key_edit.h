/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an action does to the key, so that later tables see the frame as it will
 * be.  packet/edit.h does the same to the frame; neither knows the other.
 */
#ifndef DATAPATH_KEY_EDIT_H
#define DATAPATH_KEY_EDIT_H

#include "flow/action.h"
#include "flow/key.h"

enum key_edit {
    KEY_DONE,           /* the key is right, and the frame is to be edited */
    KEY_ONLY,           /* a register or the like: the frame stays as it is */
    KEY_NOT_APPLICABLE, /* the frame has no such field: nothing is done */
    KEY_HIDDEN,  /* a header was put before others: parse the frame again */
    KEY_UNKNOWN, /* the same, and it depends on more than the key says */
    KEY_TTL_EXPIRED,
};

enum key_edit key_edit_apply(struct flow_key *key, const struct flow_action *a);

#endif
