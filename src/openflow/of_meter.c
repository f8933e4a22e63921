/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_meter.h"

#include "openflow/of_read.h"

enum {
    BAND_SIZE = 16, /* of both types that we know */
    CONFIG_HEAD_SIZE = 8,
    STATS_HEAD_SIZE = 40,
    BAND_STATS_SIZE = 16,
};

static void put_bands(struct of_buffer *b, const struct meter_mod *mod)
{
    for (size_t i = 0; i < mod->band_count; i++) {
        const struct meter_band *band = &mod->bands[i];
        bool has_level = band->type == BAND_DSCP_REMARK;

        of_put_u16(b, band->type);
        of_put_u16(b, BAND_SIZE);
        of_put_u32(b, band->rate);
        of_put_u32(b, band->burst);
        of_put_u8(b, has_level ? band->prec_level : 0);
        of_put_zeros(b, 3);
    }
}

static enum flow_error read_band(struct reader *r, struct meter_band *band)
{
    size_t size;

    band->type = read_u16(r);
    size = read_u16(r);
    band->rate = read_u32(r);
    band->burst = read_u32(r);
    if (r->bad)
        return FLOW_BAD_LENGTH;
    if (band->type != BAND_DROP && band->type != BAND_DSCP_REMARK)
        return FLOW_BAD_BAND;
    band->prec_level = read_u8(r);
    if (band->type != BAND_DSCP_REMARK)
        band->prec_level = 0;
    read_bytes(r, 3);
    return r->bad || size != BAND_SIZE ? FLOW_BAD_LENGTH : FLOW_OK;
}

static enum flow_error read_bands(struct reader *r, struct meter_mod *mod)
{
    mod->band_count = 0;
    while (r->left > 0) {
        enum flow_error error;

        if (mod->band_count == METER_BANDS_MAX)
            return FLOW_BANDS_FULL;
        error = read_band(r, &mod->bands[mod->band_count]);
        if (error)
            return error;
        mod->band_count++;
    }
    return FLOW_OK;
}

void of_meter_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct meter_mod *mod)
{
    size_t start = of_begin(b, version, OF_METER_MOD, xid);

    of_put_u16(b, mod->command);
    of_put_u16(b, mod->flags);
    of_put_u32(b, mod->meter_id);
    put_bands(b, mod);
    of_end(b, start);
}

enum flow_error of_meter_read_mod(struct reader *body, struct meter_mod *mod)
{
    mod->command = read_u16(body);
    mod->flags = read_u16(body);
    mod->meter_id = read_u32(body);
    mod->band_count = 0;
    if (body->bad)
        return FLOW_BAD_LENGTH;
    if (mod->command > METER_DELETE)
        return FLOW_BAD_METER_COMMAND;
    return mod->command == METER_DELETE ? FLOW_OK : read_bands(body, mod);
}

void of_meter_put_request(struct of_buffer *b, uint32_t meter_id)
{
    of_put_u32(b, meter_id);
    of_put_zeros(b, 4);
}

enum flow_error of_meter_read_request(struct reader *body, uint32_t *meter_id)
{
    *meter_id = read_u32(body);
    read_u32(body); /* padding */
    return of_read_end(body);
}

void of_meter_put_config(struct of_buffer *b, const struct meter_mod *mod)
{
    of_put_u16(b, (uint16_t)(CONFIG_HEAD_SIZE + mod->band_count * BAND_SIZE));
    of_put_u16(b, mod->flags);
    of_put_u32(b, mod->meter_id);
    put_bands(b, mod);
}

enum flow_error of_meter_read_config(struct reader *r, struct meter_mod *mod)
{
    struct reader head = *r, part = read_slice(r, read_u16(&head));
    enum flow_error error;

    mod->command = METER_ADD;
    read_u16(&part); /* length */
    mod->flags = read_u16(&part);
    mod->meter_id = read_u32(&part);
    error = part.bad ? FLOW_BAD_LENGTH : read_bands(&part, mod);
    if (error == FLOW_BAD_LENGTH)
        reader_fail(r);
    return error;
}

void of_meter_put_stats(struct of_buffer *b, const struct meter_stats *s)
{
    of_put_u32(b, s->meter_id);
    of_put_u16(b,
               (uint16_t)(STATS_HEAD_SIZE + s->band_count * BAND_STATS_SIZE));
    of_put_zeros(b, 6);
    of_put_u32(b, s->flow_count);
    of_put_u64(b, s->packets);
    of_put_u64(b, s->bytes);
    of_put_u32(b, s->duration_s);
    of_put_u32(b, s->duration_ns);
    for (size_t i = 0; i < s->band_count; i++) {
        of_put_u64(b, s->bands[i].packets);
        of_put_u64(b, s->bands[i].bytes);
    }
}

enum flow_error of_meter_read_stats(struct reader *r, struct meter_stats *s)
{
    struct reader head = *r, part;

    s->meter_id = read_u32(&head);
    part = read_slice(r, read_u16(&head));
    read_bytes(&part, 12); /* as far as the padding goes */
    s->flow_count = read_u32(&part);
    s->packets = read_u64(&part);
    s->bytes = read_u64(&part);
    s->duration_s = read_u32(&part);
    s->duration_ns = read_u32(&part);
    if (part.bad || part.left % BAND_STATS_SIZE != 0) {
        reader_fail(r);
        return FLOW_BAD_LENGTH;
    }
    s->band_count = part.left / BAND_STATS_SIZE;
    if (s->band_count > METER_BANDS_MAX)
        return FLOW_BANDS_FULL;
    for (size_t i = 0; i < s->band_count; i++) {
        s->bands[i].packets = read_u64(&part);
        s->bands[i].bytes = read_u64(&part);
    }
    return FLOW_OK;
}

void of_meter_write_features(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct meter_features *f)
{
    size_t start = of_begin(b, version, OF_MP_METER_FEATURES, xid);

    of_put_u32(b, f->max_meter);
    of_put_u32(b, f->band_types);
    of_put_u32(b, f->capabilities);
    of_put_u8(b, f->max_bands);
    of_put_u8(b, f->max_color);
    of_put_zeros(b, 2);
    if (version >= OF15) {
        of_put_u32(b, f->features);
        of_put_zeros(b, 4);
    }
    of_end(b, start);
}

/* Open vSwitch writes the 16 bytes of 1.3 in 1.5 as well. */
enum flow_error of_meter_read_features(enum of_version version,
                                       struct reader *body,
                                       struct meter_features *f)
{
    *f = (struct meter_features){.max_meter = read_u32(body)};
    f->band_types = read_u32(body);
    f->capabilities = read_u32(body);
    f->max_bands = read_u8(body);
    f->max_color = read_u8(body);
    read_u16(body); /* padding */
    if (version >= OF15 && body->left > 0) {
        f->features = read_u32(body);
        read_u32(body); /* padding */
    }
    return of_read_end(body);
}
