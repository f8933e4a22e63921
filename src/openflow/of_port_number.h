/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Port numbers on the wire: 32 bits since OpenFlow 1.1, as in flow/port_no.h,
 * and 16 bits in 1.0, with the reserved ones at the top of those.  OpenFlow 1.0
 * 5.2.1, 1.3.5 7.2.1.
 */
#ifndef OPENFLOW_OF_PORT_NUMBER_H
#define OPENFLOW_OF_PORT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "openflow/of.h"

enum { OF10_PORT_MAX = 0xff00 }; /* OFPP_MAX: real ports have lower numbers */

/* What 1.0's number is since 1.1.  False if it lies between the real ports and
 * the reserved ones; '*number' is set all the same. */
bool of_port_number_from10(uint16_t wire, uint32_t *number);

/* The way back; a number that 1.0 cannot write becomes OFPP_NONE. */
uint16_t of_port_number_to10(uint32_t number);

/* Reads a number as the version writes it.  False if it is neither that of a
 * real port nor a reserved one; a message that ends too early makes the reader
 * bad instead. */
bool of_port_number_read(struct reader *r, enum of_version version,
                         uint32_t *number);

void of_port_number_put(struct of_buffer *b, enum of_version version,
                        uint32_t number);

#endif
