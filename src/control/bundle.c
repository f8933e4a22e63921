/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/bundle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct bundle *bundle_find(const struct bundle_list *l, uint32_t id)
{
    struct bundle *b = l->first;

    while (b && b->id != id)
        b = b->next;
    return b;
}

enum flow_error bundle_open(struct bundle_list *l, uint32_t id, uint16_t flags,
                            int64_t now_ms, struct bundle **made)
{
    struct bundle *b;
    size_t count = 0;

    assert(l->all_bytes);
    for (b = l->first; b; b = b->next) {
        if (b->id == id)
            return FLOW_BUNDLE_EXISTS;
        count++;
    }
    if (count >= BUNDLE_COUNT_MAX)
        return FLOW_BUNDLES_FULL;
    b = calloc(1, sizeof(*b));
    if (!b)
        return FLOW_OUT_OF_MEMORY;
    b->id = id;
    b->flags = flags;
    b->used_ms = now_ms;
    b->last = &b->first;
    b->all_bytes = l->all_bytes;
    b->next = l->first;
    l->first = b;
    *made = b;
    return FLOW_OK;
}

struct of_message bundle_message_of(const struct bundle_message *m)
{
    return of_message_of(&m->header, reader_over(m->bytes, m->header.size));
}

enum flow_error bundle_add(struct bundle *b, const struct of_message *message)
{
    size_t size = message->header.size;
    struct bundle_message *m;

    assert(size == message->whole.left);
    /* One bound for all, or the connections together could have any size. */
    if (b->count >= BUNDLE_MESSAGES_MAX ||
        *b->all_bytes + sizeof(*m) + size > BUNDLE_BYTES_MAX)
        return FLOW_BUNDLE_MESSAGES_FULL;
    m = malloc(sizeof(*m) + size);
    if (!m)
        return FLOW_OUT_OF_MEMORY;
    memcpy(m->bytes, message->whole.next, size);
    m->next = NULL;
    m->header = message->header;
    *b->last = m;
    b->last = &m->next;
    b->count++;
    b->size += size;
    *b->all_bytes += sizeof(*m) + size;
    return FLOW_OK;
}

void bundle_drop(struct bundle_list *l, struct bundle *b)
{
    struct bundle **link = &l->first;

    while (*link != b) {
        assert(*link);
        link = &(*link)->next;
    }
    *link = b->next;
    while (b->first) {
        struct bundle_message *m = b->first;
        size_t size = sizeof(*m) + m->header.size;

        b->first = m->next;
        assert(*b->all_bytes >= size);
        *b->all_bytes -= size;
        free(m);
    }
    free(b);
}

void bundle_drop_all(struct bundle_list *l)
{
    while (l->first)
        bundle_drop(l, l->first);
}

void bundle_drop_idle(struct bundle_list *l, int64_t now_ms)
{
    struct bundle *next;

    for (struct bundle *b = l->first; b; b = next) {
        next = b->next;
        if (now_ms - b->used_ms > BUNDLE_IDLE_MS)
            bundle_drop(l, b);
    }
}
