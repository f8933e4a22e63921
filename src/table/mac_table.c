/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/mac_table.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/hash_seed.h"
#include "base/retire.h"
#include "base/thread_role.h"

enum { HOPS_MAX = 256 }; /* a chain changed under a reader must not hold it */

#define NONE     UINT32_MAX
#define FREE_KEY UINT64_MAX

/* Entries are named by index.  What workers touch is atomic; the links of the
 * port's list, oldest first, are the main thread's. */
struct entry {
    _Atomic uint64_t key; /* MAC << 12 | VLAN */
    _Atomic uint32_t next;
    _Atomic uint32_t used_s;
    _Atomic uint16_t port;
    uint32_t placed_s; /* 'used_s' when it got its place in the list */
    uint32_t older, newer;
};

struct port_list {
    uint32_t oldest, newest;
    size_t count;
};

struct mac_table {
    size_t capacity, count;
    uint32_t aging_s;
    uint32_t free; /* list by 'newer' */
    uint64_t evicted;
    uint64_t seed; /* hosts choose what is hashed */
    struct retired retired;
    mac_table_changed_fn *changed;
    void *changed_context;
    struct port_list ports[MAC_TABLE_PORTS];
    size_t bucket_mask;
    _Atomic uint32_t *buckets;
    struct entry *entries;
};

static uint64_t key_of(uint64_t mac, uint16_t vlan)
{
    return mac << 12 | (vlan & 0xfff);
}

static _Atomic uint32_t *bucket_of(const struct mac_table *t, uint64_t key)
{
    return &t->buckets[hash_two(t->seed, key, 0) & t->bucket_mask];
}

struct mac_table *mac_table_create(size_t capacity, uint32_t aging_s)
{
    struct mac_table *t = calloc(1, sizeof(*t));
    size_t buckets = 16;

    assert(capacity > 0 && capacity < NONE);
    if (!t)
        return NULL;
    while (buckets < capacity * 2)
        buckets *= 2;
    t->capacity = capacity;
    t->aging_s = aging_s;
    t->seed = hash_seed();
    t->bucket_mask = buckets - 1;
    t->buckets = malloc(buckets * sizeof(*t->buckets));
    t->entries = malloc(capacity * sizeof(*t->entries));
    if (!t->buckets || !t->entries) {
        mac_table_free(t);
        return NULL;
    }
    for (size_t i = 0; i < buckets; i++)
        atomic_init(&t->buckets[i], NONE);
    for (size_t i = 0; i < capacity; i++) {
        atomic_init(&t->entries[i].key, FREE_KEY);
        atomic_init(&t->entries[i].next, NONE);
        atomic_init(&t->entries[i].used_s, 0);
        atomic_init(&t->entries[i].port, 0);
        t->entries[i].newer = i + 1 < capacity ? (uint32_t)i + 1 : NONE;
    }
    t->free = 0;
    for (size_t i = 0; i < MAC_TABLE_PORTS; i++)
        t->ports[i] = (struct port_list){.oldest = NONE, .newest = NONE};
    return t;
}

void mac_table_free(struct mac_table *t)
{
    if (!t)
        return;
    free(t->buckets);
    free(t->entries);
    free(t);
}

static void release(void *object)
{
    mac_table_free(object);
}

void mac_table_retire(struct mac_table *t)
{
    retire(&t->retired, t, release);
}

static struct entry *find(const struct mac_table *t, uint64_t key)
{
    uint32_t at = atomic_load_explicit(bucket_of(t, key), memory_order_acquire);

    for (int hops = 0; at != NONE && hops < HOPS_MAX; hops++) {
        struct entry *e = &t->entries[at];

        if (atomic_load_explicit(&e->key, memory_order_acquire) == key)
            return e;
        at = atomic_load_explicit(&e->next, memory_order_acquire);
    }
    return NULL;
}

int mac_table_find(const struct mac_table *t, uint64_t mac, uint16_t vlan)
{
    uint64_t key = key_of(mac, vlan);
    const struct entry *e = find(t, key);
    int port;

    if (!e)
        return MAC_TABLE_UNKNOWN;
    port = atomic_load_explicit(&e->port, memory_order_acquire);
    /* Asked again: it may have become another address's meanwhile. */
    return atomic_load_explicit(&e->key, memory_order_relaxed) == key
               ? port
               : MAC_TABLE_UNKNOWN;
}

