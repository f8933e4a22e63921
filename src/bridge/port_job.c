/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_job.h"

#include <string.h>

#include "base/log.h"

static bool address_is_equal(const struct config_address *a,
                             const struct config_address *b)
{
    return a->family == b->family && a->prefix_length == b->prefix_length &&
           !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

struct port_place port_place_of(const struct config_port *config)
{
    return (struct port_place){config->address, config->gateway};
}

bool port_place_is_equal(const struct port_place *a, const struct port_place *b)
{
    return address_is_equal(&a->address, &b->address) &&
           address_is_equal(&a->gateway, &b->gateway);
}

void port_job_make(struct job *job)
{
    struct port_job *j = (struct port_job *)job;

    j->error = j->ops->make(j->ops_context, &j->plan, &j->device);
}

void port_job_open(struct job *job)
{
    struct port_job *j = (struct port_job *)job;

    j->error = j->ops->open(j->ops_context, &j->plan, &j->link, &j->device);
    if (!j->error)
        j->error =
            j->ops->open_queues(j->ops_context, &j->plan, &j->link, &j->device);
    if (!j->error)
        j->ops->speed(j->ops_context, j->link.name, &j->speed);
}

void port_job_reopen(struct job *job)
{
    struct port_job *j = (struct port_job *)job;

    j->ops->close_queues(j->ops_context, &j->plan, &j->device);
    j->error =
        j->ops->open_queues(j->ops_context, &j->plan, &j->link, &j->device);
}

/* Gives a device of ours its MAC, address and gateway. */
static void adjust_address(struct port_job *j)
{
    struct port_place place = port_place_of(&j->config);
    struct device_plan old = j->plan;
    int err;

    old.address = &j->old_place.address;
    old.gateway = &j->old_place.gateway;
    if (!port_place_is_equal(&place, &j->old_place))
        j->ops->unaddress(j->ops_context, &old, &j->link);
    err = j->ops->open(j->ops_context, &j->plan, &j->link, &j->device);
    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", j->config.name,
                  "address", strerror(-err));
}

void port_job_adjust(struct job *job)
{
    struct port_job *j = (struct port_job *)job;

    if (j->changes & DEVICE_CHANGE_SHIELD)
        j->ops->shield(j->ops_context, &j->plan, &j->device);
    if (j->changes & DEVICE_CHANGE_QUEUES)
        j->ops->set_queues(j->ops_context, &j->plan, &j->link, &j->device);
    if (j->changes & DEVICE_CHANGE_ADDRESS)
        adjust_address(j);
    if (j->changes & DEVICE_CHANGE_HOLDER && j->ops->adopt)
        j->ops->adopt(j->ops_context, &j->plan, &j->device);
    if (j->changes & DEVICE_CHANGE_SPEED && !j->link.netns)
        j->ops->speed(j->ops_context, j->link.name, &j->speed);
}

/* The host's earlier interface is the host's again, and up. */
static void set_up(struct port_job *j)
{
    int err = j->ops->set_up(j->ops_context, &j->link, true);

    if (err)
        log_error("port.failed", "port=%s what=%s error=%s", j->config.name,
                  "set up", strerror(-err));
    else
        log_info("port.restored", "port=%s effect=%s", j->config.name,
                 "set up again, because a controller had set it down");
}

void port_job_close(struct job *job)
{
    struct port_job *j = (struct port_job *)job;

    j->ops->close_queues(j->ops_context, &j->plan, &j->device);
    j->ops->close(j->ops_context, &j->plan, &j->link, &j->device);
    if (j->sets_up)
        set_up(j);
    if (j->unmakes)
        j->ops->unmake(j->ops_context, &j->plan, &j->device);
}
