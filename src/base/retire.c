#include "base/retire.h"

#include <stdatomic.h>
#include <urcu-qsbr.h>

/* One list for the process, as the grace period is one for the process. */
static struct retired *first, **last = &first;
static size_t waiting;

enum { MANY = 128 };

void retire(struct retired *place, void *object, void (*release)(void *object))
{
    *place = (struct retired){.object = object, .release = release};
    *last = place;
    last = &place->next;
    waiting++;
}

/*
 * ThreadSanitizer does not see how liburcu orders a worker's reads before our
 * release of what it read, so under it the same is said with an atomic.
 */
#ifdef __SANITIZE_THREAD__
static _Atomic unsigned long tsan_order;
#define ORDER_BEFORE_RELEASE() atomic_fetch_add(&tsan_order, 1)
#else
#define ORDER_BEFORE_RELEASE() ((void)0)
#endif

void retire_thread_register(void)
{
    urcu_qsbr_register_thread();
}

void retire_thread_unregister(void)
{
    ORDER_BEFORE_RELEASE();
    urcu_qsbr_unregister_thread();
}

void retire_thread_online(void)
{
    urcu_qsbr_thread_online();
}

void retire_thread_offline(void)
{
    ORDER_BEFORE_RELEASE();
    urcu_qsbr_thread_offline();
}

void retire_quiescent(void)
{
    ORDER_BEFORE_RELEASE();
    urcu_qsbr_quiescent_state();
}

void retire_synchronize(void)
{
    urcu_qsbr_synchronize_rcu();
    ORDER_BEFORE_RELEASE();
}

size_t retire_flush(void)
{
    struct retired *list = first;
    size_t released = 0;

    if (!list)
        return 0;
    retire_synchronize();
    first = NULL;
    last = &first;
    waiting = 0;
    while (list) {
        struct retired *next = list->next; /* It goes with its object. */

        list->release(list->object);
        list = next;
        released++;
    }
    return released;
}

size_t retire_flush_if_many(void)
{
    return waiting >= MANY ? retire_flush() : 0;
}
