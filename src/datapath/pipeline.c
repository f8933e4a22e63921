/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/pipeline.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "datapath/action_set.h"
#include "datapath/bit_copy.h"
#include "datapath/bucket_choice.h"
#include "datapath/walk.h"
#include "datapath/walk_edit.h"
#include "datapath/walk_output.h"
#include "flow/field.h"
#include "flow/learn.h"

/* Tables, actions and groups lead to each other. */
static void walk_tables(struct walk *w, unsigned int first);
static void walk_pipeline(struct walk *w, unsigned int first);
static void carry_out(void *context, const struct flow_action *a);

static void do_output(struct walk *w, const struct flow_action *a)
{
    if (a->port == PORT_NO_TABLE)
        walk_pipeline(w, 0);
    else
        walk_output(w, a);
}

/* Reserved ports as OpenFlow 1.0 has them; a greater number is no port. */
static void do_output_reg(struct walk *w, const struct flow_action *a)
{
    struct flow_action out = {.type = ACTION_OUTPUT, .max_len = a->max_len};
    const struct action_move m = action_move_of(a);
    const struct field *f = field_by_id((enum field_id)m.source_field);
    uint64_t number;

    decision_use_field(w->decision, m.source_field);
    memset(field_at(f, &w->decision->consulted), 0xff, f->size);
    number = bit_copy_number(w->key, &m);
    if (number > UINT16_MAX) {
        walk_note(w, "no output: no such port");
        return;
    }
    out.port = (uint32_t)number;
    if (number > OFPORT_MAX)
        out.port |= 0xffff0000u;
    do_output(w, &out);
}

static void do_enqueue(struct walk *w, const struct flow_action *a)
{
    struct flow_action out = {.type = ACTION_OUTPUT, .port = a->port};

    walk_add_step(w, STEP_QUEUE, a->enqueue_queue + 1);
    do_output(w, &out);
    walk_add_step(w, STEP_QUEUE, w->queue);
}

static void do_set_queue(struct walk *w, const struct flow_action *a)
{
    w->queue = a->queue + 1;
    walk_add_step(w, STEP_QUEUE, w->queue);
}

static void do_meter(struct walk *w, const struct flow_action *a)
{
    walk_add_step(w, STEP_METER, a->meter);
}

static void do_move(struct walk *w, const struct flow_action *a)
{
    walk_edit_move(w, a);
}

/* What the tables write goes to the action set of whoever resubmits, which is
 * carried out when all is done: as in Open vSwitch, whose action it is. */
static void do_resubmit(struct walk *w, const struct flow_action *a)
{
    struct walk before = *w;
    uint32_t in_port = w->key->in_port;

    if (a->port != PORT_NO_IN_PORT)
        w->key->in_port = htonl(a->port);
    walk_tables(w, a->table == VERDICT_MISS ? w->table : a->table);
    w->key->in_port = in_port;
    w->has_missed = false;
    w->cookie = before.cookie;
    w->table = before.table;
    w->reason = before.reason;
}

/* SELECT's or FAST_FAILOVER's. */
static const struct group_bucket *choose_bucket(struct walk *w,
                                                const struct group *g)
{
    if (g->type == GROUP_TYPE_SELECT)
        decision_use_all(w->decision);
    return bucket_choose(&w->choice, g, w->key);
}

static void carry_out_set(struct walk *w, const struct action_set *set)
{
    if (set->is_too_long)
        walk_give_up(w);
    else
        action_set_each(set, carry_out, w);
}

/* A bucket's actions are a set, done to a copy of the frame. */
static void do_bucket(struct walk *w, const struct group_bucket *b)
{
    struct flow_key before = *w->key;
    struct action_set set;
    enum packet_in_reason reason = w->reason;
    uint32_t queue = w->queue;
    bool has_exited = w->has_exited;

    walk_trace(w, (struct trace_event){.kind = TRACE_BUCKET, .number = b->id});
    walk_count_for(w, b->counter, VERDICT_MISS);
    walk_add_step(w, STEP_CLONE, 0);
    w->reason = PACKET_IN_GROUP;
    action_set_clear(&set);
    action_set_write(&set, b->cells, b->cell_count);
    carry_out_set(w, &set);
    w->reason = reason;
    w->queue = queue;
    w->has_exited = has_exited;
    w->is_stale = false;
    w->is_over = w->decision->is_too_long; /* A copy's end is only its own. */
    walk_add_step(w, STEP_CLONE_END, 0);
    *w->key = before;
}

