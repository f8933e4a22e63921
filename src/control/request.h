/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message from a controller on its way through its handler: dispatch.c makes
 * it, handle_*.c answer it.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include "base/bytes.h"
#include "control/connection.h"
#include "control/switch.h"
#include "openflow/of_message.h"

struct request {
    struct of_switch *s;
    struct connection *c;
    int64_t now_ms;
    struct of_header header;
    enum of_kind kind;
    uint16_t flags;         /* of multipart requests; bit 0: more follow */
    struct reader body;     /* what follows all headers */
    struct reader whole;    /* from the header on, for errors */
    struct of_buffer reply; /* sent once the handler is done */
};

static inline struct request request_of(struct of_switch *s,
                                        struct connection *c,
                                        const struct of_message *m,
                                        int64_t now_ms)
{
    return (struct request){
        .s = s,
        .c = c,
        .now_ms = now_ms,
        .header = m->header,
        .kind = m->kind,
        .flags = m->flags,
        .body = m->body,
        .whole = m->whole,
    };
}

/* FLOW_OK, or why the request is refused: then its ERROR goes out after what is
 * in 'reply' already. */
typedef enum flow_error request_handler(struct request *r);

/* Begins a reply of this kind to the request. */
static inline size_t request_begin(struct request *r, enum of_kind kind)
{
    return of_begin(&r->reply, r->c->version, kind, r->header.xid);
}

/* Those that have no body must have none. */
static inline enum flow_error request_is_empty(const struct request *r)
{
    return r->body.bad || r->body.left ? FLOW_BAD_LENGTH : FLOW_OK;
}

#endif
