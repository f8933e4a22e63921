/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a frame was dropped.  Every received frame ends in exactly one of
 * forwarded, consumed and dropped(reason); the sums are shown for each port.
 */
#ifndef FLOW_DROP_H
#define FLOW_DROP_H

#include <stdbool.h>

#define DROP_REASONS(X)                                                        \
    X(DROP_NONE, "none", "not dropped")                                        \
    X(DROP_RUNT, "runt", "shorter than an Ethernet header")                    \
    X(DROP_TRUNCATED, "truncated", "not delivered completely by the kernel")   \
    X(DROP_PORT_UNKNOWN, "port-unknown", "received from an unknown port")      \
    X(DROP_PORT_NO_RECV, "port-no-recv", "the port is set not to receive")     \
    X(DROP_VLAN, "vlan", "the port is not in the frame's VLAN")                \
    X(DROP_RESERVED, "reserved",                                               \
      "reserved multicast, and forward-bpdu is off")                           \
    X(DROP_SAME_PORT, "same-port", "its destination is at the receiving port") \
    X(DROP_FRAGMENT, "fragment", "the switch is set to drop fragments")        \
    X(DROP_NO_MATCH, "no-match", "no flow entry matched")                      \
    X(DROP_ACTION, "action", "dropped by a flow entry")                        \
    X(DROP_NO_OUTPUT, "no-output", "no other port is up")                      \
    X(DROP_NO_MEMBER, "no-member", "no other port is in the frame's VLAN")     \
    X(DROP_NO_FLOOD, "no-flood", "the other ports are set not to be flooded")  \
    X(DROP_PORT_DOWN, "port-down", "the output port is down or missing")       \
    X(DROP_PORT_NO_FWD, "port-no-fwd", "the output port is set not to send")   \
    X(DROP_MTU, "mtu", "larger than the output port's MTU")                    \
    X(DROP_TX_FULL, "tx-full", "the output port's queue is full")              \
    X(DROP_TX_REFUSED, "tx-refused", "a filter of the host refused it")        \
    X(DROP_TX_ERROR, "tx-error", "the kernel refused to send it")              \
    X(DROP_METER, "meter", "dropped by a meter band")                          \
    X(DROP_GROUP, "group", "the group has no live bucket")                     \
    X(DROP_TTL, "ttl", "its time to live has expired")                         \
    X(DROP_EDIT, "edit", "an action does not fit the frame")                   \
    X(DROP_BAD_GSO, "bad-gso", "its headers contradict its segmentation")      \
    X(DROP_LOOP, "loop", "too many tables, groups or outputs for one frame")   \
    X(DROP_LOOK_AGAIN, "look-again", "looked up again too often after edits")  \
    X(DROP_UPCALL_FULL, "upcall-full", "the queue to the controller is full")  \
    X(DROP_RING_FULL, "ring-full",                                             \
      "the receive ring was full, and the kernel dropped what it could send")

#define X(name, word, text) name,
enum drop_reason { DROP_REASONS(X) DROP_REASON_COUNT };
#undef X

/* "no-match", and the same for a person. */
const char *drop_reason_word(enum drop_reason reason);
const char *drop_reason_text(enum drop_reason reason);
/* True if the frame was lost where it should have left, so that the port there
 * has counted it, too. */
bool drop_reason_is_of_output(enum drop_reason reason);

#endif
