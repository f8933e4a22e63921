/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TAP made for others is for those others only, whoever was to have it
 * before; it is known again by its mark; what a guest holds stays as it is.
 */
#include "port/guest_tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "port/tap_device.h"
#include "tests/unit/netns.h"
#include "tests/unit/test.h"

#define MARK   "flowbridge-test"
#define ANYONE ((uid_t)-1)
#define NONE   ((gid_t)-1)

enum {
    NOBODY = 65534,
    PLAIN = IFF_TAP | IFF_NO_PI,
    SEVERAL = PLAIN | IFF_MULTI_QUEUE,
};

/* A namespace of its own, and the kernel has TAPs. */
static bool may_make_taps(void)
{
    return netns_enter() && access("/dev/net/tun", R_OK | W_OK) == 0;
}

static bool exists(const char *name)
{
    struct tap_device d;

    return tap_device_look(name, &d) == 0;
}

static struct guest_tap_plan plan_of(uid_t owner, gid_t group,
                                     unsigned int queues)
{
    return (struct guest_tap_plan){owner, group, queues, MARK};
}

static int make(const char *name, uid_t owner, gid_t group)
{
    const struct guest_tap_plan plan = plan_of(owner, group, 0);

    return guest_tap_make(name, &plan);
}

static int adopt(uid_t owner, gid_t group, unsigned int queues)
{
    const struct guest_tap_plan plan = plan_of(owner, group, queues);
    bool is_ours;

    return guest_tap_adopt("t0", &plan, &is_ours);
}

static int check(uid_t owner, gid_t group, unsigned int queues)
{
    const struct guest_tap_plan plan = plan_of(owner, group, queues);

    return guest_tap_check("t0", &plan);
}

/* As 'uid' and 'gid', without capabilities, opens t0 as a virtual machine
 * would.  Returns 0 or an errno. */
static int attach_as(uid_t uid, gid_t gid)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct ifreq request = {.ifr_name = "t0", .ifr_flags = PLAIN};
        int fd = open("/dev/net/tun", O_RDWR);

        if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
            _exit(255);
        _exit(ioctl(fd, TUNSETIFF, &request) < 0 ? errno : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void made_for_one_it_is_his(void **state)
{
    static const struct {
        uid_t owner;
        gid_t group;
        int of_nobody, of_group, of_stranger;
    } rows[] = {
        /* clang-format off */
        {ANYONE, NONE, EPERM, EPERM, EPERM},
        {NOBODY, NONE, 0,     EPERM, EPERM},
        {ANYONE, 7777, EPERM, 0,     EPERM},
        /* clang-format on */
    };

    (void)state;
    if (!may_make_taps())
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(make("t0", rows[i].owner, rows[i].group), 0);
        assert_int_equal(attach_as(NOBODY, NOBODY), rows[i].of_nobody);
        assert_int_equal(attach_as(4242, 7777), rows[i].of_group);
        assert_int_equal(attach_as(4242, 4242), rows[i].of_stranger);
        assert_int_equal(attach_as(0, 0), 0);
        assert_int_equal(make("t0", 1, 1), 0); /* it is there already */
        assert_int_equal(attach_as(NOBODY, NOBODY), rows[i].of_nobody);
        assert_int_equal(guest_tap_remove("t0"), 0);
        assert_false(exists("t0"));
    }
}

static void makes_and_removes(void **state)
{
    int holder;

    (void)state;
    if (!may_make_taps())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1"));
    assert_int_equal(make("v0", 0, NONE), -EEXIST);
    assert_int_equal(guest_tap_remove("v0"), -EEXIST);
    assert_int_equal(guest_tap_remove("t0"), -ENODEV);
    assert_int_equal(make("t%d", 0, NONE), -EINVAL);
    assert_int_equal(make("t0", 0, NONE), 0);
    /* With and without vnet header, as virtual machines ask for it. */
    holder = tap_device_attach("t0", PLAIN);
    assert_true(holder >= 0);
    assert_int_equal(tap_device_attach("t0", PLAIN), -EBUSY);
    close(holder);
    holder = tap_device_attach("t0", PLAIN | IFF_VNET_HDR);
    assert_true(holder >= 0);
    /* What somebody holds is not taken from under him. */
    assert_int_equal(guest_tap_remove("t0"), -EBUSY);
    assert_true(exists("t0"));
    close(holder);
    assert_int_equal(guest_tap_remove("t0"), 0);
    assert_false(exists("t0"));
}

