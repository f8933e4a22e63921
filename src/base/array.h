/* SPDX-License-Identifier: BSD-2-Clause */
/* How many elements an array has. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
