/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of fragments as SET_CONFIG says: NORMAL hides the ports of the
 * first one from the tables, NX_MATCH shows them, DROP lets no fragment in.  A
 * change holds for the next frame, whatever verdicts were kept, and whole
 * packets never notice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bridge/trace.h"
#include "client/trace.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

#define PORTS                                                                  \
    "[port em1]\nofport = 1\n[port em2]\nofport = 2\n"                         \
    "[port em3]\nofport = 3\n[port em4]\nofport = 4\n"
#define SECURE "[bridge]\nfail-mode = secure\n"

/* em2: the port was seen; em3: it counts as 0; em4: something else. */
static const char *const flows[] = {
    "priority=9,udp,tp_dst=53,actions=output:2",
    "priority=9,udp6,tp_dst=53,actions=output:2",
    "priority=8,udp,tp_dst=0,actions=output:3",
    "priority=8,udp6,tp_dst=0,actions=output:3",
    "priority=7,mpls,actions=pop_mpls:0x0800,goto_table:1",
    "priority=0,actions=output:4",
    "table=1,priority=9,udp,tp_dst=53,actions=output:2",
    "table=1,priority=0,actions=output:3",
    NULL,
};

/* Port 5353 to port 53, and what each mode makes of it: where it comes out, or
 * 0 if it does not. */
static const struct row {
    const char *what;
    const char *hex; /* from the Ethertype on */
    unsigned int normal, drop, nx_match;
} rows[] = {
    {"a whole packet",
     "0800 45000024000100004011b55bc0000201c6336402 14e9003500100000", 2, 2, 2},
    {"the first fragment",
     "0800 45000024000120004011955bc0000201c6336402 14e9003500480000", 3, 0, 2},
    {"a fragment in the middle",
     "0800 45000024000120014011955ac0000201c6336402 14e9003500480000", 3, 0, 3},
    {"the last fragment",
     "0800 45000024000100014011b55ac0000201c6336402 14e9003500480000", 3, 0, 3},
    {"a fragment of UDP that is too short for a port",
     "0800 450000180001200040119567c0000201c6336402 14e90035", 3, 0, 3},
    {"a whole packet of IPv6",
     "86dd 600000000008114020010db8000000000000000000000001"
     "20010db8000000000000000000000002 14e9003500080000",
     2, 2, 2},
    {"the first fragment of IPv6",
     "86dd 6000000000102c4020010db8000000000000000000000001"
     "20010db8000000000000000000000002 1100000100000001 14e9003500480000",
     3, 0, 2},
    {"a later fragment of IPv6",
     "86dd 6000000000102c4020010db8000000000000000000000001"
     "20010db8000000000000000000000002 1100000900000001 14e9003500480000",
     4, 0, 4},
    {"a whole packet with a fragment header",
     "86dd 6000000000102c4020010db8000000000000000000000001"
     "20010db8000000000000000000000002 1100000000000001 14e9003500080000",
     2, 2, 2},
    {"ARP", "0806 0001080006040001", 4, 4, 4},
    {"a whole packet under a label",
     "8847 00010140 45000024000100004011b55bc0000201c6336402 14e9003500100000",
     2, 2, 2},
    {"a first fragment under a label",
     "8847 00010140 45000024000120004011955bc0000201c6336402 14e9003500480000",
     3, 0, 2},
};

static struct datapath *datapath_of(struct sim *s)
{
    return bridge_datapath(sim_bridge(s));
}

static void add_flows(struct sim *s, const char *const *lines)
{
    for (; *lines; lines++) {
        struct text_error error;
        const struct text_parse parse = {NULL, &error};
        struct flow_mod mod;

        if (!text_flow_read(&parse, FLOW_MOD_ADD, *lines, &mod))
            fail_msg("%s: %s", *lines, error.line);
        assert_int_equal(flow_tables_apply(datapath_tables(datapath_of(s)),
                                           &mod, sim_now_ms(s)),
                         FLOW_OK);
        flow_mod_clear(&mod);
    }
}

static struct sim *open_with(const char *ini, const char *const *lines)
{
    static const char *const names[] = {"em1", "em2", "em3", "em4"};
    struct sim *s = sim_open(ini);

    for (size_t i = 0; i < 4; i++)
        sim_link_up(s, names[i]);
    add_flows(s, lines);
    return s;
}

/* The row's frame, with zeros up to 100 bytes. */
static struct small_frame frame_in(const struct row *row)
{
    struct small_frame f = {.size = 12};
    char pair[3] = "";

    f.data[0] = f.data[6] = 0x02;
    f.data[5] = 2;
    f.data[11] = 1;
    for (const char *at = row->hex; *at; at++) {
        if (*at == ' ')
            continue;
        pair[strlen(pair)] = *at;
        if (strlen(pair) == 2) {
            f.data[f.size++] = (uint8_t)strtoul(pair, NULL, 16);
            memset(pair, 0, sizeof(pair));
        }
    }
    f.size = 100;
    return f;
}

