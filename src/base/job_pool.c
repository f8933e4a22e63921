/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/job_pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/thread_role.h"

enum { STACK_SIZE = 256 << 10 }; /* they are many, and call nothing deep */

struct job_list {
    struct job *first, **last;
};

enum helper_state { HELPER_NONE, HELPER_WORKS, HELPER_HAS_ENDED };

struct helper {
    pthread_t thread;
    enum helper_state state;
    struct job_pool *pool;
};

struct job_pool {
    void (*wake)(void *context);
    void *context;
    unsigned int threads_max;
    size_t count; /* the main thread's own */
    pthread_mutex_t lock;
    pthread_cond_t has_done;
    /* Under 'lock'. */
    struct job_list waiting, done;
    unsigned int working;
    struct helper helpers[JOB_POOL_THREADS_MAX];
};

static void list_clear(struct job_list *l)
{
    l->first = NULL;
    l->last = &l->first;
}

static void list_add(struct job_list *l, struct job *job)
{
    job->next = NULL;
    *l->last = job;
    l->last = &job->next;
}

static struct job *list_take(struct job_list *l)
{
    struct job *job = l->first;

    if (!job)
        return NULL;
    l->first = job->next;
    if (!l->first)
        l->last = &l->first;
    return job;
}

struct job_pool *job_pool_create(unsigned int threads,
                                 void (*wake)(void *context), void *context)
{
    struct job_pool *p = calloc(1, sizeof(*p));

    assert(threads <= JOB_POOL_THREADS_MAX);
    if (!p)
        return NULL;
    p->wake = wake;
    p->context = context;
    p->threads_max =
        threads < JOB_POOL_THREADS_MAX ? threads : JOB_POOL_THREADS_MAX;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->has_done, NULL);
    list_clear(&p->waiting);
    list_clear(&p->done);
    return p;
}

static void *help(void *context)
{
    struct helper *h = context;
    struct job_pool *p = h->pool;
    struct job *job;

    thread_role_set(THREAD_HELPER);
    pthread_mutex_lock(&p->lock);
    while ((job = list_take(&p->waiting))) {
        pthread_mutex_unlock(&p->lock);
        job->work(job);
        pthread_mutex_lock(&p->lock);
        list_add(&p->done, job);
        pthread_cond_signal(&p->has_done);
        if (p->wake)
            p->wake(p->context);
    }
    h->state = HELPER_HAS_ENDED;
    p->working--;
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Threads inherit that signals are blocked. */
static int start_thread(struct helper *h)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    int err = pthread_attr_init(&attributes);

    if (err)
        return err;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&h->thread, &attributes, help, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return err;
}

/* One whose thread has ended is as good as none: joining it takes no time. */
static struct helper *free_helper(struct job_pool *p)
{
    for (unsigned int i = 0; i < p->threads_max; i++) {
        struct helper *h = &p->helpers[i];

        if (h->state == HELPER_WORKS)
            continue;
        if (h->state == HELPER_HAS_ENDED)
            pthread_join(h->thread, NULL);
        h->state = HELPER_NONE;
        return h;
    }
    return NULL;
}

void job_pool_add(struct job_pool *p, struct job *job)
{
    struct helper *h;

    assert_main_thread();
    assert(job->work && job->done);
    p->count++;
    pthread_mutex_lock(&p->lock);
    list_add(&p->waiting, job);
    h = p->working < p->threads_max ? free_helper(p) : NULL;
    if (h) {
        h->pool = p;
        h->state = HELPER_WORKS;
        p->working++;
        if (start_thread(h)) {
            h->state = HELPER_NONE;
            p->working--;
        }
    }
    /* Also where no thread could be made. */
    if (!p->working && p->wake)
        p->wake(p->context);
    pthread_mutex_unlock(&p->lock);
}

/* Where nobody else does. */
static void work_here(struct job_pool *p)
{
    struct job *job = p->working ? NULL : list_take(&p->waiting);

    if (!job)
        return;
    pthread_mutex_unlock(&p->lock);
    job->work(job);
    pthread_mutex_lock(&p->lock);
    list_add(&p->done, job);
}

size_t job_pool_take_done(struct job_pool *p, int64_t now_ms, size_t max)
{
    size_t taken = 0;

    assert_main_thread();
    while (taken < max) {
        struct job *job;

        pthread_mutex_lock(&p->lock);
        if (!p->done.first)
            work_here(p);
        job = list_take(&p->done);
        pthread_mutex_unlock(&p->lock);
        if (!job)
            break;
        p->count--;
        taken++;
        job->done(job, now_ms);
    }
    return taken;
}

static void join_all(struct job_pool *p)
{
    for (unsigned int i = 0; i < p->threads_max; i++) {
        bool has_thread;

        pthread_mutex_lock(&p->lock);
        has_thread = p->helpers[i].state != HELPER_NONE;
        pthread_mutex_unlock(&p->lock);
        if (has_thread)
            pthread_join(p->helpers[i].thread, NULL);
        p->helpers[i].state = HELPER_NONE;
    }
}

void job_pool_wait(struct job_pool *p, int64_t now_ms)
{
    assert_main_thread();
    while (p->count) {
        pthread_mutex_lock(&p->lock);
        while (!p->done.first && p->working)
            pthread_cond_wait(&p->has_done, &p->lock);
        pthread_mutex_unlock(&p->lock);
        job_pool_take_done(p, now_ms, SIZE_MAX);
    }
    join_all(p);
}

size_t job_pool_count(const struct job_pool *p)
{
    return p->count;
}

void job_pool_free(struct job_pool *p)
{
    if (!p)
        return;
    assert(p->count == 0);
    join_all(p);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->has_done);
    free(p);
}
