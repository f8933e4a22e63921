/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/packet_msg.h"

#include <string.h>

#include "base/array.h"

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
    static const enum field_id told[] = {
        FIELD_METADATA, FIELD_TUNNEL_ID, FIELD_PKT_MARK, FIELD_REG0,
        FIELD_REG1,     FIELD_REG2,      FIELD_REG3,     FIELD_REG4,
        FIELD_REG5,     FIELD_REG6,      FIELD_REG7,     FIELD_REG8,
        FIELD_REG9,     FIELD_REG10,     FIELD_REG11,    FIELD_REG12,
        FIELD_REG13,    FIELD_REG14,     FIELD_REG15,
    };
    struct flow_match m = {0};

    copy_field(&m, field_by_id(FIELD_IN_PORT), key);
    /* OpenFlow 1.3.5 7.2.3.7: told only if it is another one. */
    if (key->in_phy_port && key->in_phy_port != key->in_port)
        copy_field(&m, field_by_id(FIELD_IN_PHY_PORT), key);
    for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
        const struct field *f = field_by_id(told[i]);

        if (!is_zero(field_get(f, key), f->size))
            copy_field(&m, f, key);
    }
    return m;
}

void packet_out_clear(struct packet_out *out)
{
    action_list_clear(&out->actions);
}
