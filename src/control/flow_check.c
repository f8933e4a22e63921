/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/flow_check.h"

#include "base/array.h"
#include "datapath/pipeline.h"
#include "flow/learn.h"
#include "flow/port_no.h"
#include "openflow/of.h"
#include "openflow/of_flow.h"

/* A walk through a list, with the known fields of the frames. */
struct walk {
    const struct flow_check *check;
    struct flow_key *key; /* NULL: nothing */
};

static bool is_real_port(uint32_t port)
{
    return port >= 1 && port <= OFPORT_MAX;
}

static enum flow_error check_output(const struct walk *w,
                                    const struct flow_action *a)
{
    switch (a->port) {
    case PORT_NO_IN_PORT:
    case PORT_NO_NORMAL:
    case PORT_NO_FLOOD:
    case PORT_NO_ALL:
    case PORT_NO_CONTROLLER:
    case PORT_NO_LOCAL:
        return FLOW_OK;
    case PORT_NO_TABLE:
        return w->check->is_packet_out ? FLOW_OK : FLOW_BAD_OUT_PORT;
    default:
        return is_real_port(a->port) ? FLOW_OK : FLOW_BAD_OUT_PORT;
    }
}

static enum flow_error check_enqueue(const struct walk *w,
                                     const struct flow_action *a)
{
    (void)w;
    return is_real_port(a->port) || a->port == PORT_NO_IN_PORT ||
                   a->port == PORT_NO_LOCAL
               ? FLOW_OK
               : FLOW_BAD_OUT_PORT;
}

static enum flow_error check_group(const struct walk *w,
                                   const struct flow_action *a)
{
    return !w->check->groups || group_table_find(w->check->groups, a->group)
               ? FLOW_OK
               : FLOW_BAD_OUT_GROUP;
}

static enum flow_error check_meter(const struct walk *w,
                                   const struct flow_action *a)
{
    return !w->check->meters || meter_table_find(w->check->meters, a->meter)
               ? FLOW_OK
               : FLOW_BAD_ACTION_METER;
}

/* A note in the place of an action that an answer could not express is not that
 * action. */
static enum flow_error check_note(const struct walk *w,
                                  const struct flow_action *a)
{
    char word[ACTION_WORD_SIZE];

    (void)w;
    return action_is_unsaid(a, word) ? FLOW_NOT_WHOLE : FLOW_OK;
}

static enum flow_error check_resubmit(const struct walk *w,
                                      const struct flow_action *a)
{
    return a->table == FLOW_MOD_TABLE_ALL || a->table < w->check->tables
               ? FLOW_OK
               : FLOW_BAD_ARGUMENT;
}

static enum flow_error need(const struct walk *w, enum field_id id)
{
    return !w->key || field_is_in(field_by_id(id), w->key)
               ? FLOW_OK
               : FLOW_INCONSISTENT_MATCH;
}

static enum flow_error check_set_field(const struct walk *w,
                                       const struct flow_action *a)
{
    /* A VLAN is told of every frame, but set where there is a tag. */
    enum field_id needed =
        a->field == FIELD_VLAN_VID ? FIELD_VLAN_PCP : (enum field_id)a->field;

    return a->is_for_all ? FLOW_OK : need(w, needed);
}

static enum flow_error check_move(const struct walk *w,
                                  const struct flow_action *a)
{
    const struct action_move move = action_move_of(a);
    enum flow_error error = need(w, (enum field_id)move.source_field);

    return error ? error : need(w, (enum field_id)move.target_field);
}

static enum flow_error check_output_reg(const struct walk *w,
                                        const struct flow_action *a)
{
    return need(w, (enum field_id)action_move_of(a).source_field);
}

static enum flow_error check_learn(const struct walk *w,
                                   const struct flow_action *a)
{
    struct learn_head head;

    learn_head_of(a, &head);
    return head.table < w->check->tables ? learn_check(a, w->key)
                                         : FLOW_BAD_ARGUMENT;
}

typedef enum flow_error check_fn(const struct walk *w,
                                 const struct flow_action *a);

/* Beside what the registry says of each. */
static check_fn *const checks[ACTION_TYPE_COUNT] = {
    [ACTION_OUTPUT] = check_output,   [ACTION_GROUP] = check_group,
    [ACTION_ENQUEUE] = check_enqueue, [ACTION_SET_FIELD] = check_set_field,
    [ACTION_METER] = check_meter,     [ACTION_RESUBMIT] = check_resubmit,
    [ACTION_NOTE] = check_note,       [ACTION_MOVE] = check_move,
    [ACTION_LEARN] = check_learn,     [ACTION_OUTPUT_REG] = check_output_reg,
};

static void follow(struct walk *w, const struct flow_action *a)
{
    if (w->key && !action_follow(w->key, a))
        w->key = NULL;
}

/* An action of 1.0 that does not fit a frame is skipped for it; but what Nicira
 * added that names fields has to fit. */
static enum flow_error check_one(const struct walk *w,
                                 const struct flow_action *a)
{
    const struct action_row *row = action_row(a->type);

    if (row->takes && !row->takes(a->ethertype))
        return FLOW_BAD_TAG;
    if (w->key && w->check->version != OF10 &&
        !field_needs_are_met(row->needs, w->key))
        return FLOW_INCONSISTENT_MATCH;
    return checks[a->type] ? checks[a->type](w, a) : FLOW_OK;
}

