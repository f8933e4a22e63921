#include "datapath/execute.h"

#include <linux/if_ether.h>

#include "datapath/normal.h"
#include "packet/edit.h"

/* A frame in its two forms, without the VLAN's tag (0) and with it (1); what it
 * did not come as is made when the first port wants it. */
struct forms {
    const struct frame *by_tag[2];
};

static void output(struct executor *x, struct execution *e,
                   const struct datapath_port *to)
{
    outbox_add(x->outbox, to, e->frame, e->index);
    e->is_shared = true;
}

static const struct frame *make_form(struct executor *x, const struct frame *f,
                                     const struct normal *n, bool wants_tag)
{
    struct frame *copy = outbox_copy(x->outbox, f);

    if (!copy)
        return NULL;
    if (n->has_tag)
        frame_pop_vlan(copy);
    if (wants_tag &&
        !frame_push_vlan(copy, ETH_P_8021Q, (uint16_t)(n->pcp << 13 | n->vlan)))
        return NULL;
    return copy;
}

static void output_tagged(struct executor *x, struct execution *e,
                          const struct datapath_port *to,
                          const struct normal *n, struct forms *forms)
{
    bool wants_tag = normal_wants_tag(to, n);

    if (!forms->by_tag[wants_tag])
        forms->by_tag[wants_tag] = make_form(x, e->frame, n, wants_tag);
    if (!forms->by_tag[wants_tag]) {
        outbox_dropped(x->outbox, e->index, DROP_LOOP);
        return;
    }
    outbox_add(x->outbox, to, forms->by_tag[wants_tag], e->index);
    e->is_shared |= forms->by_tag[wants_tag] == e->frame;
}

static void learn(struct executor *x, const struct datapath_port *from,
                  const struct normal *n)
{
    struct learn_event news = {n->source, n->vlan, from->index};
    struct learn_event *told;

    if (mac_is_multicast(n->source) ||
        mac_table_refresh(x->mac_table, n->source, n->vlan, from->index,
                          x->now_s))
        return;
    if (news.mac == x->last.mac && news.vlan == x->last.vlan &&
        news.port == x->last.port)
        return;
    told = spsc_reserve(x->learned);
    if (!told)
        return; /* Counted there; the next frame tries again. */
    *told = x->last = news;
    spsc_push(x->learned);
    x->has_news = true;
}

static void flood_vlan(struct executor *x, struct execution *e,
                       const struct normal *n, struct forms *forms)
{
    unsigned int end =
        atomic_load_explicit(&x->ports->end, memory_order_acquire);

    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *to = ports_at(x->ports, i);

        if (to && to->index != e->from->index && to->is_up &&
            !to->has_no_flood && normal_is_member(to, n->vlan))
            output_tagged(x, e, to, n, forms);
    }
}

/* Forwarding: SEMANTICS' order is in-port, VLAN, reserved, learn, look up. */
static void switch_frame(struct executor *x, struct execution *e)
{
    struct normal n;
    struct forms forms = {
        {NULL, NULL}
    };
    enum drop_reason reason =
        normal_classify(&n, e->from, e->frame, x->forwards_bpdu);
    const struct datapath_port *to;
    int port;

    if (reason != DROP_NONE) {
        outbox_dropped(x->outbox, e->index, reason);
        return;
    }
    if (n.has_vlan_tag)
        forms.by_tag[1] = e->frame;
    else if (!n.has_tag)
        forms.by_tag[0] = e->frame;
    learn(x, e->from, &n);
    if (mac_is_multicast(n.destination)) {
        flood_vlan(x, e, &n, &forms);
        return;
    }
    port = mac_table_find(x->mac_table, n.destination, n.vlan);
    to = port >= 0 ? ports_at(x->ports, (unsigned int)port) : NULL;
    if (!to) {
        flood_vlan(x, e, &n, &forms);
        return;
    }
    if (to->index == e->from->index)
        outbox_dropped(x->outbox, e->index, DROP_SAME_PORT);
    else if (!normal_is_member(to, n.vlan))
        outbox_dropped(x->outbox, e->index, DROP_VLAN);
    else
        output_tagged(x, e, to, &n, &forms);
}

/* FLOOD and ALL know no VLANs. */
static void flood(struct executor *x, struct execution *e, bool is_all)
{
    unsigned int end =
        atomic_load_explicit(&x->ports->end, memory_order_acquire);

    for (unsigned int i = 0; i < end; i++) {
        const struct datapath_port *to = ports_at(x->ports, i);

        if (to && to->index != e->from->index && to->is_up &&
            (is_all || !to->has_no_flood))
            output(x, e, to);
    }
}

static void output_to_index(struct executor *x, struct execution *e,
                            uint32_t index)
{
    const struct datapath_port *to = ports_at(x->ports, index);

    if (to)
        output(x, e, to);
    else
        outbox_dropped(x->outbox, e->index, DROP_PORT_DOWN);
}

/* False: the frame must go no further. */
static bool edit(struct executor *x, struct execution *e,
                 const struct flow_action *a)
{
    if (e->is_shared) {
        struct frame *copy = outbox_copy(x->outbox, e->frame);

        if (!copy) {
            outbox_dropped(x->outbox, e->index, DROP_LOOP);
            return false;
        }
        e->frame = copy;
        e->is_shared = false;
    }
    switch (edit_apply(e->frame, a)) {
    case EDIT_TTL_EXPIRED:
        outbox_dropped(x->outbox, e->index, DROP_TTL);
        return false;
    case EDIT_NO_ROOM:
        outbox_dropped(x->outbox, e->index, DROP_EDIT);
        return false;
    case EDIT_DONE:
    case EDIT_NOT_APPLICABLE:
        break;
    }
    return true;
}

void execute(struct executor *x, struct execution *e,
             const struct flow_action *cells, unsigned int cell_count)
{
    const struct flow_action *a = cells;

    for (; a < cells + cell_count; a = action_next(a))
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
        default:
            if (!edit(x, e, a))
                return;
        }
}
