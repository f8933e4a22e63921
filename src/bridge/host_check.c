/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/user_lookup.h"
#include "bridge/flow_file.h"
#include "bridge/host_check.h"
#include "bridge/host_check_paths.h"
#include "bridge/host_check_tap.h"
#include "bridge/identity.h"
#include "bridge/port_fitness.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/config_faults.h"
#include "config/config_value.h"
#include "control/tls.h"
#include "flow/port_no.h"
#include "port/host_view.h"

struct checking {
    const struct config *c;
    struct config_faults *faults;
    struct host_view view; /* empty: it cannot be read */
    uint32_t owner;        /* of ports that may be open already; 0: none may */
    int interfaces[CONFIG_PORTS_MAX]; /* of the sections; 0: not there */
    size_t count;
};

/* The section that means the interface by this name or another of it; NULL if
 * there is none. */
static const struct config_port *find_section(const struct checking *h,
                                              const char *name)
{
    const struct config *c = h->c;
    const struct host_link *link = host_view_find_name(&h->view, name);

    for (size_t i = 0; i < c->port_count; i++)
        if (!strcmp(name, c->ports[i].name) ||
            (link && link_has_name(&link->link, c->ports[i].name)))
            return &c->ports[i];
    return NULL;
}

static void check_queue(struct checking *h, size_t item)
{
    const struct config_queue *q = &h->c->queues[item];
    const struct config_subject subject = {CONFIG_QUEUE, item, NULL};

    if (find_section(h, q->port) ||
        (h->c->local.is_enabled && !strcmp(q->port, h->c->bridge.name)))
        return;
    config_check_fault(h->c, h->faults, &subject,
                       "there is no port %s; add [port %s]", q->port, q->port);
    h->count++;
}

/* The interfaces of the sections, without LOCAL and internal ports. */
static void find_interfaces(struct checking *h)
{
    for (size_t i = 0; i < h->c->port_count; i++) {
        const struct config_port *port = &h->c->ports[i];
        const struct host_link *link =
            port->type == PORT_NIC || port->type == PORT_TAP
                ? host_view_find_name(&h->view, port->name)
                : NULL;

        h->interfaces[i] = link ? link->link.ifindex : 0;
    }
}

static bool is_named_twice(struct checking *h, size_t item)
{
    const struct config_subject subject = {CONFIG_PORT, item, NULL};

    for (size_t i = 0; i < item; i++) {
        if (h->interfaces[i] != h->interfaces[item])
            continue;
        config_check_fault(h->c, h->faults, &subject,
                           "is another name of the interface of [port %s]; "
                           "remove one of them",
                           h->c->ports[i].name);
        h->count++;
        return true;
    }
    return false;
}

static void check_fitness(struct checking *h, size_t item)
{
    const struct config_subject subject = {CONFIG_PORT, item, NULL};
    const struct port_candidate c = {
        .view = &h->view,
        .link = host_view_find(&h->view, h->interfaces[item]),
        .has_shield = h->c->ports[item].has_shield,
        .owner = h->owner,
        .ports = h->interfaces,
        .port_count = h->c->port_count,
        .bridge = h->c->bridge.name,
    };
    struct port_verdict verdict;

    if (!c.link || is_named_twice(h, item))
        return; /* it may come later */
    port_fitness_judge(&c, &verdict);
    if (verdict.fitness == PORT_IS_LIMITED)
        config_check_note(h->c, h->faults, &subject, "%s", verdict.text);
    if (verdict.fitness != PORT_IS_UNFIT)
        return;
    config_check_fault(h->c, h->faults, &subject, "%s", verdict.text);
    h->count++;
}

static void check_user(struct checking *h, struct config_subject subject,
                       const char *text)
{
    struct user_lookup user;
    int err = *text ? user_lookup_user(text, &user) : 0;

    if (!err)
        return;
    if (err == -ENOENT)
        config_check_fault(h->c, h->faults, &subject,
                           "there is no user \"%s\"; create it with \"useradd "
                           "--system %s\", or write another",
                           text, text);
    else
        config_check_fault(h->c, h->faults, &subject,
                           "the user \"%s\" cannot be looked up: %s", text,
                           strerror(-err));
    h->count++;
}

static void check_group(struct checking *h, struct config_subject subject,
                        const char *text)
{
    gid_t gid;
    int err = *text ? user_lookup_group(text, &gid) : 0;

    if (!err)
        return;
    if (err == -ENOENT)
        config_check_fault(h->c, h->faults, &subject,
                           "there is no group \"%s\"; create it with "
                           "\"groupadd --system %s\", or write another",
                           text, text);
    else
        config_check_fault(h->c, h->faults, &subject,
                           "the group \"%s\" cannot be looked up: %s", text,
                           strerror(-err));
    h->count++;
}

/* LOCAL and internal ports are TAPs that the switch makes, so a name that some
 * other interface has is of no use. */
static void check_own_name(struct checking *h, struct config_subject subject,
                           const char *name)
{
    const struct host_link *link = host_view_find_name(&h->view, name);

    if (!link || link->link.is_tap)
        return;
    config_check_fault(
        h->c, h->faults, &subject,
        "the interface %s exists and is not a TAP; write another name", name);
    h->count++;
}

/* It may come later, but a name that is misspelt never does. */
static void check_presence(struct checking *h, size_t item)
{
    const struct config_port *port = &h->c->ports[item];
    const struct config_subject subject = {CONFIG_PORT, item, NULL};

    if (port->type == PORT_NIC && !host_view_find_name(&h->view, port->name))
        config_check_note(h->c, h->faults, &subject,
                          "there is no interface %s now; the port waits for it "
                          "(ip link lists all interfaces)",
                          port->name);
}

