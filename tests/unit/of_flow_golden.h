/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages about flow entries as tests/golden/ has them: what their bytes say,
 * and which bytes say it.
 */
#ifndef TESTS_OF_FLOW_GOLDEN_H
#define TESTS_OF_FLOW_GOLDEN_H

#include "tests/unit/golden.h"

/* Ends with a kind without a name. */
extern const struct golden_kind of_flow_golden_kinds[];

#endif
