/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket file belongs to one switch at a time, is its owner's alone from the
 * first moment, and no link or stranger's file is followed or removed.
 */
#include "daemon/socket_file.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/unix_address.h"
#include "tests/unit/test.h"

struct fixture {
    char dir[64], path[96], lock[112];
    struct socket_file *file;
    char error[512];
};

static int open_path(struct fixture *f, const char *path,
                     struct socket_file **file)
{
    const struct socket_file_options o = {
        .path = path, .uid = (uid_t)-1, .gid = (gid_t)-1, .backlog = 16};

    return socket_file_open(file, &o, f->error, sizeof(f->error));
}

static int open_file(struct fixture *f)
{
    return open_path(f, f->path, &f->file);
}

static void close_file(struct fixture *f)
{
    socket_file_close(f->file);
    f->file = NULL;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->dir, "/tmp/test_socket_file.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/of-switch.ctl", f->dir);
    snprintf(f->lock, sizeof(f->lock), "%s.lock", f->path);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    close_file(f);
    unlink(f->path);
    unlink(f->lock);
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

static int try_connect(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct unix_address a;
    int result;

    assert_int_equal(unix_address_open(&a, path), 0);
    result = connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name));
    unix_address_close(&a);
    close(fd);
    return result;
}

static void makes_the_socket_0660_under_any_umask(void **state)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
        mode_t before = umask(masks[i]);
        int result = open_file(f);
        mode_t after = umask(before);
        struct stat s;

        assert_int_equal(result, 0);
        assert_int_equal(after, masks[i]);
        assert_int_equal(stat(f->path, &s), 0);
        assert_int_equal(s.st_mode, S_IFSOCK | 0660);
        close_file(f);
        assert_int_equal(access(f->path, F_OK), -1);
        assert_int_equal(access(f->lock, F_OK), -1);
    }
}

static void gives_the_socket_to_its_owner(void **state)
{
    struct fixture *f = *state;
    const struct socket_file_options o = {
        .path = f->path, .uid = 1, .gid = 2, .backlog = 1};
    struct stat s;

    if (geteuid() != 0)
        skip();
    assert_int_equal(socket_file_open(&f->file, &o, f->error, sizeof(f->error)),
                     0);
    assert_int_equal(stat(f->path, &s), 0);
    assert_int_equal(s.st_uid, 1);
    assert_int_equal(s.st_gid, 2);
}

static void makes_the_run_dir(void **state)
{
    struct fixture *f = *state;
    char dir[128], path[160];
    mode_t before = umask(077);
    struct stat s;

    snprintf(dir, sizeof(dir), "%s/run", f->dir);
    snprintf(path, sizeof(path), "%s/a.ctl", dir);
    assert_int_equal(open_path(f, path, &f->file), 0);
    umask(before);
    assert_int_equal(stat(dir, &s), 0);
    assert_int_equal(s.st_mode, S_IFDIR | 0755);
    close_file(f);
    assert_int_equal(rmdir(dir), 0);
}

static int bind_to(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct unix_address a;

    assert_int_equal(unix_address_open(&a, path), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a.name, sizeof(a.name)),
                     0);
    unix_address_close(&a);
    return fd;
}

static void replaces_the_socket_of_a_dead_switch(void **state)
{
    struct fixture *f = *state;

    close(bind_to(f->path));
    fclose(fopen(f->lock, "w"));
    assert_int_equal(open_file(f), 0);
    assert_int_equal(try_connect(f->path), 0);
}

static void refuses_while_another_is_alive(void **state)
{
    struct fixture *f = *state;
    struct socket_file *second = NULL;
    char expected[256];

    assert_int_equal(open_file(f), 0);
    assert_int_equal(open_path(f, f->path, &second), -EADDRINUSE);
    assert_null(second);
    snprintf(expected, sizeof(expected),
             "%s: a switch of this name is already running (process %d); stop "
             "it first",
             f->path, getpid());
    assert_string_equal(f->error, expected);
    assert_int_equal(try_connect(f->path), 0);
}

static void refuses_a_live_socket_that_lost_its_lock(void **state)
{
    struct fixture *f = *state;
    int fd = bind_to(f->path);

    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(open_file(f), -EADDRINUSE);
    assert_non_null(strstr(f->error, "already running"));
    assert_int_equal(access(f->path, F_OK), 0);
    close(fd);
}

static void leaves_a_successors_socket_alone(void **state)
{
    struct fixture *f = *state;
    int fd;

    assert_int_equal(open_file(f), 0);
    unlink(f->path);
    fd = bind_to(f->path);
    close_file(f);
    assert_int_equal(access(f->path, F_OK), 0);
    close(fd);
}

