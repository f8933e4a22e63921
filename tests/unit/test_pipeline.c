/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the pipeline decides, from keys and tables alone: OpenFlow 1.3.5
 * section 5.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/retire.h"
#include "datapath/pipeline.h"
#include "flow/packet_reason.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

/* Tables, groups and ports 1 to 4 (number = index + 1). */
struct world {
    struct flow_tables *tables;
    struct group_table *groups;
    struct ports ports;
    struct port_counters counters;
    struct pipeline pipeline;
    struct decision decision;
};

static struct world w;

static void set_port(uint16_t index, bool is_up)
{
    struct datapath_port port = {
        .index = index,
        .number = index + 1u,
        .link = {.is_up = is_up, .mtu = 1500, .counters = &w.counters}};

    assert_int_equal(ports_set(&w.ports, &port), 0);
}

static int begin(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    w.tables = flow_tables_create(1, 0);
    w.groups = group_table_create(flow_tables_counters(w.tables));
    w.pipeline.tables = w.tables;
    w.pipeline.groups = w.groups;
    w.pipeline.ports = &w.ports;
    for (uint16_t i = 0; i < 4; i++)
        set_port(i, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    group_table_free(w.groups);
    flow_tables_free(w.tables);
    ports_clear(&w.ports);
    return 0;
}

static struct flow_action out(uint32_t port)
{
    return (struct flow_action){.type = ACTION_OUTPUT, .port = port};
}

/* Adds an entry that matches everything. */
static void add(uint8_t table, const struct flow_instructions *i)
{
    struct flow_mod mod = flow_mod_empty();

    mod.table = table;
    mod.priority = 1;
    mod.instructions = *i;
    assert_int_equal(flow_tables_apply(w.tables, &mod, 0), FLOW_OK);
}

static void add_group(uint32_t id, uint8_t type, struct bucket *buckets,
                      size_t count)
{
    struct group_mod mod = {.command = GROUP_ADD,
                            .type = type,
                            .group_id = id,
                            .buckets = buckets,
                            .bucket_count = count};

    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_OK);
}

static struct flow_key plain_key(void)
{
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    key.in_port = htonl(1);
    key.eth_type = htons(0x0800);
    key.ip_proto = 17;
    key.ip_ttl = 64;
    return key;
}

static void decide(void)
{
    struct flow_key key = plain_key();

    pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
}

static void assert_steps(const uint8_t *types, const uint32_t *arguments,
                         size_t count)
{
    const struct flow_action *a = w.decision.cells;

    for (size_t i = 0; i < count; i++, a = action_next(a)) {
        assert_true(a < w.decision.cells + w.decision.cell_count);
        assert_int_equal(a->type, types[i]);
        assert_int_equal(a->port, arguments[i]);
    }
    assert_ptr_equal(a, w.decision.cells + w.decision.cell_count);
}

#define STEPS(n, types, arguments)                                             \
    assert_steps((uint8_t[])types, (uint32_t[])arguments, n)
#define LIST(...)                                                              \
    {                                                                          \
        __VA_ARGS__                                                            \
    }

static void no_entry_is_a_drop_or_for_the_controller(void **state)
{
    (void)state;
    decide();
    assert_int_equal(w.decision.cell_count, 0);
    assert_int_equal(w.decision.reason, DROP_NO_MATCH);
    assert_int_equal(w.decision.missed_table, 0);
    atomic_store(&w.pipeline.misses_go_to_controller, true);
    decide();
    assert_int_equal(w.decision.cells[0].type, STEP_CONTROLLER);
}

static void outputs_keep_their_order_and_skip_the_in_port(void **state)
{
    struct flow_action a[] = {out(3),
                              out(1),
                              out(PORT_NO_IN_PORT),
                              out(9),
                              out(PORT_NO_NORMAL),
                              out(PORT_NO_FLOOD)};
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 6, .cells = a};

    (void)state;
    add(0, &i);
    decide();
    STEPS(4, LIST(STEP_PORT, STEP_PORT, STEP_NORMAL, STEP_FLOOD),
          LIST(2, 0, 0, 0));
    assert_int_equal(w.decision.rule_count, 1);
}

