/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/thread_role.h"

_Thread_local enum thread_role thread_role_own;

void thread_role_set(enum thread_role role)
{
    assert(thread_role_own == THREAD_ANY || thread_role_own == role);
    thread_role_own = role;
}
