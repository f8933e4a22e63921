/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/dump_ports.h"

#include "client/answer.h"
#include "client/port_text.h"

static void print_drops(FILE *out, const cJSON *port, const char *key)
{
    const char *before = " (";
    const cJSON *counter;

    fprintf(out, ", dropped=%.0f", port_text_sum(port, key));
    cJSON_ArrayForEach(counter, answer_item(port, key))
    {
        if (counter->string && answer_is_positive(counter)) {
            fprintf(out, "%s%s=%.0f", before, counter->string,
                    counter->valuedouble);
            before = ", ";
        }
    }
    if (before[0] == ',')
        putc(')', out);
    putc('\n', out);
}

static void print_port(FILE *out, const cJSON *port)
{
    char text[FORMAT_SIZE];

    fprintf(out, "port %s (%s):\n", port_text_number(text, port),
            answer_text(port, "name"));
    fprintf(out,
            "  rx frames=%.0f, bytes=%.0f, forwarded=%.0f, consumed=%.0f, "
            "missed=%.0f",
            answer_number(port, "rx_frames"), answer_number(port, "rx_bytes"),
            answer_number(port, "forwarded"), answer_number(port, "consumed"),
            answer_number(port, "missed"));
    if (answer_number(port, "rx_own_address") > 0)
        fprintf(out, ", own-address=%.0f",
                answer_number(port, "rx_own_address"));
    print_drops(out, port, "drops");
    fprintf(out, "  tx frames=%.0f, bytes=%.0f",
            answer_number(port, "tx_frames"), answer_number(port, "tx_bytes"));
    print_drops(out, port, "tx_drops");
}

void dump_ports_print(FILE *out, const cJSON *result)
{
    const cJSON *port;

    cJSON_ArrayForEach(port, answer_item(result, "ports"))
    {
        print_port(out, port);
    }
}
