/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory runs out while a controller's message is handled, at each call that
 * wants some: then the message is refused and nothing has changed, or it has
 * been carried out and answered whole, or the connection ends, and again it is
 * all or nothing.  Nothing leaks (the sanitizers see that).
 */
#include "base/array.h"
#include "control/dispatch.h"
#include "openflow/of_bundle.h"
#include "openflow/of_flow.h"
#include "openflow/of_group.h"
#include "openflow/of_meter.h"
#include "tests/faults/inject.h"
#include "tests/unit/control_lab.h"
#include "text/text_flow.h"
#include "text/text_group.h"
#include "text/text_meter.h"

enum { TRIES_MAX = 2000, ASKER = 1 };

/* How a step's text becomes a message. */
enum form { FLOW, GROUP, METER, HEX, FRAME, BUNDLE_FLOW, BUNDLE_GROUP, BUNDLE };

struct step {
    enum form form;
    unsigned int command; /* of the flow-mod, group-mod, meter-mod, bundle */
    const char *text;
};

/* Of OpenFlow 1.4, for ports 1 to 3, each on top of those before. */
static const struct step steps[] = {
    /* clang-format off */
    {FLOW,         FLOW_MOD_ADD,              "in_port=1,actions=output:2,output:3"                     },
    {FLOW,         FLOW_MOD_ADD,              "in_port=2,priority=7,actions=output:1"                   },
    {FLOW,         FLOW_MOD_ADD,              "in_port=2,priority=7,actions=output:3"                   },
    /* clang-format on */
    {FLOW, FLOW_MOD_ADD,
     "table=1,tcp,nw_dst=10.0.0.0/8,tp_dst=80,actions=dec_ttl,"
     "set_field:02:00:00:00:00:09->eth_dst,output:1,goto_table:2"},
    {FLOW, FLOW_MOD_ADD, "check_overlap,priority=5,dl_vlan=5,actions=drop"},
    {FLOW, FLOW_MOD_ADD,
     "send_flow_rem,udp,idle_timeout=9,priority=3,actions=output:3"},
    {FLOW, FLOW_MOD_MODIFY, "in_port=2,actions=output:2"},
    {FLOW, FLOW_MOD_MODIFY, "actions=output:3,output:2,output:1"},
    {FLOW, FLOW_MOD_MODIFY_STRICT,
     "in_port=2,priority=7,actions=output:LOCAL,output:1"},
    {GROUP, GROUP_ADD,
     "group_id=1,type=select,bucket=weight:1,output:1,"
     "bucket=weight:2,dec_ttl,output:2"},
    {GROUP, GROUP_ADD, "group_id=2,type=all,bucket=group:1"},
    {GROUP, GROUP_MODIFY,
     "group_id=2,type=ff,bucket=watch_port:1,output:1,"
     "bucket=watch_port:2,output:2"},
    {METER, METER_ADD,
     "meter=1,kbps,burst,bands=type=drop rate=1000 burst_size=10"},
    /* clang-format off */
    {METER,        METER_MODIFY,              "meter=1,pktps,bands=type=drop rate=7"                    },
    {FLOW,         FLOW_MOD_ADD,              "priority=9,dl_vlan=7,actions=meter:1,group:2"            },
    {FLOW,         FLOW_MOD_ADD,              "priority=9000,udp,tp_src=1000,actions=controller:40"     },
    {FRAME,        0,                         ""                                                        },
 /* Statistics and descriptions. */
    /* clang-format on */
    {HEX, 0,
     "05 12 0038 00000021 0001 0000 00000000 ff000000 ffffffff ffffffff"
     "00000000 0000000000000000 0000000000000000 0001 0004 00000000"},
    {HEX, 0,
     "05 12 0038 00000022 0002 0000 00000000 ff000000 ffffffff ffffffff"
     "00000000 0000000000000000 0000000000000000 0001 0004 00000000"},
    /* clang-format off */
    {HEX,          0,                         "05 12 0010 00000023 0000 0000 00000000"                  },
    {HEX,          0,                         "05 12 0010 00000024 0003 0000 00000000"                  },
    {HEX,          0,                         "05 12 0018 00000025 0004 0000 00000000 ffffffff 00000000"},
    {HEX,          0,                         "05 12 0018 00000026 0006 0000 00000000 fffffffc 00000000"},
    {HEX,          0,                         "05 12 0010 00000027 0007 0000 00000000"                  },
    {HEX,          0,                         "05 12 0010 00000028 0008 0000 00000000"                  },
    {HEX,          0,                         "05 12 0018 00000029 0009 0000 00000000 ffffffff 00000000"},
    {HEX,          0,                         "05 12 0018 0000002a 000a 0000 00000000 ffffffff 00000000"},
    {HEX,          0,                         "05 12 0010 0000002b 000b 0000 00000000"                  },
    {HEX,          0,                         "05 12 0010 0000002c 000c 0000 00000000"                  },
    {HEX,          0,                         "05 12 0010 0000002d 000d 0000 00000000"                  },
    {HEX,          0,                         "05 12 0010 0000002e 000e 0000 00000000"                  },
    {HEX,          0,                         "05 12 0018 0000002f 000f 0000 00000000 ffffffff ffffffff"},
    {HEX,          0,                         "05 12 0018 00000030 0005 0000 00000000 ffffffff ffffffff"},
    {HEX,          0,                         "05 05 0008 00000031"                                     },
    {HEX,          0,                         "05 07 0008 00000032"                                     },
    {HEX,          0,                         "05 14 0008 00000033"                                     },
    {HEX,          0,                         "05 1a 0008 00000034"                                     },
    {HEX,          0,                         "05 18 0018 00000035 00000002 00000000 0000000000000001"  },
    {HEX,          0,                         "05 02 0010 00000036 0102030405060708"                    },
 /* What is refused. */
    {HEX,          0,                         "05 63 0008 00000037"                                     },
    {FLOW,         FLOW_MOD_ADD,              "in_port=2,actions=group:99"                              },
 /* A packet-out to the table and to all. */
    /* clang-format on */
    {HEX, 0,
     "05 0d 006d 00000038 ffffffff 00000003 0020 000000000000"
     "0000 0010 fffffffb 0000 000000000000 0000 0010 fffffffc ffff 000000000000"
     "020000000102 020000000101 0800 4500002e000040004011 26bd 0a000001"
     "0a000002 03e8 07d0 001a 0000 000102030405060708090a"},
    /* A port-mod: port 1 does not flood. */
    {HEX, 0,
     "05 10 0028 00000039 00000001 00000000 020000000001 0000"
     "00000004 00000004 0000 0008 00000000"},
    /* A bundle of it all. */
    /* clang-format off */
    {BUNDLE,       OF_BUNDLE_OPEN_REQUEST,    ""                                                        },
    {BUNDLE_FLOW,  FLOW_MOD_ADD,              "table=3,ip,actions=output:1"                             },
    {BUNDLE_FLOW,  FLOW_MOD_MODIFY,           "in_port=1,actions=output:3"                              },
    {BUNDLE_FLOW,  FLOW_MOD_DELETE,           "udp"                                                     },
    /* clang-format on */
    {BUNDLE_GROUP, GROUP_ADD,
     "group_id=3,type=all,bucket=output:1,bucket=output:3"},
    /* clang-format off */
    {BUNDLE_GROUP, GROUP_MODIFY,              "group_id=2,type=all,bucket=output:3"                     },
    {BUNDLE_FLOW,  FLOW_MOD_ADD,              "table=3,arp,actions=group:3"                             },
    {BUNDLE_FLOW,  FLOW_MOD_ADD,              "check_overlap,table=4,arp,actions=output:2"              },
    {BUNDLE_GROUP, GROUP_DELETE,              "group_id=1"                                              },
    {BUNDLE,       OF_BUNDLE_COMMIT_REQUEST,  ""                                                        },
    {BUNDLE,       OF_BUNDLE_OPEN_REQUEST,    ""                                                        },
    {BUNDLE_FLOW,  FLOW_MOD_ADD,              "table=5,ip,actions=output:1"                             },
    {BUNDLE,       OF_BUNDLE_CLOSE_REQUEST,   ""                                                        },
    {BUNDLE,       OF_BUNDLE_DISCARD_REQUEST, ""                                                        },
 /* And away with it. */
    {METER,        METER_DELETE,              "meter=1"                                                 },
    {GROUP,        GROUP_DELETE,              "group_id=3"                                              },
    {FLOW,         FLOW_MOD_DELETE_STRICT,    "in_port=2,priority=7"                                    },
    {FLOW,         FLOW_MOD_DELETE,           ""                                                        },
    /* clang-format on */
};

