/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/host_check_tap.h"

#include <errno.h>
#include <string.h>

#include "bridge/guest_port.h"
#include "config/config_check.h"

static const char *what_is_wrong(int err)
{
    switch (err) {
    case -EBUSY:
        return "cannot be set while a guest has the TAP %s open; stop the "
               "guest first, or write the values of the TAP (ip -d link show "
               "%s)";
    case -EEXIST:
        return "cannot be set: another program has created the TAP %s with an "
               "owner, a group or queues that cannot be changed; remove it (ip "
               "link delete %s) or write its values";
    default:
        return NULL;
    }
}

/* The key that asks for something; NULL: its absence does. */
static const char *key_of(const struct config_port *p)
{
    return *p->owner   ? "owner"
           : *p->group ? "group"
           : p->queues ? "queues"
                       : NULL;
}

size_t host_check_taps(const struct config *c, struct config_faults *faults)
{
    char mark[GUEST_MARK_SIZE];
    size_t count = 0;

    guest_port_mark(c->bridge.name, mark);
    for (size_t i = 0; i < c->port_count; i++) {
        const struct config_port *p = &c->ports[i];
        const struct config_subject subject = {CONFIG_PORT, i, key_of(p)};
        struct guest_tap_plan plan;
        const char *what;

        /* An account that is not there is a fault of its own. */
        if (p->type != PORT_TAP || guest_port_plan(p, mark, &plan))
            continue;
        what = what_is_wrong(guest_tap_check(p->name, &plan));
        if (!what)
            continue;
        config_check_fault(c, faults, &subject, what, p->name, p->name);
        count++;
    }
    return count;
}
