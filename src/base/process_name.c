/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/process_name.h"

#include <stdio.h>
#include <string.h>

bool process_name_is(const char *pid, const char *name)
{
    char path[64], found[32] = "";
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
    file = fopen(path, "re");
    if (!file)
        return false;
    if (!fgets(found, sizeof(found), file))
        found[0] = '\0';
    fclose(file);
    found[strcspn(found, "\n")] = '\0';
    return !strcmp(found, name);
}
