/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether memory ran out while an answer was made: cJSON and the tables of text
 * leave out what they have no room for, and what lacks something must not pass
 * for a whole answer.
 *
 * Main thread only: no other makes answers.
 */
#ifndef BASE_ALLOC_FLAG_H
#define BASE_ALLOC_FLAG_H

#include <stdbool.h>

/* From now on cJSON tells of it, in the whole process. */
void alloc_flag_watch(void);
void alloc_flag_raise(void);
bool alloc_flag_is_raised(void);
/* For the next answer. */
void alloc_flag_clear(void);

#endif
