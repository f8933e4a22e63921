/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_error.h"

#include "base/array.h"
#include "openflow/of.h"

/* Types since OpenFlow 1.1; 1.0 has other numbers for those it has. */
enum {
    HELLO_FAILED = 0,
    BAD_REQUEST = 1,
    BAD_ACTION = 2,
    BAD_INSTRUCTION = 3,
    BAD_MATCH = 4,
    FLOW_MOD_FAILED = 5,
    GROUP_MOD_FAILED = 6,
    PORT_MOD_FAILED = 7,
    TABLE_MOD_FAILED = 8,
    QUEUE_OP_FAILED = 9,
    SWITCH_CONFIG_FAILED = 10,
    ROLE_REQUEST_FAILED = 11,
    METER_MOD_FAILED = 12,
    TABLE_FEATURES = 13,
    BAD_PROPERTY = 14,
    ASYNC_CONFIG_FAILED = 15,
    FLOW_MONITOR_FAILED = 16,
    BUNDLE_FAILED = 17,
    EXPERIMENTER = OF_ERROR_EXPERIMENTER,

    FLOW_MOD_FAILED_10 = 3,
    PORT_MOD_FAILED_10 = 4,
    QUEUE_OP_FAILED_10 = 5,
};

/*
 * The first row that speaks of an error and a version gives its numbers, and
 * the first that has some numbers their meaning.  Where a version has no number
 * for what is wrong, a row has the nearest; where there is no row at all see
 * of_error_of.  EXPERIMENTER rows are ONF's extensions of 1.3.
 */
