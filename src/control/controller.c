/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/controller.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/controller_log.h"

enum state { BACKOFF, CONNECTING, HELLO, ACTIVE, IDLE, STATE_COUNT };

enum event {
    TIMER,   /* the state's time is up */
    OPENED,  /* the stream can be written to */
    GREETED, /* both have said HELLO */
    HEARD,   /* any message */
    LOST,    /* the stream is over */
    EVENT_COUNT
};

struct controller {
    struct session session;
    struct session_owner owner; /* of the session: the functions below */
    struct controller_options options;
    const struct controller_world *world;
    enum state state;
    int64_t since_ms;    /* when the word of the state began */
    int64_t deadline_ms; /* of the state; 0: none */
    int64_t accepted_ms;
    bool was_accepted;      /* in the connection that is there, or was last */
    unsigned int backoff_s; /* after the next failure */
    char error[STREAM_ERROR_SIZE];
    struct controller_log log;
};

/* Shown and logged; HELLO is a part of connecting. */
static const char *const state_words[STATE_COUNT] = {
    [BACKOFF] = "backoff",  [CONNECTING] = "connecting",
    [HELLO] = "connecting", [ACTIVE] = "ready",
    [IDLE] = "idle",
};

/* What is done in a transition; each sets the deadline of the next state.
 * False: that could not be done, the stream is lost. */

static void set_deadline(struct controller *c, int64_t now_ms, int64_t wait_ms)
{
    c->deadline_ms = wait_ms ? now_ms + wait_ms : 0;
}

static void set_probe_deadline(struct controller *c, int64_t now_ms)
{
    set_deadline(c, now_ms, (int64_t)c->options.inactivity_probe_s * 1000);
}

static bool attempt(struct controller *c, int64_t now_ms)
{
    struct connection *connection = &c->session.connection;
    struct stream *stream;

    /* As long as the wait was, and at least a second. */
    set_deadline(c, now_ms, (int64_t)c->backoff_s * 1000);
    c->was_accepted = false;
    stream = c->world->network.connect(c->world->network.context,
                                       &c->options.target, c->error);
    if (!stream)
        return false;
    connection->name = c->options.name;
    connection->is_service = false;
    connection->packet_in_limit =
        token_buckets_of(c->options.packet_in_rate, c->options.packet_in_burst);
    session_begin(&c->session, &c->world->session, &c->owner, stream,
                  c->options.versions);
    return true;
}

/* The attempt goes on. */
static bool await_hello(struct controller *c, int64_t now_ms)
{
    set_deadline(c, now_ms, (int64_t)c->backoff_s * 1000);
    return true;
}

static bool begin_to_listen(struct controller *c, int64_t now_ms)
{
    c->error[0] = '\0';
    set_probe_deadline(c, now_ms);
    return true;
}

static bool go_on_listening(struct controller *c, int64_t now_ms)
{
    if (c->was_accepted)
        c->accepted_ms = now_ms;
    set_probe_deadline(c, now_ms);
    return true;
}

static bool probe(struct controller *c, int64_t now_ms)
{
    set_probe_deadline(c, now_ms);
    if (session_probe(&c->session))
        return true;
    snprintf(c->error, sizeof(c->error), "%s", "does not read");
    return false;
}

/* The next wait is twice as long, up to the longest. */
static bool wait_longer(struct controller *c, int64_t now_ms)
{
    session_end(&c->session);
    set_deadline(c, now_ms, (int64_t)c->backoff_s * 1000);
    c->backoff_s *= 2;
    if (c->backoff_s > c->options.max_backoff_s)
        c->backoff_s = c->options.max_backoff_s;
    return true;
}

static bool give_up_attempt(struct controller *c, int64_t now_ms)
{
    snprintf(c->error, sizeof(c->error), "%s",
             c->state == HELLO ? "no HELLO was received" : "timed out");
    return wait_longer(c, now_ms);
}

/* One that worked is tried again soon; one that sends us away at once is not to
 * be tried faster than one that cannot be reached. */
static bool try_again(struct controller *c, int64_t now_ms)
{
    bool has_worked =
        c->was_accepted ||
        now_ms - c->since_ms >= (int64_t)c->options.max_backoff_s * 1000;

    if (!has_worked)
        return wait_longer(c, now_ms);
    session_end(&c->session);
    c->backoff_s = 1;
    set_deadline(c, now_ms, CONTROLLER_RETRY_MS);
    return true;
}

static bool give_up_silent(struct controller *c, int64_t now_ms)
{
    snprintf(c->error, sizeof(c->error), "was silent for %u s",
             2 * c->options.inactivity_probe_s);
    return try_again(c, now_ms);
}

/* A row with no function: nothing happens. */
static const struct transition {
    bool (*act)(struct controller *c, int64_t now_ms);
    enum state next;
} transitions[STATE_COUNT][EVENT_COUNT] = {
    [BACKOFF] = {[TIMER] = {attempt, CONNECTING}},
    [CONNECTING] = {[TIMER] = {give_up_attempt, BACKOFF},
                    [OPENED] = {await_hello, HELLO},
                    [LOST] = {wait_longer, BACKOFF}},
    [HELLO] = {[TIMER] = {give_up_attempt, BACKOFF},
               [GREETED] = {begin_to_listen, ACTIVE},
               [LOST] = {wait_longer, BACKOFF}},
    [ACTIVE] = {[TIMER] = {probe, IDLE},
                [HEARD] = {go_on_listening, ACTIVE},
                [LOST] = {try_again, BACKOFF}},
    [IDLE] = {[TIMER] = {give_up_silent, BACKOFF},
              [HEARD] = {go_on_listening, ACTIVE},
              [LOST] = {try_again, BACKOFF}},
};

