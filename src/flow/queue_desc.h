/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of ports.  OpenFlow 1.0 5.2.2, 1.3.5 7.2.2, 1.4.1 7.3.5.9. */
#ifndef FLOW_QUEUE_DESC_H
#define FLOW_QUEUE_DESC_H

#include <stddef.h>
#include <stdint.h>

#define QUEUE_ALL       0xffffffffu
#define QUEUE_RATE_NONE 0xffffu

struct queue_desc {
    uint32_t port, queue;
    /* Tenths of a percent of the port's speed, or QUEUE_RATE_NONE. */
    uint16_t min_rate, max_rate;
};

/* All queues of a port, or with PORT_NO_ANY of all. */
struct queue_config {
    uint32_t port;
    const struct queue_desc *queues; /* 'count', borrowed */
    size_t count;
};

struct queue_stats {
    uint32_t port, queue;
    uint64_t tx_bytes, tx_packets, tx_errors;
    uint32_t duration_s, duration_ns;
};

#endif
