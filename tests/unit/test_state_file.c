/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state file is whole or is not used: each byte that is another is found,
 * as is each that is missing; a write that fails leaves the file of before; and
 * neither reading nor writing follows a link.
 */
#include "state/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

enum { SIZE = STATE_FILE_HEAD_SIZE + 27 };

struct fixture {
    char dir[64], path[80], beside[80], other[80];
    uint8_t bytes[SIZE];
};

static int set_up(void **context)
{
    struct fixture *f = calloc(1, sizeof(*f));

    strcpy(f->dir, "/tmp/test_state_file.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/state", f->dir);
    snprintf(f->beside, sizeof(f->beside), "%s/state.new", f->dir);
    snprintf(f->other, sizeof(f->other), "%s/other", f->dir);
    for (size_t i = 0; i < SIZE; i++)
        f->bytes[i] = (uint8_t)(i * 7);
    state_file_seal(f->bytes, SIZE);
    *context = f;
    return 0;
}

static int tear_down(void **context)
{
    struct fixture *f = *context;

    chmod(f->dir, 0700);
    unlink(f->path);
    rmdir(f->path);
    unlink(f->beside);
    unlink(f->other);
    rmdir(f->dir);
    free(f);
    return 0;
}

static int read_back(const struct fixture *f, uint8_t **bytes, size_t *size)
{
    char error[STATE_FILE_ERROR_SIZE];

    return state_file_read(f->path, (uid_t)-1, bytes, size, error);
}

static void expect_bytes(const struct fixture *f, size_t size)
{
    uint8_t *bytes;
    size_t found;

    assert_int_equal(read_back(f, &bytes, &found), 0);
    assert_int_equal(found, size);
    assert_memory_equal(bytes, f->bytes, size);
    free(bytes);
}

static void every_changed_byte_is_found(void **context)
{
    struct fixture *f = *context;

    assert_null(state_file_fault(f->bytes, SIZE));
    for (size_t i = 0; i < SIZE; i++) {
        f->bytes[i] ^= 0x10;
        assert_non_null(state_file_fault(f->bytes, SIZE));
        f->bytes[i] ^= 0x10;
    }
    for (size_t size = 0; size < SIZE; size++)
        assert_non_null(state_file_fault(f->bytes, size));
    assert_null(state_file_fault(f->bytes, SIZE));
}

static void says_which_version_is_another(void **context)
{
    struct fixture *f = *context;

    f->bytes[23]++;
    assert_string_equal(state_file_fault(f->bytes, SIZE),
                        "another version of flowbridge wrote it");
    assert_string_equal(state_file_fault((const uint8_t *)"[bridge]\n", 9),
                        "it is not a state file");
}

static void what_is_written_is_read(void **context)
{
    struct fixture *f = *context;
    struct stat s;

    assert_int_equal(state_file_write(f->path, f->bytes, SIZE), 0);
    expect_bytes(f, SIZE);
    assert_int_equal(state_file_write(f->path, f->bytes, 5), 0);
    expect_bytes(f, 5);
    assert_int_equal(stat(f->path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
    assert_int_equal(access(f->beside, F_OK), -1);
}

static void a_write_that_fails_leaves_the_old_one(void **context)
{
    struct fixture *f = *context;

    assert_int_equal(state_file_write("/nonexistent/state", f->bytes, SIZE),
                     -ENOENT);
    assert_int_equal(state_file_write(f->path, f->bytes, SIZE), 0);
    /* It cannot be removed, nor written. */
    assert_int_equal(mkdir(f->beside, 0700), 0);
    assert_int_equal(state_file_write(f->path, f->bytes, 5), -EEXIST);
    expect_bytes(f, SIZE);
    rmdir(f->beside);
    /* It is written, and cannot be renamed. */
    unlink(f->path);
    assert_int_equal(mkdir(f->path, 0700), 0);
    assert_int_equal(state_file_write(f->path, f->bytes, 5), -EISDIR);
    assert_int_equal(access(f->beside, F_OK), -1);
}

static void a_rest_of_a_writer_that_died_does_not_matter(void **context)
{
    struct fixture *f = *context;

    close(open(f->beside, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(state_file_write(f->path, f->bytes, SIZE), 0);
    expect_bytes(f, SIZE);
    close(open(f->beside, O_CREAT | O_WRONLY, 0600));
    state_file_remove_rest(f->path);
    assert_int_equal(access(f->beside, F_OK), -1);
    expect_bytes(f, SIZE);
    state_file_remove(f->path);
    assert_int_equal(access(f->path, F_OK), -1);
}

static void no_link_is_followed(void **context)
{
    struct fixture *f = *context;
    uint8_t *bytes;
    struct stat s;
    size_t size;

    close(open(f->other, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(symlink("other", f->path), 0);
    assert_int_equal(symlink("other", f->beside), 0);
    assert_int_equal(read_back(f, &bytes, &size), -ELOOP);
    assert_int_equal(state_file_write(f->path, f->bytes, SIZE), 0);
    expect_bytes(f, SIZE);
    assert_int_equal(stat(f->other, &s), 0);
    assert_int_equal(s.st_size, 0);
}

static void what_others_can_change_is_not_read(void **context)
{
    struct fixture *f = *context;
    uint8_t *bytes;
    size_t size;

    assert_int_equal(read_back(f, &bytes, &size), -ENOENT);
    assert_int_equal(state_file_write(f->path, f->bytes, SIZE), 0);
    assert_int_equal(chmod(f->path, 0620), 0);
    assert_int_equal(read_back(f, &bytes, &size), -EPERM);
    assert_int_equal(chmod(f->path, 0640), 0);
    expect_bytes(f, SIZE);
    assert_int_equal(link(f->path, f->other), 0);
    assert_int_equal(read_back(f, &bytes, &size), -EPERM);
    unlink(f->path);
    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(read_back(f, &bytes, &size), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_changed_byte_is_found),
        TEST(says_which_version_is_another),
        TEST(what_is_written_is_read),
        TEST(a_write_that_fails_leaves_the_old_one),
        TEST(a_rest_of_a_writer_that_died_does_not_matter),
        TEST(no_link_is_followed),
        TEST(what_others_can_change_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
