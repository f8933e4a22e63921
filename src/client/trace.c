/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/trace.h"

#include "client/answer.h"

enum { INDENT = 2, DEPTH_MAX = 40 };

static void print_lines(FILE *out, const cJSON *lines)
{
    const cJSON *line;

    cJSON_ArrayForEach(line, lines)
    {
        double depth = answer_number(line, "depth");

        fprintf(out, "%*s%s\n",
                INDENT * (depth < DEPTH_MAX ? (int)depth : DEPTH_MAX), "",
                answer_text(line, "text"));
    }
}

void trace_print(FILE *out, const cJSON *result)
{
    const char *verdict = answer_text(result, "verdict");

    fprintf(out, "flow: %s\n\n", answer_text(result, "flow"));
    print_lines(out, answer_item(result, "steps"));
    fprintf(out, "\nfinal flow: %s\n", answer_text(result, "final_flow"));
    print_lines(out, answer_item(result, "outputs"));
    if (answer_item(result, "reason"))
        fprintf(out, "verdict: %s (%s): %s\n", verdict,
                answer_text(result, "reason"),
                answer_text(result, "reason_text"));
    else
        fprintf(out, "verdict: %s\n", verdict);
    if (cJSON_IsTrue(answer_item(result, "in_kernel")))
        fprintf(out, "in the kernel: frames of this port, where both addresses "
                     "are known\n");
}
