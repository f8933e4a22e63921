/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups, in the layouts of all versions; Nicira's messages are 1.0's.
 */
#include "openflow/of_group.h"

#include <stdlib.h>

#include "flow/port_no.h"
#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct group_mod, member, form)

static const struct golden_field mod_fields[] = {
    FIELD(command, DEC),
    FIELD(type, DEC),
    FIELD(group_id, DEC),
    FIELD(command_bucket_id, HEX),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct bucket, member, form)

static const struct golden_field bucket_fields[] = {
    FIELD(id, DEC),          FIELD(weight, DEC),      FIELD(watch_port, HEX),
    FIELD(watch_group, HEX), FIELD(actions, ACTIONS), {0},
};

enum { BUCKETS_MAX = 8 };

/* Statistics with room for those of buckets. */
struct told_stats {
    struct group_stats s;
    struct bucket_stats buckets[BUCKETS_MAX];
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct group_stats, member, DEC)

static const struct golden_field stats_fields[] = {
    FIELD(group_id),
    FIELD(ref_count),
    FIELD(duration_s),
    FIELD(duration_ns),
    FIELD(packets),
    FIELD(bytes),
    {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct bucket_stats, member, DEC)

static const struct golden_field bucket_stats_fields[] = {
    FIELD(packets),
    FIELD(bytes),
    {0},
};

/* Features with an array's members by themselves. */
struct features {
    uint32_t types, capabilities, max_all, max_select, max_indirect, max_ff;
    uint64_t actions_all, actions_select, actions_indirect, actions_ff;
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct features, member, form)

static const struct golden_field features_fields[] = {
    FIELD(types, HEX),
    FIELD(capabilities, HEX),
    FIELD(max_all, DEC),
    FIELD(max_select, DEC),
    FIELD(max_indirect, DEC),
    FIELD(max_ff, DEC),
    FIELD(actions_all, HEX),
    FIELD(actions_select, HEX),
    FIELD(actions_indirect, HEX),
    FIELD(actions_ff, HEX),
    {0},
};

struct request {
    uint32_t group_id;
};

static const struct golden_field request_fields[] = {
    GOLDEN_FIELD(struct request, group_id, HEX),
    {0},
};

static void write_buckets(FILE *lines, const void *value)
{
    const struct group_mod *mod = value;

    for (size_t i = 0; i < mod->bucket_count; i++)
        golden_write(lines, "bucket", bucket_fields, &mod->buckets[i]);
}

static void read_buckets(struct golden_lines *lines, void *value)
{
    struct group_mod *mod = value;

    for (;;) {
        struct bucket bucket = {0};

        if (!golden_read(lines, "bucket", bucket_fields, &bucket))
            return;
        mod->buckets =
            realloc(mod->buckets, (mod->bucket_count + 1) * sizeof(bucket));
        mod->buckets[mod->bucket_count++] = bucket;
    }
}

static void clear_mod(void *value)
{
    group_mod_clear(value);
}

static enum flow_error read_mod(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct group_mod mod;
    enum flow_error error = of_group_read_mod(version, body, &mod);

    (void)h;
    if (error)
        return error;
    golden_write(lines, "group", mod_fields, &mod);
    write_buckets(lines, &mod);
    group_mod_clear(&mod);
    return FLOW_OK;
}

static void write_mod(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct group_mod mod = {0};

    assert_true(golden_read(lines, "group", mod_fields, &mod));
    read_buckets(lines, &mod);
    of_group_write_mod(b, version, xid, &mod);
    group_mod_clear(&mod);
}

static enum flow_error read_request(enum of_version version,
                                    struct reader *body, void *value)
{
    (void)version;
    return of_group_read_request(body, &((struct request *)value)->group_id);
}

static void put_request(struct of_buffer *b, enum of_version version,
                        const void *value)
{
    (void)version;
    of_group_put_request(b, ((const struct request *)value)->group_id);
}

static enum flow_error read_desc_request(enum of_version version,
                                         struct reader *body, void *value)
{
    return of_group_read_desc_request(version, body,
                                      &((struct request *)value)->group_id);
}

static void put_desc_request(struct of_buffer *b, enum of_version version,
                             const void *value)
{
    of_group_put_desc_request(b, version,
                              ((const struct request *)value)->group_id);
}

static enum flow_error read_stats(enum of_version version, struct reader *body,
                                  void *value)
{
    struct told_stats *told = value;
    struct reader buckets;
    enum flow_error error =
        of_group_read_stats(version, body, &told->s, &buckets);

    if (error)
        return error;
    assert_in_range(told->s.bucket_count, 0, BUCKETS_MAX);
    for (size_t i = 0; i < told->s.bucket_count; i++)
        told->buckets[i] = of_group_read_bucket_stats(&buckets);
    assert_false(buckets.bad);
    return FLOW_OK;
}

static void put_stats(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    const struct told_stats *told = value;
    struct group_stats s = told->s;

    s.buckets = told->buckets;
    of_group_put_stats(b, version, &s);
}

static void write_bucket_stats(FILE *lines, const void *value)
{
    const struct told_stats *told = value;

    for (size_t i = 0; i < told->s.bucket_count; i++)
        golden_write(lines, "bucket", bucket_stats_fields, &told->buckets[i]);
}

static void read_bucket_stats(struct golden_lines *lines, void *value)
{
    struct told_stats *told = value;

    while (told->s.bucket_count < BUCKETS_MAX &&
           golden_read(lines, "bucket", bucket_stats_fields,
                       &told->buckets[told->s.bucket_count]))
        told->s.bucket_count++;
}

static enum flow_error read_desc(enum of_version version, struct reader *body,
                                 void *value)
{
    return of_group_read_desc(version, body, value);
}

static void put_desc(struct of_buffer *b, enum of_version version,
                     const void *value)
{
    const struct group_mod *mod = value;
    struct of_group_desc d =
        of_group_begin_desc(b, version, mod->type, mod->group_id);

    for (size_t i = 0; i < mod->bucket_count; i++) {
        const struct bucket *bucket = &mod->buckets[i];

        of_group_put_bucket(
            &d, &(struct bucket_desc){bucket->id, bucket->weight,
                                      bucket->watch_port, bucket->watch_group,
                                      bucket->actions.cells,
                                      bucket->actions.count});
    }
    of_group_end_desc(&d, &mod->selection);
}

static const struct golden_part stats_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct request),
    .read = read_request,
    .put = put_request,
};

