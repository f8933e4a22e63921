/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A conversation with a switch in OpenFlow: greeting, requests, replies, and
 * messages that the switch sends of its own accord.  Blocks, within bounds.  A
 * message is borrowed until the next one.
 */
#ifndef CLIENT_OF_SESSION_H
#define CLIENT_OF_SESSION_H

#include "client/dial.h"
#include "openflow/of_message.h"

struct of_session;

/*
 * Connects and agrees on one of 'versions' (OF_VERSION_BIT of of_hello.h), the
 * highest that both have.  No wait is longer than 'wait_ms'.  NULL: 'error' is
 * one line that says what to do.
 */
struct of_session *of_session_open(const struct dial_peer *peer,
                                   uint32_t versions, int wait_ms, char *error,
                                   size_t error_size);
void of_session_close(struct of_session *s);

enum of_version of_session_version(const struct of_session *s);

/* The last error, one line. */
const char *of_session_error(const struct of_session *s);

/* Requests are appended to this, each with an xid of its own, and go out with
 * the next of the calls below. */
struct of_buffer *of_session_out(struct of_session *s);
uint32_t of_session_xid(struct of_session *s);

/*
 * Waits until the switch has done all requests so far.  False: it refused one,
 * or something else went wrong.
 */
bool of_session_barrier(struct of_session *s);
/* The xid of the first request that was refused; 0: none. */
uint32_t of_session_refused_xid(const struct of_session *s);

/*
 * Waits for the reply to request 'xid', and calls 'part' for each message of
 * it.  False: it was refused, or a request before it, 'part' found fault with
 * it, or something else went wrong.
 */
bool of_session_reply(struct of_session *s, uint32_t xid,
                      enum flow_error (*part)(void *context,
                                              struct of_message *m),
                      void *context);

/* Waits for the next message, for ever.  Echo requests are answered here. */
bool of_session_next(struct of_session *s, struct of_message *m);

#endif
