/* SPDX-License-Identifier: BSD-2-Clause */
#include "openflow/of_property.h"

bool of_property_next(struct reader *list, struct of_property *p)
{
    size_t size;

    if (list->left == 0)
        return false;
    p->type = read_u16(list);
    size = read_u16(list);
    if (size < OF_PROPERTY_HEADER_SIZE) {
        reader_fail(list);
        return false;
    }
    p->value = read_slice(list, size - OF_PROPERTY_HEADER_SIZE);
    read_bytes(list, (8 - size % 8) % 8);
    return !list->bad;
}

enum flow_error of_property_unknown(const struct of_property *p)
{
    if (p->type != OF_PROPERTY_EXPERIMENTER)
        return FLOW_BAD_PROPERTY;
    return p->value.left < 8 ? FLOW_BAD_PROPERTY_LENGTH
                             : FLOW_BAD_PROPERTY_EXPERIMENTER;
}

enum flow_error of_property_end(const struct of_property *p)
{
    return of_property_list_end(&p->value);
}

enum flow_error of_property_list_end(const struct reader *list)
{
    return list->bad || list->left > 0 ? FLOW_BAD_PROPERTY_LENGTH : FLOW_OK;
}

size_t of_property_begin(struct of_buffer *b, uint16_t type)
{
    size_t start = b->size;

    of_put_u16(b, type);
    of_put_u16(b, 0); /* length, see of_property_finish */
    return start;
}

void of_property_finish(struct of_buffer *b, size_t start)
{
    of_set_u16(b, start + 2, (uint16_t)(b->size - start));
    of_pad_to_8(b, start);
}
