/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of flows: it is loaded at the start; a reload takes away what is no
 * longer in it, leaves what still is with its counters, and touches nothing
 * that others have put into the tables; a file with a fault changes nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "bridge/flow_file.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

enum { TABLES = 254 }; /* of the configuration */

struct fixture {
    char path[64], ini[512];
    struct sim *sim;
};

static void write_flows(const struct fixture *f, const char *text)
{
    FILE *file = fopen(f->path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    int fd;

    strcpy(f->path, "/tmp/sim_flow_file.XXXXXX");
    fd = mkstemp(f->path);
    assert_true(fd >= 0);
    close(fd);
    snprintf(f->ini, sizeof(f->ini),
             "[bridge]\nfail-mode = secure\n"
             "[flows]\nfile = %s\n"
             "[port em1]\ntype = nic\nofport = 5\n"
             "[port em2]\ntype = nic\n",
             f->path);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    if (f->sim)
        sim_close(f->sim);
    unlink(f->path);
    free(f);
    return 0;
}

static struct flow_tables *tables_of(const struct fixture *f)
{
    return datapath_tables(bridge_datapath(sim_bridge(f->sim)));
}

struct listing {
    struct flow_tables *tables;
    FILE *out;
};

/* Entry by entry: what it is, and how many frames it has seen. */
static void list_one(void *context, struct flow_entry *e)
{
    const struct text_style style = {.names = NULL};
    struct listing *l = context;
    struct flow_match match;
    struct flow_stats s = {
        .match = &match,
        .instructions = &e->instructions,
        .cookie = e->cookie,
        .priority = e->priority,
        .idle_timeout_s = e->idle_timeout_s,
        .table = e->table,
    };

    classifier_match_of(e, &match);
    text_flow_write(l->out, &style, &s, false);
    fprintf(l->out, " (%u)\n",
            (unsigned int)flow_tables_usage(l->tables, e).packets);
}

static void expect(const struct fixture *f, const char *entries)
{
    struct flow_mod all = flow_mod_empty();
    struct listing l = {.tables = tables_of(f)};
    char *text = NULL;
    size_t size = 0;

    all.command = FLOW_MOD_DELETE;
    l.out = open_memstream(&text, &size);
    flow_tables_each(l.tables, &all, list_one, &l);
    fclose(l.out);
    assert_string_equal(text, entries);
    free(text);
}

static void add(const struct fixture *f, const char *flow)
{
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    struct flow_mod mod;

    assert_true(text_flow_read(&parse, FLOW_MOD_ADD, flow, &mod));
    assert_int_equal(flow_tables_apply(tables_of(f), &mod, sim_now_ms(f->sim)),
                     FLOW_OK);
    flow_mod_clear(&mod);
}

static void is_loaded_at_the_start(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "# a comment\n\n"
                   "table=1,priority=3,in_port=em1,actions=output:em2\n"
                   "table=1,ip,actions=drop\n"
                   "delete table=1,ip\n");
    f->sim = sim_open(f->ini);
    expect(f, "table=1, priority=3,in_port=5 actions=output:1 (0)\n");
}

static void a_reload_applies_the_difference(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "priority=9,in_port=em1,actions=output:em2\n"
                   "table=1,actions=drop\n");
    f->sim = sim_open(f->ini);
    sim_link_up(f->sim, "em1");
    sim_link_up(f->sim, "em2");
    send_frame(f->sim, "em1", 2, 1, -1);
    assert_int_equal(sent_count(f->sim, "em2"), 1);
    add(f, "table=4,actions=output:1");
    write_flows(f, "priority=9,in_port=em1,actions=output:em2\n"
                   "cookie=7,table=2,actions=drop\n");
    assert_true(sim_reload(f->sim, f->ini));
    expect(f, "priority=9,in_port=5 actions=output:1 (1)\n"
              "cookie=0x7, table=2, actions=drop (0)\n"
              "table=4, actions=output:1 (0)\n");
}

/* What somebody has changed since is no longer the file's. */
static void leaves_what_others_have_taken_over(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "table=1,actions=drop\ntable=2,actions=drop\n");
    f->sim = sim_open(f->ini);
    add(f, "table=1,actions=output:5");
    add(f, "table=2,cookie=1,actions=drop");
    write_flows(f, "");
    assert_true(sim_reload(f->sim, f->ini));
    expect(f, "table=1, actions=output:5 (0)\n"
              "cookie=0x1, table=2, actions=drop (0)\n");
}

static void a_file_that_is_named_no_more_goes(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "table=1,actions=drop\n");
    f->sim = sim_open(f->ini);
    expect(f, "table=1, actions=drop (0)\n");
    assert_true(sim_reload(f->sim, "[bridge]\nfail-mode = secure\n"
                                   "[port em1]\ntype = nic\nofport = 5\n"));
    expect(f, "");
}

static void a_fault_changes_nothing(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "table=1,actions=drop\n");
    f->sim = sim_open(f->ini);
    write_flows(f, "table=2,actions=drop\ntable=3,actions=outptu:1\n");
    sim_reload(f->sim, f->ini);
    expect(f, "table=1, actions=drop (0)\n");
}

