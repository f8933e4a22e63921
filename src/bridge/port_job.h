/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on the device of one port: make, open, adjust, close.  The kernel
 * can make each of them wait, so they are jobs for helper threads, with copies
 * of all that they use.
 *
 * port_machine.c decides when one is due.
 */
#ifndef BRIDGE_PORT_JOB_H
#define BRIDGE_PORT_JOB_H

#include "base/job_pool.h"
#include "bridge/devices.h"

/* The parts of an open device that are to be adjusted. */
enum device_change {
    DEVICE_CHANGE_SHIELD = 1 << 0,
    DEVICE_CHANGE_QUEUES = 1 << 1,
    DEVICE_CHANGE_ADDRESS = 1 << 2, /* and MAC */
    DEVICE_CHANGE_SPEED = 1 << 3,   /* is to be read again */
    DEVICE_CHANGE_HOLDER = 1 << 4,  /* of a guest's TAP, and its queues */
};

/* The address and gateway of a device; family 0: none. */
struct port_place {
    struct config_address address, gateway;
};

struct port_job {
    struct job job; /* the first member */
    const struct device_ops *ops;
    void *ops_context;
    struct device_plan plan; /* its pointers are into 'config' and below */
    struct config_port config;
    struct port_place old_place; /* in force before */
    unsigned int changes;        /* enum device_change */
    bool sets_up;                /* a device taken down, as it is closed */
    bool unmakes;                /* the device, as it is closed */
    /* The results. */
    struct link link;
    struct device device;
    struct link_speed speed;
    int error; /* 0 or -errno */
};

/* The 'work' of a job.  port_job_close and port_job_reopen: workers have let go
 * of the queues. */
void port_job_make(struct job *job);
void port_job_open(struct job *job);
void port_job_reopen(struct job *job);
void port_job_adjust(struct job *job);
void port_job_close(struct job *job);

struct port_place port_place_of(const struct config_port *config);
bool port_place_is_equal(const struct port_place *a,
                         const struct port_place *b);

#endif
