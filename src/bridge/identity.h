/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that stay the same over restarts, made from the machine's id and a
 * name: the datapath id and the MAC addresses of LOCAL and internal ports.
 */
#ifndef BRIDGE_IDENTITY_H
#define BRIDGE_IDENTITY_H

#include <stdint.h>

/* /etc/machine-id, or where there is none the host's name, as a number. */
uint64_t identity_of_machine(void);

/* A MAC address, locally administered, for 'name' on this machine. */
void identity_mac(uint64_t machine, const char *name, uint8_t mac[6]);

/* Which flowbridge has a port, for port_mark.h: the switch of that
 * configuration file, whatever the file says by now and however often it
 * starts. */
uint32_t identity_owner(const char *config_path);

/* 16 zero bits, then a MAC address, as OpenFlow 1.3.5 7.3.1 wants it. */
uint64_t identity_datapath_id(uint64_t machine, const char *bridge);

#endif
