/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever a peer sends, one message after the other: each answer is whole, of
 * the connection's version and has the request's xid, and the switch goes on.
 *
 * The first byte chooses the version; then each message has its size in two
 * bytes before it, which the header is made to say as well.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/dispatch.h"
#include "tests/fuzz/small_switch.h"

enum { MESSAGES_MAX = 64, START_MS = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct peer {
    struct connection c;
    uint32_t xid; /* of the message that is being handled */
};

/* What is told unasked has xid 0. */
static bool check_answer(struct connection *c, const void *bytes, size_t size)
{
    const struct peer *p = (const struct peer *)c;
    struct reader r = reader_over(bytes, size);

    while (r.left) {
        struct reader at = r;
        struct of_header h = of_read_header(&at);

        expect(h.size >= OF_HEADER_SIZE && h.size <= r.left);
        expect(h.version == (uint8_t)c->version);
        expect(h.xid == p->xid || h.xid == 0 || c->bundles.first ||
               h.type == 1);
        read_bytes(&r, h.size);
    }
    return true;
}

static void say(struct of_switch *s, struct peer *p, struct reader message,
                int64_t now_ms)
{
    uint8_t *copy = malloc(message.left);
    struct of_message m;

    expect(copy != NULL);
    memcpy(copy, message.next, message.left);
    copy[2] = (uint8_t)(message.left >> 8);
    copy[3] = (uint8_t)message.left;
    m = of_message_read(reader_over(copy, message.left));
    p->xid = m.header.xid;
    dispatch_message(s, &p->c, &m, now_ms);
    free(copy);
    p->xid = 0;
    small_switch_turn(s, now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct of_switch s;
    struct peer p = {.c = {.name = "peer", .send = check_answer}};

    log_set_levels("error");
    if (!size)
        return 0;
    small_switch_open(&s, START_MS);
    connection_reset(&p.c, (enum of_version)(OF10 + read_u8(&r) % OF15));
    connection_list_add(s.connections, &p.c);
    async_connections_changed(&s);
    for (int i = 0; i < MESSAGES_MAX && r.left; i++) {
        size_t wanted = read_u16(&r);
        struct reader message =
            read_slice(&r, wanted < r.left ? wanted : r.left);

        if (message.left >= OF_HEADER_SIZE)
            say(&s, &p, message, START_MS + (i + 1) * 1000);
    }
    connection_list_remove(s.connections, &p.c);
    small_switch_close(&s);
    return 0;
}
