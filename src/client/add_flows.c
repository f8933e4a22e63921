/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/add_flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/flows.h"
#include "openflow/of_bundle.h"
#include "text/text_flow.h"

enum { BUNDLE_ID = 1, BUNDLE_FLAGS = OF_BUNDLE_ATOMIC | OF_BUNDLE_ORDERED };

/* The file as messages of one version. */
struct encoding {
    struct of_flow_format format;
    struct of_buffer messages;
    bool lacks; /* the version cannot express something */
};

enum { NOW, OLD, ENCODINGS };

/* A flow of the file, as the message that is to be sent. */
struct request {
    int line;
    uint32_t xid;
    size_t at[ENCODINGS], size[ENCODINGS]; /* in 'messages' */
    const char *unsaid[ENCODINGS];         /* not expressible; NULL: all is */
};

/* The file is written in the session's version, and in 1.0 as well where there
 * may be a session of that: some lines may need it. */
struct upload {
    struct of_command *command;
    const char *path; /* for errors */
    struct encoding encodings[ENCODINGS];
    size_t encoding_count;
    struct request *requests; /* 'count', owned */
    size_t count, room;
    bool has_fault;
};

static void encode(struct encoding *e, struct request *r, size_t which,
                   const struct flow_mod *mod)
{
    const struct flow_mod sent = flows_mod_in(e->format.version, mod);

    r->at[which] = e->messages.size;
    of_flow_mod_write(&e->format, &e->messages, r->xid, &sent);
    r->size[which] = e->messages.size - r->at[which];
    r->unsaid[which] = e->messages.unsaid;
    e->lacks |= e->messages.unsaid != NULL;
    e->messages.unsaid = NULL;
}

static bool add_request(struct upload *u, int line, const struct flow_mod *mod)
{
    struct request *r;

    if (u->count == u->room) {
        size_t room = u->room ? 2 * u->room : 64;

        r = realloc(u->requests, room * sizeof(*r));
        if (!r)
            return false;
        u->requests = r;
        u->room = room;
    }
    r = &u->requests[u->count++];
    *r = (struct request){
        line, of_session_xid(u->command->session), {0}, {0}, {0}};
    for (size_t i = 0; i < u->encoding_count; i++)
        encode(&u->encodings[i], r, i, mod);
    return !u->encodings[NOW].messages.is_bad;
}

static void read_line(struct upload *u, int line, const char *text)
{
    const struct text_names names = of_command_names(u->command);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};
    struct flow_mod mod;
    bool is_blank;

    if (!text_flow_read_line(&parse, text, &mod, &is_blank)) {
        of_command_fail(u->command, "%s:%d: %s", u->path, line, error.line);
        u->has_fault = true;
        return;
    }
    if (is_blank)
        return;
    if (!add_request(u, line, &mod)) {
        of_command_fail(u->command, "%s:%d: the flow is too long", u->path,
                        line);
        u->has_fault = true;
    }
    flow_mod_clear(&mod);
}

/* Every fault is said; false: there was one. */
static bool read_file(struct upload *u, FILE *file)
{
    char *text = NULL;
    size_t room = 0;

    /* Once one did not fit, none does. */
    for (int line = 1;
         !u->encodings[NOW].messages.is_bad && getline(&text, &room, file) >= 0;
         line++)
        read_line(u, line, text);
    free(text);
    /* A directory or a disk that fails, or there is no memory for the line. */
    if (!u->encodings[NOW].messages.is_bad && !feof(file)) {
        of_command_fail(u->command, "%s: cannot be read", u->path);
        return false;
    }
    return !u->has_fault;
}

static enum flow_error take_control(void *context, struct of_message *m)
{
    struct of_bundle_control reply;

    (void)context;
    return m->kind == OF_BUNDLE_CONTROL
               ? of_bundle_read_control(&m->body, &reply)
               : FLOW_BAD_TYPE;
}

static bool control(struct upload *u, enum of_bundle_type type)
{
    const struct of_bundle_control control = {BUNDLE_ID, (uint16_t)type,
                                              BUNDLE_FLAGS};
    struct of_session *s = u->command->session;
    uint32_t xid = of_session_xid(s);

    of_bundle_write_control(of_session_out(s), u->encodings[NOW].format.version,
                            xid, &control);
    return of_session_reply(s, xid, take_control, NULL);
}