enum { STEPS = ARRAY_SIZE(steps) };

/* What the tables are after each step, and what it was answered. */
struct memory {
    uint8_t *bytes;
    size_t size;
};
static struct memory tables_after[STEPS + 1], answer_to[STEPS + 1];

static void put_flow(struct of_buffer *b, const struct step *s)
{
    struct of_flow_format format = {.version = OF14};
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct flow_mod mod;

    if (!text_flow_read(&parse, s->command, s->text, &mod))
        fail_msg("%s: %s", s->text, error.line);
    if (s->command == FLOW_MOD_ADD && mod.table == FLOW_MOD_TABLE_ALL)
        mod.table = 0;
    of_flow_mod_write(&format, b, 0x77, &mod);
    flow_mod_clear(&mod);
}

static void put_group(struct of_buffer *b, const struct step *s)
{
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct group_mod mod;

    if (!text_group_read(&parse, s->command, s->text, &mod))
        fail_msg("%s: %s", s->text, error.line);
    of_group_write_mod(b, OF14, 0x77, &mod);
    group_mod_clear(&mod);
}

static void put_meter(struct of_buffer *b, const struct step *s)
{
    struct text_error error;
    struct text_parse parse = {.error = &error};
    struct meter_mod mod;

    if (!text_meter_read(&parse, s->command, s->text, &mod))
        fail_msg("%s: %s", s->text, error.line);
    of_meter_write_mod(b, OF14, 0x77, &mod);
}

