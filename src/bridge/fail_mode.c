/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/fail_mode.h"

#include "base/log.h"

enum { COUNTDOWN_EVERY_MS = 30000 };

/* The situation that a view shows. */
enum situation {
    NONE_OPEN,   /* no controller configured, standalone */
    NONE_CLOSED, /* no controller configured, secure */
    ACCEPTED,
    LOST_OPEN,   /* standalone, not yet for long */
    LOST_LONG,   /* standalone, for as long as it waits */
    LOST_CLOSED, /* secure */
    SITUATION_COUNT
};

/* Flags of the entries that say NORMAL while the switch stands alone. */
#define FALLBACK (FLOW_MOD_HIDDEN | FLOW_MOD_LAST)

static unsigned int wait_s(const struct fail_mode_view *v)
{
    return v->max_probe_s ? FAIL_MODE_PROBES * v->max_probe_s
                          : FAIL_MODE_AFTER_S;
}

static enum situation situation_of(const struct fail_mode_view *v,
                                   int64_t now_ms)
{
    bool is_open = v->mode == FAIL_STANDALONE;

    if (!v->has_controllers)
        return is_open ? NONE_OPEN : NONE_CLOSED;
    if (v->is_accepted)
        return ACCEPTED;
    if (!is_open)
        return LOST_CLOSED;
    return now_ms - v->accepted_ms >= (int64_t)wait_s(v) * 1000 ? LOST_LONG
                                                                : LOST_OPEN;
}

/* An entry that says NORMAL.  It is the operator's, so how many entries a
 * controller has told the table to take does not keep it out. */
static enum flow_error change_normal_of(struct flow_tables *tables,
                                        uint8_t table,
                                        enum flow_mod_command command,
                                        uint16_t flags, int64_t now_ms)
{
    struct flow_action normal = {.type = ACTION_OUTPUT, .port = PORT_NO_NORMAL};
    struct flow_mod mod = flow_mod_empty();

    mod.command = command;
    mod.table = table;
    mod.priority = 0;
    mod.flags = flags | FLOW_MOD_UNLIMITED;
    mod.instructions.has_apply = true;
    mod.instructions.apply_count = 1;
    mod.instructions.cells = &normal; /* borrowed: not to be cleared */
    return flow_tables_apply(tables, &mod, now_ms);
}

/* With FALLBACK hidden ones in all tables, for the operator's entries may lead
 * anywhere; without it one for all to see in the first. */
static void change_normal(struct fail_mode_machine *f,
                          enum flow_mod_command command, uint16_t flags,
                          int64_t now_ms)
{
    struct flow_tables *tables = datapath_tables(f->datapath);
    unsigned int count = flags == FALLBACK ? FLOW_TABLES : 1;
    enum flow_error error = FLOW_OK;

    for (unsigned int i = 0; i < count && !error; i++)
        error = change_normal_of(tables, (uint8_t)i, command, flags, now_ms);
    if (error)
        log_error("bridge.failed", "what=%s error=%s", "NORMAL entry",
                  flow_error_text(error));
}

static void take_visible_normal(struct fail_mode_machine *f, int64_t now_ms)
{
    if (f->has_normal)
        change_normal(f, FLOW_MOD_DELETE_STRICT, 0, now_ms);
    f->has_normal = false;
}

/* Groups and meters first: workers keep no verdict that used one. */
static size_t flush(struct fail_mode_machine *f, int64_t now_ms)
{
    size_t gone = group_table_flush(datapath_groups(f->datapath)) +
                  meter_table_flush(datapath_meters(f->datapath));

    if (gone)
        flow_tables_bump(datapath_tables(f->datapath));
    f->has_normal = false;
    return flow_tables_flush(datapath_tables(f->datapath), f->flows.keeps,
                             f->flows.context, now_ms);
}

static void restore(struct fail_mode_machine *f, bool is_alone, int64_t now_ms)
{
    if (f->flows.restore)
        f->flows.restore(f->flows.context, is_alone, now_ms);
}

/* The action of a transition. */
typedef void act(struct fail_mode_machine *f, const struct fail_mode_view *v,
                 int64_t now_ms);

