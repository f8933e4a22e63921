/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups are shown as ovs-ofctl shows them, with what they have counted, from
 * replies that are given; what is asked for goes out.
 */
#include "client/groups.h"

#include "base/array.h"
#include "flow/port_no.h"
#include "openflow/of_group.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"
#include "text/text_group.h"

static char asked[256];

static void note_asked(struct group_mod *mod)
{
    const struct text_style style = {.names = NULL};
    FILE *out = fmemopen(asked, sizeof(asked), "w");

    fprintf(out, "%d ", (int)mod->command);
    text_group_write(out, &style, mod, false);
    fclose(out);
    group_mod_clear(mod);
}

static void put_desc(struct of_buffer *out, uint32_t id)
{
    const struct flow_action outputs[] = {
        {.type = ACTION_OUTPUT, .port = 1},
        {.type = ACTION_OUTPUT, .port = 2},
    };
    static const struct group_selection own = {.method = SELECTION_OWN};
    struct of_group_desc d =
        of_group_begin_desc(out, OF13, GROUP_TYPE_SELECT, id);

    for (uint32_t i = 0; i < 2; i++) {
        const struct bucket_desc bucket = {
            .id = i,
            .weight = (uint16_t)(1 + i),
            .watch_port = PORT_NO_ANY,
            .watch_group = GROUP_ANY,
            .cells = &outputs[i],
            .cell_count = 1,
        };

        of_group_put_bucket(&d, &bucket);
    }
    of_group_end_desc(&d, &own);
}

static void answer(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    static const struct bucket_stats buckets[] = {{3, 180}, {4, 240}};
    const struct group_stats stats = {
        .group_id = 8,
        .ref_count = 2,
        .duration_s = 5,
        .packets = 7,
        .bytes = 420,
        .bucket_count = 2,
        .buckets = buckets,
    };
    struct reader body = m->body;
    struct group_mod mod;
    size_t start;

    (void)p;
    if (m->kind == OF_GROUP_MOD) {
        assert_int_equal(of_group_read_mod(OF13, &body, &mod), FLOW_OK);
        note_asked(&mod);
        return;
    }
    start = of_begin(out, OF13, m->kind, m->header.xid);
    if (m->kind == OF_MP_GROUP) {
        of_group_put_stats(out, OF13, &stats);
    } else {
        put_desc(out, 8);
        put_desc(out, 9);
    }
    of_end(out, start);
}

static void lines(void **state)
{
    struct of_peer *p = *state;
    const struct of_command all = {.argument = NULL};
    const struct of_command one = {.argument = "group_id=9"};

    p->answer = answer;
    assert_int_equal(peer_run(p, groups_dump, &all, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(
        p->out,
        "group_id=8,type=select,bucket=actions=output:1,"
        "bucket=weight:2,actions=output:2\n"
        "  group_id=8,duration=5s,ref_count=2,packet_count=7,byte_count=420,"
        "bucket0:packet_count=3,byte_count=180,"
        "bucket1:packet_count=4,byte_count=240\n"
        "group_id=9,type=select,bucket=actions=output:1,"
        "bucket=weight:2,actions=output:2\n");
    assert_int_equal(peer_run(p, groups_dump, &one, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(p->out,
                        "group_id=9,type=select,bucket=actions=output:1,"
                        "bucket=weight:2,actions=output:2\n");
}

static void objects(void **state)
{
    struct of_peer *p = *state;
    const struct of_command json = {.is_json = true, .argument = "group_id=8"};

    p->answer = answer;
    assert_int_equal(peer_run(p, groups_dump, &json, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(
        p->out,
        "{\"groups\":[{\"group_id\":8,\"type\":\"select\",\"duration_s\":5,"
        "\"ref_count\":2,\"packets\":7,\"bytes\":420,\"buckets\":["
        "{\"id\":0,\"weight\":1,\"actions\":\"output:1\",\"packets\":3,"
        "\"bytes\":180},{\"id\":1,\"weight\":2,\"actions\":\"output:2\","
        "\"packets\":4,\"bytes\":240}]}]}\n");
}

static void changes(void **state)
{
    static const struct {
        int (*command)(struct of_command *);
        const char *group, *asked;
    } rows[] = {
        {groups_add, "group_id=1,type=all,bucket=1",
         "0 group_id=1,type=all,bucket=actions=output:1"},
        /* clang-format off */
        {groups_modify, "group_id=1,type=all",          "1 group_id=1,type=all"         },
        {groups_delete, "group_id=1",                   "2 group_id=1,type=all"         },
        {groups_delete, NULL,                           "2 group_id=4294967292,type=all"},
        /* clang-format on */
    };
    struct of_peer *p = *state;
    const struct of_command wrong = {.argument = "group_id=1,type=al"};

    p->answer = answer;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct of_command c = {.argument = rows[i].group};

        assert_int_equal(peer_run(p, rows[i].command, &c, OF_VERSION_BIT(OF13)),
                         0);
        assert_string_equal(asked, rows[i].asked);
    }
    assert_int_equal(peer_run(p, groups_add, &wrong, OF_VERSION_BIT(OF13)), 1);
    assert_non_null(strstr(p->err, "flowbridge: al: not a group's type"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, peer_set_up, peer_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines),
        TEST(objects),
        TEST(changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
