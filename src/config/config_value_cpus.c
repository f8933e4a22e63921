/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_value.h"

/* "0,2-5", as taskset(1) and systemd's CPUAffinity= take it. */

static bool wrong(const char *text, char why[CONFIG_WHY_SIZE])
{
    return config_value_wrong(why,
                              "\"%.60s\" is not a list of CPUs; write numbers "
                              "and ranges, such as 0,2-5",
                              text);
}

/* Reads a number at '*at'; false if there is none or it is too high. */
static bool read_number(const char **at, unsigned long *number)
{
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    *number = strtoul(*at, &end, 10);
    *at = end;
    return *number < CPU_SETSIZE;
}

static const char *skip_spaces(const char *at)
{
    return at + strspn(at, " \t");
}

static bool read_range(const char **at, cpu_set_t *cpus)
{
    unsigned long first, end;

    if (!read_number(at, &first))
        return false;
    end = first;
    *at = skip_spaces(*at);
    if (**at == '-') {
        *at = skip_spaces(*at + 1);
        if (!read_number(at, &end) || end < first)
            return false;
        *at = skip_spaces(*at);
    }
    for (; first <= end; first++)
        CPU_SET(first, cpus);
    return true;
}

static bool read_cpus(const struct config_limits *limits, const char *text,
                      void *field, char why[CONFIG_WHY_SIZE])
{
    const char *at = skip_spaces(text);
    cpu_set_t cpus;

    (void)limits;
    CPU_ZERO(&cpus);
    while (*at) {
        if (!read_range(&at, &cpus))
            return wrong(text, why);
        if (*at == ',' && *(at = skip_spaces(at + 1)))
            continue;
        if (*at || at[-1] == ',')
            return wrong(text, why);
    }
    memcpy(field, &cpus, sizeof(cpus));
    return true;
}

static void print_cpus(const struct config_limits *limits, const void *field,
                       char text[CONFIG_TEXT_SIZE])
{
    cpu_set_t cpus;
    size_t used = 0;

    (void)limits;
    memcpy(&cpus, field, sizeof(cpus));
    text[0] = '\0';
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        int first = cpu;

        if (!CPU_ISSET(cpu, &cpus))
            continue;
        while (cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, &cpus))
            cpu++;
        used += (size_t)snprintf(text + used, CONFIG_TEXT_SIZE - used, "%s%d",
                                 used ? "," : "", first);
        if (cpu > first)
            used += (size_t)snprintf(text + used, CONFIG_TEXT_SIZE - used,
                                     "-%d", cpu);
    }
}

const struct config_kind config_kind_cpus = {
    .read = read_cpus, .print = print_cpus, .may_be_empty = true};
