/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines go out without waiting for who reads them, and none is cut: what is
 * left of one goes out before the next.
 */
#include "base/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "tests/unit/test.h"

static char directory[] = "/tmp/test_log_output.XXXXXX";
static char path[64];
static int standard_error; /* the real one */

static int set_up(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "%s/log", directory);
    unlink(path);
    standard_error = dup(STDERR_FILENO);
    /* Whoever would wait is ended by it. */
    alarm(20);
    return standard_error < 0;
}

static int tear_down(void **state)
{
    (void)state;
    alarm(0);
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    unlink(path);
    return 0;
}

/* A line of 'size' bytes of 'letter' with its newline. */
static const struct log_line *line_of(char letter, size_t size)
{
    static struct log_line line;

    memset(line.text, letter, size - 1);
    line.text[size - 1] = '\n';
    line.size = size;
    return &line;
}

/* What was read so far. */
static char text[1 << 22];
static size_t text_size;

static void read_all(int fd)
{
    ssize_t got;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, text + text_size, sizeof(text) - text_size)) > 0)
        text_size += (size_t)got;
}

/* How many lines were read; each must be whole and of 'size' bytes. */
static size_t count_lines(size_t size)
{
    size_t start = 0, lines = 0;

    for (size_t i = 0; i < text_size; i++) {
        if (text[i] != '\n') {
            assert_int_equal(text[i], text[start]);
            continue;
        }
        assert_int_equal(i + 1 - start, size);
        start = i + 1;
        lines++;
    }
    assert_int_equal(start, text_size);
    return lines;
}

static void check_stalled_reader(int reader, int writer, size_t size)
{
    static struct log_output o;
    size_t lines = 0;

    text_size = 0;
    assert_int_equal(dup2(writer, STDERR_FILENO), STDERR_FILENO);
    close(writer);
    log_output_open_standard(&o);
    while (log_output_write(&o, line_of('a', size)))
        lines++;
    assert_true(lines > 0);
    assert_false(log_output_write(&o, line_of('b', size)));
    /* Whoever shares it with us waits as before. */
    assert_int_equal(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);

    /* Once it is read, lines go out again and none is cut. */
    while (!log_output_write(&o, line_of('c', size)))
        read_all(reader);
    read_all(reader);
    assert_int_equal(count_lines(size), lines + 1);
    log_output_close(&o);
    close(reader);
    dup2(standard_error, STDERR_FILENO);
}

static const size_t sizes[] = {100, PIPE_BUF, PIPE_BUF + 1, 10000};

enum { SIZE_COUNT = ARRAY_SIZE(sizes) };

static void a_pipe_that_nobody_reads_refuses_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        check_stalled_reader(ends[0], ends[1], sizes[i]);
    }
}

/* As the journal is one. */
static void a_socket_that_nobody_reads_refuses_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        int ends[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        check_stalled_reader(ends[0], ends[1], sizes[i]);
    }
}

/* Where it may not be opened again, as by another user than who made it. */
static void a_pipe_that_is_not_ours_refuses_lines_too(void **state)
{
    static struct log_output o = LOG_OUTPUT_STANDARD;
    size_t lines = 0;
    int ends[2];

    (void)state;
    text_size = 0;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    while (log_output_write(&o, line_of('a', 10000)))
        lines++;
    assert_true(lines > 0);
    while (!log_output_write(&o, line_of('c', 10000)))
        read_all(ends[0]);
    read_all(ends[0]);
    assert_int_equal(count_lines(10000), lines + 1);
    close(ends[0]);
}

/* A terminal that was stopped with Ctrl-S. */
static void a_stopped_terminal_refuses_lines(void **state)
{
    static struct log_output o;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int slave;

    (void)state;
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        skip();
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    assert_int_equal(dup2(slave, STDERR_FILENO), STDERR_FILENO);
    close(slave);
    log_output_open_standard(&o);
    assert_true(log_output_write(&o, line_of('a', 100)));
    assert_int_equal(write(master, "\x13", 1), 1);
    for (int i = 0; log_output_write(&o, line_of('b', 100)); i++)
        assert_true(i < 100000);
    log_output_close(&o);
    close(master);
}

/* The size of the file is bounded, as that of a full disk is. */
static void bound_file(rlim_t size)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void read_file(void)
{
    int fd = open(path, O_RDONLY);

    text_size = 0;
    assert_true(fd >= 0);
    read_all(fd);
    close(fd);
}

static void a_line_that_a_full_disk_has_cut_is_ended_later(void **state)
{
    static struct log_output o;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(log_output_open_file(&o, path), 0);
    bound_file(150);
    assert_true(log_output_write(&o, line_of('a', 100)));
    assert_true(log_output_write(&o, line_of('b', 100)));
    assert_false(log_output_write(&o, line_of('c', 100)));
    read_file();
    assert_int_equal(text_size, 150);
    bound_file(0);
    assert_true(log_output_write(&o, line_of('d', 100)));
    log_output_close(&o);
    read_file();
    assert_int_equal(count_lines(100), 3);
}

/* By a switch that was killed, say: the next one begins a line of its own. */
static void a_file_that_ends_in_a_line_gets_its_newline(void **state)
{
    static struct log_output o;
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    (void)state;
    assert_int_equal(write(fd, "torn", 4), 4);
    close(fd);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(log_output_open_file(&o, path), 0);
        assert_true(log_output_write(&o, line_of('a', 3)));
        log_output_close(&o);
    }
    read_file();
    assert_memory_equal(text, "torn\naa\naa\n", text_size);

    /* The same for standard error, where that is a file. */
    assert_int_equal(truncate(path, 6), 0);
    fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    close(fd);
    log_output_open_standard(&o);
    assert_true(log_output_write(&o, line_of('b', 3)));
    log_output_close(&o);
    read_file();
    assert_memory_equal(text, "torn\na\nbb\n", text_size);
}

/* Who shares the offset of standard error writes behind our lines. */
static void a_file_is_not_opened_a_second_time(void **state)
{
    static struct log_output o;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    (void)state;
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(write(fd, "aa\n", 3), 3);
    log_output_open_standard(&o);
    assert_true(log_output_write(&o, line_of('b', 3)));
    assert_int_equal(write(fd, "cc\n", 3), 3);
    log_output_close(&o);
    close(fd);
    read_file();
    assert_memory_equal(text, "aa\nbb\ncc\n", text_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_that_nobody_reads_refuses_lines),
        cmocka_unit_test(a_socket_that_nobody_reads_refuses_lines),
        cmocka_unit_test(a_pipe_that_is_not_ours_refuses_lines_too),
        cmocka_unit_test(a_stopped_terminal_refuses_lines),
        cmocka_unit_test(a_line_that_a_full_disk_has_cut_is_ended_later),
        cmocka_unit_test(a_file_that_ends_in_a_line_gets_its_newline),
        cmocka_unit_test(a_file_is_not_opened_a_second_time),
    };
    struct CMUnitTest with_files[ARRAY_SIZE(tests)];
    int failed;

    for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
        with_files[i] = tests[i];
        with_files[i].setup_func = set_up;
        with_files[i].teardown_func = tear_down;
    }
    if (!mkdtemp(directory))
        return 1;
    failed = cmocka_run_group_tests(with_files, NULL, NULL);
    rmdir(directory);
    return failed;
}
