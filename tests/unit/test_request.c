/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What controllers say when they come up, in their order and with their
 * peculiarities: none of it may be refused, and each request is answered.
 */
#include "control/request.h"

#include "base/array.h"
#include "tests/unit/control_lab.h"

struct line {
    const char *say;
    enum of_kind answer; /* OF_UNKNOWN: none */
};

/* Table features are many messages; all others are one. */
static void converse(struct lab *l, const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lab_say(l, 0, lines[i].say);
        if (lines[i].answer == OF_UNKNOWN &&
            l->peers[0].at != l->peers[0].size) {
            struct reader r = lab_next(l, 0);

            fail_msg("%s: answered by type %u", lines[i].say, r.next[1]);
        }
        if (lines[i].answer != OF_UNKNOWN)
            lab_hears_kind(l, 0, lines[i].answer);
        while (lines[i].answer == OF_MP_TABLE_FEATURES &&
               l->peers[0].at != l->peers[0].size)
            lab_hears_kind(l, 0, OF_MP_TABLE_FEATURES);
        lab_hears_nothing(l, 0);
    }
}

#define CONVERSE(l, lines) converse(l, lines, ARRAY_SIZE(lines))

#define DELETE_ALL13                                                           \
    "04 0e 0038 00000011 0000000000000000 0000000000000000 ff 03 0000"         \
    "0000 0000 ffffffff ffffffff ffffffff 0000 0000 0001 0004 00000000"
#define MISS13(table)                                                          \
    "04 0e 0050 00000012 0000000000000000 0000000000000000" table              \
    "00 0000 0000 0000 ffffffff ffffffff ffffffff 0000 0000 0001 0004"         \
    "00000000 0004 0018 00000000 0000 0010 fffffffd ffff 000000000000"

