/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/walk_edit.h"

#include <string.h>

#include "datapath/bit_copy.h"
#include "datapath/key_edit.h"
#include "datapath/walk_output.h"
#include "flow/field.h"

/* What an edit has uncovered, or hidden. */
static void parse_anew(struct walk *w)
{
    decision_use_all(w->decision);
    if (!walk_may_look(w))
        return;
    if (w->aids && w->aids->parse_anew) {
        w->aids->parse_anew(w->aids->context, w->decision, w->key);
        return;
    }
    walk_note(w, "what is behind the header is not known here");
    memset(w->key->word + 3, 0, (KEY_FRAME_WORDS - 3) * sizeof(uint64_t));
    w->key->eth_type = 0;
}

void walk_parse_edited(struct walk *w)
{
    w->is_stale = false;
    w->decision->is_for_once = true;
    parse_anew(w);
}

void walk_edit(struct walk *w, const struct flow_action *a)
{
    enum key_edit done = key_edit_apply(w->key, a);

    decision_use_edit(w->decision, a);
    switch (done) {
    case KEY_ONLY:
        return;
    case KEY_NOT_APPLICABLE:
        walk_note(w, "the frame has no such field: skipped");
        return;
    case KEY_TTL_EXPIRED:
        walk_note(w, drop_reason_text(DROP_TTL));
        w->decision->reason = DROP_TTL;
        w->is_over = true;
        walk_output_to_controller(w, UINT16_MAX, PACKET_IN_INVALID_TTL);
        return;
    case KEY_DONE:
    case KEY_HIDDEN:
    case KEY_UNKNOWN:
        walk_add_cells(w, a, 1u + a->extra);
        break;
    }
    if (done == KEY_HIDDEN)
        parse_anew(w);
    w->is_stale = done == KEY_UNKNOWN;
    if (!w->can_look_again)
        walk_freshen(w);
}

/* Copying between fields is setting one, as the key says what is copied. */
void walk_edit_move(struct walk *w, const struct flow_action *a)
{
    struct flow_action cells[3];
    const struct action_move m = action_move_of(a);
    const struct field *source = field_by_id((enum field_id)m.source_field);

    decision_use_field(w->decision, m.source_field);
    decision_use_field(w->decision, m.target_field);
    memset(field_at(source, &w->decision->consulted), 0xff, source->size);
    if (bit_copy_to_set_field(w->key, a, cells))
        walk_edit(w, cells);
    else
        walk_note(w, "the frame has no such field: skipped");
}
