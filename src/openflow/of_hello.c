/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_hello.h"

#include <stdbool.h>
#include <stdio.h>

#include "openflow/of_property.h"

enum {
    VERSION_BITMAP = 1, /* type of the element */
    VERSIONS_MAX = 32,  /* in the first word of the bitmap */
};

static uint32_t all_up_to(uint8_t version)
{
    uint8_t highest = version < VERSIONS_MAX ? version : VERSIONS_MAX - 1;

    return (uint32_t)((UINT64_C(2) << highest) - OF_VERSION_BIT(OF10));
}

uint32_t of_hello_read(const struct of_header *h, struct reader *body)
{
    uint32_t versions = all_up_to(h->version);
    struct of_property element;

    while (of_property_next(body, &element))
        if (element.type == VERSION_BITMAP && element.value.left >= 4)
            versions = read_u32(&element.value);
    return versions;
}

enum of_version of_hello_negotiate(uint32_t offered, uint32_t by_peer)
{
    for (int v = OF15; v >= OF10; v--)
        if (offered & by_peer & OF_VERSION_BIT(v))
            return (enum of_version)v;
    return OF_NONE;
}

void of_hello_text(uint32_t versions, char text[OF_HELLO_TEXT_SIZE])
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned v = 0; v < VERSIONS_MAX; v++) {
        char name[8];
        size_t room = OF_HELLO_TEXT_SIZE - used;
        int size;

        if (!(versions & OF_VERSION_BIT(v)))
            continue;
        if (v >= OF10 && v <= OF15)
            snprintf(name, sizeof(name), "%s",
                     of_version_name((enum of_version)v));
        else
            snprintf(name, sizeof(name), "0x%02x", v);
        size = snprintf(text + used, room, "%s%s", used ? ", " : "", name);
        if ((size_t)size >= room) {
            text[used] = '\0';
            return;
        }
        used += (size_t)size;
    }
}

static bool needs_bitmap(enum of_version highest, uint32_t versions)
{
    return highest >= OF13 || versions != all_up_to((uint8_t)highest);
}

void of_hello_write(struct of_buffer *b, uint32_t versions, uint32_t xid)
{
    enum of_version highest = of_hello_negotiate(versions, versions);
    size_t start = of_begin(b, highest, OF_HELLO, xid);

    if (needs_bitmap(highest, versions)) {
        size_t element = of_property_begin(b, VERSION_BITMAP);

        of_put_u32(b, versions);
        of_property_finish(b, element);
    }
    of_end(b, start);
}
