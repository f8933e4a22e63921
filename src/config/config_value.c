/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config_value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/log.h"
#include "base/suggest.h"

bool config_value_wrong(char why[CONFIG_WHY_SIZE], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, CONFIG_WHY_SIZE, format, args);
    va_end(args);
    return false;
}

static void print_text(const struct config_limits *limits, const void *field,
                       char text[CONFIG_TEXT_SIZE])
{
    (void)limits;
    snprintf(text, CONFIG_TEXT_SIZE, "%s", (const char *)field);
}

/* Choices. */

/* "a, b or c" */
static void list_names(const char *const *names, char *text, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; names[i]; i++) {
        const char *between = i == 0 ? "" : names[i + 1] ? ", " : " or ";
        int added =
            snprintf(text + used, size - used, "%s%s", between, names[i]);

        used += (size_t)added;
        assert(used < size);
    }
}

static int find_name(const char *const *names, const char *text,
                     char why[CONFIG_WHY_SIZE])
{
    struct suggestion nearest = suggest_for(text);
    char list[128];

    for (int i = 0; names[i]; i++) {
        if (!strcmp(names[i], text))
            return i;
        suggest_try(&nearest, names[i]);
    }
    list_names(names, list, sizeof(list));
    config_value_wrong(why, "\"%.60s\" is unknown; %s%s%swrite %s", text,
                       nearest.best ? "did you mean " : "",
                       nearest.best ? nearest.best : "",
                       nearest.best ? "? " : "", list);
    return -1;
}

static bool read_choice(const struct config_limits *limits, const char *text,
                        void *field, char why[CONFIG_WHY_SIZE])
{
    int value = find_name(limits->names, text, why);

    if (value < 0)
        return false;
    memcpy(field, &value, sizeof(value));
    return true;
}

static void print_choice(const struct config_limits *limits, const void *field,
                         char text[CONFIG_TEXT_SIZE])
{
    int value;

    memcpy(&value, field, sizeof(value));
    snprintf(text, CONFIG_TEXT_SIZE, "%s", limits->names[value]);
}

/* Other programs' words for yes and no are understood, too. */
static bool is_yes_or_no(const char *text, int *value)
{
    static const char *const words[][2] = {
        /* clang-format off */
        {"no",    "yes" },
        {"false", "true"},
        {"off",   "on"  },
        {"0",     "1"   },
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        for (*value = 0; *value < 2; (*value)++)
            if (!strcasecmp(text, words[i][*value]))
                return true;
    return false;
}

static bool read_switch(const struct config_limits *limits, const char *text,
                        void *field, char why[CONFIG_WHY_SIZE])
{
    int value;

    if (strcmp(limits->names[1], "yes") || !is_yes_or_no(text, &value))
        value = find_name(limits->names, text, why);

    if (value < 0)
        return false;
    *(bool *)field = value == 1;
    return true;
}

static void print_switch(const struct config_limits *limits, const void *field,
                         char text[CONFIG_TEXT_SIZE])
{
    snprintf(text, CONFIG_TEXT_SIZE, "%s", limits->names[*(const bool *)field]);
}

/* Numbers and times. */

/* The number that 'text' starts with; '*rest' is the text behind it.  False if
 * there is none or it does not fit. */
static bool take_number(const char *text, uint64_t *value, const char **rest)
{
    const char *c = text;

    for (*value = 0; *c >= '0' && *c <= '9'; c++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*c - '0'), value))
            return false;
    *rest = c;
    return c > text;
}

struct unit {
    const char *name;
    uint64_t size;
};

static const struct unit sizes[] = {
    /* clang-format off */
    {"",   1      },
    {"K",  1 << 10},
    {"k",  1 << 10},
    {"M",  1 << 20},
    {NULL, 0      },
    /* clang-format on */
};
static const struct unit times_us[] = {
    /* clang-format off */
    {"us", 1                },
    {"ms", 1000             },
    {"s",  1000000          },
    {"m",  60ull * 1000000  },
    {"h",  3600ull * 1000000},
    {NULL, 0                },
    /* clang-format on */
};

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name; units++)
        if (!strcmp(units->name, name))
            return units;
    return NULL;
}

