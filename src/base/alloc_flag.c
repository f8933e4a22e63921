/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alloc_flag.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/thread_role.h"

/* One for the process, as cJSON's functions for memory are. */
static bool is_noted;

static void *take(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        alloc_flag_raise();
    return memory;
}

void alloc_flag_watch(void)
{
    alloc_flag_clear();
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = take, .free_fn = free});
}

void alloc_flag_raise(void)
{
    assert_main_thread();
    is_noted = true;
}

bool alloc_flag_is_raised(void)
{
    assert_main_thread();
    return is_noted;
}

void alloc_flag_clear(void)
{
    assert_main_thread();
    is_noted = false;
}
