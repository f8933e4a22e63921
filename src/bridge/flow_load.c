/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/flow_load.h"

#include <string.h>

#include "base/log.h"
#include "bridge/port_set.h"
#include "control/flow_check.h"
#include "flow/port_no.h"
#include "table/flow_table.h"

/* The flags that an entry keeps after it was added. */
#define LASTING_FLAGS                                                          \
    (FLOW_MOD_SEND_FLOW_REM | FLOW_MOD_NO_PACKET_COUNTS |                      \
     FLOW_MOD_NO_BYTE_COUNTS)

struct load {
    struct flow_tables *tables;
    struct flow_check check;
    const char *path;
    const struct flow_file *old, *new;
    bool is_alone; /* the fail mode is in force */
    int64_t now_ms;
    struct flow_load_counts counts;
};

/* A look for the entry that a line has added. */
struct look {
    const struct flow_mod *mod;
    bool is_there; /* as the line says */
};

/* Of two with the same table, priority and match. */
static bool is_as_given(const struct flow_entry *e, const struct flow_mod *m)
{
    return e->cookie == m->cookie && e->idle_timeout_s == m->idle_timeout_s &&
           e->hard_timeout_s == m->hard_timeout_s &&
           e->importance == m->importance &&
           (e->flags & LASTING_FLAGS) == (m->flags & LASTING_FLAGS) &&
           flow_instructions_is_equal(&e->instructions, &m->instructions);
}

static void compare(void *context, struct flow_entry *e)
{
    struct look *look = context;

    look->is_there = is_as_given(e, look->mod);
}

/* Just this entry, whatever is to be done with it. */
static struct flow_mod entry_of(const struct flow_mod *mod)
{
    struct flow_mod entry = flow_mod_empty();

    entry.command = FLOW_MOD_DELETE_STRICT;
    entry.table = mod->table;
    entry.priority = mod->priority;
    entry.match = mod->match;
    return entry;
}

static bool is_there(const struct load *l, const struct flow_mod *mod)
{
    struct flow_mod entry = entry_of(mod);
    struct look look = {.mod = mod};

    flow_tables_each(l->tables, &entry, compare, &look);
    return look.is_there;
}

static void remove_old(struct load *l)
{
    for (size_t i = 0; i < l->old->count; i++) {
        const struct flow_mod *mod = &l->old->lines[i].mod;
        struct flow_mod entry;

        if (mod->command != FLOW_MOD_ADD || flow_file_find(l->new, mod) ||
            !is_there(l, mod))
            continue;
        entry = entry_of(mod);
        if (flow_tables_apply(l->tables, &entry, l->now_ms) == FLOW_OK)
            l->counts.removed++;
    }
}

/* Whether all that the entry does is to send to the controller. */
static bool is_for_controller(const struct flow_instructions *i)
{
    const struct flow_action *a = instructions_apply(i);
    const struct flow_action *end = instructions_apply_end(i);

    if (!i->apply_count || i->write_count || i->has_goto)
        return false;
    for (; a < end; a = action_next(a))
        if (a->type != ACTION_OUTPUT || a->port != PORT_NO_CONTROLLER)
            return false;
    return true;
}

/* Whether it does anything by groups or meters, which the fail mode takes. */
static bool needs_others(const struct flow_instructions *i)
{
    const struct flow_action *end = instructions_end(i);

    return i->has_meter || action_find(i->cells, end, ACTION_GROUP) ||
           action_find(i->cells, end, ACTION_METER);
}

static void carry_out(struct load *l, const struct flow_file_line *line)
{
    enum flow_error error;

    if (l->is_alone && line->mod.command == FLOW_MOD_ADD &&
        is_for_controller(&line->mod.instructions))
        return;
    if (line->mod.command == FLOW_MOD_ADD && is_there(l, &line->mod)) {
        l->counts.kept++;
        return;
    }
    error = flow_check_mod(&l->check, &line->mod);
    if (!error)
        error = flow_tables_apply(l->tables, &line->mod, l->now_ms);
    if (error) {
        log_error("flows.refused", "file=%s line=%d error=%s", l->path,
                  line->line, flow_error_text(error));
        l->counts.refused++;
    } else if (line->mod.command == FLOW_MOD_ADD) {
        l->counts.added++;
    }
}

static void apply(struct load *l)
{
    remove_old(l);
    for (size_t i = 0; i < l->new->count; i++)
        carry_out(l, &l->new->lines[i]);
    log_info("flows.loaded",
             "file=%s added=%zu kept=%zu removed=%zu refused=%zu", l->path,
             l->counts.added, l->counts.kept, l->counts.removed,
             l->counts.refused);
}

/* Entries that do not fit all frames were found when the file was read. */
static struct flow_check check_for(const struct flow_load_target *t)
{
    return (struct flow_check){
        .version = OF10,
        .tables = (uint8_t)t->config->openflow.tables,
        .groups = datapath_groups(t->datapath),
        .meters = datapath_meters(t->datapath),
    };
}

struct flow_load_counts flow_load(const struct flow_load_target *t,
                                  bool is_alone, struct flow_file *loaded,
                                  int64_t now_ms)
{
    const struct text_names names = port_set_names(t->ports);
    struct config_faults faults = {0};
    struct flow_file file = {.lines = NULL};
    struct load l = {
        .tables = datapath_tables(t->datapath),
        .check = check_for(t),
        .path = t->config->flows.file,
        .old = loaded,
        .new = &file,
        .is_alone = is_alone,
        .now_ms = now_ms,
    };
    int result = 0;

    if (*l.path)
        result = flow_file_read(&file, l.path, &names, l.check.tables, &faults);
    if (result) {
        log_error("flows.failed", "file=%s error=%s", l.path,
                  result < 0     ? strerror(-result)
                  : faults.count ? faults.list[0].text
                                 : "it has faults");
        config_faults_clear(&faults);
        flow_file_clear(&file);
        l.counts.has_failed = true;
        return l.counts;
    }
    if (*l.path || loaded->count)
        apply(&l);
    flow_file_clear(loaded);
    *loaded = file;
    return l.counts;
}

bool flow_load_owns(const struct flow_file *loaded, const struct flow_entry *e)
{
    struct flow_mod mod = flow_mod_empty();
    const struct flow_mod *given;

    if (!loaded->count)
        return false;
    mod.table = e->table;
    mod.priority = e->priority;
    classifier_match_of(e, &mod.match);
    given = flow_file_find(loaded, &mod);
    return given && is_as_given(e, given);
}

bool flow_load_keeps(const struct flow_file *loaded, const struct flow_entry *e)
{
    return !is_for_controller(&e->instructions) &&
           !needs_others(&e->instructions) && flow_load_owns(loaded, e);
}

void flow_load_restore(const struct flow_load_target *t, bool is_alone,
                       const struct flow_file *loaded, int64_t now_ms)
{
    struct load l = {
        .tables = datapath_tables(t->datapath),
        .check = check_for(t),
        .path = t->config->flows.file,
        .is_alone = is_alone,
        .now_ms = now_ms,
    };

    for (size_t i = 0; i < loaded->count; i++)
        if (!needs_others(&loaded->lines[i].mod.instructions))
            carry_out(&l, &loaded->lines[i]);
    if (loaded->count)
        log_info("flows.restored", "file=%s added=%zu kept=%zu refused=%zu",
                 l.path, l.counts.added, l.counts.kept, l.counts.refused);
}
