/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks again at the interfaces of open ports when something of the host's has
 * changed: a DHCP client gave one an address, say.  They stay ports, but the
 * log is told.
 */
#ifndef BRIDGE_PORT_REVIEW_H
#define BRIDGE_PORT_REVIEW_H

#include "base/job_pool.h"
#include "bridge/admission.h"
#include "bridge/bridge.h"

struct port_review;

/* NULL if out of memory.  The kernel is asked by one of 'jobs', for its answer
 * may take as long as somebody else makes interfaces. */
struct port_review *port_review_create(const struct admission *a,
                                       struct job_pool *jobs);
/* No job may be left. */
void port_review_free(struct port_review *r);

/* Call every tick; 'changes' counts those of links and addresses. */
void port_review_tick(struct port_review *r, const struct bridge *b,
                      uint64_t changes, int64_t now_ms);

#endif
