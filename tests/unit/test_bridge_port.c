/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of one port: what is asked of its device, and what workers are told,
 * as its interface comes, changes, goes and fails.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "bridge/port_control.h"
#include "tests/unit/test.h"

enum { INDEX = 3, NUMBER = 7, WORKERS = 2, MISSED = 5, RETRY_MS = 1000 };

/* What has been asked of the device. */
static struct {
    unsigned int made, opened, closed, unaddressed, unmade, shielded;
    unsigned int set_up, set_down;
    bool is_unfit; /* what is opened */
    bool has_stalled;
    unsigned int queues_opened;
    int make_error, open_error, queues_error, set_up_error;
    bool is_up, stayed_down, sets_up;
    bool was_published; /* when it was closed: workers must know no more */
    bool is_held;       /* jobs wait until run_jobs is called */
    unsigned int left, queues_set;
    uint32_t queue_id;
    struct port_environment environment;
    struct bridge_port *port;
} w;

static uint64_t queue_missed(struct port_queue *q)
{
    (void)q;
    return MISSED;
}

static bool queue_has_stalled(struct port_queue *q)
{
    (void)q;
    return w.has_stalled;
}

static const struct port_queue_ops queue_ops = {
    .missed = queue_missed,
    .has_stalled = queue_has_stalled,
};

static const struct datapath_port *published(void)
{
    return ports_at(datapath_ports(w.environment.datapath), INDEX);
}

static int fake_make(void *context, const struct device_plan *plan,
                     struct device *d)
{
    (void)context;
    (void)plan;
    w.made++;
    d->is_made = !w.make_error;
    return w.make_error;
}

static int fake_open(void *context, const struct device_plan *plan,
                     struct link *link, struct device *d)
{
    (void)context;
    d->said.ifindex = link->ifindex;
    d->said.verdict.fitness = w.is_unfit ? PORT_IS_UNFIT : PORT_IS_FIT;
    link->is_up |= w.sets_up;
    w.opened++;
    w.stayed_down = plan->stays_down;
    return w.is_unfit ? -EBUSY : w.open_error;
}

static int fake_open_queues(void *context, const struct device_plan *plan,
                            const struct link *link, struct device *d)
{
    static struct port_queue queues[WORKERS];

    (void)context;
    (void)link;
    w.queues_opened++;
    if (w.queues_error && !strcmp(plan->config->name, "x0"))
        return w.queues_error;
    assert_int_equal(plan->workers, WORKERS);
    for (unsigned int i = 0; i < WORKERS; i++) {
        queues[i] = (struct port_queue){.ops = &queue_ops, .fd = -1};
        d->queues[i] = &queues[i];
    }
    return 0;
}

static void fake_close_queues(void *context, const struct device_plan *plan,
                              struct device *d)
{
    (void)context;
    (void)plan;
    w.was_published = published() && published()->link.queues[0];
    memset(d->queues, 0, sizeof(d->queues));
}

static void fake_close(void *context, const struct device_plan *plan,
                       const struct link *link, struct device *d)
{
    (void)context;
    (void)plan;
    (void)link;
    assert_null(d->queues[0]);
    w.closed++;
}

static void fake_unaddress(void *context, const struct device_plan *plan,
                           const struct link *link)
{
    (void)context;
    (void)plan;
    (void)link;
    w.unaddressed++;
}

static void fake_unmake(void *context, const struct device_plan *plan,
                        struct device *d)
{
    (void)context;
    (void)plan;
    w.unmade += d->is_made;
    d->is_made = false;
}

static void fake_set_queues(void *context, const struct device_plan *plan,
                            const struct link *link, struct device *d)
{
    (void)context;
    (void)link;
    (void)d;
    w.queues_set++;
    w.queue_id = plan->queues[0].id;
}

static void fake_shield(void *context, const struct device_plan *plan,
                        struct device *d)
{
    (void)context;
    (void)d;
    w.shielded += plan->config->has_shield;
}

static int fake_set_up(void *context, const struct link *link, bool is_up)
{
    (void)context;
    assert_int_equal(link->ifindex, 5);
    if (w.set_up_error)
        return w.set_up_error;
    w.set_up += is_up;
    w.set_down += !is_up;
    w.is_up = is_up;
    return 0;
}

