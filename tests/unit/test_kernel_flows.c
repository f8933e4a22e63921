/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key that the kernel's program makes of a plain frame is the one that
 * packet/parse makes, whatever its bytes are; and it makes one of all that are
 * plain.
 */
#include "offload/fast_path_key.h"

#include <stddef.h>
#include <stdlib.h>

#include "flow/key.h"
#include "packet/parse.h"
#include "packet/wire.h"
#include "tests/unit/test.h"

enum { ROUNDS = 400000, ROOM = 100, IN_PORT = 7 };

#define SAME_PLACE(member)                                                     \
    _Static_assert(offsetof(union fast_key, member) ==                         \
                       offsetof(struct flow_key, member),                      \
                   "one layout")
SAME_PLACE(in_port);
SAME_PLACE(vlan_vid);
SAME_PLACE(eth_dst);
SAME_PLACE(ip_proto);
SAME_PLACE(ip_ecn);
SAME_PLACE(ip_dst);
SAME_PLACE(tcp_flags);
SAME_PLACE(ip_ttl);
SAME_PLACE(vlan_pcp);
SAME_PLACE(vlan_tpid);
_Static_assert((int)FAST_KEY_WORDS == (int)KEY_PLAIN_WORDS, "one size");
_Static_assert((int)FAST_VLAN_PRESENT == VLAN_PRESENT, "one bit");

static unsigned int random_below(unsigned int end)
{
    return (unsigned int)rand() % end;
}

/* A frame that is plain, or nearly. */
static uint32_t draw_frame(uint8_t *b)
{
    static const uint8_t protos[] = {6, 6, 17, 1, 132, 47};
    uint32_t payload = random_below(30);
    uint8_t *ip = b + FAST_ETHERNET;
    uint8_t proto = protos[random_below(sizeof(protos))];
    uint32_t l4 = proto == 6 ? FAST_TCP : FAST_SHORT_L4;

    for (int i = 0; i < ROOM; i++)
        b[i] = (uint8_t)random_below(256);
    wire_put16(b + 12, random_below(20) ? ETH_P_IP : ETH_P_IPV6);
    ip[0] = random_below(20) ? 0x45 : (uint8_t)random_below(256);
    wire_put16(ip + 2, (uint16_t)(FAST_IPV4 + l4 + payload));
    wire_put16(ip + 6,
               random_below(10) ? 0x4000 : (uint16_t)random_below(65536));
    ip[9] = proto;
    if (proto == 6 && random_below(10))
        ip[FAST_IPV4 + 12] = 0x50;
    if (!random_below(10))
        wire_put16(ip + 2, (uint16_t)random_below(80));
    return FAST_ETHERNET + FAST_IPV4 + l4 + payload;
}

/* The same with its tag, if it has one, as a worker gets it. */
static unsigned int parse_as_worker(const struct fast_head *head,
                                    const uint8_t *b, struct flow_key *key)
{
    uint8_t room[ROOM + VLAN_TAG_SIZE] = {0};
    uint32_t tag = head->has_tag ? VLAN_TAG_SIZE : 0;
    struct frame f = {.data = room, .size = head->size + tag};

    memcpy(room, b, 12);
    memcpy(room + 12 + tag, b + 12, head->size - 12);
    if (tag) {
        wire_put16(room + 12, ETH_P_8021Q);
        wire_put16(room + 14, head->tci);
    }
    return frame_parse(&f, head->in_port, key);
}

static void both_make_one_key(void **state)
{
    unsigned int plain = 0;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t b[ROOM];
        struct fast_head head = {
            .in_port = htonl(IN_PORT),
            .has_tag = !random_below(3),
            .tci = (uint16_t)random_below(65536),
        };
        struct flow_key key;
        union fast_key fast;
        uint32_t l4;

        head.size = draw_frame(b);
        l4 = fast_key_l4(b);
        if (!l4 || head.size < FAST_ETHERNET + FAST_IPV4 + l4 ||
            !fast_key_of(&head, b, &fast))
            continue;
        plain++;
        assert_int_equal(parse_as_worker(&head, b, &key), KEY_PLAIN_WORDS);
        assert_memory_equal(&fast, &key, sizeof(fast));
    }
    assert_in_range(plain, ROUNDS / 3, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_make_one_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
