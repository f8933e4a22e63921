#include "base/shortage.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

/* One for the process, as cJSON's functions for memory are. */
static bool is_noted;

static void *take(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        shortage_note();
    return memory;
}

void shortage_watch(void)
{
    shortage_forget();
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = take, .free_fn = free});
}

void shortage_note(void)
{
    is_noted = true;
}

bool shortage_is_noted(void)
{
    return is_noted;
}

void shortage_forget(void)
{
    is_noted = false;
}
