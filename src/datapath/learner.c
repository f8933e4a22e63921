#include "datapath/learner.h"

#include <string.h>

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

void learner_begin(struct learner *l, int64_t now_ms)
{
    l->epoch = flow_tables_epoch(l->tables);
    l->now_ms = now_ms;
}

void learner_meet(struct learner *l, const struct flow_action *a,
                  const struct flow_key *key)
{
    size_t size = (1u + a->extra) * sizeof(*a);
    struct lesson *lesson;

    learn_from(a, key, &l->learnt);
    if (flow_learn_is_known(l->tables, &l->learnt.mod, l->now_ms))
        return;
    lesson = byte_ring_reserve(l->lessons, sizeof(*lesson) + size);
    if (!lesson)
        return; /* Counted there; another frame tries again. */
    lesson->key = *key;
    lesson->epoch = l->epoch;
    lesson->cell_count = 1u + a->extra;
    memcpy(lesson + 1, a, size);
    byte_ring_push(l->lessons);
    l->has_news = true;
}
