/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: one line an event, for people and for grep.
 *
 *     ts=... level=info event=port.added port=em1 ofport=1
 *
 * 'event' is a fixed noun.verb name, written at one place in the source; the
 * noun is the module that "[log] level = info, port=debug" speaks of.
 * 'fields' is a printf format of space-separated key=value pairs; a value that
 * has spaces, quotes or control characters is quoted on the way out, so callers
 * never quote.  In JSON the same keys appear in the same order.
 *
 * Any thread but workers, which count and do not log.  Nothing here waits for
 * who reads the log.  Above debug, an event that repeats is held back past a
 * burst: the newest line of each event and first field ("port=em1") waits, and
 * log_tick writes it with held_back=N, for N older ones that nobody will see.
 * So do lines that a reader who stands still, or a full disk, does not take;
 * what is lost of those is told by lost=N in the next line that is written.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

void log_event(enum log_level level, const char *event, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));

/* A field of log_fields: a number, unless there is a 'text'. */
struct log_field {
    const char *key, *text;
    uint64_t number;
};

/* The same of fields that a table makes. */
void log_fields(enum log_level level, const char *event,
                const struct log_field *fields, size_t count);

#define log_error(...)   log_event(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_event(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_event(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_event(LOG_DEBUG, __VA_ARGS__)

/* Lines that were held back since the start. */
uint64_t log_held_back(void);

/*
 * Takes a level text as in [log] level ("info, openflow=debug").  Returns 0, or
 * -EINVAL and leaves all as it was.  log_level_text_is_valid only looks.
 */
int log_set_levels(const char *text);
bool log_level_text_is_valid(const char *text);
void log_set_format(enum log_format format);

/* To be called once before the first line, as long as standard error may be
 * opened a second time: see base/log_output.h. */
void log_begin(void);

/*
 * Writes to the file 'path' from now on (appends; made with mode 0640), or to
 * standard error if it is empty or NULL.  Also the way to reopen it.  Returns 0
 * or -errno, and then goes on writing where it did.
 */
int log_open(const char *path);

/* Whether lines go to a file; else they go to standard error. */
bool log_is_in_file(void);

/* Opens the file again, by the same path; standard error stays.  Returns 0 or
 * -errno, and then goes on writing where it did. */
int log_reopen(void);

/* Writes held lines, as many as their events' rates allow; call a few times a
 * second.  A held line is written within LOG_HOLD_MAX / 20 seconds. */
void log_tick(int64_t now_ms);

/* The end of the process: writes all held lines, and waits a moment for a
 * reader that is slow. */
void log_end(void);

#endif
