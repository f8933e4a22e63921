/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An edit makes of a frame what its row says, to the byte: so also where the
 * checksum is still to be reckoned, and it finds l3 and l4 where a parser
 * would. A refused edit changes nothing, and a checksum that was wrong stays
 * wrong.
 */
#include "packet/edit.h"

#include "base/array.h"
#include "packet/checksum.h"
#include "packet/parse.h"
#include "tests/unit/edit_rows.h"
#include "tests/unit/frame_hex.h"
#include "tests/unit/frame_partial.h"

/* A set-field with its operands, or another action in the first cell. */
struct cells {
    struct flow_action action[3];
};

static struct cells cells_of(const struct edit_row *row)
{
    struct cells c = {.action[0] = {.type = (uint8_t)row->type}};
    union action_operand operand = {.bytes = {0}};

    c.action[0].field = row->argument;
    if (!row->value)
        return c;
    c.action[0].extra = row->mask ? 2 : 1;
    hex_to_bytes(row->value, operand.bytes);
    c.action[1] = operand.cell;
    if (row->mask)
        hex_to_bytes(row->mask, operand.bytes);
    c.action[2] = operand.cell;
    return c;
}

static struct frame parsed_from_hex(const char *hex)
{
    struct frame f = frame_from_hex(hex);
    struct flow_key key;

    frame_parse(&f, 0, &key);
    return f;
}

static void assert_is_located(const struct frame *f, const char *name)
{
    struct frame again = *f;
    struct flow_key key;

    frame_parse(&again, 0, &key);
    if (again.l3 != f->l3 || again.l4 != f->l4)
        print_error("%s: l3 %u, l4 %u\n", name, f->l3, f->l4);
    assert_int_equal(f->l3, again.l3);
    assert_int_equal(f->l4, again.l4);
}

/* Writes OFFSET:BYTES over the frame. */
static void patch(struct frame *f, const char *patches)
{
    while (*patches) {
        char *bytes;
        unsigned long at = strtoul(patches, &bytes, 10);
        char hex[64] = "";

        bytes++;
        patches = bytes + strcspn(bytes, " ");
        memcpy(hex, bytes, (size_t)(patches - bytes));
        hex_to_bytes(hex, f->data + at);
        patches += strspn(patches, " ");
    }
}

static void assert_is_after(const struct frame *f, const struct edit_row *row)
{
    struct frame want = frame_from_hex(row->before);
    char *hex = calloc(1, f->size * 2 + 200);

    assert_non_null(hex);
    if (row->after && (strchr(row->after, ':') || !*row->after))
        patch(&want, row->after);
    for (uint32_t i = 0; i < want.size; i++)
        sprintf(hex + i * 2, "%02x", want.data[i]);
    if (row->after && *row->after && !strchr(row->after, ':'))
        assert_frame_is(f, row->after, row->name);
    else
        assert_frame_is(f, hex, row->name);
    frame_hex_free(&want);
    free(hex);
}

static void run(const struct edit_row *row, struct frame *f)
{
    struct cells c = cells_of(row);
    enum edit_result result = edit_apply(f, c.action);

    if (result != row->result)
        print_error("%s: result %d\n", row->name, result);
    assert_int_equal(result, row->result);
    assert_is_located(f, row->name);
}

static void run_whole(const struct edit_row *row)
{
    for (; row->name; row++) {
        struct frame f = parsed_from_hex(row->before);

        run(row, &f);
        assert_is_after(&f, row);
        frame_hex_free(&f);
    }
}

/* Returns how many rows it applies to. */
static size_t run_partial(const struct edit_row *row)
{
    size_t done = 0;

    for (; row->name; row++) {
        struct frame f = parsed_from_hex(row->before);

        if (row->after && frame_make_partial(&f)) {
            run(row, &f);
            assert_true(frame_has_partial_checksum(&f));
            assert_true(checksum_complete(&f));
            assert_is_after(&f, row);
            done++;
        }
        frame_hex_free(&f);
    }
    return done;
}

static void sets_every_field(void **state)
{
    (void)state;
    run_whole(set_field_rows);
}

static void does_every_other_action(void **state)
{
    (void)state;
    run_whole(action_rows);
}

static void keeps_a_checksum_to_come(void **state)
{
    (void)state;
    assert_true(run_partial(set_field_rows) > 30);
    assert_true(run_partial(action_rows) > 15);
}

