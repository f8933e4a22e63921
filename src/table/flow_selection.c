/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/flow_selection.h"

#include <assert.h>

#include "base/thread_role.h"

struct selection {
    const struct flow_mod *mod;
    void (*visit)(void *context, struct flow_entry *e);
    void *context;
};

static void visit_if_it_passes(void *context, struct flow_entry *e)
{
    const struct selection *s = context;

    if (flow_entry_passes(e, s->mod))
        s->visit(s->context, e);
}

void flow_selection_each(struct classifier *tables, size_t count,
                         const struct flow_mod *mod,
                         void (*visit)(void *context, struct flow_entry *e),
                         void *context)
{
    struct selection s = {mod, visit, context};
    bool is_strict = mod->command == FLOW_MOD_MODIFY_STRICT ||
                     mod->command == FLOW_MOD_DELETE_STRICT;
    bool is_all = mod->table == FLOW_MOD_TABLE_ALL;
    size_t end = is_all ? count : mod->table + 1u;

    assert(is_all || mod->table < count);
    assert_main_thread();
    for (size_t i = is_all ? 0 : mod->table; i < end; i++) {
        if (!tables[i].count)
            continue;
        if (is_strict) {
            struct flow_entry *e = classifier_find_exact(
                &tables[i], &mod->match, flow_entry_rank(mod));

            if (e)
                visit_if_it_passes(&s, e);
        } else {
            classifier_each(&tables[i], &mod->match, visit_if_it_passes, &s);
        }
    }
}
