/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/execute.h"

#include <linux/if_ether.h>
#include <string.h>

#include "datapath/pipeline.h"
#include "datapath/upcall.h"
#include "packet/edit.h"
#include "packet/header.h"

_Static_assert((int)EXECUTE_DEPTH == (int)PIPELINE_DEPTH, "copies in copies");

static void output(struct executor *x, struct execution *e,
                   const struct datapath_port *to)
{
    outbox_add(x->outbox, to, e->frame, e->index);
    e->is_shared = true;
}

/* A header taken out must not make a runt of the frame: IEEE 802.3 3.2.8. */
static void pad_after(struct frame *f, uint32_t size_before)
{
    if (size_before >= FRAME_MIN_SIZE && f->size < FRAME_MIN_SIZE)
        frame_pad(f);
}

/* Out of line, so that frames that leave as they came do not pay for it. */
__attribute__((noinline)) static const struct frame *
make_form(struct executor *x, const struct frame *f, const struct normal *n,
          enum output_tag tag)
{
    struct frame *copy = outbox_copy(x->outbox, f);

    if (!copy)
        return NULL;
    if (n->has_tag) {
        frame_pop_vlan(copy);
        pad_after(copy, f->size);
    }
    if (tag == OUTPUT_TAG_SET &&
        !frame_push_vlan(copy, ETH_P_8021Q, (uint16_t)(n->pcp << 13 | n->vlan)))
        return NULL;
    return copy;
}

static void output_tagged(struct executor *x, struct execution *e,
                          const struct output_port *port)
{
    const struct frame **f = &x->by_tag[port->tag];

    if (!*f)
        *f = make_form(x, e->frame, &x->outputs.frame,
                       (enum output_tag)port->tag);
    if (!*f) {
        outbox_dropped(x->outbox, e->index, DROP_LOOP);
        return;
    }
    outbox_add(x->outbox, port->to, *f, e->index);
    e->is_shared |= port->tag == OUTPUT_TAG_KEEP;
}

/* Sends the frame where normal.h has decided. */
static void output_list(struct executor *x, struct execution *e)
{
    const struct output_list *l = &x->outputs;

    if (l->reason != DROP_NONE) {
        outbox_dropped(x->outbox, e->index, l->reason);
        return;
    }
    x->by_tag[OUTPUT_TAG_KEEP] = e->frame;
    x->by_tag[OUTPUT_TAG_SET] = x->by_tag[OUTPUT_TAG_STRIP] = NULL;
    for (unsigned int i = 0; i < l->count; i++)
        if (l->ports[i].reason == DROP_NONE)
            output_tagged(x, e, &l->ports[i]);
}

void executor_begin(struct executor *x)
{
    /* A port or address that there cannot be. */
    x->last = x->refreshed = (struct learn_event){.port = PORTS_MAX};
    x->found.mac = UINT64_MAX;
}

static bool is_same(const struct learn_event *a, const struct learn_event *b)
{
    return a->mac == b->mac && a->vlan == b->vlan && a->port == b->port;
}

static void tell(struct executor *x, const struct learn_event *news)
{
    struct learn_event *told = spsc_reserve(x->learned);

    if (!told)
        return; /* Counted there; the next frame tries again. */
    *told = *news;
    x->has_news = true;
    spsc_push(x->learned);
}

/* True if the address is the host's own at another port.  The main thread is
 * told once a second. */
static bool is_taken_from_us(struct executor *x,
                             const struct datapath_port *from,
                             const struct learn_event *news, uint32_t now_s)
{
    const struct datapath_port *owner =
        normal_owner(x->tables.ports, news->mac, news->vlan);

    if (!owner || owner->index == from->index)
        return false;
    count(&from->link.counters[x->worker].rx_own_address, 1);
    if (x->told_own_s != now_s)
        tell(x, news);
    x->told_own_s = now_s;
    return true;
}

