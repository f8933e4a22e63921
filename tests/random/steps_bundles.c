/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundles: a controller collects changes, while the tables go on changing, and
 * has them done all together or not at all.
 */
#include "tests/random/changes.h"
#include "tests/random/draw.h"
#include "tests/random/steps.h"

enum { IDLE_MS = 60000, TRIALS = 5 };

/* One that is too old is dropped when its controller next speaks of any. */
static void drop_idle(struct world *w, struct control *c)
{
    for (int i = 0; i < WORLD_BUNDLES; i++)
        if (model_now_ms(&w->model) - c->bundles[i].used_ms > IDLE_MS)
            c->bundles[i].is_open = false;
}

static void begin(struct world *w, struct world_bundle *b, uint16_t flags)
{
    *b = (struct world_bundle){
        .is_open = true, .flags = flags, .used_ms = model_now_ms(&w->model)};
}

/* The controller's last message; what it should have been answered. */
static void deliver(struct world *w, int at, const struct wire *wire,
                    bool is_refused)
{
    struct control *c = &w->controls[at];

    c->owed.bundles += !is_refused;
    steps_deliver(w, at, wire, is_refused);
}

/* What comes of a bundle. */
enum end {
    END_DONE,
    END_REFUSED,
    END_UNFIT, /* the model could not say what it does */
};

static struct held *held_as(struct world *w, uint32_t id)
{
    for (int i = 0; i < WORLD_BUFFERS; i++)
        if (w->held[i].is_known && w->held[i].id == id)
            return &w->held[i];
    return NULL;
}

/* A frame that is held is handed out once. */
static enum end find_held(struct world *w, const struct world_bundle *b,
                          size_t until)
{
    uint32_t id = b->changes[until].mod.buffer;
    struct held *h = held_as(w, id);

    if (!h || (!h->is_used && !world_is_held(w, h)))
        return END_UNFIT;
    for (size_t i = 0; i < until; i++)
        if (b->changes[i].kind == CHANGE_RULE && b->changes[i].mod.buffer == id)
            return END_REFUSED;
    return h->is_used ? END_REFUSED : END_DONE;
}

static enum end try_rule(struct world *w, const struct model *m,
                         const struct world_bundle *b, size_t at)
{
    const struct rule_mod *mod = &b->changes[at].mod;

    if (!rules_have_room(m))
        return END_UNFIT;
    if (mod->command == MOD_ADD && !(mod->flags & RULE_CHECK_OVERLAP) &&
        rules_has_rival(m, mod))
        return END_UNFIT;
    return mod->buffer == WIRE_NO_BUFFER ? END_DONE : find_held(w, b, at);
}

/* On a copy of the model. */
static enum end try_all(struct world *w, const struct world_bundle *b)
{
    static const struct rule_ear deaf;
    static struct model copy;

    copy = w->model;
    for (size_t i = 0; i < b->count; i++) {
        const struct change *c = &b->changes[i];
        enum end end =
            c->kind == CHANGE_RULE ? try_rule(w, &copy, b, i) : END_DONE;

        if (end == END_UNFIT)
            return end;
        if (end == END_REFUSED || !change_apply(&copy, c, &deaf))
            return END_REFUSED;
    }
    return END_DONE;
}

static void do_all(struct world *w, const struct world_bundle *b)
{
    struct rule_ear ear = world_ear(w);

    for (size_t i = 0; i < b->count; i++)
        if (!change_apply(&w->model, &b->changes[i], &ear))
            world_fail(w, "the model does not do what it has tried");
}

/* Frames that changes name go their way when all changes are made. */
static void send_all(struct world *w, const struct world_bundle *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->changes[i].kind == CHANGE_RULE &&
            b->changes[i].mod.buffer != WIRE_NO_BUFFER)
            steps_send_held(w, &b->changes[i].mod,
                            held_as(w, b->changes[i].mod.buffer));
}

