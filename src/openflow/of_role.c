/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_role.h"

#include "openflow/of_property.h"
#include "openflow/of_read.h"

/* Nicira's numbers begin with the equal role, which it calls other. */
static bool is_nicira(enum of_kind kind)
{
    return kind == OF_NX_ROLE_REQUEST || kind == OF_NX_ROLE_REPLY;
}

void of_role_write(struct of_buffer *b, enum of_version version,
                   enum of_kind kind, uint32_t xid,
                   const struct role_request *request)
{
    size_t start = of_begin(b, version, kind, xid);

    if (is_nicira(kind)) {
        of_put_u32(b, (uint32_t)request->role - ROLE_EQUAL);
    } else {
        of_put_u32(b, (uint32_t)request->role);
        of_put_u16(b, version >= OF15 ? request->short_id : 0);
        of_put_zeros(b, 2);
        of_put_u64(b, request->generation_id);
    }
    of_end(b, start);
}

static enum flow_error check(struct role_request *request, uint32_t role)
{
    if (role > ROLE_SLAVE)
        return FLOW_BAD_ROLE;
    request->role = (enum role)role;
    return FLOW_OK;
}

enum flow_error of_role_read(enum of_version version, enum of_kind kind,
                             struct reader *body, struct role_request *request)
{
    uint32_t role = read_u32(body);

    *request = (struct role_request){.generation_id = GENERATION_ID_NONE};
    if (is_nicira(kind)) {
        role = role < ROLE_SLAVE ? role + ROLE_EQUAL : UINT32_MAX;
    } else {
        uint16_t short_id = read_u16(body);

        request->short_id = version >= OF15 ? short_id : 0;
        read_u16(body); /* padding */
        request->has_generation_id = true;
        request->generation_id = read_u64(body);
    }
    return of_read_end(body) ? FLOW_BAD_LENGTH : check(request, role);
}

void of_role_write_status(struct of_buffer *b, enum of_version version,
                          enum role_reason reason,
                          const struct role_request *status)
{
    size_t start = of_begin(b, version, OF_ROLE_STATUS, 0);

    of_put_u32(b, (uint32_t)status->role);
    of_put_u8(b, (uint8_t)reason);
    of_put_zeros(b, 3);
    of_put_u64(b, status->generation_id);
    of_end(b, start);
}

/* There are no properties but those of experimenters, which mean nothing to
 * us. */
enum flow_error of_role_read_status(struct reader *body, uint8_t *reason,
                                    struct role_request *status)
{
    struct of_property p;
    uint32_t role = read_u32(body);

    *reason = read_u8(body);
    read_bytes(body, 3);
    *status = (struct role_request){.has_generation_id = true,
                                    .generation_id = read_u64(body)};
    if (body->bad)
        return FLOW_BAD_LENGTH;
    while (of_property_next(body, &p))
        continue;
    return body->bad ? FLOW_BAD_PROPERTY_LENGTH : check(status, role);
}