static void metadata_and_goto_lead_through_tables(void **state)
{
    struct flow_action a = out(2);
    struct flow_instructions first = {.has_goto = true,
                                      .goto_table = 7,
                                      .has_metadata = true,
                                      .metadata = 0xab,
                                      .metadata_mask = 0xff};
    struct flow_instructions then = {
        .has_apply = true, .apply_count = 1, .cells = &a};
    struct flow_mod mod = flow_mod_empty();

    (void)state;
    add(0, &first);
    mod.table = 7;
    mod.match.key.metadata = 0xab;
    mod.match.mask.metadata = 0xff;
    mod.instructions = then;
    flow_tables_apply(w.tables, &mod, 0);
    decide();
    STEPS(1, LIST(STEP_PORT), LIST(1));
    assert_int_equal(w.decision.rule_count, 2);
}

static void the_action_set_is_done_last_in_its_order(void **state)
{
    struct flow_action write0[] = {out(2), {.type = ACTION_DEC_IP_TTL}, out(3)};
    struct flow_action apply1[] = {out(4)};
    struct flow_instructions i0 = {.has_write = true,
                                   .write_count = 3,
                                   .cells = write0,
                                   .has_goto = true,
                                   .goto_table = 1};
    struct flow_instructions i1 = {
        .has_apply = true, .apply_count = 1, .cells = apply1};

    (void)state;
    add(0, &i0);
    add(1, &i1);
    decide();
    STEPS(3, LIST(STEP_PORT, ACTION_DEC_IP_TTL, STEP_PORT), LIST(3, 0, 2));
}

static void clear_actions_empties_the_set(void **state)
{
    struct flow_action write0 = out(2);
    struct flow_instructions i0 = {.has_write = true,
                                   .write_count = 1,
                                   .cells = &write0,
                                   .has_goto = true,
                                   .goto_table = 1};
    struct flow_instructions i1 = {.has_clear = true};

    (void)state;
    add(0, &i0);
    add(1, &i1);
    decide();
    assert_int_equal(w.decision.cell_count, 0);
    assert_int_equal(w.decision.reason, DROP_ACTION);
}

static void a_later_table_sees_what_was_set(void **state)
{
    struct action_list l = {.cells = NULL};
    uint16_t port = htons(99);
    struct flow_action a = out(2);
    struct flow_mod mod = flow_mod_empty();
    struct flow_instructions i0 = {
        .has_apply = true, .has_goto = true, .goto_table = 1};

    (void)state;
    action_list_set_field(&l, field_by_id(FIELD_UDP_DST),
                          (const uint8_t *)&port, NULL);
    i0.cells = l.cells;
    i0.apply_count = (uint16_t)l.count;
    add(0, &i0);
    action_list_clear(&l);
    mod.table = 1;
    mod.match.key.tp_dst = port;
    mod.match.mask.tp_dst = 0xffff;
    mod.instructions = (struct flow_instructions){
        .has_apply = true, .apply_count = 1, .cells = &a};
    flow_tables_apply(w.tables, &mod, 0);
    decide();
    STEPS(2, LIST(ACTION_SET_FIELD, STEP_PORT), LIST(FIELD_UDP_DST, 1));
}

static void an_expired_ttl_goes_to_the_controller(void **state)
{
    struct flow_action a[] = {{.type = ACTION_DEC_IP_TTL}, out(2)};
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 2, .cells = a};
    struct flow_key key = plain_key();
    struct step_pipeline more;

    (void)state;
    add(0, &i);
    key.ip_ttl = 1;
    pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
    assert_int_equal(w.decision.cells[0].type, STEP_CONTROLLER);
    memcpy(&more, &w.decision.cells[1], sizeof(more));
    assert_int_equal(more.reason, PACKET_IN_INVALID_TTL);
    assert_int_equal(w.decision.cell_count, 2);
    assert_int_equal(w.decision.reason, DROP_TTL);
}

