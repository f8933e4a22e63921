/* SPDX-License-Identifier: BSD-2-Clause */
/* Speed and duplex by ethtool, in OpenFlow's words. */
#include <errno.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "port/link.h"

/* OpenFlow 1.3.5, 7.2.1: enum ofp_port_features. */
enum {
    F_10M_HALF = 1 << 0,
    F_10M_FULL = 1 << 1,
    F_100M_HALF = 1 << 2,
    F_100M_FULL = 1 << 3,
    F_1G_HALF = 1 << 4,
    F_1G_FULL = 1 << 5,
    F_10G_FULL = 1 << 6,
    F_40G_FULL = 1 << 7,
    F_100G_FULL = 1 << 8,
    F_1T_FULL = 1 << 9,
    F_OTHER = 1 << 10,
    F_COPPER = 1 << 11,
    F_FIBER = 1 << 12,
    F_AUTONEG = 1 << 13,
    F_PAUSE = 1 << 14,
    F_PAUSE_ASYM = 1 << 15,
};

enum { NOTHING = 1 << 30 }; /* a mode that OpenFlow has no bit for */

/* Speeds that are not here are F_OTHER. */
static const uint32_t features_of_mode[] = {
    [ETHTOOL_LINK_MODE_10baseT_Half_BIT] = F_10M_HALF,
    [ETHTOOL_LINK_MODE_10baseT_Full_BIT] = F_10M_FULL,
    [ETHTOOL_LINK_MODE_100baseT_Half_BIT] = F_100M_HALF,
    [ETHTOOL_LINK_MODE_100baseT_Full_BIT] = F_100M_FULL,
    [ETHTOOL_LINK_MODE_1000baseT_Half_BIT] = F_1G_HALF,
    [ETHTOOL_LINK_MODE_1000baseT_Full_BIT] = F_1G_FULL,
    [ETHTOOL_LINK_MODE_Autoneg_BIT] = F_AUTONEG,
    [ETHTOOL_LINK_MODE_TP_BIT] = F_COPPER,
    [ETHTOOL_LINK_MODE_AUI_BIT] = F_COPPER,
    [ETHTOOL_LINK_MODE_MII_BIT] = F_COPPER,
    [ETHTOOL_LINK_MODE_FIBRE_BIT] = F_FIBER,
    [ETHTOOL_LINK_MODE_BNC_BIT] = F_COPPER,
    [ETHTOOL_LINK_MODE_10000baseT_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_Pause_BIT] = F_PAUSE,
    [ETHTOOL_LINK_MODE_Asym_Pause_BIT] = F_PAUSE_ASYM,
    [ETHTOOL_LINK_MODE_Backplane_BIT] = NOTHING,
    [ETHTOOL_LINK_MODE_1000baseKX_Full_BIT] = F_1G_FULL,
    [ETHTOOL_LINK_MODE_10000baseKX4_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseKR_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseR_FEC_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_40000baseKR4_Full_BIT] = F_40G_FULL,
    [ETHTOOL_LINK_MODE_40000baseCR4_Full_BIT] = F_40G_FULL,
    [ETHTOOL_LINK_MODE_40000baseSR4_Full_BIT] = F_40G_FULL,
    [ETHTOOL_LINK_MODE_40000baseLR4_Full_BIT] = F_40G_FULL,
    [ETHTOOL_LINK_MODE_100000baseKR4_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseSR4_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseCR4_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseLR4_ER4_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_1000baseX_Full_BIT] = F_1G_FULL,
    [ETHTOOL_LINK_MODE_10000baseCR_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseSR_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseLR_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseLRM_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_10000baseER_Full_BIT] = F_10G_FULL,
    [ETHTOOL_LINK_MODE_FEC_NONE_BIT] = NOTHING,
    [ETHTOOL_LINK_MODE_FEC_RS_BIT] = NOTHING,
    [ETHTOOL_LINK_MODE_FEC_BASER_BIT] = NOTHING,
    [ETHTOOL_LINK_MODE_100000baseKR2_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseSR2_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseCR2_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseLR2_ER2_FR2_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseDR2_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100baseT1_Full_BIT] = F_100M_FULL,
    [ETHTOOL_LINK_MODE_1000baseT1_Full_BIT] = F_1G_FULL,
    [ETHTOOL_LINK_MODE_FEC_LLRS_BIT] = NOTHING,
    [ETHTOOL_LINK_MODE_100000baseKR_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseSR_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseLR_ER_FR_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseCR_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100000baseDR_Full_BIT] = F_100G_FULL,
    [ETHTOOL_LINK_MODE_100baseFX_Half_BIT] = F_100M_HALF,
    [ETHTOOL_LINK_MODE_100baseFX_Full_BIT] = F_100M_FULL,
};

