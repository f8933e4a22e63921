/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port of the bridge, as it is now: configured, its device there or away,
 * open or not.  Its events go to port_control.h.  Main thread only.
 */
#ifndef BRIDGE_BRIDGE_PORT_H
#define BRIDGE_BRIDGE_PORT_H

#include "base/retire.h"
#include "bridge/port_job.h"
#include "datapath/datapath.h"
#include "flow/port_desc.h"

struct bridge_port;

/* The environment that all ports of a bridge share. */
struct port_environment {
    struct datapath *datapath;
    struct job_pool *jobs;
    const struct device_ops *ops;
    void *ops_context;
    unsigned int rx_ring;
    /* Passes the kernel's news of interfaces to the bridge; may be NULL. */
    void (*follow_links)(void *context);
    void *link_context;
    /* A job of the port has ended; 'has_left': it is closed for good and no
     * part of the datapath, so free it. */
    void (*job_ended)(void *context, struct bridge_port *p, bool has_left,
                      int64_t now_ms);
    void *context;
};

enum port_state {
    PORT_ABSENT,    /* there is no device of its name */
    PORT_MAKING,    /* a job makes it */
    PORT_AWAITED,   /* made, and has not shown itself yet */
    PORT_OPENING,   /* a job opens it */
    PORT_FAILED,    /* there, but it could not be opened */
    PORT_OPEN,      /* frames flow if the link is up */
    PORT_ADJUSTING, /* the same, while a job changes the device */
    PORT_REOPENING, /* a job opens its queues again, the device stays */
    PORT_CLOSING,   /* a job closes the lost device */
    PORT_LEAVING,   /* a job closes it for good */
    PORT_LEFT,
};

struct bridge_port {
    struct config_port config;
    unsigned int index;       /* in the datapath */
    uint32_t number;          /* OpenFlow's */
    uint8_t mac[6];           /* wanted of LOCAL and internal ports */
    struct port_place place;  /* in force, of 'config' */
    struct htb_queue *queues; /* 'queue_count', owned */
    size_t queue_count;
    uint32_t of_config; /* enum port_config_bits but DOWN: that is 'link' */
    bool is_taken_down; /* by a controller, and nobody set it up since */
    enum port_state state;
    bool is_present;        /* as others see it; 'link' is of a device */
    bool is_open;           /* the datapath has its queues */
    bool is_blocked;        /* another of its name is still on its way out */
    bool is_leaving;        /* to be closed for good */
    bool awaits_up;         /* we set it up; news to the contrary is older */
    bool saw_up;            /* since it began to open */
    bool is_outdated;       /* 'news' came since 'link' was taken from them */
    bool has_come_and_gone; /* since it began to be made */
    struct link news;       /* the latest; ifindex 0: it is not there */
    struct link link;       /* as the port follows it; ifindex 0: none */
    bool told_up, told_admin_up; /* of the link, in the log */
    struct link_speed speed;
    struct device device;
    unsigned int changes;           /* enum device_change, not yet in force */
    struct port_counters *counters; /* one a worker */
    uint64_t missed;                /* by queues that are closed */
    bool has_stalled; /* a queue gets nothing any more, and is to be reopened */
    /* The MTU that was set last, the MTU that the kernel refused, the MTU of
     * the last warning that frames were too large, and their count; see
     * mtu_follow.h. */
    uint32_t mtu_asked, mtu_refused, oversize_mtu;
    uint64_t oversize;
    int64_t moved_ms; /* when its device came to where it is, and when to */
    int64_t look_ms;  /* look there again; see moved_port.h */
    int64_t own_address_ms; /* when it was said that the host's came in here */
    int64_t retry_ms;       /* when to try a failed job again */
    int last_error;         /* said in the log already */
    struct port_job job;    /* while 'state' says so the pool has it */
    struct retired retired; /* until workers have let go of closed queues */
    struct htb_queue *job_queues; /* freed when the job has ended */
    struct port_environment *environment;
    struct bridge_port *next; /* in a list of its owner */
};

/* The bits that controllers see; a port is DOWN when its interface is, whoever
 * set it so. */
uint32_t bridge_port_of_config(const struct bridge_port *p);

/* Frames that the kernel dropped before we saw them, since the port is there.
 */
uint64_t bridge_port_missed(const struct bridge_port *p);

/* Whether a queue of it gets no frames any more (port/queue.h), since this was
 * last asked. */
bool bridge_port_has_stalled(const struct bridge_port *p);

/* True for LOCAL and internal ports: the host itself is behind it. */
bool bridge_port_is_of_host(const struct bridge_port *p);
/* Whether it is the port's name, which is the one in the configuration, or
 * another name of the interface that it has. */
bool bridge_port_has_name(const struct bridge_port *p, const char *name);
/* The port's name for controllers: its own, or the interface's if that is too
 * long for OpenFlow. */
const char *bridge_port_openflow_name(const struct bridge_port *p);

/* Whether its interface is there and is not taken (bridge/admission.h). */
bool bridge_port_is_refused(const struct bridge_port *p);

/* A job of the port is under way: its device is the job's. */
bool bridge_port_has_job(const struct bridge_port *p);
/* Whether nothing of it is under way, neither a job nor a device to come. */
bool bridge_port_is_settled(const struct bridge_port *p);

/* "up", "down", "absent" or "refused". */
const char *bridge_port_link_word(const struct bridge_port *p);
/* "on", "off" or "failed". */
const char *bridge_port_shield_word(const struct bridge_port *p);

#endif
