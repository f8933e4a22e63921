#include "client/ports.h"

#include <string.h>
#include <strings.h>

enum { OFPORT_LOCAL = 65534 }; /* as OpenFlow 1.0 and all its tools write it */

const char *ports_number(char text[TEXT_SIZE], const cJSON *port)
{
    double number = text_number(port, "ofport");

    if (number == OFPORT_LOCAL)
        return "LOCAL";
    snprintf(text, TEXT_SIZE, "%.0f", number);
    return text;
}

bool ports_is_named(const cJSON *port, const char *text)
{
    char number[TEXT_SIZE];

    return !strcmp(text_of(port, "name"), text) ||
           !strcasecmp(ports_number(number, port), text);
}

double ports_sum(const cJSON *port, const char *key)
{
    const cJSON *counter;
    double sum = 0;

    cJSON_ArrayForEach(counter, text_item(port, key))
    {
        sum += cJSON_IsNumber(counter) ? counter->valuedouble : 0;
    }
    return sum;
}
