/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations as texts, for the tests of what reads them. */
#ifndef UNIT_CONFIG_TEXT_H
#define UNIT_CONFIG_TEXT_H

#include "config/config.h"
#include "tests/unit/test.h"

/* The file, of which there is one. */
extern char config_text_path[];

void write_file_itself(const void *text, size_t size);

/* The same, and what every file must have, if it lacks that. */
void write_file(const void *text, size_t size);

/* What a text without a fault says; the caller frees it. */
struct config *read_good_text(const char *text);

/* 'want' has a line for each fault, without the path. */
void check_faults_in(struct config_faults *faults, const char *want);

/* That a text has these faults; a string, or with zero bytes in it. */
void check_faults_of(const void *text, size_t size, const char *want);
void check_faults(const char *text, const char *want);

/* Of a group of tests. */
int config_text_begin(void **state);
int config_text_end(void **state);

#endif