static void follows_no_links(void **state)
{
    struct fixture *f = *state;
    char dir[128], path[160], target[128];
    struct stat s;

    snprintf(target, sizeof(target), "%s/target", f->dir);
    assert_int_equal(symlink(target, f->path), 0);
    assert_int_equal(open_file(f), -EEXIST);
    unlink(f->path);
    assert_int_equal(symlink(target, f->lock), 0);
    assert_int_equal(open_file(f), -ELOOP);
    unlink(f->lock);
    assert_int_equal(lstat(target, &s), -1);

    snprintf(dir, sizeof(dir), "%s/link", f->dir);
    snprintf(path, sizeof(path), "%s/a.ctl", dir);
    assert_int_equal(symlink(f->dir, dir), 0);
    assert_true(open_path(f, path, &f->file) < 0);
    assert_non_null(strstr(f->error, "links are not followed"));
    unlink(dir);
}

static void refuses_a_run_dir_that_all_may_change(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_int_equal(open_file(f), -EPERM);
    assert_non_null(strstr(f->error, "chmod o-w"));
}

static void leaves_a_file_in_the_way_alone(void **state)
{
    struct fixture *f = *state;

    fclose(fopen(f->path, "w"));
    assert_int_equal(open_file(f), -EEXIST);
    assert_int_equal(access(f->path, F_OK), 0);
}

static void takes_a_path_longer_than_an_address(void **state)
{
    struct fixture *f = *state;
    char dir[256], path[300];

    snprintf(dir, sizeof(dir), "%s/%0128d", f->dir, 0);
    snprintf(path, sizeof(path), "%s/of-switch.ctl", dir);
    assert_int_equal(open_path(f, path, &f->file), 0);
    assert_int_equal(try_connect(path), 0);
    close_file(f);
    assert_int_equal(rmdir(dir), 0);
}

enum { STARTERS = 4, ROUNDS = 100 };

/* Shared by the starters, so that they start at the same moment. */
struct start {
    atomic_int ready_count;
    int hold[2]; /* who has read its end goes */
    int tell[2]; /* results, to the test */
};

static void start_one(struct fixture *f, struct start *s)
{
    struct socket_file *file = NULL;
    char byte;
    int result;

    close(s->hold[1]);
    atomic_fetch_add(&s->ready_count, 1);
    while (atomic_load(&s->ready_count) < STARTERS)
        sched_yield();
    result = open_path(f, f->path, &file);
    if (write(s->tell[1], &result, sizeof(result)) != sizeof(result) ||
        read(s->hold[0], &byte, 1) != 0)
        _exit(1);
    socket_file_close(file);
    _exit(0);
}

static void start_all(struct fixture *f, struct start *s)
{
    int opened = 0, result, status;

    atomic_store(&s->ready_count, 0);
    assert_int_equal(pipe(s->hold), 0);
    assert_int_equal(pipe(s->tell), 0);
    for (int i = 0; i < STARTERS; i++)
        if (fork() == 0)
            start_one(f, s);
    for (int i = 0; i < STARTERS; i++) {
        assert_int_equal(read(s->tell[0], &result, sizeof(result)),
                         sizeof(result));
        opened += result == 0;
        assert_true(result == 0 || result == -EADDRINUSE);
    }
    assert_int_equal(opened, 1);
    assert_int_equal(try_connect(f->path), 0);
    for (int i = 0; i < 2; i++) {
        close(s->hold[i]);
        close(s->tell[i]);
    }
    for (int i = 0; i < STARTERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(access(f->path, F_OK), -1);
    assert_int_equal(access(f->lock, F_OK), -1);
}

static void one_of_many_starts_at_once_wins(void **state)
{
    struct fixture *f = *state;
    struct start *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(s != MAP_FAILED);
    for (int round = 0; round < ROUNDS; round++) {
        close(bind_to(f->path)); /* a dead switch's each time */
        start_all(f, s);
    }
    munmap(s, sizeof(*s));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_socket_0660_under_any_umask),
        TEST(gives_the_socket_to_its_owner),
        TEST(makes_the_run_dir),
        TEST(replaces_the_socket_of_a_dead_switch),
        TEST(refuses_while_another_is_alive),
        TEST(refuses_a_live_socket_that_lost_its_lock),
        TEST(leaves_a_successors_socket_alone),
        TEST(follows_no_links),
        TEST(refuses_a_run_dir_that_all_may_change),
        TEST(leaves_a_file_in_the_way_alone),
        TEST(takes_a_path_longer_than_an_address),
        TEST(one_of_many_starts_at_once_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
