#include "bridge/config_keys.h"

#include <stdlib.h>
#include <string.h>

#include "bridge/config.h"
#include "flow/port_no.h"

static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const see_shield[] = {"see", "shield", NULL};
static const char *const log_formats[] = {"logfmt", "json", NULL};
static const char *const fail_modes[] = {
    [FAIL_STANDALONE] = "standalone", [FAIL_SECURE] = "secure", NULL};
static const char *const port_types[] = {
    [PORT_NIC] = "nic", [PORT_TAP] = "tap", [PORT_INTERNAL] = "internal", NULL};

static const struct config_array ports = {
    .items_offset = offsetof(struct config, ports),
    .count_offset = offsetof(struct config, port_count),
    .item_size = sizeof(struct config_port),
    .count_max = CONFIG_PORTS_MAX,
    .label_offset = offsetof(struct config_port, name),
    .line_offset = offsetof(struct config_port, line),
};

/* In the order of enum config_section_id. */
const struct config_section config_sections[CONFIG_SECTIONS] = {
    {"bridge",   NULL,        NULL  },
    {"local",    NULL,        NULL  },
    {"port",     "INTERFACE", &ports},
    {"datapath", NULL,        NULL  },
    {"log",      NULL,        NULL  },
    {"daemon",   NULL,        NULL  },
};

