/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace and the switch itself agree about every frame: the ports it leaves
 * by, with which tag, and why it does not leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "bridge/trace.h"
#include "datapath/totals.h"
#include "tests/sim/frames.h"
#include "text/text_flow.h"

static const char ini[] =
    "[bridge]\nfail-mode = secure\n"
    "[port a10]\ntype = nic\nofport = 1\nvlan = 10\n"
    "[port b10]\ntype = nic\nofport = 2\nvlan = 10\n"
    "[port trunk]\ntype = nic\nofport = 3\ntrunks = 10,21-29\nnative = 20\n"
    "[port open]\ntype = nic\nofport = 4\n"
    "[port down]\ntype = nic\nofport = 5\n"
    "[port small]\ntype = nic\nofport = 6\n";

static const char *const names[] = {"a10",  "b10",  "trunk",
                                    "open", "down", "small"};

/* Of a frame whose tag is edited, outputs alone do not say what it becomes. */
enum { PORTS = ARRAY_SIZE(names), NO_TAG = -1, EDITED = -2 };

/* A port's frames as the trace tells them, or as they are. */
struct outcome {
    unsigned int sent[PORTS];
    int vlan[PORTS]; /* of the last one's tag, or NO_TAG */
    const char *verdict, *reason;
};

static size_t port_named(const char *name)
{
    size_t i = 0;

    while (i < PORTS && strcmp(names[i], name) != 0)
        i++;
    assert_true(i < PORTS);
    return i;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return text ? text : "";
}

static int depth_of(const cJSON *line)
{
    return cJSON_GetObjectItemCaseSensitive(line, "depth")->valueint;
}

/* An output that came to nothing has a drop below it. */
static bool has_left(const cJSON *line)
{
    const cJSON *next = line->next;

    return strcmp(text_of(line, "kind"), "port") == 0 &&
           !(next && strcmp(text_of(next, "kind"), "drop") == 0 &&
             depth_of(next) > depth_of(line));
}

static struct outcome told(const cJSON *result, int tag)
{
    struct outcome o = {.verdict = text_of(result, "verdict"),
                        .reason = text_of(result, "reason")};
    const cJSON *line;

    cJSON_ArrayForEach(line,
                       cJSON_GetObjectItemCaseSensitive(result, "outputs"))
    {
        const char *vlan = strstr(text_of(line, "text"), "tagged with VLAN ");
        size_t port;

        if (!has_left(line))
            continue;
        port = port_named(text_of(line, "name"));
        o.sent[port]++;
        o.vlan[port] = vlan ? atoi(vlan + strlen("tagged with VLAN ")) : tag;
        if (strstr(text_of(line, "text"), ", untagged"))
            o.vlan[port] = NO_TAG;
    }
    return o;
}

static struct outcome seen(const struct sim *s, const char *from)
{
    struct port_totals t = sim_totals(s, from);
    struct outcome o = {.verdict = t.forwarded  ? "forwarded"
                                   : t.consumed ? "consumed"
                                                : "dropped",
                        .reason = ""};

    for (unsigned int r = 0; r < DROP_REASON_COUNT; r++)
        if (t.drops[r])
            o.reason = drop_reason_word((enum drop_reason)r);
    for (size_t i = 0; i < PORTS; i++) {
        const struct sim_wire *wire = sim_sent(s, names[i]);
        const uint8_t *data;

        o.sent[i] = (unsigned int)wire->count;
        if (!wire->count)
            continue;
        data = wire->frames[wire->count - 1].data;
        o.vlan[i] =
            data[12] == 0x81 ? (data[14] << 8 | data[15]) & 0xfff : NO_TAG;
    }
    return o;
}

/* All but 'down' have a link; 02:..:02 is at b10 and 02:..:04 at 'open'. */
static struct sim *begin_with(const char *flow)
{
    struct sim *s = sim_open(ini);
    struct flow_tables *t = datapath_tables(bridge_datapath(sim_bridge(s)));
    struct mac_table *macs = datapath_mac_table(bridge_datapath(sim_bridge(s)));
    struct text_error error;
    const struct text_parse parse = {NULL, &error};
    struct flow_mod mod;

