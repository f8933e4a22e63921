/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bucket of a SELECT group a flow takes, by the method that the group was
 * given: what counts decides, what does not count makes no difference, and each
 * bucket gets its share.
 */
#include "datapath/bucket_choice.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "flow/field.h"
#include "tests/unit/test.h"

enum { BUCKETS = 4, FLOWS = 400, EVEN = FLOWS / BUCKETS };

struct world {
    struct counters *counters;
    struct group_table *groups;
    struct ports ports;
};

static int begin(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    w->counters = counters_create(1);
    w->groups = group_table_create(w->counters);
    *state = w;
    return 0;
}

static int end(void **state)
{
    struct world *w = *state;

    group_table_free(w->groups);
    counters_free(w->counters);
    free(w);
    return 0;
}

static void set_group(struct world *w, const struct group_selection *s)
{
    struct bucket buckets[BUCKETS];
    struct group_mod mod = {
        .command = GROUP_ADD_OR_MODIFY,
        .type = GROUP_TYPE_SELECT,
        .group_id = 1,
        .selection = *s,
        .buckets = buckets,
        .bucket_count = BUCKETS,
    };

    for (uint32_t i = 0; i < BUCKETS; i++)
        buckets[i] = (struct bucket){.id = i,
                                     .weight = 1,
                                     .watch_port = PORT_NO_ANY,
                                     .watch_group = GROUP_ANY};
    assert_int_equal(group_table_apply(w->groups, &mod, 0), FLOW_OK);
}

static uint32_t choose(struct world *w, const struct flow_key *key)
{
    struct bucket_choice c = {.groups = w->groups, .ports = &w->ports};
    const struct group_bucket *b =
        bucket_choose(&c, group_table_find(w->groups, 1), key);

    assert_non_null(b);
    return b->id;
}

/* TCP from client 'n' to a server. */
static struct flow_key flow(unsigned int n)
{
    struct flow_key k = {.word = {0}};

    k.eth_type = htons(0x0800);
    k.ip_proto = 6;
    k.eth_src[5] = 1;
    k.eth_dst[5] = 2;
    k.ip_src = htonl(0x0a000000 + n);
    k.ip_dst = htonl(0x0a010001);
    k.tp_src = htons((uint16_t)(1024 + n));
    k.tp_dst = htons(80);
    return k;
}

static struct flow_key answer_to(const struct flow_key *k)
{
    struct flow_key back = *k;

    memcpy(back.eth_src, k->eth_dst, sizeof(back.eth_src));
    memcpy(back.eth_dst, k->eth_src, sizeof(back.eth_dst));
    back.ip_src = k->ip_dst;
    back.ip_dst = k->ip_src;
    back.tp_src = k->tp_dst;
    back.tp_dst = k->tp_src;
    return back;
}

static void add_field(struct group_selection *s, enum field_id id,
                      const char *mask)
{
    struct selection_field *f = &s->fields[s->field_count++];

    f->id = (uint8_t)id;
    memcpy(f->mask, mask, field_by_id(id)->size);
}

static void assert_is_even(struct world *w)
{
    unsigned int counts[BUCKETS] = {0};

    for (unsigned int n = 0; n < FLOWS; n++) {
        struct flow_key k = flow(n);

        counts[choose(w, &k)]++;
    }
    for (unsigned int i = 0; i < BUCKETS; i++)
        assert_in_range(counts[i], EVEN / 2, EVEN * 2);
}

static void each_method_spreads_flows(void **state)
{
    for (uint8_t method = SELECTION_OWN; method <= SELECTION_DP_HASH;
         method++) {
        set_group(*state, &(struct group_selection){.method = method});
        assert_is_even(*state);
    }
}

static void assert_both_ways_alike(struct world *w)
{
    for (unsigned int n = 0; n < FLOWS; n++) {
        struct flow_key there = flow(n), back = answer_to(&there);

        assert_int_equal(choose(w, &there), choose(w, &back));
    }
}

static void a_hash_without_fields_is_that_of_both_directions(void **state)
{
    set_group(*state, &(struct group_selection){.method = SELECTION_HASH});
    assert_both_ways_alike(*state);
}

static void so_is_one_of_fields_in_pairs(void **state)
{
    struct group_selection s = {.method = SELECTION_HASH};

    add_field(&s, FIELD_IPV4_SRC, "\xff\xff\xff\xff");
    add_field(&s, FIELD_IPV4_DST, "\xff\xff\xff\xff");
    add_field(&s, FIELD_TCP_SRC, "\xff\xff");
    add_field(&s, FIELD_TCP_DST, "\xff\xff");
    set_group(*state, &s);
    assert_both_ways_alike(*state);
    assert_is_even(*state);
}

static void just_the_named_bits_count(void **state)
{
    struct group_selection s = {.method = SELECTION_HASH};
    struct flow_key first = flow(0);

    add_field(&s, FIELD_IPV4_SRC, "\xff\xff\x00\x00");
    add_field(&s, FIELD_UDP_SRC, "\xff\xff"); /* No flow here has it. */
    set_group(*state, &s);
    for (unsigned int n = 1; n < FLOWS; n++) {
        struct flow_key k = flow(n);

        assert_int_equal(choose(*state, &k), choose(*state, &first));
    }
}

static void the_parameter_makes_it_another_hash(void **state)
{
    for (uint8_t method = SELECTION_HASH; method <= SELECTION_DP_HASH;
         method++) {
        uint32_t before[FLOWS];
        unsigned int moved = 0;

        set_group(*state, &(struct group_selection){.method = method});
        for (unsigned int n = 0; n < FLOWS; n++) {
            struct flow_key k = flow(n);

            before[n] = choose(*state, &k);
        }
        set_group(*state,
                  &(struct group_selection){.method = method, .param = 7});
        for (unsigned int n = 0; n < FLOWS; n++) {
            struct flow_key k = flow(n);

            moved += choose(*state, &k) != before[n];
        }
        assert_in_range(moved, FLOWS / 2, FLOWS);
    }
}

static void a_dp_hash_leaves_out_ethernet(void **state)
{
    set_group(*state, &(struct group_selection){.method = SELECTION_DP_HASH});
    for (unsigned int n = 0; n < FLOWS; n++) {
        struct flow_key k = flow(n), other = k;

        other.eth_src[5] = 9;
        other.vlan_vid = htons(VLAN_PRESENT | 5);
        assert_int_equal(choose(*state, &k), choose(*state, &other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_method_spreads_flows, begin, end),
        cmocka_unit_test_setup_teardown(
            a_hash_without_fields_is_that_of_both_directions, begin, end),
        cmocka_unit_test_setup_teardown(so_is_one_of_fields_in_pairs, begin,
                                        end),
        cmocka_unit_test_setup_teardown(just_the_named_bits_count, begin, end),
        cmocka_unit_test_setup_teardown(the_parameter_makes_it_another_hash,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_dp_hash_leaves_out_ethernet, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
