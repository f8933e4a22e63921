#include "bridge/reload.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "bridge/config_faults.h"

struct difference {
    cJSON *changes, *restart;
    unsigned int count;
};

void reload_log_faults(const struct config_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        log_error("config.fault", "fault=%s", faults->list[i].text);
    for (size_t i = 0; i < faults->note_count; i++)
        log_warning("config.note", "note=%s", faults->notes[i].text);
}

void reload_apply_log(const struct config *c)
{
    int err;

    log_set_levels(c->log.level);
    log_set_format(c->log.is_json ? LOG_JSON : LOG_LOGFMT);
    err = log_open(c->log.file);
    if (err)
        log_error("log.failed", "file=%s error=%s", c->log.file,
                  strerror(-err));
}

static void note_difference(void *context, const char *line, bool needs_restart)
{
    struct difference *d = context;

    d->count++;
    log_info("reload.changed", "change=%s restart=%s", line,
             needs_restart ? "needed" : "no");
    json_append(needs_restart ? d->restart : d->changes,
                cJSON_CreateString(line));
}

static struct config *read_anew(const struct bridge *b,
                                struct config_faults *faults)
{
    struct config *c = config_read(bridge_config(b)->path, faults);

    if (c && config_check_host(c, faults)) {
        config_free(c);
        return NULL;
    }
    return c;
}

bool reload_bridge(struct bridge *b, int64_t now_ms, cJSON *faults,
                   cJSON *changes, cJSON *restart)
{
    struct config_faults found = {0};
    struct difference d = {.changes = changes, .restart = restart};
    struct config *c = read_anew(b, &found);

    if (!c) {
        reload_log_faults(&found);
        log_error("reload.refused", "faults=%zu effect=%s", found.count,
                  "the configuration before stays in force");
        config_faults_to_json(found.list, found.count, faults);
        log_open(bridge_config(b)->log.file);
        config_faults_clear(&found);
        return false;
    }
    reload_log_faults(&found); /* notes */
    config_faults_clear(&found);
    config_diff(bridge_config(b), c, note_difference, &d);
    bridge_reload(b, c, now_ms);
    reload_apply_log(bridge_config(b));
    log_info("reload.done", "changes=%u", d.count);
    return true;
}

int reload_reopen_log(const struct bridge *b)
{
    int err = log_reopen();

    if (err)
        log_error("log.failed", "file=%s error=%s", bridge_config(b)->log.file,
                  strerror(-err));
    return err;
}