    for (size_t i = 0; i < PORTS; i++)
        sim_link_up(s, names[i]);
    sim_link_down(s, "down");
    sim_set_mtu(s, "small", 80);
    if (!text_flow_read(&parse, FLOW_MOD_ADD, flow, &mod))
        fail_msg("%s: %s", flow, error.line);
    assert_int_equal(flow_tables_apply(t, &mod, sim_now_ms(s)), FLOW_OK);
    flow_mod_clear(&mod);
    for (unsigned int i = 0; i < PORTS; i++) {
        const struct datapath_port *p =
            ports_find(datapath_ports(bridge_datapath(sim_bridge(s))), i + 1);

        if (p && (i == 1 || i == 3))
            mac_table_learn(macs, 0x020000000001 + i, i == 1 ? 10 : 21,
                            p->index, (uint32_t)(sim_now_ms(s) / 1000));
    }
    return s;
}

/* An IPv4 packet with the TTL, which is 2 bytes too large for 'small' if it is
 * 'large'. */
static struct small_frame packet_of(uint8_t to, int tag, uint8_t ttl,
                                    bool is_large)
{
    struct small_frame f = frame_of(to, 9, tag);
    uint8_t *at = f.data + 12 + (tag >= 0 ? 4 : 0);
    static const uint8_t ip[] = {0x45, 0, 0,  20, 0, 0, 0,  0, 0, 253,
                                 0,    0, 10, 0,  0, 1, 10, 0, 0, 2};

    at[0] = 0x08;
    at[1] = 0x00;
    memcpy(at + 2, ip, sizeof(ip));
    at[2 + 8] = ttl;
    if (is_large)
        f.size = (size_t)(at + 2 - f.data) + 82;
    return f;
}

static void expect_agreement(const char *flow, const char *from,
                             const struct small_frame *f, int tag)
{
    struct sim *s = begin_with(flow);
    char question[600];
    size_t used = (size_t)snprintf(question, sizeof(question),
                                   "in_port=%s,packet=", from);
    struct text_error error;
    struct outcome trace, life;
    cJSON *result;

    for (size_t i = 0; i < f->size; i++)
        used += (size_t)snprintf(question + used, sizeof(question) - used,
                                 "%02x", f->data[i]);
    result = trace_flow(sim_bridge(s), question, &error);
    if (!result)
        fail_msg("%s: %s", question, error.line);
    trace = told(result, tag < 0 ? NO_TAG : tag & 0xfff);
    sim_receive(s, from, f->data, f->size);
    sim_run(s);
    life = seen(s, from);
    for (size_t i = 0; i < PORTS; i++) {
        if (trace.sent[i] != life.sent[i])
            fail_msg("%s from %s to %s: told %u, seen %u", flow, from, names[i],
                     trace.sent[i], life.sent[i]);
        if (life.sent[i] && tag != EDITED)
            assert_int_equal(trace.vlan[i], life.vlan[i]);
    }
    assert_string_equal(trace.verdict, life.verdict);
    assert_string_equal(trace.reason, life.reason);
    cJSON_Delete(result);
    sim_close(s);
}

static void about_every_frame(const char *flow)
{
    static const uint8_t destinations[] = {2, 4, 5, 9, 0xff};
    static const int tags[] = {NO_TAG, 0, 10, 20, 21, 5 << 13 | 10};

    for (size_t port = 0; port < PORTS; port++)
        for (size_t d = 0; d < ARRAY_SIZE(destinations); d++)
            for (size_t t = 0; t < ARRAY_SIZE(tags); t++)
                for (int is_large = 0; is_large < 2; is_large++) {
                    struct small_frame f =
                        packet_of(destinations[d], tags[t], 64, is_large);

                    if (strcmp(names[port], "down") != 0)
                        expect_agreement(flow, names[port], &f, tags[t]);
                }
}

static void about_normal(void **state)
{
    (void)state;
    about_every_frame("actions=NORMAL");
}

static void about_flood_and_all(void **state)
{
    (void)state;
    about_every_frame("actions=FLOOD");
    about_every_frame("actions=ALL");
}

/* What an edit does to a frame, or why it ends there. */
static void about_edits(void **state)
{
    static const char *const flows[] = {
        "actions=dec_ttl,output:4",
        "ip,actions=output:2,dec_ttl,output:4",
        "actions=push_vlan:0x8100,mod_vlan_vid:21,NORMAL",
        "actions=mod_vlan_vid:10,NORMAL,strip_vlan,output:4",
        "actions=strip_vlan,NORMAL",
        "actions=output:5",
        "actions=output:6",
        "actions=output:77",
        "actions=drop",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(flows); i++)
        for (uint8_t ttl = 1; ttl <= 2; ttl++)
            for (int is_large = 0; is_large < 2; is_large++) {
                struct small_frame f = packet_of(0xff, 10, ttl, is_large);

                expect_agreement(flows[i], "trunk", &f, EDITED);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(about_normal),
        cmocka_unit_test(about_flood_and_all),
        cmocka_unit_test(about_edits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
