/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzzer's inputs without the fuzzer: runs its function on each file of
 * tests/fuzz/corpus/NAME, NAME being what follows "replay_" in the name of the
 * program, and on each file or directory that is named as an argument.
 *
 * What crashed once is kept there, so that it is tried by `make check`.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, what);
    exit(1);
}

static void replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size); /* of its own size, for ASan */

    if (!file || (size > 0 && !bytes))
        fail("cannot be read", path);
    if (fread(bytes, 1, size, file) != size)
        fail("is shorter than it was", path);
    fclose(file);
    /* The last line before a crash says which one it was. */
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
}

/* Returns how many files there were. */
static size_t replay(const char *path)
{
    struct stat about;
    struct dirent *entry;
    size_t count = 0;
    DIR *dir;

    if (stat(path, &about) < 0)
        fail("is not there", path);
    if (!S_ISDIR(about.st_mode)) {
        replay_file(path, (size_t)about.st_size);
        return 1;
    }
    dir = opendir(path);
    if (!dir)
        fail("cannot be read", path);
    while ((entry = readdir(dir))) {
        char inside[PATH_SIZE];

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name) >=
            PATH_SIZE)
            fail("is too long a name", path);
        count += replay(inside);
    }
    closedir(dir);
    return count;
}

/* The input of no bytes is every fuzzer's first, kept or not. */
static size_t replay_corpus(const char *program)
{
    const char *name = strstr(program, "replay_");
    static const uint8_t nothing[1];
    char path[PATH_SIZE];
    struct stat about;

    if (!name || snprintf(path, sizeof(path), "tests/fuzz/corpus/%s",
                          name + strlen("replay_")) >= PATH_SIZE)
        fail("is not named replay_NAME", program);
    LLVMFuzzerTestOneInput(nothing, 0);
    return 1 + (stat(path, &about) == 0 ? replay(path) : 0);
}

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    if (argc < 2)
        count = replay_corpus(argv[0]);
    printf("%zu inputs\n", count);
    return 0;
}
