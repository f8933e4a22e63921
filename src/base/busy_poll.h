/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long to look again for work before going to sleep.  Waking up costs some
 * 20 to 50 us, so where work comes closer together than that it is cheaper to
 * stay awake.  Follows what sleeping brings: doubled when a sleep was so short
 * that looking would have been quicker, halved when it was long.
 */
#ifndef BASE_BUSY_POLL_H
#define BASE_BUSY_POLL_H

#include <stdint.h>

enum { BUSY_POLL_FIRST_US = 4 };

/* Returns the patience, of up to 'max_us' microseconds, that follows
 * 'poll_us' after a sleep of 'slept_us'. */
static inline unsigned int
busy_poll_after(unsigned int poll_us, int64_t slept_us, unsigned int max_us)
{
    if (slept_us > (int64_t)max_us)
        return poll_us / 2;
    if (!poll_us)
        return BUSY_POLL_FIRST_US;
    return 2 * poll_us < max_us ? 2 * poll_us : max_us;
}

#endif
