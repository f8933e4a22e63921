/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port's operations on the machine: they make its device if it is one of
 * ours, open its queues, and keep the host's own stack away from it.
 *
 * A table of functions, because the simulation has devices of its own; the real
 * ones are devices_real.  All but 'set_up' are called on any thread, for one
 * device by one at a time.
 */
#ifndef BRIDGE_DEVICES_H
#define BRIDGE_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "bridge/admission.h"
#include "config/config.h"
#include "datapath/ports.h"
#include "offload/fast_path.h"
#include "port/htb.h"
#include "port/link.h"

enum shield_state { SHIELD_OFF, SHIELD_ON, SHIELD_FAILED };

/* The device of one port; all zero before 'make'. */
struct device {
    bool is_made;    /* by us: to be taken away when the switch stops */
    int adopt_error; /* the last one that was said */
    bool is_quiet;
    int address_mode; /* of IPv6 before we made it quiet */
    enum shield_state shield;
    struct admission_said said;     /* of the interface, before it is opened */
    char interface[LINK_NAME_SIZE]; /* while it is open: that of the shield */
    bool has_queues;                /* of the kernel's, for OpenFlow's queues */
    int program_fd; /* of the kernel's program at its ingress; 0: none */
    int program_ifindex;
    struct port_queue *queues[WORKERS_MAX];
};

/* The plan for opening a port. */
struct device_plan {
    const struct config_port *config;
    unsigned int index; /* of the port in the datapath */
    unsigned int workers, rx_ring;
    bool stays_down; /* opened, but not set up */
    /* LOCAL and internal ports only. */
    uint8_t mac[6];
    const struct config_address *address, *gateway; /* NULL or family 0: none */
    const struct htb_queue *queues; /* 'queue_count'; not of LOCAL, internal */
    size_t queue_count;
};

struct device_ops {
    /* Makes the device if it is of a type that we make and is not there yet.
     * Returns 0 or -errno. */
    int (*make)(void *context, const struct device_plan *plan,
                struct device *d);
    /* Makes the device ready and sets it up, unless it stays down; 'link' says
     * that it is there and gets the changes.  Returns 0 or -errno. */
    int (*open)(void *context, const struct device_plan *plan,
                struct link *link, struct device *d);
    /* The queues of an open device that has none yet.  Returns 0, or -errno and
     * none is open. */
    int (*open_queues)(void *context, const struct device_plan *plan,
                       const struct link *link, struct device *d);
    /* Closes them before 'close'; workers have let go of them. */
    void (*close_queues)(void *context, const struct device_plan *plan,
                         struct device *d);
    /* Closes everything that 'open' opened, or began to open. */
    void (*close)(void *context, const struct device_plan *plan,
                  const struct link *link, struct device *d);
    /* Takes the address and gateway of LOCAL away again. */
    void (*unaddress)(void *context, const struct device_plan *plan,
                      const struct link *link);
    /* Takes away a device that 'make' made. */
    void (*unmake)(void *context, const struct device_plan *plan,
                   struct device *d);
    /* Raises or lowers the shield of an open port as the plan says. */
    void (*shield)(void *context, const struct device_plan *plan,
                   struct device *d);
    /* Makes the plan's queues those of an open port, in place of others. */
    void (*set_queues)(void *context, const struct device_plan *plan,
                       const struct link *link, struct device *d);
    /* Puts owner, group and queues of an open guest's TAP in force, as 'open'
     * does.  Returns 0, or -errno: it is gone, and must be made again.  May be
     * NULL: they are in force. */
    int (*adopt)(void *context, const struct device_plan *plan,
                 struct device *d);
    /* Where the device of LOCAL or of an internal port is now, maybe in another
     * network namespace.  Returns 0, or -errno: it is gone.  May be NULL: a
     * device that is not here is gone. */
    int (*find)(void *context, const struct device *d, struct link *link);
    /* Sets its MTU.  Returns 0 or -errno.  May be NULL: that cannot be done. */
    int (*set_mtu)(void *context, const struct link *link, uint32_t mtu);
    /* Sets the interface up or down.  Returns 0 or -errno. */
    int (*set_up)(void *context, const struct link *link, bool is_up);
    /* Speed and duplex; zero where they are not known. */
    void (*speed)(void *context, const char *name, struct link_speed *speed);
};

/* The machine's own; 'context' is a struct devices. */
extern const struct device_ops devices_real;

struct devices;

/* 'bridge' names the shield's table; others see 'owner' at its ports
 * (bridge/identity.h); 'fast_path' (NULL: none) is borrowed.  NULL if out of
 * memory; a shield that cannot be raised is logged and remembered. */
struct devices *devices_create(const char *bridge, uint32_t owner,
                               struct fast_path *fast_path);
/* The rules that admit its ports. */
const struct admission *devices_admission(const struct devices *d);
/* The switch ends: the shields go all at once, with devices_free. */
void devices_end(struct devices *d);
/* Takes away TAPs that were made for ports that are no more, once their guests
 * let go; 'c' is the configuration in force.  Call it a few times a second. */
void devices_tick(struct devices *d, const struct config *c, int64_t now_ms);
/* Takes all shields away. */
void devices_free(struct devices *d);

#endif
