/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/utf8.h"

#include <string.h>

static size_t sequence_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

uint32_t utf8_read(const uint8_t *bytes, size_t left, size_t *taken)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = sequence_size(bytes[0]);
    uint32_t c = bytes[0];

    *taken = 1;
    if (size == 1)
        return c;
    if (size == 0 || size > left)
        return UTF8_REPLACEMENT;
    c &= 0xffu >> (size + 1);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return UTF8_REPLACEMENT;
        c = c << 6 | (bytes[i] & 0x3f);
    }
    if (c < smallest[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return UTF8_REPLACEMENT;
    *taken = size;
    return c;
}

void utf8_write(FILE *out, const char *text)
{
    size_t left = strlen(text), taken;

    for (; left > 0; text += taken, left -= taken) {
        uint32_t c = utf8_read((const uint8_t *)text, left, &taken);

        if (c == UTF8_REPLACEMENT)
            fputs("\xef\xbf\xbd", out);
        else
            fwrite(text, 1, taken, out);
    }
}
