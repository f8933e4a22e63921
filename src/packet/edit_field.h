/* SPDX-License-Identifier: BSD-2-Clause */
/* Set-field: where each field stands in a frame.  See edit.h. */
#ifndef PACKET_EDIT_FIELD_H
#define PACKET_EDIT_FIELD_H

#include "flow/field.h"
#include "packet/frame.h"

enum edit_result {
    EDIT_DONE,
    EDIT_NOT_APPLICABLE, /* the frame lacks what is to be changed */
    EDIT_TTL_EXPIRED,    /* it would become 0 */
    EDIT_NO_ROOM,        /* the headroom is used up */
};

/*
 * Sets the bits under 'mask' (NULL: all) of a field; value and mask are in the
 * field's bytes, as in a key.  Fields of the pipeline (metadata, registers) are
 * not in the frame: there is nothing to do, and that is done.
 */
enum edit_result edit_field_set(struct frame *f, enum field_id id,
                                const uint8_t *value, const uint8_t *mask);

#endif
