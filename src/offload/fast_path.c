/* SPDX-License-Identifier: BSD-2-Clause */
#include "offload/fast_path.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#ifdef HAVE_LIBBPF
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#endif

#include "base/array.h"
#include "base/hash_seed.h"
#include "offload/fast_path_layout.h"

_Static_assert((int)FAST_PATH_CPUS == (int)FAST_CPUS, "one a CPU");
_Static_assert((int)FAST_PATH_FLOWS == (int)FAST_FLOWS, "their numbers");
_Static_assert((int)DROP_REASON_COUNT <= (int)FAST_DROPS, "one a reason");

/* Of nothing that holds; the tables would have to change for years to have
 * it. */
static const uint32_t NO_VERSION = UINT32_MAX;

enum { FAST_LIST_WAYS = 8 };

struct fast_path {
    struct bpf_object *object;
    int ring, port; /* programs */
    size_t cpu_count;
    struct fast_control *control;
    struct fast_cpu *cpus;
    struct fast_port *ports;
    uint64_t *port_of; /* an element takes eight bytes, of which two count */
    struct fast_mac *macs;
    struct fast_counts *counts;
    struct fast_flow *flows;
    struct fast_flow_counts *flow_counts;
    struct fast_steps *lists;
    size_t list_count;
};

/* 'size' is that of an element, and 'count' of how many there are, one of each
 * for a CPU or a stripe if there is 'each'. */
enum each { EACH_NONE, EACH_CPU, EACH_STRIPE };

static const struct array {
    const char *name;
    size_t offset, size, count;
    enum each each;
} arrays[] = {
    {"control", offsetof(struct fast_path, control),
     sizeof(struct fast_control), 1, EACH_NONE},
    {"cpus", offsetof(struct fast_path, cpus), sizeof(struct fast_cpu), 1,
     EACH_CPU},
    {"ports", offsetof(struct fast_path, ports), sizeof(struct fast_port),
     FAST_PORTS, EACH_NONE},
    {"port_of", offsetof(struct fast_path, port_of), 8, FAST_INTERFACES,
     EACH_NONE},
    {"macs", offsetof(struct fast_path, macs), sizeof(struct fast_mac),
     FAST_MACS, EACH_NONE},
    {"counts", offsetof(struct fast_path, counts), sizeof(struct fast_counts),
     FAST_PORTS, EACH_CPU},
    {"flows", offsetof(struct fast_path, flows), sizeof(struct fast_flow),
     FAST_FLOWS, EACH_NONE},
    {"flow_counts", offsetof(struct fast_path, flow_counts),
     sizeof(struct fast_flow_counts), FAST_FLOWS, EACH_STRIPE},
    {"lists", offsetof(struct fast_path, lists), sizeof(struct fast_steps),
     FAST_LISTS, EACH_NONE},
};

static void **place_of(struct fast_path *f, const struct array *a)
{
    return (void **)(void *)((char *)f + a->offset);
}

static size_t count_of(const struct fast_path *f, const struct array *a)
{
    size_t stripes = f->cpu_count < FAST_STRIPES ? f->cpu_count : FAST_STRIPES;

    return a->count * (a->each == EACH_CPU      ? f->cpu_count
                       : a->each == EACH_STRIPE ? stripes
                                                : 1);
}

static size_t mapped_size(const struct fast_path *f, const struct array *a)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (count_of(f, a) * a->size + page - 1) / page * page;
}

#ifdef HAVE_LIBBPF

/* The object that clang makes of fast_path.bpf.c, as it is. */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "fast_path_object:\n"
        ".incbin \"" FAST_PATH_OBJECT "\"\n"
        "fast_path_object_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const uint8_t fast_path_object[], fast_path_object_end[];

static int map_array(struct fast_path *f, const struct array *a)
{
    const struct bpf_map *map =
        bpf_object__find_map_by_name(f->object, a->name);
    void *at = map ? mmap(NULL, mapped_size(f, a), PROT_READ | PROT_WRITE,
                          MAP_SHARED, bpf_map__fd(map), 0)
                   : MAP_FAILED;

    if (at == MAP_FAILED)
        return map ? -errno : -ENOENT;
    *place_of(f, a) = at;
    return 0;
}

/* Before it is loaded. */
static int size_array(const struct fast_path *f, const struct array *a)
{
    struct bpf_map *map = bpf_object__find_map_by_name(f->object, a->name);

    return map ? bpf_map__set_max_entries(map, (uint32_t)count_of(f, a))
               : -ENOENT;
}

static int program_of(const struct fast_path *f, const char *name)
{
    const struct bpf_program *p =
        bpf_object__find_program_by_name(f->object, name);

    return p ? bpf_program__fd(p) : -ENOENT;
}

