/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Properties: the list of types, lengths and values at the end of many messages
 * since OpenFlow 1.3.  The length counts the header but not the padding to 8
 * bytes.  OpenFlow 1.4.1 7.2.3.
 */
#ifndef OPENFLOW_OF_PROPERTY_H
#define OPENFLOW_OF_PROPERTY_H

#include <stdbool.h>

#include "openflow/of.h"

enum {
    OF_PROPERTY_HEADER_SIZE = 4,
    OF_PROPERTY_EXPERIMENTER = 0xffff,
};

struct of_property {
    uint16_t type;
    struct reader value; /* what follows the header */
};

/* Takes the next property off the list.  False at its end, and if a length does
 * not fit: then the reader is bad, which is FLOW_BAD_PROPERTY_LENGTH. */
bool of_property_next(struct reader *list, struct of_property *p);

/* The fault of a property that is not known where it stands. */
enum flow_error of_property_unknown(const struct of_property *p);

/* Its value, read to the end: FLOW_OK or FLOW_BAD_PROPERTY_LENGTH. */
enum flow_error of_property_end(const struct of_property *p);

/* The same for the list. */
enum flow_error of_property_list_end(const struct reader *list);

/* Begins a property and returns where; what is put until the end is its
 * value. */
size_t of_property_begin(struct of_buffer *b, uint16_t type);
void of_property_finish(struct of_buffer *b, size_t start);

#endif
