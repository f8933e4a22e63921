/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/trace.h"

#include "client/human.h"

enum { INDENT = 2, DEPTH_MAX = 40 };

static void print_lines(FILE *out, const cJSON *lines)
{
    const cJSON *line;

    cJSON_ArrayForEach(line, lines)
    {
        double depth = human_number(line, "depth");

        fprintf(out, "%*s%s\n",
                INDENT * (depth < DEPTH_MAX ? (int)depth : DEPTH_MAX), "",
                human_text(line, "text"));
    }
}

void trace_print(FILE *out, const cJSON *result)
{
    const char *verdict = human_text(result, "verdict");

    fprintf(out, "flow: %s\n\n", human_text(result, "flow"));
    print_lines(out, human_item(result, "steps"));
    fprintf(out, "\nfinal flow: %s\n", human_text(result, "final_flow"));
    print_lines(out, human_item(result, "outputs"));
    if (human_item(result, "reason"))
        fprintf(out, "verdict: %s (%s): %s\n", verdict,
                human_text(result, "reason"),
                human_text(result, "reason_text"));
    else
        fprintf(out, "verdict: %s\n", verdict);
}
