/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random frames, matches and actions, of a world that is small enough for them
 * to meet: six addresses, three VLANs, four hosts.
 */
#ifndef RANDOM_DRAW_H
#define RANDOM_DRAW_H

#include "base/array.h"
#include "tests/random/dice.h"
#include "tests/random/rules.h"

enum { DRAW_HOSTS = 6 };

#define PICK(d, list) (list)[dice_below(d, ARRAY_SIZE(list))]

uint64_t draw_mac(struct dice *d);
uint16_t draw_vid(struct dice *d);
uint8_t draw_dscp(struct dice *d);
/* Of IPv4, or the end of one of IPv6. */
uint64_t draw_address(struct dice *d, uint16_t type);

struct packet draw_packet(struct dice *d);
/* The next frame of the same flow, or of one that differs in one thing. */
struct packet draw_like(struct dice *d, const struct packet *p);

/* Some of the fields of some frame. */
struct pattern draw_pattern(struct dice *d, uint8_t version, int table);
/* All that OpenFlow 1.0 knows of a frame. */
struct pattern draw_exact(struct dice *d);

/* draw_acts.c: actions that OpenFlow lets follow this match, for a rule in the
 * table. */
struct program draw_program(struct dice *d, uint8_t version, int table,
                            const struct pattern *match);
/* The same for a packet-out of the frame. */
struct acts draw_packet_out(struct dice *d, uint8_t version,
                            const struct packet *p);

struct model_group draw_group(struct dice *d, uint32_t id);
struct model_meter draw_meter(struct dice *d);

uint32_t draw_port_number(struct dice *d);

#endif