static void fake_speed(void *context, const char *name,
                       struct link_speed *speed)
{
    (void)context;
    (void)name;
    speed->mbps = 1000;
}

static const struct device_ops ops = {
    .make = fake_make,
    .open = fake_open,
    .open_queues = fake_open_queues,
    .close_queues = fake_close_queues,
    .close = fake_close,
    .unaddress = fake_unaddress,
    .unmake = fake_unmake,
    .shield = fake_shield,
    .set_queues = fake_set_queues,
    .set_up = fake_set_up,
    .speed = fake_speed,
};

static void do_nothing(void *context)
{
    (void)context;
}

/* The jobs that are waiting, and those that follow from them. */
static void run_jobs(int64_t now_ms)
{
    while (retire_waiting() || job_pool_count(w.environment.jobs)) {
        retire_finish();
        job_pool_wait(w.environment.jobs, now_ms);
    }
}

static void run_unless_held(int64_t now_ms)
{
    if (!w.is_held)
        run_jobs(now_ms);
}

static void job_ended(void *context, struct bridge_port *p, bool has_left,
                      int64_t now_ms)
{
    (void)context;
    (void)now_ms;
    w.left += has_left;
    if (has_left)
        port_control_free(p);
}

static int begin(void **state)
{
    const struct datapath_options o = {.workers = WORKERS,
                                       .flow_cache = 2,
                                       .mac_table_size = 16,
                                       .mac_aging_s = 300,
                                       .wake = do_nothing};

    (void)state;
    memset(&w, 0, sizeof(w));
    log_set_levels("error");
    w.environment =
        (struct port_environment){.datapath = datapath_create(&o, 0),
                                  .jobs = job_pool_create(0, NULL, NULL),
                                  .ops = &ops,
                                  .job_ended = job_ended};
    assert_non_null(w.environment.datapath);
    assert_non_null(w.environment.jobs);
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (w.port)
        port_control_leave(w.port, 0);
    assert_null(published());
    run_jobs(0);
    job_pool_free(w.environment.jobs);
    datapath_free(w.environment.datapath);
    return 0;
}

static void create(enum port_type type)
{
    const struct config_port config = {.name = "x0", .type = type};

    w.port = port_control_create(&w.environment, &config, INDEX, NUMBER);
    assert_non_null(w.port);
}

static void begin_port(int64_t now_ms)
{
    port_control_begin(w.port, NULL, now_ms);
    run_unless_held(now_ms);
}

static void tick(int64_t now_ms)
{
    port_control_tick(w.port, now_ms);
    run_unless_held(now_ms);
}

static void leave(void)
{
    port_control_leave(w.port, 0);
    run_unless_held(0);
    w.port = NULL;
}

static void reconfigure(const struct config_port *config)
{
    port_control_reconfigure(w.port, config, 0);
    run_unless_held(0);
}

static void set_mac(const uint8_t mac[6])
{
    port_control_set_mac(w.port, mac, 0);
    run_unless_held(0);
}

static int modify(uint32_t of_config)
{
    int err = port_control_modify(w.port, of_config);

    run_unless_held(0);
    return err;
}

static struct link link_of(int ifindex, bool is_running)
{
    return (struct link){.ifindex = ifindex,
                         .name = "x0",
                         .mtu = 1500,
                         .is_up = true,
                         .is_running = is_running};
}

static void change(struct link link, int64_t now_ms)
{
    port_control_link_changed(w.port, &link, now_ms);
    run_unless_held(now_ms);
}

static void lose(int ifindex, int64_t now_ms)
{
    const struct link link = {.ifindex = ifindex};

    port_control_link_gone(w.port, &link, now_ms);
    run_unless_held(now_ms);
}

static void learn_something(void)
{
    mac_table_learn(datapath_mac_table(w.environment.datapath), 1, 0, INDEX, 0);
}

static size_t learned(void)
{
    return mac_table_count(datapath_mac_table(w.environment.datapath));
}

