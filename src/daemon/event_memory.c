/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/event_memory.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread_role.h"

/* Several times the size of its arrays with as many files as a switch has. */
enum { RESERVE_SIZE = 1 << 20 };

/* Volatile, or a compiler may leave out memory that is never written to. */
static void *volatile reserve;

static void give_up(const char *what, const char *error)
{
    log_error("loop.failed", "what=%s error=%s", what, error);
    log_end();
    _exit(EXIT_FAILURE);
}

/* libev's: a size of 0 frees. */
static void *take(void *memory, long size)
{
    void *taken;

    assert_main_thread();
    if (!size) {
        free(memory);
        return NULL;
    }
    taken = realloc(memory, (size_t)size);
    if (taken)
        return taken;
    free(reserve);
    reserve = NULL;
    taken = realloc(memory, (size_t)size);
    if (taken)
        log_warning("loop.reserve_used", "bytes=%ld", size);
    else
        give_up("memory", strerror(ENOMEM));
    return taken;
}

static void on_system_error(const char *what)
{
    give_up(what, strerror(errno));
}

bool event_memory_watch(void)
{
    event_memory_refill();
    ev_set_allocator(take);
    ev_set_syserr_cb(on_system_error);
    return reserve;
}

void event_memory_refill(void)
{
    assert_main_thread();
    if (!reserve)
        reserve = malloc(RESERVE_SIZE);
}

void event_memory_end(void)
{
    assert_main_thread();
    free(reserve);
    reserve = NULL;
}
