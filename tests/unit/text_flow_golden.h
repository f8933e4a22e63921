/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows as people write them, and as ovs-ofctl 3.1 dump-flows --no-stats shows
 * them after Open vSwitch took them, by OpenFlow 1.0 and by 1.3.  NULL: there
 * Open vSwitch keeps another form than the text had (load, enqueue), or
 * OpenFlow 1.0 cannot say it.
 */
#ifndef TESTS_UNIT_TEXT_FLOW_GOLDEN_H
#define TESTS_UNIT_TEXT_FLOW_GOLDEN_H

struct text_flow_golden {
    const char *flow, *openflow10, *openflow13;
};

/* As 'openflow13': the line of OpenFlow 1.0. */
extern const char text_flow_same[];

/* Ends with a row without a flow. */
extern const struct text_flow_golden text_flow_golden[];

#endif
