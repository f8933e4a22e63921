/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/learn.h"

#include <arpa/inet.h>
#include <string.h>

#include "flow/port_no.h"

enum {
    HEAD_CELLS = 2,
    EXTRA_MAX = 255,
    NXM_PORT_BITS = 16,
    NXM_PORT_RESERVED = 0xff00, /* OFPP_MAX of OpenFlow 1.0 */
};

union part_cell {
    struct flow_action cell;
    struct learn_part part;
};

/* Some bits of a number in network order. */
struct bit_place {
    unsigned size, start; /* bytes; bit from the right */
};

static void copy_bits(uint8_t *to, struct bit_place t, const uint8_t *from,
                      struct bit_place f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned in = f.start + i, out = t.start + i;
        uint8_t *byte = to + t.size - 1 - out / 8;
        uint8_t bit = (uint8_t)(1 << out % 8);

        if (from[f.size - 1 - in / 8] >> in % 8 & 1)
            *byte |= bit;
        else
            *byte = (uint8_t)(*byte & ~bit);
    }
}

static void set_bits(uint8_t *to, struct bit_place t, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        to[t.size - 1 - (t.start + i) / 8] |= (uint8_t)(1 << (t.start + i) % 8);
}

size_t learn_begin(struct action_list *l, const struct learn_head *head)
{
    size_t at = l->count;
    struct flow_action cells[HEAD_CELLS];

    memcpy(cells, head, sizeof(cells));
    action_list_add(
        l, (struct flow_action){.type = ACTION_LEARN, .extra = HEAD_CELLS});
    for (size_t i = 0; i < HEAD_CELLS; i++)
        action_list_add(l, cells[i]);
    return at;
}

bool learn_add(struct action_list *l, size_t at, const struct learn_part *part,
               const uint8_t *value)
{
    const struct bit_place all = {LEARN_VALUE_SIZE, 0};
    union part_cell p = {.part = *part};
    union action_operand v;

    p.part.has_value = value;
    if (l->is_bad)
        return true; /* Whoever made the list asks it. */
    if (l->cells[at].extra + 1 + p.part.has_value > EXTRA_MAX)
        return false;
    action_list_add(l, p.cell);
    if (value) {
        memset(v.bytes, 0, sizeof(v.bytes));
        copy_bits(v.bytes, all, value, all, part->bits);
        action_list_add(l, v.cell);
    }
    if (!l->is_bad)
        l->cells[at].extra =
            (uint8_t)(l->cells[at].extra + 1 + p.part.has_value);
    return true;
}

void learn_head_of(const struct flow_action *a, struct learn_head *head)
{
    memcpy(head, a + 1, sizeof(*head));
}

bool learn_next(const struct flow_action *a, const struct flow_action **at,
                struct learn_part *part, const uint8_t **value)
{
    const struct flow_action *next = *at ? *at : a + 1 + HEAD_CELLS;

    if (next >= action_next(a))
        return false;
    memcpy(part, next, sizeof(*part));
    *value = part->has_value ? (const uint8_t *)(next + 1) : NULL;
    *at = next + 1 + part->has_value;
    return true;
}

/* The bits of a part, as the last ones of 'bits'. */
static void take_bits(const struct learn_part *part, const uint8_t *value,
                      const struct flow_key *key, uint8_t *bits)
{
    const struct bit_place all = {LEARN_VALUE_SIZE, 0};
    const struct field *f;

    memset(bits, 0, LEARN_VALUE_SIZE);
    if (value) {
        copy_bits(bits, all, value, all, part->bits);
        return;
    }
    f = field_by_id((enum field_id)part->source_field);
    copy_bits(bits, all, field_get(f, key),
              (struct bit_place){f->size, part->source_bit}, part->bits);
}

/* A port as OpenFlow 1.0 or later ones write it. */
static uint32_t port_of(const uint8_t *bits)
{
    uint32_t number;

    memcpy(&number, bits + LEARN_VALUE_SIZE - sizeof(number), sizeof(number));
    number = ntohl(number);
    return number >= NXM_PORT_RESERVED && number <= UINT16_MAX
               ? number | 0xffff0000u
               : number;
}

/* NXM_OF_IN_PORT: all of the port, though it is wider here. */
static bool is_nxm_port(const struct learn_part *part)
{
    return part->target_field == FIELD_IN_PORT && part->target_bit == 0 &&
           part->bits == NXM_PORT_BITS;
}

static void add_match(struct flow_match *m, const struct learn_part *part,
                      const uint8_t *bits)
{
    const struct field *f = field_by_id((enum field_id)part->target_field);
    const struct bit_place to = {f->size, part->target_bit};

    if (is_nxm_port(part)) {
        m->key.in_port = htonl(port_of(bits));
        m->mask.in_port = UINT32_MAX;
        return;
    }
    copy_bits(field_at(f, &m->key), to, bits,
              (struct bit_place){LEARN_VALUE_SIZE, 0}, part->bits);
    set_bits(field_at(f, &m->mask), to, part->bits);
}

static unsigned add_load(struct flow_action *cells,
                         const struct learn_part *part, const uint8_t *bits)
{
    const struct field *f = field_by_id((enum field_id)part->target_field);
    const struct bit_place to = {f->size, part->target_bit};
    union action_operand value = {.bytes = {0}}, mask = {.bytes = {0}};

    copy_bits(value.bytes, to, bits, (struct bit_place){LEARN_VALUE_SIZE, 0},
              part->bits);
    set_bits(mask.bytes, to, part->bits);
    cells[0] = (struct flow_action){
        .type = ACTION_SET_FIELD, .extra = 2, .field = part->target_field};
    cells[1] = value.cell;
    cells[2] = mask.cell;
    return 3;
}