static void open_up(struct fail_mode_machine *f, const struct fail_mode_view *v,
                    int64_t now_ms)
{
    (void)v;
    change_normal(f, FLOW_MOD_ADD, 0, now_ms);
    f->has_normal = true;
}

static void close_up(struct fail_mode_machine *f,
                     const struct fail_mode_view *v, int64_t now_ms)
{
    (void)v;
    take_visible_normal(f, now_ms);
}

/* Entries of controllers that are no more would stay for ever. */
static void release_open(struct fail_mode_machine *f,
                         const struct fail_mode_view *v, int64_t now_ms)
{
    change_normal(f, FLOW_MOD_DELETE_STRICT, FALLBACK, now_ms);
    flush(f, now_ms);
    restore(f, false, now_ms);
    open_up(f, v, now_ms);
}

static void release_closed(struct fail_mode_machine *f,
                           const struct fail_mode_view *v, int64_t now_ms)
{
    (void)v;
    change_normal(f, FLOW_MOD_DELETE_STRICT, FALLBACK, now_ms);
    flush(f, now_ms);
    restore(f, false, now_ms);
}

static void count_down(struct fail_mode_machine *f,
                       const struct fail_mode_view *v, int64_t now_ms)
{
    int64_t passed_ms = now_ms - v->accepted_ms;

    /* One that comes and goes is no news; the end of it is said anyway. */
    if (f->said_ms && now_ms - f->said_ms < COUNTDOWN_EVERY_MS)
        return;
    f->said_ms = now_ms;
    log_warning("failmode.countdown", "mode=%s in_s=%lld flows=%zu",
                config_fail_mode_word(FAIL_STANDALONE),
                (long long)((int64_t)wait_s(v) - passed_ms / 1000),
                flow_tables_total(datapath_tables(f->datapath)));
}

static void log_entered(enum fail_mode mode, unsigned int after_s,
                        size_t removed)
{
    log_warning("failmode.entered", "mode=%s after_s=%u flows_removed=%zu",
                config_fail_mode_word(mode), after_s, removed);
}

static void stand_alone(struct fail_mode_machine *f,
                        const struct fail_mode_view *v, int64_t now_ms)
{
    size_t removed = flush(f, now_ms);

    change_normal(f, FLOW_MOD_ADD, FALLBACK, now_ms);
    restore(f, true, now_ms);
    f->since_ms = now_ms;
    log_entered(FAIL_STANDALONE, wait_s(v), removed);
}

static void cut_off(struct fail_mode_machine *f, const struct fail_mode_view *v,
                    int64_t now_ms)
{
    (void)v;
    take_visible_normal(f, now_ms);
    f->since_ms = now_ms;
    log_entered(FAIL_SECURE, 0, 0);
}

/* From standalone to secure while there is no controller. */
static void close_alone(struct fail_mode_machine *f,
                        const struct fail_mode_view *v, int64_t now_ms)
{
    change_normal(f, FLOW_MOD_DELETE_STRICT, FALLBACK, now_ms);
    cut_off(f, v, now_ms);
}

static void be_controlled(struct fail_mode_machine *f,
                          const struct fail_mode_view *v, int64_t now_ms)
{
    (void)v;
    take_visible_normal(f, now_ms);
}

/* Leaves the table as it is, but for the operator's entries: the controller
 * changes it as it likes. */
static void come_back(struct fail_mode_machine *f,
                      const struct fail_mode_view *v, int64_t now_ms)
{
    change_normal(f, FLOW_MOD_DELETE_STRICT, FALLBACK, now_ms);
    take_visible_normal(f, now_ms);
    if (f->state == FAIL_MODE_ALONE)
        restore(f, false, now_ms);
    log_info("failmode.left", "mode=%s after_s=%lld",
             config_fail_mode_word(v->mode),
             (long long)((now_ms - f->since_ms) / 1000));
}

