/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a SELECT group chooses its bucket, as a property of GROUP_MOD and
 * GROUP_DESC in 1.5 and in Nicira's messages for 1.0: Netronome's extension,
 * which Open vSwitch's ovs-ofctl(8) calls selection_method.
 */
#ifndef OPENFLOW_OF_GROUP_SELECTION_H
#define OPENFLOW_OF_GROUP_SELECTION_H

#include "flow/group_desc.h"
#include "openflow/of.h"
#include "openflow/of_property.h"

/* Reads one property of a group.  FLOW_BAD_PROPERTY_VALUE: no such method, a
 * group that is no SELECT, or fields that cannot be; FLOW_DUPLICATE_PROPERTY,
 * FLOW_BAD_PROPERTY_LENGTH, or as of_property_unknown. */
enum flow_error of_group_selection_read(struct of_property *p, uint8_t type,
                                        struct group_selection *s);

/* Nothing is written where the method is the switch's own. */
void of_group_selection_put(struct of_buffer *b, enum of_version version,
                            const struct group_selection *s);

#endif