static void a_new_owner_is_put_in_force(void **state)
{
    int holder;

    (void)state;
    if (!may_make_taps())
        skip();
    assert_true(netns_run("ip tuntap add mode tap name t0 user 1"));
    assert_int_equal(attach_as(NOBODY, NOBODY), EPERM);
    assert_int_equal(adopt(ANYONE, NONE, 0), 0); /* nothing is asked for */
    assert_int_equal(attach_as(1, 1), 0);
    assert_int_equal(adopt(NOBODY, NONE, 0), 0);
    assert_int_equal(attach_as(NOBODY, NOBODY), 0);
    assert_int_equal(attach_as(1, 1), EPERM);
    /* While somebody holds it, it stays his. */
    holder = tap_device_attach("t0", PLAIN);
    assert_true(holder >= 0);
    assert_int_equal(check(NOBODY, NONE, 0), 0);
    assert_int_equal(check(1, NONE, 0), -EBUSY);
    assert_int_equal(adopt(1, NONE, 0), -EBUSY);
    close(holder);
    assert_int_equal(check(1, NONE, 0), 0);
    assert_int_equal(attach_as(NOBODY, NOBODY), 0); /* a look changes nothing */
    assert_int_equal(adopt(1, 7777, 0), 0);
    assert_int_equal(attach_as(1, 7777), 0);
    assert_int_equal(attach_as(1, 1), EPERM);
}

/* The kernel has no way to take an owner or a group away, or to change how many
 * queues there can be: one that is ours goes and is made anew. */
static void what_cannot_be_changed_is_made_anew_if_it_is_ours(void **state)
{
    static const struct {
        const char *others; /* with which ip(8) makes it */
        struct guest_tap_plan ours, wanted;
    } rows[] = {
        /* clang-format off */
        {"user 1",             {1, NONE, 0, MARK},      {ANYONE, 5, 0, MARK}   },
        {"user 1 group 5",     {1, 5, 0, MARK},         {1, NONE, 0, MARK}     },
        {"",                   {ANYONE, NONE, 0, MARK}, {ANYONE, NONE, 2, MARK}},
        {"multi_queue user 1", {1, NONE, 2, MARK},      {1, NONE, 1, MARK}     },
        /* clang-format on */
    };
    bool is_ours;

    (void)state;
    if (!may_make_taps())
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_true(
            netns_run("ip tuntap add mode tap name t0 %s", rows[i].others));
        assert_int_equal(guest_tap_check("t0", &rows[i].wanted), -EEXIST);
        assert_int_equal(guest_tap_adopt("t0", &rows[i].wanted, &is_ours),
                         -EEXIST);
        assert_false(is_ours);
        assert_true(netns_run("ip link delete t0"));
        assert_int_equal(guest_tap_make("t0", &rows[i].ours), 0);
        assert_int_equal(guest_tap_adopt("t0", &rows[i].ours, &is_ours), 0);
        assert_true(is_ours);
        assert_int_equal(guest_tap_check("t0", &rows[i].wanted), 0);
        assert_int_equal(guest_tap_adopt("t0", &rows[i].wanted, &is_ours),
                         -EAGAIN);
        assert_false(exists("t0"));
    }
}

static void several_queues_are_for_a_guest_of_several(void **state)
{
    const struct guest_tap_plan plan = plan_of(ANYONE, NONE, 2);
    int holders[2];
    bool is_ours;

    (void)state;
    if (!may_make_taps())
        skip();
    assert_int_equal(guest_tap_make("t0", &plan), 0);
    assert_int_equal(tap_device_attach("t0", PLAIN), -EINVAL);
    for (int i = 0; i < 2; i++) {
        holders[i] = tap_device_attach("t0", SEVERAL);
        assert_true(holders[i] >= 0);
    }
    assert_int_equal(guest_tap_remove("t0"), -EBUSY);
    assert_int_equal(adopt(1, NONE, 2), -EBUSY);
    close(holders[0]);
    assert_int_equal(guest_tap_remove("t0"), -EBUSY);
    close(holders[1]);
    assert_int_equal(guest_tap_adopt("t0", &plan, &is_ours), 0);
    assert_int_equal(guest_tap_remove("t0"), 0);
}

static void note_name(void *context, const char *name)
{
    char *names = context;

    strcat(names, name);
    strcat(names, " ");
}

static void only_taps_with_the_mark_are_found(void **state)
{
    char names[64] = "";

    (void)state;
    if (!may_make_taps())
        skip();
    assert_true(netns_run("ip link add v0 type veth peer name v1 && "
                          "ip link set v0 alias " MARK " && "
                          "ip tuntap add mode tap name t0 && "
                          "ip tuntap add mode tap name t1 && "
                          "ip link set t1 alias flowbridge-other"));
    assert_int_equal(make("t2", 0, NONE), 0);
    assert_int_equal(make("t3", 0, NONE), 0);
    assert_int_equal(guest_tap_each(MARK, note_name, names), 0);
    assert_string_equal(names, "t2 t3 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_for_one_it_is_his),
        cmocka_unit_test(makes_and_removes),
        cmocka_unit_test(a_new_owner_is_put_in_force),
        cmocka_unit_test(what_cannot_be_changed_is_made_anew_if_it_is_ours),
        cmocka_unit_test(several_queues_are_for_a_guest_of_several),
        cmocka_unit_test(only_taps_with_the_mark_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