static int load(struct fast_path *f)
{
    int err = 0;

    libbpf_set_print(NULL);
    f->object = bpf_object__open_mem(
        fast_path_object, (size_t)(fast_path_object_end - fast_path_object),
        NULL);
    if (!f->object)
        return -errno;
    for (size_t i = 0; i < ARRAY_SIZE(arrays) && !err; i++)
        err = size_array(f, &arrays[i]);
    if (!err)
        err = bpf_object__load(f->object);
    for (size_t i = 0; i < ARRAY_SIZE(arrays) && !err; i++)
        err = map_array(f, &arrays[i]);
    if (err)
        return err;
    f->ring = program_of(f, "ring");
    f->port = program_of(f, "port");
    return f->ring < 0 ? f->ring : f->port < 0 ? f->port : 0;
}

static void unload(struct fast_path *f)
{
    bpf_object__close(f->object);
}

#else

static int load(struct fast_path *f)
{
    (void)f;
    return -EOPNOTSUPP;
}

static void unload(struct fast_path *f)
{
    (void)f;
}

#endif

/* What an error of loading means. */
static const char *hint_of(int err)
{
    switch (err) {
    case -EPERM:
    case -EACCES:
        return ": it takes CAP_BPF and CAP_PERFMON at the start";
    case -EOPNOTSUPP:
        return ": this flowbridge was built without it";
    default:
        return "";
    }
}

static size_t count_cpus(void)
{
    size_t count = (size_t)get_nprocs_conf();

    return count < FAST_CPUS ? count : FAST_CPUS;
}

struct fast_path *fast_path_create(char error[FAST_PATH_ERROR_SIZE])
{
    struct fast_path *f = calloc(1, sizeof(*f));
    int err = -ENOMEM;

    if (f) {
        f->cpu_count = count_cpus();
        err = load(f);
    }
    if (err) {
        snprintf(error, FAST_PATH_ERROR_SIZE, "%s%s", strerror(-err),
                 hint_of(err));
        fast_path_free(f);
        return NULL;
    }
    f->control->seed = hash_seed();
    f->control->drop_edit = DROP_EDIT;
    f->control->drop_full = DROP_RING_FULL;
    for (size_t i = 0; i < FAST_FLOWS; i++)
        f->flows[i].version = NO_VERSION;
    fast_path_forget_all(f);
    return f;
}

void fast_path_free(struct fast_path *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
        if (*place_of(f, &arrays[i]))
            munmap(*place_of(f, &arrays[i]), mapped_size(f, &arrays[i]));
    unload(f);
    free(f);
}

int fast_path_ring_program(const struct fast_path *f)
{
    return f->ring;
}

int fast_path_port_program(const struct fast_path *f)
{
    return f->port;
}

uint64_t *fast_path_done(struct fast_path *f, unsigned int port)
{
    return (uint64_t *)&f->ports[port].done;
}

static void store32(__u32 *to, uint32_t value)
{
    __atomic_store_n(to, value, __ATOMIC_RELEASE);
}

static void store64(__u64 *to, uint64_t value)
{
    __atomic_store_n(to, value, __ATOMIC_RELEASE);
}

void fast_path_set_interface(struct fast_path *f, unsigned int port,
                             int ifindex, bool is_there, uint32_t guest_mtu)
{
    struct fast_port *p = &f->ports[port];

    if (ifindex < 0 || ifindex >= FAST_INTERFACES)
        return;
    if (is_there) { /* with rings that nothing has come to yet */
        p->guest_mtu = guest_mtu;
        store64(&p->handed, 0);
        store64(&p->done, 0);
        store64(&p->missed, 0);
    }
    __atomic_store_n((uint16_t *)&f->port_of[ifindex],
                     is_there ? (uint16_t)(port + 1) : 0, __ATOMIC_RELEASE);
}

void fast_path_set_version(struct fast_path *f, uint32_t version)
{
    __atomic_store_n(&f->control->version, version, __ATOMIC_SEQ_CST);
}

void fast_path_set_port(struct fast_path *f, unsigned int port,
                        const struct fast_path_port *p)
{
    static const uint16_t modes[] = {[VLAN_ALL] = FAST_VLAN_ALL,
                                     [VLAN_ACCESS] = FAST_VLAN_ACCESS,
                                     [VLAN_TRUNK] = FAST_VLAN_TRUNK};
    struct fast_port *to = &f->ports[port];

    to->ifindex = (uint32_t)p->ifindex;
    to->number = htonl(p->number);
    to->mtu = p->mtu;
    to->version = NO_VERSION; /* no verdict yet */
    to->vlan_mode = modes[p->vlan.mode];
    to->access = p->vlan.access;
    to->native = p->vlan.native;
    _Static_assert(sizeof(to->trunks) == sizeof(p->vlan.trunks), "a copy");
    memcpy(to->trunks, p->vlan.trunks, sizeof(to->trunks));
    store32(&to->flags, (p->takes ? FAST_PORT_IN : 0u) |
                            (p->sends ? FAST_PORT_OUT : 0u) |
                            (p->goes_to_peer ? FAST_PORT_PEER : 0u));
}