/* Rows that differ in length make clang-format 14 crash. */
/* clang-format off */
const struct config_key config_keys[] = {
    {.section = CONFIG_BRIDGE,
     .name = "name",
     .kind = &config_kind_interface,
     .offset = offsetof(struct config, bridge.name),
     .limits.size = sizeof(((struct config *)0)->bridge.name),
     .initial = "of-switch",
     .needs_restart = true,
     .help = "the bridge's name and that of its interface LOCAL"},
    {.section = CONFIG_BRIDGE,
     .name = "datapath-id",
     .kind = &config_kind_datapath_id,
     .offset = offsetof(struct config, bridge.datapath_id),
     .initial = "auto",
     .needs_restart = true,
     .help = "how controllers tell switches apart"},
    {.section = CONFIG_BRIDGE,
     .name = "fail-mode",
     .kind = &config_kind_choice,
     .offset = offsetof(struct config, bridge.fail_mode),
     .limits.names = fail_modes,
     .initial = "standalone",
     .help = "what to do without a controller"},
    {.section = CONFIG_BRIDGE,
     .name = "mac-aging",
     .kind = &config_kind_time,
     .offset = offsetof(struct config, bridge.mac_aging_s),
     .limits.min = 10,
     .limits.max = 1000000,
     .limits.unit_us = 1000000,
     .initial = "300",
     .help = "how long a learned address is kept without a frame from it"},
    {.section = CONFIG_BRIDGE,
     .name = "mac-table-size",
     .kind = &config_kind_number,
     .offset = offsetof(struct config, bridge.mac_table_size),
     .limits.size = sizeof(((struct config *)0)->bridge.mac_table_size),
     .limits.min = 16,
     .limits.max = 1048576,
     .initial = "8192",
     .needs_restart = true,
     .help = "how many addresses can be learned"},
    {.section = CONFIG_BRIDGE,
     .name = "forward-bpdu",
     .kind = &config_kind_switch,
     .offset = offsetof(struct config, bridge.forwards_bpdu),
     .limits.names = no_yes,
     .initial = "no",
     .help = "whether reserved multicast, such as spanning tree, passes"},

    {.section = CONFIG_LOCAL,
     .name = "enable",
     .kind = &config_kind_switch,
     .offset = offsetof(struct config, local.is_enabled),
     .limits.names = no_yes,
     .initial = "yes",
     .help = "whether the host has an interface on the bridge"},
    {.section = CONFIG_LOCAL,
     .name = "mac",
     .kind = &config_kind_mac,
     .offset = offsetof(struct config, local.mac),
     .initial = "auto",
     .help = "LOCAL's MAC address"},
    {.section = CONFIG_LOCAL,
     .name = "address",
     .kind = &config_kind_network,
     .offset = offsetof(struct config, local.address),
     .help = "LOCAL's IP address with the length of its prefix"},
    {.section = CONFIG_LOCAL,
     .name = "gateway",
     .kind = &config_kind_address,
     .offset = offsetof(struct config, local.gateway),
     .help = "the next hop of the host's default route"},

    {.section = CONFIG_PORT,
     .name = "type",
     .kind = &config_kind_choice,
     .offset = offsetof(struct config_port, type),
     .limits.names = port_types,
     .initial = "nic",
     .help = "nic: is there already; tap: a virtual machine's; internal: one "
             "more of the host's"},
    {.section = CONFIG_PORT,
     .name = "ofport",
     .kind = &config_kind_number,
     .offset = offsetof(struct config_port, ofport),
     .limits.size = sizeof(((struct config_port *)0)->ofport),
     .limits.min = 1,
     .limits.max = OFPORT_MAX,
     .limits.zero = "auto",
     .initial = "auto",
     .help = "the port's OpenFlow number"},
    {.section = CONFIG_PORT,
     .name = "vlan",
     .kind = &config_kind_vlan_access,
     .offset = offsetof(struct config_port, vlan),
     .help = "the VLAN of an access port"},
    {.section = CONFIG_PORT,
     .name = "trunks",
     .kind = &config_kind_vlan_trunks,
     .offset = offsetof(struct config_port, vlan),
     .help = "the VLANs of a trunk"},
    {.section = CONFIG_PORT,
     .name = "native",
     .kind = &config_kind_vlan_native,
     .offset = offsetof(struct config_port, vlan),
     .help = "the VLAN of a trunk's untagged frames"},
    {.section = CONFIG_PORT,
     .name = "host-stack",
     .kind = &config_kind_switch,
     .offset = offsetof(struct config_port, has_shield),
     .limits.names = see_shield,
     .initial = "shield",
     .help = "whether the host's own IP stack sees frames of this port"},
    {.section = CONFIG_PORT,
     .name = "owner",
     .kind = &config_kind_account,
     .offset = offsetof(struct config_port, owner),
     .limits.size = sizeof(((struct config_port *)0)->owner),
     .help = "the user who may open the TAP"},
    {.section = CONFIG_PORT,
     .name = "group",
     .kind = &config_kind_account,
     .offset = offsetof(struct config_port, group),
     .limits.size = sizeof(((struct config_port *)0)->group),
     .help = "the group that may open the TAP"},

    {.section = CONFIG_DATAPATH,
     .name = "workers",
     .kind = &config_kind_number,
     .offset = offsetof(struct config, datapath.workers),
     .limits.size = sizeof(((struct config *)0)->datapath.workers),
     .limits.min = 1,
     .limits.max = CONFIG_WORKERS_MAX,
     .limits.zero = "auto",
     .initial = "auto",
     .needs_restart = true,
     .help = "threads that forward"},
    {.section = CONFIG_DATAPATH,
     .name = "flow-cache",
     .kind = &config_kind_number,
     .offset = offsetof(struct config, datapath.flow_cache),
     .limits.size = sizeof(((struct config *)0)->datapath.flow_cache),
     .limits.min = 64,
     .limits.max = 1048576,
     .limits.is_power_of_two = true,
     .initial = "65536",
     .needs_restart = true,
     .help = "flows that a worker remembers"},
    {.section = CONFIG_DATAPATH,
     .name = "rx-ring",
     .kind = &config_kind_number,
     .offset = offsetof(struct config, datapath.rx_ring),
     .limits.size = sizeof(((struct config *)0)->datapath.rx_ring),
     .limits.min = 64,
     .limits.max = 65536,
     .initial = "2048",
     .needs_restart = true,
     .help = "frames that wait at a port for a worker"},
    {.section = CONFIG_DATAPATH,
     .name = "busy-poll",
     .kind = &config_kind_time,
     .offset = offsetof(struct config, datapath.busy_poll_us),
     .limits.max = 100000,
     .limits.unit_us = 1,
     .initial = "0",
     .needs_restart = true,
     .help = "how long a worker looks again before it sleeps"},

    {.section = CONFIG_LOG,
     .name = "level",
     .kind = &config_kind_log_level,
     .offset = offsetof(struct config, log.level),
     .limits.size = sizeof(((struct config *)0)->log.level),
     .initial = "info",
     .help = "what is worth a line, by module too"},
    {.section = CONFIG_LOG,
     .name = "format",
     .kind = &config_kind_switch,
     .offset = offsetof(struct config, log.is_json),
     .limits.names = log_formats,
     .initial = "logfmt",
     .help = "the form of a line"},
    {.section = CONFIG_LOG,
     .name = "file",
     .kind = &config_kind_file,
     .offset = offsetof(struct config, log.file),
     .limits.size = sizeof(((struct config *)0)->log.file),
     .help = "empty: standard error, the journal under systemd"},

    {.section = CONFIG_DAEMON,
     .name = "user",
     .kind = &config_kind_account,
     .offset = offsetof(struct config, daemon.user),
     .limits.size = sizeof(((struct config *)0)->daemon.user),
     .needs_restart = true,
     .help = "whom to become after the start; empty: stay who started it"},
    {.section = CONFIG_DAEMON,
     .name = "run-dir",
     .kind = &config_kind_directory,
     .offset = offsetof(struct config, daemon.run_dir),
     .limits.size = sizeof(((struct config *)0)->daemon.run_dir),
     .initial = "/run/flowbridge",
     .needs_restart = true,
     .help = "where the sockets are made"},
    {.section = CONFIG_DAEMON,
     .name = "seccomp",
     .kind = &config_kind_switch,
     .offset = offsetof(struct config, daemon.has_seccomp),
     .limits.names = no_yes,
     .initial = "yes",
     .needs_restart = true,
     .help = "whether system calls that a switch does not make are refused"},
};
/* clang-format on */

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);

const struct config_key *config_keys_find(enum config_section_id section,
                                          const char *name)
{
    for (size_t i = 0; i < config_key_count; i++)
        if (config_keys[i].section == section &&
            !strcmp(config_keys[i].name, name))
            return &config_keys[i];
    return NULL;
}

void *config_array_items(const struct config_array *a, const struct config *c)
{
    void *items;

    memcpy(&items, (const char *)c + a->items_offset, sizeof(items));
    return items;
}

size_t config_array_count(const struct config_array *a, const struct config *c)
{
    size_t count;

    memcpy(&count, (const char *)c + a->count_offset, sizeof(count));
    return count;
}
