/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 out of bytes that may be anything, such as the name of an interface. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { UTF8_REPLACEMENT = 0xfffd };

/*
 * Reads one character (RFC 3629: no overlong form, no surrogate) and says how
 * many bytes it took; a byte that starts none is UTF8_REPLACEMENT and takes
 * one.
 */
uint32_t utf8_read(const uint8_t *bytes, size_t left, size_t *taken);

/* Writes 'text' with U+FFFD in the place of each byte that is none. */
void utf8_write(FILE *out, const char *text);

#endif