bool mac_table_refresh(struct mac_table *t, uint64_t mac, uint16_t vlan,
                       unsigned int port, uint32_t now_s)
{
    struct entry *e = find(t, key_of(mac, vlan));

    if (!e || atomic_load_explicit(&e->port, memory_order_relaxed) != port)
        return false;
    if (atomic_load_explicit(&e->used_s, memory_order_relaxed) != now_s)
        atomic_store_explicit(&e->used_s, now_s, memory_order_relaxed);
    return true;
}

static void tell(const struct mac_table *t, const struct entry *e, int port)
{
    if (t->changed)
        t->changed(t->changed_context, atomic_load(&e->key), port,
                   atomic_load(&e->used_s));
}

void mac_table_on_change(struct mac_table *t, mac_table_changed_fn *changed,
                         void *context)
{
    t->changed = changed;
    t->changed_context = context;
}

void mac_table_touch(struct mac_table *t, uint64_t mac, uint16_t vlan,
                     unsigned int port, uint32_t used_s)
{
    struct entry *e = find(t, key_of(mac, vlan));

    if (e && atomic_load(&e->port) == port &&
        (int32_t)(used_s - atomic_load(&e->used_s)) > 0)
        atomic_store(&e->used_s, used_s);
}

static void list_remove(struct mac_table *t, uint32_t at)
{
    struct entry *e = &t->entries[at];
    struct port_list *list = &t->ports[atomic_load(&e->port)];

    assert(list->count > 0);
    if (e->older == NONE)
        list->oldest = e->newer;
    else
        t->entries[e->older].newer = e->newer;
    if (e->newer == NONE)
        list->newest = e->older;
    else
        t->entries[e->newer].older = e->older;
    list->count--;
}

/* Puts it at the newest end of its port's list. */
static void list_append(struct mac_table *t, uint32_t at)
{
    struct entry *e = &t->entries[at];
    struct port_list *list = &t->ports[atomic_load(&e->port)];

    e->placed_s = atomic_load(&e->used_s);
    e->older = list->newest;
    e->newer = NONE;
    if (list->newest == NONE)
        list->oldest = at;
    else
        t->entries[list->newest].newer = at;
    list->newest = at;
    list->count++;
}

static void remove_entry(struct mac_table *t, uint32_t at)
{
    struct entry *e = &t->entries[at];
    _Atomic uint32_t *link = bucket_of(t, atomic_load(&e->key));

    assert(t->count > 0);
    tell(t, e, -1);
    while (atomic_load(link) != at)
        link = &t->entries[atomic_load(link)].next;
    atomic_store_explicit(link, atomic_load(&e->next), memory_order_release);
    atomic_store_explicit(&e->key, FREE_KEY, memory_order_release);
    list_remove(t, at);
    e->newer = t->free;
    t->free = at;
    t->count--;
}

/*
 * The entry that the port has not used for longest.  Workers refresh without
 * touching the list, so one that was used since it got its place moves on to
 * its proper end first.
 */
static uint32_t longest_unused(struct mac_table *t, unsigned int port)
{
    struct port_list *list = &t->ports[port];

    assert(list->count > 0);
    for (size_t left = list->count; left > 0; left--) {
        uint32_t at = list->oldest;

        if (atomic_load(&t->entries[at].used_s) == t->entries[at].placed_s)
            return at;
        list_remove(t, at);
        list_append(t, at);
    }
    return list->oldest;
}

static void make_room(struct mac_table *t)
{
    unsigned int fullest = 0;

    for (unsigned int i = 1; i < MAC_TABLE_PORTS; i++)
        if (t->ports[i].count > t->ports[fullest].count)
            fullest = i;
    remove_entry(t, longest_unused(t, fullest));
    t->evicted++;
}

static void add_entry(struct mac_table *t, uint64_t key, unsigned int port,
                      uint32_t used_s)
{
    _Atomic uint32_t *bucket = bucket_of(t, key);
    uint32_t at;
    struct entry *e;

    assert(port < MAC_TABLE_PORTS);
    if (t->free == NONE)
        make_room(t);
    at = t->free;
    e = &t->entries[at];
    /* The analyzer takes an entry's address for a NULL that find returned. */
    t->free = e->newer; /* NOLINT(clang-analyzer-core.NullDereference) */
    atomic_store(&e->port, (uint16_t)port);
    atomic_store(&e->used_s, used_s);
    atomic_store_explicit(&e->next, atomic_load(bucket), memory_order_release);
    atomic_store_explicit(&e->key, key, memory_order_release);
    atomic_store_explicit(bucket, at, memory_order_release);
    list_append(t, at);
    t->count++;
    tell(t, e, (int)port);
}