static void do_group(struct walk *w, const struct flow_action *a)
{
    const struct group *g = group_table_find(w->pipeline->groups, a->group);
    const struct group_bucket *b = NULL;
    bool takes_all = false;

    if (!g) {
        w->decision->reason = DROP_GROUP;
        walk_note(w, "there is no such group");
        return;
    }
    if (++w->depth > PIPELINE_DEPTH) {
        walk_give_up(w);
        return;
    }
    walk_trace(w, (struct trace_event){.kind = TRACE_GROUP, .number = g->id});
    walk_count_for(w, g->counter, VERDICT_MISS);
    switch ((enum group_type)g->type) {
    case GROUP_TYPE_ALL:
    case GROUP_TYPE_INDIRECT:
        takes_all = g->bucket_count > 0;
        for (size_t i = 0; i < g->bucket_count && !w->is_over; i++)
            do_bucket(w, &g->buckets[i]);
        break;
    case GROUP_TYPE_SELECT:
    case GROUP_TYPE_FAST_FAILOVER:
        b = choose_bucket(w, g);
        break;
    case GROUP_TYPE_COUNT:
        break;
    }
    if (b)
        do_bucket(w, b);
    if (!b && !takes_all)
        w->decision->reason = DROP_GROUP;
    w->depth--;
}

static void do_learn(struct walk *w, const struct flow_action *a)
{
    w->decision->is_learning = true;
    learn_use(a, &w->decision->consulted);
    if (w->aids && w->aids->learn)
        w->aids->learn(w->aids->context, a, w->key);
}

static void do_exit(struct walk *w, const struct flow_action *a)
{
    (void)a;
    w->has_exited = true;
}

static void do_note(struct walk *w, const struct flow_action *a)
{
    (void)w;
    (void)a;
}

#define DO(type, word, ...) [ACTION_##type] = do_##word,

/* One action; a callback of action_set_each too. */
static void carry_out(void *context, const struct flow_action *a)
{
    static void (*const doers[ACTION_TYPE_COUNT])(
        struct walk *,
        const struct flow_action *) = {ACTIONS(ACTION_ELSEWHERE, DO)};
    struct walk *w = context;

    if (a->type != ACTION_OUTPUT) /* which asks only where it came in */
        walk_freshen(w);
    if (w->is_over)
        return;
    walk_trace(w, (struct trace_event){.kind = TRACE_ACTION, .action = a});
    if (doers[a->type])
        doers[a->type](w, a);
    else
        walk_edit(w, a);
}

static void apply(struct walk *w, const struct flow_action *cells, size_t count)
{
    const struct flow_action *end = action_end(cells, count), *a = cells;

    for (; a < end && !w->is_over && !w->has_exited; a = action_next(a))
        carry_out(w, a);
}

static bool is_table_miss(const struct flow_entry *e)
{
    return !e->priority && classifier_matches_all(e);
}

static void miss(struct walk *w, uint8_t table)
{
    const struct datapath_port *from = walk_in_port(w);

    w->decision->missed_table = table;
    w->decision->reason = DROP_NO_MATCH;
    w->table = table;
    w->cookie = UINT64_MAX;
    if (atomic_load_explicit(&w->pipeline->misses_go_to_controller,
                             memory_order_relaxed) &&
        !(from && from->has_no_packet_in))
        walk_output_to_controller(w, UINT16_MAX, PACKET_IN_NO_ENTRY);
}

/* What one entry says, up to where to go next: a table, or -1. */
static int follow(struct walk *w, const struct flow_entry *e)
{
    const struct flow_instructions *i = &e->instructions;

    w->cookie = e->cookie;
    w->table = e->table;
    w->reason =
        is_table_miss(e) ? PACKET_IN_TABLE_MISS : PACKET_IN_APPLY_ACTION;
    if (i->has_meter)
        walk_add_step(w, STEP_METER, i->meter);
    apply(w, instructions_apply(i), i->apply_count);
    if (w->is_over || w->has_exited)
        return -1;
    if (i->has_clear)
        action_set_clear(w->set);
    if (i->has_write)
        action_set_write(w->set, instructions_write(i), i->write_count);
    if (i->has_metadata)
        w->key->metadata = (w->key->metadata & ~i->metadata_mask) |
                           (i->metadata & i->metadata_mask);
    return i->has_goto ? i->goto_table : -1;
}

static bool drops_fragments(const struct walk *w)
{
    return atomic_load_explicit(&w->pipeline->frags, memory_order_relaxed) ==
           SWITCH_FRAGS_DROP;
}

/* Whether the frame is one that the tables do not get to see. */
static bool is_unwanted_fragment(struct walk *w)
{
    if (!drops_fragments(w))
        return false;
    w->decision->consulted.ip_frag = UINT8_MAX;
    if (!w->key->ip_frag)
        return false;
    w->decision->reason = DROP_FRAGMENT;
    walk_note(w, "a fragment, which the switch is set to drop");
    return true;
}

/* Actions still have the ports that a lookup does not see, as in Open
 * vSwitch. */
static const struct flow_entry *search(struct walk *w, uint8_t table)
{
    struct flow_key *key = w->key, *consulted = &w->decision->consulted;
    uint16_t source = key->tp_src, destination = key->tp_dst;
    const struct flow_entry *e;

    pipeline_hide_ports(w->pipeline, key);
    e = flow_tables_search(w->pipeline->tables, table, key, consulted);
    key->tp_src = source;
    key->tp_dst = destination;
    if (consulted->tp_src | consulted->tp_dst)
        consulted->ip_frag = UINT8_MAX;
    return e;
}

