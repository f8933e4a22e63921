/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl_call.h"

#include <assert.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "client/answer.h"
#include "client/format.h"

static int print_error(FILE *err, const char *text)
{
    fputs("flowbridge: ", err);
    format_write(err, text);
    putc('\n', err);
    return 1;
}

static int print_refusal(FILE *err, const cJSON *answer)
{
    const cJSON *fault;

    cJSON_ArrayForEach(fault, answer_item(answer, "faults"))
    {
        const cJSON *text = answer_item(fault, "text");

        if (!cJSON_IsString(text))
            continue;
        format_write(err, text->valuestring);
        putc('\n', err);
    }
    return print_error(err, answer_text(answer, "error"));
}

/* Removes all items of 'list' but the named ones; returns how many are left. */
static int keep_named(const struct ctl_call *c, cJSON *list, const char *name)
{
    cJSON *item = list ? list->child : NULL;

    while (item) {
        cJSON *next = item->next;

        if (!c->is_named(item, name))
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

/* Prints to memory first, so that all of it passes format_write. */
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
    format_write(out, text);
    free(text);
    return 0;
}

int ctl_call_run(const struct ctl_call *c, const struct dial_peer *peer,
                 const char *name, bool is_json, FILE *out, FILE *err)
{
    cJSON *request = cJSON_CreateObject(), *answer = NULL, *result;
    char error[1024 + 4096] = "out of memory";
    int status;

    assert(c->print && c->wait_ms > 0 && !c->list == !c->is_named);
    if (cJSON_AddStringToObject(request, "command", c->command) &&
        (!c->argument_key || !name ||
         cJSON_AddStringToObject(request, c->argument_key, name)))
        answer =
            ctl_client_ask(peer, request, c->wait_ms, error, sizeof(error));
    cJSON_Delete(request);
    if (!answer)
        return print_error(err, error);

    result = cJSON_GetObjectItemCaseSensitive(answer, "result");
    if (!cJSON_IsTrue(answer_item(answer, "ok"))) {
        status = print_refusal(err, answer);
    } else if (name && c->list &&
               keep_named(c, cJSON_GetObjectItemCaseSensitive(result, c->list),
                          name) == 0) {
        snprintf(error, sizeof(error),
                 "%s: the switch has nothing of this name; see flowbridge show",
                 name);
        status = print_error(err, error);
    } else if (is_json) {
        status = print_json(out, err, result);
    } else {
        status = print_text(out, err, c->print, result);
    }
    cJSON_Delete(answer);
    return status;
}
