/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/guest_port.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/user_lookup.h"

enum { LOOK_EVERY_MS = 1000 };

void guest_port_mark(const char *bridge, char mark[GUEST_MARK_SIZE])
{
    snprintf(mark, GUEST_MARK_SIZE, "flowbridge-%.15s", bridge);
}

int guest_port_plan(const struct config_port *c, const char *mark,
                    struct guest_tap_plan *plan)
{
    struct user_lookup owner = {.uid = (uid_t)-1};
    gid_t group = (gid_t)-1;

    if ((c->owner[0] && user_lookup_user(c->owner, &owner)) ||
        (c->group[0] && user_lookup_group(c->group, &group)))
        return -EINVAL;
    *plan = (struct guest_tap_plan){
        .owner = owner.uid,
        .group = group,
        .queues = c->queues,
        .mark = mark,
    };
    return 0;
}

struct look {
    struct guest_leftovers *left;
    const struct config *config;
};

static bool is_port(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->port_count; i++)
        if (c->ports[i].type == PORT_TAP && !strcmp(c->ports[i].name, name))
            return true;
    return false;
}

static void take_away(void *context, const char *name)
{
    const struct look *look = context;
    int err = is_port(look->config, name) ? -ENODEV : guest_tap_remove(name);

    if (!err)
        log_info("tap.removed", "tap=%s effect=%s", name,
                 "it is not a port any more, and its guest has closed it");
    else if (err != -ENODEV)
        look->left->may_be_there = true;
}

void guest_leftovers_tick(struct guest_leftovers *l, const struct config *c,
                          int64_t now_ms)
{
    struct look look = {l, c};

    if (!l->may_be_there || now_ms < l->look_ms)
        return;
    l->look_ms = now_ms + LOOK_EVERY_MS;
    l->may_be_there = false;
    if (guest_tap_each(l->mark, take_away, &look))
        l->may_be_there = true;
}
