/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/offload.h"

#include "client/answer.h"

static void print_port(FILE *out, const cJSON *port)
{
    fprintf(out, "in_port=%s, n_packets=%.0f, actions=%s\n",
            answer_text(port, "port"), answer_number(port, "frames"),
            answer_text(port, "actions"));
}

static void print_flow(FILE *out, const cJSON *flow)
{
    const char *match = cJSON_GetStringValue(answer_item(flow, "match"));

    if (match && *match)
        fprintf(out, "%s, ", match);
    fprintf(out, "n_packets=%.0f, n_bytes=%.0f, actions=%s\n",
            answer_number(flow, "frames"), answer_number(flow, "bytes"),
            answer_text(flow, "actions"));
}

void offload_print(FILE *out, const cJSON *result)
{
    const cJSON *flows = answer_item(result, "flows"), *item;
    double listed = cJSON_GetArraySize(flows);
    double count = answer_number(result, "flow_count");

    if (!cJSON_IsTrue(answer_item(result, "kernel"))) {
        fprintf(out, "The kernel forwards nothing; see kernel in "
                     "flowbridge.ini(5).\n");
        return;
    }
    cJSON_ArrayForEach(item, answer_item(result, "ports"))
        print_port(out, item);
    cJSON_ArrayForEach(item, flows) print_flow(out, item);
    if (count > listed)
        fprintf(out, "and %.0f more flows\n", count - listed);
}
