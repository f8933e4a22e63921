/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/learner.h"

#include <assert.h>
#include <string.h>

#include "base/thread_role.h"
#include "table/flow_learn.h"

enum { LESSON_BYTES = 1 << 18 };

bool learner_init(struct learner *l, const struct flow_tables *tables)
{
    l->tables = tables;
    l->lessons = byte_ring_create(LESSON_BYTES);
    return l->lessons;
}

void learner_clear(struct learner *l)
{
    byte_ring_free(l->lessons);
}

void learner_begin(struct learner *l)
{
    l->epoch = flow_tables_epoch(l->tables);
}

static uint64_t taken_of(const struct learner *l)
{
    return atomic_load_explicit(&l->taken, memory_order_acquire);
}

static void count_late(struct learner *l)
{
    uint64_t late = atomic_load_explicit(&l->late, memory_order_relaxed);

    atomic_store_explicit(&l->late, late + 1, memory_order_relaxed);
}

void learner_meet(struct learner *l, const struct flow_action *a,
                  const struct flow_key *key)
{
    size_t size = (1u + a->extra) * sizeof(*a);
    struct lesson *lesson;
    bool is_new;

    assert(a->type == ACTION_LEARN);
    assert_worker();
    learn_from(a, key, &l->learnt);
    if (flow_learn_is_known(l->tables, &l->learnt.mod, l->now_ms))
        return;
    is_new = !flow_learn_is_same(l->tables, &l->learnt.mod);
    lesson = byte_ring_reserve(l->lessons, sizeof(*lesson) + size);
    if (!lesson)
        return; /* Counted there; another frame tries again. */
    lesson->key = *key;
    lesson->epoch = l->epoch;
    lesson->cell_count = 1u + a->extra;
    memcpy(lesson + 1, a, size);
    byte_ring_push(l->lessons);
    l->has_news = true;
    l->given++;
    if (!is_new)
        return;
    if (taken_of(l) >= l->given_up)
        l->is_awaited = true;
    else
        count_late(l);
}

bool learner_is_done(const struct learner *l)
{
    return taken_of(l) >= l->given;
}

void learner_give_up(struct learner *l)
{
    assert_worker();
    l->given_up = l->given;
    count_late(l);
}

void learner_took(struct learner *l, uint64_t count)
{
    assert_main_thread();
    atomic_fetch_add_explicit(&l->taken, count, memory_order_release);
}