static void put_hex(struct of_buffer *b, const struct step *s)
{
    uint8_t bytes[512];

    of_put(b, bytes, hex_to_bytes(s->text, bytes));
}

static void put_bundle(struct of_buffer *b, const struct step *s)
{
    const struct of_bundle_control c = {
        .id = 1, .type = (uint16_t)s->command, .flags = OF_BUNDLE_ATOMIC};

    of_bundle_write_control(b, OF14, 0x77, &c);
}

static void put_in_bundle(struct of_buffer *b, const struct step *s)
{
    struct of_buffer message = {.data = NULL};
    struct of_bundle_add a = {.id = 1, .flags = OF_BUNDLE_ATOMIC};

    if (s->form == BUNDLE_FLOW)
        put_flow(&message, s);
    else
        put_group(&message, s);
    a.message = reader_over(message.data, message.size);
    of_bundle_write_add(b, OF14, 0x77, &a);
    of_buffer_clear(&message);
}

/* Does a step; false if the connection is to end. */
static bool take(struct lab *l, const struct step *s, size_t nth)
{
    static void (*const putters[])(struct of_buffer *, const struct step *) = {
        [FLOW] = put_flow,
        [GROUP] = put_group,
        [METER] = put_meter,
        [HEX] = put_hex,
        [BUNDLE_FLOW] = put_in_bundle,
        [BUNDLE_GROUP] = put_in_bundle,
        [BUNDLE] = put_bundle,
    };
    struct of_buffer b = {.data = NULL};
    struct of_message m;
    bool goes_on = true;

    if (s->form == FRAME) {
        lab_port(l, 1)->pending = frame_from_hex(LAB_UDP);
        inject_arm(INJECT_MEMORY, nth);
        lab_run(l);
        return true;
    }
    putters[s->form](&b, s);
    assert_false(b.is_bad);
    inject_arm(INJECT_MEMORY, nth);
    m = of_message_read(reader_over(b.data, b.size));
    goes_on = dispatch_message(&l->s, &l->peers[0].c, &m, l->now_ms);
    lab_run(l);
    of_buffer_clear(&b);
    return goes_on;
}

