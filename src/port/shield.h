/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps the host's own IP stack from seeing the frames of a port: an nftables
 * chain of family netdev at the ingress hook with policy drop.  AF_PACKET still
 * gets every frame.  The table carries the owner flag, so it goes with the
 * netlink socket: after a crash nothing is left.
 *
 * nft(8) "netdev", Linux 5.12 NFT_TABLE_F_OWNER.  Without libnftnl at build
 * time shield_open returns -EOPNOTSUPP.
 */
#ifndef PORT_SHIELD_H
#define PORT_SHIELD_H

/* Marks of frames that take the detour: this, and the number of the interface
 * that they are for. */
#define SHIELD_MARK      0xfb000000u
#define SHIELD_MARK_MASK 0xff000000u

struct shield;

/*
 * 'name' is the table's ("flowbridge-of-switch").  Returns 0, or -errno and
 * '*s' is NULL: -EOPNOTSUPP, this build or this kernel has no such thing;
 * -EPERM, another process owns a table of this name, or CAP_NET_ADMIN is
 * missing; -EEXIST, there is one that nobody owns.
 */
int shield_open(struct shield **s, const char *name);
/* Each returns 0 or -errno; a port that is shielded already counts as done. For
 * a device that is not there it is -ENODEV before Linux 6.16; since then the
 * shield is kept ready and takes hold when the device comes. */
int shield_add(struct shield *s, const char *port);
/* Also for a device that is gone already. */
int shield_remove(struct shield *s, const char *port);
/*
 * The way out for frames that a packet socket refuses or the device after it
 * drops because it takes a VLAN tag for payload: what is sent on lo with a mark
 * as above goes to the interface.  On the way the kernel puts the tag where it
 * keeps those of its own, and its size no longer counts.  See detour.h.
 * Returns 0 or -errno: -ENOENT or -EOPNOTSUPP, a kernel without nft_fwd_netdev.
 */
int shield_add_detour(struct shield *s);
void shield_close(struct shield *s);

#endif