/* All that the pipeline has beside the frame, in as few cells as hold it. */
static void the_controller_is_told_of_the_pipeline(void **state)
{
    static const struct {
        uint64_t words[KEY_WORDS - KEY_FRAME_WORDS];
        uint16_t set;
        unsigned int cells;
    } rows[] = {
        /* clang-format off */
        {{0},                                     0,          2},
        {{7},                                     1,          3},
        {{7, 0, 0, 8},                            1 | 1 << 3, 3},
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 0xfff,      8},
        /* clang-format on */
    };

    struct flow_action a = out(PORT_NO_CONTROLLER);
    struct flow_instructions to_controller = {
        .has_apply = true, .apply_count = 1, .cells = &a};

    (void)state;
    add(0, &to_controller);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct flow_key key = plain_key();
        struct step_pipeline more;
        const uint64_t *words;
        unsigned int count = 0;

        memcpy(key.word + KEY_FRAME_WORDS, rows[i].words,
               sizeof(rows[i].words));
        pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
        memcpy(&more, &w.decision.cells[1], sizeof(more));
        assert_int_equal(more.words, rows[i].set);
        assert_int_equal(w.decision.cell_count, rows[i].cells);
        assert_int_equal(w.decision.cells[0].extra, rows[i].cells - 1);
        words = (const uint64_t *)&w.decision.cells[2];
        for (size_t j = 0; j < KEY_WORDS - KEY_FRAME_WORDS; j++)
            if (rows[i].words[j])
                assert_int_equal(words[count++], rows[i].words[j]);
    }
}

static struct bucket bucket_to(struct flow_action *a, uint32_t port,
                               uint32_t watch, uint16_t weight)
{
    *a = out(port);
    return (struct bucket){.id = BUCKET_ID_ALL,
                           .weight = weight,
                           .watch_port = watch,
                           .watch_group = GROUP_ANY,
                           .actions = {.cells = a, .count = 1}};
}

static void use_group(uint32_t id)
{
    struct flow_action a = {.type = ACTION_GROUP, .group = id};
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 1, .cells = &a};

    add(0, &i);
}

static void group_all_copies_to_each_bucket(void **state)
{
    struct flow_action a[2];
    struct bucket b[] = {bucket_to(&a[0], 2, PORT_NO_ANY, 0),
                         bucket_to(&a[1], 3, PORT_NO_ANY, 0)};

    (void)state;
    add_group(1, GROUP_TYPE_ALL, b, 2);
    use_group(1);
    decide();
    STEPS(6,
          LIST(STEP_CLONE, STEP_PORT, STEP_CLONE_END, STEP_CLONE, STEP_PORT,
               STEP_CLONE_END),
          LIST(0, 1, 0, 0, 2, 0));
    assert_int_equal(w.decision.rule_count, 4); /* entry, group, buckets */
}

static void fast_failover_takes_the_first_live_bucket(void **state)
{
    struct flow_action a[2];
    struct bucket b[] = {bucket_to(&a[0], 2, 2, 0), bucket_to(&a[1], 3, 3, 0)};

    (void)state;
    add_group(1, GROUP_TYPE_FAST_FAILOVER, b, 2);
    use_group(1);
    decide();
    assert_int_equal(w.decision.cells[1].port, 1);
    set_port(1, false);
    decide();
    assert_int_equal(w.decision.cells[1].port, 2);
    set_port(2, false);
    decide();
    assert_int_equal(w.decision.cell_count, 0);
    assert_int_equal(w.decision.reason, DROP_GROUP);
}

