/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/config_check.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "config/config_faults.h"
#include "config/config_lines.h"

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

enum { HEADING_SIZE = 64, WHAT_SIZE = 1024 };

static struct config_place place_of(const struct config *c,
                                    const struct config_subject *subject,
                                    char heading[HEADING_SIZE])
{
    const struct config_section *section = &config_sections[subject->section];
    const struct config_array *a = section->array;
    struct config_place at = {
        .path = c->path, .section = heading, .key = subject->key};

    at.line = config_lines_find(c->lines, subject->section, subject->item,
                                subject->key);
    if (!at.line)
        at.line =
            config_lines_find(c->lines, subject->section, subject->item, NULL);
    if (!at.line)
        at.line = 1; /* The section is not there. */
    snprintf(heading, HEADING_SIZE, "%s%s%s", section->name, a ? " " : "",
             a ? (char *)config_array_items(a, c) +
                     subject->item * a->item_size + a->label_offset
               : "");
    return at;
}

typedef void add_fault(struct config_faults *f, const struct config_place *at,
                       const char *format, ...);

/* As a fault or as a note, which 'to' says. */
__attribute__((format(printf, 5, 0))) static void
add(const struct config *c, struct config_faults *faults,
    const struct config_subject *subject, add_fault *to, const char *format,
    va_list args)
{
    char heading[HEADING_SIZE], what[WHAT_SIZE];
    struct config_place at = place_of(c, subject, heading);

    vsnprintf(what, sizeof(what), format, args);
    to(faults, &at, "%s", what);
}

void config_check_fault(const struct config *c, struct config_faults *faults,
                        const struct config_subject *subject,
                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(c, faults, subject, config_faults_add, format, args);
    va_end(args);
}

void config_check_note(const struct config *c, struct config_faults *faults,
                       const struct config_subject *subject, const char *format,
                       ...)
{
    va_list args;

    va_start(args, format);
    add(c, faults, subject, config_faults_note, format, args);
    va_end(args);
}

static void fault(struct check *k, struct config_subject subject,
                  const char *key, const char *what)
{
    subject.key = key;
    config_check_fault(k->c, k->faults, &subject, "%s", what);
    k->count++;
}

static void port_fault(struct check *k, size_t item, const char *key,
                       const char *what)
{
    fault(k, (struct config_subject){CONFIG_PORT, item, NULL}, key, what);
}

/* A port as the file has it: LOCAL or a section of its own. */
struct file_port {
    const struct config_port *port;
    struct config_subject subject;
};

static bool has_key(const struct check *k, const struct file_port *p,
                    const char *key)
{
    return is_given(k, p->subject.section, p->subject.item, key);
}

/* A file that was emptied or cut off must not pass for one.  Where a line
 * cannot be read, that may have been the name. */
static void check_name(struct check *k)
{
    if (!k->c->has_faults && !is_given(k, CONFIG_BRIDGE, 0, "name"))
        fault(k, (struct config_subject){CONFIG_BRIDGE, 0, NULL}, "name",
              "is missing; write [bridge] and below it name = of-switch, or "
              "another name");
}

/* Ports. */

static void check_port_name(struct check *k, size_t item)
{
    const char *name = k->c->ports[item].name;

    if (!strcmp(name, k->c->bridge.name))
        port_fault(k, item, NULL,
                   "is the name of LOCAL, the bridge's own interface; remove "
                   "the section, or change [bridge] name");
    if (!strcmp(name, "lo"))
        port_fault(k, item, NULL,
                   "is the loopback interface, which cannot be a port; remove "
                   "the section");
}

static void check_ofport(struct check *k, size_t item)
{
    const struct config_port *ports = k->c->ports;

    for (size_t i = 0; i < item; i++) {
        char what[256];

        if (!ports[item].ofport || ports[item].ofport != ports[i].ofport)
            continue;
        snprintf(
            what, sizeof(what),
            "%u is already the number of [port %s], line %d; write another",
            ports[item].ofport, ports[i].name,
            line_of(k, CONFIG_PORT, i, "ofport"));
        port_fault(k, item, "ofport", what);
        return;
    }
}

static void check_vlan(struct check *k, const struct file_port *p)
{
    static const char *const of_a_trunk[] = {"trunks", "native"};

    for (size_t i = 0; has_key(k, p, "vlan") && i < 2; i++)
        if (has_key(k, p, of_a_trunk[i]))
            fault(k, p->subject, of_a_trunk[i],
                  "conflicts with vlan, which makes an access port; remove one "
                  "of them");
}

