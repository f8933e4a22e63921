/*
 * The life of one port: configured, its device there or away, open or not.
 *
 * What happens to the port (its interface comes, changes, goes; the
 * configuration changes) is told here; what follows for the datapath is
 * published from here.
 */
#ifndef BRIDGE_BRIDGE_PORT_H
#define BRIDGE_BRIDGE_PORT_H

#include "bridge/devices.h"
#include "datapath/datapath.h"
#include "flow/port_desc.h"

/* What all ports of a bridge share. */
struct port_surroundings {
    struct datapath *datapath;
    const struct device_ops *ops;
    void *ops_context;
    unsigned int rx_ring;
    /* Tells the bridge what the kernel has said of interfaces by now; may be
     * NULL. */
    void (*follow_links)(void *context);
    void *link_context;
    /* Ports whose interface came wait for bridge_port_open_waiting. */
    bool gathers;
};

struct bridge_port {
    struct config_port config;
    unsigned int index;       /* in the datapath */
    uint32_t number;          /* OpenFlow's */
    uint8_t mac[6];           /* wanted of LOCAL and internal ports */
    struct htb_queue *queues; /* 'queue_count', owned */
    size_t queue_count;
    uint32_t of_config; /* enum port_config_bits but DOWN: that is 'link' */
    bool is_taken_down; /* by a controller, and nobody set it up since */
    bool is_present;    /* 'link' is of a device */
    bool is_open;
    bool awaits_open; /* with others, which were gathered */
    bool awaits_up;   /* we set it up; what says else is older than that */
    bool is_making;   /* the device was made and has not shown itself yet */
    struct link link;
    struct link_speed speed;
    struct device device;
    struct port_counters *counters; /* one a worker */
    uint64_t missed;                /* by queues that are closed */
    /* What its MTU was set to last, what the kernel refused, with what MTU it
     * was said that frames were too large, of how many; see mtu_follow.h. */
    uint32_t mtu_asked, mtu_refused, oversize_mtu;
    uint64_t oversize;
    int64_t moved_ms; /* when its device came to where it is, and when to */
    int64_t look_ms;  /* look there again; see moved_port.h */
    int64_t own_address_ms; /* when it was said that the host's came in here */
    int64_t retry_ms;       /* when to try again what failed; 0: no */
    int last_error;         /* said in the log already */
};

/* NULL if out of memory.  'number' is OpenFlow's. */
struct bridge_port *bridge_port_create(const struct port_surroundings *s,
                                       const struct config_port *config,
                                       unsigned int index, uint32_t number);
/* Closes them together, takes away what was made for them, sets up again what
 * a controller took down, and frees. */
void bridge_port_free_all(const struct port_surroundings *s,
                          struct bridge_port *const *ports, size_t count);

/* Makes its device where that is ours to do, so that it can show itself. */
void bridge_port_make(const struct port_surroundings *s, struct bridge_port *p,
                      int64_t now_ms);

/* Its interface came, changed or went. */
void bridge_port_link_changed(const struct port_surroundings *s,
                              struct bridge_port *p, const struct link *link,
                              int64_t now_ms);
void bridge_port_link_gone(const struct port_surroundings *s,
                           struct bridge_port *p, int64_t now_ms);

/* Opens together those of the ports that were gathered.  Many at a time take
 * hardly longer than one. */
void bridge_port_open_waiting(const struct port_surroundings *s,
                              struct bridge_port *const *ports, size_t count,
                              int64_t now_ms);

/* Tries again what failed, when it is time. */
void bridge_port_tick(const struct port_surroundings *s, struct bridge_port *p,
                      int64_t now_ms);

/* Takes over what may change while the port stays: VLANs, shield, and the
 * address and gateway of LOCAL and internal ports. */
void bridge_port_reconfigure(const struct port_surroundings *s,
                             struct bridge_port *p,
                             const struct config_port *config);
/* The bits that controllers see; a port is DOWN when its interface is, whoever
 * set it so. */
uint32_t bridge_port_of_config(const struct bridge_port *p);
/* Goes over to these bits, enum port_config_bits, of a PORT_MOD; DOWN sets the
 * interface down.  Returns 0, or -errno and nothing has changed. */
int bridge_port_modify(const struct port_surroundings *s, struct bridge_port *p,
                       uint32_t of_config);
/* Goes over to these queues (copied).  False: out of memory, no change. */
bool bridge_port_set_queues(const struct port_surroundings *s,
                            struct bridge_port *p,
                            const struct htb_queue *queues, size_t count);
/* Gives the device of LOCAL or of an internal port, which is open, its MAC
 * address, IP address and gateway, and sets it up. */
void bridge_port_readdress(const struct port_surroundings *s,
                           struct bridge_port *p);
/* Gives LOCAL or an internal port another MAC address. */
void bridge_port_set_mac(const struct port_surroundings *s,
                         struct bridge_port *p, const uint8_t mac[6]);

/* Frames that the kernel dropped before we saw them, since the port is there.
 */
uint64_t bridge_port_missed(const struct bridge_port *p);

/* True for LOCAL and internal ports: the host itself is behind it. */
bool bridge_port_is_of_host(const struct bridge_port *p);

/* "up", "down" or "absent". */
const char *bridge_port_link_word(const struct bridge_port *p);

#endif
