/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's network interfaces, by rtnetlink (libmnl) and ethtool ioctls:
 * what one is, and changes to it that a port needs.  link_monitor.h follows
 * them as they come, change and go.
 *
 * rtnetlink(7), RFC 2863 for link states.
 */
#ifndef PORT_LINK_H
#define PORT_LINK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LINK_NAME_SIZE = 16,      /* IFNAMSIZ */
    LINK_ANY_NAME_SIZE = 128, /* ALTIFNAMSIZ: an alternative name's */
    LINK_ALTNAMES_SIZE = 512, /* of all of them, each with its end */
    LINK_LOWERS_MAX = 2,
};

struct link {
    int ifindex;
    int netns; /* 0: that of this process; else its number here + 1 */
    char name[LINK_NAME_SIZE];
    /* Alternative names (ip-link(8), "property"), one behind the other; an
     * empty one ends them.  What has no room is left out. */
    char altnames[LINK_ALTNAMES_SIZE];
    uint8_t mac[6];
    uint32_t mtu;    /* bytes after the Ethernet header */
    bool is_up;      /* IFF_UP: what the administrator wants */
    bool is_running; /* has carrier (IFF_LOWER_UP) */
    bool is_loopback;
    bool is_tap;       /* a tun device, kind tap */
    char kind[16];     /* "veth", "tun", "" for hardware */
    bool has_far_peer; /* a veth whose other end is in another namespace */
    uint16_t type;     /* ARPHRD_* */
    int master; /* the ifindex of the bridge, bond, ... it is in; 0: none */
    /* The interfaces whose frames it takes, as a VLAN's; 0: none, or one of
     * another namespace.  The other end of a pair is not meant. */
    int lowers[LINK_LOWERS_MAX];
    bool is_promiscuous; /* set so by ip(8) or by its like, not by a socket */
    bool is_passthru;    /* a macvlan that takes all frames of its lower */
    bool has_xdp;        /* a program sees its frames before anybody else */
};

/* Speed and duplex, by ethtool; 0 and false where the driver does not say. */
struct link_speed {
    uint32_t mbps;
    bool is_full_duplex;
    /* As OpenFlow 1.3 OFPPF_*: current, advertised, supported, peer. */
    uint32_t current, advertised, supported, peer;
};

/* Whether it is one of the interface's names, its own or an alternative one. */
bool link_has_name(const struct link *link, const char *name);
/* The alternative name behind 'altname' (NULL: the first one), or NULL. */
const char *link_next_altname(const struct link *link, const char *altname);

/* Asks the kernel for one by name, in the namespace 'netns' of struct link.
 * Returns 0 or -errno; -ENODEV: there is none. */
int link_look(int netns, const char *name, struct link *link);

/* Each returns 0 or -errno; -EOPNOTSUPP of a link in another namespace. */
int link_set_up(const struct link *link, bool is_up);
int link_set_mtu(const struct link *link, uint32_t mtu);
int link_set_mac(int ifindex, const uint8_t mac[6]);
/* No IPv6 addresses, solicitations or reports of the host's own on it:
 * IFLA_INET6_ADDR_GEN_MODE none, and the link-local addresses that it has by
 * now are taken away.  An interface without IPv6 is quiet already. */
int link_set_quiet(int ifindex);
/*
 * How the kernel makes IPv6 link-local addresses on it: a value of
 * IFLA_INET6_ADDR_GEN_MODE, or -errno (-EAFNOSUPPORT: it has no IPv6).  Read
 * before link_set_quiet and set again afterwards, it undoes the quiet: the
 * address comes when the interface is set up the next time.
 */
int link_get_address_mode(int ifindex);
int link_set_address_mode(int ifindex, int mode);
/* 'address' is 4 or 16 bytes in network order; -EEXIST counts as done. */
int link_add_address(int ifindex, int family, const uint8_t *address,
                     uint8_t prefix_length);
/* One that is not there counts as removed. */
int link_remove_address(int ifindex, int family, const uint8_t *address,
                        uint8_t prefix_length);
int link_remove_default_route(int ifindex, int family, const uint8_t *gateway);
/* -EEXIST: there is another default route; it stays as it is. */
int link_add_default_route(int ifindex, int family, const uint8_t *gateway);
int link_get_speed(const char *name, struct link_speed *speed);

#endif
