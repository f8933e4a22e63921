/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After the drop the kernel itself says: two capabilities, the user and its
 * groups, no way back; without the capabilities, a line says how to get them.
 *
 * Each case runs in a child of its own.  Those that need root are skipped
 * without it.
 */
#include "daemon/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "tests/unit/test.h"

enum { BOTH = 1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW, NOBODY = 65534 };

static char error[1024];

/* In a child cmocka cannot take part: what is wrong is its exit status. */
static void require(bool is_so, const char *what, int line)
{
    if (is_so)
        return;
    fprintf(stderr, "line %d: not so: %s (%s)\n", line, what, error);
    _exit(1);
}

#define REQUIRE(is_so) require(is_so, #is_so, __LINE__)

static void in_a_child(void (*run)(void))
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        run();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A line of /proc/self/status as hex. */
static unsigned long long status_of(const char *name)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long long value = ~0ull;

    REQUIRE(f != NULL);
    while (fgets(line, sizeof(line), f))
        if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':')
            value = strtoull(line + strlen(name) + 1, NULL, 16);
    fclose(f);
    return value;
}

static void require_just_both(void)
{
    REQUIRE(status_of("CapEff") == BOTH);
    REQUIRE(status_of("CapPrm") == BOTH);
    REQUIRE(status_of("CapInh") == 0);
    REQUIRE(status_of("CapAmb") == 0);
    REQUIRE(status_of("NoNewPrivs") == 1);
    REQUIRE(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
    REQUIRE(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) == 0);
    REQUIRE(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
}

static void root_becomes_the_user(void)
{
    const struct passwd *nobody = getpwuid(NOBODY);
    gid_t groups[64], wanted[64];
    int count, wanted_count = 64;

    REQUIRE(privileges_check(error, sizeof(error)) == 0);
    REQUIRE(privileges_drop(nobody->pw_name, error, sizeof(error)) == 0);
    require_just_both();
    REQUIRE(status_of("CapBnd") == 0);
    REQUIRE(getuid() == NOBODY && geteuid() == NOBODY);
    REQUIRE(getgid() == nobody->pw_gid && getegid() == nobody->pw_gid);
    /* Not setuid(), which asks of all threads the same, a sanitizer's too. */
    REQUIRE(syscall(SYS_setuid, 0) < 0 && syscall(SYS_setgid, 0) < 0);
    count = getgroups(64, groups);
    getgrouplist(nobody->pw_name, nobody->pw_gid, wanted, &wanted_count);
    REQUIRE(count == wanted_count);
    for (int i = 0; i < count; i++)
        REQUIRE(groups[i] == wanted[i]);
}

static void root_becomes_a_number(void)
{
    gid_t other = 4242;

    REQUIRE(setgroups(1, &other) == 0);
    REQUIRE(privileges_drop("424242", error, sizeof(error)) == 0);
    require_just_both();
    REQUIRE(getuid() == 424242 && getgid() == 424242);
    REQUIRE(getgroups(0, NULL) == 0);
}

static void root_stays_root_with_two_capabilities(void)
{
    REQUIRE(privileges_drop("", error, sizeof(error)) == 0);
    require_just_both();
    REQUIRE(status_of("CapBnd") == 0);
    REQUIRE(geteuid() == 0);
    REQUIRE(syscall(SYS_setuid, 1) < 0 && errno == EPERM);
}

/* As systemd's AmbientCapabilities= and User= do. */
static void start_with_ambient(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
        if (UINT64_C(1) << i & BOTH)
            capng_update(CAPNG_ADD,
                         (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED |
                                        CAPNG_INHERITABLE),
                         i);
    REQUIRE(capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP) == 0);
    REQUIRE(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0) ==
            0);
    REQUIRE(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) ==
            0);
    REQUIRE(status_of("CapAmb") == BOTH);
}

static void ambient_capabilities_are_enough(void)
{
    start_with_ambient();
    REQUIRE(privileges_check(error, sizeof(error)) == 0);
    REQUIRE(privileges_drop("", error, sizeof(error)) == 0);
    require_just_both();
    REQUIRE(geteuid() == NOBODY);
}

