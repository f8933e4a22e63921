/* SPDX-License-Identifier: BSD-2-Clause */
/* A key, and which bits of it count. */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include <stdbool.h>

#include "flow/error.h"
#include "flow/field.h"
#include "flow/key.h"

/* 'key' is zero wherever 'mask' is. */
struct flow_match {
    struct flow_key key, mask;
};

/*
 * Adds field = value/mask, each f->size bytes in network order; a NULL mask
 * means all of the field's bits.  FLOW_BAD_VALUE, FLOW_BAD_MASK,
 * FLOW_BAD_WILDCARDS (value bits outside the mask), FLOW_DUPLICATE_FIELD or
 * FLOW_BAD_PREREQUISITE, and then '*m' is as it was.  Prerequisites must have
 * been added before, as OXM orders them (OpenFlow 1.3.5 7.2.3.6).
 */
enum flow_error match_add(struct flow_match *m, const struct field *f,
                          const uint8_t *value, const uint8_t *mask);

/*
 * Adds bits of the VLAN tag as NXM has it: PCP, VLAN_PRESENT, VID; 0 for a
 * frame without a tag.  Errors as of match_add.
 */
enum flow_error match_add_tci(struct flow_match *m, uint16_t tci,
                              uint16_t mask);

/* Whether the match asks for the tag as the two fields can: the PCP of frames
 * that have one, or not at all. */
bool match_has_plain_vlan(const struct flow_match *m);

/* True if the match speaks of any bit of the field. */
bool match_has(const struct flow_match *m, const struct field *f);

bool match_covers(const struct flow_match *m, const struct flow_key *key);
bool match_is_equal(const struct flow_match *a, const struct flow_match *b);
/* True if some frame could match both. */
bool match_overlaps(const struct flow_match *a, const struct flow_match *b);

#endif
