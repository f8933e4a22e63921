/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/learn_requester.h"

#include <assert.h>
#include <string.h>

#include "base/thread_role.h"
#include "table/flow_learn.h"

enum { LEARN_REQUEST_BYTES = 1 << 18 };

bool learn_requester_init(struct learn_requester *l,
                          const struct flow_tables *tables)
{
    l->tables = tables;
    l->requests = byte_ring_create(LEARN_REQUEST_BYTES);
    return l->requests;
}

void learn_requester_clear(struct learn_requester *l)
{
    byte_ring_free(l->requests);
}

void learn_requester_begin(struct learn_requester *l)
{
    l->epoch = flow_tables_epoch(l->tables);
}

static uint64_t taken_of(const struct learn_requester *l)
{
    return atomic_load_explicit(&l->taken, memory_order_acquire);
}

static void count_late(struct learn_requester *l)
{
    uint64_t late = atomic_load_explicit(&l->late, memory_order_relaxed);

    atomic_store_explicit(&l->late, late + 1, memory_order_relaxed);
}

void learn_requester_meet(struct learn_requester *l,
                          const struct flow_action *a,
                          const struct flow_key *key)
{
    size_t size = (1u + a->extra) * sizeof(*a);
    struct learn_request *request;
    bool is_new;

    assert(a->type == ACTION_LEARN);
    assert_worker();
    learn_from(a, key, &l->learned);
    if (flow_learn_is_known(l->tables, &l->learned.mod, l->now_ms))
        return;
    is_new = !flow_learn_is_same(l->tables, &l->learned.mod);
    request = byte_ring_reserve(l->requests, sizeof(*request) + size);
    if (!request)
        return; /* Counted there; another frame tries again. */
    request->key = *key;
    request->epoch = l->epoch;
    request->cell_count = 1u + a->extra;
    memcpy(request + 1, a, size);
    byte_ring_push(l->requests);
    l->has_news = true;
    l->given++;
    if (!is_new)
        return;
    if (taken_of(l) >= l->given_up)
        l->is_awaited = true;
    else
        count_late(l);
}

bool learn_requester_is_done(const struct learn_requester *l)
{
    return taken_of(l) >= l->given;
}

void learn_requester_give_up(struct learn_requester *l)
{
    assert_worker();
    l->given_up = l->given;
    count_late(l);
}

void learn_requester_took(struct learn_requester *l, uint64_t count)
{
    assert_main_thread();
    atomic_fetch_add_explicit(&l->taken, count, memory_order_release);
}