static void who_is_not_root_stays_who_it_is(void)
{
    start_with_ambient();
    REQUIRE(privileges_drop("root", error, sizeof(error)) == 0);
    require_just_both();
    REQUIRE(geteuid() == NOBODY);
}

/* As file capabilities without the effective bit leave it. */
static void permitted_is_put_in_force(void)
{
    capng_get_caps_process();
    capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, CAP_NET_RAW);
    REQUIRE(capng_apply(CAPNG_SELECT_CAPS) == 0);
    REQUIRE(socket(AF_PACKET, SOCK_RAW, 0) < 0);
    REQUIRE(privileges_check(error, sizeof(error)) == 0);
    REQUIRE(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
}

static void lose(unsigned int capability)
{
    capng_get_caps_process();
    capng_update(CAPNG_DROP, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                 capability);
    REQUIRE(capng_apply(CAPNG_SELECT_CAPS) == 0);
}

static void a_missing_one_is_named(void)
{
    lose(CAP_NET_RAW);
    REQUIRE(privileges_check(error, sizeof(error)) == -EPERM);
    REQUIRE(strstr(error, "CAP_NET_RAW is missing") != NULL);
    REQUIRE(strstr(error, "AmbientCapabilities=") != NULL);
    REQUIRE(strchr(error, '\n') == NULL);
}

/* Needs no root, for it takes nothing but away. */
static void nobody_is_told_what_is_missing(void)
{
    capng_clear(CAPNG_SELECT_CAPS);
    REQUIRE(capng_apply(CAPNG_SELECT_CAPS) == 0);
    REQUIRE(privileges_check(error, sizeof(error)) == -EPERM);
    REQUIRE(strstr(error, "CAP_NET_ADMIN and CAP_NET_RAW are missing; ") ==
            error);
    REQUIRE(strstr(error, "setpriv") != NULL);
}

static void an_unknown_user_is_an_error(void)
{
    REQUIRE(privileges_drop("no-such-user", error, sizeof(error)) == -ENOENT);
    REQUIRE(strstr(error, "no-such-user") != NULL);
}

/* Also where a container has taken CAP_SETPCAP away. */
static void without_setpcap_the_rest_is_done(void)
{
    lose(CAP_SETPCAP);
    REQUIRE(privileges_drop("", error, sizeof(error)) == 0);
    require_just_both();
}

static const struct child {
    const char *name;
    void (*run)(void);
    bool needs_root;
} children[] = {
    {"root_becomes_the_user", root_becomes_the_user, true},
    {"root_becomes_a_number", root_becomes_a_number, true},
    {"root_stays_root_with_two_capabilities",
     root_stays_root_with_two_capabilities, true},
    /* clang-format off */
    {"ambient_capabilities_are_enough",       ambient_capabilities_are_enough,  true },
    {"who_is_not_root_stays_who_it_is",       who_is_not_root_stays_who_it_is,  true },
    {"permitted_is_put_in_force",             permitted_is_put_in_force,        true },
    /* clang-format on */
    {"without_setpcap_the_rest_is_done", without_setpcap_the_rest_is_done,
     true},
    /* clang-format off */
    {"a_missing_one_is_named",                a_missing_one_is_named,           true },
    {"nobody_is_told_what_is_missing",        nobody_is_told_what_is_missing,   false},
    {"an_unknown_user_is_an_error",           an_unknown_user_is_an_error,      false},
    /* clang-format on */
};

enum { CHILDREN = ARRAY_SIZE(children) };

static void run_child(void **state)
{
    const struct child *c = *state;

    if (c->needs_root && geteuid() != 0)
        skip();
    in_a_child(c->run);
}

int main(void)
{
    struct CMUnitTest tests[CHILDREN] = {{0}};

    for (size_t i = 0; i < CHILDREN; i++) {
        tests[i].name = children[i].name;
        tests[i].test_func = run_child;
        tests[i].initial_state = (void *)(uintptr_t)&children[i];
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
