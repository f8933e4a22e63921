/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text is a group or a fault of one line, and a meter or a fault of one
 * line; what is written of either reads back and is written the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "text/text_group.h"
#include "text/text_meter.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct text_error error;
static const struct text_parse parse = {NULL, &error};
static const struct text_style style = {.is_openflow10 = false};

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static char *written_group(const struct group_mod *mod)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    expect(out != NULL);
    text_group_write(out, &style, mod, true);
    fclose(out);
    return text;
}

static void try_group(const char *line)
{
    struct group_mod mod, again;
    char *text, *once_more;

    error.line[0] = '\0';
    if (!text_group_read(&parse, GROUP_ADD, line, &mod)) {
        expect(error.line[0] != '\0');
        return;
    }
    text = written_group(&mod);
    expect(text_group_read(&parse, GROUP_ADD, text, &again));
    once_more = written_group(&again);
    expect(strcmp(text, once_more) == 0);
    free(text);
    free(once_more);
    group_mod_clear(&mod);
    group_mod_clear(&again);
}

static char *written_meter(const struct meter_mod *mod)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    expect(out != NULL);
    text_meter_write(out, mod);
    fclose(out);
    return text;
}

static void try_meter(const char *line)
{
    struct meter_mod mod, again;
    char *text, *once_more;

    error.line[0] = '\0';
    if (!text_meter_read(&parse, METER_ADD, line, &mod)) {
        expect(error.line[0] != '\0');
        return;
    }
    text = written_meter(&mod);
    expect(text_meter_read(&parse, METER_ADD, text, &again));
    once_more = written_meter(&again);
    expect(strcmp(text, once_more) == 0);
    free(text);
    free(once_more);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *line = malloc(size + 1); /* of its own size, for ASan */

    expect(line != NULL);
    memcpy(line, bytes, size);
    line[size] = '\0';
    try_group(line);
    try_meter(line);
    free(line);
    return 0;
}
