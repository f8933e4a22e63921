/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/question.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "client/human.h"

static int print_error(FILE *err, const char *text)
{
    fputs("flowbridge: ", err);
    human_write(err, text);
    putc('\n', err);
    return 1;
}

static int print_refusal(FILE *err, const cJSON *answer)
{
    const cJSON *fault;

    cJSON_ArrayForEach(fault, human_item(answer, "faults"))
    {
        const cJSON *text = human_item(fault, "text");

        if (!cJSON_IsString(text))
            continue;
        human_write(err, text->valuestring);
        putc('\n', err);
    }
    return print_error(err, human_text(answer, "error"));
}

/* Leaves in 'list' what is named; returns how many items that are. */
static int keep_named(const struct question *q, cJSON *list, const char *name)
{
    cJSON *item = list ? list->child : NULL;

    while (item) {
        cJSON *next = item->next;

        if (!q->is_named(item, name))
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        item = next;
    }
    return cJSON_GetArraySize(list);
}

static int print_json(FILE *out, FILE *err, const cJSON *result)
{
    char *text = cJSON_PrintUnformatted(result);

    if (!text)
        return print_error(err, "out of memory");
    utf8_write(out, text);
    putc('\n', out);
    cJSON_free(text);
    return 0;
}

/* Printed to memory first, so that all of it goes through human_write. */
static int print_text(FILE *out, FILE *err,
                      void (*print)(FILE *out, const cJSON *result),
                      const cJSON *result)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    if (!memory)
        return print_error(err, "out of memory");
    print(memory, result);
    if (fclose(memory) != 0) {
        free(text);
        return print_error(err, "out of memory");
    }
    human_write(out, text);
    free(text);
    return 0;
}

int question_ask(const struct question *q, const struct dial_peer *peer,
                 const char *name, bool is_json, FILE *out, FILE *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL, *result;
    char error[1024 + 4096] = "out of memory";
    int status;

    if (cJSON_AddStringToObject(request, "command", q->command) &&
        (!q->argument_key || !name ||
         cJSON_AddStringToObject(request, q->argument_key, name)))
        answer =
            ctl_client_ask(peer, request, q->wait_ms, error, sizeof(error));
    cJSON_Delete(request);
    if (!answer)
        return print_error(err, error);

    result = cJSON_GetObjectItemCaseSensitive(answer, "result");
    if (!cJSON_IsTrue(human_item(answer, "ok"))) {
        status = print_refusal(err, answer);
    } else if (name && q->list &&
               keep_named(q, cJSON_GetObjectItemCaseSensitive(result, q->list),
                          name) == 0) {
        snprintf(error, sizeof(error),
                 "%s: the switch has nothing of this name; see flowbridge show",
                 name);
        status = print_error(err, error);
    } else if (is_json) {
        status = print_json(out, err, result);
    } else {
        status = print_text(out, err, q->print, result);
    }
    cJSON_Delete(answer);
    return status;
}