static const struct row {
    enum flow_error error;
    uint8_t first, last; /* versions */
    uint16_t type, code;
} rows[] = {
    /* clang-format off */
    {FLOW_INCOMPATIBLE,                 OF10, OF15, HELLO_FAILED,         0   },

    {FLOW_BAD_VERSION,                  OF10, OF15, BAD_REQUEST,          0   },
    {FLOW_BAD_TYPE,                     OF10, OF15, BAD_REQUEST,          1   },
    {FLOW_BAD_MULTIPART,                OF10, OF15, BAD_REQUEST,          2   },
    {FLOW_BAD_EXPERIMENTER,             OF10, OF15, BAD_REQUEST,          3   },
    {FLOW_BAD_EXPERIMENTER_TYPE,        OF10, OF15, BAD_REQUEST,          4   },
    {FLOW_NO_PERMISSION,                OF10, OF15, BAD_REQUEST,          5   },
    {FLOW_BAD_LENGTH,                   OF10, OF15, BAD_REQUEST,          6   },
    {FLOW_BUFFER_EMPTY,                 OF10, OF15, BAD_REQUEST,          7   },
    {FLOW_BUFFER_UNKNOWN,               OF10, OF15, BAD_REQUEST,          8   },
    {FLOW_BAD_REQUEST_TABLE,            OF11, OF15, BAD_REQUEST,          9   },
    {FLOW_IS_SLAVE,                     OF12, OF15, BAD_REQUEST,          10  },
    {FLOW_BAD_REQUEST_PORT,             OF12, OF15, BAD_REQUEST,          11  },
    {FLOW_BAD_PACKET,                   OF12, OF15, BAD_REQUEST,          12  },
    {FLOW_MULTIPART_OVERFLOW,           OF13, OF15, BAD_REQUEST,          13  },
    {FLOW_NOT_OF_PIPELINE,              OF15, OF15, BAD_REQUEST,          17  },
    {FLOW_IS_SLAVE,                     OF10, OF11, BAD_REQUEST,          5   },
    {FLOW_BAD_PACKET,                   OF10, OF11, BAD_REQUEST,          6   },
    {FLOW_MULTIPART_OVERFLOW,           OF10, OF12, BAD_REQUEST,          6   },
    {FLOW_UNSUPPORTED,                  OF10, OF10, FLOW_MOD_FAILED_10,   5   },
    {FLOW_UNSUPPORTED,                  OF11, OF15, BAD_REQUEST,          1   },
    {FLOW_UNSUPPORTED_EMERGENCY,        OF10, OF10, FLOW_MOD_FAILED_10,   5   },
    {FLOW_UNSUPPORTED_EMERGENCY,        OF11, OF11, FLOW_MOD_FAILED,      0   },
    {FLOW_UNSUPPORTED_EMERGENCY,        OF12, OF15, FLOW_MOD_FAILED,      7   },

    {FLOW_BAD_ACTION,                   OF10, OF15, BAD_ACTION,           0   },
    {FLOW_NOT_FOR_ACTION_SET,           OF10, OF15, BAD_ACTION,           0   },
    {FLOW_NOT_WHOLE,                    OF10, OF15, BAD_ACTION,           5   },
    {FLOW_BAD_ACTION_LENGTH,            OF10, OF15, BAD_ACTION,           1   },
    {FLOW_BAD_ACTION_EXPERIMENTER,      OF10, OF15, BAD_ACTION,           2   },
    {FLOW_BAD_EXPERIMENTER_ACTION,      OF10, OF15, BAD_ACTION,           3   },
    {FLOW_BAD_OUT_PORT,                 OF10, OF15, BAD_ACTION,           4   },
    {FLOW_BAD_ARGUMENT,                 OF10, OF15, BAD_ACTION,           5   },
    {FLOW_TOO_MANY_ACTIONS,             OF10, OF15, BAD_ACTION,           7   },
    {FLOW_BAD_QUEUE,                    OF10, OF15, BAD_ACTION,           8   },
    {FLOW_BAD_OUT_GROUP,                OF11, OF15, BAD_ACTION,           9   },
    {FLOW_INCONSISTENT_MATCH,           OF11, OF15, BAD_ACTION,           10  },
    {FLOW_BAD_ACTION_ORDER,             OF11, OF15, BAD_ACTION,           11  },
    {FLOW_BAD_TAG,                      OF11, OF15, BAD_ACTION,           12  },
    {FLOW_BAD_SET_TYPE,                 OF12, OF15, BAD_ACTION,           13  },
    {FLOW_BAD_SET_LENGTH,               OF12, OF15, BAD_ACTION,           14  },
    {FLOW_BAD_SET_ARGUMENT,             OF12, OF15, BAD_ACTION,           15  },
    {FLOW_BAD_SET_MASK,                 OF15, OF15, BAD_ACTION,           16  },
    {FLOW_BAD_ACTION_METER,             OF15, OF15, BAD_ACTION,           17  },
    {FLOW_BAD_ACTION_ORDER,             OF10, OF10, FLOW_MOD_FAILED_10,   5   },
    {FLOW_BAD_TAG,                      OF10, OF10, BAD_ACTION,           5   },
    {FLOW_BAD_SET_MASK,                 OF10, OF11, BAD_ACTION,           5   },
    {FLOW_BAD_SET_MASK,                 OF12, OF12, BAD_ACTION,           13  },
    {FLOW_BAD_SET_MASK,                 OF13, OF14, EXPERIMENTER,         4250},
    {FLOW_BAD_ACTION_METER,             OF10, OF12, BAD_ACTION,           5   },

    {FLOW_BAD_INSTRUCTION,              OF11, OF15, BAD_INSTRUCTION,      0   },
    {FLOW_UNSUPPORTED_INSTRUCTION,      OF11, OF15, BAD_INSTRUCTION,      1   },
    {FLOW_BAD_INSTRUCTION_TABLE,        OF11, OF15, BAD_INSTRUCTION,      2   },
    {FLOW_BAD_GOTO,                     OF11, OF15, BAD_INSTRUCTION,      2   },
    {FLOW_BAD_METADATA,                 OF11, OF15, BAD_INSTRUCTION,      3   },
    {FLOW_BAD_INSTRUCTION_EXPERIMENTER, OF11, OF15, BAD_INSTRUCTION,      5   },
    {FLOW_BAD_EXPERIMENTER_INSTRUCTION, OF11, OF11, BAD_INSTRUCTION,      5   },
    {FLOW_BAD_EXPERIMENTER_INSTRUCTION, OF12, OF15, BAD_INSTRUCTION,      6   },
    {FLOW_BAD_INSTRUCTION_LENGTH,       OF11, OF11, BAD_REQUEST,          6   },
    {FLOW_BAD_INSTRUCTION_LENGTH,       OF12, OF15, BAD_INSTRUCTION,      7   },
    {FLOW_DUPLICATE_INSTRUCTION,        OF12, OF13, EXPERIMENTER,         2600},
    {FLOW_DUPLICATE_INSTRUCTION,        OF14, OF15, BAD_INSTRUCTION,      9   },

    {FLOW_BAD_MATCH_TYPE,               OF11, OF15, BAD_MATCH,            0   },
    {FLOW_BAD_MATCH_LENGTH,             OF11, OF15, BAD_MATCH,            1   },
    {FLOW_BAD_WILDCARDS,                OF11, OF15, BAD_MATCH,            5   },
    {FLOW_BAD_FIELD,                    OF11, OF15, BAD_MATCH,            6   },
    {FLOW_BAD_VALUE,                    OF11, OF15, BAD_MATCH,            7   },
    {FLOW_BAD_MASK,                     OF12, OF15, BAD_MATCH,            8   },
    {FLOW_BAD_PREREQUISITE,             OF12, OF15, BAD_MATCH,            9   },
    {FLOW_DUPLICATE_FIELD,              OF12, OF15, BAD_MATCH,            10  },
    {FLOW_BAD_MATCH_LENGTH,             OF10, OF10, BAD_REQUEST,          6   },

    {FLOW_TABLE_FULL,                   OF10, OF10, FLOW_MOD_FAILED_10,   0   },
    {FLOW_OVERLAP,                      OF10, OF10, FLOW_MOD_FAILED_10,   1   },
    {FLOW_BAD_TIMEOUT,                  OF10, OF10, FLOW_MOD_FAILED_10,   3   },
    {FLOW_BAD_COMMAND,                  OF10, OF10, FLOW_MOD_FAILED_10,   4   },
    {FLOW_OUT_OF_MEMORY,                OF10, OF10, FLOW_MOD_FAILED_10,   0   },
    {FLOW_TABLE_FULL,                   OF11, OF15, FLOW_MOD_FAILED,      1   },
    {FLOW_BAD_TABLE,                    OF11, OF15, FLOW_MOD_FAILED,      2   },
    {FLOW_OVERLAP,                      OF11, OF15, FLOW_MOD_FAILED,      3   },
    {FLOW_BAD_TIMEOUT,                  OF11, OF15, FLOW_MOD_FAILED,      5   },
    {FLOW_BAD_COMMAND,                  OF11, OF15, FLOW_MOD_FAILED,      6   },
    {FLOW_BAD_FLAGS,                    OF12, OF15, FLOW_MOD_FAILED,      7   },
    {FLOW_BAD_PRIORITY,                 OF11, OF12, FLOW_MOD_FAILED,      0   },
    {FLOW_BAD_PRIORITY,                 OF13, OF13, EXPERIMENTER,         2360},
    {FLOW_BAD_PRIORITY,                 OF14, OF15, FLOW_MOD_FAILED,      9   },
    {FLOW_OUT_OF_MEMORY,                OF11, OF15, FLOW_MOD_FAILED,      1   },

    {FLOW_GROUP_EXISTS,                 OF11, OF15, GROUP_MOD_FAILED,     0   },
    {FLOW_INVALID_GROUP,                OF11, OF15, GROUP_MOD_FAILED,     1   },
    {FLOW_GROUP_UNSUPPORTED_WEIGHT,     OF11, OF15, GROUP_MOD_FAILED,     2   },
    {FLOW_GROUP_FULL,                   OF11, OF15, GROUP_MOD_FAILED,     3   },
    {FLOW_BUCKETS_FULL,                 OF11, OF15, GROUP_MOD_FAILED,     4   },
    {FLOW_GROUP_UNSUPPORTED_CHAIN,      OF11, OF15, GROUP_MOD_FAILED,     5   },
    {FLOW_GROUP_LOOP,                   OF11, OF15, GROUP_MOD_FAILED,     7   },
    {FLOW_UNKNOWN_GROUP,                OF11, OF15, GROUP_MOD_FAILED,     8   },
    {FLOW_GROUP_CHAINED,                OF12, OF15, GROUP_MOD_FAILED,     9   },
    {FLOW_BAD_GROUP_TYPE,               OF12, OF15, GROUP_MOD_FAILED,     10  },
    {FLOW_BAD_GROUP_COMMAND,            OF12, OF15, GROUP_MOD_FAILED,     11  },
    {FLOW_BAD_BUCKET,                   OF12, OF15, GROUP_MOD_FAILED,     12  },
    {FLOW_BAD_WATCH,                    OF12, OF15, GROUP_MOD_FAILED,     13  },
    {FLOW_UNKNOWN_BUCKET,               OF15, OF15, GROUP_MOD_FAILED,     15  },
    {FLOW_BUCKET_EXISTS,                OF15, OF15, GROUP_MOD_FAILED,     16  },
    {FLOW_GROUP_CHAINED,                OF11, OF11, GROUP_MOD_FAILED,     5   },
    {FLOW_BAD_WATCH,                    OF11, OF11, GROUP_MOD_FAILED,     6   },
    {FLOW_BAD_GROUP_TYPE,               OF11, OF11, GROUP_MOD_FAILED,     1   },
    {FLOW_BAD_GROUP_COMMAND,            OF11, OF11, BAD_REQUEST,          1   },
    {FLOW_BAD_BUCKET,                   OF11, OF11, GROUP_MOD_FAILED,     1   },
    {FLOW_UNKNOWN_BUCKET,               OF11, OF11, GROUP_MOD_FAILED,     1   },
    {FLOW_UNKNOWN_BUCKET,               OF12, OF14, GROUP_MOD_FAILED,     12  },
    {FLOW_BUCKET_EXISTS,                OF11, OF11, GROUP_MOD_FAILED,     1   },
    {FLOW_BUCKET_EXISTS,                OF12, OF14, GROUP_MOD_FAILED,     12  },

    {FLOW_BAD_PORT,                     OF10, OF10, PORT_MOD_FAILED_10,   0   },
    {FLOW_BAD_HARDWARE_ADDRESS,         OF10, OF10, PORT_MOD_FAILED_10,   1   },
    {FLOW_BAD_PORT_CONFIG,              OF10, OF10, PORT_MOD_FAILED_10,   0   },
    {FLOW_BAD_PORT_ADVERTISE,           OF10, OF10, PORT_MOD_FAILED_10,   0   },
    {FLOW_BAD_PORT,                     OF11, OF15, PORT_MOD_FAILED,      0   },
    {FLOW_BAD_HARDWARE_ADDRESS,         OF11, OF15, PORT_MOD_FAILED,      1   },
    {FLOW_BAD_PORT_CONFIG,              OF11, OF15, PORT_MOD_FAILED,      2   },
    {FLOW_BAD_PORT_ADVERTISE,           OF11, OF15, PORT_MOD_FAILED,      3   },

    {FLOW_BAD_MOD_TABLE,                OF11, OF15, TABLE_MOD_FAILED,     0   },
    {FLOW_BAD_TABLE_CONFIG,             OF11, OF15, TABLE_MOD_FAILED,     1   },

    {FLOW_BAD_QUEUE_PORT,               OF10, OF10, QUEUE_OP_FAILED_10,   0   },
    {FLOW_UNKNOWN_QUEUE,                OF10, OF10, QUEUE_OP_FAILED_10,   1   },
    {FLOW_BAD_QUEUE_PORT,               OF11, OF15, QUEUE_OP_FAILED,      0   },
    {FLOW_UNKNOWN_QUEUE,                OF11, OF15, QUEUE_OP_FAILED,      1   },

    {FLOW_BAD_SWITCH_FLAGS,             OF10, OF10, BAD_REQUEST,          5   },
    {FLOW_BAD_MISS_LENGTH,              OF10, OF10, BAD_REQUEST,          6   },
    {FLOW_BAD_SWITCH_FLAGS,             OF11, OF15, SWITCH_CONFIG_FAILED, 0   },
    {FLOW_BAD_MISS_LENGTH,              OF11, OF15, SWITCH_CONFIG_FAILED, 1   },

    {FLOW_STALE_ROLE,                   OF12, OF15, ROLE_REQUEST_FAILED,  0   },
    {FLOW_ROLE_UNSUPPORTED,             OF12, OF15, ROLE_REQUEST_FAILED,  1   },
    {FLOW_BAD_ROLE,                     OF12, OF15, ROLE_REQUEST_FAILED,  2   },
    {FLOW_STALE_ROLE,                   OF10, OF11, BAD_REQUEST,          5   },
    {FLOW_ROLE_UNSUPPORTED,             OF10, OF11, BAD_REQUEST,          5   },

    {FLOW_METER_EXISTS,                 OF13, OF15, METER_MOD_FAILED,     1   },
    {FLOW_INVALID_METER,                OF13, OF15, METER_MOD_FAILED,     2   },
    {FLOW_UNKNOWN_METER,                OF13, OF15, METER_MOD_FAILED,     3   },
    {FLOW_BAD_METER_COMMAND,            OF13, OF15, METER_MOD_FAILED,     4   },
    {FLOW_BAD_METER_FLAGS,              OF13, OF15, METER_MOD_FAILED,     5   },
    {FLOW_BAD_BAND_RATE,                OF13, OF15, METER_MOD_FAILED,     6   },
    {FLOW_BAD_BAND_BURST,               OF13, OF15, METER_MOD_FAILED,     7   },
    {FLOW_BAD_BAND,                     OF13, OF15, METER_MOD_FAILED,     8   },
    {FLOW_BAD_BAND_VALUE,               OF13, OF15, METER_MOD_FAILED,     9   },
    {FLOW_METER_FULL,                   OF13, OF15, METER_MOD_FAILED,     10  },
    {FLOW_BANDS_FULL,                   OF13, OF15, METER_MOD_FAILED,     11  },
    {FLOW_BAD_ACTION_METER,             OF13, OF14, METER_MOD_FAILED,     3   },

    {FLOW_BAD_FEATURES_TABLE,           OF13, OF15, TABLE_FEATURES,       0   },
    {FLOW_BAD_TABLE_FEATURES,           OF13, OF13, TABLE_FEATURES,       4   },
    {FLOW_BAD_TABLE_FEATURES,           OF14, OF14, BAD_PROPERTY,         2   },
    {FLOW_BAD_TABLE_FEATURES,           OF15, OF15, TABLE_FEATURES,       8   },
    {FLOW_TABLE_FEATURES_DENIED,        OF13, OF15, TABLE_FEATURES,       5   },
    {FLOW_BAD_PROPERTY,                 OF13, OF13, TABLE_FEATURES,       2   },
    {FLOW_BAD_PROPERTY_LENGTH,          OF13, OF13, TABLE_FEATURES,       3   },
    {FLOW_BAD_PROPERTY_VALUE,           OF13, OF13, TABLE_FEATURES,       4   },

    {FLOW_BAD_PROPERTY,                 OF14, OF15, BAD_PROPERTY,         0   },
    {FLOW_BAD_PROPERTY_LENGTH,          OF14, OF15, BAD_PROPERTY,         1   },
    {FLOW_BAD_PROPERTY_VALUE,           OF14, OF15, BAD_PROPERTY,         2   },
    {FLOW_PROPERTIES_FULL,              OF14, OF15, BAD_PROPERTY,         3   },
    {FLOW_DUPLICATE_PROPERTY,           OF14, OF15, BAD_PROPERTY,         4   },
    {FLOW_BAD_PROPERTY_EXPERIMENTER,    OF14, OF15, BAD_PROPERTY,         5   },

    {FLOW_PROPERTIES_FULL,              OF13, OF13, EXPERIMENTER,         4443},
    {FLOW_DUPLICATE_PROPERTY,           OF13, OF13, EXPERIMENTER,         4444},
    {FLOW_BAD_PROPERTY_EXPERIMENTER,    OF13, OF13, EXPERIMENTER,         4445},

    {FLOW_ASYNC_INVALID,                OF13, OF13, EXPERIMENTER,         2370},
    {FLOW_ASYNC_UNSUPPORTED,            OF13, OF13, EXPERIMENTER,         2371},
    {FLOW_ASYNC_INVALID,                OF14, OF15, ASYNC_CONFIG_FAILED,  0   },
    {FLOW_ASYNC_UNSUPPORTED,            OF14, OF15, ASYNC_CONFIG_FAILED,  1   },

    {FLOW_MONITOR_EXISTS,               OF14, OF15, FLOW_MONITOR_FAILED,  1   },
    {FLOW_MONITORS_FULL,                OF14, OF15, FLOW_MONITOR_FAILED,  0   },
    {FLOW_UNKNOWN_MONITOR,              OF14, OF15, FLOW_MONITOR_FAILED,  3   },
    {FLOW_BAD_MONITOR_COMMAND,          OF14, OF15, FLOW_MONITOR_FAILED,  4   },
    {FLOW_BAD_MONITOR_FLAGS,            OF14, OF15, FLOW_MONITOR_FAILED,  5   },
    {FLOW_BAD_MONITOR_TABLE,            OF14, OF15, FLOW_MONITOR_FAILED,  6   },
    {FLOW_BAD_MONITOR_OUT,              OF14, OF15, FLOW_MONITOR_FAILED,  7   },

    {FLOW_BUNDLE_BAD_ID,                OF13, OF15, BUNDLE_FAILED,        2   },
    {FLOW_BUNDLE_EXISTS,                OF13, OF15, BUNDLE_FAILED,        3   },
    {FLOW_BUNDLE_CLOSED,                OF13, OF15, BUNDLE_FAILED,        4   },
    {FLOW_BUNDLES_FULL,                 OF13, OF15, BUNDLE_FAILED,        5   },
    {FLOW_BUNDLE_BAD_TYPE,              OF13, OF15, BUNDLE_FAILED,        6   },
    {FLOW_BUNDLE_BAD_FLAGS,             OF13, OF15, BUNDLE_FAILED,        7   },
    {FLOW_BUNDLE_MESSAGE_LENGTH,        OF13, OF15, BUNDLE_FAILED,        8   },
    {FLOW_BUNDLE_MESSAGE_XID,           OF13, OF15, BUNDLE_FAILED,        9   },
    {FLOW_BUNDLE_MESSAGE_UNSUPPORTED,   OF13, OF15, BUNDLE_FAILED,        10  },
    {FLOW_BUNDLE_MESSAGE_CONFLICT,      OF13, OF15, BUNDLE_FAILED,        11  },
    {FLOW_BUNDLE_MESSAGES_FULL,         OF13, OF15, BUNDLE_FAILED,        12  },
    {FLOW_BUNDLE_FAILED,                OF13, OF15, BUNDLE_FAILED,        13  },
    {FLOW_BUNDLE_TIMEOUT,               OF13, OF15, BUNDLE_FAILED,        14  },
    {FLOW_BUNDLE_IN_PROGRESS,           OF13, OF15, BUNDLE_FAILED,        15  },
    /* clang-format on */
};

