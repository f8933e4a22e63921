/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/walk.h"

#include <arpa/inet.h>
#include <string.h>

void walk_give_up(struct walk *w)
{
    w->decision->is_too_long = true;
    w->is_over = true;
    walk_note(w, "too many steps for one frame");
}

bool walk_may_look(struct walk *w)
{
    if (w->looks++ < PIPELINE_LOOKS)
        return true;
    w->decision->reason = DROP_LOOK_AGAIN;
    w->is_over = true;
    walk_note(w, drop_reason_text(DROP_LOOK_AGAIN));
    return false;
}

void walk_add_cells(struct walk *w, const struct flow_action *cells,
                    unsigned int count)
{
    struct decision *d = w->decision;

    if (d->cell_count + count > DECISION_CELLS) {
        walk_give_up(w);
        return;
    }
    memcpy(&d->cells[d->cell_count], cells, count * sizeof(*cells));
    d->cell_count += count;
}

void walk_add_step(struct walk *w, uint8_t type, uint32_t argument)
{
    struct flow_action step = {.type = type, .port = argument};

    walk_add_cells(w, &step, 1);
}

void walk_add_pipeline_step(struct walk *w, struct flow_action step,
                            struct step_pipeline more)
{
    struct flow_action cells[2 + (KEY_WORDS - KEY_FRAME_WORDS + 1) / 2] = {
        step};
    uint64_t words[KEY_WORDS - KEY_FRAME_WORDS];
    unsigned int count = 0;

    for (unsigned int i = 0; i < KEY_WORDS - KEY_FRAME_WORDS; i++) {
        uint64_t word = w->key->word[KEY_FRAME_WORDS + i];

        if (!word)
            continue;
        more.words |= (uint16_t)(1u << i);
        words[count++] = word;
    }
    cells[0].extra = (uint8_t)(1 + (count + 1) / 2);
    memcpy(&cells[1], &more, sizeof(more));
    memcpy(&cells[2], words, count * sizeof(words[0]));
    walk_add_cells(w, cells, 1u + cells[0].extra);
}

void walk_count_for(struct walk *w, uint32_t counter, uint8_t table)
{
    struct decision *d = w->decision;

    if (d->rule_count == DECISION_RULES) {
        walk_give_up(w);
        return;
    }
    d->rules[d->rule_count++] =
        (struct verdict_rule){.counter = counter, .table = table};
}

const struct datapath_port *walk_in_port(const struct walk *w)
{
    return ports_find(w->pipeline->ports, ntohl(w->key->in_port));
}
