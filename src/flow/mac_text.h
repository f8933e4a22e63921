/* SPDX-License-Identifier: BSD-2-Clause */
/* A MAC address as people write it: mac_text(mac).text. */
#ifndef FLOW_MAC_TEXT_H
#define FLOW_MAC_TEXT_H

#include <stdint.h>
#include <stdio.h>

struct mac_text {
    char text[18];
};

static inline struct mac_text mac_text(const uint8_t mac[6])
{
    struct mac_text t;

    snprintf(t.text, sizeof(t.text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
             mac[1], mac[2], mac[3], mac[4], mac[5]);
    return t;
}

/* The same of a number as table/mac_table.h has it. */
static inline struct mac_text mac_number_text(uint64_t mac)
{
    uint8_t bytes[6];

    for (int i = 0; i < 6; i++)
        bytes[i] = (uint8_t)(mac >> (40 - 8 * i));
    return mac_text(bytes);
}

#endif