/* Were all ways through them looked at it would take years. */
static void groups_that_watch_one_another_are_dead_in_no_time(void **state)
{
    enum { WIDE = 64, DEEP = 14 };
    struct flow_action a[WIDE];
    struct bucket b[WIDE];

    (void)state;
    set_port(1, false);
    for (uint32_t id = 1; id <= DEEP; id++) {
        for (size_t i = 0; i < WIDE; i++) {
            b[i] = bucket_to(&a[i], 3, id == 1 ? 2 : PORT_NO_ANY, 0);
            b[i].watch_group = id == 1 ? GROUP_ANY : id - 1;
        }
        add_group(id, GROUP_TYPE_FAST_FAILOVER, b, WIDE);
    }
    use_group(DEEP);
    decide();
    assert_int_equal(w.decision.reason, DROP_GROUP);
    set_port(1, true);
    decide();
    assert_int_equal(w.decision.cells[1].port, 2);
}

static void select_is_stable_and_even_by_weight(void **state)
{
    enum { FLOWS = 20000 };
    struct flow_action a[3];
    struct bucket b[] = {bucket_to(&a[0], 2, PORT_NO_ANY, 1),
                         bucket_to(&a[1], 3, PORT_NO_ANY, 2),
                         bucket_to(&a[2], 4, PORT_NO_ANY, 1)};
    unsigned int hits[4] = {0};

    (void)state;
    add_group(1, GROUP_TYPE_SELECT, b, 3);
    use_group(1);
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct flow_key key = plain_key();
        uint32_t port;

        key.ip_src = htonl(0x0a000000 + i);
        pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
        port = w.decision.cells[1].port;
        hits[port]++;
        key = plain_key();
        key.ip_src = htonl(0x0a000000 + i);
        key.ip_ttl = 3; /* of the same flow */
        pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
        assert_int_equal(w.decision.cells[1].port, port);
    }
    assert_in_range(hits[1], FLOWS / 4 * 9 / 10, FLOWS / 4 * 11 / 10);
    assert_in_range(hits[2], FLOWS / 2 * 9 / 10, FLOWS / 2 * 11 / 10);
    assert_in_range(hits[3], FLOWS / 4 * 9 / 10, FLOWS / 4 * 11 / 10);
}

static void bad_groups_are_refused(void **state)
{
    struct flow_action a;
    struct bucket b = bucket_to(&a, 2, PORT_NO_ANY, 0);
    struct group_mod mod = {.command = GROUP_ADD,
                            .type = GROUP_TYPE_SELECT,
                            .group_id = 1,
                            .buckets = &b,
                            .bucket_count = 1};

    (void)state;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_INVALID_GROUP);
    mod.type = GROUP_TYPE_ALL;
    b.weight = 5;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_INVALID_GROUP);
    b.weight = 0;
    mod.group_id = GROUP_MAX + 1;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_INVALID_GROUP);
    mod.group_id = 1;
    mod.type = GROUP_TYPE_INDIRECT;
    mod.bucket_count = 0;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_INVALID_GROUP);
    mod.bucket_count = 1;
    a = (struct flow_action){.type = ACTION_GROUP, .group = 1};
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_GROUP_LOOP);
    a = out(2);
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_OK);
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_GROUP_EXISTS);
    a = (struct flow_action){.type = ACTION_GROUP, .group = 1};
    mod.group_id = 2;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_OK);
    a.group = 2;
    mod.group_id = 1;
    mod.command = GROUP_MODIFY;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_GROUP_LOOP);
    mod.group_id = 3;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_UNKNOWN_GROUP);
    mod.command = GROUP_DELETE;
    assert_int_equal(group_table_apply(w.groups, &mod, 0), FLOW_OK);
    assert_int_equal(group_table_references(w.groups, 1), 1);
}

static void resubmits_for_ever_end(void **state)
{
    struct flow_action a = {.type = ACTION_RESUBMIT, .port = PORT_NO_IN_PORT};
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 1, .cells = &a};

    (void)state;
    add(0, &i);
    decide();
    assert_int_equal(w.decision.cell_count, 0);
    assert_int_equal(w.decision.reason, DROP_LOOP);
}

/* The action set is one for all tables that a frame passes, and whoever
 * resubmits goes on where it was. */
