/*
 * Whether memory ran out while JSON was made: cJSON leaves out what it has no
 * room for, and an answer that lacks something must not pass for a whole one.
 */
#ifndef BRIDGE_JSON_MEMORY_H
#define BRIDGE_JSON_MEMORY_H

#include <stdbool.h>

/* From now on it is watched, in the whole process. */
void json_memory_watch(void);

/* It ran out for what was to become a part of it. */
void json_memory_note(void);

/* True if it ran out since this was last asked. */
bool json_memory_ran_out(void);

#endif