static const struct golden_part desc_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct request),
    .read = read_desc_request,
    .put = put_desc_request,
};

static const struct golden_part stats = {
    .word = "group",
    .fields = stats_fields,
    .size = sizeof(struct told_stats),
    .read = read_stats,
    .put = put_stats,
    .write_more = write_bucket_stats,
    .read_more = read_bucket_stats,
};

static const struct golden_part desc = {
    .word = "group",
    .fields = mod_fields,
    .size = sizeof(struct group_mod),
    .read = read_desc,
    .put = put_desc,
    .write_more = write_buckets,
    .read_more = read_buckets,
    .clear = clear_mod,
};

static enum flow_error read_features(enum of_version version,
                                     const struct of_header *h,
                                     struct reader *body, FILE *lines)
{
    struct group_features f;
    enum flow_error error = of_group_read_features(version, body, &f);
    struct features told = {f.types,         f.capabilities,  f.max_groups[0],
                            f.max_groups[1], f.max_groups[2], f.max_groups[3],
                            f.actions[0],    f.actions[1],    f.actions[2],
                            f.actions[3]};

    assert_true(of_is_multipart_reply(h));
    if (!error)
        golden_write(lines, "features", features_fields, &told);
    return error;
}

static void write_features(struct of_buffer *b, enum of_version version,
                           uint32_t xid, struct golden_lines *lines)
{
    struct features told = {0};
    struct group_features f;

    assert_true(golden_read(lines, "features", features_fields, &told));
    f = (struct group_features){
        told.types,
        told.capabilities,
        {told.max_all, told.max_select, told.max_indirect, told.max_ff},
        {told.actions_all, told.actions_select, told.actions_indirect,
         told.actions_ff}};
    of_group_write_features(b, version, xid, &f);
}

static const struct golden_kind kinds[] = {
    {"NX_GROUP_MOD", OF_NX_GROUP_MOD, .read = read_mod, .write = write_mod},
    {"GROUP_MOD", OF_GROUP_MOD, .read = read_mod, .write = write_mod},
    {"MP_GROUP request", OF_MP_GROUP, .request = &stats_request},
    {"MP_GROUP reply", OF_MP_GROUP, .reply = &stats},
    {"MP_GROUP_DESC request", OF_MP_GROUP_DESC, .request = &desc_request},
    {"MP_GROUP_DESC reply", OF_MP_GROUP_DESC, .reply = &desc},
    {"MP_GROUP_FEATURES reply", OF_MP_GROUP_FEATURES, .read = read_features,
     .write = write_features},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("group", OF10, kinds);
}

static enum flow_error mod_error(enum of_version version, const uint8_t *bytes,
                                 size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct group_mod mod;
    enum flow_error error = of_group_read_mod(version, &r, &mod);

    if (!error)
        group_mod_clear(&mod);
    return error;
}

static enum flow_error command_error(enum of_version version, uint8_t high,
                                     uint8_t low)
{
    uint8_t bytes[16] = {high, low, 0, 0, 0, 0, 0, 1};

    return mod_error(version, bytes,
                     version == OF10 || version == OF15 ? 16 : 8);
}

