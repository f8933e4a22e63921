/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_fitness.h"

#include <linux/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

enum { DEPTH_MAX = 8 }; /* interfaces that lie one on another */

/* Always true, so that a rule can end with it. */
__attribute__((format(printf, 2, 3))) static bool
say(char text[PORT_VERDICT_SIZE], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(text, PORT_VERDICT_SIZE, format, args);
    va_end(args);
    return true;
}

static bool is_kind(const struct host_link *l, const char *kind)
{
    return !strcmp(l->link.kind, kind);
}

static bool lies_on(const struct host_link *l, int ifindex)
{
    for (size_t i = 0; i < LINK_LOWERS_MAX; i++)
        if (l->link.lowers[i] == ifindex)
            return true;
    return false;
}

static bool has_no_ethernet(const struct port_candidate *c,
                            char text[PORT_VERDICT_SIZE])
{
    const struct link *l = &c->link->link;

    if (l->is_loopback)
        return say(text, "is the loopback interface, which cannot be a port; "
                         "remove the section");
    return l->type != ARPHRD_ETHER &&
           say(text,
               "has no Ethernet frames%s%s, so it cannot be a port; write an "
               "interface that has them (a TAP instead of a TUN, gretap "
               "instead of gre)",
               *l->kind ? ": it is of kind " : "", l->kind);
}

/* The kinds of masters, which may take the frames of the interfaces in them; ""
 * is any other. */
static const struct {
    const char *kind;
    const char *text; /* of its name; NULL: it takes none */
} masters[] = {
    {"vrf", NULL},
    {"bridge", "is a port of the kernel's bridge %s; take it out of it "
               "with \"ip link set %s nomaster\""},
    {"bond", "is in the bond %s; make that the port, or take it out with \"ip "
             "link set %s nomaster\""},
    {"team", "is in the team %s; make that the port, or take it out with \"ip "
             "link set %s nomaster\""},
    {"openvswitch", "is a port of Open vSwitch (%s); take it out with "
                    "\"ovs-vsctl del-port %s\""},
    {"", "is in %s, which takes its frames; take it out with \"ip "
         "link set %s nomaster\""},
};

/* The interface that takes the frames of 'l', or NULL. */
static const struct host_link *master_of(const struct host_view *v,
                                         const struct host_link *l,
                                         const char **text)
{
    const struct host_link *master =
        l->link.master ? host_view_find(v, l->link.master) : NULL;
    size_t row = 0;

    if (!master)
        return NULL;
    while (*masters[row].kind && !is_kind(master, masters[row].kind))
        row++;
    *text = masters[row].text;
    return *text ? master : NULL;
}

static bool is_in_another(const struct port_candidate *c,
                          char text[PORT_VERDICT_SIZE])
{
    const char *format = NULL;
    const struct host_link *master = master_of(c->view, c->link, &format);

    if (!master)
        return false;
    snprintf(text, PORT_VERDICT_SIZE, format, master->link.name,
             c->link->link.name);
    return true;
}

/* Another switch in userspace that has it open; "" if there is none. */
static const char *other_holder(const struct port_candidate *c,
                                const struct host_link *l)
{
    switch (l->holder) {
    case HOST_HOLDER_FLOWBRIDGE:
        return l->owner == c->owner ? "" : "another flowbridge";
    case HOST_HOLDER_OPEN_VSWITCH:
        return "Open vSwitch";
    default:
        return "";
    }
}

static bool is_held(const struct port_candidate *c,
                    char text[PORT_VERDICT_SIZE])
{
    const char *holder = other_holder(c, c->link);

    return *holder && say(text,
                          "is already a port of %s, so each frame would be "
                          "forwarded twice; remove it there or here",
                          holder);
}

static bool is_port(const struct port_candidate *c, int ifindex)
{
    for (size_t i = 0; i < c->port_count; i++)
        if (c->ports[i] == ifindex)
            return true;
    return false;
}

/* All frames of a port are the switch's, those of VLANs and macvlans on it too.
 */
static bool lies_on_port(const struct port_candidate *c,
                         char text[PORT_VERDICT_SIZE])
{
    const struct host_link *l = c->link;

    for (int depth = 0; l && l->link.lowers[0] && depth < DEPTH_MAX; depth++) {
        const struct host_link *lower =
            host_view_find(c->view, l->link.lowers[0]);

        if (lower && is_port(c, lower->link.ifindex))
            return say(text,
                       "gets its frames from the port %s; remove one of them",
                       lower->link.name);
        if (lower && *other_holder(c, lower))
            return say(text,
                       "gets its frames from %s, which is a port of %s; remove "
                       "it there or here",
                       lower->link.name, other_holder(c, lower));
        l = lower;
    }
    return false;
}

