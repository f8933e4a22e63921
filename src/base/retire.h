/*
 * Memory that workers may still be reading is retired, not freed: it is freed
 * after every worker has passed a quiescent state (liburcu, QSBR flavour).
 *
 * The main thread retires: as often as needed, and once a turn of the main loop
 * it calls retire_flush, which waits for the workers once for all of it.
 */
#ifndef BASE_RETIRE_H
#define BASE_RETIRE_H

#include <stddef.h>

/* A part of what is to be retired, which workers do not look at: no memory is
 * needed to remember it, so this cannot fail. */
struct retired {
    struct retired *next;
    void *object;
    void (*release)(void *object);
};

/* 'release' is called with 'object', which 'place' is a part of, at a later
 * retire_flush.  'release' itself must not retire anything. */
void retire(struct retired *place, void *object, void (*release)(void *object));

/* Waits for the workers if anything was retired; returns how many went. */
size_t retire_flush(void);

/* The same in the midst of long work, and only once so much has been retired
 * that it pays, and that memory would run out before the end of the turn.
 * 'retire' cannot know sizes: lists of many masks are some 100 KiB each. */
size_t retire_flush_if_many(void);

/* Waits for the workers in any case. */
void retire_synchronize(void);

/*
 * Worker threads: each registers, says when it is quiescent (it then holds
 * nothing that it read before), and goes offline while it sleeps.
 */
void retire_thread_register(void);
void retire_thread_unregister(void);
void retire_thread_online(void);
void retire_thread_offline(void);
void retire_quiescent(void);

#endif
