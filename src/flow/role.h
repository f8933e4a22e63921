/* SPDX-License-Identifier: BSD-2-Clause */
/* What a controller may do beside the others.  OpenFlow 1.3.5 6.3.7. */
#ifndef FLOW_ROLE_H
#define FLOW_ROLE_H

#include <stdbool.h>
#include <stdint.h>

/* OpenFlow's numbers. */
enum role { ROLE_NOCHANGE, ROLE_EQUAL, ROLE_MASTER, ROLE_SLAVE };

/* "master"; empty for ROLE_NOCHANGE. */
const char *role_word(enum role role);

/* The generation id of a switch that has seen none. */
#define GENERATION_ID_NONE UINT64_MAX

/* A request for a role, and its reply. */
struct role_request {
    enum role role;
    bool has_generation_id; /* Nicira's message has none */
    uint64_t generation_id;
    uint16_t short_id; /* 1.5; 0: undefined */
};

/* Why a controller has another role now, in OpenFlow's numbers. */
enum role_reason { ROLE_REASON_MASTER_REQUEST, ROLE_REASON_CONFIG };

#endif
