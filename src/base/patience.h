/*
 * How long to look again for work before going to sleep.  Waking up costs some
 * 20 to 50 us, so where work comes closer together than that it is cheaper to
 * stay awake.  Follows what sleeping brings: doubled when a sleep was so short
 * that looking would have been quicker, halved when it was long.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdint.h>

enum { PATIENCE_FIRST_US = 4 };

/* Returns the patience, of up to 'max_us' microseconds, that follows
 * 'patience_us' after a sleep of 'slept_us'. */
static inline unsigned int patience_after(unsigned int patience_us,
                                          int64_t slept_us, unsigned int max_us)
{
    if (slept_us > (int64_t)max_us)
        return patience_us / 2;
    if (!patience_us)
        return PATIENCE_FIRST_US;
    return 2 * patience_us < max_us ? 2 * patience_us : max_us;
}

#endif
