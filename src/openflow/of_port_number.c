/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_port_number.h"

#include "flow/port_no.h"

enum {
    FIRST_RESERVED_10 = PORT_NO_IN_PORT & 0xffff,
    NONE_10 = PORT_NO_ANY & 0xffff,
};

#define RESERVED_BITS (PORT_NO_IN_PORT & 0xffff0000u)

bool of_port_number_from10(uint16_t wire, uint32_t *number)
{
    *number = wire < OF10_PORT_MAX ? wire : wire | RESERVED_BITS;
    return wire < OF10_PORT_MAX || wire >= FIRST_RESERVED_10;
}

uint16_t of_port_number_to10(uint32_t number)
{
    if (number < OF10_PORT_MAX || number >= PORT_NO_IN_PORT)
        return (uint16_t)number;
    return NONE_10;
}

bool of_port_number_read(struct reader *r, enum of_version version,
                         uint32_t *number)
{
    if (version == OF10)
        return of_port_number_from10(read_u16(r), number);
    *number = read_u32(r);
    return *number <= PORT_NO_MAX || *number >= PORT_NO_IN_PORT;
}

void of_port_number_put(struct of_buffer *b, enum of_version version,
                        uint32_t number)
{
    if (version == OF10)
        of_put_u16(b, of_port_number_to10(number));
    else
        of_put_u32(b, number);
}
