/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A switch with three ports and LOCAL, without threads, and peers whose
 * messages are handed to dispatch_message and whose answers are collected.
 *
 *     struct lab *l = lab_open(OF10);
 *     lab_say(l, 0, "01 12 0008 00000001");
 *     lab_hears(l, 0, "01 13 0008 00000001");
 */
#ifndef TESTS_CONTROL_LAB_H
#define TESTS_CONTROL_LAB_H

#include "control/async.h"
#include "control/connection.h"
#include "datapath/datapath.h"
#include "flow/flow_mod.h"
#include "openflow/of.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/test.h"

enum { LAB_PEERS = 3, LAB_PORTS = 4, LAB_INBOX = 4 << 20, LAB_WIRE = 256 };

struct lab_peer {
    struct connection c;
    uint8_t *inbox;
    size_t size, at;
    bool is_congested;
};

struct lab_port {
    struct port_queue queue;
    struct port_desc desc;
    struct port_counters counters;
    struct frame pending; /* one at a time; size 0: none */
    size_t sent;
    uint8_t last[2048];
    uint32_t last_size;
};

struct lab {
    struct of_switch s;
    int64_t now_ms;
    struct lab_peer peers[LAB_PEERS];
    struct lab_port ports[LAB_PORTS];
};

/* NULL: there is none. */
struct lab_port *lab_port(struct lab *l, uint32_t number);

/* A peer of this version, as a controller or over a service connection. */
void lab_join(struct lab *l, size_t i, enum of_version version,
              bool is_service);

void lab_leave(struct lab *l, size_t i);

/* With peer 0 joined as a controller; fails rather than return NULL. */
struct lab *lab_open(enum of_version version);

void lab_close(struct lab *l);

/* Hands over a whole message. */
void lab_say_bytes(struct lab *l, size_t peer, const void *bytes, size_t size);

/* The same in hex. */
void lab_say(struct lab *l, size_t peer, const char *hex);

void lab_say_buffer(struct lab *l, size_t peer, struct of_buffer *b);

/* The next message that the peer has got; fails if there is none. */
struct reader lab_next(struct lab *l, size_t peer);

void lab_hears_nothing(struct lab *l, size_t peer);

/* The next message is this one. */
void lab_hears(struct lab *l, size_t peer, const char *hex);

/* The next message is of this kind; its body is what is returned. */
struct reader lab_hears_kind(struct lab *l, size_t peer, enum of_kind kind);

/* The next message is an ERROR of these numbers, and nothing follows. */
void lab_hears_error(struct lab *l, size_t peer, uint32_t type, uint32_t code);

/* Sends a FLOW_MOD as text has it, as its version would. */
void lab_flow_mod(struct lab *l, size_t peer, enum flow_mod_command command,
                  const char *text);

/* An entry that is taken without a word. */
void lab_add_flow(struct lab *l, size_t peer, const char *text);

/* The worker turns, and the main thread takes what it tells. */
void lab_run(struct lab *l);

/* A frame comes in by a port and goes its way. */
void lab_frame(struct lab *l, uint32_t port, const char *hex);

/* Frames that went out by a port. */
size_t lab_sent(struct lab *l, uint32_t port);

/* Entries of all tables. */
size_t lab_flows(struct lab *l);

/* A UDP frame of 60 bytes from 10.0.0.1 to 10.0.0.2. */
#define LAB_UDP                                                                \
    "020000000102 020000000101 0800 4500002e000040004011 26bd 0a000001"        \
    "0a000002 03e8 07d0 001a 0000"                                             \
    "000102030405060708090a0b0c0d0e0f1011"

#endif
