/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/thread_state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NS_A_MS = 1000000, CPU_FIELD = 39, STATE_FIELD = 3 };

/* Reads a small file of the thread as text; empty if it cannot. */
static void read_file(pid_t thread, const char *name, char *text, size_t size)
{
    char path[64];
    ssize_t got = -1;
    int fd;

    snprintf(path, sizeof(path), "/proc/self/task/%d/%s", (int)thread, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        got = read(fd, text, size - 1);
        close(fd);
    }
    text[got > 0 ? got : 0] = '\0';
}

/* The fields follow the name, which is in parentheses and may have any. */
static void read_stat(pid_t thread, struct thread_state *s)
{
    char text[1024];
    const char *at;

    read_file(thread, "stat", text, sizeof(text));
    at = strrchr(text, ')');
    if (!at || strlen(at) < 3)
        return;
    s->state = at[2];
    for (int field = STATE_FIELD - 1; at && field < CPU_FIELD; field++)
        at = strchr(at + 1, ' ');
    if (at)
        (void)sscanf(at, "%d", &s->cpu);
}

void thread_state_read(pid_t thread, struct thread_state *s)
{
    char text[128];
    uint64_t ran_ns, waited_ns;

    *s = (struct thread_state){.state = '?', .cpu = -1};
    read_stat(thread, s);
    read_file(thread, "wchan", s->wchan, sizeof(s->wchan));
    if (!s->wchan[0] || !strcmp(s->wchan, "0"))
        strcpy(s->wchan, "-");
    read_file(thread, "schedstat", text, sizeof(text));
    if (sscanf(text, "%" SCNu64 " %" SCNu64, &ran_ns, &waited_ns) == 2) {
        s->ran_ms = (int64_t)(ran_ns / NS_A_MS);
        s->waited_ms = (int64_t)(waited_ns / NS_A_MS);
    }
}

/* A thread that waits for a CPU is shown its whole wait only when it gets one,
 * so that one that ran for nothing of the time and is ready waits. */
enum thread_trouble thread_state_trouble(const struct thread_state *before,
                                         const struct thread_state *now)
{
    int64_t ran_ms = now->ran_ms - before->ran_ms;
    int64_t waited_ms = now->waited_ms - before->waited_ms;

    if (now->state != 'R')
        return THREAD_BLOCKED;
    return ran_ms > waited_ms ? THREAD_LOOPING : THREAD_STARVED;
}

const char *thread_trouble_name(enum thread_trouble trouble)
{
    static const char *const names[] = {
        [THREAD_STARVED] = "starved",
        [THREAD_LOOPING] = "looping",
        [THREAD_BLOCKED] = "blocked",
    };

    return names[trouble];
}
