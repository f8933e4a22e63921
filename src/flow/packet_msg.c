/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/packet_msg.h"

#include <string.h>

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static void copy_field(struct flow_match *m, const struct field *f,
                       const struct flow_key *key)
{
    memcpy(field_at(f, &m->key), field_get(f, key), f->size);
    field_fill(f, field_at(f, &m->mask));
}

struct flow_match packet_in_context(const struct flow_key *key)
{
    struct flow_match m = {0};

    copy_field(&m, field_by_id(FIELD_IN_PORT), key);
    /* OpenFlow 1.3.5 7.2.3.7: told only if it is another one. */
    if (key->in_phy_port && key->in_phy_port != key->in_port)
        copy_field(&m, field_by_id(FIELD_IN_PHY_PORT), key);
    for (unsigned int id = 0; id < FIELD_COUNT; id++) {
        const struct field *f = field_by_id(id);

        if (f->is_context && !is_zero(field_get(f, key), f->size))
            copy_field(&m, f, key);
    }
    return m;
}

void packet_out_clear(struct packet_out *out)
{
    action_list_clear(&out->actions);
}
