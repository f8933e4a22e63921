/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/key_edit.h"

#include <arpa/inet.h>

#include "flow/ethertype.h"
#include "flow/field.h"

static bool has_tag(const struct flow_key *key)
{
    return key->vlan_vid & htons(VLAN_PRESENT);
}

static bool has_labels(const struct flow_key *key)
{
    return ethertype_is_mpls(ntohs(key->eth_type));
}

static bool has_ip(const struct flow_key *key)
{
    return ethertype_is_ip(ntohs(key->eth_type));
}

/* The VID is a field of every frame, to be matched, but none of an untagged
 * one, to be set. */
static bool can_be_set(const struct field *f, const struct flow_key *key)
{
    return field_is_in(f, key) && (f->id != FIELD_VLAN_VID || has_tag(key));
}

/* Fields that say what the bytes behind them are. */
static bool decides_parsing(enum field_id id)
{
    return id == FIELD_ETH_TYPE || id == FIELD_IP_PROTO ||
           id == FIELD_MPLS_BOS || id == FIELD_ICMPV6_TYPE ||
           id == FIELD_ICMPV6_CODE;
}

static enum key_edit set_field(struct flow_key *key,
                               const struct flow_action *a)
{
    const struct field *f = field_by_id((enum field_id)a->field);
    const uint8_t *value = action_value(a), *mask = action_mask(a);
    uint8_t *at = field_at(f, key);

    if (!can_be_set(f, key))
        return KEY_NOT_APPLICABLE;
    for (unsigned int i = 0; i < f->size; i++)
        at[i] = (uint8_t)((at[i] & ~mask[i]) | (value[i] & mask[i]));
    if (f->offset >= KEY_FRAME_WORDS * sizeof(key->word[0]))
        return KEY_ONLY;
    return decides_parsing(f->id) ? KEY_UNKNOWN : KEY_DONE;
}

static enum key_edit pop_vlan(struct flow_key *key, const struct flow_action *a)
{
    (void)a;
    if (!has_tag(key))
        return KEY_NOT_APPLICABLE;
    if (ethertype_is_vlan(ntohs(key->eth_type)))
        return KEY_UNKNOWN;
    key->vlan_vid = 0;
    key->vlan_pcp = 0;
    key->vlan_tpid = 0;
    return KEY_DONE;
}

static enum key_edit strip_vlan(struct flow_key *key,
                                const struct flow_action *a)
{
    return pop_vlan(key, a);
}

static enum key_edit push_vlan(struct flow_key *key,
                               const struct flow_action *a)
{
    if (has_tag(key))
        return KEY_HIDDEN;
    key->vlan_vid = htons(VLAN_PRESENT);
    key->vlan_pcp = 0;
    key->vlan_tpid = htons((uint16_t)a->ethertype);
    return KEY_DONE;
}

/* OpenFlow 1.0's way: a tag is put where there is none. */
static void make_tag(struct flow_key *key)
{
    if (has_tag(key))
        return;
    key->vlan_vid = htons(VLAN_PRESENT);
    key->vlan_tpid = htons(ETH_P_8021Q);
}

static enum key_edit mod_vlan_vid(struct flow_key *key,
                                  const struct flow_action *a)
{
    make_tag(key);
    key->vlan_vid = htons((uint16_t)(VLAN_PRESENT | (a->vlan_vid & 0xfff)));
    return KEY_DONE;
}

static enum key_edit mod_vlan_pcp(struct flow_key *key,
                                  const struct flow_action *a)
{
    make_tag(key);
    key->vlan_pcp = a->vlan_pcp & 7;
    return KEY_DONE;
}

static enum key_edit push_mpls(struct flow_key *key,
                               const struct flow_action *a)
{
    (void)key;
    (void)a;
    return KEY_HIDDEN;
}

static enum key_edit push_pbb(struct flow_key *key, const struct flow_action *a)
{
    (void)key;
    (void)a;
    return KEY_HIDDEN;
}

static enum key_edit pop_mpls(struct flow_key *key, const struct flow_action *a)
{
    (void)a;
    return has_labels(key) ? KEY_UNKNOWN : KEY_NOT_APPLICABLE;
}

static enum key_edit pop_pbb(struct flow_key *key, const struct flow_action *a)
{
    (void)a;
    return ethertype_is_pbb(ntohs(key->eth_type)) ? KEY_UNKNOWN
                                                  : KEY_NOT_APPLICABLE;
}

static enum key_edit decrement(uint8_t *ttl)
{
    if (*ttl <= 1)
        return KEY_TTL_EXPIRED;
    --*ttl;
    return KEY_DONE;
}

static enum key_edit set_mpls_ttl(struct flow_key *key,
                                  const struct flow_action *a)
{
    if (!has_labels(key))
        return KEY_NOT_APPLICABLE;
    key->mpls_ttl = (uint8_t)a->ttl;
    return KEY_DONE;
}

static enum key_edit dec_mpls_ttl(struct flow_key *key,
                                  const struct flow_action *a)
{
    (void)a;
    return has_labels(key) ? decrement(&key->mpls_ttl) : KEY_NOT_APPLICABLE;
}

static enum key_edit mod_nw_ttl(struct flow_key *key,
                                const struct flow_action *a)
{
    if (!has_ip(key))
        return KEY_NOT_APPLICABLE;
    key->ip_ttl = (uint8_t)a->ttl;
    return KEY_DONE;
}

static enum key_edit dec_ttl(struct flow_key *key, const struct flow_action *a)
{
    (void)a;
    return has_ip(key) ? decrement(&key->ip_ttl) : KEY_NOT_APPLICABLE;
}

static enum key_edit copy_ttl_out(struct flow_key *key,
                                  const struct flow_action *a)
{
    (void)a;
    return has_labels(key) ? KEY_UNKNOWN : KEY_NOT_APPLICABLE;
}

static enum key_edit copy_ttl_in(struct flow_key *key,
                                 const struct flow_action *a)
{
    return copy_ttl_out(key, a);
}

#define EDIT(type, word, ...) [ACTION_##type] = word,

enum key_edit key_edit_apply(struct flow_key *key, const struct flow_action *a)
{
    static enum key_edit (*const edits[ACTION_TYPE_COUNT])(
        struct flow_key *,
        const struct flow_action *) = {ACTIONS(EDIT, ACTION_ELSEWHERE)};

    if (a->type >= ACTION_TYPE_COUNT || !edits[a->type])
        return KEY_NOT_APPLICABLE;
    return edits[a->type](key, a);
}
