/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of message kinds: which number a version gives each of them.  Part
 * of of.h; nothing outside of openflow/ needs it.
 */
#ifndef OPENFLOW_OF_KINDS_H
#define OPENFLOW_OF_KINDS_H

#include "openflow/of.h"

#define OF_VENDOR_NICIRA 0x00002320u
#define OF_VENDOR_ONF    0x4f4e4600u

enum of_form {
    OF_FORM_MESSAGE,                /* a type of its own */
    OF_FORM_EXPERIMENTER,           /* experimenter id and type behind it */
    OF_FORM_MULTIPART,              /* a multipart type */
    OF_FORM_MULTIPART_EXPERIMENTER, /* both */
};

struct of_kind_row {
    enum of_kind kind;
    enum of_form form;
    uint8_t first, last; /* versions; 0 and 0xff: also ones yet to come */
    uint16_t number;
    uint32_t vendor; /* of experimenter forms */
};

/* How the version writes this kind; NULL if it has none.  Of several ways the
 * first of the table. */
const struct of_kind_row *of_kinds_find(uint8_t version, enum of_kind kind);

#endif