static void a_port_has_its_number_before_its_device(void **state)
{
    (void)state;
    create(PORT_NIC);
    assert_int_equal(published()->number, NUMBER);
    assert_false(published()->link.is_up);
    assert_null(published()->link.queues[0]);
    begin_port(0);
    assert_int_equal(w.made, 0); /* a NIC is nothing that we make */
}

static void it_opens_when_its_device_comes(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    assert_int_equal(w.opened, 1);
    assert_true(published()->link.is_up);
    assert_int_equal(published()->link.mtu, 1500);
    assert_non_null(published()->link.queues[WORKERS - 1]);
    change(link_of(5, true), 0);
    assert_int_equal(w.opened, 1);
}

static void a_lost_link_is_told_and_addresses_go(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    learn_something();
    change(link_of(5, false), 0);
    assert_false(published()->link.is_up);
    assert_non_null(published()->link.queues[0]);
    assert_int_equal(learned(), 0);
    assert_int_equal(w.closed, 0);
    change(link_of(5, true), 0);
    assert_true(published()->link.is_up);
    assert_int_equal(w.opened, 1);
}

static void a_new_mtu_is_told(void **state)
{
    struct link link = link_of(5, true);

    (void)state;
    create(PORT_NIC);
    change(link, 0);
    learn_something();
    link.mtu = 9000;
    change(link, 0);
    assert_int_equal(published()->link.mtu, 9000);
    assert_int_equal(learned(), 1);
}

/* The logical port is not its link: with no device, and with another one, it
 * is what it was. */
static void a_port_stays_itself_without_its_link(void **state)
{
    struct datapath_port was, is;

    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    was = *published();
    lose(5, 0);
    is = *published();
    assert_null(is.link.queues[0]);
    is.link = was.link;
    assert_true(ports_are_equal(&is, &was));
    change(link_of(6, true), 0);
    is = *published();
    assert_int_equal(is.link.ifindex, 6);
    assert_non_null(is.link.queues[0]);
    is.link = was.link;
    assert_true(ports_are_equal(&is, &was));
}

static void workers_let_go_before_it_is_closed(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    learn_something();
    lose(5, 0);
    assert_int_equal(w.closed, 1);
    assert_false(w.was_published);
    assert_false(published()->link.is_up);
    assert_int_equal(published()->number, NUMBER);
    assert_int_equal(learned(), 0);
    lose(5, 0);
    assert_int_equal(w.closed, 1);
    change(link_of(6, true), 0);
    assert_int_equal(w.opened, 2);
}

static void a_device_made_again_is_opened_anew(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    change(link_of(6, true), 0); /* that 5 went was never told */
    assert_int_equal(w.closed, 1);
    assert_int_equal(w.opened, 2);
    assert_true(published()->link.is_up);
}

static void what_fails_to_open_is_tried_every_second(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.open_error = -EBUSY;
    change(link_of(5, true), 10000);
    assert_false(published()->link.is_up);
    tick(10000 + RETRY_MS - 1);
    assert_int_equal(w.opened, 1);
    tick(10000 + RETRY_MS);
    assert_int_equal(w.opened, 2);
    tick(10000 + 2 * RETRY_MS - 1);
    assert_int_equal(w.opened, 2);
    w.open_error = 0;
    tick(10000 + 2 * RETRY_MS);
    assert_int_equal(w.opened, 3);
    assert_true(published()->link.is_up);
    tick(60000);
    assert_int_equal(w.opened, 3);
}

/* Others see no port until the reason has ended. */
static void what_is_unfit_is_refused_until_it_is_fit(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.is_unfit = true;
    change(link_of(5, true), 10000);
    assert_string_equal(bridge_port_link_word(w.port), "refused");
    assert_false(w.port->is_present);
    assert_false(published()->link.is_up);
    tick(10000 + RETRY_MS);
    assert_string_equal(bridge_port_link_word(w.port), "refused");
    w.is_unfit = false;
    tick(10000 + 2 * RETRY_MS);
    assert_string_equal(bridge_port_link_word(w.port), "up");
    assert_true(w.port->is_present);
    assert_true(published()->link.is_up);
}

