/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions in the kernel's terms: tags that come, change and go, bytes with
 * their checksums, copies to several ports; and what it has no step for.
 */
#include "datapath/kernel_steps.h"

#include <arpa/inet.h>

#include "base/array.h"
#include "tests/unit/test.h"

enum { FROM = 4, TCP = 6, UDP = 17, ICMP = 1 };

struct fixture {
    struct decision d;
    struct action_list cells;
    struct flow_key key, mask;
    struct fast_steps steps;
};

static struct fixture f;

/* A frame of this protocol, with a tag or without, for which nothing is decided
 * yet. */
static void begin(uint8_t proto, bool is_tagged)
{
    action_list_clear(&f.cells);
    memset(&f, 0, sizeof(f));
    f.key.ip_proto = proto;
    f.key.vlan_vid = is_tagged ? htons(VLAN_PRESENT | 7) : 0;
}

static void act(uint8_t type, uint32_t argument)
{
    action_list_add(&f.cells,
                    (struct flow_action){.type = type, .port = argument});
}

static void set(enum field_id field, const char *value)
{
    action_list_set_field(&f.cells, field_by_id(field), (const uint8_t *)value,
                          NULL);
}

static bool have_steps(void)
{
    f.d.cell_count = (unsigned int)f.cells.count;
    memcpy(f.d.cells, f.cells.cells, f.cells.count * sizeof(f.d.cells[0]));
    return kernel_steps_of(&f.d, &f.key, FROM, &f.steps, &f.mask);
}

static void expect(const enum fast_step_kind *kinds, unsigned int count)
{
    assert_true(have_steps());
    assert_int_equal(f.steps.count, count);
    for (unsigned int i = 0; i < count; i++)
        assert_int_equal(f.steps.step[i].kind, kinds[i]);
    assert_true(f.mask.vlan_vid & htons(VLAN_PRESENT));
    assert_int_equal(f.mask.ip_proto, 0xff);
}

static void a_pushed_tag_is_set_at_once(void **state)
{
    const enum fast_step_kind kinds[] = {FAST_STEP_PUSH_TAG, FAST_STEP_OUTPUT};

    (void)state;
    begin(TCP, false);
    act(ACTION_PUSH_VLAN, 0x8100);
    set(FIELD_VLAN_VID, "\x10\x0a");
    act(ACTION_SET_VLAN_PCP, 5);
    act(STEP_PORT, 2);
    expect(kinds, 2);
    assert_memory_equal(f.steps.step[0].value, "\xa0\x0a", 2);
}

static void a_tag_that_is_there_keeps_its_other_bits(void **state)
{
    const enum fast_step_kind kinds[] = {FAST_STEP_SET_TAG, FAST_STEP_OUTPUT,
                                         FAST_STEP_POP_TAG, FAST_STEP_OUTPUT};

    (void)state;
    begin(TCP, true);
    act(ACTION_SET_VLAN_VID, 9);
    act(STEP_PORT, 2);
    act(ACTION_STRIP_VLAN, 0);
    act(ACTION_STRIP_VLAN, 0);
    act(STEP_PORT, 3);
    expect(kinds, 4);
    assert_memory_equal(f.steps.step[0].value, "\x00\x09", 2);
    assert_memory_equal(f.steps.step[0].mask, "\x0f\xff", 2);
}

