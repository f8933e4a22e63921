/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/role.h"

const char *role_word(enum role role)
{
    static const char *const words[] = {
        [ROLE_NOCHANGE] = "",
        [ROLE_EQUAL] = "equal",
        [ROLE_MASTER] = "master",
        [ROLE_SLAVE] = "slave",
    };

    return words[role];
}
