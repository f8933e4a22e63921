/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many messages a bundle takes, and how many bytes all bundles together.
 */
#include "control/bundle.h"

#include "control/connection.h"
#include "tests/unit/test.h"

static struct connection_list *all;
static struct connection peers[2];

static int begin(void **state)
{
    (void)state;
    all = connection_list_create();
    for (size_t i = 0; i < 2; i++) {
        peers[i] = (struct connection){.name = "peer", .version = OF14};
        connection_list_add(all, &peers[i]);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++)
        connection_list_remove(all, &peers[i]);
    assert_int_equal(connection_list_bundle_bytes(all), 0);
    connection_list_free(all);
    return 0;
}

static struct bundle *open_one(size_t peer)
{
    struct bundle *b = NULL;

    assert_int_equal(bundle_open(&peers[peer].bundles, 1, 0, 0, &b), FLOW_OK);
    return b;
}

/* Adds a message of this size, its header's as well. */
static enum flow_error add(struct bundle *b, size_t size)
{
    static uint8_t bytes[UINT16_MAX];
    struct of_message m;

    bytes[0] = OF14;
    bytes[2] = (uint8_t)(size >> 8);
    bytes[3] = (uint8_t)size;
    m = of_message_read(reader_over(bytes, size));
    return bundle_add(b, &m);
}

static void as_many_messages_as_one_takes(void **state)
{
    struct bundle *b = open_one(0);
    enum flow_error error = FLOW_OK;

    (void)state;
    for (size_t i = 0; i < BUNDLE_MESSAGES_MAX && !error; i++)
        error = add(b, 8);
    assert_int_equal(error, FLOW_OK);
    assert_int_equal(add(b, 8), FLOW_BUNDLE_MESSAGES_FULL);
    assert_int_equal(b->count, BUNDLE_MESSAGES_MAX);
    /* That is one's own bound. */
    assert_int_equal(add(open_one(1), 8), FLOW_OK);
}

static void as_many_bytes_as_all_may_have(void **state)
{
    enum { PART = UINT16_MAX };
    struct bundle *big = open_one(0), *other = open_one(1);
    enum flow_error error = FLOW_OK;
    size_t left;

    (void)state;
    while (!error)
        error = add(big, PART);
    assert_int_equal(error, FLOW_BUNDLE_MESSAGES_FULL);
    left = BUNDLE_BYTES_MAX - connection_list_bundle_bytes(all);
    assert_in_range(left, sizeof(struct bundle_message),
                    sizeof(struct bundle_message) + PART - 1);
    /* To the last byte, whoever has it; and it is given back. */
    left -= sizeof(struct bundle_message);
    assert_int_equal(add(other, left + 1), FLOW_BUNDLE_MESSAGES_FULL);
    assert_int_equal(add(other, left), FLOW_OK);
    assert_int_equal(connection_list_bundle_bytes(all), BUNDLE_BYTES_MAX);
    assert_int_equal(add(big, OF_HEADER_SIZE), FLOW_BUNDLE_MESSAGES_FULL);
    bundle_drop(&peers[0].bundles, big);
    assert_int_equal(add(other, PART), FLOW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_many_messages_as_one_takes, begin,
                                        end),
        cmocka_unit_test_setup_teardown(as_many_bytes_as_all_may_have, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
