/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of actions on the wire, of all versions and of Nicira's extensions.
 * OpenFlow 1.0 5.2.4, 1.3.5 7.2.5, 1.5.1 7.2.6.
 *
 * Each way of writing an action becomes the one that flow/action.h has for what
 * it does, and goes back out in the way of the version that is written.  What a
 * version cannot say is left out, b->unsaid names it, and a note stands
 * in its place.
 */
#ifndef OPENFLOW_OF_ACTION_H
#define OPENFLOW_OF_ACTION_H

#include "flow/action.h"
#include "openflow/of.h"

/*
 * Reads actions to the end of 'r' and adds them to 'l', which the caller clears
 * even after an error.  'match' (NULL: unknown) tells whose ports SET_TP_SRC of
 * 1.0 and 1.1 sets.  Out of memory leaves 'l' bad.
 */
enum flow_error of_actions_read(enum of_version version, struct reader *r,
                                const struct flow_match *match,
                                struct action_list *l);

/* 'match' (NULL: unknown) is that of the frames that they are done to: where a
 * tag is pushed only if there is none it tells which of the two it will be. */
void of_actions_write(enum of_version version, struct of_buffer *b,
                      const struct flow_match *match,
                      const struct flow_action *cells, size_t count);

/* Writes a note in the place of what the version cannot say, so that no answer
 * passes over it, and leaves it out. */
void of_action_put_unsaid(struct of_buffer *b, const char *word);

#endif
