/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenFlow port numbers, as OpenFlow 1.1 and later write them (32 bits; 1.0's
 * 16-bit ones are turned into these in openflow/).  OpenFlow 1.3.5 7.2.1.
 */
#ifndef FLOW_PORT_NO_H
#define FLOW_PORT_NO_H

#include <stdint.h>

#define PORT_NO_MAX                                                            \
    0xfffffeffu /* the highest a real port may have on the wire */
#define PORT_NO_IN_PORT    0xfffffff8u
#define PORT_NO_TABLE      0xfffffff9u
#define PORT_NO_NORMAL     0xfffffffau
#define PORT_NO_FLOOD      0xfffffffbu
#define PORT_NO_ALL        0xfffffffcu
#define PORT_NO_CONTROLLER 0xfffffffdu
#define PORT_NO_LOCAL      0xfffffffeu
#define PORT_NO_ANY        0xffffffffu

enum {
    OFPORT_MAX =
        0xfeff, /* what [port] ofport may be: it must fit OpenFlow 1.0 */
};

/* As OpenFlow 1.0 has it, which is what people know: LOCAL is 65534. */
static inline unsigned int port_no_shown(uint32_t number)
{
    return number & 0xffff;
}

#endif