static void put_requests(struct upload *u, bool has_bundle)
{
    struct of_buffer *out = of_session_out(u->command->session);
    const struct encoding *e = &u->encodings[NOW];

    for (size_t i = 0; i < u->count; i++) {
        const struct request *r = &u->requests[i];
        const struct of_bundle_add add = {
            .id = BUNDLE_ID,
            .flags = BUNDLE_FLAGS,
            .message = reader_over(e->messages.data + r->at[NOW], r->size[NOW]),
        };

        if (has_bundle)
            of_bundle_write_add(out, e->format.version, r->xid, &add);
        else
            of_put(out, e->messages.data + r->at[NOW], r->size[NOW]);
    }
}

/* The line that the switch refused, as far as it says which. */
static int refused_line(const struct upload *u)
{
    uint32_t xid = of_session_refused_xid(u->command->session);

    for (size_t i = 0; i < u->count; i++)
        if (u->requests[i].xid == xid)
            return u->requests[i].line;
    return 0;
}

static int fail(const struct upload *u, const char *rest)
{
    const char *error = of_session_error(u->command->session);
    int line = refused_line(u);

    if (line)
        return of_command_fail(u->command, "%s:%d: %s; %s", u->path, line,
                               error, rest);
    return of_command_fail(u->command, "%s: %s; %s", u->path, error, rest);
}

static int send_all(struct upload *u)
{
    struct of_session *s = u->command->session;

    if (u->encodings[NOW].format.version >= OF13 &&
        control(u, OF_BUNDLE_OPEN_REQUEST)) {
        put_requests(u, true);
        if (control(u, OF_BUNDLE_COMMIT_REQUEST))
            return 0;
        return fail(u, "nothing was changed");
    }
    put_requests(u, false);
    if (of_session_barrier(s))
        return 0;
    return fail(u, "other lines were carried out");
}

/* Takes the messages of 1.0 in the place of the others; they get numbers of the
 * session that they go to. */
static void turn_to_10(struct upload *u)
{
    struct encoding now = u->encodings[NOW];

    u->encodings[NOW] = u->encodings[OLD];
    u->encodings[OLD] = now;
    u->encodings[NOW].format = flows_format(u->command);
    for (size_t i = 0; i < u->count; i++) {
        struct request *r = &u->requests[i];

        r->at[NOW] = r->at[OLD];
        r->size[NOW] = r->size[OLD];
        r->xid = of_session_xid(u->command->session);
        of_set_xid(&u->encodings[NOW].messages, r->at[NOW], r->xid);
    }
}

static void fail_unsaid(const struct upload *u, size_t which,
                        const char *version)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->requests[i].unsaid[which])
            of_command_fail(u->command,
                            "%s:%d: %s: OpenFlow %s does not support this",
                            u->path, u->requests[i].line,
                            u->requests[i].unsaid[which], version);
}

/* Whether there is a version in which all of the file can be said. */
static bool find_version(struct upload *u)
{
    const struct encoding *old = &u->encodings[OLD];
    bool has_old = u->encoding_count > OLD && !old->messages.is_bad;

    if (!u->encodings[NOW].lacks)
        return true;
    if (has_old && !old->lacks && of_command_speak_10(u->command)) {
        turn_to_10(u);
        return true;
    }
    fail_unsaid(u, NOW, of_command_version(u->command));
    /* No other version supports these lines. */
    if (has_old)
        fail_unsaid(u, OLD, "1.0");
    return false;
}

int add_flows(struct of_command *c)
{
    bool is_input = !strcmp(c->argument, "-");
    struct upload u = {.command = c,
                       .path = is_input ? "standard input" : c->argument,
                       .encodings[OLD].format = flows_format_10,
                       .encoding_count = c->mgmt ? ENCODINGS : OLD};
    FILE *file = is_input ? stdin : fopen(c->argument, "re");
    int status = 1;

    if (!file)
        return of_command_fail(c, "%s: %s", c->argument, strerror(errno));
    u.encodings[NOW].format = flows_format(c);
    if (read_file(&u, file) && find_version(&u))
        status = u.count ? send_all(&u) : 0;
    if (!is_input)
        fclose(file);
    for (size_t i = 0; i < ENCODINGS; i++)
        of_buffer_clear(&u.encodings[i].messages);
    free(u.requests);
    return status;
}
