/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers and writers of messages about flows share.  Part of of_flow.
 */
#ifndef OPENFLOW_OF_FLOW_WIRE_H
#define OPENFLOW_OF_FLOW_WIRE_H

#include "openflow/of_flow.h"

/* OFPTT_*; 0xff is every table. */
enum { OF_TABLE_EMERGENCY = 0xfe }; /* 1.0's statistics */

/* Flags of entries, from the wire and to it.  FLOW_BAD_FLAGS. */
enum flow_error of_flow_read_flags(enum of_version version, uint16_t wire,
                                   uint16_t *flags);
/* Notes the first flag that the version does not have. */
void of_flow_check_flags(enum of_version version, struct of_buffer *b,
                         uint16_t flags);
uint16_t of_flow_flags(enum of_version version, uint16_t flags);

#endif
