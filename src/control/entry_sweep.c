#include "control/entry_sweep.h"

#include <stdlib.h>

/* What names an entry in the tables. */
struct name {
    struct flow_match match;
    uint16_t priority, flags;
    uint8_t table;
};

struct sweep {
    entry_sweep_test *test;
    uint32_t id;
    size_t count, room;
    struct name *names;
    bool is_bad;
};

static void note(void *context, struct flow_entry *e)
{
    struct sweep *w = context;
    struct name *n;

    if (!w->test(e, w->id))
        return;
    if (w->count == w->room) {
        size_t room = w->room ? 2 * w->room : 16;
        struct name *names = reallocarray(w->names, room, sizeof(*names));

        if (!names) {
            w->is_bad = true;
            return;
        }
        w->names = names;
        w->room = room;
    }
    n = &w->names[w->count++];
    classifier_match_of(e, &n->match);
    n->priority = e->priority;
    n->flags = e->flags & FLOW_MOD_EXACT;
    n->table = e->table;
}

enum flow_error entry_sweep(struct of_switch *s, entry_sweep_test *test,
                            uint32_t id, enum flow_removed_reason reason)
{
    struct sweep w = {.test = test, .id = id};
    struct flow_mod all = flow_mod_empty();

    all.command = FLOW_MOD_DELETE;
    flow_tables_each(datapath_tables(s->datapath), &all, note, &w);
    s->delete_reason = (uint8_t)reason;
    for (size_t i = 0; i < w.count; i++) {
        struct flow_mod mod = flow_mod_empty();

        mod.command = FLOW_MOD_DELETE_STRICT;
        mod.table = w.names[i].table;
        mod.priority = w.names[i].priority;
        mod.flags = w.names[i].flags;
        mod.match = w.names[i].match;
        flow_tables_apply(datapath_tables(s->datapath), &mod, s->now_ms);
    }
    s->delete_reason = 0;
    free(w.names);
    return w.is_bad ? FLOW_OUT_OF_MEMORY : FLOW_OK;
}