/* The host's own use of an interface; "" if none. */
static const char *host_has(const struct host_link *l,
                            char room[PORT_VERDICT_SIZE])
{
    static const char *const routes[] = {
        [HOST_ROUTE_NONE] = "",
        [HOST_ROUTE_SOME] = "route",
        [HOST_ROUTE_DEFAULT] = "default route",
    };
    /* The address's own route says nothing more. */
    const char *route =
        *l->address && l->route == HOST_ROUTE_SOME ? "" : routes[l->route];

    snprintf(room, PORT_VERDICT_SIZE, "%s%s%s%s",
             *l->address ? "IP address " : "", l->address,
             *l->address && *route ? " and " : "", route);
    return room;
}

static bool carries_host(const struct port_candidate *c,
                         char text[PORT_VERDICT_SIZE])
{
    char room[PORT_VERDICT_SIZE];
    const char *what = host_has(c->link, room);

    return *what && say(text,
                        "carries the host's %s, which would be cut off; move "
                        "it to LOCAL ([local] address, or dhclient %s), or "
                        "write host-stack = see",
                        what, c->bridge);
}

/* Why somebody lives on an interface that lies on the port; false if nobody
 * does. */
static bool is_lived_on(const struct port_candidate *c,
                        const struct host_link *l, char why[PORT_VERDICT_SIZE])
{
    char room[PORT_VERDICT_SIZE];
    const char *format;
    const struct host_link *master = master_of(c->view, l, &format);

    if (*host_has(l, room))
        return say(why, "carries the host's %.100s", room);
    if (master)
        return say(why, "is in %s", master->link.name);
    if (is_kind(l, "macvtap") || is_kind(l, "ipvtap"))
        return say(why, "is a virtual machine's");
    return *other_holder(c, l) &&
           say(why, "is a port of %s", other_holder(c, l));
}

/* Frames of interfaces that lie on it, directly or over others, come by it. */
static const struct host_link *find_lived_on(const struct port_candidate *c,
                                             const struct host_link *l,
                                             int depth,
                                             char why[PORT_VERDICT_SIZE])
{
    for (size_t i = 0; i < c->view->count && depth < DEPTH_MAX; i++) {
        const struct host_link *upper = &c->view->links[i];
        const struct host_link *found;

        if (upper == l || !lies_on(upper, l->link.ifindex))
            continue;
        if (is_lived_on(c, upper, why))
            return upper;
        found = find_lived_on(c, upper, depth + 1, why);
        if (found)
            return found;
    }
    return NULL;
}

static bool carries_what_is_lived_on(const struct port_candidate *c,
                                     char text[PORT_VERDICT_SIZE])
{
    char why[PORT_VERDICT_SIZE];
    const struct host_link *upper = find_lived_on(c, c->link, 0, why);

    return upper && say(text,
                        "carries the frames of %s, which %.120s and would be "
                        "cut off; move that to LOCAL or an internal port, or "
                        "write host-stack = see",
                        upper->link.name, why);
}

/* Kinds that give only frames for an address of their own. */
static const char *const selective_kinds[] = {"macvlan", "macvtap", "ipvlan",
                                              "ipvtap"};

static bool is_selective(const struct port_candidate *c,
                         char text[PORT_VERDICT_SIZE])
{
    const struct link *l = &c->link->link;

    for (size_t i = 0; i < ARRAY_SIZE(selective_kinds); i++)
        if (!strcmp(l->kind, selective_kinds[i]) && !l->is_passthru)
            return say(text,
                       "is a %s: the kernel gives it only frames for its own "
                       "address, so none arrive for hosts behind other ports; "
                       "use the interface below it, or one end of a veth pair",
                       l->kind);
    return false;
}

static bool has_program(const struct port_candidate *c,
                        char text[PORT_VERDICT_SIZE])
{
    return c->link->link.has_xdp &&
           say(text,
               "has an XDP program: frames that it takes never arrive; "
               "see \"ip link show %s\"",
               c->link->link.name);
}

static const struct {
    enum port_fitness fitness;
    bool is_of_shield; /* not broken where the host sees the frames as well */
    bool (*is_broken)(const struct port_candidate *c,
                      char text[PORT_VERDICT_SIZE]);
} rules[] = {
    /* clang-format off */
    {PORT_IS_UNFIT,   false, has_no_ethernet         },
    {PORT_IS_UNFIT,   false, is_in_another           },
    {PORT_IS_UNFIT,   false, is_held                 },
    {PORT_IS_UNFIT,   false, lies_on_port            },
    {PORT_IS_UNFIT,   true,  carries_host            },
    {PORT_IS_UNFIT,   true,  carries_what_is_lived_on},
    {PORT_IS_LIMITED, false, is_selective            },
    {PORT_IS_LIMITED, false, has_program             },
    /* clang-format on */
};

void port_fitness_judge(const struct port_candidate *c,
                        struct port_verdict *verdict)
{
    *verdict = (struct port_verdict){.fitness = PORT_IS_FIT};
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        if ((rules[i].is_of_shield && !c->has_shield) ||
            !rules[i].is_broken(c, verdict->text))
            continue;
        verdict->fitness = rules[i].fitness;
        return;
    }
}
