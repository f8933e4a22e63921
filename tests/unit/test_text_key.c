/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key is written as the match that only its frames meet, and that reads back
 * as the same key; bytes are read from hex.
 */
#include "text/text_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"
#include "text/text_match.h"

static char *written(const struct flow_key *key)
{
    const struct text_style style = {.names = NULL};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    text_key_write(out, &style, key);
    fclose(out);
    return text;
}

static void reads_back(void **state)
{
    static const char *const keys[] = {
        "",
        "in_port=1",
        "in_port=1,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02",
        "tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_src=7,tp_dst=80",
        "arp,in_port=2,arp_spa=10.0.0.1,arp_tpa=10.0.0.2,arp_op=1",
        "udp6,in_port=2,ipv6_src=fd00::1,ipv6_dst=fd00::2,tp_dst=53",
        "in_port=1,dl_vlan=7,dl_vlan_pcp=3,dl_type=0x88b5",
        "mpls,in_port=1,mpls_label=100,mpls_ttl=64,mpls_bos=1",
        "icmp,in_port=LOCAL,icmp_type=8",
        "reg3=0x5,metadata=0x9,in_port=1",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct text_error error = {""};
        const struct text_parse parse = {NULL, &error};
        struct flow_match m, again;
        char *text;

        memset(&m, 0, sizeof(m));
        memset(&again, 0, sizeof(again));
        if (!text_match_read(&parse, keys[i], &m))
            fail_msg("%s: %s", keys[i], error.line);
        text = written(&m.key);
        assert_string_equal(text, keys[i]);
        assert_true(text_match_read(&parse, text, &again));
        assert_memory_equal(&again.key, &m.key, sizeof(m.key));
        free(text);
    }
}

/* What shares bytes with a field that the frame does not have is not shown. */
static void leaves_out_what_the_frame_has_not(void **state)
{
    struct flow_key key = {.word = {0}};
    char *text;

    (void)state;
    key.tp_dst = 80;
    key.mpls_label = 5;
    text = written(&key);
    assert_string_equal(text, "");
    free(text);
}

static void bytes_from_hex(void **state)
{
    static const char *const refused[] = {"0", "0g", "00 1", "0001020304"};
    uint8_t bytes[4] = {0};
    size_t size = 9;

    (void)state;
    assert_true(
        text_read_bytes(text_span_of("00fFa1"), bytes, sizeof(bytes), &size));
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "\x00\xff\xa1", 3);
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
        assert_false(text_read_bytes(text_span_of(refused[i]), bytes,
                                     sizeof(bytes), &size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back),
        cmocka_unit_test(leaves_out_what_the_frame_has_not),
        cmocka_unit_test(bytes_from_hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