enum mac_news mac_table_learn(struct mac_table *t, uint64_t mac, uint16_t vlan,
                              unsigned int port, uint32_t now_s)
{
    uint64_t key = key_of(mac, vlan);
    struct entry *e = find(t, key);
    bool has_moved;

    assert(port < MAC_TABLE_PORTS);
    assert_main_thread();
    if (!e) {
        add_entry(t, key, port, now_s);
        return MAC_NEW;
    }
    has_moved = atomic_load(&e->port) != port;
    list_remove(t, (uint32_t)(e - t->entries));
    atomic_store_explicit(&e->port, (uint16_t)port, memory_order_release);
    atomic_store(&e->used_s, now_s);
    list_append(t, (uint32_t)(e - t->entries));
    if (has_moved)
        tell(t, e, (int)port);
    return has_moved ? MAC_MOVED : MAC_KNOWN;
}

size_t mac_table_forget_port(struct mac_table *t, unsigned int port)
{
    size_t count = t->ports[port].count;

    assert(port < MAC_TABLE_PORTS);
    assert_main_thread();
    while (t->ports[port].count)
        remove_entry(t, t->ports[port].oldest);
    return count;
}

void mac_table_forget_elsewhere(struct mac_table *t, uint64_t mac,
                                uint16_t vlan, unsigned int port)
{
    const struct entry *e = find(t, key_of(mac, vlan));

    assert_main_thread();
    if (e && atomic_load(&e->port) != port)
        remove_entry(t, (uint32_t)(e - t->entries));
}

/* It may have been used before the clock started, and a worker's clock may be
 * ahead of the main thread's. */
static uint32_t age_of(const struct entry *e, uint32_t now_s)
{
    uint32_t used_s = atomic_load(&e->used_s);

    return (int32_t)(now_s - used_s) > 0 ? now_s - used_s : 0;
}

/* All are looked at: those that workers have refreshed stand in their port's
 * list where they were before, so it is not in the order of use. */
size_t mac_table_age(struct mac_table *t, uint32_t now_s)
{
    size_t count = 0;

    assert_main_thread();
    for (size_t at = 0; at < t->capacity; at++) {
        const struct entry *e = &t->entries[at];

        if (atomic_load(&e->key) == FREE_KEY || age_of(e, now_s) < t->aging_s)
            continue;
        remove_entry(t, (uint32_t)at);
        count++;
    }
    return count;
}

static void describe(const struct entry *e, uint32_t now_s,
                     struct mac_entry *seen)
{
    uint64_t key = atomic_load(&e->key);

    *seen = (struct mac_entry){
        .mac = key >> 12,
        .vlan = key & 0xfff,
        .port = atomic_load(&e->port),
        .age_s = age_of(e, now_s),
    };
}

void mac_table_each(const struct mac_table *t, uint32_t now_s,
                    void (*visit)(void *context, const struct mac_entry *e),
                    void *context)
{
    for (size_t port = 0; port < MAC_TABLE_PORTS; port++)
        for (uint32_t at = t->ports[port].newest; at != NONE;
             at = t->entries[at].older) {
            struct mac_entry seen;

            describe(&t->entries[at], now_s, &seen);
            visit(context, &seen);
        }
}

size_t mac_table_count(const struct mac_table *t)
{
    return t->count;
}

size_t mac_table_capacity(const struct mac_table *t)
{
    return t->capacity;
}

uint32_t mac_table_aging(const struct mac_table *t)
{
    return t->aging_s;
}

uint64_t mac_table_evicted(const struct mac_table *t)
{
    return t->evicted;
}

/* Oldest first, so that what does not fit is what was unused for longest. */
void mac_table_copy(struct mac_table *to, const struct mac_table *from)
{
    assert_main_thread();
    for (size_t port = 0; port < MAC_TABLE_PORTS; port++)
        for (uint32_t at = from->ports[port].oldest; at != NONE;
             at = from->entries[at].newer) {
            const struct entry *e = &from->entries[at];

            add_entry(to, atomic_load(&e->key), (unsigned int)port,
                      atomic_load(&e->used_s));
        }
}
