/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/check.h"

#include <cjson/cJSON.h>

#include "base/utf8.h"
#include "bridge/host_check.h"
#include "config/config.h"
#include "config/config_faults.h"

static bool print_json(const char *path, const struct config_faults *faults,
                       FILE *out)
{
    cJSON *verdict = cJSON_CreateObject(), *list, *notes;
    char *text = NULL;

    cJSON_AddStringToObject(verdict, "file", path);
    cJSON_AddBoolToObject(verdict, "ok", faults->count == 0);
    list = cJSON_AddArrayToObject(verdict, "faults");
    notes = cJSON_AddArrayToObject(verdict, "notes");
    config_faults_to_json(faults->list, faults->count, list);
    config_faults_to_json(faults->notes, faults->note_count, notes);
    if (list && notes)
        text = cJSON_PrintUnformatted(verdict);
    if (text) {
        utf8_write(out, text);
        putc('\n', out);
    }
    cJSON_free(text);
    cJSON_Delete(verdict);
    return text;
}

int check_run(const char *config_path, bool is_json, FILE *out, FILE *err)
{
    struct config_faults faults = {0};
    struct config *config = config_read(config_path, &faults);
    int status;

    if (config)
        host_check(config, true, &faults);
    status = faults.count > 0 || !config;
    if (is_json) {
        if (!print_json(config_path, &faults, out)) {
            fputs("flowbridge: out of memory\n", err);
            status = 1;
        }
    } else {
        for (size_t i = 0; i < faults.count; i++)
            fprintf(err, "%s\n", faults.list[i].text);
        for (size_t i = 0; i < faults.note_count; i++)
            fprintf(err, "%s\n", faults.notes[i].text);
        if (status == 0)
            fprintf(out, "%s: no fault was found (bridge %s, %zu port%s)\n",
                    config_path, config->bridge.name, config->port_count,
                    config->port_count == 1 ? "" : "s");
    }
    config_free(config);
    config_faults_clear(&faults);
    return status;
}
