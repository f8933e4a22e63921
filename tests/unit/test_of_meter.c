/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters, in the layouts of OpenFlow 1.3 to 1.5.
 */
#include "openflow/of_meter.h"

#include "openflow/of_multipart.h"
#include "tests/unit/golden.h"
#include "tests/unit/test.h"

#define FIELD(member, form) GOLDEN_FIELD(struct meter_mod, member, form)

static const struct golden_field mod_fields[] = {
    FIELD(command, DEC),
    FIELD(flags, HEX),
    FIELD(meter_id, DEC),
    {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct meter_band, member, DEC)

static const struct golden_field band_fields[] = {
    FIELD(type), FIELD(rate), FIELD(burst), FIELD(prec_level), {0},
};

#undef FIELD
#define FIELD(member) GOLDEN_FIELD(struct meter_stats, member, DEC)

static const struct golden_field stats_fields[] = {
    FIELD(meter_id),
    FIELD(flow_count),
    FIELD(duration_s),
    FIELD(duration_ns),
    FIELD(packets),
    FIELD(bytes),
    {0},
};

struct band_stats {
    uint64_t packets, bytes;
};

static const struct golden_field band_stats_fields[] = {
    GOLDEN_FIELD(struct band_stats, packets, DEC),
    GOLDEN_FIELD(struct band_stats, bytes, DEC),
    {0},
};

#undef FIELD
#define FIELD(member, form) GOLDEN_FIELD(struct meter_features, member, form)

static const struct golden_field features_fields[] = {
    FIELD(max_meter, DEC),
    FIELD(band_types, HEX),
    FIELD(capabilities, HEX),
    FIELD(max_bands, DEC),
    FIELD(max_color, DEC),
    FIELD(features, HEX),
    {0},
};

struct request {
    uint32_t meter_id;
};

static const struct golden_field request_fields[] = {
    GOLDEN_FIELD(struct request, meter_id, HEX),
    {0},
};

static void write_bands(FILE *lines, const void *value)
{
    const struct meter_mod *mod = value;

    for (size_t i = 0; i < mod->band_count; i++)
        golden_write(lines, "band", band_fields, &mod->bands[i]);
}

static void read_bands(struct golden_lines *lines, void *value)
{
    struct meter_mod *mod = value;

    while (
        mod->band_count < METER_BANDS_MAX &&
        golden_read(lines, "band", band_fields, &mod->bands[mod->band_count]))
        mod->band_count++;
}

static enum flow_error read_mod(enum of_version version,
                                const struct of_header *h, struct reader *body,
                                FILE *lines)
{
    struct meter_mod mod;
    enum flow_error error = of_meter_read_mod(body, &mod);

    (void)version;
    (void)h;
    if (error)
        return error;
    golden_write(lines, "meter", mod_fields, &mod);
    write_bands(lines, &mod);
    return FLOW_OK;
}

static void write_mod(struct of_buffer *b, enum of_version version,
                      uint32_t xid, struct golden_lines *lines)
{
    struct meter_mod mod = {0};

    assert_true(golden_read(lines, "meter", mod_fields, &mod));
    read_bands(lines, &mod);
    of_meter_write_mod(b, version, xid, &mod);
}

static enum flow_error read_request(enum of_version version,
                                    struct reader *body, void *value)
{
    (void)version;
    return of_meter_read_request(body, &((struct request *)value)->meter_id);
}

static void put_request(struct of_buffer *b, enum of_version version,
                        const void *value)
{
    (void)version;
    of_meter_put_request(b, ((const struct request *)value)->meter_id);
}

static enum flow_error read_stats(enum of_version version, struct reader *body,
                                  void *value)
{
    (void)version;
    return of_meter_read_stats(body, value);
}

static void put_stats(struct of_buffer *b, enum of_version version,
                      const void *value)
{
    (void)version;
    of_meter_put_stats(b, value);
}

static void write_band_stats(FILE *lines, const void *value)
{
    const struct meter_stats *s = value;

    for (size_t i = 0; i < s->band_count; i++)
        golden_write(lines, "band", band_stats_fields, &s->bands[i]);
}

static void read_band_stats(struct golden_lines *lines, void *value)
{
    struct meter_stats *s = value;

    while (
        s->band_count < METER_BANDS_MAX &&
        golden_read(lines, "band", band_stats_fields, &s->bands[s->band_count]))
        s->band_count++;
}

static enum flow_error read_config(enum of_version version, struct reader *body,
                                   void *value)
{
    (void)version;
    return of_meter_read_config(body, value);
}

static void put_config(struct of_buffer *b, enum of_version version,
                       const void *value)
{
    (void)version;
    of_meter_put_config(b, value);
}

static const struct golden_part meter_request = {
    .word = "request",
    .fields = request_fields,
    .size = sizeof(struct request),
    .read = read_request,
    .put = put_request,
};

static const struct golden_part meter_stats = {
    .word = "meter",
    .fields = stats_fields,
    .size = sizeof(struct meter_stats),
    .read = read_stats,
    .put = put_stats,
    .write_more = write_band_stats,
    .read_more = read_band_stats,
};

static const struct golden_part meter_config = {
    .word = "meter",
    .fields = mod_fields,
    .size = sizeof(struct meter_mod),
    .read = read_config,
    .put = put_config,
    .write_more = write_bands,
    .read_more = read_bands,
};

static enum flow_error read_features(enum of_version version,
                                     const struct of_header *h,
                                     struct reader *body, FILE *lines)
{
    struct meter_features f;
    enum flow_error error = of_meter_read_features(version, body, &f);

    assert_true(of_is_multipart_reply(h));
    /* What Open vSwitch writes in 1.5 is read, but not written. */
    if (!error && version == OF15 && h->size < 40)
        return FLOW_BAD_LENGTH;
    if (!error)
        golden_write(lines, "features", features_fields, &f);
    return error;
}

static void write_features(struct of_buffer *b, enum of_version version,
                           uint32_t xid, struct golden_lines *lines)
{
    struct meter_features f = {0};

    assert_true(golden_read(lines, "features", features_fields, &f));
    of_meter_write_features(b, version, xid, &f);
}

static const struct golden_kind kinds[] = {
    {"METER_MOD", OF_METER_MOD, .read = read_mod, .write = write_mod},
    {"MP_METER request", OF_MP_METER, .request = &meter_request},
    {"MP_METER_CONFIG request", OF_MP_METER_CONFIG, .request = &meter_request},
    {"MP_METER reply", OF_MP_METER, .reply = &meter_stats},
    {"MP_METER_CONFIG reply", OF_MP_METER_CONFIG, .reply = &meter_config},
    {"MP_METER_FEATURES reply", OF_MP_METER_FEATURES, .read = read_features,
     .write = write_features},
    {0},
};

static void golden_files(void **state)
{
    (void)state;
    golden_check_since("meter", OF13, kinds);
}

static enum flow_error mod_error(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size);
    struct meter_mod mod;

    return of_meter_read_mod(&r, &mod);
}