static void a_resubmit_writes_to_the_same_action_set(void **state)
{
    struct flow_action to_1 = {
        .type = ACTION_RESUBMIT, .port = PORT_NO_IN_PORT, .table = 1};
    struct flow_action first[] = {to_1, out(2)};
    struct flow_action second[] = {out(3)};
    struct flow_instructions resubmits = {
        .has_apply = true, .apply_count = 2, .cells = first};
    struct flow_instructions writes = {
        .has_write = true, .write_count = 1, .cells = second};

    (void)state;
    add(0, &resubmits);
    add(1, &writes);
    decide();
    STEPS(2, LIST(STEP_PORT, STEP_PORT), LIST(1, 2));
}

/* What a bucket's table does is done to the bucket's copy; an exit there ends
 * only that. */
static void a_bucket_may_resubmit(void **state)
{
    struct flow_action to_1 = {
        .type = ACTION_RESUBMIT, .port = PORT_NO_IN_PORT, .table = 1};
    struct flow_action to_group = {.type = ACTION_GROUP, .group = 1};
    struct flow_action first[] = {to_group, out(2)};
    struct flow_action second[] = {out(3), {.type = ACTION_EXIT}, out(4)};
    struct bucket bucket = {.watch_port = PORT_NO_ANY,
                            .watch_group = GROUP_ANY,
                            .actions = {.cells = &to_1, .count = 1}};
    struct flow_instructions groups = {
        .has_apply = true, .apply_count = 2, .cells = first};
    struct flow_instructions exits = {
        .has_apply = true, .apply_count = 3, .cells = second};

    (void)state;
    add_group(1, GROUP_TYPE_ALL, &bucket, 1);
    add(0, &groups);
    add(1, &exits);
    decide();
    STEPS(4, LIST(STEP_CLONE, STEP_PORT, STEP_CLONE_END, STEP_PORT),
          LIST(0, 2, 0, 1));
}

/* A bucket that sends nowhere drops the frame, as an entry does; a group that
 * takes no bucket is another reason. */
static void what_is_sent_nowhere_says_why(void **state)
{
    struct flow_action to_group = {.type = ACTION_GROUP, .group = 1};
    struct flow_action ttl = {.type = ACTION_DEC_IP_TTL};
    struct bucket bucket = {.watch_port = PORT_NO_ANY,
                            .watch_group = GROUP_ANY,
                            .actions = {.cells = &ttl, .count = 1}};
    struct flow_instructions groups = {
        .has_apply = true, .apply_count = 1, .cells = &to_group};
    struct flow_instructions edits = {
        .has_apply = true, .apply_count = 1, .cells = &ttl};

    (void)state;
    add(0, &edits);
    decide();
    assert_int_equal(w.decision.reason, DROP_ACTION);
    add_group(1, GROUP_TYPE_ALL, &bucket, 1);
    add(0, &groups);
    decide();
    assert_int_equal(w.decision.reason, DROP_ACTION);
    add_group(2, GROUP_TYPE_ALL, NULL, 0);
    to_group.group = 2;
    add(0, &groups);
    decide();
    assert_int_equal(w.decision.reason, DROP_GROUP);
}

static void an_enqueue_leaves_the_queue_that_was_set(void **state)
{
    struct flow_action cells[] = {
        {.type = ACTION_SET_QUEUE, .queue = 5},
        {.type = ACTION_ENQUEUE, .port = 2, .enqueue_queue = 1},
        out(3),
        {.type = ACTION_SET_QUEUE, .queue = ACTION_QUEUE_NONE},
        {.type = ACTION_ENQUEUE, .port = 2, .enqueue_queue = 1},
        out(3),
    };
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 6, .cells = cells};

    (void)state;
    add(0, &i);
    decide();
    STEPS(10,
          LIST(STEP_QUEUE, STEP_QUEUE, STEP_PORT, STEP_QUEUE, STEP_PORT,
               STEP_QUEUE, STEP_QUEUE, STEP_PORT, STEP_QUEUE, STEP_PORT),
          LIST(6, 2, 1, 6, 2, 0, 2, 1, 0, 2));
}