/* Keys that mean nothing for the port's type. */
static void check_type(struct check *k, size_t item)
{
    static const char is_for_tap[] =
        "is only allowed for type = tap; remove it or set the type";
    static const char is_for_internal[] =
        "is only allowed for LOCAL and type = internal; remove it or set the "
        "type";
    static const struct {
        const char *key;
        bool fits[PORT_INTERNAL + 1]; /* by type */
        const char *what;
    } rows[] = {
        /* clang-format off */
        {"owner",      {[PORT_TAP] = true},           is_for_tap     },
        {"group",      {[PORT_TAP] = true},           is_for_tap     },
        {"queues",     {[PORT_TAP] = true},           is_for_tap     },
        /* clang-format on */
        {"host-stack",
         {[PORT_NIC] = true, [PORT_TAP] = true},
         "is not allowed for type = internal, because that port belongs to the "
         "host; remove it"},
        {"deliver",
         {[PORT_NIC] = true},
         "is only allowed for type = nic, because nothing else is one end of a "
         "veth pair; remove it"},
        {"mtu",
         {[PORT_TAP] = true, [PORT_INTERNAL] = true},
         "is not allowed for type = nic; set it with ip link, or where the NIC "
         "is configured"},
        /* clang-format off */
        {"mac",        {[PORT_INTERNAL] = true},      is_for_internal},
        {"address",    {[PORT_INTERNAL] = true},      is_for_internal},
        {"gateway",    {[PORT_INTERNAL] = true},      is_for_internal},
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
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

static void check_gateway(struct check *k, const struct file_port *p)
{
    const struct config_address *address = &p->port->address;
    const struct config_address *gateway = &p->port->gateway;
    size_t size = address->family == AF_INET ? 4 : 16;
    const char *what = NULL;

    if (gateway->family && !has_key(k, p, "address"))
        what = "needs an address; add the key address";
    else if (!address->family || !gateway->family)
        return;
    else if (address->family != gateway->family)
        what = "has another family than the address; write both as IPv4 or "
               "both as IPv6";
    else if (!memcmp(address->bytes, gateway->bytes, size))
        what = "is the host's own address; write the router's";
    else if (!is_link_local(gateway) && !is_in_network(gateway, address))
        what = "is not in the address's network, so it cannot be reached; "
               "correct one of them";
    if (what)
        fault(k, p->subject, "gateway", what);
}

/* A port that takes another interface's address takes it from one that has it
 * without us. */
static void check_mac(struct check *k, const struct file_port *p)
{
    const char *of = p->port->mac.of;
    bool is_ours = k->c->local.is_enabled && !strcmp(of, k->c->local.port.name);

    if (!*of)
        return; /* auto, or an address */
    for (size_t i = 0; i < k->c->port_count; i++)
        is_ours |=
            k->c->ports[i].type != PORT_NIC && !strcmp(of, k->c->ports[i].name);
    if (is_ours)
        fault(k, p->subject, "mac",
              "names an interface that the switch creates; write the name of a "
              "NIC, an address, or auto");
}

static void check_local(struct check *k)
{
    const struct file_port local = {&k->c->local.port, {CONFIG_LOCAL, 0, NULL}};

    if (k->c->local.is_enabled) {
        check_vlan(k, &local);
        check_gateway(k, &local);
        check_mac(k, &local);
        return;
    }
    for (size_t i = 0; i < config_key_count; i++) {
        const char *key = config_keys[i].name;

        if (config_keys[i].section == CONFIG_LOCAL &&
            strcmp(key, "enable") != 0 && has_key(k, &local, key))
            fault(k, local.subject, key,
                  "has no effect with enable = no; remove one of them");
    }
}

/* Queues. */

static void check_queue(struct check *k, size_t item)
{
    const struct config_queue *q = &k->c->queues[item];
    struct config_subject subject = {CONFIG_QUEUE, item, NULL};

    if (q->max_rate && q->min_rate > q->max_rate) {
        subject.key = "min-rate";
        config_check_fault(k->c, k->faults, &subject,
                           "is higher than max-rate; correct one of them");
        k->count++;
    }
}

/* Controllers. */

static void controller_fault(struct check *k, size_t item, const char *key,
                             const char *what)
{
    struct config_subject subject = {CONFIG_CONTROLLER, item, key};

    config_check_fault(k->c, k->faults, &subject, "%s", what);
    k->count++;
}

static void check_target(struct check *k, size_t item)
{
    const struct config_controller *all = k->c->controllers;
    char what[128];

    if (!is_given(k, CONFIG_CONTROLLER, item, "target")) {
        controller_fault(k, item, "target",
                         "is missing; write target = tcp:ADDRESS");
        return;
    }
    for (size_t i = 0; all[item].target.family && i < item; i++) {
        if (!target_is_equal(&all[item].target, &all[i].target))
            continue;
        snprintf(what, sizeof(what),
                 "is already the target of [controller %s], line %d; remove "
                 "one of them",
                 all[i].name, line_of(k, CONFIG_CONTROLLER, i, "target"));
        controller_fault(k, item, "target", what);
        return;
    }
}

/* True if the frames to it surely leave by LOCAL. */
static bool is_behind_local(const struct check *k, const struct target *t)
{
    const struct config_address *address = &k->c->local.port.address;
    struct config_address host = {.family = t->family};

    memcpy(host.bytes, t->address, sizeof(host.bytes));
    return k->c->local.is_enabled && address->family == t->family &&
           is_in_network(&host, address);
}

static void check_mode(struct check *k, size_t item)
{
    const struct config_controller *c = &k->c->controllers[item];

    if (!c->target.family || target_is_loopback(&c->target))
        return;
    if (c->mode == CONTROLLER_IN_BAND) {
        if (!k->c->local.is_enabled &&
            is_given(k, CONFIG_CONTROLLER, item, "connection-mode"))
            controller_fault(k, item, "connection-mode",
                             "needs LOCAL, by which the host uses the bridge; "
                             "write [local] enable = yes, or out-of-band");
        return;
    }
    if (k->c->bridge.fail_mode == FAIL_SECURE && is_behind_local(k, &c->target))
        controller_fault(
            k, item, "connection-mode",
            "the controller is reached through this bridge, which forwards "
            "nothing without flow entries; write in-band");
}

/* Encryption takes keys. */
static void check_keys(struct check *k)
{
    static const char *const keys[] = {"private-key", "certificate",
                                       "ca-certificate"};
    struct config_subject subject = {CONFIG_OPENFLOW, 0, NULL};
    const char *why = NULL;

    for (size_t i = 0; i < k->c->controller_count; i++)
        if (target_has_tls(&k->c->controllers[i].target))
            why = "ssl:";
    for (size_t i = 0; i < k->c->openflow.listen.count; i++)
        if (target_has_tls(&k->c->openflow.listen.targets[i]))
            why = "pssl:";
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (!why || is_given(k, CONFIG_OPENFLOW, 0, keys[i]))
            continue;
        subject.key = keys[i];
        config_check_fault(k->c, k->faults, &subject,
                           "is missing, and %s needs it; write the path of a "
                           "PEM file",
                           why);
        k->count++;
    }
}

/* A file that the switch writes must not be one that it reads. */
static void check_written_file(struct check *k, struct config_subject subject,
                               const char *path)
{
    const struct {
        const char *path, *what;
    } others[] = {
        /* clang-format off */
        {k->c->path,                    "this file itself"      },
        {k->c->flows.file,              "that of [flows] file"  },
        {k->c->log.file,                "that of [log] file"    },
        {k->c->openflow.private_key,    "that of private-key"   },
        {k->c->openflow.certificate,    "that of certificate"   },
        {k->c->openflow.ca_certificate, "that of ca-certificate"},
        /* clang-format on */
    };

    for (size_t i = 0; *path && i < ARRAY_SIZE(others); i++) {
        if (others[i].path == path || strcmp(path, others[i].path) != 0)
            continue;
        config_check_fault(
            k->c, k->faults, &subject,
            "is %s, which would be overwritten; write another path",
            others[i].what);
        k->count++;
    }
}

size_t config_check(const struct config *c, struct config_faults *faults)
{
    struct check k = {.c = c, .faults = faults};

    check_name(&k);
    for (size_t i = 0; i < c->port_count; i++) {
        const struct file_port port = {&c->ports[i], {CONFIG_PORT, i, NULL}};

        check_port_name(&k, i);
        check_ofport(&k, i);
        check_type(&k, i);
        check_vlan(&k, &port);
        check_gateway(&k, &port);
        check_mac(&k, &port);
    }
    check_local(&k);
    for (size_t i = 0; i < c->queue_count; i++)
        check_queue(&k, i);
    for (size_t i = 0; i < c->controller_count; i++) {
        check_target(&k, i);
        check_mode(&k, i);
    }
    check_keys(&k);
    check_written_file(&k, (struct config_subject){CONFIG_LOG, 0, "file"},
                       c->log.file);
    check_written_file(&k,
                       (struct config_subject){CONFIG_DAEMON, 0, "state-file"},
                       c->daemon.state_file);
    return k.count;
}
