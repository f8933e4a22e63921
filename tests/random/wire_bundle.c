/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/wire.h"

enum { CONTROL = 33, ADD_MESSAGE = 34, EXPERIMENTER = 4 };

#define ONF         0x4f4e4600u
#define CONTROL_ONF 2300
#define ADD_ONF     2301

static void begin(struct wire *w, uint8_t version, uint8_t type,
                  uint32_t type_13)
{
    wire_begin(w, version, version == WIRE_13 ? EXPERIMENTER : type);
    if (version == WIRE_13) {
        wire_put(w, ONF, 4);
        wire_put(w, type_13, 4);
    }
}

void wire_bundle_control(struct wire *w, uint8_t version, uint32_t id,
                         uint16_t type, uint16_t flags)
{
    begin(w, version, CONTROL, CONTROL_ONF);
    wire_put(w, id, 4);
    wire_put(w, type, 2);
    wire_put(w, flags, 2);
    wire_end(w);
}

void wire_bundle_add(struct wire *w, uint8_t version, uint32_t id,
                     uint16_t flags, const struct wire *message)
{
    begin(w, version, ADD_MESSAGE, ADD_ONF);
    wire_put(w, id, 4);
    wire_put(w, 0, 2);
    wire_put(w, flags, 2);
    for (size_t i = 0; i < message->size; i++)
        wire_put(w, message->bytes[i], 1);
    wire_end(w);
}
