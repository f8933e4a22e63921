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