/* It is gone then, whatever came of it. */
static void commit(struct world *w, int at, uint32_t id, uint16_t flags)
{
    struct control *c = &w->controls[at];
    struct world_bundle *b = &c->bundles[id];
    bool is_refused =
        c->role == ROLE_IS_SLAVE || !b->is_open || b->flags != flags;
    uint16_t type;
    struct wire wire;
    enum end end;

    world_accept(w, at);
    end = is_refused ? END_REFUSED : try_all(w, b);
    type = end == END_UNFIT ? WIRE_BUNDLE_DISCARD : WIRE_BUNDLE_COMMIT;
    for (size_t i = 0; i < b->count && b->is_open; i++)
        change_say(w, &b->changes[i], "; in the bundle");
    world_say(w, "controller %d %s bundle %u%s", at,
              end == END_UNFIT ? "discards" : "commits", id,
              end == END_REFUSED ? ", to be refused" : "");
    wire_bundle_control(&wire, c->version, id, type, flags);
    /* Of what was wrong in it the controller is told besides. */
    c->owed.errors += !is_refused && end == END_REFUSED;
    if (end == END_DONE)
        do_all(w, b);
    if (c->role != ROLE_IS_SLAVE)
        b->is_open = false;
    deliver(w, at, &wire, end == END_REFUSED);
    if (end == END_DONE)
        send_all(w, b);
}

/* Opens it, closes it, throws it away. */
static void control(struct world *w, int at, uint32_t id, uint16_t type)
{
    struct control *c = &w->controls[at];
    struct world_bundle *b = &c->bundles[id];
    bool is_new = type == WIRE_BUNDLE_OPEN;
    uint16_t flags = is_new ? (uint16_t)dice_below(&w->dice, 4) : b->flags;
    bool is_refused = c->role == ROLE_IS_SLAVE || b->is_open == is_new;
    struct wire wire;

    world_accept(w, at);
    if (type == WIRE_BUNDLE_CLOSE)
        is_refused = is_refused || b->is_closed;
    wire_bundle_control(&wire, c->version, id, type, flags);
    world_say(w, "controller %d: bundle %u, request %u%s", at, id, type,
              is_refused ? ", to be refused" : "");
    if (b->is_open && c->role != ROLE_IS_SLAVE)
        b->used_ms = model_now_ms(&w->model);
    if (!is_refused && is_new)
        begin(w, b, flags);
    if (!is_refused && type == WIRE_BUNDLE_CLOSE)
        b->is_closed = true;
    if (!is_refused && type == WIRE_BUNDLE_DISCARD)
        b->is_open = false;
    deliver(w, at, &wire, is_refused);
}

/* Whether it could be done now, after what the bundle has. */
static bool is_good(const struct world *w, const struct world_bundle *b,
                    const struct change *c)
{
    static const struct rule_ear deaf;
    static struct model copy;

    copy = w->model;
    for (size_t i = 0; i < b->count; i++)
        change_apply(&copy, &b->changes[i], &deaf);
    return change_apply(&copy, c, &deaf);
}

/* Often a rule is to take the place of those that the change before it has
 * deleted, and no others may be there. */
static void draw_rule(struct world *w, const struct world_bundle *b,
                      uint8_t version, struct change *c)
{
    const struct rule_mod *before =
        b->count ? &b->changes[b->count - 1].mod : NULL;
    const struct held *h = &w->held[dice_below(&w->dice, WORLD_BUFFERS)];
    struct rule_mod *mod = &c->mod;

    change_draw_rule(w, version, c);
    if (before && b->changes[b->count - 1].kind == CHANGE_RULE &&
        before->command >= MOD_DELETE && dice_percent(&w->dice, 60)) {
        mod->command = MOD_ADD;
        mod->flags |= RULE_CHECK_OVERLAP;
        mod->table = before->table % MODEL_TABLES;
        mod->priority = before->priority;
        mod->match = before->match;
        mod->program = draw_program(&w->dice, version, mod->table, &mod->match);
    }
    if (h->is_known && mod->command < MOD_DELETE && !mod->program.has_write &&
        dice_percent(&w->dice, 30))
        mod->buffer = h->id;
}