static const struct {
    uint32_t mbps, half, full;
} features_of_speed[] = {
    /* clang-format off */
    {10,      F_10M_HALF,  F_10M_FULL },
    {100,     F_100M_HALF, F_100M_FULL},
    {1000,    F_1G_HALF,   F_1G_FULL  },
    {10000,   F_OTHER,     F_10G_FULL },
    {40000,   F_OTHER,     F_40G_FULL },
    {100000,  F_OTHER,     F_100G_FULL},
    {1000000, F_OTHER,     F_1T_FULL  },
    /* clang-format on */
};

static const struct {
    uint8_t port;
    uint32_t feature;
} features_of_medium[] = {
    /* clang-format off */
    {PORT_TP,    F_COPPER},
    {PORT_AUI,   F_COPPER},
    {PORT_MII,   F_COPPER},
    {PORT_BNC,   F_COPPER},
    {PORT_DA,    F_COPPER},
    {PORT_FIBRE, F_FIBER },
    /* clang-format on */
};

/* What the kernel writes: the settings, then three sets of mode bits. */
union settings {
    struct ethtool_link_settings fixed;
    uint32_t words[sizeof(struct ethtool_link_settings) / sizeof(uint32_t) +
                   3 * SCHAR_MAX];
};

static uint32_t features_of_modes(const uint32_t *words, unsigned int count)
{
    const unsigned int known = ARRAY_SIZE(features_of_mode);
    uint32_t features = 0;

    for (unsigned int i = 0; i < count * 32; i++) {
        uint32_t feature = i < known ? features_of_mode[i] : 0;

        if (words[i / 32] >> i % 32 & 1)
            features |= feature ? feature : F_OTHER;
    }
    return features & ~(uint32_t)NOTHING;
}

static uint32_t current_features(const struct ethtool_link_settings *s)
{
    const size_t speeds = ARRAY_SIZE(features_of_speed);
    const size_t media = ARRAY_SIZE(features_of_medium);
    uint32_t features = s->autoneg == AUTONEG_ENABLE ? F_AUTONEG : 0;
    uint32_t speed = s->speed ? F_OTHER : 0;

    for (size_t i = 0; i < media; i++)
        if (features_of_medium[i].port == s->port)
            features |= features_of_medium[i].feature;
    if (s->speed == (uint32_t)SPEED_UNKNOWN)
        return features;
    for (size_t i = 0; i < speeds; i++)
        if (features_of_speed[i].mbps == s->speed)
            speed = s->duplex == DUPLEX_HALF ? features_of_speed[i].half
                                             : features_of_speed[i].full;
    return features | speed;
}

static int read_settings(int fd, const char *name, union settings *s)
{
    struct ifreq request = {0};
    int8_t needed;

    memset(s, 0, sizeof(*s));
    s->fixed.cmd = ETHTOOL_GLINKSETTINGS;
    strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
    request.ifr_data = (char *)s;
    /* The first answer says, negated, how many words a set of modes has. */
    if (ioctl(fd, SIOCETHTOOL, &request) < 0)
        return -errno;
    needed = s->fixed.link_mode_masks_nwords;
    if (needed >= 0 || needed == SCHAR_MIN)
        return -EPROTO;
    s->fixed.cmd = ETHTOOL_GLINKSETTINGS;
    s->fixed.link_mode_masks_nwords = (int8_t)-needed;
    if (ioctl(fd, SIOCETHTOOL, &request) < 0)
        return -errno;
    return s->fixed.link_mode_masks_nwords == -needed ? 0 : -EPROTO;
}

int link_get_speed(const char *name, struct link_speed *speed)
{
    union settings s;
    const uint32_t *modes = s.fixed.link_mode_masks;
    unsigned int words;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int err;

    memset(speed, 0, sizeof(*speed));
    if (fd < 0)
        return -errno;
    err = read_settings(fd, name, &s);
    close(fd);
    if (err) /* a driver without link settings has nothing to say */
        return err == -EOPNOTSUPP ? 0 : err;
    words = (unsigned int)s.fixed.link_mode_masks_nwords;
    if (s.fixed.speed != (uint32_t)SPEED_UNKNOWN)
        speed->mbps = s.fixed.speed;
    speed->is_full_duplex = s.fixed.duplex == DUPLEX_FULL;
    speed->current = current_features(&s.fixed);
    speed->supported = features_of_modes(modes, words);
    speed->advertised = features_of_modes(modes + words, words);
    speed->peer = features_of_modes(modes + 2 * words, words);
    return 0;
}