static void bytes_are_set_with_the_sums_that_have_them(void **state)
{
    const enum fast_step_kind kinds[] = {FAST_STEP_SET, FAST_STEP_SET,
                                         FAST_STEP_SET, FAST_STEP_OUTPUT};

    (void)state;
    begin(UDP, false);
    set(FIELD_IP_DSCP, "\x09");
    set(FIELD_IPV4_SRC, "\x0a\x01\x02\x03");
    set(FIELD_UDP_DST, "\x00\x4d");
    act(STEP_PORT, 2);
    set(FIELD_ETH_DST, "\x02\x00\x00\x00\x00\x09"); /* for nobody */
    expect(kinds, 4);
    assert_int_equal(f.steps.step[0].offset, 14);
    assert_memory_equal(f.steps.step[0].value, "\x00\x24", 2);
    assert_memory_equal(f.steps.step[0].mask, "\x00\xfc", 2);
    assert_int_equal(f.steps.step[0].sums, FAST_SUM_IP);
    assert_int_equal(f.steps.step[1].sums, FAST_SUM_IP | FAST_SUM_PSEUDO);
    assert_int_equal(f.steps.step[2].offset, 36);
    assert_int_equal(f.steps.step[2].sums, FAST_SUM_L4);
}

static void icmp_has_no_pseudo_header(void **state)
{
    (void)state;
    begin(ICMP, false);
    set(FIELD_IPV4_DST, "\x0a\x01\x02\x03");
    act(STEP_PORT, 2);
    assert_true(have_steps());
    assert_int_equal(f.steps.step[0].sums, FAST_SUM_IP);
}

static void registers_are_not_in_the_frame(void **state)
{
    const enum fast_step_kind kinds[] = {FAST_STEP_OUTPUT};

    (void)state;
    begin(TCP, false);
    set(FIELD_REG0, "\x00\x00\x00\x01");
    act(STEP_PORT, 2);
    expect(kinds, 1);
}

/* As buckets of a group that has all of them done. */
static void copies_that_nothing_tells_apart_are_none(void **state)
{
    const enum fast_step_kind kinds[] = {FAST_STEP_OUTPUT, FAST_STEP_SET,
                                         FAST_STEP_OUTPUT};

    (void)state;
    begin(UDP, false);
    act(STEP_CLONE, 0);
    act(STEP_PORT, 2);
    act(STEP_CLONE_END, 0);
    act(STEP_CLONE, 0);
    set(FIELD_UDP_DST, "\x00\x4d");
    act(STEP_PORT, 3);
    act(STEP_CLONE_END, 0);
    expect(kinds, 3);
    act(STEP_PORT, 5);
    assert_false(have_steps());
}

static void what_the_kernel_cannot_do_has_no_steps(void **state)
{
    static const struct {
        uint8_t type;
        uint32_t argument;
        bool is_tagged;
    } cases[] = {
        {ACTION_PUSH_VLAN, 0x8100, true}, {ACTION_PUSH_VLAN, 0x88a8, false},
        {ACTION_POP_VLAN, 0, false},      {ACTION_PUSH_MPLS, 0x8847, false},
        {STEP_CONTROLLER, 0, false},      {STEP_METER, 1, false},
        {STEP_QUEUE, 1, false},           {STEP_FLOOD, 0, false},
        {STEP_PORT, FROM, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        begin(TCP, cases[i].is_tagged);
        act(cases[i].type, cases[i].argument);
        act(STEP_PORT, 2);
        assert_false(have_steps());
    }
    begin(UDP, false);
    set(FIELD_TCP_DST, "\x00\x4d");
    act(STEP_PORT, 2);
    assert_false(have_steps());
    begin(UDP, false);
    for (int i = 0; i <= FAST_STEPS_MAX; i++)
        act(STEP_PORT, 2);
    assert_false(have_steps());
    begin(UDP, false);
    act(ACTION_DEC_IP_TTL, 0);
    assert_false(have_steps());
    action_list_clear(&f.cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pushed_tag_is_set_at_once),
        cmocka_unit_test(a_tag_that_is_there_keeps_its_other_bits),
        cmocka_unit_test(bytes_are_set_with_the_sums_that_have_them),
        cmocka_unit_test(icmp_has_no_pseudo_header),
        cmocka_unit_test(registers_are_not_in_the_frame),
        cmocka_unit_test(copies_that_nothing_tells_apart_are_none),
        cmocka_unit_test(what_the_kernel_cannot_do_has_no_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
