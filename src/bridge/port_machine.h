/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The states of a port and the way from one to the next: a table of
 * transitions, the jobs that they begin, and the use of their results.
 *
 * For port_control.c, which notes the news and then lets the port settle.
 */
#ifndef BRIDGE_PORT_MACHINE_H
#define BRIDGE_PORT_MACHINE_H

#include "bridge/bridge_port.h"

static const int64_t port_machine_never_ms = INT64_MAX;

bool port_machine_makes_device(const struct bridge_port *p);

/* Tells the workers the port's present state. */
void port_machine_publish(const struct bridge_port *p);
/* Those that were learned at the port. */
void port_machine_forget_addresses(const struct bridge_port *p);
/* Goes over to the news of the device that the port has. */
void port_machine_follow_news(struct bridge_port *p);

/* Goes on until there is a job, or nothing to do. */
void port_machine_settle(struct bridge_port *p, int64_t now_ms);
/* The 'done' of each job. */
void port_machine_job_ended(struct job *job, int64_t now_ms);

#endif
