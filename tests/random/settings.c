/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration of a world: drawn, written, changed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/random/world.h"

static void draw_port(struct dice *d, struct model_port *p, int i)
{
    static const uint16_t vlans[] = {10, 20, 30};

    p->is_configured = dice_percent(d, 85);
    p->number = (uint32_t)i + (dice_percent(d, 85) ? 1 : 11);
    p->mode = dice_percent(d, 50)   ? MODE_ALL
              : dice_percent(d, 60) ? MODE_ACCESS
                                    : MODE_TRUNK;
    p->access = p->native = p->trunks[0] = p->trunks[1] = 0;
    if (p->mode == MODE_ACCESS)
        p->access = vlans[dice_below(d, 3)];
    if (p->mode == MODE_TRUNK) {
        p->trunks[0] = 10;
        p->trunks[1] = 20;
        p->native = dice_percent(d, 60) ? 30 : 0;
    }
}

static void draw_control(struct dice *d, struct control *c)
{
    static const unsigned int probes[] = {5, 5, 3, 0};

    c->is_configured = dice_percent(d, 75);
    c->probe_s = probes[dice_below(d, 4)];
    c->max_backoff_s = 1 + dice_below(d, 8);
}

void world_draw_settings(struct dice *d, struct world *w)
{
    static const unsigned int agings[] = {10, 30, 300};
    struct settings *s = &w->settings;

    s->is_secure = dice_percent(d, 50);
    s->has_local = dice_percent(d, 60);
    s->aging_s = agings[dice_below(d, 3)];
    w->model.mac_limit = dice_percent(d, 40)   ? MODEL_MACS_MAX
                         : dice_percent(d, 50) ? MODEL_MACS_MAX / 2
                                               : MODEL_MACS_FEW;
    w->model.forwards_bpdu = dice_percent(d, 30);
    for (int i = 0; i < MODEL_LOCAL; i++)
        draw_port(d, &w->model.ports[i], i);
    w->model.ports[MODEL_LOCAL].is_configured = s->has_local;
    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        draw_control(d, &w->controls[i]);
}

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void print(struct text *t,
                                                        const char *format, ...)
{
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(t->at, t->left, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= t->left)
        abort();
    t->at += size;
    t->left -= (size_t)size;
}

static void print_port(struct text *t, const struct model_port *p)
{
    print(t, "[port %s]\nofport = %u\n", p->name, p->number);
    if (p->mode == MODE_ACCESS)
        print(t, "vlan = %u\n", p->access);
    if (p->mode == MODE_TRUNK)
        print(t, "trunks = %u,%u%s\n", p->trunks[0], p->trunks[1],
              p->native ? ",30" : "");
    if (p->native)
        print(t, "native = %u\n", p->native);
}

void world_print_settings(const struct world *w, char *text, size_t size)
{
    const struct settings *s = &w->settings;
    struct text t = {text, size};

    print(&t,
          "[bridge]\nfail-mode = %s\nmac-aging = %u\nmac-table-size = %zu\n"
          "forward-bpdu = %s\n[local]\nenable = %s\n%s",
          s->is_secure ? "secure" : "standalone", s->aging_s,
          w->model.mac_limit, w->model.forwards_bpdu ? "yes" : "no",
          s->has_local ? "yes" : "no",
          s->has_local ? "mac = " MODEL_LOCAL_MAC_TEXT "\n" : "");
    print(&t,
          "[openflow]\nversions = 1.0, 1.3, 1.4, 1.5\ntables = %d\n"
          "buffers = %u\n[datapath]\nworkers = %u\nflow-cache = %u\n",
          MODEL_TABLES, s->buffers, s->workers, s->cache);
    for (int i = 0; i < MODEL_LOCAL; i++)
        if (w->model.ports[i].is_configured)
            print_port(&t, &w->model.ports[i]);
    for (int i = 0; i < WORLD_CONTROLLERS; i++)
        if (w->controls[i].is_configured)
            print(&t,
                  "[controller c%d]\ntarget = tcp:127.0.0.1:%d\n"
                  "connection-mode = out-of-band\npacket-in-rate = 0\n"
                  "inactivity-probe = %u\nmax-backoff = %u\n",
                  i, 6653 + i, w->controls[i].probe_s,
                  w->controls[i].max_backoff_s);
}