static void faucet(void **state)
{
    static const struct line lines[] = {
        {"04 05 0008 00000001", OF_FEATURES_REPLY},
        /* miss_send_len 0, and SET_ASYNC twice with one xid. */
        {"04 09 000c 00000002 0000 0000", OF_UNKNOWN},
        {"04 1c 0020 00000003 00000006 00000006 00000007 00000007"
         "00000008 00000008",
         OF_UNKNOWN},
        {"04 1c 0020 00000003 00000006 00000006 00000007 00000007"
         "00000008 00000008",
         OF_UNKNOWN},
        /* clang-format off */
        {"04 12 0010 00000004 000d 0000 00000000",                         OF_MP_PORT_DESC     },
        {DELETE_ALL13,                                                     OF_UNKNOWN          },
        {"04 0f 0010 00000005 0002 00 00 fffffffc",                        OF_UNKNOWN          },
        {"04 1d 0010 00000005 0002 0000 ffffffff",                         OF_UNKNOWN          },
 /* vlan_vid=0 for "no tag", goto, a masked eth_dst. */
        /* clang-format on */
        {"04 0e 0048 00000006 0000000000000005 0000000000000000 00 00 0000"
         "0000 2000 ffffffff ffffffff ffffffff 0001 0000"
         "0001 000a 80000c02 0000 000000000000"
         "0001 0008 03 000000",
         OF_UNKNOWN},
        {"04 0e 0048 00000006 0000000000000005 0000000000000000 03 02 0000"
         "0000 2000 ffffffff ffffffff ffffffff 0001 0000"
         "0001 0014 8000070c 0180c2000000 fffffffffff0 00000000",
         OF_UNKNOWN},
        {"04 12 0010 00000007 000c 0000 00000000", OF_MP_TABLE_FEATURES},
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    CONVERSE(l, lines);
    assert_int_equal(lab_flows(l), 1);
    lab_close(l);
}

static void onos(void **state)
{
    static const struct line lines[] = {
        /* clang-format off */
        {"04 05 0008 00000001",                                                    OF_FEATURES_REPLY   },
        {"04 12 0010 00000002 000d 0000 00000000",                                 OF_MP_PORT_DESC     },
        {"04 12 0010 00000003 000b 0000 00000000",                                 OF_MP_METER_FEATURES},
        {"04 09 000c 00000004 0000 ffff",                                          OF_UNKNOWN          },
        {"04 14 0008 00000005",                                                    OF_BARRIER_REPLY    },
        {"04 07 0008 00000006",                                                    OF_GET_CONFIG_REPLY },
        {"04 12 0010 00000007 0000 0000 00000000",                                 OF_MP_DESC          },
 /* Its generation id is always 0. */
        /* clang-format on */
        {"04 18 0018 00000008 00000002 00000000 0000000000000000",
         OF_ROLE_REPLY},
        {"04 18 0018 00000009 00000003 00000000 0000000000000000",
         OF_ROLE_REPLY},
        {"04 18 0018 0000000a 00000002 00000000 0000000000000000",
         OF_ROLE_REPLY},
        {MISS13("00"), OF_UNKNOWN},
        {"04 12 0038 0000000b 0001 0000 00000000 ff 000000 ffffffff ffffffff"
         "00000000 0000000000000000 0000000000000000 0001 0004 00000000",
         OF_MP_FLOW},
        {"04 12 0010 0000000c 0003 0000 00000000", OF_MP_TABLE},
        {"04 12 0018 0000000d 0004 0000 00000000 ffffffff 00000000",
         OF_MP_PORT},
        {"04 12 0018 0000000e 0006 0000 00000000 fffffffc 00000000",
         OF_MP_GROUP},
        {"04 12 0018 0000000f 0009 0000 00000000 ffffffff 00000000",
         OF_MP_METER},
        {"04 12 0018 00000010 0005 0000 00000000 ffffffff ffffffff",
         OF_MP_QUEUE},
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    CONVERSE(l, lines);
    lab_close(l);
}

static void opendaylight(void **state)
{
    static const struct line lines[] = {
        /* A HELLO more, stepping down. */
        {"01 00 0008 00000001", OF_UNKNOWN},
        {"04 05 0008 00000001", OF_FEATURES_REPLY},
        {"04 18 0018 00000002 00000000 00000000 0000000000000000",
         OF_ROLE_REPLY},
        {"04 18 0018 00000003 00000002 00000000 0000000000000001",
         OF_ROLE_REPLY},
        /* clang-format off */
        {"04 12 0010 00000004 0000 0000 00000000",                   OF_MP_DESC          },
        {"04 12 0010 00000005 0008 0000 00000000",                   OF_MP_GROUP_FEATURES},
        {"04 12 0010 00000006 000b 0000 00000000",                   OF_MP_METER_FEATURES},
        {"04 12 0010 00000007 000c 0000 00000000",                   OF_MP_TABLE_FEATURES},
        {"04 12 0010 00000008 000d 0000 00000000",                   OF_MP_PORT_DESC     },
        {"04 12 0010 00000009 0007 0000 00000000",                   OF_MP_GROUP_DESC    },
        /* clang-format on */
        {"04 12 0018 0000000a 000a 0000 00000000 ffffffff 00000000",
         OF_MP_METER_CONFIG},
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    CONVERSE(l, lines);
    lab_close(l);
}

static void floodlight(void **state)
{
    static const struct line lines[] = {
        /* clang-format off */
        {"04 05 0008 00000001",                                    OF_FEATURES_REPLY   },
        {"04 12 0010 00000002 000d 0000 00000000",                 OF_MP_PORT_DESC     },
        {"04 09 000c 00000003 0000 ffff",                          OF_UNKNOWN          },
        {"04 07 0008 00000004",                                    OF_GET_CONFIG_REPLY },
        {"04 12 0010 00000005 0000 0000 00000000",                 OF_MP_DESC          },
        {"04 12 0010 00000006 000c 0000 00000000",                 OF_MP_TABLE_FEATURES},
        /* clang-format on */
        {"04 18 0018 00000007 00000002 00000000 0000000000000000",
         OF_ROLE_REPLY},
        /* clang-format off */
        {DELETE_ALL13,                                             OF_UNKNOWN          },
        {"04 0f 0010 00000008 0002 00 00 fffffffc",                OF_UNKNOWN          },
        {MISS13("00"),                                             OF_UNKNOWN          },
        {MISS13("01"),                                             OF_UNKNOWN          },
        {MISS13("fe"),                                             OF_UNKNOWN          },
        {"04 14 0008 00000009",                                    OF_BARRIER_REPLY    },
        /* clang-format on */
    };
    struct lab *l = lab_open(OF13);

    (void)state;
    lab_add_flow(l, 0, "table=7,in_port=1,actions=drop");
    CONVERSE(l, lines);
    assert_int_equal(lab_flows(l), 3);
    lab_close(l);
}

/* l2_nx of POX, and ovs-ofctl when it has no version to choose. */
static void nicira_s_extensions(void **state)
{
    static const struct line lines[] = {
        /* clang-format off */
        {"01 04 0014 00000001 00002320 0000000c 00000002",                     OF_UNKNOWN        },
        {"01 12 0008 00000002",                                                OF_BARRIER_REPLY  },
        {"01 04 0018 00000003 00002320 0000000f 01 00000000000000",            OF_UNKNOWN        },
        {"01 04 0014 00000004 00002320 00000010 00000001",                     OF_UNKNOWN        },
        {"01 04 0018 00000005 00002320 00000014 000000000000 0007",            OF_UNKNOWN        },
 /* ADD to table 1: in_port=1, actions=resubmit(,2). */
        /* clang-format on */
        {"01 04 0048 00000006 00002320 0000000d 0000000000000000 0100 0000"
         "0000 8000 ffffffff ffff 0000 0006 000000000000"
         "00000002 0001 0000 ffff 0010 00002320 000e fff8 02 000000",
         OF_UNKNOWN},
        {"01 10 0020 00000007 ffff 0000 00002320 00000000 00000000"
         "ffff 0000 ff 000000",
         OF_MP_NX_FLOW},
        {"01 10 0020 00000008 ffff 0000 00002320 00000001 00000000"
         "ffff 0000 01 000000",
         OF_MP_NX_AGGREGATE},
        {"01 10 000c 00000009 0003 0000", OF_MP_TABLE},
    };
    struct lab *l = lab_open(OF10);

    (void)state;
    CONVERSE(l, lines);
    assert_int_equal(lab_flows(l), 1);
    assert_int_equal(flow_tables_count(datapath_tables(l->s.datapath), 1), 1);
    lab_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faucet),
        cmocka_unit_test(onos),
        cmocka_unit_test(opendaylight),
        cmocka_unit_test(floodlight),
        cmocka_unit_test(nicira_s_extensions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
