/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/draw.h"
#include "tests/random/steps.h"
#include "tests/random/tell.h"

enum { BATCH_MAX = 4 };

static void say_packet(const struct world *w, const char *what, uint32_t where,
                       const struct packet *p)
{
    uint64_t f[MF_COUNT];
    char more[TELL_SIZE];

    if (!w->is_told_of)
        return;
    packet_fields(p, f);
    world_say(w, "%s %x: tags=%u piece=%d ttl=%u size=%u %s", what, where,
              p->tag_count, p->piece, p->ttl, p->size, tell_fields(f, more));
}

void steps_end_frames(struct world *w)
{
    struct walk_options options = world_options(w);

    walk_learn(&w->model, &options, &w->outcome);
    world_owe_packet_ins(w);
}

static bool has_select(const struct model *m)
{
    for (int i = 1; i <= MODEL_GROUPS; i++)
        if (m->groups[i].is_there && m->groups[i].kind == KIND_SELECT)
            return true;
    return false;
}

/* A port where frames can come from, or -1. */
static int draw_source(struct world *w)
{
    int start = (int)dice_below(&w->dice, MODEL_PORTS);

    for (int i = 0; i < MODEL_PORTS; i++) {
        int at = (start + i) % MODEL_PORTS;
        const struct model_port *p = &w->model.ports[at];

        if (p->is_configured && p->is_there && p->has_link)
            return at;
    }
    return -1;
}

static bool can_come(const struct world *w, const struct packet *p, int port)
{
    const struct model_port *in = &w->model.ports[port];

    return p->size && in->is_configured && in->is_there && in->has_link;
}

/* One that has come not long ago may come again, so that what the switch keeps
 * of it is used. */
static struct packet draw_frame(struct world *w, int *port)
{
    uint32_t at = dice_below(&w->dice, WORLD_RECENT);
    struct packet packet = draw_packet(&w->dice);

    if (w->is_to_repeat && can_come(w, &w->last, w->last_port)) {
        *port = w->last_port;
        w->last.number = packet.number;
        return w->last;
    }
    if (dice_percent(&w->dice, 60) &&
        can_come(w, &w->recent[at], w->recent_port[at])) {
        *port = w->recent_port[at];
        return draw_like(&w->dice, &w->recent[at]);
    }
    w->recent[at] = packet;
    w->recent_port[at] = *port;
    return packet;
}

static void receive(struct world *w, int port, const struct packet *p)
{
    bool can_be_unchecked = (p->type == TYPE_IPV4 || p->type == TYPE_IPV6) &&
                            p->piece == PIECE_ALL &&
                            (p->proto == PROTO_TCP || p->proto == PROTO_UDP);
    const char *name = w->model.ports[port].name;
    struct virtio_net_hdr vnet = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM};
    uint8_t bytes[PACKET_BYTES_MAX];
    struct packet_check check;

    if (!can_be_unchecked || dice_percent(&w->dice, 70)) {
        sim_receive(w->sim, name, bytes, packet_write(p, bytes));
        return;
    }
    packet_write_unchecked(p, bytes, &check);
    vnet.csum_start = check.start;
    vnet.csum_offset = check.offset;
    sim_receive_vnet(w->sim, name, bytes, p->size, &vnet);
}

/* Which of some buckets was counted for could not be told for several frames.
 */
void step_frames(struct world *w)
{
    struct walk_options options = world_options(w);
    struct packet packets[BATCH_MAX];
    uint32_t count = 1;
    int port = draw_source(w);

    if (port < 0) {
        step_tick(w);
        return;
    }
    /* A flow may move, too, as it does when a port is made anew. */
    sim_set_receiver(w->sim, w->model.ports[port].name,
                     dice_below(&w->dice, w->settings.workers));
    if (!has_select(&w->model) && dice_percent(&w->dice, 30))
        count += dice_below(&w->dice, BATCH_MAX);
    for (uint32_t i = 0; i < count; i++) {
        packets[i] =
            i ? draw_like(&w->dice, &packets[i - 1]) : draw_frame(w, &port);
        say_packet(w, "frame at port", w->model.ports[port].number,
                   &packets[i]);
        receive(w, port, &packets[i]);
    }
    w->last = packets[0];
    w->last_port = port;
    world_run(w);
    for (uint32_t i = 0; i < count; i++)
        walk_frame(&w->model, &options, port, &packets[i], &w->outcome);
    steps_end_frames(w);
}

static struct held *draw_held(struct world *w)
{
    struct held *h = &w->held[dice_below(&w->dice, WORLD_BUFFERS)];

    return world_is_held(w, h) ? h : NULL;
}

static bool can_be_done(const struct model *m, const struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++)
        if (acts->list[i].kind == ACT_GROUP &&
            !m->groups[acts->list[i].arg].is_there)
            return false;
    return true;
}

void step_packet_out(struct world *w)
{
    int at = world_speaker(w), source = draw_source(w);
    struct walk_options options = world_options(w);
    struct held *held = draw_held(w);
    struct packet packet = draw_packet(&w->dice);
    uint8_t bytes[PACKET_BYTES_MAX];
    struct packet_out out = {.buffer = WIRE_NO_BUFFER,
                             .in_port = OUT_CONTROLLER};
    char text[TELL_SIZE];
    struct acts acts;
    struct wire wire;
    bool is_refused;

    if (at < 0)
        return;
    out.version = w->controls[at].version;
    if (source >= 0 && dice_percent(&w->dice, 50))
        out.in_port = w->model.ports[source].number;
    if (held && dice_percent(&w->dice, 50)) {
        packet = held->packet;
        out.buffer = held->id;
        out.in_port = held->in_port;
    } else {
        held = NULL;
        out.data = bytes;
        out.size = packet_write(&packet, bytes);
    }
    acts = draw_packet_out(&w->dice, out.version, &packet);
    out.acts = &acts;
    say_packet(w, "packet-out as from", out.in_port, &packet);
    world_say(w, "with %s", tell_acts(&acts, text));
    wire_packet_out(&wire, &out);
    world_accept(w, at);
    is_refused =
        w->controls[at].role == ROLE_IS_SLAVE || !can_be_done(&w->model, &acts);
    w->controls[at].owed.errors += is_refused;
    peer_send(sim_peer(w->sim, (size_t)at), wire.bytes, wire.size);
    world_run(w);
    if (is_refused)
        return;
    if (held)
        held->is_used = true;
    walk_actions(&w->model, &options, out.in_port, &packet, &acts, &w->outcome);
    steps_end_frames(w);
}
