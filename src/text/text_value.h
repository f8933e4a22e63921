/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value of a match field as text: the notation of ovs-fields(7), which the
 * field's row in the registry names.
 */
#ifndef TEXT_TEXT_VALUE_H
#define TEXT_TEXT_VALUE_H

#include "flow/field.h"
#include "text/text.h"

/* As match_add and action_list_set_field take them: f->size bytes each in
 * network order; the mask has all of the field's bits if none is written. */
struct text_value {
    uint8_t value[16], mask[16];
};

/* Reads "value" or "value/mask"; value bits outside the mask become zero. */
bool text_value_read(const struct text_parse *parse, const struct field *f,
                     struct text_span span, struct text_value *v);

void text_value_write(FILE *out, const struct text_style *style,
                      const struct field *f, const struct text_value *v);

/* A field of up to 8 bytes as a number, and back. */
uint64_t text_value_number(const struct field *f, const uint8_t *bytes);
void text_value_set_number(const struct field *f, uint8_t *bytes,
                           uint64_t number);

/* A number of up to 'bits' bits, from the right of 16 bytes; what has more than
 * 64 must be in hex.  And back, in hex without zeros in front. */
enum { TEXT_VALUE_SIZE = 16 };
bool text_value_read_bits(struct text_span span, unsigned bits, uint8_t *value);
void text_value_write_bits(FILE *out, const uint8_t *value);

/* True if the mask has all of the field's bits. */
bool text_value_is_exact(const struct field *f, const uint8_t *mask);

#endif