static void a_packet_out_goes_through_the_tables_if_told(void **state)
{
    struct flow_action a = out(2), table = out(PORT_NO_TABLE);
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 1, .cells = &a};
    struct flow_key key = plain_key();

    (void)state;
    add(0, &i);
    pipeline_decide_actions(&w.pipeline, &key, &table, 1, NULL, &w.decision);
    STEPS(1, LIST(STEP_PORT), LIST(1));
    assert_int_equal(w.decision.rule_count, 1);
}

/* What a packet-out says itself is done with fragments, too. */
static void fragments_are_dropped_at_the_tables(void **state)
{
    struct flow_action actions[] = {out(3), out(PORT_NO_TABLE)}, a = out(2);
    struct flow_instructions i = {
        .has_apply = true, .apply_count = 1, .cells = &a};
    struct flow_key key = plain_key();

    (void)state;
    add(0, &i);
    atomic_store(&w.pipeline.frags, SWITCH_FRAGS_DROP);
    key.ip_frag = FRAG_ANY;
    pipeline_decide_actions(&w.pipeline, &key, actions, 2, NULL, &w.decision);
    STEPS(1, LIST(STEP_PORT), LIST(2));
    pipeline_decide(&w.pipeline, &key, NULL, &w.decision);
    assert_int_equal(w.decision.cell_count, 0);
    assert_int_equal(w.decision.reason, DROP_FRAGMENT);
    assert_int_equal(w.decision.rule_count, 0);
    assert_int_equal(w.decision.missed_table, VERDICT_MISS);
    decide();
    STEPS(1, LIST(STEP_PORT), LIST(1));
    assert_int_equal(w.decision.consulted.ip_frag, UINT8_MAX);
}

/* Adds an entry as ovs-ofctl would write it. */
static void add_line(const char *line)
{
    struct text_error error;
    const struct text_parse parse = {.error = &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, FLOW_MOD_ADD, line, &mod))
        fail_msg("%s: %s", line, error.line);
    assert_int_equal(flow_tables_apply(w.tables, &mod, 0), FLOW_OK);
    flow_mod_clear(&mod);
}

/* A field names the port; what is behind an exit is not done, but the action
 * set is. */
static void outputs_of_registers_and_exits(void **state)
{
    (void)state;
    add_line("actions=write_actions(output:3),goto_table:1");
    add_line("table=1,actions=load:2->NXM_NX_REG0[8..15],"
             "output:NXM_NX_REG0[8..15],resubmit(,2),output:2");
    add_line("table=2,actions=load:0x10002->NXM_NX_REG1[],"
             "output:NXM_NX_REG1[],load:0xfffb->NXM_NX_REG2[16..31],"
             "output:NXM_NX_REG2[16..31],exit,output:2");
    decide();
    STEPS(3, LIST(STEP_PORT, STEP_FLOOD, STEP_PORT), LIST(1, 0, 2));
}

/* Where a label is taken off only the frame tells what it is by then: up to
 * there it is decided for all of its kind, and from there for it alone. */
