/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the service manager hears: the assignments of sd_notify(3), at a path or
 * an abstract name; without a manager, nothing happens.
 */
#include "daemon/notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/test.h"

/* The manager's end, at $NOTIFY_SOCKET. */
static int listen_at(const char *address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    strcpy(name.sun_path, address);
    if (*address == '@')
        name.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&name,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                      strlen(address) + (*address == '/'))),
                     0);
    assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
    return fd;
}

static const char *heard_by(int fd)
{
    static char text[2048];
    ssize_t size = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

    assert_true(size > 0);
    text[size] = '\0';
    return text;
}

static void check_conversation(const char *address)
{
    int fd = listen_at(address);
    int64_t before = clock_monotonic_us();
    char long_status[4096];
    long long us;
    struct notify *n;

    assert_int_equal(notify_open(&n), 0);
    assert_int_equal(notify_ready(n, "2 ports"), 0);
    assert_string_equal(heard_by(fd), "READY=1\nSTATUS=2 ports");
    assert_int_equal(notify_status(n, "a\nMAINPID=1\nb"), 0);
    assert_string_equal(heard_by(fd), "STATUS=a MAINPID=1 b");
    assert_int_equal(notify_watchdog(n), 0);
    assert_string_equal(heard_by(fd), "WATCHDOG=1");
    assert_int_equal(notify_reloading(n), 0);
    assert_int_equal(
        sscanf(heard_by(fd), "RELOADING=1\nMONOTONIC_USEC=%lld", &us), 1);
    assert_true(us >= before && us <= clock_monotonic_us());
    assert_int_equal(notify_stopping(n), 0);
    assert_string_equal(heard_by(fd), "STOPPING=1");
    memset(long_status, 'x', sizeof(long_status) - 1);
    long_status[sizeof(long_status) - 1] = '\0';
    assert_int_equal(notify_status(n, long_status), 0);
    assert_int_equal(strlen(heard_by(fd)), 511);
    notify_close(n);
    close(fd);
}

static void a_path_is_told(void **state)
{
    char directory[] = "/tmp/test_notify.XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/notify", directory);
    check_conversation(path);
    unlink(path);
    rmdir(directory);
}

static void an_abstract_name_is_told(void **state)
{
    char name[64];

    (void)state;
    snprintf(name, sizeof(name), "@flowbridge/test_notify/%d", getpid());
    check_conversation(name);
}

static void without_a_manager_nothing_happens(void **state)
{
    struct notify *n;

    (void)state;
    setenv("WATCHDOG_USEC", "1000000", 1);
    unsetenv("NOTIFY_SOCKET");
    for (int round = 0; round < 2; round++) {
        assert_int_equal(notify_open(&n), 0);
        assert_int_equal(notify_ready(n, ""), 0);
        assert_int_equal(notify_stopping(n), 0);
        assert_int_equal(notify_watchdog_us(n), 0);
        notify_close(n);
        setenv("NOTIFY_SOCKET", "", 1);
    }
    notify_close(NULL);
}

static void a_manager_that_is_gone_is_an_error(void **state)
{
    char name[64];
    struct notify *n;

    (void)state;
    snprintf(name, sizeof(name), "@flowbridge/test_notify/%d", getpid());
    close(listen_at(name));
    assert_int_equal(notify_open(&n), 0);
    assert_int_equal(notify_watchdog(n), -ECONNREFUSED);
    notify_close(n);
}

/* What it is owed comes when it reads again, in order. */
static void a_manager_that_does_not_read_is_not_waited_for(void **state)
{
    char text[64], name[64];
    struct notify *n;
    ssize_t size;
    int fd, err = 0;

    (void)state;
    snprintf(name, sizeof(name), "@flowbridge/test_notify/%d", getpid());
    fd = listen_at(name);
    assert_int_equal(notify_open(&n), 0);
    alarm(20); /* ends who waits */
    for (int i = 0; i < 100000 && !err; i++)
        err = notify_watchdog(n);
    assert_int_equal(err, -EAGAIN);
    assert_int_equal(notify_reloading(n), -EAGAIN);
    assert_int_equal(notify_ready(n, "reloaded"), -EAGAIN);
    notify_tick(n);
    while ((size = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0)
        assert_memory_equal(text, "WATCHDOG=1", (size_t)size);
    notify_tick(n);
    assert_memory_equal(heard_by(fd), "RELOADING=1\n", 12);
    assert_string_equal(heard_by(fd), "READY=1\nSTATUS=reloaded");
    notify_tick(n);
    assert_true(recv(fd, text, sizeof(text), MSG_DONTWAIT) < 0);
    alarm(0);
    notify_close(n);
    close(fd);
}

static void addresses_that_are_none_are_refused(void **state)
{
    char long_address[200] = "/";
    struct notify *n;

    (void)state;
    memset(long_address + 1, 'x', sizeof(long_address) - 2);
    setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
    assert_int_equal(notify_open(&n), -EAFNOSUPPORT);
    assert_null(n);
    setenv("NOTIFY_SOCKET", long_address, 1);
    assert_int_equal(notify_open(&n), -EINVAL);
    setenv("NOTIFY_SOCKET", "@", 1);
    assert_int_equal(notify_open(&n), -EINVAL);
}

static void check_watchdog(const char *us, const char *pid, uint64_t want)
{
    struct notify *n;

    setenv("NOTIFY_SOCKET", "@x", 1);
    setenv("WATCHDOG_USEC", us, 1);
    unsetenv("WATCHDOG_PID");
    if (pid)
        setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_open(&n), 0);
    assert_int_equal(notify_watchdog_us(n), want);
    notify_close(n);
}

static void the_watchdog_is_for_one_process(void **state)
{
    char own_pid[32];

    (void)state;
    snprintf(own_pid, sizeof(own_pid), "%d", getpid());
    check_watchdog("10000000", NULL, 10000000);
    check_watchdog("10000000", own_pid, 10000000);
    check_watchdog("10000000", "1", 0);
    check_watchdog("0", NULL, 0);
    check_watchdog("-1", NULL, 0);
    check_watchdog("10s", NULL, 0);
    check_watchdog("", NULL, 0);
    check_watchdog("99999999999999999999999", NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_told),
        cmocka_unit_test(an_abstract_name_is_told),
        cmocka_unit_test(without_a_manager_nothing_happens),
        cmocka_unit_test(a_manager_that_is_gone_is_an_error),
        cmocka_unit_test(a_manager_that_does_not_read_is_not_waited_for),
        cmocka_unit_test(addresses_that_are_none_are_refused),
        cmocka_unit_test(the_watchdog_is_for_one_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
