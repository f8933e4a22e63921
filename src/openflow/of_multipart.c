/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_multipart.h"

enum { FLAGS_AT = 10 }; /* in all versions */

struct of_multipart of_multipart_of(struct of_buffer *b, size_t start)
{
    return (struct of_multipart){
        .b = b,
        .start = start,
        .head_size = b->size - start,
        .done = b->size,
    };
}

/* Makes the part that was put last the first of a new message. */
static void split(struct of_multipart *m)
{
    struct of_buffer *b = m->b;
    size_t part_size = b->size - m->done;
    uint8_t *first, *second;

    if (m->head_size + part_size > OF_MESSAGE_MAX) {
        b->is_bad = true;
        return;
    }
    of_put_zeros(b, m->head_size);
    if (b->is_bad)
        return;
    first = b->data + m->start;
    second = b->data + m->done;
    memmove(second + m->head_size, second, part_size);
    memcpy(second, first, m->head_size);
    of_set_u16(b, m->start + FLAGS_AT, OF_MULTIPART_MORE);
    of_set_u16(b, m->start + 2, (uint16_t)(m->done - m->start));
    m->start = m->done;
}

void of_multipart_part_done(struct of_multipart *m)
{
    if (m->b->is_bad)
        return;
    if (m->b->size - m->start > OF_MESSAGE_MAX)
        split(m);
    m->done = m->b->size;
}

void of_multipart_end(struct of_multipart *m)
{
    of_end(m->b, m->start);
}
