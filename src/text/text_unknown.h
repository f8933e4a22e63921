/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of ovs-ofctl that name what this switch does not do: fields and actions
 * that are refused by name, with the reason, so that nobody takes them for
 * misspelt.
 */
#ifndef TEXT_TEXT_UNKNOWN_H
#define TEXT_TEXT_UNKNOWN_H

#include "text/text.h"

/* Says why the field cannot be matched or set, and returns true, if it is one
 * of those that only Open vSwitch has.  'name' is in small letters. */
bool text_unknown_field(struct text_error *error, struct text_span name);

/* The same for an action. */
bool text_unknown_action(struct text_error *error, struct text_span name);

#endif
