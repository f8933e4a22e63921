/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/kernel_steps.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>

#include "flow/field.h"
#include "offload/fast_path_key.h"

enum {
    TCI_VID = 0x0fff,
    TCI_PCP_SHIFT = 13,
    TCI_PCP = 7 << TCI_PCP_SHIFT,
    IP = FAST_ETHERNET,
    L4 = FAST_ETHERNET + FAST_IPV4,
};

/* The steps so far, and what the frame is after them. */
struct course {
    struct fast_steps *steps;
    uint8_t ip_proto;
    bool is_tagged;
    unsigned int from;
    const struct flow_action *end; /* of the decision's cells */
};

/* Where a field stands: in which bytes, and where in these. */
struct place {
    uint8_t offset, size, first, bytes;
    uint8_t shift, bits; /* bits 0: whole bytes */
    uint8_t sums, proto;
};

/* clang-format off */
static const struct place places[FIELD_ALL_COUNT] = {
    [FIELD_ETH_DST]  = {0, 6, 0, 6, 0, 0, 0, 0},
    [FIELD_ETH_SRC]  = {6, 6, 0, 6, 0, 0, 0, 0},
    [FIELD_IP_DSCP]  = {IP, 2, 1, 1, 2, 6, FAST_SUM_IP, 0},
    [FIELD_IP_ECN]   = {IP, 2, 1, 1, 0, 2, FAST_SUM_IP, 0},
    [FIELD_IP_TTL]   = {IP + 8, 2, 0, 1, 0, 0, FAST_SUM_IP, 0},
    [FIELD_IPV4_SRC] = {IP + 12, 4, 0, 4, 0, 0, FAST_SUM_IP | FAST_SUM_PSEUDO, 0},
    [FIELD_IPV4_DST] = {IP + 16, 4, 0, 4, 0, 0, FAST_SUM_IP | FAST_SUM_PSEUDO, 0},
    [FIELD_TCP_SRC]  = {L4, 2, 0, 2, 0, 0, FAST_SUM_L4, FAST_PROTO_TCP},
    [FIELD_TCP_DST]  = {L4 + 2, 2, 0, 2, 0, 0, FAST_SUM_L4, FAST_PROTO_TCP},
    [FIELD_UDP_SRC]  = {L4, 2, 0, 2, 0, 0, FAST_SUM_L4, FAST_PROTO_UDP},
    [FIELD_UDP_DST]  = {L4 + 2, 2, 0, 2, 0, 0, FAST_SUM_L4, FAST_PROTO_UDP},
};
/* clang-format on */

/* The next step, all zero but for its kind; NULL: there are too many. */
static struct fast_step *add(struct course *c, enum fast_step_kind kind)
{
    struct fast_step *step;

    if (c->steps->count == FAST_STEPS_MAX)
        return NULL;
    step = &c->steps->step[c->steps->count++];
    memset(step, 0, sizeof(*step));
    step->kind = (uint16_t)kind;
    return step;
}

static uint16_t number(const uint8_t *bytes)
{
    uint16_t raw;

    memcpy(&raw, bytes, sizeof(raw));
    return ntohs(raw);
}

static void put_number(uint8_t *bytes, uint16_t value)
{
    value = htons(value);
    memcpy(bytes, &value, sizeof(value));
}

/* Bits of the tag, which a tag that was just pushed has at once. */
static bool set_tag(struct course *c, uint16_t value, uint16_t mask)
{
    struct fast_step *last = c->steps->step + c->steps->count - 1;
    bool is_new = c->steps->count && last->kind == FAST_STEP_PUSH_TAG;

    if (!c->is_tagged)
        return false;
    if (!is_new) {
        last = add(c, FAST_STEP_SET_TAG);
        if (!last)
            return false;
        put_number(last->mask, mask);
    }
    put_number(last->value,
               (uint16_t)((number(last->value) & ~mask) | (value & mask)));
    return true;
}

static bool push_tag(struct course *c)
{
    if (c->is_tagged || !add(c, FAST_STEP_PUSH_TAG))
        return false;
    c->is_tagged = true;
    return true;
}

static bool pop_tag(struct course *c)
{
    if (!c->is_tagged || !add(c, FAST_STEP_POP_TAG))
        return false;
    c->is_tagged = false;
    return true;
}

/* As the first of OpenFlow 1.0: a frame without a tag gets one. */
static bool mod_tag(struct course *c, uint32_t value, uint16_t mask)
{
    return (c->is_tagged || push_tag(c)) && set_tag(c, (uint16_t)value, mask);
}

