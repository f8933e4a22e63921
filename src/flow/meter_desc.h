/* SPDX-License-Identifier: BSD-2-Clause */
/* Meters.  OpenFlow 1.3.5 5.7 and 7.3.4.4. */
#ifndef FLOW_METER_DESC_H
#define FLOW_METER_DESC_H

#include <stddef.h>
#include <stdint.h>

#define METER_MAX        0xffff0000u
#define METER_SLOWPATH   0xfffffffdu
#define METER_CONTROLLER 0xfffffffeu
#define METER_ALL        0xffffffffu

enum { METER_BANDS_MAX = 16 };

enum meter_command { METER_ADD, METER_MODIFY, METER_DELETE };

enum meter_flags {
    METER_KBPS = 1 << 0,
    METER_PKTPS = 1 << 1,
    METER_BURST = 1 << 2,
    METER_STATS = 1 << 3,
};

enum band_type { BAND_DROP = 1, BAND_DSCP_REMARK = 2 };

struct meter_band {
    uint16_t type;        /* enum band_type, or what was sent */
    uint32_t rate, burst; /* as the flags say: kb/s and kb, or packets */
    uint8_t prec_level;
};

struct meter_mod {
    uint16_t command; /* enum meter_command, or what was sent */
    uint16_t flags;
    uint32_t meter_id;
    size_t band_count;
    struct meter_band bands[METER_BANDS_MAX];
};

/* The meters that are supported. */
struct meter_features {
    uint32_t max_meter;    /* how many */
    uint32_t band_types;   /* 1 << enum band_type */
    uint32_t capabilities; /* enum meter_flags */
    uint8_t max_bands, max_color;
    uint32_t features; /* 1.5: OFPMFF_* */
};

struct meter_stats {
    uint32_t meter_id, flow_count, duration_s, duration_ns;
    uint64_t packets, bytes;
    size_t band_count;
    struct {
        uint64_t packets, bytes;
    } bands[METER_BANDS_MAX];
};

#endif