/* An address that has not been refreshed in this turn.  Out of line, as are
 * other steps, so that most frames do not pay for the guard of its stack. */
__attribute__((noinline)) static void
learn_or_refresh(struct executor *x, const struct datapath_port *from,
                 struct learn_event news)
{
    uint32_t now_s = (uint32_t)(x->now_us / 1000000);

    if (from->index >= PORTS_MAX || mac_is_multicast(news.mac))
        return;
    if (mac_table_refresh(x->tables.macs, news.mac, news.vlan, from->index,
                          now_s)) {
        x->refreshed = news;
        return;
    }
    if (is_same(&news, &x->last) || is_taken_from_us(x, from, &news, now_s))
        return;
    tell(x, &news);
    x->last = news;
}

static void learn(struct executor *x, const struct datapath_port *from,
                  const struct normal *n)
{
    struct learn_event news = {n->source, n->vlan, from->index};

    if (!is_same(&news, &x->refreshed))
        learn_or_refresh(x, from, news);
}

static void switch_frame(struct executor *x, struct execution *e)
{
    struct output_list *l = &x->outputs;

    normal_ports(l, &x->tables, &x->found, e->from, e->frame);
    if (l->refused == DROP_NONE)
        learn(x, e->from, &l->frame);
    output_list(x, e);
}

static void flood(struct executor *x, struct execution *e, bool is_all)
{
    normal_flood_ports(&x->outputs, x->tables.ports, e->from, is_all);
    output_list(x, e);
}

static void output_to_index(struct executor *x, struct execution *e,
                            uint32_t index)
{
    const struct datapath_port *to = ports_at(x->tables.ports, index);

    if (to)
        output(x, e, to);
    else
        outbox_dropped(x->outbox, e->index, DROP_PORT_DOWN);
}

/* A frame that waits in a queue must not be changed: a copy goes on.  False if
 * there are too many. */
static bool unshare_frame(struct executor *x, struct execution *e)
{
    struct frame *copy;

    if (!e->is_shared)
        return true;
    copy = outbox_copy(x->outbox, e->frame);
    if (!copy)
        return false;
    e->frame = copy;
    e->is_shared = false;
    return true;
}

static enum drop_reason set_queue(struct executor *x, struct execution *e,
                                  uint32_t queue)
{
    if (e->frame->queue == queue)
        return DROP_NONE;
    if (!unshare_frame(x, e))
        return DROP_LOOP;
    e->frame->queue = queue;
    return DROP_NONE;
}

enum drop_reason execute_edit(struct frame *f, const struct flow_action *a)
{
    uint32_t size = f->size;

    switch (edit_apply(f, a)) {
    case EDIT_TTL_EXPIRED:
        return DROP_TTL;
    case EDIT_NO_ROOM:
        return DROP_EDIT;
    case EDIT_DONE:
        pad_after(f, size);
        break;
    case EDIT_NOT_APPLICABLE:
        break;
    }
    return DROP_NONE;
}

static enum drop_reason edit(struct executor *x, struct execution *e,
                             const struct flow_action *a)
{
    return unshare_frame(x, e) ? execute_edit(e->frame, a) : DROP_LOOP;
}

__attribute__((noinline)) static void
send_to_controller(struct executor *x, struct execution *e,
                   const struct flow_action *a)
{
    const struct frame *f = e->frame;
    struct step_pipeline more;
    struct upcall *u = byte_ring_reserve(x->upcalls, sizeof(*u) + f->size);

    if (!u) {
        outbox_dropped(x->outbox, e->index, DROP_UPCALL_FULL);
        return;
    }
    memcpy(&more, a + 1, sizeof(more));
    memset(u, 0, sizeof(*u));
    memcpy(u->key.word, e->key->word, e->key_words * sizeof(u->key.word[0]));
    decision_take_words(a, &u->key);
    u->vnet = f->vnet;
    u->size = f->size;
    u->cookie = more.cookie;
    u->max_len = a->max_len;
    u->reason = more.reason;
    u->table = more.table;
    u->addressee = UPCALL_CONTROLLER;
    memcpy(upcall_bytes(u), f->data, f->size);
    byte_ring_push(x->upcalls);
    x->has_news = true;
    outbox_consumed(x->outbox, e->index);
}

