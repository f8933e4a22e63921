/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small switch to talk to: one port, four tables, one worker that the caller
 * turns, and few of all that a peer can use up.
 */
#ifndef FUZZ_SMALL_SWITCH_H
#define FUZZ_SMALL_SWITCH_H

#include <stdlib.h>

#include "base/retire.h"
#include "control/async.h"
#include "control/packet_buffers.h"
#include "control/switch.h"

static inline void expect(bool is_right)
{
    if (!is_right)
        abort();
}

static inline void
small_switch_each_port(void *context,
                       void (*visit)(void *visitor, const struct port_desc *p),
                       void *visitor)
{
    static const struct port_desc port = {.number = 1, .name = "p1"};

    (void)context;
    visit(visitor, &port);
}

static inline bool small_switch_find_port(void *context, uint32_t number,
                                          struct port_desc *p)
{
    (void)context;
    *p = (struct port_desc){.number = number};
    return number == 1;
}

static inline bool small_switch_find_port_by_name(void *context,
                                                  const char *name,
                                                  uint32_t *number)
{
    (void)context;
    (void)name;
    (void)number;
    return false;
}

static inline bool small_switch_port_stats(void *context, uint32_t number,
                                           int64_t now_ms, struct port_stats *s)
{
    (void)context;
    (void)now_ms;
    *s = (struct port_stats){.number = number};
    return true;
}

static inline enum flow_error
small_switch_port_mod(void *context, const struct port_mod *mod, int64_t now_ms)
{
    (void)context;
    (void)now_ms;
    return mod->number == 1 ? FLOW_OK : FLOW_BAD_PORT;
}

static inline void small_switch_wake(void *context)
{
    (void)context;
}

static inline void small_switch_open(struct of_switch *s, int64_t now_ms)
{
    static const struct datapath_options options = {
        .workers = 1,
        .flow_cache = 16,
        .mac_table_size = 16,
        .mac_aging_s = 300,
        .wake = small_switch_wake,
    };

    *s = (struct of_switch){
        .datapath = datapath_create(&options, now_ms),
        .host = {small_switch_each_port, small_switch_find_port,
                 small_switch_find_port_by_name, small_switch_port_stats,
                 small_switch_port_mod, NULL, NULL, NULL},
        .identity = {.tables = 4, .buffers = 4},
        .buffers = packet_buffers_create(4),
        .connections = connection_list_create(),
    };
    expect(s->datapath && s->buffers && s->connections);
    flow_tables_on_removed(datapath_tables(s->datapath), async_flow_removed, s);
}

static inline void small_switch_close(struct of_switch *s)
{
    datapath_free(s->datapath);
    packet_buffers_free(s->buffers);
    connection_list_free(s->connections);
    free(s->table_features);
}

struct small_switch_moment {
    struct of_switch *s;
    int64_t now_ms;
};

static inline void small_switch_take_upcall(void *context, struct upcall *u)
{
    const struct small_switch_moment *m = context;

    async_packet_in(m->s, u, m->now_ms);
}

/* What the worker and the main thread do in a turn. */
static inline void small_switch_turn(struct of_switch *s, int64_t now_ms)
{
    struct small_switch_moment moment = {s, now_ms};
    const struct datapath_news news = {
        .upcall = {[UPCALL_CONTROLLER] = small_switch_take_upcall},
        .context = &moment};

    datapath_turn(s->datapath, now_ms * 1000);
    datapath_take_news(s->datapath, now_ms, 64, &news);
    flow_tables_expire(datapath_tables(s->datapath), now_ms, 64);
}

#endif
