/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/group_desc.h"

#include <stdlib.h>

const char selection_names[SELECTION_METHODS][SELECTION_NAME_SIZE] = {
    [SELECTION_OWN] = "",
    [SELECTION_HASH] = "hash",
    [SELECTION_DP_HASH] = "dp_hash",
};

void group_mod_clear(struct group_mod *mod)
{
    for (size_t i = 0; i < mod->bucket_count; i++)
        action_list_clear(&mod->buckets[i].actions);
    free(mod->buckets);
    mod->buckets = NULL;
    mod->bucket_count = 0;
}
