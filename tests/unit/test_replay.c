/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame as it stands in the middle of a decision: edited by all that goes
 * before, but not by what was done to copies that have ended.
 */
#include "datapath/replay.h"
#include "packet/parse.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

static struct decision d;

static int begin(void **state)
{
    (void)state;
    d.cell_count = 0;
    return 0;
}

static void step(uint8_t type, uint32_t argument)
{
    d.cells[d.cell_count++] =
        (struct flow_action){.type = type, .port = argument};
}

/* The VID after the steps; each edit sets one of its own. */
static unsigned int vid_after(void)
{
    struct frame f = frame_from_hex("020000000002 020000000001 8100 0001 88b5"
                                    "0000000000000000");
    struct flow_key key;
    unsigned int vid;

    frame_parse(&f, 0, &key);
    replay_edits(&d, &f);
    vid = (unsigned int)(f.data[14] & 0xf) << 8 | f.data[15];
    frame_hex_free(&f);
    return vid;
}

static void edits_are_done_and_outputs_are_not(void **state)
{
    (void)state;
    assert_int_equal(vid_after(), 1);
    step(STEP_PORT, 2);
    step(ACTION_SET_VLAN_VID, 7);
    step(STEP_NORMAL, 0);
    assert_int_equal(vid_after(), 7);
    step(ACTION_SET_VLAN_VID, 8);
    assert_int_equal(vid_after(), 8);
}

static void a_copy_that_has_ended_leaves_no_trace(void **state)
{
    (void)state;
    step(ACTION_SET_VLAN_VID, 7);
    step(STEP_CLONE, 0);
    step(ACTION_SET_VLAN_VID, 9);
    step(STEP_CLONE_END, 0);
    assert_int_equal(vid_after(), 7);
    step(ACTION_SET_VLAN_VID, 8);
    assert_int_equal(vid_after(), 8);
}

static void within_a_copy_its_edits_count(void **state)
{
    (void)state;
    step(STEP_CLONE, 0);
    step(ACTION_SET_VLAN_VID, 9);
    assert_int_equal(vid_after(), 9);
    step(STEP_CLONE, 0);
    step(ACTION_SET_VLAN_VID, 10);
    step(STEP_CLONE_END, 0); /* the inner one has ended */
    assert_int_equal(vid_after(), 9);
    step(STEP_CLONE_END, 0);
    assert_int_equal(vid_after(), 1);
}

static void a_second_copy_does_not_see_the_first(void **state)
{
    (void)state;
    step(STEP_CLONE, 0);
    step(ACTION_SET_VLAN_VID, 9);
    step(STEP_CLONE_END, 0);
    step(STEP_CLONE, 0);
    step(STEP_PORT, 1);
    assert_int_equal(vid_after(), 1);
}

/* Values that look like the mark of an end are no steps. */
static void operands_are_not_taken_for_steps(void **state)
{
    struct action_list l = {.cells = NULL};
    static const uint8_t mac[6] = {STEP_CLONE_END, 0, 0, 0, 0, 1};

    (void)state;
    action_list_set_field(&l, field_by_id(FIELD_ETH_DST), mac, NULL);
    step(STEP_CLONE, 0);
    memcpy(&d.cells[d.cell_count], l.cells, l.count * sizeof(*l.cells));
    d.cell_count += (unsigned int)l.count;
    step(ACTION_SET_VLAN_VID, 9);
    assert_int_equal(vid_after(), 9);
    action_list_clear(&l);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(edits_are_done_and_outputs_are_not),
        TEST(a_copy_that_has_ended_leaves_no_trace),
        TEST(within_a_copy_its_edits_count),
        TEST(a_second_copy_does_not_see_the_first),
        TEST(operands_are_not_taken_for_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
