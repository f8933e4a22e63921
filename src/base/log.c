#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log_line.h"
#include "base/rate_limit.h"

enum {
    MODULES_MAX = 32,
    MODULE_NAME_SIZE = 32,
    EVENTS_MAX = 512, /* a power of two; the source has some hundred names */
    BURST = 200,
    PER_SECOND = 20,
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
    uint64_t held_back;
};

/* The one log of the process. */
static struct {
    struct levels levels;
    bool is_json;
    int fd;
    uint64_t lost; /* lines that could not be written */
    uint64_t held_back;
    struct event_rate rates[EVENTS_MAX];
    size_t rate_count;
    struct event_rate other_events; /* all that came when 'rates' was full */
} the_log = {.levels.others = LOG_INFO, .fd = STDERR_FILENO};

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
 * One write a line, so that lines of several processes do not mix.  A line that
 * cannot be written is counted, and the next one that can says lost=N; there is
 * nobody else to tell.
 */
static void write_line(const struct log_line *line)
{
    ssize_t written;

    do
        written = write(the_log.fd, line->text, line->size);
    while (written < 0 && errno == EINTR);
    if (written == (ssize_t)line->size)
        the_log.lost = 0;
    else
        the_log.lost++;
}

bool log_is_on(enum log_level level, const char *event)
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
    return the_log.held_back;
}

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
    static struct log_line line;
    int saved_errno = errno;
    uint64_t held_back = 0;
    va_list args;

    if (!log_is_on(level, event))
        return;
    if (level != LOG_DEBUG) {
        struct event_rate *rate = find_rate(event);

        if (!rate_limit_takes(&rate->limit, clock_monotonic_ms())) {
            rate->held_back++;
            the_log.held_back++;
            return;
        }
        held_back = rate->held_back;
        rate->held_back = 0;
    }
    log_line_begin(&line, the_log.is_json);
    put_time(&line);
    log_line_add(&line, "level", level_names[level], false);
    log_line_add(&line, "event", event, false);
    va_start(args, fields);
    log_line_add_fields(&line, fields, args);
    va_end(args);
    put_count(&line, "held_back", held_back);
    put_count(&line, "lost", the_log.lost);
    log_line_end(&line);
    write_line(&line);
    /* Callers log first and then still look at what went wrong. */
    errno = saved_errno;
}

int log_set_levels(const char *text)
{
    struct levels levels;
    int err = parse_levels(text, &levels);

    if (!err)
        the_log.levels = levels;
    return err;
}

bool log_level_text_is_valid(const char *text)
{
    struct levels levels;

    return !parse_levels(text, &levels);
}

void log_set_format(enum log_format format)
{
    the_log.is_json = format == LOG_JSON;
}

int log_open(const char *path)
{
    int fd = STDERR_FILENO;

    if (path && *path) {
        /* Not blocking: a pipe that nobody reads must not stop the switch. */
        fd = open(path,
                  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
                      O_NONBLOCK,
                  0640);
        if (fd < 0)
            return -errno;
    }
    if (the_log.fd != STDERR_FILENO)
        close(the_log.fd);
    the_log.fd = fd;
    return 0;
}
