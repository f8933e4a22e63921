/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"

const char *format_scaled(char text[FORMAT_SIZE], double count)
{
    static const char units[] = " kMGTPE";
    size_t unit = 0;

    if (count < 99999.5) {
        snprintf(text, FORMAT_SIZE, "%.0f", count);
        return text;
    }
    while (count >= 999.5 && units[unit + 1]) {
        count /= 1000;
        unit++;
    }
    snprintf(text, FORMAT_SIZE, "%.*f%c",
             count < 9.995   ? 2
             : count < 99.95 ? 1
                             : 0,
             count, units[unit]);
    return text;
}

const char *format_speed(char text[FORMAT_SIZE], double mbps)
{
    if (mbps <= 0)
        return "-";
    if (mbps < 1000)
        snprintf(text, FORMAT_SIZE, "%.4gM", mbps);
    else
        snprintf(text, FORMAT_SIZE, "%.4gG", mbps / 1000);
    return text;
}

const char *format_duration(char text[FORMAT_SIZE], double seconds)
{
    static const struct {
        double seconds;
        const char *name;
    } units[] = {
        /* clang-format off */
        {86400, "d"},
        {3600,  "h"},
        {60,    "m"},
        {1,     "s"}
        /* clang-format on */
    };
    size_t size = 0;

    if (!(seconds >= 0 && seconds < 1e12))
        return "-";
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        double count = (double)(int64_t)(seconds / units[i].seconds);

        seconds -= count * units[i].seconds;
        if (count > 0 || (size == 0 && units[i].seconds == 1))
            size +=
                (size_t)snprintf(text + size, FORMAT_SIZE - size, "%s%.0f%s",
                                 size > 0 ? " " : "", count, units[i].name);
    }
    return text;
}

/* Also U+0080 to U+009f, which some terminals obey: c2 80 to c2 9f in UTF-8. */
static bool is_control(const unsigned char *c)
{
    return (*c < ' ' && *c != '\n') || *c == 0x7f ||
           (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

void format_write(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (!is_control(c)) {
            putc(*c, out);
            continue;
        }
        putc('?', out);
        c += *c == 0xc2;
    }
}