/* A frame that has nothing else to be done is best left to be edited, parsed
 * and looked up again: up to here there is a verdict to keep. */
static bool can_end_here(const struct walk *w)
{
    return w->can_look_again && w->depth == 1 && !w->set->has_any;
}

static void look_again(struct walk *w, uint8_t table)
{
    struct flow_action step = {.type = STEP_LOOK_AGAIN, .queue = w->queue};
    struct step_pipeline more = {.reason = (uint8_t)w->decision->reason,
                                 .table = table};

    if (!walk_may_look(w))
        return;
    more.looks = w->looks;
    walk_add_pipeline_step(w, step, more);
    w->decision->reason = DROP_LOOK_AGAIN;
    w->is_over = true;
}

static void walk_tables(struct walk *w, unsigned int first)
{
    int table = (int)first;

    if (++w->depth > PIPELINE_DEPTH) {
        walk_give_up(w);
        return;
    }
    while (table >= 0 && !w->is_over) {
        const struct flow_entry *e;

        if (w->is_stale && can_end_here(w))
            look_again(w, (uint8_t)table);
        else
            walk_freshen(w);
        if (w->is_over)
            break;
        if (is_unwanted_fragment(w)) {
            w->has_missed = true;
            break;
        }
        e = search(w, (uint8_t)table);
        walk_trace(w, (struct trace_event){.kind = TRACE_TABLE,
                                           .number = (uint32_t)table,
                                           .entry = e});
        if (!e) {
            miss(w, (uint8_t)table);
            w->has_missed = true;
            break;
        }
        w->has_missed = false;
        walk_count_for(w, e->counter, e->table);
        table = follow(w, e);
    }
    w->depth--;
}

/* From a table on, and then the action set: but none after a miss in the last
 * table, which drops the frame.  What tables write that the set itself
 * resubmits to is not carried out, as in Open vSwitch. */
static void walk_pipeline(struct walk *w, unsigned int first)
{
    struct action_set *outer = w->set;
    struct action_set set, unused;

    action_set_clear(&set);
    w->set = &set;
    walk_tables(w, first);
    if (!w->is_over && !w->has_missed && set.has_any) {
        walk_trace(w, (struct trace_event){.kind = TRACE_SET});
        w->reason = PACKET_IN_ACTION_SET;
        w->has_exited = w->can_look_again = false;
        action_set_clear(&unused);
        w->set = &unused;
        carry_out_set(w, &set);
    }
    w->set = outer;
}

void pipeline_hide_ports(const struct pipeline *p, struct flow_key *key)
{
    if (key->ip_frag & FRAG_ANY &&
        atomic_load_explicit(&p->frags, memory_order_relaxed) !=
            SWITCH_FRAGS_NX_MATCH)
        key->tp_src = key->tp_dst = 0;
}

void pipeline_decide(const struct pipeline *p, struct flow_key *key,
                     const struct pipeline_aids *aids, struct decision *d)
{
    struct walk w = {
        .pipeline = p,
        .aids = aids,
        .key = key,
        .decision = d,
        .choice = {.groups = p->groups, .ports = p->ports},
        .can_look_again = aids && aids->can_look_again,
    };

    decision_begin(d);
    walk_pipeline(&w, 0);
    decision_end(d);
}

void pipeline_decide_again(const struct pipeline *p, struct flow_key *key,
                           const struct flow_action *step,
                           const struct pipeline_aids *aids, struct decision *d)
{
    struct step_pipeline more;
    struct walk w = {
        .pipeline = p,
        .aids = aids,
        .key = key,
        .decision = d,
        .choice = {.groups = p->groups, .ports = p->ports},
        .can_look_again = aids && aids->can_look_again,
        .queue = step->queue,
    };

    assert(step->type == STEP_LOOK_AGAIN);
    memcpy(&more, step + 1, sizeof(more));
    w.looks = more.looks;
    decision_take_words(step, key);
    decision_begin(d);
    d->reason = (enum drop_reason)more.reason;
    walk_pipeline(&w, more.table);
    decision_end(d);
}

void pipeline_decide_actions(const struct pipeline *p, struct flow_key *key,
                             const struct flow_action *cells, size_t cell_count,
                             const struct pipeline_aids *aids,
                             struct decision *d)
{
    struct action_set set;
    struct walk w = {
        .pipeline = p,
        .aids = aids,
        .key = key,
        .decision = d,
        .set = &set,
        .choice = {.groups = p->groups, .ports = p->ports},
        .cookie = UINT64_MAX,
        .reason = PACKET_IN_PACKET_OUT,
    };

    action_set_clear(&set);
    decision_begin(d);
    apply(&w, cells, cell_count);
    decision_end(d);
}
