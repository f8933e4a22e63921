/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the scheduler lets a thread run at a time.
 *
 * Linux 6.12 and later let an ordinary thread ask for a short slice: it gets as
 * much of a CPU as before, in smaller pieces, and so runs sooner after it was
 * woken.  For a switch that is a frame that waits less behind a busy process.
 */
#ifndef BASE_TIME_SLICE_H
#define BASE_TIME_SLICE_H

/*
 * Asks for slices of 'us' microseconds for the calling thread and for those
 * that it makes from now on.  An older kernel ignores it.  Does nothing for a
 * thread of a real-time class, whose priority somebody has chosen.  Returns 0
 * or -errno.  sched_setattr(2), sched_runtime.
 */
int time_slice_ask(unsigned int us);

#endif