static void a_decision_ends_where_the_frame_is_needed(void **state)
{
    const struct pipeline_aids aids = {.can_look_again = true};
    struct flow_key key = plain_key(), edited = plain_key();
    struct verdict v;

    (void)state;
    add_line("mpls,actions=set_queue:4,set_field:5->reg1,output:1,"
             "pop_mpls:0x0800,output:2,goto_table:3");
    add_line("table=3,udp,reg1=5,in_port=1,actions=enqueue:3:1,output:4");
    key.eth_type = htons(0x8847);
    pipeline_decide(&w.pipeline, &key, &aids, &w.decision);
    STEPS(4, LIST(STEP_QUEUE, ACTION_POP_MPLS, STEP_PORT, STEP_LOOK_AGAIN),
          LIST(5, 0x0800, 1, 5));
    assert_int_equal(w.decision.reason, DROP_LOOK_AGAIN);
    assert_int_equal(w.decision.rule_count, 1);
    assert_int_equal(w.decision.consulted.tp_dst, 0);
    assert_true(decision_can_be_kept(&w.decision));
    decision_to_verdict(&w.decision, &v);
    assert_false(v.just_outputs);

    pipeline_decide_again(&w.pipeline, &edited, &w.decision.cells[3], &aids,
                          &w.decision);
    STEPS(4, LIST(STEP_QUEUE, STEP_PORT, STEP_QUEUE, STEP_PORT),
          LIST(2, 2, 5, 3));
    assert_int_equal(w.decision.reason, DROP_SAME_PORT);
    assert_int_equal(w.decision.rule_count, 1);
}

/* Small values, so that entries match and prerequisites hold. */
static struct flow_key some_key(void)
{
    static const uint16_t types[] = {0x0800, 0x86dd, 0x8847, 0x0806, 0x88b5};
    static const uint8_t protocols[] = {6, 17, 58, 1};
    static const uint8_t frags[] = {0, 0, 0, FRAG_ANY, FRAG_ANY | FRAG_LATER};
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++)
        key.word[i] = (uint64_t)(rand() % 3) * 0x0100010001000100u;
    key.in_port = htonl(1 + (uint32_t)rand() % 4);
    key.eth_type = htons(types[rand() % 5]);
    key.vlan_vid = htons(rand() % 2 ? VLAN_PRESENT | 1 : 0);
    key.ip_proto = protocols[rand() % 4];
    key.ip_frag = frags[rand() % 5];
    key.ip_ttl = (uint8_t)(rand() % 3);
    key.mpls_ttl = (uint8_t)(rand() % 3);
    key.tp_src = htons(rand() % 2 ? 135 : 136);
    return key;
}

static void assert_same_decision(const struct decision *a,
                                 const struct decision *b)
{
    assert_int_equal(a->cell_count, b->cell_count);
    assert_memory_equal(a->cells, b->cells,
                        a->cell_count * sizeof(a->cells[0]));
    assert_int_equal(a->rule_count, b->rule_count);
    for (unsigned int i = 0; i < a->rule_count; i++)
        assert_int_equal(a->rules[i].counter, b->rules[i].counter);
    assert_int_equal(a->reason, b->reason);
    assert_int_equal(a->missed_table, b->missed_table);
    assert_int_equal(a->is_for_once, b->is_for_once);
}

/* Entries that read the frame in all the ways there are. */
static const char *const reading_lines[] = {
    "priority=9,dl_dst=00:02:00:02:00:02,actions=set_field:5->reg1,output:2",
    "priority=8,ip,actions=dec_ttl,resubmit(,1)",
    "priority=7,mpls,actions=dec_mpls_ttl,goto_table:1",
    "priority=6,ipv6,actions=move:ipv6_src[0..15]->reg0[0..15],goto_table:1",
    "priority=5,vlan_vid=0x1001,actions=pop_vlan,goto_table:1",
    "priority=4,arp,actions=move:arp_op[]->reg0[0..15],goto_table:2",
    "priority=0,actions=goto_table:1",
    "table=1,priority=9,udp,tp_dst=256,actions=set_field:7->udp_dst,output:2",
    "table=1,priority=8,tcp,actions=set_field:7->tcp_src,goto_table:2",
    "table=1,priority=7,icmp6,actions=set_field:fd::1->nd_target,output:3",
    "table=1,priority=6,ip,nw_src=0.1.0.0/16,actions=group:1,goto_table:2",
    "table=1,priority=5,reg0=256,actions=output:1,output:2",
    "table=1,priority=3,ip,nw_dst=0.0.0.0/15,actions=mod_vlan_vid:3,NORMAL",
    "table=1,priority=2,dl_src=00:01:00:01:00:01,actions=drop",
    "table=1,priority=0,actions=push_vlan:0x8100,goto_table:2",
    "table=2,priority=9,vlan_pcp=1,vlan_vid=0x1000/0x1000,actions=IN_PORT",
    "table=2,priority=8,reg0=1,actions=controller:64,output:4",
    "table=2,priority=7,vlan_vid=0x1000/0x1000,actions=set_field:4->vlan_pcp,"
    "output:3",
    "table=2,priority=1,actions=output:2",
};