/* Every field that a frame has and a controller may set is in a row above. */
static void has_a_row_for_every_field(void **state)
{
    (void)state;
    for (enum field_id id = 0; id < FIELD_COUNT; id++) {
        bool is_there = !field_by_id(id)->is_settable ||
                        id == FIELD_TUNNEL_ID || id >= FIELD_PKT_MARK;

        for (const struct edit_row *row = set_field_rows; row->name; row++)
            is_there |=
                row->argument == (uint32_t)id && row->result == EDIT_DONE;
        if (!is_there)
            print_error("%s\n", field_by_id(id)->name);
        assert_true(is_there);
    }
}

static void assert_undone_is_as_before(const char *hex, struct edit_row there,
                                       struct edit_row back)
{
    struct frame f = parsed_from_hex(hex);
    struct cells c = cells_of(&there);

    assert_int_equal(edit_apply(&f, c.action), EDIT_DONE);
    c = cells_of(&back);
    assert_int_equal(edit_apply(&f, c.action), EDIT_DONE);
    assert_frame_is(&f, hex, there.value);
    frame_hex_free(&f);
}

/* The frames hold checksums that no sum of theirs would give. */
static void keeps_a_wrong_checksum_wrong(void **state)
{
    static const char tcp[] =
        "525400000002 525400000001 0800 4500002800010000400600 01"
        "c0000201 c6336402 c0000050 01020304 00000005 50100200 1234 0000";
    static const char sctp[] =
        "525400000002 525400000001 0800 4500002400010000408400 01"
        "c0000201 c6336402 03e807d0 00000007 12345678 0b000004";

    (void)state;
    assert_undone_is_as_before(tcp,
                               (struct edit_row){.type = ACTION_SET_FIELD,
                                                 .argument = FIELD_IPV4_SRC,
                                                 .value = "0a000001"},
                               (struct edit_row){.type = ACTION_SET_FIELD,
                                                 .argument = FIELD_IPV4_SRC,
                                                 .value = "c0000201"});
    assert_undone_is_as_before(sctp,
                               (struct edit_row){.type = ACTION_SET_FIELD,
                                                 .argument = FIELD_SCTP_DST,
                                                 .value = "0001"},
                               (struct edit_row){.type = ACTION_SET_FIELD,
                                                 .argument = FIELD_SCTP_DST,
                                                 .value = "07d0"});
}

/* A sender may name any place; only a checksum's own is one. */
static void knows_a_place_that_is_not_the_checksum(void **state)
{
    struct frame f = parsed_from_hex(UDP4);

    (void)state;
    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.csum_start = f.l4;
    f.vnet.csum_offset = 4;
    assert_int_equal(
        edit_field_set(&f, FIELD_UDP_DST, (const uint8_t *)"\0\1", NULL),
        EDIT_DONE);
    assert_memory_equal(f.data + 36, "\0\1\0\x0f\x41\x7f", 6);
    frame_hex_free(&f);
}

static void refuses_what_has_no_room(void **state)
{
    static const struct edit_row pushes[] = {
        /* clang-format off */
        {"tag",           DO(PUSH_VLAN,    0x8100), TCP4, NULL, EDIT_NO_ROOM},
        {"tag for a VID", DO(SET_VLAN_VID, 7),      TCP4, NULL, EDIT_NO_ROOM},
        {"label",         DO(PUSH_MPLS,    0x8847), TCP4, NULL, EDIT_NO_ROOM},
        {"PBB tag",       DO(PUSH_PBB,     0x88e7), TCP4, NULL, EDIT_NO_ROOM},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(pushes); i++) {
        struct frame f = parsed_from_hex(pushes[i].before);

        f.headroom = 3;
        run(&pushes[i], &f);
        assert_is_after(&f, &pushes[i]);
        f.headroom = FRAME_HEADROOM;
        frame_hex_free(&f);
    }
}

/* A guest may say that its checksum begins in a header that an edit takes. */
static void forgets_a_checksum_that_is_taken_out(void **state)
{
    struct frame f = parsed_from_hex(PBB);
    struct flow_action pop = {.type = ACTION_POP_PBB};

    (void)state;
    f.vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    f.vnet.csum_start = 20;
    f.vnet.csum_offset = 2;
    assert_int_equal(edit_apply(&f, &pop), EDIT_DONE);
    assert_false(frame_has_partial_checksum(&f));
    assert_frame_is(&f, TCP4, "PBB");
    frame_hex_free(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_every_field),
        cmocka_unit_test(does_every_other_action),
        cmocka_unit_test(keeps_a_checksum_to_come),
        cmocka_unit_test(has_a_row_for_every_field),
        cmocka_unit_test(keeps_a_wrong_checksum_wrong),
        cmocka_unit_test(knows_a_place_that_is_not_the_checksum),
        cmocka_unit_test(refuses_what_has_no_room),
        cmocka_unit_test(forgets_a_checksum_that_is_taken_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