/*
 * What Nicira gave numbers to where OpenFlow has none: type and code in 1.0 and
 * 1.1, an experimenter's type from 1.2 on.  Open vSwitch's ofp-errors.h.
 */
static const struct row nicira_rows[] = {
    /* clang-format off */
    {FLOW_BAD_REQUEST_TABLE,         OF10, OF10, 1,            512},
    {FLOW_BAD_REQUEST_PORT,          OF10, OF11, 1,            514},
    {FLOW_BAD_OUT_GROUP,             OF10, OF10, 2,            9  },
    {FLOW_INCONSISTENT_MATCH,        OF10, OF10, 1,            522},
    {FLOW_BAD_SET_TYPE,              OF10, OF11, 1,            523},
    {FLOW_BAD_SET_LENGTH,            OF10, OF11, 1,            524},
    {FLOW_BAD_SET_ARGUMENT,          OF10, OF11, 1,            525},
    {FLOW_UNSUPPORTED_INSTRUCTION,   OF10, OF10, 2,            257},
    {FLOW_DUPLICATE_INSTRUCTION,     OF11, OF11, 3,            256},
    {FLOW_BAD_WILDCARDS,             OF10, OF10, 1,            262},
    {FLOW_BAD_FIELD,                 OF10, OF10, 0,            263},
    {FLOW_BAD_VALUE,                 OF10, OF10, 1,            258},
    {FLOW_BAD_MASK,                  OF10, OF11, 1,            259},
    {FLOW_BAD_PREREQUISITE,          OF10, OF11, 1,            260},
    {FLOW_DUPLICATE_FIELD,           OF10, OF11, 1,            261},
    {FLOW_BAD_FLAGS,                 OF10, OF10, 3,            258},
    {FLOW_BAD_FLAGS,                 OF11, OF11, 5,            258},
    {FLOW_BAD_TABLE,                 OF10, OF10, 5,            257},
    {FLOW_GROUP_EXISTS,              OF10, OF10, 6,            0  },
    {FLOW_INVALID_GROUP,             OF10, OF10, 6,            1  },
    {FLOW_GROUP_UNSUPPORTED_WEIGHT,  OF10, OF10, 6,            2  },
    {FLOW_GROUP_FULL,                OF10, OF10, 6,            3  },
    {FLOW_BUCKETS_FULL,              OF10, OF10, 6,            4  },
    {FLOW_GROUP_UNSUPPORTED_CHAIN,   OF10, OF10, 6,            5  },
    {FLOW_GROUP_LOOP,                OF10, OF10, 6,            7  },
    {FLOW_UNKNOWN_GROUP,             OF10, OF10, 6,            8  },
    {FLOW_GROUP_CHAINED,             OF10, OF10, 6,            9  },
    {FLOW_BAD_GROUP_TYPE,            OF10, OF10, 6,            10 },
    {FLOW_BAD_GROUP_COMMAND,         OF10, OF10, 6,            11 },
    {FLOW_BAD_BUCKET,                OF10, OF10, 6,            12 },
    {FLOW_BAD_WATCH,                 OF10, OF10, 6,            13 },
    {FLOW_UNKNOWN_BUCKET,            OF10, OF10, 6,            15 },
    {FLOW_BUCKET_EXISTS,             OF10, OF10, 6,            16 },
    {FLOW_BAD_ROLE,                  OF10, OF11, 1,            513},
    {FLOW_BAD_PROPERTY,              OF10, OF11, 13,           2  },
    {FLOW_BAD_PROPERTY_LENGTH,       OF10, OF11, 13,           3  },
    {FLOW_BAD_PROPERTY_VALUE,        OF10, OF11, 13,           4  },
    {FLOW_PROPERTIES_FULL,           OF10, OF11, 14,           3  },
    {FLOW_DUPLICATE_PROPERTY,        OF10, OF11, 14,           4  },
    {FLOW_BAD_PROPERTY_EXPERIMENTER, OF10, OF11, 14,           5  },
    {FLOW_MONITOR_EXISTS,            OF10, OF11, 1,            517},
    {FLOW_BAD_MONITOR_FLAGS,         OF10, OF11, 1,            518},
    {FLOW_UNKNOWN_MONITOR,           OF10, OF11, 1,            519},
    {FLOW_BAD_PROPERTY,              OF12, OF12, EXPERIMENTER, 25 },
    {FLOW_BAD_PROPERTY_LENGTH,       OF12, OF12, EXPERIMENTER, 26 },
    {FLOW_BAD_PROPERTY_VALUE,        OF12, OF12, EXPERIMENTER, 27 },
    {FLOW_PROPERTIES_FULL,           OF12, OF12, EXPERIMENTER, 28 },
    {FLOW_DUPLICATE_PROPERTY,        OF12, OF12, EXPERIMENTER, 29 },
    {FLOW_BAD_PROPERTY_EXPERIMENTER, OF12, OF12, EXPERIMENTER, 30 },
    {FLOW_MONITOR_EXISTS,            OF12, OF13, EXPERIMENTER, 6  },
    {FLOW_BAD_MONITOR_FLAGS,         OF12, OF13, EXPERIMENTER, 7  },
    {FLOW_UNKNOWN_MONITOR,           OF12, OF13, EXPERIMENTER, 8  },
    /* clang-format on */
};

