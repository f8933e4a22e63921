/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/reload_output.h"

#include "client/answer.h"

static int print_list(FILE *out, const cJSON *lines, const char *title)
{
    const cJSON *line;

    if (cJSON_GetArraySize(lines) == 0)
        return 0;
    fprintf(out, "%s:\n", title);
    cJSON_ArrayForEach(line, lines)
    {
        if (cJSON_IsString(line))
            fprintf(out, "  %s\n", line->valuestring);
    }
    return cJSON_GetArraySize(lines);
}

void reload_output_print(FILE *out, const cJSON *result)
{
    int count = print_list(out, answer_item(result, "changes"), "changed");

    count += print_list(out, answer_item(result, "restart_needed"),
                        "not changed yet");
    if (count == 0)
        fputs("nothing has changed\n", out);
}

void reload_output_print_reopened(FILE *out, const cJSON *result)
{
    const char *file = cJSON_GetStringValue(answer_item(result, "file"));

    if (file && *file)
        fprintf(out, "opened %s\n", file);
    else
        fputs("the log goes to standard error; there is no file to open\n",
              out);
}
