/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/port_text.h"

#include <string.h>
#include <strings.h>

#include "client/answer.h"

enum { OFPORT_LOCAL = 65534 }; /* as OpenFlow 1.0 and all its tools write it */

const char *port_text_number(char text[FORMAT_SIZE], const cJSON *port)
{
    double number = answer_number(port, "ofport");

    if (number == OFPORT_LOCAL)
        return "LOCAL";
    snprintf(text, FORMAT_SIZE, "%.0f", number);
    return text;
}

bool port_text_has_name(const cJSON *port, const char *name)
{
    const cJSON *altname;

    if (!strcmp(answer_text(port, "name"), name) ||
        !strcmp(answer_text(port, "interface"), name))
        return true;
    cJSON_ArrayForEach(altname, answer_item(port, "altnames"))
    {
        if (cJSON_IsString(altname) && !strcmp(altname->valuestring, name))
            return true;
    }
    return false;
}

bool port_text_is_named(const cJSON *port, const char *text)
{
    char number[FORMAT_SIZE];

    return port_text_has_name(port, text) ||
           !strcasecmp(port_text_number(number, port), text);
}

double port_text_sum(const cJSON *port, const char *key)
{
    const cJSON *counter;
    double sum = 0;

    cJSON_ArrayForEach(counter, answer_item(port, key))
    {
        sum += cJSON_IsNumber(counter) ? counter->valuedouble : 0;
    }
    return sum;
}
