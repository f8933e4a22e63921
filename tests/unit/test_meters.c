/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters are shown as ovs-ofctl shows them, with what they have counted, from
 * replies that are given; what is asked for goes out.
 */
#include "client/meters.h"

#include "base/array.h"
#include "openflow/of_meter.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"
#include "text/text_meter.h"

static char asked[256];

static const struct meter_mod meter = {
    .meter_id = 3,
    .flags = METER_PKTPS | METER_STATS,
    .band_count = 1,
    .bands = {{.type = BAND_DROP, .rate = 100}},
};

static void answer(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    const struct meter_stats stats = {
        .meter_id = 3,
        .flow_count = 1,
        .duration_s = 2,
        .packets = 10,
        .bytes = 600,
        .band_count = 1,
        .bands = {{4, 240}},
    };
    struct reader body = m->body;
    struct meter_mod mod;
    size_t start;

    (void)p;
    if (m->kind == OF_METER_MOD) {
        FILE *file = fmemopen(asked, sizeof(asked), "w");

        assert_int_equal(of_meter_read_mod(&body, &mod), FLOW_OK);
        fprintf(file, "%d ", (int)mod.command);
        text_meter_write(file, &mod);
        fclose(file);
        return;
    }
    start = of_begin(out, OF13, m->kind, m->header.xid);
    if (m->kind == OF_MP_METER)
        of_meter_put_stats(out, &stats);
    else
        of_meter_put_config(out, &meter);
    of_end(out, start);
}

static void lines(void **state)
{
    struct of_peer *p = *state;
    const struct of_command all = {.argument = NULL};

    p->answer = answer;
    assert_int_equal(peer_run(p, meters_dump, &all, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(p->out, "meter=3 pktps stats bands=\n"
                                "type=drop rate=100\n"
                                "meter:3 flow_count:1 packet_in_count:10 "
                                "byte_in_count:600 duration:2.000s bands:\n"
                                "0: packet_count:4 byte_count:240\n");
}

static void objects(void **state)
{
    struct of_peer *p = *state;
    const struct of_command json = {.is_json = true};

    p->answer = answer;
    assert_int_equal(peer_run(p, meters_dump, &json, OF_VERSION_BIT(OF13)), 0);
    assert_string_equal(
        p->out, "{\"meters\":[{\"meter_id\":3,\"unit\":\"pktps\","
                "\"burst\":false,\"stats\":true,\"duration_s\":2,"
                "\"flow_count\":1,\"packets\":10,\"bytes\":600,\"bands\":[{"
                "\"type\":\"drop\",\"rate\":100,\"burst_size\":0,"
                "\"packets\":4,\"bytes\":240}]}]}\n");
}

static void changes(void **state)
{
    static const char text[] = "meter=3,pktps,band=type=drop,rate=5";
    static const struct {
        int (*command)(struct of_command *);
        const char *meter, *asked;
    } rows[] = {
        /* clang-format off */
        {meters_add,    text,      "0 meter=3 pktps bands=\ntype=drop rate=5"},
        {meters_modify, text,      "1 meter=3 pktps bands=\ntype=drop rate=5"},
        {meters_delete, "meter=3", "2 meter=3 bands="                        },
        {meters_delete, NULL,      "2 meter=all bands="                      },
        /* clang-format on */
    };
    struct of_peer *p = *state;

    p->answer = answer;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct of_command c = {.argument = rows[i].meter};

        assert_int_equal(peer_run(p, rows[i].command, &c, OF_VERSION_BIT(OF13)),
                         0);
        assert_string_equal(asked, rows[i].asked);
        assert_int_equal(peer_run(p, rows[i].command, &c, OF_VERSION_BIT(OF10)),
                         1);
        assert_non_null(strstr(p->err, "need OpenFlow 1.3 or later"));
    }
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