static void commands_of_a_version(void **state)
{
    (void)state;
    assert_int_equal(command_error(OF13, 0, 2), FLOW_OK);
    assert_int_equal(command_error(OF13, 0x80, 0), FLOW_OK);
    assert_int_equal(command_error(OF13, 0, 3), FLOW_BAD_GROUP_COMMAND);
    assert_int_equal(command_error(OF15, 0, 3), FLOW_OK);
    assert_int_equal(command_error(OF10, 0, 5), FLOW_OK);
    assert_int_equal(command_error(OF15, 0, 4), FLOW_BAD_GROUP_COMMAND);
    assert_int_equal(command_error(OF15, 0, 6), FLOW_BAD_GROUP_COMMAND);
}

/* An ADD with one bucket of 1.3. */
static enum flow_error bucket_error(uint8_t size, uint32_t watch_port,
                                    uint8_t action)
{
    uint8_t bytes[8 + 32] = {0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             0,
                             1,
                             0,
                             size,
                             0,
                             0,
                             (uint8_t)(watch_port >> 24),
                             (uint8_t)(watch_port >> 16),
                             (uint8_t)(watch_port >> 8),
                             (uint8_t)watch_port,
                             0xff,
                             0xff,
                             0xff,
                             0xff,
                             0,
                             0,
                             0,
                             0,
                             0,
                             action,
                             0,
                             16,
                             0,
                             0,
                             0,
                             1};

    return mod_error(OF13, bytes, sizeof(bytes));
}

static void faults_of_a_bucket(void **state)
{
    (void)state;
    assert_int_equal(bucket_error(32, PORT_NO_ANY, 0), FLOW_OK);
    assert_int_equal(bucket_error(15, PORT_NO_ANY, 0), FLOW_BAD_BUCKET);
    assert_int_equal(bucket_error(33, PORT_NO_ANY, 0), FLOW_BAD_BUCKET);
    assert_int_equal(bucket_error(0, PORT_NO_ANY, 0), FLOW_BAD_BUCKET);
    assert_int_equal(bucket_error(32, 0xffffff05, 0), FLOW_BAD_WATCH);
    assert_int_equal(bucket_error(32, PORT_NO_ANY, 99), FLOW_BAD_ACTION);
}

/* The same in 1.5: the bucket's id, the length of its actions, a property. */
static enum flow_error bucket15_error(uint32_t id, uint8_t actions_size,
                                      const uint8_t *property)
{
    uint8_t bytes[16 + 16] = {0,
                              0,
                              0,
                              1,
                              0,
                              0,
                              0,
                              1,
                              0,
                              16,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              16,
                              0,
                              actions_size,
                              (uint8_t)(id >> 24),
                              (uint8_t)(id >> 16),
                              (uint8_t)(id >> 8),
                              (uint8_t)id};

    memcpy(bytes + 24, property, 8);
    return mod_error(OF15, bytes, sizeof(bytes));
}

static void faults_of_a_bucket_of_15(void **state)
{
    static const uint8_t weight[8] = {0, 0, 0, 8, 0, 9};
    static const uint8_t cut_weight[8] = {0, 0, 0, 6, 0, 9};
    static const uint8_t watch[8] = {0, 1, 0, 8, 0xff, 0xff, 0xff, 1};
    static const uint8_t unknown[8] = {0, 3, 0, 8};
    static const uint8_t experimenter[8] = {0xff, 0xff, 0, 8};

    (void)state;
    assert_int_equal(bucket15_error(1, 0, weight), FLOW_OK);
    assert_int_equal(bucket15_error(BUCKET_ID_LAST, 0, weight),
                     FLOW_BAD_BUCKET);
    assert_int_equal(bucket15_error(1, 16, weight), FLOW_BAD_BUCKET);
    assert_int_equal(bucket15_error(1, 0, cut_weight),
                     FLOW_BAD_PROPERTY_LENGTH);
    assert_int_equal(bucket15_error(1, 0, watch), FLOW_BAD_WATCH);
    assert_int_equal(bucket15_error(1, 0, unknown), FLOW_BAD_PROPERTY);
    assert_int_equal(bucket15_error(1, 0, experimenter),
                     FLOW_BAD_PROPERTY_LENGTH);
}

/* Buckets come one by one into room that grows. */
static void many_buckets(void **state)
{
    enum { COUNT = 100 };
    static uint8_t bytes[8 + COUNT * 16];
    struct reader r = reader_over(bytes, sizeof(bytes));
    struct group_mod mod;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        bytes[8 + 16 * i + 1] = 16;
        bytes[8 + 16 * i + 3] = (uint8_t)i;
    }
    assert_int_equal(of_group_read_mod(OF13, &r, &mod), FLOW_OK);
    assert_int_equal(mod.bucket_count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(mod.buckets[i].id, i);
        assert_int_equal(mod.buckets[i].weight, i);
    }
    group_mod_clear(&mod);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(commands_of_a_version),
        cmocka_unit_test(faults_of_a_bucket),
        cmocka_unit_test(faults_of_a_bucket_of_15),
        cmocka_unit_test(many_buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