static void check_interfaces(struct checking *h)
{
    struct config_subject name = {CONFIG_BRIDGE, 0, "name"};

    if (h->c->local.is_enabled)
        check_own_name(h, name, h->c->bridge.name);
    for (size_t i = 0; i < h->c->port_count; i++) {
        struct config_subject port = {CONFIG_PORT, i, NULL};

        check_presence(h, i);
        if (h->c->ports[i].type == PORT_INTERNAL)
            check_own_name(h, port, h->c->ports[i].name);
    }
}

static void check_links(struct checking *h, int err)
{
    const struct config_subject name = {CONFIG_BRIDGE, 0, "name"};

    if (!err) {
        check_interfaces(h);
        return;
    }
    config_check_fault(h->c, h->faults, &name,
                       "the interfaces of the host cannot be read: %s; correct "
                       "that and try again",
                       strerror(-err));
    h->count++;
}

/* The names that ports will have; those without a number of their own get one
 * later, so any number does. */
static bool find_port(void *context, const char *name, uint32_t *port_no)
{
    const struct checking *h = context;
    const struct config_port *port;

    if (h->c->local.is_enabled && !strcmp(name, h->c->bridge.name)) {
        *port_no = PORT_NO_LOCAL;
        return true;
    }
    port = find_section(h, name);
    if (!port)
        return false;
    *port_no = port->ofport ? port->ofport : 1;
    return true;
}

/* Only if none of them is there: others may come, and the scheduler leaves out
 * those that are not. */
static void check_cpus(struct checking *h)
{
    const struct config_subject subject = {CONFIG_DATAPATH, 0, "cpus"};
    const cpu_set_t *cpus = &h->c->datapath.cpus;
    cpu_set_t allowed, both;
    char text[CONFIG_TEXT_SIZE];

    if (!CPU_COUNT(cpus) || sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
        return;
    CPU_AND(&both, cpus, &allowed);
    if (CPU_COUNT(&both))
        return;
    config_kind_cpus.print(NULL, &allowed, text);
    config_check_fault(h->c, h->faults, &subject,
                       "none of these CPUs can be used; write some of %.200s, "
                       "or remove the key",
                       text);
    h->count++;
}

static void check_flows(struct checking *h)
{
    const struct config_subject subject = {CONFIG_FLOWS, 0, "file"};
    const struct text_names names = {.find_port = find_port, .context = h};
    struct flow_file file = {.lines = NULL};
    size_t before = h->faults->count;
    int result;

    if (!*h->c->flows.file)
        return;
    result = flow_file_read(&file, h->c->flows.file, &names,
                            h->c->openflow.tables, h->faults);
    flow_file_clear(&file);
    config_faults_attribute(h->faults, before, "flows", "file");
    if (result == -EFBIG)
        config_check_fault(
            h->c, h->faults, &subject,
            "%s has more than %d flows; add the rest with flowbridge add-flows",
            h->c->flows.file, FLOW_FILE_MAX);
    else if (result < 0)
        config_check_fault(h->c, h->faults, &subject,
                           "%s cannot be read: %s; make it readable for the "
                           "switch, or remove the key",
                           h->c->flows.file, strerror(-result));
    h->count += result < 0 ? 1 : (size_t)result;
}

/* Keys that this process may not read are not said to be wrong: another user
 * may check the file, and the switch reads them before it drops its privileges.
 */
static void check_keys(struct checking *h)
{
    const struct tls_keys keys = {
        .private_key = h->c->openflow.private_key,
        .certificate = h->c->openflow.certificate,
        .ca_certificate = h->c->openflow.ca_certificate,
    };
    struct config_subject subject = {CONFIG_OPENFLOW, 0, "private-key"};
    char error[512];
    struct tls *tls;

    if (!*keys.private_key || !*keys.certificate || !*keys.ca_certificate ||
        (access(keys.private_key, R_OK) < 0 && errno == EACCES))
        return;
    tls = tls_create(&keys, error, sizeof(error));
    if (!tls) {
        config_check_fault(h->c, h->faults, &subject,
                           "cannot be used with the certificates: %s; correct "
                           "the three paths",
                           error);
        h->count++;
    }
    tls_free(tls);
}

size_t host_check(const struct config *c, bool may_run,
                  struct config_faults *faults)
{
    struct checking h = {
        .c = c,
        .faults = faults,
        .owner = may_run ? identity_owner(c->path) : 0,
    };

    check_links(&h, host_view_read(&h.view));
    find_interfaces(&h);
    for (size_t i = 0; i < c->queue_count; i++)
        check_queue(&h, i);
    for (size_t i = 0; i < c->port_count; i++) {
        check_fitness(&h, i);
        check_user(&h, (struct config_subject){CONFIG_PORT, i, "owner"},
                   c->ports[i].owner);
        check_group(&h, (struct config_subject){CONFIG_PORT, i, "group"},
                    c->ports[i].group);
    }
    check_user(&h, (struct config_subject){CONFIG_DAEMON, 0, "user"},
               c->daemon.user);
    check_cpus(&h);
    h.count += host_check_taps(c, faults);
    check_flows(&h);
    check_keys(&h);
    h.count += host_check_paths(c, faults);
    host_view_clear(&h.view);
    return h.count;
}
