/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and texts in the form in which people read them. */
#ifndef CLIENT_FORMAT_H
#define CLIENT_FORMAT_H

#include <stdio.h>

enum { FORMAT_SIZE = 32 }; /* of the text of a number */

/* 123456789 becomes "123M": three digits or more, and exact below 100,000. */
const char *format_scaled(char text[FORMAT_SIZE], double count);
/* 1500 becomes "1.5G", 0 "-". */
const char *format_speed(char text[FORMAT_SIZE], double mbps);
/* 3723 becomes "1h 2m 3s". */
const char *format_duration(char text[FORMAT_SIZE], double seconds);

/* Writes 'text' with '?' for each control character but the end of line: names
 * of interfaces and words of the configuration may contain any. */
void format_write(FILE *out, const char *text);

#endif