static void send_row(struct sim *s, const struct row *row)
{
    struct small_frame f = frame_in(row);

    sim_forget(s);
    sim_receive(s, "em1", f.data, f.size);
    sim_run(s);
}

/* Where it comes out, or 0. */
static unsigned int way_of(struct sim *s, const struct row *row)
{
    unsigned int way = 0;

    send_row(s, row);
    for (unsigned int port = 2; port <= 4; port++) {
        const char name[] = {'e', 'm', (char)('0' + port), '\0'};

        if (sent_count(s, name)) {
            assert_int_equal(way, 0);
            way = port;
        }
    }
    return way;
}

/* Twice each: decided, and out of what is kept. */
static void assert_ways(struct sim *s, enum switch_frags frags)
{
    uint64_t dropped = sim_totals(s, "em1").drops[DROP_FRAGMENT];

    for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
        const struct row *row = &rows[i / 2];
        unsigned int want = frags == SWITCH_FRAGS_DROP     ? row->drop
                            : frags == SWITCH_FRAGS_NORMAL ? row->normal
                                                           : row->nx_match;
        unsigned int way = way_of(s, row);

        if (way != want)
            fail_msg("frags %d, %s: went to %u instead of %u", (int)frags,
                     row->what, way, want);
        dropped += !want;
        assert_int_equal(sim_totals(s, "em1").drops[DROP_FRAGMENT], dropped);
    }
    assert_true(sim_accounts_match(s));
}

static void each_mode_holds_from_the_next_frame_on(void **state)
{
    struct sim *s = open_with(SECURE PORTS, flows);

    (void)state;
    assert_int_equal(datapath_frags(datapath_of(s)), SWITCH_FRAGS_NORMAL);
    assert_ways(s, SWITCH_FRAGS_NORMAL);
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_DROP);
    assert_ways(s, SWITCH_FRAGS_DROP);
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_NX_MATCH);
    assert_ways(s, SWITCH_FRAGS_NX_MATCH);
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_NORMAL);
    assert_ways(s, SWITCH_FRAGS_NORMAL);
    sim_close(s);
}

/* A verdict for a whole packet is none for a fragment that has the same
 * ports, nor the other way round. */
static void whole_packets_and_fragments_are_kept_apart(void **state)
{
    struct sim *s = open_with(SECURE PORTS, flows);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(way_of(s, &rows[0]), 2);
        assert_int_equal(way_of(s, &rows[1]), 3);
    }
    sim_close(s);
}

/* Where all is left to NORMAL a verdict is for all that a port receives. */
static void a_switch_without_a_controller_drops_them_too(void **state)
{
    struct sim *s = open_with(PORTS, flows + 8);

    (void)state;
    send_row(s, &rows[1]);
    assert_int_equal(sent_count(s, "em2"), 1);
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_DROP);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(way_of(s, &rows[1]), 0);
        sim_forget(s);
        send_frame(s, "em1", 0xff, 1, -1);
        assert_int_equal(sent_count(s, "em2"), 1);
    }
    assert_int_equal(sim_totals(s, "em1").drops[DROP_FRAGMENT], 2);
    sim_close(s);
}

/* Actions have the port that the tables do not see. */
static void actions_have_the_ports(void **state)
{
    static const char *const lines[] = {
        "udp,nw_frag=first,actions=move:udp_src[]->reg0[0..15],"
        "move:udp_dst[]->udp_src[],move:reg0[0..15]->udp_dst[],resubmit(,1)",
        "table=1,priority=2,udp,tp_src=53,actions=drop",
        "table=1,priority=1,actions=output:2", NULL};
    struct sim *s = open_with(SECURE PORTS, lines);

    (void)state;
    assert_int_equal(way_of(s, &rows[1]), 2);
    assert_memory_equal(sim_sent(s, "em2")->frames[0].data + 34,
                        "\0\x35\x14\xe9", 4);
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_NX_MATCH);
    assert_int_equal(way_of(s, &rows[1]), 0);
    sim_close(s);
}

static void a_trace_says_so(void **state)
{
    struct sim *s = open_with(SECURE PORTS, flows);
    struct text_error error;
    cJSON *result;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    datapath_set_frags(datapath_of(s), SWITCH_FRAGS_DROP);
    result = trace_flow(sim_bridge(s), "in_port=1,udp,nw_frag=first", &error);
    assert_non_null(result);
    trace_print(out, result);
    fclose(out);
    assert_string_equal(
        text, "flow: udp,in_port=1,nw_ttl=64,nw_frag=first\n\n"
              "  a fragment, which the switch is set to drop\n\n"
              "final flow: unchanged\n"
              "verdict: dropped (fragment): the switch is set to drop "
              "fragments\n");
    cJSON_Delete(result);
    free(text);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mode_holds_from_the_next_frame_on),
        cmocka_unit_test(whole_packets_and_fragments_are_kept_apart),
        cmocka_unit_test(a_switch_without_a_controller_drops_them_too),
        cmocka_unit_test(actions_have_the_ports),
        cmocka_unit_test(a_trace_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
