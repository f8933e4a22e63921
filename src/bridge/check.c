#include "bridge/check.h"

#include <cjson/cJSON.h>

#include "base/json.h"
#include "bridge/config.h"

static bool print_json(const char *path, const struct config_faults *faults,
                       FILE *out)
{
    cJSON *verdict = cJSON_CreateObject(), *list;
    char *text = NULL;

    cJSON_AddStringToObject(verdict, "file", path);
    cJSON_AddBoolToObject(verdict, "ok", faults->count == 0);
    list = cJSON_AddArrayToObject(verdict, "faults");
    for (size_t i = 0; list && i < faults->count; i++)
        json_append(list, cJSON_CreateString(faults->lines[i]));
    if (list)
        text = cJSON_PrintUnformatted(verdict);
    if (text)
        fprintf(out, "%s\n", text);
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
        config_check_host(config, &faults);
    status = faults.count > 0 || !config;
    if (is_json) {
        if (!print_json(config_path, &faults, out)) {
            fputs("flowbridge: out of memory\n", err);
            status = 1;
        }
    } else {
        for (size_t i = 0; i < faults.count; i++)
            fprintf(err, "%s\n", faults.lines[i]);
        if (status == 0)
            fprintf(out, "%s: no fault was found (bridge %s, %zu port%s)\n",
                    config_path, config->bridge.name, config->port_count,
                    config->port_count == 1 ? "" : "s");
    }
    config_free(config);
    config_faults_clear(&faults);
    return status;
}
