/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/reload.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "bridge/host_check.h"
#include "config/config_check.h"
#include "config/config_faults.h"

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

static void note_difference(void *context, const char *line, bool needs_restart)
{
    struct difference *d = context;

    d->count++;
    log_info("reload.changed", "change=%s restart=%s", line,
             needs_restart ? "needed" : "no");
    json_append(needs_restart ? d->restart : d->changes,
                cJSON_CreateString(line));
}

/* The new log file is open when this is true; the old one is closed. */
static bool opens_log(const struct config *c, struct config_faults *faults)
{
    const struct config_subject file = {CONFIG_LOG, 0, "file"};
    int err = log_open(c->log.file);

    if (err)
        config_check_fault(c, faults, &file,
                           "%s cannot be opened: %s; give write permission to "
                           "the user of the switch, or write another path",
                           c->log.file, strerror(-err));
    return !err;
}

static struct config *read_anew(const struct bridge *b,
                                struct config_faults *faults)
{
    struct config *c = config_read(bridge_config(b)->path, faults);

    if (c && (host_check(c, true, faults) || !opens_log(c, faults))) {
        config_free(c);
        return NULL;
    }
    return c;
}

static void refuse(const struct bridge *b, const struct config_faults *found,
                   cJSON *faults)
{
    reload_log_faults(found);
    log_error("reload.refused", "faults=%zu effect=%s", found->count,
              "the previous configuration stays in force");
    config_faults_to_json(found->list, found->count, faults);
    reload_reopen_log(b);
}

/* The file of flows is read again even if its name is the same. */
static void note_flows(const struct flow_load_counts *n, struct difference *d)
{
    char line[256];

    if (!n->added && !n->removed && !n->refused && !n->has_failed)
        return;
    if (n->has_failed)
        snprintf(line, sizeof(line),
                 "[flows] file: cannot be loaded, see the log; the flows stay");
    else
        snprintf(
            line, sizeof(line),
            "[flows] file: %zu added, %zu removed, %zu kept, %zu refused%s",
            n->added, n->removed, n->kept, n->refused,
            n->refused ? " (see the log)" : "");
    note_difference(d, line, false);
}

bool reload_bridge(struct bridge *b, int64_t now_ms, cJSON *faults,
                   cJSON *changes, cJSON *restart)
{
    struct config_faults found = {0};
    struct difference d = {.changes = changes, .restart = restart};
    struct config *c = read_anew(b, &found);
    struct flow_load_counts flows;

    if (!c) {
        refuse(b, &found, faults);
        config_faults_clear(&found);
        return false;
    }
    log_set_levels(c->log.level);
    log_set_format(c->log.is_json ? LOG_JSON : LOG_LOGFMT);
    reload_log_faults(&found); /* notes */
    config_faults_clear(&found);
    config_diff(bridge_config(b), c, note_difference, &d);
    flows = bridge_reload(b, c, now_ms);
    note_flows(&flows, &d);
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
