/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/request_parts.h"

#include <assert.h>

bool request_parts_has(const struct request_parts *p, uint32_t xid)
{
    return p->is_open && p->xid == xid;
}

void request_parts_clear(struct request_parts *p)
{
    of_buffer_clear(&p->body);
    *p = (struct request_parts){.is_open = false};
}

enum flow_error request_parts_add(struct request_parts *p, uint32_t xid,
                                  const struct reader *part, int64_t now_ms)
{
    if (p->is_open && p->xid != xid) {
        if (now_ms - p->since_ms < REQUEST_PARTS_KEPT_MS)
            return FLOW_MULTIPART_OVERFLOW;
        request_parts_clear(p);
    }
    if (!p->is_open) {
        p->is_open = true;
        p->xid = xid;
        p->since_ms = now_ms;
    }
    assert(p->body.size <= REQUEST_PARTS_MAX);
    if (part->left > REQUEST_PARTS_MAX - p->body.size) {
        request_parts_clear(p);
        return FLOW_MULTIPART_OVERFLOW;
    }
    of_put(&p->body, part->next, part->left);
    if (!p->body.is_bad)
        return FLOW_OK;
    request_parts_clear(p);
    return FLOW_OUT_OF_MEMORY;
}