/* Raises the drop precedence of an assured-forwarding DSCP, RFC 2597, as it is
 * by now. */
__attribute__((noinline)) static enum drop_reason
remark(struct executor *x, struct execution *e, uint8_t levels)
{
    union action_operand value = {.bytes = {0}}, mask = {.bytes = {0x3f}};
    struct flow_action cells[3] = {
        {.type = ACTION_SET_FIELD, .extra = 2, .field = FIELD_IP_DSCP}};
    uint8_t dscp = header_ip_dscp(e->frame);
    unsigned int class = dscp >> 3, precedence = (dscp >> 1 & 3) + levels;

    if (!class || class > 4 || !(dscp >> 1 & 3) || dscp & 1)
        return DROP_NONE;
    value.bytes[0] =
        (uint8_t)(class << 3 | (precedence > 3 ? 3 : precedence) << 1);
    cells[1] = value.cell;
    cells[2] = mask.cell;
    return edit(x, e, cells);
}

__attribute__((noinline)) static enum drop_reason
measure(struct executor *x, struct execution *e, uint32_t id)
{
    struct meter *m = meter_table_find(x->meters, id);
    uint8_t levels;

    if (!m)
        return DROP_NONE;
    switch (meter_pass(m, e->frame->size, x->now_us, &levels)) {
    case METER_DROP:
        return DROP_METER;
    case METER_REMARK:
        return remark(x, e, levels);
    case METER_PASS:
        break;
    }
    return DROP_NONE;
}

/* One step that is neither the beginning nor the end of a copy's. */
static enum drop_reason do_step(struct executor *x, struct execution *e,
                                const struct flow_action *a)
{
    switch (a->type) {
    case STEP_PORT:
        output_to_index(x, e, a->port);
        break;
    case STEP_NORMAL:
        switch_frame(x, e);
        break;
    case STEP_FLOOD:
        flood(x, e, false);
        break;
    case STEP_ALL:
        flood(x, e, true);
        break;
    case STEP_CONTROLLER:
        send_to_controller(x, e, a);
        break;
    case STEP_METER:
        return measure(x, e, a->meter);
    case STEP_QUEUE:
        return set_queue(x, e, a->queue);
    case STEP_LOOK_AGAIN:
        x->again = a;
        break;
    default:
        return edit(x, e, a);
    }
    return DROP_NONE;
}

const struct flow_action *execute_copy_end(const struct flow_action *a,
                                           const struct flow_action *end)
{
    unsigned int depth = 0;

    for (; a < end; a = action_next(a)) {
        if (a->type == STEP_CLONE)
            depth++;
        if (a->type == STEP_CLONE_END && !depth--)
            return a;
    }
    return end;
}

void execute(struct executor *x, struct execution *e,
             const struct flow_action *cells, unsigned int cell_count)
{
    const struct flow_action *end = cells + cell_count, *a = cells;
    unsigned int depth = 0;

    while (a < end) {
        enum drop_reason reason = DROP_NONE;

        if (a->type == STEP_CLONE && depth < EXECUTE_DEPTH) {
            x->originals[depth++] = e->frame;
            e->is_shared = true;
        } else if (a->type == STEP_CLONE_END && depth) {
            e->frame = x->originals[--depth];
            e->is_shared = true; /* The copy may have sent it as it was. */
        } else {
            reason = do_step(x, e, a);
        }
        if (reason == DROP_NONE) {
            a = action_next(a);
            continue;
        }
        outbox_dropped(x->outbox, e->index, reason);
        a = execute_copy_end(action_next(a),
                             end); /* Only the copy ends here. */
    }
}
