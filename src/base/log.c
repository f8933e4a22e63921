/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log_hold.h"
#include "base/log_line.h"
#include "base/log_output.h"
#include "base/rate_limit.h"

enum {
    MODULES_MAX = 32,
    MODULE_NAME_SIZE = 32,
    EVENTS_MAX = 512, /* a power of two; the source has some hundred names */
    BURST = 200,
    PER_SECOND = 20,
    END_WAIT_MS = 100,
};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

struct levels {
    enum log_level others;
    size_t count;
    struct {
        char name[MODULE_NAME_SIZE];
        enum log_level level;
    } modules[MODULES_MAX];
};

/* How often an event was written of late. */
struct event_rate {
    const char *event;
    struct rate_limit limit;
    uint64_t held_back; /* in the place of which newer ones came */
    size_t waiting;     /* lines in the_log.hold */
};

/* Of the one log of the process, which threads take turns with. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static struct {
    struct levels levels;
    bool is_json;
    struct log_output standard, file;
    struct log_output *output; /* one of them */
    char path[PATH_MAX];       /* of 'file' */
    bool is_refused;           /* the last line was, by the output */
    uint64_t lost;             /* lines since the last that was written */
    uint64_t held_back;
    struct log_hold hold;
    struct event_rate rates[EVENTS_MAX];
    size_t rate_count;
    struct event_rate other_events; /* all that came when 'rates' was full */
} the_log = {.levels.others = LOG_INFO,
             .standard = LOG_OUTPUT_STANDARD,
             .output = &the_log.standard};

/* One number for the level's name of 'size' characters; -EINVAL: none. */
static int level_of(const char *name, size_t size)
{
    for (int i = 0; i <= LOG_DEBUG; i++)
        if (strlen(level_names[i]) == size &&
            !memcmp(level_names[i], name, size))
            return i;
    return -EINVAL;
}

static int add_module(struct levels *l, const char *name, size_t size,
                      int level)
{
    if (level < 0 || size == 0 || size >= MODULE_NAME_SIZE ||
        l->count == MODULES_MAX)
        return -EINVAL;
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") < size)
        return -EINVAL;
    for (size_t i = 0; i < l->count; i++)
        if (!strncmp(l->modules[i].name, name, size) &&
            !l->modules[i].name[size])
            return -EINVAL;
    memcpy(l->modules[l->count].name, name, size);
    l->modules[l->count].level = (enum log_level)level;
    l->count++;
    return 0;
}

/* "info, openflow=debug": one level for all and one for each module named. */
static int parse_levels(const char *text, struct levels *l)
{
    bool has_others = false;

    *l = (struct levels){.others = LOG_INFO};
    for (;;) {
        size_t name_size, equals;
        int level;

        text += strspn(text, " \t");
        name_size = strcspn(text, "=, \t");
        equals = name_size + strspn(text + name_size, " \t");
        if (text[equals] == '=') {
            const char *value =
                text + equals + 1 + strspn(text + equals + 1, " \t");
            size_t size = strcspn(value, "=, \t");

            if (add_module(l, text, name_size, level_of(value, size)) < 0)
                return -EINVAL;
            text = value + size;
        } else {
            level = level_of(text, name_size);
            if (level < 0 || has_others)
                return -EINVAL;
            has_others = true;
            l->others = (enum log_level)level;
            text += name_size;
        }
        text += strspn(text, " \t");
        if (!*text)
            return 0;
        if (*text++ != ',')
            return -EINVAL;
    }
}

static struct event_rate *find_rate(const char *event)
{
    uint64_t hash = 0;
    struct event_rate *r;

    for (const char *c = event; *c; c++)
        hash = hash_fold(hash ^ (uint8_t)*c, 0x9e3779b97f4a7c15u);
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        r = &the_log.rates[(hash + i) & (EVENTS_MAX - 1)];
        if (r->event && !strcmp(r->event, event))
            return r;
        if (!r->event)
            break;
    }
    /* Never quite full, so that the search above ends soon. */
    if (the_log.rate_count >= EVENTS_MAX * 3 / 4)
        r = &the_log.other_events;
    else
        the_log.rate_count++;
    if (!r->event)
        *r = (struct event_rate){.event = event,
                                 .limit = rate_limit_of(PER_SECOND, BURST)};
    return r;
}

static void put_time(struct log_line *line)
{
    struct timespec now;
    struct tm utc;
    char text[64];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
             utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
             utc.tm_min, utc.tm_sec, (int)(now.tv_nsec / 1000000));
    log_line_add(line, "ts", text, false);
}

static void put_count(struct log_line *line, const char *key, uint64_t count)
{
    char text[32];

    if (!count)
        return;
    snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
    log_line_add(line, key, text, true);
}

/*
 * Ends the line and writes it.  One that the output does not take is as it was
 * before.
 */
static bool write_line(struct log_line *line, uint64_t held_back)
{
    size_t size = line->size;
    bool is_cut = line->is_cut;

    put_count(line, "held_back", held_back);
    put_count(line, "lost", the_log.lost);
    log_line_end(line);
    the_log.is_refused = !log_output_write(the_log.output, line);
    if (!the_log.is_refused) {
        the_log.lost = 0;
        return true;
    }
    line->size = size;
    line->is_cut = is_cut;
    return false;
}

static void hold(struct event_rate *rate, const struct log_line *line)
{
    enum log_hold_result result = log_hold_put(&the_log.hold, rate, line);

    if (result == LOG_HELD)
        rate->waiting++;
    else if (the_log.is_refused)
        the_log.lost++;
    else
        rate->held_back++;
}

/* Writes held lines, the oldest first; 'now_ms' of 0: whatever their rates are.
 * Those that the output does not take stay. */
