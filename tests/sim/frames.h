/* SPDX-License-Identifier: BSD-2-Clause */
/* Small frames for the simulation. */
#ifndef SIM_FRAMES_H
#define SIM_FRAMES_H

#include <stdint.h>
#include <string.h>

#include "tests/sim/sim.h"

struct small_frame {
    size_t size;
    uint8_t data[128];
};

/* A 60-byte frame of an experimental EtherType, with the last byte of each
 * address given: 02:00:00:00:00:xx; 0xff as destination means broadcast.
 * 'tag' < 0: no VLAN tag. */
static inline struct small_frame frame_of(uint8_t to, uint8_t from, int tag)
{
    struct small_frame f = {.size = 60};
    uint8_t *at = f.data + 12;

    f.data[0] = f.data[6] = 0x02;
    f.data[5] = to;
    f.data[11] = from;
    if (to == 0xff)
        memset(f.data, 0xff, 6);
    if (tag >= 0) {
        *at++ = 0x81;
        *at++ = 0x00;
        *at++ = (uint8_t)(tag >> 8);
        *at++ = (uint8_t)tag;
        f.size += 4;
    }
    *at++ = 0x88;
    *at++ = 0xb5; /* IEEE local experimental */
    return f;
}

static inline void send_frame(struct sim *s, const char *port, uint8_t to,
                              uint8_t from, int tag)
{
    struct small_frame f = frame_of(to, from, tag);

    sim_receive(s, port, f.data, f.size);
    sim_run(s);
}

static inline size_t sent_count(const struct sim *s, const char *port)
{
    return sim_sent(s, port)->count;
}

#endif
