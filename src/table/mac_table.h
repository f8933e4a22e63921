/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which port a MAC address was last seen at, for each VLAN.
 *
 * The main thread is the only writer.  Workers look up and refresh with no
 * locks: an entry that is being moved or reused under a reader makes it miss at
 * most, and a miss is a flood.  A full table makes room fairly: the port with
 * the most entries loses the one it has not used for longest.
 */
#ifndef TABLE_MAC_TABLE_H
#define TABLE_MAC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAC_TABLE_PORTS = 256, MAC_TABLE_UNKNOWN = -1 };

struct mac_table;

/* A MAC address as a number, the first byte on the wire highest. */
static inline uint64_t mac_number(const uint8_t mac[6])
{
    return (uint64_t)mac[0] << 40 | (uint64_t)mac[1] << 32 |
           (uint64_t)mac[2] << 24 | (uint64_t)mac[3] << 16 |
           (uint64_t)mac[4] << 8 | mac[5];
}

/* 'capacity' entries, which age out unused after 'aging_s' seconds.  NULL if
 * out of memory. */
struct mac_table *mac_table_create(size_t capacity, uint32_t aging_s);
/* No worker may be using it any more (see base/retire.h). */
void mac_table_free(struct mac_table *t);
/* The same, once workers have let go of it. */
void mac_table_retire(struct mac_table *t);

/*
 * Workers: the index of the port where 'mac' lives in 'vlan' (0 to 4095), or
 * MAC_TABLE_UNKNOWN.
 */
int mac_table_find(const struct mac_table *t, uint64_t mac, uint16_t vlan);

/*
 * Workers: true if it is known that 'mac' is at 'port', and then it counts as
 * used at 'now_s'.  False: the main thread should be told (mac_table_learn).
 */
bool mac_table_refresh(struct mac_table *t, uint64_t mac, uint16_t vlan,
                       unsigned int port, uint32_t now_s);

enum mac_news { MAC_KNOWN, MAC_NEW, MAC_MOVED };

/* Main thread: learns that 'mac' is at 'port', making room where need be. */
enum mac_news mac_table_learn(struct mac_table *t, uint64_t mac, uint16_t vlan,
                              unsigned int port, uint32_t now_s);
/* Main thread: forgets all of a port, or what has aged out; returns how many.
 */
size_t mac_table_forget_port(struct mac_table *t, unsigned int port);
size_t mac_table_age(struct mac_table *t, uint32_t now_s);
/* Main thread: forgets where 'mac' is in 'vlan' if that is not 'port'. */
void mac_table_forget_elsewhere(struct mac_table *t, uint64_t mac,
                                uint16_t vlan, unsigned int port);

struct mac_entry {
    uint64_t mac;
    uint16_t vlan;
    unsigned int port;
    uint32_t age_s; /* since it was last used */
};

void mac_table_each(const struct mac_table *t, uint32_t now_s,
                    void (*visit)(void *context, const struct mac_entry *e),
                    void *context);

size_t mac_table_count(const struct mac_table *t);
size_t mac_table_capacity(const struct mac_table *t);
uint32_t mac_table_aging(const struct mac_table *t);
/* Entries that had to go early because the table was full. */
uint64_t mac_table_evicted(const struct mac_table *t);

/* Main thread: is told of each address that comes to a port or goes (-1), as
 * MAC << 12 | VLAN. */
typedef void mac_table_changed_fn(void *context, uint64_t key, int port,
                                  uint32_t used_s);
void mac_table_on_change(struct mac_table *t, mac_table_changed_fn *changed,
                         void *context);
/* Main thread: it was used at 'used_s', if it is known to be at the port and
 * was not used since. */
void mac_table_touch(struct mac_table *t, uint64_t mac, uint16_t vlan,
                     unsigned int port, uint32_t used_s);

/* Main thread, on a table that no worker has yet: takes over what fits of
 * another one, the most recently used first. */
void mac_table_copy(struct mac_table *to, const struct mac_table *from);

#endif
