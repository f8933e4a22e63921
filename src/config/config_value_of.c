/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "config/config.h"
#include "config/config_value.h"
#include "openflow/of_hello.h"

/* Names. */

bool config_controller_name_is_valid(const char *name,
                                     char why[CONFIG_WHY_SIZE])
{
    if (strlen(name) >= CONFIG_NAME_SIZE)
        return config_value_wrong(
            why, "\"%.60s\" is too long; the most is %d characters", name,
            CONFIG_NAME_SIZE - 1);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return config_value_wrong(
                why,
                "\"%s\" is not a name; write letters, digits and any of - _ .",
                name);
    return true;
}

bool config_queue_name_is_valid(const char *name, char why[CONFIG_WHY_SIZE])
{
    const char *colon = strrchr(name, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    char port[CONFIG_PORT_NAME_SIZE];

    if (!digits || colon[1 + digits] ||
        strtoull(colon + 1, NULL, 10) >= UINT32_MAX || digits > 10)
        return config_value_wrong(
            why, "\"%.60s\" is not a queue; write [queue PORT:NUMBER]", name);
    if ((size_t)(colon - name) >= sizeof(port))
        return config_value_wrong(
            why, "\"%.60s\" is not a queue; the port name is too long", name);
    snprintf(port, sizeof(port), "%.*s", (int)(colon - name), name);
    return config_port_name_is_valid(port, why);
}

/* Rates: bits a second, where K is 1000. */

static const struct {
    const char *name;
    uint64_t size;
} rate_units[] = {
    /* clang-format off */
    {"",  1         },
    {"k", 1000      },
    {"K", 1000      },
    {"M", 1000000   },
    {"G", 1000000000},
    /* clang-format on */
};

static bool read_rate(const struct config_limits *limits, const char *text,
                      void *field, char why[CONFIG_WHY_SIZE])
{
    size_t digits = strspn(text, "0123456789");
    uint64_t value = strtoull(text, NULL, 10);

    (void)limits;
    for (size_t i = 0; i < ARRAY_SIZE(rate_units); i++) {
        if (!digits || digits > 12 ||
            strcmp(text + digits, rate_units[i].name) ||
            value > UINT64_C(1000000000000) / rate_units[i].size)
            continue;
        value *= rate_units[i].size;
        memcpy(field, &value, sizeof(value));
        return true;
    }
    return config_value_wrong(why,
                              "\"%.60s\" is not a rate; write bits per second "
                              "up to 1000G, such as 100M",
                              text);
}

static void print_rate(const struct config_limits *limits, const void *field,
                       char text[CONFIG_TEXT_SIZE])
{
    uint64_t value;

    (void)limits;
    memcpy(&value, field, sizeof(value));
    *text = '\0';
    if (value)
        snprintf(text, CONFIG_TEXT_SIZE, "%" PRIu64, value);
}

/* Targets. */

static bool read_any_target(const char *text, struct target *t,
                            char why[CONFIG_WHY_SIZE])
{
    char wrong[TARGET_WHY_SIZE];

    return target_parse(text, t, wrong) || config_value_wrong(why, "%s", wrong);
}

/* The same target for the side that calls and the side that is called. */
static const struct {
    const char *active, *passive_form;
    enum target_kind active_kind, passive_kind;
} twins[] = {
    /* clang-format off */
    {"tcp:",  "ptcp:PORT:ADDRESS", TARGET_TCP,  TARGET_PTCP },
    {"ssl:",  "pssl:PORT:ADDRESS", TARGET_SSL,  TARGET_PSSL },
    {"unix:", "punix:PATH",        TARGET_UNIX, TARGET_PUNIX},
    /* clang-format on */
};

enum { TWIN_COUNT = ARRAY_SIZE(twins) };

/* Prints the target to write in place of 't', which is for the other side. */
static void print_twin(const struct target *t, char text[TARGET_TEXT_SIZE])
{
    struct target twin = *t;

    for (size_t i = 0; i < TWIN_COUNT; i++)
        if (t->kind == twins[i].active_kind)
            twin.kind = twins[i].passive_kind;
        else if (t->kind == twins[i].passive_kind)
            twin.kind = twins[i].active_kind;
    target_print(&twin, text);
}

static bool read_target(const struct config_limits *limits, const char *text,
                        void *field, char why[CONFIG_WHY_SIZE])
{
    char twin[TARGET_TEXT_SIZE];
    struct target t;

    (void)limits;
    if (!read_any_target(text, &t, why))
        return false;
    if (target_is_passive(&t)) {
        print_twin(&t, twin);
        return config_value_wrong(
            why,
            "\"%.60s\" is an address to listen at; write %.60s to connect to a "
            "controller, or move it to [openflow] listen",
            text, twin);
    }
    memcpy(field, &t, sizeof(t));
    return true;
}

/* A target that was never read is empty. */
static void print_target(const struct config_limits *limits, const void *field,
                         char text[CONFIG_TEXT_SIZE])
{
    const struct target *t = field;

    (void)limits;
    *text = '\0';
    if (t->family)
        target_print(t, text);
}

static bool read_listen(const struct config_limits *limits, const char *text,
                        void *field, char why[CONFIG_WHY_SIZE])
{
    struct config_listen *l = field;
    char twin[TARGET_TEXT_SIZE];
    struct target t;

    (void)limits;
    if (!read_any_target(text, &t, why)) {
        /* "tcp:6633" is neither. */
        for (size_t i = 0; i < TWIN_COUNT; i++)
            if (!strncmp(text, twins[i].active, strlen(twins[i].active)))
                config_value_wrong(
                    why,
                    "\"%.60s\" is an address to connect to; write %s, or move "
                    "it to [controller NAME] target",
                    text, twins[i].passive_form);
        return false;
    }
    if (!target_is_passive(&t)) {
        print_twin(&t, twin);
        return config_value_wrong(
            why,
            "\"%.60s\" is an address to connect to; write %.60s, or move it to "
            "[controller NAME] target",
            text, twin);
    }
    for (size_t i = 0; i < l->count; i++)
        if (target_is_equal(&l->targets[i], &t))
            return config_value_wrong(
                why, "\"%.60s\" is a duplicate; remove one of them", text);
    if (l->count == CONFIG_LISTEN_MAX)
        return config_value_wrong(why, "is one too many; the most is %d",
                                  CONFIG_LISTEN_MAX);
    l->targets[l->count++] = t;
    return true;
}

static void print_listen(const struct config_limits *limits, const void *field,
                         char text[CONFIG_TEXT_SIZE])
{
    const struct config_listen *l = field;
    size_t size = 0;

    (void)limits;
    *text = '\0';
    for (size_t i = 0; i < l->count; i++) {
        char one[TARGET_TEXT_SIZE];

        target_print(&l->targets[i], one);
        size += (size_t)snprintf(text + size, CONFIG_TEXT_SIZE - size, "%s%s",
                                 i ? " " : "", one);
    }
}

/* Versions. */

/* A version is meant by "OpenFlow13", as ovs-ofctl writes it, and by a text
 * that ends in the same digits; NULL: none is. */
static const char *meant_version(const char *text, size_t size)
{
    for (enum of_version v = OF10; v <= OF15; v++) {
        const char *name = of_version_name(v);
        char digits[] = {name[0], name[2], '\0'};

        if (size > 2 && !strncmp(text + size - 2, digits, 2))
            return name;
    }
    return NULL;
}

static enum of_version find_version(const char *text, size_t size)
{
    for (enum of_version v = OF10; v <= OF15; v++)
        if (strlen(of_version_name(v)) == size &&
            !strncmp(of_version_name(v), text, size))
            return v;
    return OF_NONE;
}

static bool read_versions(const struct config_limits *limits, const char *text,
                          void *field, char why[CONFIG_WHY_SIZE])
{
    static const char between[] = ", \t";
    uint32_t set = 0;
    char known[OF_HELLO_TEXT_SIZE];

    (void)limits;
    of_hello_text(OF_VERSIONS_ALL, known);
    for (text += strspn(text, between); *text; text += strspn(text, between)) {
        size_t size = strcspn(text, between);
        enum of_version version = find_version(text, size);
        int shown = size < 60 ? (int)size : 60;
        const char *meant = meant_version(text, size);

        if (version == OF_NONE && meant)
            return config_value_wrong(
                why, "\"%.*s\" is not a version; write %s", shown, text, meant);
        if (version == OF_NONE)
            return config_value_wrong(
                why, "\"%.*s\" is not a supported version; write any of %s",
                shown, text, known);
        set |= OF_VERSION_BIT(version);
        text += size;
    }
    if (!set)
        return config_value_wrong(why, "has no version; write any of %s",
                                  known);
    memcpy(field, &set, sizeof(set));
    return true;
}

static void print_versions(const struct config_limits *limits,
                           const void *field, char text[CONFIG_TEXT_SIZE])
{
    uint32_t set;

    (void)limits;
    memcpy(&set, field, sizeof(set));
    of_hello_text(set, text);
}

const struct config_kind config_kind_rate = {read_rate, print_rate, true,
                                             false};
const struct config_kind config_kind_target = {read_target, print_target, false,
                                               false};
const struct config_kind config_kind_listen = {read_listen, print_listen, true,
                                               true};
const struct config_kind config_kind_versions = {read_versions, print_versions,
                                                 false, false};