static void queues_that_fail_to_open_are_tried_again(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.queues_error = -EMFILE;
    change(link_of(5, true), 10000);
    assert_false(published()->link.is_up);
    assert_null(published()->link.queues[0]);
    w.queues_error = 0;
    tick(10000 + RETRY_MS);
    assert_true(published()->link.is_up);
}

static void check(int64_t now_ms)
{
    port_control_check(w.port, now_ms);
    run_unless_held(now_ms);
}

/* The device and what was learned stay; only workers see the queues go. */
static void queues_that_stall_are_opened_again(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    learn_something();
    check(1000);
    assert_int_equal(w.queues_opened, 1);
    w.has_stalled = true;
    check(2000);
    assert_int_equal(w.queues_opened, 2);
    assert_false(w.was_published);
    assert_non_null(published()->link.queues[WORKERS - 1]);
    assert_true(published()->link.is_up);
    assert_int_equal(w.opened, 1);
    assert_int_equal(w.closed, 0);
    assert_int_equal(learned(), 1);
    assert_int_equal(bridge_port_missed(w.port), 2 * WORKERS * MISSED);
    w.has_stalled = false;
    check(3000);
    assert_int_equal(w.queues_opened, 2);
}

static void stalled_queues_that_fail_to_open_are_tried_again(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    w.has_stalled = true;
    w.queues_error = -ENOMEM;
    check(1000);
    assert_false(published()->link.is_up);
    w.has_stalled = false;
    w.queues_error = 0;
    tick(1000 + RETRY_MS);
    assert_true(published()->link.is_up);
    assert_non_null(published()->link.queues[0]);
}

static struct bridge_port *other_port(const char *name, unsigned int index)
{
    struct config_port config = {.type = PORT_NIC};
    struct bridge_port *p;

    memcpy(config.name, name, strlen(name) + 1);
    p = port_control_create(&w.environment, &config, index, NUMBER + index);
    assert_non_null(p);
    return p;
}

/* One that fails, one beside it, and one whose device went before its turn. */
static void ports_open_and_close_beside_the_main_thread(void **state)
{
    const struct ports *ports = datapath_ports(w.environment.datapath);
    struct bridge_port *all[3];
    struct link link = link_of(5, true);

    (void)state;
    create(PORT_NIC);
    all[0] = w.port;
    all[1] = other_port("x1", INDEX + 1);
    all[2] = other_port("x2", INDEX + 2);
    w.queues_error = -EMFILE;
    for (size_t i = 0; i < 3; i++, link.ifindex++)
        port_control_link_changed(all[i], &link, 10000);
    link.ifindex = 7;
    port_control_link_gone(all[2], &link, 10000);
    assert_int_equal(job_pool_count(w.environment.jobs), 3);
    assert_int_equal(w.opened, 0);
    run_jobs(10000);
    assert_int_equal(w.opened, 3);
    assert_int_equal(w.closed, 1);
    assert_false(published()->link.is_up);
    assert_true(ports_at(ports, INDEX + 1)->link.is_up);
    assert_false(ports_at(ports, INDEX + 2)->link.is_up);
    w.queues_error = 0;
    port_control_tick(all[0], 10000 + RETRY_MS);
    run_jobs(10000 + RETRY_MS);
    assert_true(published()->link.is_up);
    for (size_t i = 0; i < 3; i++)
        port_control_leave(all[i], 0);
    assert_null(ports_at(ports, INDEX + 1));
    assert_int_equal(w.left, 0);
    run_jobs(0);
    w.port = NULL;
    assert_int_equal(w.left, 3);
}

/* However often it was made again meanwhile. */
static void while_it_opens_only_the_latest_device_counts(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.is_held = true;
    for (int ifindex = 5; ifindex < 205; ifindex++) {
        change(link_of(ifindex, true), 0);
        lose(ifindex, 0);
    }
    change(link_of(205, true), 0);
    change(link_of(205, false), 0);
    run_jobs(0);
    assert_int_equal(w.opened, 2);
    assert_int_equal(w.closed, 1);
    assert_int_equal(w.port->link.ifindex, 205);
    assert_true(w.port->is_open);
    assert_false(published()->link.is_up);
}