static void write_held(int64_t now_ms)
{
    static struct log_line line;
    struct held_line **at = &the_log.hold.first;

    while (*at) {
        struct event_rate *rate = (*at)->event;

        if (now_ms && !rate_limit_takes(&rate->limit, now_ms)) {
            at = &(*at)->next;
            continue;
        }
        log_hold_copy(*at, &line);
        if (!write_line(&line, rate->held_back))
            return;
        rate->held_back = 0;
        rate->waiting--;
        log_hold_remove(&the_log.hold, at);
    }
}

static bool is_on(enum log_level level, const char *event)
{
    const struct levels *l = &the_log.levels;
    size_t size = strcspn(event, ".");

    for (size_t i = 0; i < l->count; i++)
        if (!strncmp(l->modules[i].name, event, size) &&
            !l->modules[i].name[size])
            return level <= l->modules[i].level;
    return level <= l->others;
}

uint64_t log_held_back(void)
{
    uint64_t held_back;

    pthread_mutex_lock(&lock);
    held_back = the_log.held_back;
    pthread_mutex_unlock(&lock);
    return held_back;
}

/* What became of a line that is to be written now or waits for its turn. */
static void put(struct event_rate *rate, struct log_line *line)
{
    /* Behind those that wait already, so that each has its turn. */
    if (rate && (rate->waiting > 0 ||
                 !rate_limit_takes(&rate->limit, clock_monotonic_ms()))) {
        the_log.held_back++;
        hold(rate, line);
    } else if (write_line(line, rate ? rate->held_back : 0)) {
        if (rate)
            rate->held_back = 0;
    } else if (rate) {
        hold(rate, line);
    } else {
        the_log.lost++;
    }
}

/* Takes the lock and begins a line; false, and no lock, if it is not wanted. */
static bool begin_event(struct log_line *line, enum log_level level,
                        const char *event)
{
    pthread_mutex_lock(&lock);
    if (!is_on(level, event)) {
        pthread_mutex_unlock(&lock);
        return false;
    }
    log_line_begin(line, the_log.is_json);
    put_time(line);
    log_line_add(line, "level", level_names[level], false);
    log_line_add(line, "event", event, false);
    return true;
}

static void end_event(struct log_line *line, enum log_level level,
                      const char *event)
{
    put(level == LOG_DEBUG ? NULL : find_rate(event), line);
    pthread_mutex_unlock(&lock);
}

static struct log_line new_line; /* under the lock */

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
    int saved_errno = errno;
    va_list args;

    if (begin_event(&new_line, level, event)) {
        va_start(args, fields);
        log_line_add_fields(&new_line, fields, args);
        va_end(args);
        end_event(&new_line, level, event);
    }
    /* Callers log first and then still look at what went wrong. */
    errno = saved_errno;
}

void log_fields(enum log_level level, const char *event,
                const struct log_field *fields, size_t count)
{
    int saved_errno = errno;
    char number[24];

    if (begin_event(&new_line, level, event)) {
        for (size_t i = 0; i < count; i++) {
            const struct log_field *f = &fields[i];

            snprintf(number, sizeof(number), "%" PRIu64, f->number);
            log_line_add_field(&new_line, f->key, f->text ? f->text : number,
                               !f->text);
        }
        end_event(&new_line, level, event);
    }
    errno = saved_errno;
}

int log_set_levels(const char *text)
{
    struct levels levels;
    int err = parse_levels(text, &levels);

    pthread_mutex_lock(&lock);
    if (!err)
        the_log.levels = levels;
    pthread_mutex_unlock(&lock);
    return err;
}

bool log_level_text_is_valid(const char *text)
{
    struct levels levels;

    return !parse_levels(text, &levels);
}

void log_set_format(enum log_format format)
{
    pthread_mutex_lock(&lock);
    write_held(0);
    the_log.is_json = format == LOG_JSON;
    pthread_mutex_unlock(&lock);
}

void log_begin(void)
{
    log_output_open_standard(&the_log.standard);
}

bool log_is_in_file(void)
{
    return the_log.output == &the_log.file;
}

static int open_locked(const char *path)
{
    static struct log_output next;
    bool is_file = path && *path;
    int err = 0;

    write_held(0);
    if (!log_output_finish(the_log.output))
        the_log.lost++;
    if (is_file && strlen(path) >= sizeof(the_log.path))
        return -ENAMETOOLONG;
    if (is_file)
        err = log_output_open_file(&next, path);
    if (err)
        return err;
    if (log_is_in_file())
        log_output_close(&the_log.file);
    if (is_file) {
        the_log.file = next;
        memmove(the_log.path, path, strlen(path) + 1);
    }
    the_log.output = is_file ? &the_log.file : &the_log.standard;
    the_log.is_refused = false;
    return 0;
}

int log_open(const char *path)
{
    int err;

    pthread_mutex_lock(&lock);
    err = open_locked(path);
    pthread_mutex_unlock(&lock);
    return err;
}

int log_reopen(void)
{
    return log_is_in_file() ? log_open(the_log.path) : 0;
}

static void tick_locked(int64_t now_ms)
{
    if (!the_log.hold.first && !the_log.lost)
        return;
    if (!log_output_wait(the_log.output, 0))
        return;
    write_held(now_ms);
    /* Or nobody would know before the next event. */
    if (the_log.lost && !the_log.hold.first)
        log_warning("log.resumed", "%s", "");
}

void log_tick(int64_t now_ms)
{
    pthread_mutex_lock(&lock);
    tick_locked(now_ms);
    pthread_mutex_unlock(&lock);
}

void log_end(void)
{
    pthread_mutex_lock(&lock);
    write_held(0);
    if (the_log.hold.first && log_output_wait(the_log.output, END_WAIT_MS))
        write_held(0);
    pthread_mutex_unlock(&lock);
}
