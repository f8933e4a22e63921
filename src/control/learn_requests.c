/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/learn_requests.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/thread_role.h"
#include "table/flow_learn.h"

enum { SAY_EVERY_MS = 10000 };

/* A full table would fail for every frame: said now and then. */
static void say_why(struct of_switch *s, const struct flow_mod *mod,
                    const char *why, int64_t now_ms)
{
    struct learn_counts *c = &s->learn_counts;

    if (c->said_ms && now_ms - c->said_ms < SAY_EVERY_MS)
        return;
    c->said_ms = now_ms;
    log_warning("flow.not_learned",
                "table=%u cookie=0x%" PRIx64 " reason=\"%s\" count=%" PRIu64,
                mod->table, mod->cookie, why, c->failed);
}

void learn_requests_take(struct of_switch *s,
                         const struct learn_request *request, int64_t now_ms)
{
    struct flow_tables *tables = datapath_tables(s->datapath);
    struct learn_counts *c = &s->learn_counts;
    struct learn_head head;
    struct learned learned;
    enum flow_learn_news news;
    enum flow_error error;

    assert_main_thread();
    /* The action may be gone: the next frame shows whether it is. */
    if (request->epoch != flow_tables_epoch(tables))
        return;
    learn_head_of(learn_request_action(request), &head);
    learn_from(learn_request_action(request), &request->key, &learned);
    learned.mod.flags |= FLOW_MOD_LEARNED;
    error = flow_learn(tables, &learned.mod, head.limit, now_ms, &news);
    if (error || news == LEARN_LIMITED) {
        c->failed++;
        say_why(s, &learned.mod,
                error ? flow_error_text(error)
                      : "the limit of the learn action is reached",
                now_ms);
    } else if (news == LEARN_NEW) {
        c->made++;
    } else if (news == LEARN_CHANGED) {
        c->changed++;
    }
}
