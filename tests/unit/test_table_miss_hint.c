/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operator is told once why a controller of OpenFlow 1.3 sees nothing, and
 * again for the next one; never while misses have another reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "bridge/table_miss_hint.h"
#include "flow/port_no.h"
#include "tests/unit/test.h"

static struct datapath *d;

static void wake(void *context)
{
    (void)context;
}

/* A frame that no entry matches, by way of a packet-out to the tables. */
static void miss(void)
{
    struct packet_job *job = calloc(1, sizeof(*job));
    uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};

    assert_non_null(job);
    job->in_port = PORT_NO_CONTROLLER;
    assert_true(packet_job_fill(job, frame, sizeof(frame)));
    action_list_add(&job->actions, (struct flow_action){.type = ACTION_OUTPUT,
                                                        .port = PORT_NO_TABLE});
    assert_int_equal(datapath_packet_out(d, job), 0);
    datapath_turn(d, 1000000);
}

/* How often the log says it. */
static unsigned int said(const char *path)
{
    char line[512];
    unsigned int count = 0;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        count += strstr(line, "event=flow.missed") != NULL;
    fclose(file);
    return count;
}

static void it_is_said_once_a_controller(void **state)
{
    const struct datapath_options o = {.workers = 1,
                                       .flow_cache = 64,
                                       .mac_table_size = 16,
                                       .mac_aging_s = 300,
                                       .wake = wake};
    struct table_miss_hint n = {.is_said = false};
    char path[] = "/tmp/flowbridge-miss-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(log_open(path), 0);
    d = datapath_create(&o, 1000);
    assert_non_null(d);
    miss();
    table_miss_hint_tick(&n, d, false); /* no controller: no word */
    table_miss_hint_tick(&n, d, true);
    table_miss_hint_tick(&n, d, true); /* nothing missed since it came */
    assert_int_equal(said(path), 0);
    miss();
    table_miss_hint_tick(&n, d, true);
    miss();
    table_miss_hint_tick(&n, d, true);
    assert_int_equal(said(path), 1);
    table_miss_hint_tick(&n, d, false); /* it went, another comes */
    table_miss_hint_tick(&n, d, true);
    miss();
    table_miss_hint_tick(&n, d, true);
    assert_int_equal(said(path), 2);
    log_open(NULL);
    unlink(path);
    datapath_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_said_once_a_controller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
