/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the flow entry of highest priority that matches a key: a tuple-space
 * search.  Entries with the same mask share a subtable, which is a hash of
 * their masked keys; subtables are tried in the order of the highest rank in
 * them, so that the search can stop early.  Its cost grows with distinct masks,
 * not with entries.
 *
 * The main thread is the only writer, workers look up under RCU (QSBR): between
 * two quiescent states all that they found stays.  What is taken out must be
 * retired (base/retire.h).
 *
 * Srinivasan, Suri, Varghese: Packet Classification using Tuple Space Search.
 */
#ifndef TABLE_CLASSIFIER_H
#define TABLE_CLASSIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/key.h"
#include "table/flow_entry.h"

/* Each costs every frame that no cache knows, and each new one a copy of the
 * list of all. */
enum { CLASSIFIER_MASKS_MAX = 2048 };

struct subtable_list;

/* Start from zero; end with classifier_clear. */
struct classifier {
    struct subtable_list *_Atomic list; /* NULL: no entries */
    size_t count, masks;
};

/* Room for an entry with this match; everything but the match is zero.  NULL if
 * out of memory. */
struct flow_entry *classifier_make_entry(struct classifier *c,
                                         const struct flow_match *match);
/* Frees one that was made but never inserted. */
void classifier_drop_entry(struct classifier *c, struct flow_entry *e);

/* Adds an entry that classifier_make_entry made and that has its rank.  One
 * with the same match and rank must have been removed. False: out of memory. */
bool classifier_insert(struct classifier *c, struct flow_entry *e);
/* Puts 'e' (made for the same match, same rank) where 'old' is; 'old' is to be
 * retired. */
void classifier_replace(struct classifier *c, struct flow_entry *old,
                        struct flow_entry *e);
/* Takes it out; it is to be retired. */
void classifier_remove(struct classifier *c, struct flow_entry *e);

/* Workers: the best entry, or NULL; adds the bits of the key that had to be
 * looked at to 'consulted': a key that is the same in these finds the same. */
const struct flow_entry *classifier_search(const struct classifier *c,
                                           const struct flow_key *key,
                                           struct flow_key *consulted);
/* The entry with exactly this match and rank, or NULL. */
struct flow_entry *classifier_find_exact(const struct classifier *c,
                                         const struct flow_match *match,
                                         uint32_t rank);

/*
 * Calls 'visit' for each entry that 'wide' includes; NULL: for all.  'visit'
 * may remove or replace the entry it is given, no other.
 */
void classifier_each(struct classifier *c, const struct flow_match *wide,
                     void (*visit)(void *context, struct flow_entry *e),
                     void *context);

/* True if its match is empty: it matches every frame. */
bool classifier_matches_all(const struct flow_entry *e);
/* The match of an entry, written out. */
void classifier_match_of(const struct flow_entry *e, struct flow_match *match);

/* How many distinct masks there are. */
size_t classifier_subtables(const struct classifier *c);
bool classifier_has_mask(const struct classifier *c,
                         const struct flow_key *mask);

/* False if this mask would be one too many; insert does not ask. */
static inline bool classifier_takes(const struct classifier *c,
                                    const struct flow_key *mask)
{
    return c->masks < CLASSIFIER_MASKS_MAX || classifier_has_mask(c, mask);
}

/* Frees what holds the entries; there must be no entries and no workers. */
void classifier_clear(struct classifier *c);

/* True if some frame matches both the entry and what a mod would add, and
 * neither comes before the other. */
bool classifier_overlaps(const struct flow_entry *e,
                         const struct flow_mod *mod);

#endif