static const uint8_t verdicts[] = {
    [FAST_PATH_NORMAL] = FAST_NORMAL,
    [FAST_PATH_OUTPUT] = FAST_OUTPUT,
    [FAST_PATH_DROP] = FAST_DROP,
    [FAST_PATH_STEPS] = FAST_STEPS,
};

void fast_path_leave(struct fast_path *f, unsigned int port,
                     const struct fast_path_verdict *v)
{
    struct fast_port *p = &f->ports[port];

    p->verdict = verdicts[v->kind];
    p->to = v->to;
    store32(&p->version, f->control->version);
}

static union fast_key key_of(const uint64_t *words)
{
    union fast_key k;

    memcpy(&k, words, sizeof(k));
    return k;
}

/* The mask's number, or -1 if there are as many others as there may be. */
static int mask_number(struct fast_path *f, const union fast_key *mask)
{
    uint32_t count = f->control->mask_count;

    for (uint32_t i = 0; i < count; i++)
        if (!memcmp(&f->control->masks[i], mask, sizeof(*mask)))
            return (int)i;
    if (count == FAST_MASKS)
        return -1;
    f->control->masks[count] = *mask;
    store32(&f->control->mask_count, count + 1);
    return (int)count;
}

static bool is_there(const struct fast_path *f, const struct fast_flow *flow,
                     uint32_t mask, const union fast_key *masked)
{
    return flow->is_taken && flow->version == f->control->version &&
           flow->mask == mask && !memcmp(&flow->key, masked, sizeof(*masked));
}

int fast_path_find_flow(const struct fast_path *f, const uint64_t *key)
{
    union fast_key whole = key_of(key), masked;

    for (uint32_t i = 0; i < f->control->mask_count; i++) {
        uint64_t place = fast_key_mask(&whole, &f->control->masks[i], &masked,
                                       f->control->seed ^ i);

        for (unsigned int way = 0; way < FAST_FLOW_WAYS; way++) {
            unsigned int number =
                (unsigned int)(place + way) & (FAST_FLOWS - 1);

            if (is_there(f, &f->flows[number], i, &masked))
                return (int)number;
        }
    }
    return -1;
}

/* The number of the list that says the same, which there may be already; or -1
 * if there are too many. */
static int share_steps(struct fast_path *f, const struct fast_steps *steps)
{
    const uint64_t *word = (const uint64_t *)(const void *)steps;
    uint64_t hash = f->control->seed;

    for (size_t i = 0; i < sizeof(*steps) / sizeof(*word); i++) {
        hash = (hash ^ word[i]) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 32;
    }
    for (size_t i = 0; i < FAST_LIST_WAYS; i++) {
        size_t at = (hash + i) & (FAST_LISTS - 1);

        if (!f->lists[at].count) {
            f->lists[at] = *steps;
            f->list_count++;
            return (int)at;
        }
        if (!memcmp(&f->lists[at], steps, sizeof(*steps)))
            return (int)at;
    }
    return -1;
}

int fast_path_add_flow(struct fast_path *f, const uint64_t *key,
                       const uint64_t *mask, const struct fast_path_verdict *v)
{
    union fast_key whole = key_of(key), bits = key_of(mask), masked;
    int number = mask_number(f, &bits);
    int to = v->kind == FAST_PATH_STEPS ? share_steps(f, v->steps) : (int)v->to;
    uint64_t place;

    if (number < 0 || to < 0)
        return -1;
    place = fast_key_mask(&whole, &bits, &masked,
                          f->control->seed ^ (uint32_t)number);
    for (unsigned int way = 0; way < FAST_FLOW_WAYS; way++) {
        unsigned int at = (unsigned int)(place + way) & (FAST_FLOWS - 1);
        struct fast_flow *flow = &f->flows[at];

        if (flow->is_taken)
            continue;
        flow->is_taken = 1;
        flow->key = masked;
        flow->mask = (uint8_t)number;
        flow->verdict = verdicts[v->kind];
        flow->to = (uint16_t)to;
        store32(&flow->version, f->control->version);
        return (int)at;
    }
    return -1;
}

void fast_path_flow_key(const struct fast_path *f, unsigned int flow,
                        uint64_t *key, uint64_t *mask)
{
    const struct fast_flow *at = &f->flows[flow];

    memcpy(key, &at->key, sizeof(at->key));
    memcpy(mask, &f->control->masks[at->mask], sizeof(at->key));
}

