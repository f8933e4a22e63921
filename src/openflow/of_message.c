/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_message.h"

#include <assert.h>

struct of_message of_message_of(const struct of_header *header,
                                struct reader whole)
{
    struct of_message m = {.header = *header, .whole = whole, .body = whole};

    assert(whole.left == header->size);
    read_bytes(&m.body, OF_HEADER_SIZE);
    m.kind = of_kind_of(&m.header, &m.body);
    m.flags = of_read_head(&m.header, m.kind, &m.body);
    return m;
}

struct of_message of_message_read(struct reader whole)
{
    struct reader at = whole;
    struct of_header header = of_read_header(&at);

    return of_message_of(&header, whole);
}