enum {
    ROWS = ARRAY_SIZE(rows),
    NICIRA_ROWS = ARRAY_SIZE(nicira_rows),
    /* In 1.0 and 1.1 an error of this type and code 0 begins with a vendor and
     * the vendor's own type and code. */
    VENDOR_ERROR = 0xb0c2,
};

/* ONF's errors for the bundles of 1.3 are those of 1.4, counted from here. */
enum { BUNDLE_FAILED_13 = 2300 };

static struct of_error numbers_of(enum of_version version,
                                  const struct row *row)
{
    if (row >= nicira_rows && row < nicira_rows + NICIRA_ROWS)
        return (struct of_error){.type = row->type,
                                 .code = row->code,
                                 .experimenter = OF_VENDOR_NICIRA};
    if (version == OF13 && row->type == BUNDLE_FAILED)
        return (struct of_error){.type = EXPERIMENTER,
                                 .code = BUNDLE_FAILED_13 + row->code,
                                 .experimenter = OF_VENDOR_ONF};
    return (struct of_error){.type = row->type,
                             .code = row->code,
                             .experimenter =
                                 row->type == EXPERIMENTER ? OF_VENDOR_ONF : 0};
}

/* All rows, Nicira's last; NULL after them. */
static const struct row *row_at(size_t i)
{
    if (i < ROWS)
        return &rows[i];
    return i < ROWS + NICIRA_ROWS ? &nicira_rows[i - ROWS] : NULL;
}

