#include "bridge/closing.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS_MAX = 32 };

struct work {
    struct closing *closing;
    _Atomic size_t next;
};

void closing_add(struct closing *c, struct port_queue *q)
{
    if (c->count == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        struct port_queue **queues =
            realloc(c->queues, room * sizeof(struct port_queue *));

        if (!queues) {
            q->ops->close(q);
            return;
        }
        c->queues = queues;
        c->room = room;
    }
    c->queues[c->count++] = q;
}

static void *close_some(void *context)
{
    struct work *w = context;
    size_t i;

    while ((i = atomic_fetch_add(&w->next, 1)) < w->closing->count) {
        struct port_queue *q = w->closing->queues[i];

        q->ops->close(q);
    }
    return NULL;
}

/* One thread fewer is no harm: those that are there, and this one, close what
 * is left.  Signals are the main thread's. */
void closing_finish(struct closing *c, void (*also)(void *context),
                    void *context)
{
    struct work w = {.closing = c};
    pthread_t threads[THREADS_MAX];
    size_t count = 0;
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (count < THREADS_MAX && count < c->count &&
           pthread_create(&threads[count], NULL, close_some, &w) == 0)
        count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    also(context);
    close_some(&w);
    while (count)
        pthread_join(threads[--count], NULL);
    free(c->queues);
    *c = (struct closing){.queues = NULL};
}
