#include "bridge/config_check.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "bridge/config_faults.h"
#include "bridge/config_lines.h"

struct check {
    const struct config *c;
    struct config_faults *faults;
    size_t count;
};

static int line_of(const struct check *k, enum config_section_id section,
                   size_t item, const char *key)
{
    return config_lines_find(k->c->lines, section, item, key);
}

static bool is_given(const struct check *k, enum config_section_id section,
                     size_t item, const char *key)
{
    return line_of(k, section, item, key) > 0;
}

void config_check_fault(const struct config *c, struct config_faults *faults,
                        const struct config_subject *subject,
                        const char *format, ...)
{
    const struct config_section *section = &config_sections[subject->section];
    const struct config_array *a = section->array;
    struct config_place at = {.path = c->path, .key = subject->key};
    char heading[64], what[1024];
    va_list args;

    at.line = config_lines_find(c->lines, subject->section, subject->item,
                                subject->key);
    if (!at.line)
        at.line =
            config_lines_find(c->lines, subject->section, subject->item, NULL);
    snprintf(heading, sizeof(heading), "%s%s%s", section->name, a ? " " : "",
             a ? (char *)config_array_items(a, c) +
                     subject->item * a->item_size + a->label_offset
               : "");
    at.section = heading;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    config_faults_add(faults, &at, "%s", what);
}

static void port_fault(struct check *k, size_t item, const char *key,
                       const char *what)
{
    struct config_subject subject = {CONFIG_PORT, item, key};

    config_check_fault(k->c, k->faults, &subject, "%s", what);
    k->count++;
}

static void local_fault(struct check *k, const char *key, const char *what)
{
    struct config_subject subject = {CONFIG_LOCAL, 0, key};

    config_check_fault(k->c, k->faults, &subject, "%s", what);
    k->count++;
}

/* Ports. */

static void check_port_name(struct check *k, size_t item)
{
    const char *name = k->c->ports[item].name;

    if (!strcmp(name, k->c->bridge.name))
        port_fault(k, item, NULL,
                   "is the bridge's own interface LOCAL; remove the section, "
                   "or change [bridge] name");
    if (!strcmp(name, "lo"))
        port_fault(k, item, NULL,
                   "is the loopback interface, which cannot be a port; remove "
                   "the section");
}

static void check_ofport(struct check *k, size_t item)
{
    const struct config_port *ports = k->c->ports;

    for (size_t i = 0; i < item; i++) {
        char what[128];

        if (!ports[item].ofport || ports[item].ofport != ports[i].ofport)
            continue;
        snprintf(what, sizeof(what),
                 "%u is the number of [port %s] already, on line %d; write "
                 "another",
                 ports[item].ofport, ports[i].name,
                 line_of(k, CONFIG_PORT, i, "ofport"));
        port_fault(k, item, "ofport", what);
        return;
    }
}

static bool has_vlan(const struct vlan_membership *m, unsigned int vlan)
{
    return m->trunks[vlan / 64] >> vlan % 64 & 1;
}

static void check_vlan(struct check *k, size_t item)
{
    const struct vlan_membership *m = &k->c->ports[item].vlan;
    bool is_access = is_given(k, CONFIG_PORT, item, "vlan");

    if (is_access && is_given(k, CONFIG_PORT, item, "trunks"))
        port_fault(k, item, "trunks",
                   "cannot be beside vlan, which makes an access port; remove "
                   "one of them");
    if (is_access && is_given(k, CONFIG_PORT, item, "native"))
        port_fault(k, item, "native",
                   "cannot be beside vlan, which makes an access port; remove "
                   "one of them");
    if (!is_access && m->mode == VLAN_TRUNK && m->native &&
        !has_vlan(m, m->native))
        port_fault(k, item, "native",
                   "is not one of trunks; add it there or write one of them");
}

/* Keys that mean nothing for the port's type. */
static void check_type(struct check *k, size_t item)
{
    static const struct {
        const char *key;
        bool fits[PORT_INTERNAL + 1]; /* by type */
        const char *what;
    } rows[] = {
        {"owner",
         {[PORT_TAP] = true},
         "is only for a port of type = tap; remove it or set the type"},
        {"group",
         {[PORT_TAP] = true},
         "is only for a port of type = tap; remove it or set the type"},
        {"host-stack",
         {[PORT_NIC] = true, [PORT_TAP] = true},
         "is not for a port of type = internal, which is the host's own; "
         "remove it"                                                  },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (is_given(k, CONFIG_PORT, item, rows[i].key) &&
            !rows[i].fits[k->c->ports[item].type])
            port_fault(k, item, rows[i].key, rows[i].what);
}

/* LOCAL. */

static bool is_link_local(const struct config_address *a)
{
    return a->family == AF_INET6 && a->bytes[0] == 0xfe &&
           (a->bytes[1] & 0xc0) == 0x80;
}

static bool is_in_network(const struct config_address *host,
                          const struct config_address *network)
{
    for (unsigned int i = 0; i < network->prefix_length; i++)
        if ((host->bytes[i / 8] ^ network->bytes[i / 8]) & (0x80u >> i % 8))
            return false;
    return true;
}

static void check_gateway(struct check *k)
{
    const struct config_address *address = &k->c->local.address;
    const struct config_address *gateway = &k->c->local.gateway;
    size_t size = address->family == AF_INET ? 4 : 16;

    if (!is_given(k, CONFIG_LOCAL, 0, "gateway"))
        return;
    if (gateway->family && !is_given(k, CONFIG_LOCAL, 0, "address"))
        local_fault(k, "gateway", "needs an address; write that too");
    if (!address->family || !gateway->family)
        return;
    if (address->family != gateway->family)
        local_fault(k, "gateway",
                    "is not of the address's family; write both as IPv4 or "
                    "both as IPv6");
    else if (!memcmp(address->bytes, gateway->bytes, size))
        local_fault(k, "gateway",
                    "is the host's own address; write the router's");
    else if (!is_link_local(gateway) && !is_in_network(gateway, address))
        local_fault(k, "gateway",
                    "is not in the address's network, so it cannot be "
                    "reached; correct one of them");
}

static void check_local(struct check *k)
{
    static const char *const needing[] = {"mac", "address", "gateway"};

    if (k->c->local.is_enabled) {
        check_gateway(k);
        return;
    }
    for (size_t i = 0; i < sizeof(needing) / sizeof(needing[0]); i++)
        if (is_given(k, CONFIG_LOCAL, 0, needing[i]))
            local_fault(k, needing[i],
                        "has no meaning with enable = no; remove one of them");
}

size_t config_check(const struct config *c, struct config_faults *faults)
{
    struct check k = {.c = c, .faults = faults};

    for (size_t i = 0; i < c->port_count; i++) {
        check_port_name(&k, i);
        check_ofport(&k, i);
        check_vlan(&k, i);
        check_type(&k, i);
    }
    check_local(&k);
    return k.count;
}
