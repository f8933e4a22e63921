/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of one log line, in logfmt or JSON, whatever bytes the values hold.
 *
 * Builds text and nothing else: what is written, when and where is log.c's.
 */
#ifndef BASE_LOG_LINE_H
#define BASE_LOG_LINE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    LOG_LINE_SIZE = 16384,
    LOG_LINE_FIELDS_SIZE = 8192, /* all fields of a line, before escapes */
};

struct log_line {
    char text[LOG_LINE_SIZE]; /* 'size' bytes, not terminated */
    size_t size;
    bool is_json;
    bool is_cut; /* something did not fit; the line then says cut=yes */
    /* The first of the event's own fields: what the line is about.  Both 0 if
     * there is none. */
    size_t subject_start, subject_end;
};

void log_line_begin(struct log_line *l, bool is_json);

/* A field by itself, before those of the event.  'is_number' leaves the value
 * bare in JSON. */
void log_line_add(struct log_line *l, const char *key, const char *value,
                  bool is_number);
/* The same of a field of the event. */
void log_line_add_field(struct log_line *l, const char *key, const char *value,
                        bool is_number);

/*
 * Space-separated key=value pairs as in log_event.  A value is a number in JSON
 * if its place in the format is a lone %d, %i, %u or %f of any length.  Words
 * of the format without a '=' belong to the value before them.
 */
void log_line_add_fields(struct log_line *l, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Ends the line with a newline, also where it had to be cut. */
void log_line_end(struct log_line *l);

#endif
