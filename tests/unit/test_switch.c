/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What workers and the main thread have for each other waits in queues that
 * have an end: what does not fit is counted, and what comes after it, once
 * there is room, is taken.
 */
#include "control/switch.h"

#include "datapath/totals.h"
#include "datapath/worker.h"
#include "tests/unit/control_lab.h"

enum { MACS = 4096 }; /* the room of a worker's queue */

/* The worker takes a frame and nobody listens to what it has to say. */
static void frame_from(struct lab *l, unsigned int number)
{
    char hex[160];

    snprintf(hex, sizeof(hex), "ffffffffffff 0200%08x 88b5 %0*d", number, 92,
             0);
    lab_port(l, 1)->pending = frame_from_hex(hex);
    datapath_turn(l->s.datapath, l->now_ms * 1000);
}

/* All that is there is taken. */
static void hear_all(struct lab *l)
{
    const struct datapath_news news = {.context = &l->s};

    while (datapath_take_news(l->s.datapath, l->now_ms, 1000, &news) >= 1000)
        ;
}

static void packet_outs(void **state)
{
    static const char flood[] =
        "01 0d 0054 00000001 ffffffff 0001 0008 0000 0008 fffb 0000 " LAB_UDP;
    struct lab *l = lab_open(OF10);

    (void)state;
    for (size_t i = 0; i < WORKER_JOBS; i++)
        lab_say(l, 0, flood);
    assert_int_equal(totals_jobs_refused(l->s.datapath), 0);
    lab_say(l, 0, flood);
    lab_hears_nothing(l, 0);
    assert_int_equal(totals_jobs_refused(l->s.datapath), 1);
    for (size_t i = 0; i < WORKER_JOBS; i++)
        lab_run(l);
    assert_int_equal(lab_sent(l, 2), WORKER_JOBS);
    lab_say(l, 0, flood);
    lab_run(l);
    assert_int_equal(lab_sent(l, 2), WORKER_JOBS + 1);
    assert_int_equal(totals_jobs_refused(l->s.datapath), 1);
    lab_close(l);
}

static void macs_to_learn(void **state)
{
    struct lab *l = lab_open(OF10);

    (void)state;
    lab_add_flow(l, 0, "actions=normal");
    for (unsigned int i = 0; i < MACS; i++)
        frame_from(l, i);
    assert_int_equal(totals_learn_refused(l->s.datapath), 0);
    frame_from(l, MACS);
    assert_int_equal(totals_learn_refused(l->s.datapath), 1);
    /* It went its way all the same. */
    assert_int_equal(lab_sent(l, 2), MACS + 1);
    hear_all(l);
    frame_from(l, MACS);
    hear_all(l);
    assert_int_equal(totals_learn_refused(l->s.datapath), 1);
    assert_int_equal(mac_table_find(datapath_mac_table(l->s.datapath),
                                    0x020000000000 + MACS, 0),
                     0);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packet_outs),
        cmocka_unit_test(macs_to_learn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