static void every_fault_has_its_place(void **state)
{
    const struct fixture *f = *state;
    struct config_faults faults = {0};
    struct flow_file file = {.lines = NULL};
    char line[200];

    write_flows(f, "in_port=1,actions=drop\nin_prt=1,actions=drop\n\n"
                   "in_port=1,actions=outptu:2\n");
    assert_int_equal(flow_file_read(&file, f->path, NULL, TABLES, &faults), 2);
    assert_int_equal(faults.count, 2);
    snprintf(line, sizeof(line), "%s:2: in_prt: ", f->path);
    assert_memory_equal(faults.list[0].text, line, strlen(line));
    snprintf(line, sizeof(line), "%s:4: outptu: ", f->path);
    assert_memory_equal(faults.list[1].text, line, strlen(line));
    config_faults_clear(&faults);
    flow_file_clear(&file);
    assert_true(flow_file_read(&file, "/nonexistent", NULL, TABLES, &faults) <
                0);
    assert_true(flow_file_read(&file, "/tmp", NULL, TABLES, &faults) < 0);
    flow_file_clear(&file);
}

/* What a controller's flow-mod is refused for is a fault of a line. */
static void what_a_controller_may_not_say_is_a_fault(void **state)
{
    static const struct {
        const char *line, *fault; /* NULL: none */
    } rows[] = {
        /* clang-format off */
        {"table=5,actions=goto_table:3", "goto must go to a later table"},
        {"table=254,actions=drop", "no such table"},
        {"actions=resubmit(,254)", "invalid argument of an action"},
        /* clang-format on */
        {"tcp6,actions=set_field:1.2.3.4->nw_src",
         "the action does not fit the match"},
        {"actions=load:1->NXM_OF_IP_SRC[]",
         "the action does not fit the match"},
        {"actions=output:TABLE", "invalid output port"},
        {"actions=push_vlan:0x1234", "invalid argument of an action"},
        /* No version has both. */
        {"actions=mod_nw_tos:32,clear_actions",
         "the action does not fit the match"},
        /* clang-format off */
        {"actions=mod_nw_tos:32,mod_tp_dst:80,strip_vlan,dec_ttl",  NULL                                 },
        {"ip,actions=write_actions(dec_ttl,output:1),goto_table:1", NULL                                 },
        {"actions=group:77",                                        NULL                                 },
        {"actions=meter:7,output:1",                                NULL                                 },
        /* clang-format on */
    };
    const struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct config_faults faults = {0};
        struct flow_file file = {.lines = NULL};

        write_flows(f, rows[i].line);
        flow_file_read(&file, f->path, NULL, TABLES, &faults);
        if (faults.count != (rows[i].fault != NULL) ||
            (rows[i].fault && !strstr(faults.list[0].text, rows[i].fault)))
            fail_msg("%s: %s", rows[i].line,
                     faults.count ? faults.list[0].text : "no fault");
        config_faults_clear(&faults);
        flow_file_clear(&file);
    }
}

/* Groups and meters are only known when the file is loaded. */
static void a_line_whose_group_is_not_there_is_not_in_force(void **state)
{
    struct fixture *f = *state;

    write_flows(f, "table=1,actions=drop\ntable=2,actions=group:77\n"
                   "table=3,actions=meter:7,output:1\n");
    f->sim = sim_open(f->ini);
    expect(f, "table=1, actions=drop (0)\n");
}

/* As many masks as a table takes and one more, the first line of table 2. */
static void write_masks(const struct fixture *f)
{
    FILE *file = fopen(f->path, "w");

    assert_non_null(file);
    fputs("table=2,actions=drop\n", file);
    for (unsigned int i = 0; i <= CLASSIFIER_MASKS_MAX; i++)
        fprintf(file, "table=1,metadata=0/%u,actions=drop\n", i + 1);
    fclose(file);
}

static void the_line_that_a_table_has_no_room_for_is_named(void **state)
{
    const struct fixture *f = *state;
    struct config_faults faults = {0};
    struct flow_file file = {.lines = NULL};
    char line[200];

    write_masks(f);
    assert_int_equal(flow_file_read(&file, f->path, NULL, TABLES, &faults), 1);
    snprintf(line, sizeof(line), "%s:%d: table 1 has ", f->path,
             CLASSIFIER_MASKS_MAX + 2);
    assert_memory_equal(faults.list[0].text, line, strlen(line));
    config_faults_clear(&faults);
    flow_file_clear(&file);
}

static void more_flows_than_a_file_may_have_are_too_many(void **state)
{
    const struct fixture *f = *state;
    struct config_faults faults = {0};
    struct flow_file file = {.lines = NULL};
    FILE *out = fopen(f->path, "w");

    for (size_t i = 0; i < FLOW_FILE_MAX; i++)
        fputs("actions=drop\n", out);
    fclose(out);
    assert_int_equal(flow_file_read(&file, f->path, NULL, TABLES, &faults), 0);
    assert_int_equal(file.count, FLOW_FILE_MAX);
    flow_file_clear(&file);
    out = fopen(f->path, "a");
    fputs("actions=drop\n", out);
    fclose(out);
    assert_int_equal(flow_file_read(&file, f->path, NULL, TABLES, &faults),
                     -EFBIG);
    flow_file_clear(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_loaded_at_the_start),
        TEST(a_reload_applies_the_difference),
        TEST(leaves_what_others_have_taken_over),
        TEST(a_file_that_is_named_no_more_goes),
        TEST(a_fault_changes_nothing),
        TEST(every_fault_has_its_place),
        TEST(what_a_controller_may_not_say_is_a_fault),
        TEST(a_line_whose_group_is_not_there_is_not_in_force),
        TEST(the_line_that_a_table_has_no_room_for_is_named),
        TEST(more_flows_than_a_file_may_have_are_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