void fast_path_hide_flow(struct fast_path *f, unsigned int flow)
{
    store32(&f->flows[flow].version, NO_VERSION);
}

void fast_path_release_flow(struct fast_path *f, unsigned int flow)
{
    assert(f->flows[flow].version != f->control->version);
    f->flows[flow].is_taken = 0;
}

void fast_path_release_shared(struct fast_path *f)
{
    store32(&f->control->mask_count, 0);
    for (size_t i = 0; f->list_count && i < FAST_LISTS; i++)
        f->lists[i].count = 0;
    f->list_count = 0;
}

void fast_path_set_missed(struct fast_path *f, unsigned int port,
                          uint64_t missed)
{
    store64(&f->ports[port].missed, missed);
}

/* Where it is, or else a free place if 'wants_room'; or NULL. */
static struct fast_mac *find_mac(const struct fast_path *f, uint64_t key,
                                 bool wants_room)
{
    uint32_t place = fast_mac_place(f->control->seed, key);
    struct fast_mac *room = NULL;

    for (uint32_t i = 0; i < FAST_MAC_WAYS; i++) {
        struct fast_mac *m = &f->macs[(place + i) & (FAST_MACS - 1)];

        if (m->key == key)
            return m;
        if (!room && m->key == FAST_MAC_FREE)
            room = m;
    }
    return wants_room ? room : NULL;
}

void fast_path_learn(struct fast_path *f, uint64_t key, unsigned int port,
                     uint32_t used_s)
{
    struct fast_mac *m = find_mac(f, key, true);

    if (!m)
        return;
    store32(&m->used_s, used_s);
    store32(&m->port, port);
    store64(&m->key, key);
}

void fast_path_forget(struct fast_path *f, uint64_t key)
{
    struct fast_mac *m = find_mac(f, key, false);

    if (m)
        store64(&m->key, FAST_MAC_FREE);
}

void fast_path_forget_all(struct fast_path *f)
{
    for (size_t i = 0; i < FAST_MACS; i++)
        store64(&f->macs[i].key, FAST_MAC_FREE);
}

void fast_path_each_mac(const struct fast_path *f,
                        void (*visit)(void *context, uint64_t key,
                                      unsigned int port, uint32_t used_s),
                        void *context)
{
    for (size_t i = 0; i < FAST_MACS; i++)
        if (f->macs[i].key != FAST_MAC_FREE)
            visit(context, f->macs[i].key, f->macs[i].port,
                  __atomic_load_n(&f->macs[i].used_s, __ATOMIC_RELAXED));
}

static uint64_t sequence_of(const struct fast_path *f, size_t cpu)
{
    return __atomic_load_n(&f->cpus[cpu].sequence, __ATOMIC_ACQUIRE);
}

void fast_path_fence(const struct fast_path *f, struct fast_path_fence *fence)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (size_t i = 0; i < f->cpu_count; i++) {
        uint64_t sequence = sequence_of(f, i);

        fence->sequence[i] = sequence & 1 ? sequence : 0;
    }
}

bool fast_path_is_past(const struct fast_path *f,
                       const struct fast_path_fence *fence)
{
    for (size_t i = 0; i < f->cpu_count; i++)
        if (fence->sequence[i] && sequence_of(f, i) == fence->sequence[i])
            return false;
    return true;
}

static void add(uint64_t *sum, const __u64 *counter)
{
    *sum += __atomic_load_n(counter, __ATOMIC_RELAXED);
}

struct fast_path_counts fast_path_counts(const struct fast_path *f,
                                         unsigned int port)
{
    struct fast_path_counts sum = {0};

    for (size_t cpu = 0; cpu < f->cpu_count; cpu++) {
        const struct fast_counts *c = &f->counts[cpu * FAST_PORTS + port];

        add(&sum.rx_frames, &c->rx_frames);
        add(&sum.rx_bytes, &c->rx_bytes);
        add(&sum.tx_frames, &c->tx_frames);
        add(&sum.tx_bytes, &c->tx_bytes);
        add(&sum.forwarded, &c->forwarded);
        for (size_t i = 0; i < DROP_REASON_COUNT; i++)
            add(&sum.drops[i], &c->drops[i]);
    }
    return sum;
}

struct fast_path_flow_counts fast_path_flow_counts(const struct fast_path *f,
                                                   unsigned int flow)
{
    struct fast_path_flow_counts sum = {0};

    for (size_t i = 0; i < f->cpu_count && i < FAST_STRIPES; i++) {
        const struct fast_flow_counts *c =
            &f->flow_counts[i * FAST_FLOWS + flow];

        add(&sum.frames, &c->frames);
        add(&sum.bytes, &c->bytes);
    }
    return sum;
}