static void what_goes_while_it_opens_is_closed_without_a_word(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.is_held = true;
    change(link_of(5, true), 0);
    lose(5, 0);
    run_jobs(0);
    assert_int_equal(w.opened, 1);
    assert_int_equal(w.closed, 1);
    assert_false(w.port->is_present);
    change(link_of(5, true), 0);
    run_jobs(0);
    assert_true(published()->link.is_up);
}

static void what_it_becomes_while_it_opens_is_followed(void **state)
{
    struct link link = link_of(5, false);

    (void)state;
    w.sets_up = true;
    link.is_up = false;
    create(PORT_NIC);
    w.is_held = true;
    change(link, 0); /* it is opened, which sets it up */
    link.is_up = link.is_running = true;
    change(link, 0);
    link.is_running = false;
    link.mtu = 9000;
    change(link, 0);
    run_jobs(0);
    assert_int_equal(published()->link.mtu, 9000);
    assert_false(published()->link.is_up);
    assert_int_equal(bridge_port_of_config(w.port), 0);
    /* It has been seen to be up: whoever says down now means it. */
    link.is_up = false;
    change(link, 0);
    assert_int_equal(bridge_port_of_config(w.port), PORT_CONFIG_DOWN);
    run_jobs(0);
}

static void what_leaves_while_it_opens_is_closed(void **state)
{
    (void)state;
    create(PORT_NIC);
    w.is_held = true;
    change(link_of(5, true), 0);
    leave();
    assert_null(published());
    run_jobs(0);
    assert_int_equal(w.left, 1);
    assert_int_equal(w.closed, 1);
    assert_null(published());
}

static void what_changes_while_it_opens_is_put_in_force_afterwards(void **state)
{
    const struct htb_queue queues[2] = {{.id = 1}, {.id = 2}};
    struct config_port config = {
        .name = "x0", .type = PORT_NIC, .has_shield = true};

    (void)state;
    create(PORT_NIC);
    assert_true(port_control_set_queues(w.port, queues, 2, 0));
    w.is_held = true;
    change(link_of(5, true), 0);
    reconfigure(&config);
    assert_true(port_control_set_queues(w.port, queues, 1, 0));
    assert_true(port_control_set_queues(w.port, queues + 1, 1, 0));
    assert_int_equal(w.shielded, 0);
    run_jobs(0);
    assert_int_equal(w.shielded, 1);
    assert_int_equal(w.queues_set, 1);
    assert_int_equal(w.queue_id, 2);
    assert_int_equal(w.port->state, PORT_OPEN);
}

static void
a_device_that_goes_before_it_shows_itself_is_made_again(void **state)
{
    (void)state;
    create(PORT_INTERNAL);
    w.is_held = true;
    begin_port(10000);
    change(link_of(5, true), 10000);
    lose(5, 10000);
    run_jobs(10000);
    assert_int_equal(w.made, 1);
    assert_int_equal(w.opened, 0);
    tick(10000 + RETRY_MS);
    run_jobs(10000 + RETRY_MS);
    assert_int_equal(w.made, 2);
    change(link_of(6, true), 12000);
    run_jobs(10000 + RETRY_MS);
    assert_true(published()->link.is_up);
}

static void a_port_begins_when_its_namesake_has_left(void **state)
{
    (void)state;
    create(PORT_TAP);
    w.port->is_blocked = true;
    begin_port(10000);
    tick(10000);
    assert_int_equal(w.made, 0);
    port_control_unblock(w.port, 20000);
    run_jobs(0);
    assert_int_equal(w.made, 1);
}

static void a_device_of_ours_is_made_and_made_again(void **state)
{
    (void)state;
    create(PORT_TAP);
    w.make_error = -EPERM;
    begin_port(10000);
    tick(10000 + RETRY_MS);
    assert_int_equal(w.made, 2);
    w.make_error = 0;
    tick(10000 + 2 * RETRY_MS);
    assert_int_equal(w.made, 3);
    tick(12000); /* it is on its way */
    assert_int_equal(w.made, 3);
    change(link_of(5, true), 12000);
    lose(5, 20000);
    /* One of this name is now somebody else's. */
    assert_int_equal(w.unmade, 0);
    tick(20000 + RETRY_MS);
    assert_int_equal(w.made, 4);
    change(link_of(6, true), 21000);
    leave();
    assert_int_equal(w.unmade, 1);
    assert_int_equal(w.closed, 2);
}

