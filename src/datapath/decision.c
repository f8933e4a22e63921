/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/decision.h"

#include <assert.h>
#include <string.h>

#include "flow/field.h"

_Static_assert(VERDICT_CELLS <= UINT8_MAX && VERDICT_RULES <= UINT8_MAX,
               "counts of a verdict are bytes");
_Static_assert((int)VERDICT_CELLS <= (int)DECISION_CELLS &&
                   (int)VERDICT_RULES <= (int)DECISION_RULES,
               "a verdict is a short decision");

void decision_begin(struct decision *d)
{
    d->cell_count = d->rule_count = 0;
    d->reason = DROP_ACTION;
    d->missed_table = VERDICT_MISS;
    d->is_too_long = d->is_for_once = d->is_learning = false;
    memset(&d->consulted, 0, sizeof(d->consulted));
    d->consulted.in_port = UINT32_MAX; /* which no output may be */
}

void decision_end(struct decision *d)
{
    assert(d->cell_count <= DECISION_CELLS && d->rule_count <= DECISION_RULES);
    if (!d->is_too_long)
        return;
    d->cell_count = 0;
    d->reason = DROP_LOOP;
}

void decision_use_all(struct decision *d)
{
    memset(&d->consulted, 0xff, sizeof(d->consulted));
}

void decision_use_field(struct decision *d, uint32_t field)
{
    struct flow_key *consulted = &d->consulted;

    assert(field < FIELD_COUNT);
    consulted->eth_type = consulted->vlan_vid = UINT16_MAX;
    consulted->ip_proto = consulted->ip_frag = UINT8_MAX;
    if (field_by_id((enum field_id)field)->needs >= NEEDS_ND)
        consulted->tp_src = UINT16_MAX;
}

void decision_use_edit(struct decision *d, const struct flow_action *a)
{
    const struct field *f = field_by_id(action_row(a->type)->consults);

    decision_use_field(d, a->type == ACTION_SET_FIELD ? a->field : 0);
    memset(field_at(f, &d->consulted), 0xff, f->size);
}

void decision_take_words(const struct flow_action *step, struct flow_key *key)
{
    const uint8_t *at = (const uint8_t *)(step + 2);
    struct step_pipeline more;

    memcpy(&more, step + 1, sizeof(more));
    for (unsigned int i = 0; i < KEY_WORDS - KEY_FRAME_WORDS; i++) {
        if (!(more.words >> i & 1))
            continue;
        memcpy(&key->word[KEY_FRAME_WORDS + i], at, sizeof(key->word[0]));
        at += sizeof(key->word[0]);
    }
}

bool decision_can_be_kept(const struct decision *d)
{
    return d->cell_count <= VERDICT_CELLS && d->rule_count <= VERDICT_RULES &&
           !d->is_for_once;
}

static bool just_outputs(const struct decision *d)
{
    const struct flow_action *a = d->cells;

    for (; a < d->cells + d->cell_count; a = action_next(a))
        if (a->type < STEP_PORT || a->type > STEP_ALL)
            return false;
    return true;
}

void decision_to_verdict(const struct decision *d, struct verdict *v)
{
    assert(decision_can_be_kept(d));
    v->cell_count = (uint8_t)d->cell_count;
    v->rule_count = (uint8_t)d->rule_count;
    v->reason = (uint8_t)d->reason;
    v->missed_table = d->missed_table;
    v->just_outputs = !d->is_learning && just_outputs(d);
    v->is_learning = d->is_learning;
    memcpy(v->cells, d->cells, d->cell_count * sizeof(d->cells[0]));
    memcpy(v->rules, d->rules, d->rule_count * sizeof(d->rules[0]));
}
