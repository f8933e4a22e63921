#include "base/retire.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <urcu-qsbr.h>

struct retired {
    void *object;
    void (*release)(void *object);
};

/* One list for the process, as the grace period is one for the process. */
static struct retired *list;
static size_t count, room;

void retire(void *object, void (*release)(void *object))
{
    if (!object)
        return;
    if (count == room) {
        size_t more = room ? 2 * room : 64;
        struct retired *longer = realloc(list, more * sizeof(*list));

        if (!longer) {
            urcu_qsbr_synchronize_rcu();
            release(object);
            return;
        }
        list = longer;
        room = more;
    }
    list[count++] = (struct retired){object, release};
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
    size_t released = count;

    if (!count)
        return 0;
    retire_synchronize();
    for (size_t i = 0; i < released; i++)
        list[i].release(list[i].object);
    count = 0;
    free(list);
    list = NULL;
    room = 0;
    return released;
}
