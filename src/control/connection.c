/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/connection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "openflow/of_reason.h"

enum {
    MISS_SEND_LEN = 128, /* OpenFlow 1.0 5.3.2 */
    PORT_REASONS = 0x7,
    ROLE_REASONS = 0x7,
};

struct connection_list {
    struct connection **all; /* 'count', borrowed */
    size_t count, room;
    size_t bundle_bytes;
};

struct connection_list *connection_list_create(void)
{
    return calloc(1, sizeof(struct connection_list));
}

void connection_list_free(struct connection_list *l)
{
    if (!l)
        return;
    assert(l->count == 0 && l->bundle_bytes == 0);
    free(l->all);
    free(l);
}

static bool is_listed(const struct connection_list *l,
                      const struct connection *c)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i] == c)
            return true;
    return false;
}

bool connection_list_add(struct connection_list *l, struct connection *c)
{
    assert(c->version != OF_NONE && !is_listed(l, c));
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 8;
        struct connection **all =
            reallocarray(l->all, room, sizeof(struct connection *));

        if (!all)
            return false;
        l->all = all;
        l->room = room;
    }
    l->all[l->count++] = c;
    c->bundles.all_bytes = &l->bundle_bytes;
    return true;
}

void connection_list_remove(struct connection_list *l, struct connection *c)
{
    bundle_drop_all(&c->bundles);
    request_parts_clear(&c->parts);
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i] == c) {
            l->count--;
            memmove(&l->all[i], &l->all[i + 1],
                    (l->count - i) * sizeof(struct connection *));
            return;
        }
}

size_t connection_list_bundle_bytes(const struct connection_list *l)
{
    return l->bundle_bytes;
}

size_t connection_list_count(const struct connection_list *l)
{
    return l->count;
}

struct connection *connection_list_at(const struct connection_list *l, size_t i)
{
    assert(i < l->count);
    return l->all[i];
}

/* OpenFlow 1.3.5 6.3.7 leaves this to the switch; these are Open vSwitch's. */
static struct async_masks default_masks(enum of_version version)
{
    /* As numbers of the version. */
    uint32_t packet_in = version >= OF14 ? 0x3b : 0x3;
    uint32_t flow_removed = version >= OF14 ? 0x3f : 0xf;

    return (struct async_masks){
        .packet_in = {of_reason_read_packet_in_set(version, packet_in), 0},
        .port_status = {PORT_REASONS, PORT_REASONS},
        .flow_removed = {of_reason_read_flow_removed_set(version, flow_removed),
                         0},
        .role_status = {ROLE_REASONS, ROLE_REASONS},
    };
}

void connection_reset(struct connection *c, enum of_version version)
{
    assert(version >= OF10 && version <= OF15);
    bundle_drop_all(&c->bundles);
    request_parts_clear(&c->parts);
    c->version = version;
    c->role = ROLE_EQUAL;
    c->async = default_masks(version);
    c->has_asked_for_async = false;
    c->miss_send_len = c->is_service ? 0 : MISS_SEND_LEN;
    c->wants_invalid_ttl = false;
    c->controller_id = 0;
    c->packet_in_format = PACKET_IN_STANDARD;
    c->has_table_id = false;
    c->has_nxm = false;
    c->counts = (struct async_counts){0};
    c->is_accepted = false;
}
