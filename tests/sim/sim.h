/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulation: the whole bridge in one thread, with devices, queues and a
 * clock of its own.  Nothing of the machine is touched.
 *
 *     struct sim *s = sim_open("[port em1]\ntype = nic\n");
 *     sim_link_up(s, "em1");
 *     sim_receive(s, "em1", frame, size);
 *     sim_run(s);
 *     ... sim_sent(s, "tap0") ...
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bridge/bridge.h"
#include "datapath/totals.h"
#include "tests/sim/peer.h"

enum { SIM_WIRE_MAX = 4096 };

/* A frame that left by a port. */
struct sim_frame {
    uint8_t *data;
    uint32_t size;
    struct virtio_net_hdr vnet;
};

/* The frames that left by a port since the last sim_forget, oldest first. */
struct sim_wire {
    size_t count;
    struct sim_frame frames[SIM_WIRE_MAX];
};

struct sim;

/* That text read as a configuration file; LOCAL is off unless it speaks of
 * [local].  NULL on a fault. */
struct config *sim_read_config(const char *ini);

/* The configuration is that text; what it does not say is as in the sample,
 * with LOCAL off unless it speaks of [local].  Aborts the test on a fault. */
struct sim *sim_open(const char *ini);
/* The same for bridge_reload; false, and nothing has changed, on a fault. */
bool sim_reload(struct sim *s, const char *ini);
/* Writes the state file. */
void sim_save(struct sim *s);
/* The switch stops and, after a while, starts with this configuration; its
 * devices stay.  After a reboot the clock has begun again. */
void sim_restart(struct sim *s, const char *ini, int64_t away_ms);
void sim_reboot(struct sim *s, const char *ini, int64_t away_ms);
void sim_close(struct sim *s);

struct bridge *sim_bridge(struct sim *s);
int64_t sim_now_ms(const struct sim *s);
/* The controller at tcp:ADDRESS:6653+i. */
struct peer *sim_peer(struct sim *s, size_t i);

/* An interface comes or changes (MTU 1500), loses its link, goes. */
void sim_link_up(struct sim *s, const char *name);
void sim_link_down(struct sim *s, const char *name);
void sim_link_gone(struct sim *s, const char *name);
void sim_set_mtu(struct sim *s, const char *name, uint32_t mtu);
void sim_set_mac(struct sim *s, const char *name, const uint8_t mac[6]);
/* What the interface has now, whoever set it. */
const struct link *sim_link(struct sim *s, const char *name);
/* The operator sets it up or down; whether it is up, whoever did that. */
void sim_set_up(struct sim *s, const char *name, bool is_up);
bool sim_is_up(const struct sim *s, const char *name);
/* The next attempts to open the port, or to set it up or down, fail. */
void sim_fail_open(struct sim *s, const char *name, bool fails);
/* The port's queue takes no frames (DROP_TX_FULL). */
void sim_block(struct sim *s, const char *name, bool is_blocked);

/* The worker that frames of the port go to from now on, at first the first. */
void sim_set_receiver(struct sim *s, const char *name, unsigned int worker);

/* A frame arrives at a port; sim_run carries it on. */
void sim_receive(struct sim *s, const char *port, const void *data,
                 size_t size);
void sim_receive_vnet(struct sim *s, const char *port, const void *data,
                      size_t size, const struct virtio_net_hdr *vnet);

/* Turns until nothing moves any more. */
void sim_run(struct sim *s);
/* Lets time pass, in ticks, running as it goes. */
void sim_pass_ms(struct sim *s, int64_t ms);

const struct sim_wire *sim_sent(const struct sim *s, const char *port);
void sim_forget(struct sim *s);

/* A port's totals; all zero for a port that is not there. */
struct port_totals sim_totals(const struct sim *s, const char *port);
/* True if received = forwarded + consumed + drops, at every port. */
bool sim_accounts_match(const struct sim *s);
/* Whether the port's queues are open, and how often they have been opened. */
bool sim_is_open(const struct sim *s, const char *port);
unsigned int sim_opened(const struct sim *s, const char *port);

#endif
