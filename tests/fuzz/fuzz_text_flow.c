/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any text is a flow, a blank line or a fault of one line; a flow that is
 * written in either style reads back and is written the same again.
 */
#include "text/text_flow.h"

#include <stdlib.h>
#include <string.h>

#include "table/flow_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static char *written(const struct flow_mod *mod, const struct text_style *style)
{
    struct flow_stats stats = flow_view_of_mod(mod);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    expect(out != NULL);
    text_flow_write(out, style, &stats, true);
    fclose(out);
    return text;
}

static void check(const struct text_parse *parse, const struct flow_mod *mod,
                  bool is_openflow10)
{
    struct text_style style = {.is_openflow10 = is_openflow10};
    char *text = written(mod, &style), *once_more;
    struct flow_mod again;

    expect(text_flow_read(parse, FLOW_MOD_ADD, text, &again));
    once_more = written(&again, &style);
    expect(strcmp(text, once_more) == 0);
    expect(match_is_equal(&mod->match, &again.match));
    free(text);
    free(once_more);
    flow_mod_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text_error error = {""};
    struct text_parse parse = {NULL, &error};
    char *line = malloc(size + 1); /* of its own size, for ASan */
    bool is_blank = false;
    struct flow_mod mod;

    expect(line != NULL);
    memcpy(line, bytes, size);
    line[size] = '\0';
    if (!text_flow_read_line(&parse, line, &mod, &is_blank)) {
        expect(error.line[0] != '\0');
    } else if (!is_blank) {
        if (mod.command == FLOW_MOD_ADD) {
            check(&parse, &mod, true);
            check(&parse, &mod, false);
        }
        flow_mod_clear(&mod);
    }
    free(line);
    return 0;
}
