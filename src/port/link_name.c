/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of an interface. */
#include <string.h>

#include "port/link.h"

const char *link_next_altname(const struct link *link, const char *altname)
{
    const char *next = altname ? altname + strlen(altname) + 1 : link->altnames;

    return *next ? next : NULL;
}

bool link_has_name(const struct link *link, const char *name)
{
    const char *altname = NULL;

    if (strcmp(link->name, name) == 0)
        return true;
    while ((altname = link_next_altname(link, altname)))
        if (strcmp(altname, name) == 0)
            return true;
    return false;
}
