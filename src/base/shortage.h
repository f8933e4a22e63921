/*
 * Whether memory ran out while an answer was made: cJSON and the tables of text
 * leave out what they have no room for, and what lacks something must not pass
 * for a whole answer.
 */
#ifndef BASE_SHORTAGE_H
#define BASE_SHORTAGE_H

#include <stdbool.h>

/* From now on cJSON tells of it, in the whole process. */
void shortage_watch(void);
void shortage_note(void);
bool shortage_is_noted(void);
/* For the next answer. */
void shortage_forget(void);

#endif
