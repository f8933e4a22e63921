/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A multipart request that comes in several messages, until the last of them is
 * there: its bodies one behind the other.  A connection has one at a time.
 * OpenFlow 1.3.5 7.3.5.
 */
#ifndef CONTROL_REQUEST_PARTS_H
#define CONTROL_REQUEST_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "openflow/of.h"

enum {
    REQUEST_PARTS_MAX = 4 << 20,       /* bytes */
    REQUEST_PARTS_KEPT_MS = 10 * 1000, /* from the first to the last */
};

/* All zero: none. */
struct request_parts {
    struct of_buffer body; /* owned */
    uint32_t xid;
    int64_t since_ms;
    bool is_open;
};

/* True if this one has begun and its last part is still to come. */
bool request_parts_has(const struct request_parts *p, uint32_t xid);

/*
 * Adds a part, the first one too.  FLOW_MULTIPART_OVERFLOW while another
 * request is under way, until that has had its time, and for too many bytes;
 * after that or FLOW_OUT_OF_MEMORY what was there of this one is gone.
 */
enum flow_error request_parts_add(struct request_parts *p, uint32_t xid,
                                  const struct reader *part, int64_t now_ms);
void request_parts_clear(struct request_parts *p);

#endif