/* A row with no function: the state stays. */
static const struct transition {
    act *act;
    enum fail_mode_state next;
} transitions[FAIL_MODE_STATES][SITUATION_COUNT] = {
    [FAIL_MODE_START] = {[NONE_OPEN] = {open_up, FAIL_MODE_OPEN},
                         [NONE_CLOSED] = {close_up, FAIL_MODE_CLOSED},
                         [ACCEPTED] = {be_controlled, FAIL_MODE_CONTROLLED},
                         [LOST_OPEN] = {count_down, FAIL_MODE_COUNTDOWN},
                         [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE},
                         [LOST_CLOSED] = {cut_off, FAIL_MODE_CUT_OFF}},
    /* A controller was added: frames flow as before until it answers. */
    [FAIL_MODE_OPEN] = {[NONE_CLOSED] = {close_up, FAIL_MODE_CLOSED},
                        [ACCEPTED] = {be_controlled, FAIL_MODE_CONTROLLED},
                        [LOST_OPEN] = {count_down, FAIL_MODE_COUNTDOWN},
                        [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE},
                        [LOST_CLOSED] = {cut_off, FAIL_MODE_CUT_OFF}},
    [FAIL_MODE_CLOSED] = {[NONE_OPEN] = {open_up, FAIL_MODE_OPEN},
                          [ACCEPTED] = {be_controlled, FAIL_MODE_CONTROLLED},
                          [LOST_OPEN] = {count_down, FAIL_MODE_COUNTDOWN},
                          [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE},
                          [LOST_CLOSED] = {cut_off, FAIL_MODE_CUT_OFF}},
    [FAIL_MODE_CONTROLLED] = {[NONE_OPEN] = {release_open, FAIL_MODE_OPEN},
                              [NONE_CLOSED] = {release_closed,
                                               FAIL_MODE_CLOSED},
                              [LOST_OPEN] = {count_down, FAIL_MODE_COUNTDOWN},
                              [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE},
                              [LOST_CLOSED] = {cut_off, FAIL_MODE_CUT_OFF}},
    [FAIL_MODE_COUNTDOWN] = {[NONE_OPEN] = {release_open, FAIL_MODE_OPEN},
                             [NONE_CLOSED] = {release_closed, FAIL_MODE_CLOSED},
                             [ACCEPTED] = {be_controlled, FAIL_MODE_CONTROLLED},
                             [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE},
                             [LOST_CLOSED] = {cut_off, FAIL_MODE_CUT_OFF}},
    [FAIL_MODE_ALONE] = {[NONE_OPEN] = {release_open, FAIL_MODE_OPEN},
                         [NONE_CLOSED] = {release_closed, FAIL_MODE_CLOSED},
                         [ACCEPTED] = {come_back, FAIL_MODE_CONTROLLED},
                         [LOST_CLOSED] = {close_alone, FAIL_MODE_CUT_OFF}},
    [FAIL_MODE_CUT_OFF] = {[NONE_OPEN] = {release_open, FAIL_MODE_OPEN},
                           [NONE_CLOSED] = {release_closed, FAIL_MODE_CLOSED},
                           [ACCEPTED] = {come_back, FAIL_MODE_CONTROLLED},
                           [LOST_OPEN] = {count_down, FAIL_MODE_COUNTDOWN},
                           [LOST_LONG] = {stand_alone, FAIL_MODE_ALONE}},
};

void fail_mode_update(struct fail_mode_machine *f,
                      const struct fail_mode_view *v, int64_t now_ms)
{
    const struct transition *t =
        &transitions[f->state][situation_of(v, now_ms)];

    if (!t->act)
        return;
    t->act(f, v, now_ms);
    f->state = t->next;
}

void fail_mode_resume(struct fail_mode_machine *f, int64_t now_ms)
{
    if (f->state != FAIL_MODE_COUNTDOWN)
        return;
    change_normal(f, FLOW_MOD_ADD, FALLBACK, now_ms);
    f->since_ms = now_ms;
    f->state = FAIL_MODE_ALONE;
    log_entered(FAIL_STANDALONE, 0, 0);
}

bool fail_mode_is_waiting(const struct fail_mode_machine *f)
{
    return f->state == FAIL_MODE_COUNTDOWN || f->state == FAIL_MODE_ALONE;
}

bool fail_mode_is_active(const struct fail_mode_machine *f)
{
    return f->state == FAIL_MODE_ALONE || f->state == FAIL_MODE_CUT_OFF;
}
