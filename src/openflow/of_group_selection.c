/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_group_selection.h"

#include "openflow/of_oxm.h"

#define VENDOR_NTR 0x0000154du

enum { TYPE_SELECTION_METHOD = 1 };

static enum flow_error read_method(struct reader *r, struct group_selection *s)
{
    const char *name = (const char *)read_bytes(r, SELECTION_NAME_SIZE);

    if (r->bad)
        return FLOW_BAD_PROPERTY_LENGTH;
    for (size_t i = 0; i < SELECTION_METHODS; i++)
        if (strncmp(name, selection_names[i], SELECTION_NAME_SIZE) == 0) {
            s->method = (uint8_t)i;
            return FLOW_OK;
        }
    return FLOW_BAD_PROPERTY_VALUE;
}

/* The value says which bits count. */
static enum flow_error read_field(struct reader *r, struct group_selection *s)
{
    struct of_oxm o = of_oxm_read_header(r);
    uint8_t exact[sizeof(s->fields[0].mask)] = {0};
    const uint8_t *value;
    struct selection_field *f;
    bool has_bits = false;

    if (r->bad)
        return FLOW_BAD_PROPERTY_LENGTH;
    if (o.form != OXM_PLAIN || o.has_mask || !of_oxm_fits(&o) ||
        s->field_count == SELECTION_FIELDS_MAX)
        return FLOW_BAD_PROPERTY_VALUE;
    value = read_bytes(r, o.size);
    if (r->bad)
        return FLOW_BAD_PROPERTY_LENGTH;
    f = &s->fields[s->field_count++];
    *f = (struct selection_field){.id = (uint8_t)o.field->id};
    field_fill(o.field, exact);
    for (size_t i = 0; i < o.size; i++) {
        f->mask[i] = value[i] & exact[i];
        has_bits = has_bits || f->mask[i];
    }
    return has_bits ? FLOW_OK : FLOW_BAD_PROPERTY_VALUE;
}

enum flow_error of_group_selection_read(struct of_property *p, uint8_t type,
                                        struct group_selection *s)
{
    struct reader *r = &p->value, head = p->value;
    enum flow_error error;

    if (p->type != OF_PROPERTY_EXPERIMENTER || read_u32(&head) != VENDOR_NTR ||
        read_u32(&head) != TYPE_SELECTION_METHOD)
        return of_property_unknown(p);
    if (type != GROUP_TYPE_SELECT)
        return FLOW_BAD_PROPERTY_VALUE;
    if (s->method != SELECTION_OWN)
        return FLOW_DUPLICATE_PROPERTY;
    read_bytes(r, 12); /* vendor, type, padding */
    error = read_method(r, s);
    s->param = read_u64(r);
    while (!error && !r->bad && r->left > 0)
        error = read_field(r, s);
    if (!error && r->bad)
        return FLOW_BAD_PROPERTY_LENGTH;
    if (!error && s->field_count && s->method != SELECTION_HASH)
        return FLOW_BAD_PROPERTY_VALUE;
    return error;
}

void of_group_selection_put(struct of_buffer *b, enum of_version version,
                            const struct group_selection *s)
{
    size_t start;

    if (s->method == SELECTION_OWN)
        return;
    start = of_property_begin(b, OF_PROPERTY_EXPERIMENTER);
    of_put_u32(b, VENDOR_NTR);
    of_put_u32(b, TYPE_SELECTION_METHOD);
    of_put_zeros(b, 4);
    of_put(b, selection_names[s->method], SELECTION_NAME_SIZE);
    of_put_u64(b, s->param);
    for (size_t i = 0; i < s->field_count; i++) {
        const struct field *f = field_by_id((enum field_id)s->fields[i].id);

        of_oxm_put_header(b, version, f, false);
        of_oxm_put_value(b, version, f, s->fields[i].mask);
    }
    of_property_finish(b, start);
}
