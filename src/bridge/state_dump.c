/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/state_dump.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "flow/mac_text.h"

enum { FIELDS_MAX = 24 };

/* A line of the log as it is put together. */
struct line {
    struct log_field fields[FIELDS_MAX];
    size_t count;
};

static void add(struct line *l, struct log_field field)
{
    assert(l->count < FIELDS_MAX);
    l->fields[l->count++] = field;
}

static void add_text(struct line *l, const char *key, const char *text)
{
    add(l, (struct log_field){.key = key, .text = text});
}

/* Those that a state dump has. */
static void add_gauges(struct line *l, enum gauge_id first, enum gauge_id last,
                       const struct gauge_subject *s)
{
    for (int i = first; i <= (int)last; i++) {
        const struct gauge *g = &gauges[i];
        struct log_field field = {.key = g->dump};

        if (!g->dump)
            continue;
        field.number = g->get(s);
        if (g->unit == GAUGE_BOOLEAN)
            field.text = field.number ? "yes" : "no";
        add(l, field);
    }
}

static void end(const struct line *l, const char *event)
{
    log_fields(LOG_INFO, event, l->fields, l->count);
}

static void write_switch(void *context, const struct gauge_subject *s)
{
    const struct bridge *b = s->source->bridge;
    const struct config *c = bridge_config(b);
    struct line l = {.count = 0};
    char id[17];

    (void)context;
    snprintf(id, sizeof(id), "%016" PRIx64, bridge_datapath_id(b));
    add_text(&l, "bridge", c->bridge.name);
    add_text(&l, "version", VERSION);
    add_gauges(&l, GAUGE_UPTIME, GAUGE_UPTIME, s);
    add_text(&l, "datapath_id", id);
    add_text(&l, "fail_mode", config_fail_mode_word(c->bridge.fail_mode));
    add_gauges(&l, GAUGE_WORKERS, GAUGE_BARRIERS_LATE, s);
    end(&l, "state.bridge");
}

static void write_drop(void *context, const struct gauge_subject *s)
{
    struct line l = {.count = 0};

    (void)context;
    add_text(&l, "port", s->labels[0]);
    add_text(&l, "reason", s->labels[1]);
    add_gauges(&l, GAUGE_DROPS, GAUGE_TX_DROPS, s);
    end(&l, "state.drop");
}

static void write_port(void *context, const struct gauge_subject *s)
{
    const struct bridge_port *p = s->port;
    const struct mac_text mac = mac_text(p->link.mac);
    struct line l = {.count = 0};

    add_text(&l, "port", s->labels[0]);
    add(&l, (struct log_field){.key = "ofport",
                               .number = port_no_shown(p->number)});
    add_text(&l, "type", config_port_type_word(p->config.type));
    add_text(&l, "link", bridge_port_link_word(p));
    add_text(&l, "mac", mac.text);
    add_gauges(&l, GAUGE_PORT_MTU, GAUGE_PORT_MTU, s);
    add_text(&l, "shield", bridge_port_shield_word(p));
    add_gauges(&l, GAUGE_PORT_RX_FRAMES, GAUGE_PORT_MISSED, s);
    end(&l, "state.port");
    gauge_each_drop(s, write_drop, context);
}

static void write_controller(void *context, const struct gauge_subject *s)
{
    const struct controller_status *c = &s->controller;
    char target[TARGET_TEXT_SIZE];
    struct line l = {.count = 0};

    (void)context;
    target_print(c->target, target);
    add_text(&l, "controller", s->labels[0]);
    add_text(&l, "target", target);
    add_text(&l, "state", c->state);
    add_text(&l, "role", controller_role_word(c));
    add_text(&l, "version", controller_version_word(c));
    add_gauges(&l, GAUGE_CONTROLLER_ACCEPTED, GAUGE_CONTROLLER_SINCE, s);
    add_text(&l, "last_error", c->last_error);
    end(&l, "state.controller");
}

void state_dump_write(const struct gauge_source *source)
{
    gauge_each(source, GAUGE_OF_SWITCH, write_switch, NULL);
    gauge_each(source, GAUGE_OF_PORT, write_port, NULL);
    gauge_each(source, GAUGE_OF_CONTROLLER, write_controller, NULL);
}
