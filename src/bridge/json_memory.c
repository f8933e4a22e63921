#include "bridge/json_memory.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

/* One for the process, as cJSON's functions for memory are. */
static bool has_run_out;

static void *take(size_t size)
{
    void *memory = malloc(size);

    has_run_out = has_run_out || !memory;
    return memory;
}

void json_memory_watch(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = take, .free_fn = free});
}

void json_memory_note(void)
{
    has_run_out = true;
}

bool json_memory_ran_out(void)
{
    bool result = has_run_out;

    has_run_out = false;
    return result;
}