static bool is_connected(enum state state)
{
    return state == ACTIVE || state == IDLE;
}

static void log_change(struct controller *c, enum state from, int64_t now_ms)
{
    struct controller_news news = {
        .from = state_words[from],
        .to = state_words[c->state],
    };

    if (c->state == BACKOFF) {
        news.is_loss = is_connected(from);
        snprintf(news.error, sizeof(news.error), "%s", c->error);
        news.retry_at_ms = c->deadline_ms;
    } else {
        news.version = of_version_name(c->session.connection.version);
    }
    if (c->state == BACKOFF || (c->state == ACTIVE && from == HELLO))
        controller_log_note(&c->log, c->options.name, &news, now_ms);
    else
        log_debug("controller.state", "controller=%s from=%s to=%s version=%s",
                  c->options.name, news.from, news.to, news.version);
}

static void enter(struct controller *c, enum state state, int64_t now_ms)
{
    enum state from = c->state;

    c->state = state;
    if (state_words[from] == state_words[state])
        return;
    /* Between ready and idle it is the same connection that goes on. */
    if (!is_connected(from) || !is_connected(state))
        c->since_ms = now_ms;
    log_change(c, from, now_ms);
    if (is_connected(from) && !is_connected(state) && c->world->changed)
        c->world->changed(c->world->context, now_ms);
}

static void on_event(struct controller *c, enum event event, int64_t now_ms)
{
    const struct transition *t = &transitions[c->state][event];

    assert(c->state < STATE_COUNT && event < EVENT_COUNT);
    while (t->act) {
        bool is_done = t->act(c, now_ms);

        enter(c, t->next, now_ms);
        if (is_done)
            return;
        t = &transitions[c->state][LOST];
        assert(t->act);
    }
}

static void on_opened(void *context, int64_t now_ms)
{
    on_event(context, OPENED, now_ms);
}

static void on_greeted(void *context, int64_t now_ms)
{
    on_event(context, GREETED, now_ms);
}

static void on_heard(void *context, int64_t now_ms)
{
    on_event(context, HEARD, now_ms);
}

static void on_accepted(void *context, int64_t now_ms)
{
    struct controller *c = context;

    c->was_accepted = true;
    c->accepted_ms = now_ms;
    if (c->world->changed)
        c->world->changed(c->world->context, now_ms);
}

static void on_lost(void *context, const char *why, int64_t now_ms)
{
    struct controller *c = context;

    snprintf(c->error, sizeof(c->error), "%s", why);
    on_event(c, LOST, now_ms);
}

struct controller *controller_create(const struct controller_options *o,
                                     const struct controller_world *world,
                                     int64_t now_ms)
{
    struct controller *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    assert(o->max_backoff_s > 0 && o->versions && world->network.connect);
    c->options = *o;
    c->world = world;
    c->backoff_s = 1;
    controller_log_init(&c->log);
    c->since_ms = c->accepted_ms = c->deadline_ms = now_ms;
    c->owner = (struct session_owner){
        .opened = on_opened,
        .greeted = on_greeted,
        .heard = on_heard,
        .accepted = on_accepted,
        .lost = on_lost,
        .context = c,
    };
    return c;
}

void controller_free(struct controller *c)
{
    if (!c)
        return;
    session_end(&c->session);
    free(c);
}

void controller_tick(struct controller *c, int64_t now_ms)
{
    session_tick(&c->session, now_ms);
    if (c->deadline_ms && now_ms >= c->deadline_ms)
        on_event(c, TIMER, now_ms);
    controller_log_tick(&c->log, c->options.name, now_ms);
}

void controller_invite(struct controller *c, const uint8_t mac[6],
                       int64_t now_ms)
{
    session_invite(&c->session, mac, now_ms);
}

void controller_reconfigure(struct controller *c,
                            const struct controller_options *o, int64_t now_ms)
{
    bool has_new_target = !target_is_equal(&c->options.target, &o->target);
    bool has_new_probe = c->options.inactivity_probe_s != o->inactivity_probe_s;
    int64_t longest_ms = now_ms + (int64_t)o->max_backoff_s * 1000;

    c->options = *o;
    c->session.connection.packet_in_limit =
        token_buckets_of(o->packet_in_rate, o->packet_in_burst);
    if (has_new_probe && is_connected(c->state))
        set_probe_deadline(c, now_ms);
    if (c->backoff_s > o->max_backoff_s)
        c->backoff_s = o->max_backoff_s;
    if (!is_connected(c->state) && c->deadline_ms > longest_ms)
        c->deadline_ms = longest_ms; /* of a longer wait before */
    if (!has_new_target)
        return;
    c->backoff_s = 1;
    if (c->state == BACKOFF) {
        c->deadline_ms = now_ms;
        return;
    }
    snprintf(c->error, sizeof(c->error), "%s", "the target was changed");
    c->was_accepted = true; /* for the new one to be tried soon */
    on_event(c, LOST, now_ms);
}

struct controller_status controller_status(const struct controller *c)
{
    return (struct controller_status){
        .name = c->options.name,
        .state = state_words[c->state],
        .role = c->session.connection.role,
        .version = c->session.connection.version,
        .since_ms = c->since_ms,
        .last_error = c->error,
        .target = &c->options.target,
        .is_accepted =
            is_connected(c->state) && c->session.connection.is_accepted,
        .counts = c->session.connection.counts,
        .accepted_ms = c->accepted_ms,
        .inactivity_probe_s = c->options.inactivity_probe_s,
    };
}

const char *controller_role_word(const struct controller_status *s)
{
    return s->version == OF_NONE ? "" : role_word(s->role);
}

const char *controller_version_word(const struct controller_status *s)
{
    return s->version == OF_NONE ? "" : of_version_name(s->version);
}