static struct memory keep(const struct lab_peer *p)
{
    struct memory m = {malloc(p->size + 1), p->size};

    assert_non_null(m.bytes);
    memcpy(m.bytes, p->inbox, p->size);
    return m;
}

static bool is_same(const struct lab_peer *p, const struct memory *m)
{
    return p->size == m->size && memcmp(p->inbox, m->bytes, m->size) == 0;
}

/* All that another peer can ask for. */
static void look(struct lab *l)
{
    static const char *const questions[] = {
        "05 12 0038 00000001 0001 0000 00000000 ff000000 ffffffff ffffffff"
        "00000000 0000000000000000 0000000000000000 0001 0004 00000000",
        "05 12 0010 00000002 0007 0000 00000000",
        "05 12 0018 00000003 000a 0000 00000000 ffffffff 00000000",
        "05 12 0010 00000004 000d 0000 00000000",
    };

    l->peers[ASKER].size = 0;
    for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
        lab_say(l, ASKER, questions[i]);
}

static bool is_error(const struct lab_peer *p)
{
    return p->size > 1 && p->inbox[1] == 1;
}

static struct lab *open_at(size_t step)
{
    struct lab *l = lab_open(OF14);

    lab_join(l, ASKER, OF14, true);
    for (size_t i = 0; i < step; i++) {
        take(l, &steps[i], 0);
        inject_disarm();
    }
    l->peers[0].size = 0;
    return l;
}

static void learn_what_is_right(void)
{
    struct lab *l = open_at(0);

    look(l);
    tables_after[0] = keep(&l->peers[ASKER]);
    for (size_t i = 0; i < STEPS; i++) {
        l->peers[0].size = 0;
        assert_true(take(l, &steps[i], 0));
        inject_disarm();
        answer_to[i] = keep(&l->peers[0]);
        look(l);
        tables_after[i + 1] = keep(&l->peers[ASKER]);
    }
    lab_close(l);
}

static void forget(void)
{
    for (size_t i = 0; i <= STEPS; i++) {
        free(tables_after[i].bytes);
        free(answer_to[i].bytes);
    }
}

/* Returns what is wrong, or NULL. */
static const char *judge(struct lab *l, size_t step, bool goes_on)
{
    const struct lab_peer *p = &l->peers[0];
    const struct lab_peer *asker = &l->peers[ASKER];
    bool is_before, is_after;

    look(l);
    is_before = is_same(asker, &tables_after[step]);
    is_after = is_same(asker, &tables_after[step + 1]);
    if (!is_before && !is_after)
        return "it is half done";
    if (!goes_on)
        return NULL;
    if (is_error(p))
        return is_before ? NULL : "it is done and refused";
    if (!is_after)
        return "it is neither done nor refused";
    /* What is told unasked may be lost, and then that is counted. */
    if (p->c.counts.congested)
        return NULL;
    return steps[step].form == FRAME || is_same(p, &answer_to[step])
               ? NULL
               : "it is not answered as it should be";
}

/* True once there was no call left to fail. */
static bool try_nth(size_t step, size_t nth)
{
    struct lab *l = open_at(step);
    bool goes_on = take(l, &steps[step], nth);
    bool has_failed = inject_disarm();
    const char *wrong = judge(l, step, goes_on);

    if (wrong)
        fail_msg("step %zu \"%s\", call %zu, %s at %p: %s", step,
                 steps[step].text, nth, inject_name(), inject_site(), wrong);
    lab_close(l);
    return !has_failed;
}

static void a_message_is_done_or_refused(void **state)
{
    (void)state;
    learn_what_is_right();
    for (size_t i = 0; i < STEPS; i++) {
        size_t nth = 1;

        while (nth < TRIES_MAX && !try_nth(i, nth))
            nth++;
        assert_in_range(nth, 1, TRIES_MAX - 1);
    }
    forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_done_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