static void new_vlans_are_told_and_the_shield_follows(void **state)
{
    struct config_port config = {
        .name = "x0", .type = PORT_NIC, .has_shield = true};

    (void)state;
    create(PORT_NIC);
    reconfigure(&config);
    assert_int_equal(w.shielded, 0); /* there is nothing to shield yet */
    change(link_of(5, true), 0);
    learn_something();
    reconfigure(&config);
    assert_int_equal(w.shielded, 1);
    assert_int_equal(learned(), 1);
    config.vlan = (struct vlan_membership){VLAN_ACCESS, .access = 10};
    reconfigure(&config);
    assert_int_equal(published()->vlan.access, 10);
    assert_int_equal(learned(), 0);
    assert_int_equal(w.opened, 1);
}

static void missed_frames_are_not_forgotten(void **state)
{
    (void)state;
    create(PORT_NIC);
    assert_int_equal(bridge_port_missed(w.port), 0);
    change(link_of(5, true), 0);
    assert_int_equal(bridge_port_missed(w.port), WORKERS * MISSED);
    lose(5, 0);
    assert_int_equal(bridge_port_missed(w.port), WORKERS * MISSED);
    change(link_of(6, true), 0);
    assert_int_equal(bridge_port_missed(w.port), 2 * WORKERS * MISSED);
}

/* What the kernel would tell. */
static void follow_links(void *context)
{
    struct link link = link_of(5, w.is_up);

    (void)context;
    link.is_up = w.is_up;
    change(link, 0);
}

static void take_down(void)
{
    w.environment.follow_links = follow_links;
    assert_int_equal(modify(PORT_CONFIG_DOWN | PORT_CONFIG_NO_FWD), 0);
}

static void a_controller_takes_its_interface_down_and_up(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    learn_something();
    take_down();
    assert_int_equal(w.set_down, 1);
    assert_true(w.port->is_taken_down);
    assert_int_equal(bridge_port_of_config(w.port),
                     PORT_CONFIG_DOWN | PORT_CONFIG_NO_FWD);
    assert_false(published()->link.is_up);
    assert_true(published()->has_no_recv);
    assert_int_equal(learned(), 0);
    take_down();
    assert_int_equal(w.set_down, 1);
    assert_int_equal(modify(0), 0);
    assert_int_equal(w.set_up, 1);
    assert_false(w.port->is_taken_down);
    assert_true(published()->link.is_up);
    assert_false(published()->has_no_fwd);
}

static void what_cannot_be_taken_down_stays_as_it_is(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    w.set_up_error = -EPERM;
    assert_int_equal(modify(PORT_CONFIG_DOWN | PORT_CONFIG_NO_FWD), -EPERM);
    assert_int_equal(bridge_port_of_config(w.port), 0);
    assert_true(published()->link.is_up);
    assert_false(published()->has_no_fwd);
}

static void who_sets_it_up_again_has_it_up(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    take_down();
    change(link_of(5, true), 0);
    assert_false(w.port->is_taken_down);
    assert_int_equal(bridge_port_of_config(w.port), PORT_CONFIG_NO_FWD);
    leave();
    assert_int_equal(w.set_up, 0);
}

static void what_a_controller_took_down_is_left_up(void **state)
{
    static const struct {
        enum port_type type;
        bool is_made;
        unsigned int set_up;
    } rows[] = {
        /* clang-format off */
        {PORT_NIC,      false, 1},
        {PORT_TAP,      false, 1},
        {PORT_TAP,      true,  0}, /* it goes */
        {PORT_INTERNAL, true,  0},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        w.set_up = w.opened = 0;
        create(rows[i].type);
        if (rows[i].is_made)
            begin_port(0);
        change(link_of(5, true), 0);
        take_down();
        leave();
        assert_int_equal(w.set_up, rows[i].set_up);
    }
}