static bool is_of_version(const struct row *row, enum of_version version)
{
    return row->first <= version && row->last >= version;
}

/* An error without a row is sent as UNSUPPORTED of FLOW_MOD_FAILED in 1.0,
 * which is all that it has to say so, and as the unknown type of a request
 * later. */
struct of_error of_error_of(enum of_version version, enum flow_error error)
{
    const struct row *row;

    for (size_t i = 0; (row = row_at(i)); i++)
        if (row->error == error && is_of_version(row, version))
            return numbers_of(version, row);
    if (version == OF10)
        return (struct of_error){.type = FLOW_MOD_FAILED_10, .code = 5};
    return (struct of_error){.type = BAD_REQUEST, .code = 1};
}

enum flow_error of_error_meaning(enum of_version version,
                                 const struct of_error *e)
{
    const struct row *row;

    for (size_t i = 0; (row = row_at(i)); i++) {
        struct of_error n = numbers_of(version, row);

        if (n.type == e->type && n.code == e->code &&
            n.experimenter == e->experimenter && is_of_version(row, version))
            return row->error;
    }
    return FLOW_OK;
}

const char *of_error_type_name(enum of_version version,
                               const struct of_error *e)
{
    static const char *const names_10[] = {
        "HELLO_FAILED",    "BAD_REQUEST",     "BAD_ACTION",
        "FLOW_MOD_FAILED", "PORT_MOD_FAILED", "QUEUE_OP_FAILED"};
    static const char *const names[] = {
        [HELLO_FAILED] = "HELLO_FAILED",
        [BAD_REQUEST] = "BAD_REQUEST",
        [BAD_ACTION] = "BAD_ACTION",
        [BAD_INSTRUCTION] = "BAD_INSTRUCTION",
        [BAD_MATCH] = "BAD_MATCH",
        [FLOW_MOD_FAILED] = "FLOW_MOD_FAILED",
        [GROUP_MOD_FAILED] = "GROUP_MOD_FAILED",
        [PORT_MOD_FAILED] = "PORT_MOD_FAILED",
        [TABLE_MOD_FAILED] = "TABLE_MOD_FAILED",
        [QUEUE_OP_FAILED] = "QUEUE_OP_FAILED",
        [SWITCH_CONFIG_FAILED] = "SWITCH_CONFIG_FAILED",
        [ROLE_REQUEST_FAILED] = "ROLE_REQUEST_FAILED",
        [METER_MOD_FAILED] = "METER_MOD_FAILED",
        [TABLE_FEATURES] = "TABLE_FEATURES_FAILED",
        [BAD_PROPERTY] = "BAD_PROPERTY",
        [ASYNC_CONFIG_FAILED] = "ASYNC_CONFIG_FAILED",
        [FLOW_MONITOR_FAILED] = "FLOW_MONITOR_FAILED",
        [BUNDLE_FAILED] = "BUNDLE_FAILED",
    };

    if (e->experimenter)
        return "EXPERIMENTER";
    if (version == OF10)
        return e->type <= QUEUE_OP_FAILED_10 ? names_10[e->type] : "unknown";
    return e->type <= BUNDLE_FAILED ? names[e->type] : "unknown";
}