static bool store(const struct config_limits *limits, uint64_t value,
                  void *field)
{
    uint16_t small = (uint16_t)value;
    uint32_t large = (uint32_t)value;

    assert(value <= (limits->size == 2 ? UINT16_MAX : UINT32_MAX));
    memcpy(field, limits->size == 2 ? (void *)&small : (void *)&large,
           limits->size == 2 ? sizeof(small) : sizeof(large));
    return true;
}

static uint64_t load(const struct config_limits *limits, const void *field)
{
    uint16_t small;
    uint32_t large;

    if (limits->size == 2) {
        memcpy(&small, field, sizeof(small));
        return small;
    }
    memcpy(&large, field, sizeof(large));
    return large;
}

static uint64_t power_of_two_up_to(uint64_t value)
{
    uint64_t power = 1;

    while (power <= value / 2)
        power *= 2;
    return power;
}

static bool read_number(const struct config_limits *limits, const char *text,
                        void *field, char why[CONFIG_WHY_SIZE])
{
    const char * or = limits->zero ? " or " : "";
    const char *zero = limits->zero ? limits->zero : "";
    const struct unit *unit = NULL;
    const char *rest;
    uint64_t value;

    if (limits->zero && !strcmp(text, limits->zero))
        return store(limits, 0, field);
    if (take_number(text, &value, &rest))
        unit = find_unit(sizes, rest);
    if (!unit || __builtin_mul_overflow(value, unit->size, &value) ||
        value < limits->min || value > limits->max)
        return config_value_wrong(why,
                                  "\"%.60s\" is out of range; write a whole "
                                  "number from %" PRIu64 " to %" PRIu64 "%s%s",
                                  text, limits->min, limits->max, or, zero);
    if (limits->is_power_of_two && (value & (value - 1)))
        return config_value_wrong(
            why,
            "%" PRIu64 " is not a power of two; write %" PRIu64 " or %" PRIu64,
            value, power_of_two_up_to(value), 2 * power_of_two_up_to(value));
    return store(limits, value, field);
}

static void print_number(const struct config_limits *limits, const void *field,
                         char text[CONFIG_TEXT_SIZE])
{
    uint64_t value = load(limits, field);

    if (value == 0 && limits->zero)
        snprintf(text, CONFIG_TEXT_SIZE, "%s", limits->zero);
    else
        snprintf(text, CONFIG_TEXT_SIZE, "%" PRIu64, value);
}

static const char *unit_name(uint64_t unit_us)
{
    const struct unit *unit = times_us;

    while (unit->size != unit_us)
        unit++;
    return unit->name;
}

static bool read_time(const struct config_limits *limits, const char *text,
                      void *field, char why[CONFIG_WHY_SIZE])
{
    uint64_t unit_us = limits->unit_us;
    uint64_t value;
    const char *rest;

    if (!take_number(text, &value, &rest))
        return config_value_wrong(
            why,
            "\"%.60s\" is not a time; write a number like 500ms, 5s or 10m",
            text);
    rest += strspn(rest, " \t");
    if (*rest) {
        const struct unit *unit = find_unit(times_us, rest);

        if (!unit)
            return config_value_wrong(why,
                                      "\"%.20s\" is not a unit of time; write "
                                      "us, ms, s, m or h after the number",
                                      rest);
        if (__builtin_mul_overflow(value, unit->size, &value))
            value = UINT64_MAX / unit_us * unit_us;
        if (value % unit_us)
            return config_value_wrong(
                why, "\"%.60s\" is too precise; write whole %s", text,
                unit_us == 1000000 ? "seconds" : unit_name(unit_us));
        value /= unit_us;
    }
    if (value < limits->min || value > limits->max)
        return config_value_wrong(why,
                                  "\"%.60s\" is out of range; write a time "
                                  "from %" PRIu64 "%s to %" PRIu64 "%s",
                                  text, limits->min, unit_name(unit_us),
                                  limits->max, unit_name(unit_us));
    return store(limits, value, field);
}

static void print_time(const struct config_limits *limits, const void *field,
                       char text[CONFIG_TEXT_SIZE])
{
    snprintf(text, CONFIG_TEXT_SIZE, "%" PRIu64 "%s", load(limits, field),
             unit_name(limits->unit_us));
}

/* Texts. */

