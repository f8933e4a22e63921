/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that fail when they are told to: memory, files, sockets, threads.
 *
 * The programs that use this are linked with copies of the switch's archives in
 * which each call that inject.c knows goes through it (see the Makefile); the
 * test's own calls and those inside libraries do not.  A call site is the
 * address that a call returns to.
 *
 * A program that has no say in it is told by its environment:
 *     FAULT_RECORD=FILE   each call site, as it is first reached: "NAME
 * ADDRESS" FAULT_SITE=ADDRESS  the first call from there fails, or FAULT_NTH's
 */
#ifndef FAULTS_INJECT_H
#define FAULTS_INJECT_H

#include <stdbool.h>
#include <stddef.h>

enum inject_kind {
    INJECT_MEMORY = 1 << 0, /* what malloc and its like return */
    INJECT_SYSTEM = 1 << 1, /* all others */
};

/* The 'nth' call of these kinds fails, counted from 1 and from now. */
void inject_arm(unsigned int kinds, size_t nth);
/* No more call fails; true if one did. */
bool inject_disarm(void);
/* What failed last: its name, "malloc", and its call site. */
const char *inject_name(void);
const void *inject_site(void);

#endif