/* Longer lists would be too many steps for a frame. */
static enum flow_error check_count(size_t count)
{
    return count > DECISION_CELLS ? FLOW_TOO_MANY_ACTIONS : FLOW_OK;
}

struct flow_check flow_check_of(const struct of_switch *s,
                                enum of_version version)
{
    return (struct flow_check){
        .version = version,
        .tables = s->identity.tables,
        .groups = datapath_groups(s->datapath),
        .meters = datapath_meters(s->datapath),
    };
}

enum flow_error flow_check_actions(const struct flow_check *c,
                                   struct flow_key *key,
                                   const struct flow_action *cells,
                                   size_t count)
{
    struct walk w = {.check = c, .key = key};
    const struct flow_action *end = count ? cells + count : cells;
    enum flow_error error = check_count(count);
    const struct flow_action *a;

    for (a = cells; !error && a < end; a = action_next(a)) {
        error = check_one(&w, a);
        follow(&w, a);
    }
    return error;
}

/* Whether it has a place in the order of an action set: OpenFlow 1.3.5 5.10.
 * Open vSwitch's set takes a resubmit as well, and its buckets a note. */
static bool is_for_set(const struct walk *w, const struct flow_action *a)
{
    switch ((enum action_type)a->type) {
    case ACTION_SET_QUEUE:
        return a->queue != ACTION_QUEUE_NONE;
    case ACTION_NOTE:
        return w->check->is_bucket;
    default:
        return action_row(a->type)->order != ORDER_NONE;
    }
}

static bool changes_headers(const struct flow_action *a)
{
    return action_row(a->type)->effect > EFFECT_FIELD;
}

enum flow_error flow_check_set(const struct flow_check *c, struct flow_key *key,
                               const struct flow_action *cells, size_t count)
{
    struct walk w = {.check = c, .key = key};
    const struct flow_action *end = count ? cells + count : cells;
    enum flow_error error = check_count(count);

    for (int pass = 0; pass < 2; pass++) {
        const struct flow_action *a;

        for (a = cells; !error && a < end; a = action_next(a)) {
            if (changes_headers(a) != (pass == 0))
                continue;
            error =
                is_for_set(&w, a) ? check_one(&w, a) : FLOW_NOT_FOR_ACTION_SET;
            follow(&w, a);
        }
    }
    return error;
}

static enum flow_error check_goto(const struct flow_check *c,
                                  const struct flow_mod *mod)
{
    if (!mod->instructions.has_goto)
        return FLOW_OK;
    if (mod->instructions.goto_table >= c->tables)
        return FLOW_BAD_INSTRUCTION_TABLE;
    return mod->table != FLOW_MOD_TABLE_ALL &&
                   mod->instructions.goto_table <= mod->table
               ? FLOW_BAD_GOTO
               : FLOW_OK;
}

enum flow_error flow_check_mod(const struct flow_check *c,
                               const struct flow_mod *mod)
{
    const struct flow_instructions *i = &mod->instructions;
    struct flow_key key = mod->match.key;
    enum flow_error error;

    if (mod->table != FLOW_MOD_TABLE_ALL && mod->table >= c->tables)
        return FLOW_BAD_TABLE;
    if (mod->command == FLOW_MOD_DELETE ||
        mod->command == FLOW_MOD_DELETE_STRICT)
        return FLOW_OK;
    if (mod->command == FLOW_MOD_ADD && mod->table == FLOW_MOD_TABLE_ALL &&
        c->version > OF10)
        return FLOW_BAD_TABLE;
    if (i->has_meter && c->meters && !meter_table_find(c->meters, i->meter))
        return FLOW_UNKNOWN_METER;
    error = check_goto(c, mod);
    if (!error)
        error =
            flow_check_actions(c, &key, instructions_apply(i), i->apply_count);
    if (!error)
        error = flow_check_set(c, &key, instructions_write(i), i->write_count);
    return error;
}

/* Reads the message as the switch would; what is read is checked. */
static enum flow_error check_message(struct flow_check c,
                                     const struct of_flow_format *format,
                                     const struct of_buffer *b)
{
    struct reader r = reader_over(b->data, b->size);
    struct of_header header = of_read_header(&r);
    enum of_kind kind = of_kind_of(&header, &r);
    struct flow_mod read;
    enum flow_error error;

    of_read_head(&header, kind, &r);
    error = of_flow_mod_read(format, &r, &read);
    if (error)
        return error;
    c.version = format->version;
    error = flow_check_mod(&c, &read);
    flow_mod_clear(&read);
    return error;
}

enum flow_error flow_check_written(const struct flow_check *c,
                                   const struct flow_mod *mod)
{
    static const struct of_flow_format formats[] = {
        {OF15, false, false},
        {OF10, true, true},
    };
    enum flow_error error = FLOW_INCONSISTENT_MATCH;

    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct of_buffer b = {.data = NULL};
        bool is_said;

        of_flow_mod_write(&formats[i], &b, 0, mod);
        is_said = !b.unsaid;
        if (b.is_bad)
            error = FLOW_TOO_MANY_ACTIONS;
        else if (is_said)
            error = check_message(*c, &formats[i], &b);
        of_buffer_clear(&b);
        if (is_said)
            break;
    }
    return error;
}
