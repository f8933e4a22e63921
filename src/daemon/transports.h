/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's services to the bridge for OpenFlow: connections on the event
 * loop, listeners, keys, and the management socket RUN-DIR/BRIDGE.mgmt.
 *
 * A listener that cannot be opened, as its address is in use or missing yet, is
 * tried again, ever more seldom, up to RETRY_STEPS_MAX times the first wait.
 */
#ifndef DAEMON_TRANSPORTS_H
#define DAEMON_TRANSPORTS_H

#include <sys/types.h>

#include "bridge/bridge.h"
#include "control/listener.h"

struct transports;

enum { RETRY_STEPS_MAX = 8 };

struct transports_options {
    struct ev_loop *loop;
    const char *management_path;
    uid_t uid; /* whose sockets become: -1: ours */
    gid_t gid;
    struct listener_owner owner; /* hears of peers that come */
    double retry_s; /* until a listener that failed is tried again; 0: 1 */
};

/*
 * Opens the management socket.  Returns 0, or -errno with '*o' NULL and 'error'
 * one line that says what to do.
 */
int transports_open(struct transports **o,
                    const struct transports_options *options, char *error,
                    size_t error_size);
/* No stream may be left. */
void transports_close(struct transports *o);

/* The functions for the bridge. */
struct of_transports transports_of_agent(struct transports *o);

#endif
