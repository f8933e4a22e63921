/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/ports.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/retire.h"
#include "base/thread_role.h"

/* A port as workers have it, their own copy. */
struct port_copy {
    struct datapath_port port;
    struct retired retired;
};

static void retire_port(struct datapath_port *port)
{
    struct port_copy *copy = (struct port_copy *)port;

    if (copy)
        retire(&copy->retired, copy, free);
}

static _Atomic uint16_t *number_slot(struct ports *p, uint32_t number)
{
    if (number == PORT_NO_LOCAL)
        return &p->local;
    return number <= OFPORT_MAX ? &p->by_number[number] : NULL;
}

const struct datapath_port *ports_find(const struct ports *p, uint32_t number)
{
    const _Atomic uint16_t *slot =
        number_slot((struct ports *)(uintptr_t)p, number);
    uint16_t index =
        slot ? atomic_load_explicit(slot, memory_order_acquire) : 0;

    return index ? ports_at(p, index - 1u) : NULL;
}

static bool link_is_equal(const struct port_link *a, const struct port_link *b)
{
    return a->is_up == b->is_up && a->kernel_takes == b->kernel_takes &&
           a->kernel_sends == b->kernel_sends &&
           a->kernel_goes_to_peer == b->kernel_goes_to_peer &&
           a->ifindex == b->ifindex && a->mtu == b->mtu &&
           !memcmp(a->queues, b->queues, sizeof(a->queues)) &&
           a->counters == b->counters;
}

bool ports_are_equal(const struct datapath_port *a,
                     const struct datapath_port *b)
{
    return a->index == b->index && a->number == b->number &&
           a->has_no_recv == b->has_no_recv && a->has_no_fwd == b->has_no_fwd &&
           a->has_no_flood == b->has_no_flood &&
           a->has_no_packet_in == b->has_no_packet_in &&
           a->own_address == b->own_address &&
           vlan_membership_is_equal(&a->vlan, &b->vlan) &&
           link_is_equal(&a->link, &b->link);
}

static void set_end(struct ports *p)
{
    uint32_t end = PORTS_MAX;

    while (end && !atomic_load(&p->by_index[end - 1]))
        end--;
    atomic_store_explicit(&p->end, end, memory_order_release);
}

static void set_own(struct ports *p, unsigned int index, bool is_own)
{
    uint64_t bit = UINT64_C(1) << index % 64;

    if (is_own)
        atomic_fetch_or(&p->own[index / 64], bit);
    else
        atomic_fetch_and(&p->own[index / 64], ~bit);
}

int ports_set(struct ports *p, const struct datapath_port *port)
{
    struct port_copy *copy = malloc(sizeof(*copy));
    struct datapath_port *old = atomic_load(&p->by_index[port->index]);
    _Atomic uint16_t *slot;

    assert(port->index < PORTS_MAX);
    assert_main_thread();
    if (!copy)
        return -ENOMEM;
    copy->port = *port;
    if (old && old->number != port->number &&
        (slot = number_slot(p, old->number)))
        atomic_store_explicit(slot, 0, memory_order_release);
    atomic_store_explicit(&p->by_index[port->index], &copy->port,
                          memory_order_release);
    slot = number_slot(p, port->number);
    if (slot)
        atomic_store_explicit(slot, (uint16_t)(port->index + 1),
                              memory_order_release);
    set_own(p, port->index, port->own_address);
    set_end(p);
    retire_port(old);
    return 0;
}

void ports_remove(struct ports *p, unsigned int index)
{
    struct datapath_port *old = atomic_load(&p->by_index[index]);
    _Atomic uint16_t *slot;

    assert(index < PORTS_MAX);
    assert_main_thread();
    if (!old)
        return;
    slot = number_slot(p, old->number);
    if (slot)
        atomic_store_explicit(slot, 0, memory_order_release);
    atomic_store_explicit(&p->by_index[index], NULL, memory_order_release);
    set_own(p, index, false);
    set_end(p);
    retire_port(old);
}

void ports_clear(struct ports *p)
{
    for (unsigned int i = 0; i < PORTS_MAX; i++)
        ports_remove(p, i);
    retire_flush();
}
