/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bundles that a connection has open: the messages in them, as they came.
 * What is done about them is handle_bundle.h's.
 */
#ifndef CONTROL_BUNDLE_H
#define CONTROL_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/error.h"
#include "openflow/of_message.h"

enum {
    BUNDLE_COUNT_MAX = 16,                /* of a connection */
    BUNDLE_MESSAGES_MAX = 1 << 20,        /* of a bundle */
    BUNDLE_BYTES_MAX = 256 * 1024 * 1024, /* of all that connections have */
    BUNDLE_IDLE_MS = 60 * 1000,           /* without a message: dropped */
    BUNDLE_STAGING_MS = 1000,             /* that the dry run may take */
};

struct bundle_message {
    struct bundle_message *next;
    struct of_header header;
    uint8_t bytes[]; /* header.size, from the header on */
};

struct bundle {
    struct bundle *next;
    uint32_t id;
    uint16_t flags;
    bool is_closed;
    int64_t used_ms;
    size_t *all_bytes; /* of the bundles of all connections; borrowed */
    size_t count, size;
    struct bundle_message *first, **last;
};

/* The bundles of one connection; owned. */
struct bundle_list {
    struct bundle *first; /* NULL: none */
    size_t *all_bytes;    /* of the bundles of all connections; borrowed, set
                           * before the first bundle is opened */
};

/* NULL if there is none. */
struct bundle *bundle_find(const struct bundle_list *l, uint32_t id);

/* Opens a bundle: FLOW_BUNDLE_EXISTS, FLOW_BUNDLES_FULL, FLOW_OUT_OF_MEMORY. */
enum flow_error bundle_open(struct bundle_list *l, uint32_t id, uint16_t flags,
                            int64_t now_ms, struct bundle **made);

/* The message as it came; borrows its bytes. */
struct of_message bundle_message_of(const struct bundle_message *m);

/* Adds a copy of a message: FLOW_BUNDLE_MESSAGES_FULL, FLOW_OUT_OF_MEMORY. */
enum flow_error bundle_add(struct bundle *b, const struct of_message *m);

void bundle_drop(struct bundle_list *l, struct bundle *b);
void bundle_drop_all(struct bundle_list *l);
/* Drops the bundles that got no message for BUNDLE_IDLE_MS. */
void bundle_drop_idle(struct bundle_list *l, int64_t now_ms);

#endif