static bool store_text(const struct config_limits *limits, const char *text,
                       void *field, char why[CONFIG_WHY_SIZE])
{
    if (strlen(text) >= limits->size)
        return config_value_wrong(
            why, "is longer than %zu characters; write a shorter one",
            limits->size - 1);
    strcpy(field, text);
    return true;
}

static bool read_account(const struct config_limits *limits, const char *text,
                         void *field, char why[CONFIG_WHY_SIZE])
{
    if (strpbrk(text, " \t:/,") || *text == '-')
        return config_value_wrong(
            why,
            "\"%.60s\" is not a user or group; write a name from /etc/passwd "
            "or /etc/group, or a number",
            text);
    return store_text(limits, text, field, why);
}

static bool read_file(const struct config_limits *limits, const char *text,
                      void *field, char why[CONFIG_WHY_SIZE])
{
    if (*text && *text != '/')
        return config_value_wrong(
            why, "\"%.60s\" is not an absolute path; start it with /", text);
    if (*text && text[strlen(text) - 1] == '/')
        return config_value_wrong(
            why, "\"%.60s\" is a directory; write the path of a file", text);
    return store_text(limits, text, field, why);
}

static bool read_directory(const struct config_limits *limits, const char *text,
                           void *field, char why[CONFIG_WHY_SIZE])
{
    char *end;

    if (*text != '/')
        return config_value_wrong(
            why, "\"%.60s\" is not an absolute path; start it with /", text);
    if (!store_text(limits, text, field, why))
        return false;
    /* "/run/x/" and "/run/x" are one, for a reload too. */
    end = (char *)field + strlen(text) - 1;
    while (end > (char *)field && *end == '/')
        *end-- = '\0';
    return true;
}

/* The first words of all events of the log; scripts/check-docs compares them.
 */
static const char *const log_modules[] = {
    "bridge",   "config",  "controller", "ctl",    "detour", "failmode",
    "flow",     "flows",   "identity",   "inband", "kernel", "link",
    "listener", "local",   "log",        "loop",   "mac",    "notify",
    "openflow", "port",    "privileges", "queue",  "ready",  "reload",
    "seccomp",  "service", "shield",     "start",  "state",  "statefile",
    "stop",     "stopped", "tap",        "tls",    "worker", NULL,
};

/* False: "info, openflow=debug" has a module that does not exist; 'why' names
 * it. */
static bool are_modules_known(const char *text, char why[CONFIG_WHY_SIZE])
{
    for (; *text; text += strcspn(text, ","), text += *text == ',') {
        size_t size;
        char name[32];
        struct suggestion nearest;
        bool is_known = false;

        text += strspn(text, " \t");
        size = strcspn(text, "=, \t");
        if (text[size + strspn(text + size, " \t")] != '=')
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)size, text);
        nearest = suggest_for(name);
        for (size_t i = 0; log_modules[i]; i++) {
            is_known |= !strcmp(log_modules[i], name);
            suggest_try(&nearest, log_modules[i]);
        }
        if (!is_known)
            return config_value_wrong(
                why, "\"%s\" is not a module; %s%s%s", name,
                nearest.best ? "did you mean "
                             : "write the first word of an event, such as "
                               "openflow or port",
                nearest.best ? nearest.best : "", nearest.best ? "?" : "");
    }
    return true;
}

static bool read_log_level(const struct config_limits *limits, const char *text,
                           void *field, char why[CONFIG_WHY_SIZE])
{
    if (!log_level_text_is_valid(text))
        return config_value_wrong(
            why,
            "\"%.60s\" is not a level; write error, warning, info or debug, "
            "and for single modules \"info, port=debug\"",
            text);
    return are_modules_known(text, why) && store_text(limits, text, field, why);
}

const struct config_kind config_kind_choice = {read_choice, print_choice, false,
                                               false};
const struct config_kind config_kind_switch = {read_switch, print_switch, false,
                                               false};
const struct config_kind config_kind_number = {read_number, print_number, false,
                                               false};
const struct config_kind config_kind_time = {read_time, print_time, false,
                                             false};
const struct config_kind config_kind_account = {read_account, print_text, true,
                                                false};
const struct config_kind config_kind_file = {read_file, print_text, true,
                                             false};
const struct config_kind config_kind_directory = {read_directory, print_text,
                                                  false, false};
const struct config_kind config_kind_log_level = {read_log_level, print_text,
                                                  false, false};
