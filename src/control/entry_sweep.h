/*
 * Flow entries that a group or a meter is used by: they go with it.  OpenFlow
 * 1.3.5 6.7 and 6.8.
 */
#ifndef CONTROL_ENTRY_SWEEP_H
#define CONTROL_ENTRY_SWEEP_H

#include "control/switch.h"

typedef bool entry_sweep_test(const struct flow_entry *e, uint32_t id);

/* Deletes the entries that 'test' finds; controllers are told of 'reason'.
 * FLOW_OUT_OF_MEMORY: some may be left. */
enum flow_error entry_sweep(struct of_switch *s, entry_sweep_test *test,
                            uint32_t id, enum flow_removed_reason reason);

#endif