static bool draw_any(struct world *w, const struct world_bundle *b,
                     uint8_t version, struct change *c)
{
    uint32_t kind = dice_below(&w->dice, 10);

    if (kind == 0)
        return change_draw_port(w, version, c) &&
               w->model.ports[model_find_port(&w->model, c->port.number)]
                   .is_there;
    if (kind < 3)
        change_draw_group(w, version, c);
    else
        draw_rule(w, b, version, c);
    return true;
}

/* Mostly a good one: of several one that is not is easily had. */
static bool draw_change(struct world *w, const struct world_bundle *b,
                        uint8_t version, struct change *c)
{
    bool is_to_be_good = dice_percent(&w->dice, 85);

    for (int i = 0; i < TRIALS; i++)
        if (draw_any(w, b, version, c) && (!is_to_be_good || is_good(w, b, c)))
            return true;
    return false;
}

/* What may not be in a bundle, or not so. */
static void lie(struct world *w, uint8_t version, struct wire *message)
{
    struct change meter;

    switch (dice_below(&w->dice, 4)) {
    case 0: /* a meter */
        change_draw_meter(w, version, &meter);
        change_write(&meter, message);
        break;
    case 1: /* of another xid */
        message->bytes[7]++;
        break;
    case 2: /* longer than there is */
        message->bytes[2]++;
        break;
    default: /* of another version */
        message->bytes[0] ^= 1;
        break;
    }
}

static void add(struct world *w, int at, uint32_t id)
{
    struct control *c = &w->controls[at];
    struct world_bundle *b = &c->bundles[id];
    bool is_lie = dice_percent(&w->dice, 4), is_refused;
    uint16_t flags = b->is_open ? b->flags : 1;
    struct wire message, wire;
    struct change change;

    if (!b->is_open)
        b->count = 0;
    if ((b->is_open && b->count == WORLD_BUNDLED_MAX) ||
        !draw_change(w, b, c->version, &change))
        return;
    if (dice_percent(&w->dice, 2))
        flags ^= 1;
    world_accept(w, at);
    change_write(&change, &message);
    if (is_lie)
        lie(w, c->version, &message);
    wire_bundle_add(&wire, c->version, id, flags, &message);
    is_refused = is_lie || c->role == ROLE_IS_SLAVE ||
                 (b->is_open && (b->is_closed || b->flags != flags));
    change_say(w, &change, is_refused ? "; no bundle takes it" : "; bundled");
    if (!is_refused && !b->is_open)
        begin(w, b, flags);
    if (!is_refused) {
        b->changes[b->count++] = change;
        b->used_ms = model_now_ms(&w->model);
    }
    steps_deliver(w, at, &wire, is_refused);
}

static void finish(struct world *w, int at, uint32_t id)
{
    const struct world_bundle *b = &w->controls[at].bundles[id];

    commit(w, at, id, dice_percent(&w->dice, 3) ? b->flags ^ 1 : b->flags);
}

void step_bundle(struct world *w)
{
    uint32_t id = dice_below(&w->dice, WORLD_BUNDLES);
    uint32_t what = dice_below(&w->dice, 100);
    int at = world_speaker(w);
    bool is_open;

    if (at < 0 || w->controls[at].version == WIRE_10)
        return;
    if (w->controls[at].role != ROLE_IS_SLAVE)
        drop_idle(w, &w->controls[at]);
    is_open = w->controls[at].bundles[id].is_open;
    if (what < 90 && is_open && what % 3 == 0)
        finish(w, at, id);
    else if (what < 90)
        for (uint32_t i = 1 + dice_below(&w->dice, 3); i > 0; i--)
            add(w, at, id);
    else if (what < 91)
        finish(w, at, id);
    else if (what < 93)
        control(w, at, id, WIRE_BUNDLE_CLOSE);
    else if (what < 94)
        control(w, at, id, WIRE_BUNDLE_DISCARD);
    else
        control(w, at, id, WIRE_BUNDLE_OPEN);
}