static size_t begin(struct of_buffer *b, enum of_version version, uint32_t xid,
                    const struct of_error *e)
{
    size_t start = of_begin(b, version, OF_ERROR, xid);

    if (e->experimenter && version <= OF11) {
        of_put_u16(b, VENDOR_ERROR);
        of_put_u16(b, 0);
        of_put_u32(b, e->experimenter);
    }
    of_put_u16(b, e->type);
    of_put_u16(b, e->code);
    if (e->experimenter && version > OF11)
        of_put_u32(b, e->experimenter);
    return start;
}

/* OpenFlow has no number for want of memory; each kind of request has one for
 * no room, and what has none gets that of a flow table. */
static enum flow_error no_room(enum of_kind kind)
{
    switch (kind) {
    case OF_GROUP_MOD:
        return FLOW_GROUP_FULL;
    case OF_METER_MOD:
        return FLOW_METER_FULL;
    case OF_BUNDLE_CONTROL:
        return FLOW_BUNDLES_FULL;
    case OF_BUNDLE_ADD:
        return FLOW_BUNDLE_MESSAGES_FULL;
    default:
        return FLOW_OUT_OF_MEMORY;
    }
}

void of_error_write(struct of_buffer *b, enum of_version version,
                    enum flow_error error, const struct reader *request)
{
    struct reader at = *request;
    struct of_header header = of_read_header(&at);
    enum of_kind kind = of_kind_of(&header, &at);
    struct of_error e = of_error_of(
        version, error == FLOW_OUT_OF_MEMORY ? no_room(kind) : error);
    size_t size = request->left < OF_ERROR_REQUEST_MAX ? request->left
                                                       : OF_ERROR_REQUEST_MAX;
    size_t start = begin(b, version, header.xid, &e);

    of_put(b, request->next, size);
    of_end(b, start);
}

void of_error_write_hello_failed(struct of_buffer *b, enum of_version version,
                                 uint32_t xid, const char *text)
{
    struct of_error e = of_error_of(version, FLOW_INCOMPATIBLE);
    size_t start = begin(b, version, xid, &e);

    of_put(b, text, strlen(text));
    of_end(b, start);
}

enum flow_error of_error_read(struct reader *body, struct of_error *e)
{
    *e = (struct of_error){0};
    e->type = read_u16(body);
    e->code = read_u16(body);
    if (e->type == EXPERIMENTER || (e->type == VENDOR_ERROR && !e->code))
        e->experimenter = read_u32(body);
    if (e->type == VENDOR_ERROR && e->experimenter) {
        e->type = read_u16(body);
        e->code = read_u16(body);
    }
    e->data = *body;
    return body->bad ? FLOW_BAD_LENGTH : FLOW_OK;
}
