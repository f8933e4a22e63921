/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/random/rules.h"
#include "tests/random/way.h"

/* What the switch can do with one frame; more is not asked of it here. */
enum { CELLS_MAX = 512, COUNTS_MAX = 128 };

void way_die(const char *what)
{
    fprintf(stderr, "the model has no room for %s\n", what);
    abort();
}

void way_step(struct way *w, unsigned int cells)
{
    w->does_anything = true;
    w->cells += cells;
    if (w->cells > CELLS_MAX)
        way_die("so many steps");
}

void way_count(struct way *w, uint64_t *packets, uint64_t *bytes)
{
    if (w->counted++ == COUNTS_MAX)
        way_die("so many counts");
    *packets += 1;
    *bytes += w->size;
}

void way_failed(struct way *w, enum drop_reason reason)
{
    if (w->first_word == DROP_NONE)
        w->first_word = reason;
}

void way_reached(struct way *w, const struct reach *r)
{
    if (r->has_any)
        return;
    way_failed(w, r->has_closed                    ? DROP_NO_FLOOD
                  : r->has_other && !r->has_member ? DROP_NO_MEMBER
                                                   : DROP_NO_OUTPUT);
}

void way_send(struct way *w, int port, const struct packet *p)
{
    struct model_port *to = &w->m->ports[port];
    struct outcome *o = w->o;

    if (!model_port_is_up(to)) {
        to->tx_drops[DROP_PORT_DOWN]++;
        way_failed(w, DROP_PORT_DOWN);
        return;
    }
    if (to->of_config & 1 << 5) {
        to->tx_drops[DROP_PORT_NO_FWD]++;
        way_failed(w, DROP_PORT_NO_FWD);
        return;
    }
    if (o->sent_count == OUTCOME_SENT_MAX)
        way_die("frames that leave");
    o->sent[o->sent_count].port = port;
    o->sent[o->sent_count++].packet = *p;
    if (!to->is_blocked)
        w->is_sent = true;
}

void way_tell(struct way *w, uint16_t max_len, unsigned int reason)
{
    struct outcome *o = w->o;

    way_step(w, 3);
    if (w->is_dead)
        return;
    if (o->told_count == OUTCOME_TOLD_MAX)
        way_die("frames to tell of");
    o->told[o->told_count++] = (struct told){
        .packet = w->p,
        .in_port = w->in_port,
        .reason = reason,
        .max_len = max_len,
        .cookie = w->cookie,
        .table = w->table,
    };
    w->is_told = true;
}

static bool is_piece(const struct packet *p)
{
    return packet_shows_ip(p) && p->piece != PIECE_ALL;
}

/* The ports of a first fragment are hidden, so that it goes where the others
 * go, unless a controller wants it otherwise. */
void walk_fields(const struct model *m, const struct packet *p,
                 uint64_t fields[MF_COUNT])
{
    packet_fields(p, fields);
    if (is_piece(p) && m->pieces != PIECES_OPEN)
        fields[MF_TP_SRC] = fields[MF_TP_DST] = 0;
}

static bool is_unwanted(struct way *w)
{
    if (!is_piece(&w->p) || w->m->pieces != PIECES_DROPPED)
        return false;
    w->last_word = DROP_FRAGMENT;
    return true;
}

static void fields_of(const struct way *w, uint64_t fields[MF_COUNT])
{
    walk_fields(w->m, &w->p, fields);
    fields[MF_IN_PORT] = w->in_port;
    fields[MF_METADATA] = w->metadata;
}

static bool is_miss_rule(const struct rule *r)
{
    static const struct pattern any;

    return !r->priority && !memcmp(&r->match, &any, sizeof(any));
}

static void missed(struct way *w, int table)
{
    const struct model_port *in = &w->m->ports[w->from];

    w->m->missed[table]++;
    w->last_word = DROP_NO_MATCH;
    w->has_missed = true;
    w->table = table;
    w->cookie = UINT64_MAX;
    if (w->m->misses_are_told_of &&
        !(w->from != MODEL_NOWHERE && in->of_config & 1 << 6))
        way_tell(w, UINT16_MAX, TOLD_MISS);
}

