/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file as the switch uses it; the only truth about how it is
 * set up.  See flowbridge.ini(5).
 *
 * config_read reads and checks a file by itself; host_check adds the faults
 * that only a look at this machine can find.  Neither changes anything.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/target.h"
#include "flow/vlan.h"

enum {
    CONFIG_NAME_SIZE = 16,       /* an interface's own name */
    CONFIG_PORT_NAME_SIZE = 128, /* any of an interface's names */
    CONFIG_PORTS_MAX = 255,
    CONFIG_CONTROLLERS_MAX = 16,
    CONFIG_QUEUES_MAX = 1024,
    CONFIG_QUEUE_NAME_SIZE = CONFIG_PORT_NAME_SIZE + 16, /* PORT:ID */
    CONFIG_LISTEN_MAX = 8,
    CONFIG_WORKERS_MAX = 4,
    CONFIG_MTU_MAX = 65521,      /* of a TAP */
    CONFIG_TAP_QUEUES_MAX = 256, /* the kernel's MAX_TAP_QUEUES */
};

enum fail_mode { FAIL_STANDALONE, FAIL_SECURE };
enum connection_mode { CONTROLLER_IN_BAND, CONTROLLER_OUT_OF_BAND };
enum port_type { PORT_NIC, PORT_TAP, PORT_INTERNAL, PORT_LOCAL };

struct config_address {
    int family; /* AF_INET, AF_INET6; 0: none */
    uint8_t bytes[16];
    uint8_t prefix_length;
};

/* A MAC address; all zero: auto. */
struct config_mac {
    uint8_t address[6];
    char of[CONFIG_PORT_NAME_SIZE]; /* a name of the interface whose address it
                                       is */
};

/* LOCAL is one, too. */
struct config_port {
    char name[CONFIG_PORT_NAME_SIZE]; /* one of its interface's names */
    enum port_type type;
    uint16_t ofport; /* 0: the switch picks one */
    struct vlan_membership vlan;
    bool has_shield;
    bool delivers_to_peer;     /* nic; deliver = peer */
    char owner[64], group[64]; /* tap; empty: root only */
    unsigned int queues;       /* tap; 0: auto */
    uint32_t mtu;              /* not of a NIC; 0: auto */
    /* LOCAL and internal. */
    struct config_mac mac;
    struct config_address address, gateway;
    int line; /* of the section, for faults */
};

struct config_queue {
    char name[CONFIG_QUEUE_NAME_SIZE]; /* as in the heading */
    char port[CONFIG_PORT_NAME_SIZE];  /* the port and the id from it */
    uint32_t id;
    uint64_t min_rate, max_rate; /* bits a second; 0: none */
    int line;
};

struct config_controller {
    char name[CONFIG_NAME_SIZE];
    struct target target;
    unsigned int inactivity_probe_s; /* 0: never */
    unsigned int max_backoff_s;
    enum connection_mode mode;
    unsigned int packet_in_rate; /* a second; 0: no limit */
    unsigned int packet_in_burst;
    int line;
};

/* Where peers may come. */
struct config_listen {
    size_t count;
    struct target targets[CONFIG_LISTEN_MAX];
};

struct config {
    char path[4096];
    struct {
        char name[CONFIG_NAME_SIZE];
        uint64_t datapath_id; /* 0: auto */
        enum fail_mode fail_mode;
        unsigned int mac_aging_s;
        unsigned int mac_table_size;
        bool forwards_bpdu;
    } bridge;
    struct {
        bool is_enabled;
        struct config_port port; /* called like the bridge */
    } local;
    struct config_port *ports; /* 'port_count', in the order of the file */
    size_t port_count;
    struct config_queue *queues; /* 'queue_count' */
    size_t queue_count;
    struct config_controller *controllers; /* 'controller_count' */
    size_t controller_count;
    struct {
        uint32_t versions; /* OF_VERSION_BIT of each that is offered */
        struct config_listen listen;
        unsigned int tables, buffers;
        char private_key[4096], certificate[4096], ca_certificate[4096];
    } openflow;
    struct {
        char file[4096]; /* empty: none */
    } flows;
    struct {
        unsigned int workers; /* 0: auto */
        cpu_set_t cpus;       /* where they may run; empty: anywhere */
        unsigned int flow_cache;
        unsigned int rx_ring; /* 0: auto */
        unsigned int busy_poll_us;
        enum config_kernel { KERNEL_NO, KERNEL_AUTO, KERNEL_REQUIRE } kernel;
    } datapath;
    struct {
        char level[256];
        bool is_json;
        char file[4096];
    } log;
    struct {
        char user[64]; /* empty: stay the starting user */
        char run_dir[4096 - 64];
        bool has_seccomp;
        char state_file[4096]; /* empty: none */
    } daemon;
    struct config_lines *lines; /* where each key stood; config_lines.h */
    bool has_faults;            /* only of config_parse */
};

/* One thing that is wrong.  A place or a name that it does not have is 0 or
 * empty. */
struct config_fault {
    char *text; /* ready to print: FILE:LINE: [section] key: what is wrong */
    char *path, *section, *key; /* section: "port em1" */
    const char *what;           /* in 'text' */
    int line;
};

/* Faults and notes; a switch starts in spite of a note. */
struct config_faults {
    struct config_fault *list; /* 'count' */
    size_t count;
    struct config_fault *notes; /* 'note_count' */
    size_t note_count;
};

/*
 * Reads 'path' whole, going on after each fault so that all are found.  Returns
 * the configuration, which the caller frees, or NULL and at least one fault.
 * 'faults' starts from zero; free it with config_faults_clear.
 */
struct config *config_read(const char *path, struct config_faults *faults);
/* The same, but also for a file with faults: keys that cannot be read have
 * their defaults.  NULL only without memory, and then there is a fault. */
struct config *config_parse(const char *path, struct config_faults *faults);
void config_free(struct config *c);
void config_faults_clear(struct config_faults *f);

/* The section [port NAME]; NULL if there is none. */
const struct config_port *config_find_port(const struct config *c,
                                           const char *name);

/* The words of the file, and "local", which no section has for its type. */
const char *config_fail_mode_word(enum fail_mode mode);
const char *config_port_type_word(enum port_type type);

/* Gives 'to' the values of 'from' for the keys that only a restart can change,
 * as the running switch goes on with them. */
void config_keep(struct config *to, const struct config *from);

/* A line for each key whose value differs, "[section] key: old -> new", with
 * " (needs a restart)" where a reload cannot change it; 'emit' is called for
 * each.  Returns how many. */
size_t config_diff(const struct config *from, const struct config *to,
                   void (*emit)(void *context, const char *line,
                                bool needs_restart),
                   void *context);

#endif