/* The kernel's news of what we set up come later than those of before. */
static void what_was_told_before_it_was_set_up_does_not_count(void **state)
{
    struct link down = link_of(5, false);

    (void)state;
    w.sets_up = true;
    down.is_up = false;
    create(PORT_NIC);
    change(down, 0);
    assert_int_equal(bridge_port_of_config(w.port), 0);
    change(down, 0);
    assert_int_equal(bridge_port_of_config(w.port), 0);
    change(link_of(5, true), 0);
    change(down, 0);
    assert_int_equal(bridge_port_of_config(w.port), PORT_CONFIG_DOWN);
}

static void a_device_that_comes_back_is_up(void **state)
{
    (void)state;
    create(PORT_NIC);
    change(link_of(5, true), 0);
    take_down();
    lose(5, 0);
    assert_false(w.port->is_taken_down);
    change(link_of(5, true), 0);
    assert_false(w.stayed_down);
    assert_int_equal(bridge_port_of_config(w.port), PORT_CONFIG_NO_FWD);
}

static void local_has_its_address_once_it_is_up_again(void **state)
{
    struct config_port config = {
        .name = "x0",
        .type = PORT_LOCAL,
        .address = {AF_INET, {192, 0, 2, 2}, 24},
    };

    (void)state;
    create(PORT_LOCAL);
    reconfigure(&config);
    assert_int_equal(w.unaddressed, 0);
    begin_port(0);
    change(link_of(5, true), 0);
    take_down();
    w.stayed_down = false;
    config.address.bytes[3] = 3;
    reconfigure(&config);
    assert_int_equal(w.unaddressed, 1);
    assert_int_equal(w.opened, 2);
    assert_true(w.stayed_down);
    assert_int_equal(modify(0), 0);
    assert_int_equal(w.opened, 3);
    assert_false(w.stayed_down);
}

static void another_mac_is_given_to_a_device_that_is_there(void **state)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};

    (void)state;
    create(PORT_INTERNAL);
    set_mac(mac);
    assert_int_equal(w.opened, 0); /* it gets it when it opens */
    begin_port(0);
    change(link_of(5, true), 0);
    set_mac(mac);
    assert_int_equal(w.opened, 1);
    set_mac((uint8_t[6]){2});
    assert_int_equal(w.opened, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_port_has_its_number_before_its_device),
        TEST(it_opens_when_its_device_comes),
        TEST(a_lost_link_is_told_and_addresses_go),
        TEST(a_new_mtu_is_told),
        TEST(a_port_stays_itself_without_its_link),
        TEST(workers_let_go_before_it_is_closed),
        TEST(a_device_made_again_is_opened_anew),
        TEST(what_fails_to_open_is_tried_every_second),
        TEST(what_is_unfit_is_refused_until_it_is_fit),
        TEST(queues_that_fail_to_open_are_tried_again),
        TEST(queues_that_stall_are_opened_again),
        TEST(stalled_queues_that_fail_to_open_are_tried_again),
        TEST(ports_open_and_close_beside_the_main_thread),
        TEST(while_it_opens_only_the_latest_device_counts),
        TEST(what_goes_while_it_opens_is_closed_without_a_word),
        TEST(what_it_becomes_while_it_opens_is_followed),
        TEST(what_leaves_while_it_opens_is_closed),
        TEST(what_changes_while_it_opens_is_put_in_force_afterwards),
        TEST(a_device_that_goes_before_it_shows_itself_is_made_again),
        TEST(a_port_begins_when_its_namesake_has_left),
        TEST(a_device_of_ours_is_made_and_made_again),
        TEST(new_vlans_are_told_and_the_shield_follows),
        TEST(a_controller_takes_its_interface_down_and_up),
        TEST(what_cannot_be_taken_down_stays_as_it_is),
        TEST(who_sets_it_up_again_has_it_up),
        TEST(what_a_controller_took_down_is_left_up),
        TEST(what_was_told_before_it_was_set_up_does_not_count),
        TEST(a_device_that_comes_back_is_up),
        TEST(local_has_its_address_once_it_is_up_again),
        TEST(another_mac_is_given_to_a_device_that_is_there),
        TEST(missed_frames_are_not_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
