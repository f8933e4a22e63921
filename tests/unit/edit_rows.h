/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames, and what each edit makes of them, reckoned by another program; hex is
 * in the columns of a dump.
 *
 * 'after' is the whole frame, or just what differs as OFFSET:BYTES; "": nothing
 * does; NULL: the edit is refused.
 */
#ifndef TESTS_EDIT_ROWS_H
#define TESTS_EDIT_ROWS_H

#include "packet/edit.h"

struct edit_row {
    const char *name;
    enum action_type type;
    uint32_t argument; /* of the action, or the field's id */
    const char *value, *mask;
    const char *before, *after;
    enum edit_result result;
};

/* Each ends with a row without a name. */
extern const struct edit_row set_field_rows[], action_rows[];

/* clang-format off */
#define SET(field, value, mask) ACTION_SET_FIELD, FIELD_##field, value, mask
#define DO(action, argument) ACTION_##action, argument, NULL, NULL

#define TCP4 \
    "525400000002 525400000001 0800 452e002f1234400040063c30c0000201 " \
    "c6336402c00000500102030400000005 50180200400300007061796c6f6164"
#define UDP4 \
    "525400000002 525400000001 0800 452e00231234400040113c31c0000201 " \
    "c633640214e90035000f414b7061796c 6f6164"
#define PBB \
    "525400000002 525400000001 88e7 00010203525400000002525400000001 " \
    "0800452e002f1234400040063c30c000 0201c6336402c0000050010203040000 " \
    "000550180200400300007061796c6f61 64"
/* clang-format on */

#endif
