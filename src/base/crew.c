#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

enum { STACK_SIZE = 256 << 10 }; /* they are many, and call nothing deep */

struct crew {
    void (*work)(void *context, size_t index);
    void *context;
    size_t count;
    atomic_size_t next;
};

static void *take_part(void *context)
{
    struct crew *c = context;
    size_t index;

    while ((index = atomic_fetch_add(&c->next, 1)) < c->count)
        c->work(c->context, index);
    return NULL;
}

/* Returns how many came.  New threads inherit that signals are blocked. */
static unsigned int add_threads(struct crew *c, pthread_t *threads,
                                unsigned int wanted)
{
    unsigned int count = 0;
    pthread_attr_t attributes;
    sigset_t all, before;

    if (!wanted || pthread_attr_init(&attributes))
        return 0;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (count < wanted &&
           !pthread_create(&threads[count], &attributes, take_part, c))
        count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return count;
}

void crew_run(unsigned int threads, size_t count,
              void (*work)(void *context, size_t index), void *context)
{
    struct crew c = {.work = work, .context = context, .count = count};
    pthread_t others[CREW_MAX - 1];
    unsigned int other_count = threads < CREW_MAX ? threads : CREW_MAX;

    if (other_count > count)
        other_count = (unsigned int)count;
    other_count = other_count ? add_threads(&c, others, other_count - 1) : 0;
    take_part(&c);
    while (other_count)
        pthread_join(others[--other_count], NULL);
}
