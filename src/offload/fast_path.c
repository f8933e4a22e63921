/* SPDX-License-Identifier: BSD-2-Clause */
#include "offload/fast_path.h"

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
};

static const struct array {
    const char *name;
    size_t offset, size;
} arrays[] = {
    {"control", offsetof(struct fast_path, control),
     sizeof(struct fast_control)},
    {"cpus", offsetof(struct fast_path, cpus),
     FAST_CPUS * sizeof(struct fast_cpu)},
    {"ports", offsetof(struct fast_path, ports),
     FAST_PORTS * sizeof(struct fast_port)},
    {"port_of", offsetof(struct fast_path, port_of), FAST_INTERFACES * 8},
    {"macs", offsetof(struct fast_path, macs),
     FAST_MACS * sizeof(struct fast_mac)},
    {"counts", offsetof(struct fast_path, counts),
     FAST_CPUS *FAST_PORTS * sizeof(struct fast_counts)},
};

static void **place_of(struct fast_path *f, const struct array *a)
{
    return (void **)(void *)((char *)f + a->offset);
}

static size_t mapped_size(const struct array *a)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (a->size + page - 1) / page * page;
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
    void *at = map ? mmap(NULL, mapped_size(a), PROT_READ | PROT_WRITE,
                          MAP_SHARED, bpf_map__fd(map), 0)
                   : MAP_FAILED;

    if (at == MAP_FAILED)
        return map ? -errno : -ENOENT;
    *place_of(f, a) = at;
    return 0;
}

static int program_of(const struct fast_path *f, const char *name)
{
    const struct bpf_program *p =
        bpf_object__find_program_by_name(f->object, name);

    return p ? bpf_program__fd(p) : -ENOENT;
}

static int load(struct fast_path *f)
{
    int err;

    libbpf_set_print(NULL);
    f->object = bpf_object__open_mem(
        fast_path_object, (size_t)(fast_path_object_end - fast_path_object),
        NULL);
    if (!f->object)
        return -errno;
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

struct fast_path *fast_path_create(char error[FAST_PATH_ERROR_SIZE])
{
    struct fast_path *f = calloc(1, sizeof(*f));
    int err = f ? load(f) : -ENOMEM;

    if (err) {
        snprintf(error, FAST_PATH_ERROR_SIZE, "%s%s", strerror(-err),
                 hint_of(err));
        fast_path_free(f);
        return NULL;
    }
    f->cpu_count = (size_t)get_nprocs_conf();
    if (f->cpu_count > FAST_CPUS)
        f->cpu_count = FAST_CPUS;
    f->control->seed = hash_seed();
    fast_path_forget_all(f);
    return f;
}

void fast_path_free(struct fast_path *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
        if (*place_of(f, &arrays[i]))
            munmap(*place_of(f, &arrays[i]), mapped_size(&arrays[i]));
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
                             int ifindex, bool is_there)
{
    struct fast_port *p = &f->ports[port];

    if (ifindex < 0 || ifindex >= FAST_INTERFACES)
        return;
    if (is_there) { /* with rings that nothing has come to yet */
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
    to->mtu = p->mtu;
    to->version = f->control->version - 1; /* no verdict yet */
    to->vlan_mode = modes[p->vlan.mode];
    to->access = p->vlan.access;
    to->native = p->vlan.native;
    _Static_assert(sizeof(to->trunks) == sizeof(p->vlan.trunks), "a copy");
    memcpy(to->trunks, p->vlan.trunks, sizeof(to->trunks));
    store32(&to->flags,
            (p->takes ? FAST_PORT_IN : 0u) | (p->sends ? FAST_PORT_OUT : 0u));
}

void fast_path_leave(struct fast_path *f, unsigned int port, int to)
{
    struct fast_port *p = &f->ports[port];

    p->verdict = to == FAST_PATH_NORMAL ? FAST_NORMAL : FAST_OUTPUT;
    p->to = (uint32_t)to;
    store32(&p->version, f->control->version);
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
        add(&sum.dropped, &c->dropped);
    }
    return sum;
}