/* A number that no frame can be sent to makes no action. */
static unsigned add_output(struct flow_action *cells, const uint8_t *bits)
{
    uint32_t port = port_of(bits);
    bool is_real = port > 0 && port <= OFPORT_MAX;

    if (!is_real && port != PORT_NO_IN_PORT && port != PORT_NO_FLOOD &&
        port != PORT_NO_LOCAL && port != PORT_NO_ALL)
        return 0;
    cells[0] = (struct flow_action){.type = ACTION_OUTPUT, .port = port};
    return 1;
}

void learn_from(const struct flow_action *a, const struct flow_key *key,
                struct learned *learned)
{
    struct flow_mod *mod = &learned->mod;
    struct learn_head head;
    struct learn_part part;
    const struct flow_action *at = NULL;
    const uint8_t *value;
    unsigned count = 0;

    learn_head_of(a, &head);
    *mod = flow_mod_empty();
    mod->command = FLOW_MOD_MODIFY_STRICT;
    mod->adds_if_none = true;
    mod->sets_cookie = head.cookie != UINT64_MAX;
    mod->cookie = head.cookie;
    mod->table = head.table;
    mod->priority = head.priority;
    mod->idle_timeout_s = head.idle_timeout_s;
    mod->hard_timeout_s = head.hard_timeout_s;
    mod->flags = head.flags & LEARN_SEND_FLOW_REM ? FLOW_MOD_SEND_FLOW_REM : 0;
    while (learn_next(a, &at, &part, &value)) {
        uint8_t bits[LEARN_VALUE_SIZE];

        take_bits(&part, value, key, bits);
        if (part.target == LEARN_MATCH)
            add_match(&mod->match, &part, bits);
        else if (part.target == LEARN_LOAD)
            count += add_load(&learned->cells[count], &part, bits);
        else
            count += add_output(&learned->cells[count], bits);
    }
    mod->instructions.has_apply = count;
    mod->instructions.apply_count = (uint16_t)count;
    mod->instructions.cells = count ? learned->cells : NULL;
}

void learn_use(const struct flow_action *a, struct flow_key *used)
{
    struct learn_part part;
    const struct flow_action *at = NULL;
    const uint8_t *value;

    while (learn_next(a, &at, &part, &value)) {
        const struct field *f = field_by_id((enum field_id)part.source_field);

        if (!value)
            set_bits(field_at(f, used),
                     (struct bit_place){f->size, part.source_bit}, part.bits);
    }
}

/* NXM's VLAN tag, of which PCP is a part, is there in all frames. */
static bool has_field(const struct field *f, const struct flow_key *key)
{
    return f->id == FIELD_VLAN_PCP || field_is_in(f, key);
}

static enum flow_error check_bits(const struct field *f, unsigned start,
                                  unsigned bits)
{
    return bits && start + bits <= f->bits ? FLOW_OK : FLOW_BAD_SET_LENGTH;
}

/* The frames that the entry will be for have the field, and it can have such a
 * mask. */
static enum flow_error check_match(const struct learn_part *part,
                                   const uint8_t *value,
                                   struct flow_match *match)
{
    const struct field *f = field_by_id((enum field_id)part->target_field);
    bool is_whole = part->bits == f->bits || is_nxm_port(part);

    if (!has_field(f, &match->key))
        return FLOW_INCONSISTENT_MATCH;
    if (!is_whole && !f->is_maskable)
        return FLOW_BAD_ARGUMENT;
    if (value)
        add_match(match, part, value);
    return FLOW_OK;
}

static enum flow_error check_load(const struct learn_part *part,
                                  const struct flow_match *match)
{
    const struct field *f = field_by_id((enum field_id)part->target_field);

    if (!f->is_settable)
        return FLOW_BAD_SET_ARGUMENT;
    return has_field(f, &match->key) ? FLOW_OK : FLOW_INCONSISTENT_MATCH;
}

static enum flow_error check_part(const struct learn_part *part,
                                  const uint8_t *value,
                                  const struct flow_key *key,
                                  struct flow_match *match)
{
    const struct field *source = field_by_id((enum field_id)part->source_field);
    const struct field *target = field_by_id((enum field_id)part->target_field);
    enum flow_error error = FLOW_OK;

    if (!value) {
        error = check_bits(source, part->source_bit, part->bits);
        if (!error && key && !has_field(source, key))
            error = FLOW_INCONSISTENT_MATCH;
    }
    if (error || part->target == LEARN_OUTPUT)
        return error;
    error = check_bits(target, part->target_bit, part->bits);
    if (error)
        return error;
    return part->target == LEARN_MATCH ? check_match(part, value, match)
                                       : check_load(part, match);
}

enum flow_error learn_check(const struct flow_action *a,
                            const struct flow_key *key)
{
    struct flow_match match = {.key = {.word = {0}}};
    struct learn_part part;
    const struct flow_action *at = NULL;
    const uint8_t *value;
    enum flow_error error = FLOW_OK;

    while (!error && learn_next(a, &at, &part, &value))
        error = check_part(&part, value, key, &match);
    return error;
}
