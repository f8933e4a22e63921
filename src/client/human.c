/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/human.h"

#include <stdint.h>

#include "base/array.h"

const cJSON *human_item(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *human_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(human_item(object, key));

    return text && text[0] ? text : "-";
}

double human_number(const cJSON *object, const char *key)
{
    const cJSON *item = human_item(object, key);

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

bool human_is_positive(const cJSON *number)
{
    return cJSON_IsNumber(number) && number->valuedouble > 0;
}

const char *human_scaled(char text[HUMAN_SIZE], double count)
{
    static const char units[] = " kMGTPE";
    size_t unit = 0;

    if (count < 99999.5) {
        snprintf(text, HUMAN_SIZE, "%.0f", count);
        return text;
    }
    while (count >= 999.5 && units[unit + 1]) {
        count /= 1000;
        unit++;
    }
    snprintf(text, HUMAN_SIZE, "%.*f%c",
             count < 9.995   ? 2
             : count < 99.95 ? 1
                             : 0,
             count, units[unit]);
    return text;
}

const char *human_speed(char text[HUMAN_SIZE], double mbps)
{
    if (mbps <= 0)
        return "-";
    if (mbps < 1000)
        snprintf(text, HUMAN_SIZE, "%.4gM", mbps);
    else
        snprintf(text, HUMAN_SIZE, "%.4gG", mbps / 1000);
    return text;
}

const char *human_duration(char text[HUMAN_SIZE], double seconds)
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
            size += (size_t)snprintf(text + size, HUMAN_SIZE - size, "%s%.0f%s",
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

void human_write(FILE *out, const char *text)
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
