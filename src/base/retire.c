/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/retire.h"

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread_role.h"

enum {
    CACHE_LINE = 64,
    MANY = 128,
    MANY_WAIT_US = 1000,
    LOOKS = 100, /* before the first sleep: a worker's turn may be short */
    SLEEP_NS = 20000,
};

/* The newest grace period that the reader has seen begin.  What it reads after
 * it saw one begin was published before; so once all have seen it, nobody has
 * what was taken away before it began. */
struct reader {
    _Alignas(CACHE_LINE) _Atomic uint64_t seen; /* OFFLINE: it reads nothing */
    _Atomic bool is_taken;
};

static const uint64_t OFFLINE = 0;

/* One of each for the process, as it has one main thread. */
static struct reader readers[RETIRE_READERS_MAX];
static _Atomic uint64_t newest = 1;
static struct retired *first, **last = &first;
static uint64_t last_grace_period; /* which the last of them waits for */
static size_t waiting;

static _Thread_local struct reader *self;

void retire(struct retired *place, void *object, void (*release)(void *object))
{
    assert(object && release);
    assert_main_thread();
    last_grace_period = atomic_load_explicit(&newest, memory_order_relaxed) + 1;
    *place = (struct retired){
        .grace_period = last_grace_period,
        .object = object,
        .release = release,
    };
    *last = place;
    last = &place->next;
    waiting++;
}

size_t retire_waiting(void)
{
    return waiting;
}

/* Sequentially consistent, as is what a reader does in retire_thread_online:
 * either we see that it is awake, or it sees what was taken away. */
uint64_t retire_grace_period(void)
{
    assert_main_thread();
    return atomic_fetch_add(&newest, 1) + 1;
}

/* The newest grace period that is over. */
static uint64_t newest_over(void)
{
    uint64_t over = atomic_load_explicit(&newest, memory_order_relaxed);

    for (size_t i = 0; i < RETIRE_READERS_MAX; i++) {
        uint64_t seen = atomic_load(&readers[i].seen);

        if (seen != OFFLINE && seen < over)
            over = seen;
    }
    return over;
}

bool retire_is_over(uint64_t grace_period)
{
    return newest_over() >= grace_period;
}

/* The sleeps give the CPU to a worker that was taken off this one in the midst
 * of its turn. */
bool retire_wait(uint64_t grace_period, int64_t max_us)
{
    const struct timespec step = {.tv_nsec = SLEEP_NS};
    int64_t end_us;

    for (int i = 0; i < LOOKS; i++)
        if (retire_is_over(grace_period))
            return true;
    end_us = clock_monotonic_us() + max_us;
    do {
        nanosleep(&step, NULL);
        if (retire_is_over(grace_period))
            return true;
    } while (clock_monotonic_us() < end_us);
    return false;
}

size_t retire_flush(void)
{
    uint64_t over;
    size_t released = 0;

    assert_main_thread();
    if (!first)
        return 0;
    /* One begins for all that was retired since the last. */
    if (atomic_load_explicit(&newest, memory_order_relaxed) < last_grace_period)
        (void)retire_grace_period();
    over = newest_over();
    while (first && first->grace_period <= over) {
        struct retired *r = first; /* It goes with its object. */

        first = r->next;
        if (!first)
            last = &first;
        waiting--;
        released++;
        r->release(r->object);
    }
    return released;
}

void retire_finish(void)
{
    uint64_t grace_period = retire_grace_period();

    assert_main_thread();
    while (!retire_wait(grace_period, MANY_WAIT_US))
        ;
    retire_flush();
}

size_t retire_flush_if_many(void)
{
    if (waiting < MANY)
        return 0;
    retire_wait(retire_grace_period(), MANY_WAIT_US);
    return retire_flush();
}

void retire_thread_register(void)
{
    assert(!self);
    for (size_t i = 0; i < RETIRE_READERS_MAX; i++) {
        if (atomic_exchange(&readers[i].is_taken, true))
            continue;
        self = &readers[i];
        retire_thread_online();
        return;
    }
    assert(!"more threads than RETIRE_READERS_MAX");
}

void retire_thread_unregister(void)
{
    retire_thread_offline();
    atomic_store(&self->is_taken, false);
    self = NULL;
}

/* First it says that it is awake, then it looks which grace period is the
 * newest; see retire_grace_period. */
void retire_thread_online(void)
{
    assert(self && self->is_taken);
    atomic_store(&self->seen,
                 atomic_load_explicit(&newest, memory_order_relaxed));
    retire_quiescent();
}

void retire_thread_offline(void)
{
    assert(self);
    atomic_store_explicit(&self->seen, OFFLINE, memory_order_release);
}

void retire_quiescent(void)
{
    uint64_t begun = atomic_load(&newest);

    assert(self);
    if (atomic_load_explicit(&self->seen, memory_order_relaxed) != begun)
        atomic_store_explicit(&self->seen, begun, memory_order_release);
}