/* A port that is new to the bridge. */
static void begin_port(struct model_port *p)
{
    p->of_config = 0;
    p->rx = p->rx_bytes = p->tx = p->tx_bytes = 0;
    p->forwarded = p->consumed = 0;
    memset(p->drops, 0, sizeof(p->drops));
    memset(p->tx_drops, 0, sizeof(p->tx_drops));
}

/* The difference of a port's old settings and its new ones. */
static void follow_port(struct world *w, int i, const struct model_port *old)
{
    struct model_port *p = &w->model.ports[i];
    bool is_same =
        old->is_configured == p->is_configured && old->number == p->number;

    if (!is_same) {
        begin_port(p);
        walk_forget_port(&w->model, i);
        /* What a controller set down is the host's again, and up. */
        if (old->is_configured && p->is_set_down)
            p->has_link = true;
        p->is_set_down = false;
    } else if (old->mode != p->mode || old->access != p->access ||
               old->native != p->native) {
        walk_forget_port(&w->model, i);
    }
    if (i == MODEL_LOCAL && p->is_configured != old->is_configured) {
        p->is_there = p->has_link = p->is_configured;
        walk_claim_local(&w->model);
    }
}

/* A few things change, most stay. */
static void draw_changes(struct world *w)
{
    struct dice *d = &w->dice;
    struct settings *s = &w->settings;
    int port = (int)dice_below(d, MODEL_LOCAL);
    int control = (int)dice_below(d, WORLD_CONTROLLERS);
    bool is_left_alone = dice_percent(d, 10);

    if (dice_percent(d, 60))
        draw_port(d, &w->model.ports[port], port);
    if (dice_percent(d, 30))
        s->is_secure = !s->is_secure;
    if (dice_percent(d, 20))
        w->model.forwards_bpdu = !w->model.forwards_bpdu;
    if (dice_percent(d, 20))
        s->has_local = !s->has_local;
    if (dice_percent(d, 20))
        s->aging_s = s->aging_s == 10 ? 300 : 10;
    if (dice_percent(d, 20) && w->model.mac_limit != MODEL_MACS_FEW)
        w->model.mac_limit = MODEL_MACS_MAX * 3 / 2 - w->model.mac_limit;
    if (dice_percent(d, 40))
        draw_control(d, &w->controls[control]);
    for (int i = 0; i < WORLD_CONTROLLERS && is_left_alone; i++)
        w->controls[i].is_configured = false;
    w->model.ports[MODEL_LOCAL].is_configured = s->has_local;
}

static void reload_badly(struct world *w)
{
    static const char *const faults[] = {
        "[bridge]\ncolour = blue\n",
        "[port p1]\nofport = 7\n[port p2]\nofport = 7\n",
        "[port p1]\nvlan = 5000\n",
        "[controller c0]\ntarget = carrier-pigeon:roof\n",
        "no section = yes\n",
    };
    const char *fault = faults[dice_below(&w->dice, 5)];

    world_say(w, "reload with a fault: %.20s", fault);
    if (sim_reload(w->sim, fault))
        world_fail(w, "a faulty configuration was taken");
    world_run(w);
}

void world_reload(struct world *w)
{
    struct model_port old[MODEL_PORTS];
    struct control before[WORLD_CONTROLLERS];
    char text[4096];

    if (dice_percent(&w->dice, 20)) {
        reload_badly(w);
        return;
    }
    memcpy(old, w->model.ports, sizeof(old));
    memcpy(before, w->controls, sizeof(before));
    draw_changes(w);
    world_print_settings(w, text, sizeof(text));
    world_say(w, "reload:\n%s", text);
    if (!sim_reload(w->sim, text))
        world_fail(w, "the configuration was not taken:\n%s", text);
    for (int i = 0; i < MODEL_PORTS; i++)
        follow_port(w, i, &old[i]);
    for (int i = 0; i < WORLD_CONTROLLERS; i++) {
        struct control *c = &w->controls[i];

        if (c->is_configured && !before[i].is_configured)
            world_begin_control(w, c);
        if (c->max_backoff_s != before[i].max_backoff_s)
            c->waiting_ms = model_now_ms(&w->model);
    }
    world_run(w);
}