static bool set_bytes(struct course *c, const struct place *p,
                      const uint8_t *value, const uint8_t *mask)
{
    struct fast_step *step;

    if (!p->size || (p->proto && p->proto != c->ip_proto))
        return false;
    /* Nothing over IP but TCP and UDP has the pseudo-header in its sum. */
    step = add(c, FAST_STEP_SET);
    if (!step)
        return false;
    step->offset = p->offset;
    step->size = p->size;
    step->sums = p->sums;
    if (c->ip_proto == FAST_PROTO_ICMP)
        step->sums &= (uint16_t)~FAST_SUM_PSEUDO;
    for (unsigned int i = 0; i < p->bytes; i++) {
        uint8_t bits = p->bits ? (uint8_t)((1 << p->bits) - 1) : 0xff;

        bits &= mask ? mask[i] : 0xff;
        step->mask[p->first + i] = (uint8_t)(bits << p->shift);
        step->value[p->first + i] = (uint8_t)((value[i] & bits) << p->shift);
    }
    return true;
}

static bool set_field(struct course *c, const struct flow_action *a)
{
    const uint8_t *mask = a->extra > 1 ? action_mask(a) : NULL;

    if (field_by_id(a->field)->offset >= KEY_FRAME_WORDS * sizeof(uint64_t))
        return true; /* It is not in the frame. */
    if (a->field == FIELD_VLAN_VID)
        return set_tag(c, number(action_value(a)),
                       mask ? number(mask) & TCI_VID : TCI_VID);
    if (a->field == FIELD_VLAN_PCP)
        return set_tag(c, (uint16_t)(action_value(a)[0] << TCI_PCP_SHIFT),
                       mask ? (uint16_t)(mask[0] << TCI_PCP_SHIFT) & TCI_PCP
                            : TCI_PCP);
    return set_bytes(c, &places[a->field], action_value(a), mask);
}

static bool output(struct course *c, uint32_t port)
{
    struct fast_step *step = port == c->from ? NULL : add(c, FAST_STEP_OUTPUT);

    if (step)
        step->port = (uint16_t)port;
    return step;
}

/* Steps for a copy may be done to the frame itself if they change nothing, or
 * if nothing is done to the frame after them. */
static bool needs_no_copy(const struct course *c, const struct flow_action *a)
{
    bool has_edits = false;
    int depth = 0;

    do {
        depth += a->type == STEP_CLONE ? 1 : a->type == STEP_CLONE_END ? -1 : 0;
        has_edits |= a->type < ACTION_TYPE_COUNT;
        a = action_next(a);
    } while (a < c->end && depth);
    return !has_edits || a == c->end;
}

static bool follow(struct course *c, const struct flow_action *a)
{
    const uint8_t ttl = (uint8_t)a->ttl;

    switch (a->type) {
    case STEP_CLONE:
        return needs_no_copy(c, a);
    case STEP_CLONE_END:
        return true;
    case STEP_PORT:
        return output(c, a->port);
    case ACTION_SET_FIELD:
        return set_field(c, a);
    case ACTION_SET_IP_TTL:
        return set_bytes(c, &places[FIELD_IP_TTL], &ttl, NULL);
    case ACTION_DEC_IP_TTL:
        return add(c, FAST_STEP_DEC_TTL);
    case ACTION_PUSH_VLAN:
        return a->ethertype == ETH_P_8021Q && push_tag(c);
    case ACTION_POP_VLAN:
        return pop_tag(c);
    case ACTION_STRIP_VLAN:
        return !c->is_tagged || pop_tag(c);
    case ACTION_SET_VLAN_VID:
        return mod_tag(c, a->vlan_vid, TCI_VID);
    case ACTION_SET_VLAN_PCP:
        return mod_tag(c, a->vlan_pcp << TCI_PCP_SHIFT, TCI_PCP);
    default:
        return false;
    }
}

bool kernel_steps_of(const struct decision *d, const struct flow_key *key,
                     unsigned int from, struct fast_steps *steps,
                     struct flow_key *mask)
{
    const struct flow_action *end = d->cells + d->cell_count;
    struct course c = {
        .steps = steps,
        .ip_proto = key->ip_proto,
        .is_tagged = key->vlan_vid & htons(VLAN_PRESENT),
        .from = from,
        .end = end,
    };

    memset(steps, 0, sizeof(*steps));
    mask->vlan_vid |= htons(VLAN_PRESENT);
    mask->ip_proto = 0xff;
    for (const struct flow_action *a = d->cells; a < end; a = action_next(a))
        if (!follow(&c, a))
            return false;
    /* Steps behind the last output have no effect. */
    while (steps->count &&
           steps->step[steps->count - 1].kind != FAST_STEP_OUTPUT)
        steps->count--;
    return steps->count;
}