/* Returns the table to go on with. */
static int follow_rule(struct way *w, struct rule *r)
{
    const struct program *program = &r->program;

    r->used_ms = model_now_ms(w->m);
    r->is_touched = true;
    way_count(w, &r->packets, &r->bytes);
    w->m->matched[r->table]++;
    w->cookie = r->cookie;
    w->table = r->table;
    w->reason = is_miss_rule(r) ? TOLD_MISS_RULE : TOLD_ACTION;
    if (program->meter)
        way_meter(w, program->meter);
    way_do_all(w, &program->apply);
    if (w->is_over)
        return NO_TABLE;
    if (program->has_clear)
        memset(w->set, 0, sizeof(*w->set));
    act_set_write(w->set, &program->write);
    if (program->has_metadata)
        w->metadata = (w->metadata & ~program->metadata_mask) |
                      (program->metadata & program->metadata_mask);
    return program->next_table;
}

void way_follow_tables(struct way *w)
{
    struct act_set *outer = w->set, set = {.has_any = false};
    int table = 0;

    w->set = &set;
    w->has_missed = false;
    while (table != NO_TABLE && !w->is_over) {
        uint64_t fields[MF_COUNT];
        struct rule *r;

        if (is_unwanted(w)) {
            w->has_missed = true;
            break;
        }
        fields_of(w, fields);
        r = rules_find(w->m, table, fields);
        if (!r)
            missed(w, table);
        table = r ? follow_rule(w, r) : NO_TABLE;
    }
    if (!w->is_over && !w->has_missed && set.has_any) {
        w->reason = TOLD_SET;
        act_set_do(w, &set);
    }
    w->set = outer;
}

/* What became of the frame that came in. */
static void account(struct way *w, size_t first_sent)
{
    struct model_port *in = &w->m->ports[w->from];
    struct outcome *o = w->o;
    enum drop_reason why;

    if (!w->does_anything || w->last_word != DROP_ACTION)
        way_failed(w, w->last_word);
    for (size_t i = first_sent; i < o->sent_count; i++)
        if (w->m->ports[o->sent[i].port].is_blocked)
            way_failed(w, DROP_TX_FULL);
    why = w->first_word == DROP_NONE ? DROP_ACTION : w->first_word;
    if (w->from == MODEL_NOWHERE)
        return;
    in->forwarded += w->is_sent;
    in->consumed += !w->is_sent && w->is_told;
    in->drops[why] += !w->is_sent && !w->is_told;
}

/* Frames to ports that take none get lost there; the others are counted. */
static void leave(struct model *m, struct outcome *o, size_t first_sent)
{
    size_t kept = first_sent;

    for (size_t i = first_sent; i < o->sent_count; i++) {
        struct model_port *to = &m->ports[o->sent[i].port];

        if (to->is_blocked) {
            to->tx_drops[DROP_TX_FULL]++;
            continue;
        }
        to->tx++;
        to->tx_bytes += o->sent[i].packet.size;
        if (kept != i)
            o->sent[kept] = o->sent[i];
        kept++;
    }
    o->sent_count = kept;
}

static struct way begin(struct model *m, const struct walk_options *options,
                        const struct packet *p, struct outcome *o)
{
    return (struct way){
        .m = m,
        .options = options,
        .o = o,
        .size = p->size,
        .p = *p,
        .cookie = UINT64_MAX,
        .last_word = DROP_ACTION,
    };
}

void walk_frame(struct model *m, const struct walk_options *options, int port,
                const struct packet *p, struct outcome *o)
{
    struct model_port *in = &m->ports[port];
    struct way w = begin(m, options, p, o);
    size_t first_sent = o->sent_count;

    in->rx++;
    in->rx_bytes += p->size;
    w.from = port;
    w.in_port = in->number;
    if (in->of_config & 1 << 2) {
        in->drops[DROP_PORT_NO_RECV]++;
        return;
    }
    if (!m->is_alone) {
        way_follow_tables(&w);
    } else if (!is_unwanted(&w)) {
        m->matched[0]++;
        way_step(&w, 1);
        way_switch(&w);
    }
    account(&w, first_sent);
    leave(m, o, first_sent);
}

void walk_actions(struct model *m, const struct walk_options *options,
                  uint32_t in_port, const struct packet *p,
                  const struct acts *acts, struct outcome *o)
{
    struct way w = begin(m, options, p, o);
    int port = model_find_port(m, in_port);
    size_t first_sent = o->sent_count;

    w.from = port < 0 ? MODEL_NOWHERE : port;
    w.in_port = in_port;
    w.reason = TOLD_PACKET_OUT;
    way_do_all(&w, acts);
    leave(m, o, first_sent);
}
