/* What a controller may do beside the others.  OpenFlow 1.3.5 6.3.7. */
#ifndef FLOW_ROLE_H
#define FLOW_ROLE_H

#include <stdint.h>

/* OpenFlow's numbers. */
enum role { ROLE_NOCHANGE, ROLE_EQUAL, ROLE_MASTER, ROLE_SLAVE };

/* The generation id of a switch that has seen none. */
#define GENERATION_ID_NONE UINT64_MAX

#endif
