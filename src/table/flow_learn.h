/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flow entries that learn actions make: what is there already, and the change
 * that a learn request comes to.
 *
 * As in Open vSwitch an entry that is learned again has its hard timeout
 * counted from then, while its idle timeout counts from its own last use.
 */
#ifndef TABLE_FLOW_LEARN_H
#define TABLE_FLOW_LEARN_H

#include "table/flow_table.h"

enum { LEARN_AGAIN_MS = 500 }; /* how exact the hard timeouts are */

/* Workers: whether there is nothing to be done, as the entry is there and was
 * learned lately. */
bool flow_learn_is_known(const struct flow_tables *t,
                         const struct flow_mod *mod, int64_t now_ms);

/* Whether the entry is there and does what it would do; when it was learned
 * does not matter. */
bool flow_learn_is_same(const struct flow_tables *t,
                        const struct flow_mod *mod);

enum flow_learn_news { LEARN_KNOWN, LEARN_NEW, LEARN_CHANGED, LEARN_LIMITED };

/*
 * Makes, changes or refreshes the entry that 'mod', as learn_from has made it,
 * speaks of.  With a 'limit' none is made where the table has as many with the
 * same cookie: LEARN_LIMITED.  Else FLOW_OK or as flow_tables_apply.
 */
enum flow_error flow_learn(struct flow_tables *t, const struct flow_mod *mod,
                           uint32_t limit, int64_t now_ms,
                           enum flow_learn_news *news);

#endif
