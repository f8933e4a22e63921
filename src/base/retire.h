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

/* 'release' is called with 'object' at a later retire_flush.  If there is no
 * memory to remember it, waits for the workers and releases it at once.
 * 'release' itself must not retire anything. */
void retire(void *object, void (*release)(void *object));

/* Waits for the workers if anything was retired; returns how many went. */
size_t retire_flush(void);

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