/* What is kept for the bits that a decision says it was made from serves all
 * frames that are the same in these. */
static void a_decision_depends_on_no_other_bits_than_it_says(void **state)
{
    struct flow_action a[2];
    struct bucket buckets[] = {bucket_to(&a[0], 2, PORT_NO_ANY, 1),
                               bucket_to(&a[1], 3, PORT_NO_ANY, 1)};
    static const uint8_t modes[] = {SWITCH_FRAGS_NORMAL, SWITCH_FRAGS_DROP,
                                    SWITCH_FRAGS_NX_MATCH};
    unsigned int narrow = 0, wide = 0;
    static struct decision first;

    (void)state;
    add_group(1, GROUP_TYPE_SELECT, buckets, 2);
    for (size_t i = 0; i < ARRAY_SIZE(reading_lines); i++)
        add_line(reading_lines[i]);
    srand(3);
    for (int step = 0; step < 20000; step++) {
        struct flow_key key = some_key(), other = some_key();
        struct flow_key before = key;
        bool is_same = true;

        atomic_store(&w.pipeline.frags, modes[rand() % 3]);
        pipeline_decide(&w.pipeline, &key, NULL, &first);
        for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++) {
            other.word[i] = (before.word[i] & first.consulted.word[i]) |
                            (other.word[i] & ~first.consulted.word[i]);
            is_same &= other.word[i] == before.word[i];
        }
        *(is_same ? &narrow : &wide) += 1;
        pipeline_decide(&w.pipeline, &other, NULL, &w.decision);
        assert_same_decision(&first, &w.decision);
    }
    assert_true(narrow > 1000 && wide > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            no_entry_is_a_drop_or_for_the_controller, begin, end),
        cmocka_unit_test_setup_teardown(
            outputs_keep_their_order_and_skip_the_in_port, begin, end),
        cmocka_unit_test_setup_teardown(metadata_and_goto_lead_through_tables,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            the_action_set_is_done_last_in_its_order, begin, end),
        cmocka_unit_test_setup_teardown(clear_actions_empties_the_set, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_later_table_sees_what_was_set, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_controller_is_told_of_the_pipeline,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_expired_ttl_goes_to_the_controller,
                                        begin, end),
        cmocka_unit_test_setup_teardown(group_all_copies_to_each_bucket, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            fast_failover_takes_the_first_live_bucket, begin, end),
        cmocka_unit_test_setup_teardown(
            groups_that_watch_one_another_are_dead_in_no_time, begin, end),
        cmocka_unit_test_setup_teardown(select_is_stable_and_even_by_weight,
                                        begin, end),
        cmocka_unit_test_setup_teardown(bad_groups_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(resubmits_for_ever_end, begin, end),
        cmocka_unit_test_setup_teardown(outputs_of_registers_and_exits, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            a_resubmit_writes_to_the_same_action_set, begin, end),
        cmocka_unit_test_setup_teardown(a_bucket_may_resubmit, begin, end),
        cmocka_unit_test_setup_teardown(what_is_sent_nowhere_says_why, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            an_enqueue_leaves_the_queue_that_was_set, begin, end),
        cmocka_unit_test_setup_teardown(
            a_packet_out_goes_through_the_tables_if_told, begin, end),
        cmocka_unit_test_setup_teardown(fragments_are_dropped_at_the_tables,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            a_decision_ends_where_the_frame_is_needed, begin, end),
        cmocka_unit_test_setup_teardown(
            a_decision_depends_on_no_other_bits_than_it_says, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
