#include "datapath/pipeline.h"

#include <arpa/inet.h>
#include <string.h>

/* One frame's way through the tables. */
struct walk {
    const struct pipeline *pipeline;
    struct flow_key *key;
    struct decision *decision;
};

static void add_step(struct walk *w, uint8_t type, uint32_t port)
{
    struct decision *d = w->decision;

    if (d->cell_count == DECISION_CELLS) {
        d->is_too_long = true;
        return;
    }
    d->cells[d->cell_count++] =
        (struct flow_action){.type = type, .port = port};
}

static void output_to_port(struct walk *w, uint32_t number)
{
    const struct datapath_port *to = ports_find(w->pipeline->ports, number);

    /* The specification: to its own in-port only if told so by IN_PORT. */
    if (!to || number == ntohl(w->key->in_port)) {
        w->decision->reason = to ? DROP_SAME_PORT : DROP_PORT_DOWN;
        return;
    }
    add_step(w, STEP_PORT, to->index);
}

static void output_to_in_port(struct walk *w)
{
    const struct datapath_port *to =
        ports_find(w->pipeline->ports, ntohl(w->key->in_port));

    if (to)
        add_step(w, STEP_PORT, to->index);
}

static void output(struct walk *w, const struct flow_action *a)
{
    switch (a->port) {
    case PORT_NO_NORMAL:
        add_step(w, STEP_NORMAL, 0);
        break;
    case PORT_NO_FLOOD:
        add_step(w, STEP_FLOOD, 0);
        break;
    case PORT_NO_ALL:
        add_step(w, STEP_ALL, 0);
        break;
    case PORT_NO_IN_PORT:
        output_to_in_port(w);
        break;
    default:
        output_to_port(w, a->port);
        break;
    }
}

static void apply(struct walk *w, const struct flow_action *cells, size_t count)
{
    const struct flow_action *a = cells;

    for (; a < cells + count; a = action_next(a))
        if (a->type == ACTION_OUTPUT)
            output(w, a);
}

static void count_for(struct walk *w, const struct flow_entry *e)
{
    struct decision *d = w->decision;

    if (d->rule_count == DECISION_RULES) {
        d->is_too_long = true;
        return;
    }
    d->rules[d->rule_count++] =
        (struct verdict_rule){.counter = e->counter, .table = e->table};
}

void pipeline_decide(const struct pipeline *p, struct flow_key *key,
                     struct decision *d)
{
    struct walk w = {.pipeline = p, .key = key, .decision = d};
    const struct flow_entry *last = NULL;
    unsigned int table = 0;

    d->cell_count = d->rule_count = 0;
    d->reason = DROP_ACTION;
    d->missed_table = VERDICT_MISS;
    d->is_too_long = false;
    for (;;) {
        const struct flow_entry *e =
            flow_tables_find(p->tables, (uint8_t)table, key);

        if (!e) {
            d->missed_table = (uint8_t)table;
            d->reason = DROP_NO_MATCH;
            break;
        }
        last = e;
        count_for(&w, e);
        apply(&w, instructions_apply(&e->instructions),
              e->instructions.apply_count);
        if (!e->instructions.has_goto)
            break;
        table = e->instructions.goto_table; /* always a later one */
    }
    if (last)
        apply(&w, instructions_write(&last->instructions),
              last->instructions.write_count);
    if (d->is_too_long) {
        d->cell_count = 0;
        d->reason = DROP_LOOP;
    }
}

bool decision_to_verdict(const struct decision *d, struct verdict *v)
{
    if (d->cell_count > VERDICT_CELLS || d->rule_count > VERDICT_RULES)
        return false;
    v->cell_count = (uint8_t)d->cell_count;
    v->rule_count = (uint8_t)d->rule_count;
    v->reason = (uint8_t)d->reason;
    v->missed_table = d->missed_table;
    memcpy(v->cells, d->cells, d->cell_count * sizeof(d->cells[0]));
    memcpy(v->rules, d->rules, d->rule_count * sizeof(d->rules[0]));
    return true;
}