static void faults_of_a_change(void **state)
{
    static const uint8_t unknown_command[8] = {0, 3};
    static const uint8_t deleted[24] = {0, 2, 0, 0, 0, 0, 0, 1, 0, 9, 0, 16};
    static const uint8_t band_of_no_type[24] = {0, 0, 0, 1, 0, 0,
                                                0, 1, 0, 9, 0, 16};
    static const uint8_t band_too_long[32] = {0, 0, 0, 1, 0, 0,
                                              0, 1, 0, 1, 0, 24};
    uint8_t too_many[8 + 17 * 16] = {0, 0, 0, 1, 0, 0, 0, 1};

    (void)state;
    for (size_t i = 8; i < sizeof(too_many); i += 16) {
        too_many[i + 1] = BAND_DROP;
        too_many[i + 3] = 16;
    }
    assert_int_equal(mod_error(unknown_command, 8), FLOW_BAD_METER_COMMAND);
    assert_int_equal(mod_error(deleted, 24), FLOW_OK);
    assert_int_equal(mod_error(band_of_no_type, 24), FLOW_BAD_BAND);
    assert_int_equal(mod_error(band_too_long, 32), FLOW_BAD_LENGTH);
    assert_int_equal(mod_error(too_many, sizeof(too_many) - 16), FLOW_OK);
    assert_int_equal(mod_error(too_many, sizeof(too_many)), FLOW_BANDS_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_files),
        cmocka_unit_test(faults_of_a_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
