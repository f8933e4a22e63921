/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/dump_ports.h"

#include "client/port_text.h"

static void print_drops(FILE *out, const cJSON *port, const char *key)
{
    const char *before = " (";
    const cJSON *counter;

    fprintf(out, ", dropped=%.0f", port_text_sum(port, key));
    cJSON_ArrayForEach(counter, human_item(port, key))
    {
        if (counter->string && human_is_positive(counter)) {
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
    char text[HUMAN_SIZE];

    fprintf(out, "port %s (%s):\n", port_text_number(text, port),
            human_text(port, "name"));
    fprintf(out,
            "  rx frames=%.0f, bytes=%.0f, forwarded=%.0f, consumed=%.0f, "
            "missed=%.0f",
            human_number(port, "rx_frames"), human_number(port, "rx_bytes"),
            human_number(port, "forwarded"), human_number(port, "consumed"),
            human_number(port, "missed"));
    if (human_number(port, "rx_own_address") > 0)
        fprintf(out, ", own-address=%.0f",
                human_number(port, "rx_own_address"));
    print_drops(out, port, "drops");
    fprintf(out, "  tx frames=%.0f, bytes=%.0f",
            human_number(port, "tx_frames"), human_number(port, "tx_bytes"));
    print_drops(out, port, "tx_drops");
}

void dump_ports_print(FILE *out, const cJSON *result)
{
    const cJSON *port;

    cJSON_ArrayForEach(port, human_item(result, "ports"))
    {
        print_port(out, port);
    }
}
