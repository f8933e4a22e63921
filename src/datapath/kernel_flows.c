/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_flows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/thread_role.h"
#include "datapath/kernel_fence.h"

enum {
    GATHERED_A_TICK = 8192,
    LEAVING_MAX = 4096,
    IDLE_MS = 10000,
};

struct kernel_flow {
    struct kernel_rules rules;
    struct fast_path_flow_counts before, counted; /* of its number */
    int64_t used_ms;
};

struct kernel_flows {
    struct fast_path *fast;
    struct kernel_counts *counts;
    struct kernel_flow *flows; /* by number */
    uint32_t *numbers;         /* of those that are there */
    size_t count, next;        /* 'next' is looked at next */
    uint32_t leaving[LEAVING_MAX];
    size_t leaving_count;
    struct kernel_fence fence; /* of those */
};

struct kernel_flows *kernel_flows_create(struct fast_path *fast,
                                         struct kernel_counts *counts)
{
    struct kernel_flows *f = calloc(1, sizeof(*f));

    if (!f)
        return NULL;
    f->fast = fast;
    f->counts = counts;
    f->flows = calloc(FAST_PATH_FLOWS, sizeof(f->flows[0]));
    f->numbers = calloc(FAST_PATH_FLOWS, sizeof(f->numbers[0]));
    if (f->flows && f->numbers)
        return f;
    kernel_flows_free(f);
    return NULL;
}

void kernel_flows_free(struct kernel_flows *f)
{
    if (!f)
        return;
    free(f->flows);
    free(f->numbers);
    free(f);
}

size_t kernel_flows_count(const struct kernel_flows *f)
{
    return f->count;
}

void kernel_flows_add(struct kernel_flows *f, const uint64_t *key,
                      const uint64_t *mask, const struct decision *d,
                      const struct fast_path_verdict *v, int64_t now_ms)
{
    int number = fast_path_add_flow(f->fast, key, mask, v);
    struct kernel_flow *flow;

    assert_main_thread();
    if (number < 0)
        return;
    flow = &f->flows[number];
    kernel_rules_set(&flow->rules, d);
    flow->before = fast_path_flow_counts(f->fast, (unsigned int)number);
    flow->counted = flow->before;
    flow->used_ms = now_ms;
    assert(f->count < FAST_PATH_FLOWS);
    f->numbers[f->count++] = (uint32_t)number;
}

void kernel_flows_each(const struct kernel_flows *f, size_t max,
                       kernel_flow_visit *visit, void *context)
{
    for (size_t i = 0; i < f->count && i < max; i++) {
        const struct kernel_flow *flow = &f->flows[f->numbers[i]];
        const struct fast_path_flow_counts counts = {
            flow->counted.frames - flow->before.frames,
            flow->counted.bytes - flow->before.bytes};
        uint64_t key[FAST_PATH_KEY_WORDS], mask[FAST_PATH_KEY_WORDS];

        fast_path_flow_key(f->fast, f->numbers[i], key, mask);
        visit(context, key, mask, &counts);
    }
}

static void gather(struct kernel_flows *f, uint32_t number, int64_t now_ms)
{
    struct kernel_flow *flow = &f->flows[number];
    struct fast_path_flow_counts now = fast_path_flow_counts(f->fast, number);
    uint64_t frames = now.frames - flow->counted.frames;

    if (!frames)
        return;
    kernel_counts_add(
        f->counts, &flow->rules,
        (struct counter_sum){(uint32_t)frames, now.bytes - flow->counted.bytes},
        now_ms);
    flow->counted = now;
    flow->used_ms = now_ms;
}

void kernel_flows_gather(struct kernel_flows *f, int64_t now_ms)
{
    for (size_t i = 0; i < f->count; i++)
        gather(f, f->numbers[i], now_ms);
    for (size_t i = 0; i < f->leaving_count; i++)
        gather(f, f->leaving[i], now_ms);
}

static void release_leaving(struct kernel_flows *f, int64_t now_ms)
{
    for (size_t i = 0; i < f->leaving_count; i++) {
        gather(f, f->leaving[i], now_ms);
        fast_path_release_flow(f->fast, f->leaving[i]);
    }
    f->leaving_count = 0;
}

/* The flow at this place of the list; whether it goes. */
static bool leaves(struct kernel_flows *f, size_t at, int64_t now_ms)
{
    uint32_t number = f->numbers[at];

    gather(f, number, now_ms);
    if (now_ms - f->flows[number].used_ms < IDLE_MS ||
        f->leaving_count == LEAVING_MAX)
        return false;
    fast_path_hide_flow(f->fast, number);
    f->leaving[f->leaving_count++] = number;
    f->numbers[at] = f->numbers[--f->count];
    return true;
}

void kernel_flows_tick(struct kernel_flows *f, int64_t now_ms)
{
    bool were_leaving = f->leaving_count;

    if (were_leaving) {
        if (!kernel_fence_is_past(f->fast, &f->fence))
            return;
        release_leaving(f, now_ms);
    }
    for (size_t i = 0; i < GATHERED_A_TICK && i < f->count; i++) {
        if (f->next >= f->count)
            f->next = 0;
        if (!leaves(f, f->next, now_ms))
            f->next++;
    }
    if (f->leaving_count)
        kernel_fence_set(f->fast, &f->fence);
}

void kernel_flows_end(struct kernel_flows *f, int64_t now_ms)
{
    release_leaving(f, now_ms);
    for (size_t i = 0; i < f->count; i++) {
        gather(f, f->numbers[i], now_ms);
        fast_path_release_flow(f->fast, f->numbers[i]);
    }
    f->count = f->next = 0;
    fast_path_release_shared(f->fast);
}
