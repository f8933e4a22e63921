#include "client/add_flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/flows.h"
#include "flow/text_flow.h"
#include "openflow/of_bundle.h"

enum { BUNDLE_ID = 1, BUNDLE_FLAGS = OF_BUNDLE_ATOMIC | OF_BUNDLE_ORDERED };

/* A flow of the file, as the message that is to be sent. */
struct request {
    int line;
    uint32_t xid;
    size_t at, size; /* in 'messages' */
};

struct upload {
    struct console *console;
    const char *path; /* for what is said */
    struct of_flow_format format;
    struct of_buffer messages;
    struct request *requests; /* 'count', owned */
    size_t count, room;
    bool has_fault;
};

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
    *r = (struct request){line, of_session_xid(u->console->session),
                          u->messages.size, 0};
    of_flow_mod_write(&u->format, &u->messages, r->xid, mod);
    r->size = u->messages.size - r->at;
    return !u->messages.is_bad;
}

static void read_line(struct upload *u, int line, const char *text)
{
    const struct text_names names = console_names(u->console);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};
    struct flow_mod mod;
    bool is_blank;

    if (!text_flow_read_line(&parse, text, &mod, &is_blank)) {
        console_fail(u->console, "%s:%d: %s", u->path, line, error.line);
        u->has_fault = true;
        return;
    }
    if (is_blank)
        return;
    if (!add_request(u, line, &mod)) {
        console_fail(u->console,
                     "%s:%d: the flow cannot be said in this "
                     "version of OpenFlow, or is too long",
                     u->path, line);
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
    for (int line = 1; !u->messages.is_bad && getline(&text, &room, file) >= 0;
         line++)
        read_line(u, line, text);
    free(text);
    /* A directory or a disk that fails, or there is no memory for the line. */
    if (!u->messages.is_bad && !feof(file)) {
        console_fail(u->console, "%s: cannot be read", u->path);
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
    struct of_session *s = u->console->session;
    uint32_t xid = of_session_xid(s);

    of_bundle_write_control(of_session_out(s), u->format.version, xid,
                            &control);
    return of_session_reply(s, xid, take_control, NULL);
}

static void put_requests(struct upload *u, bool has_bundle)
{
    struct of_buffer *out = of_session_out(u->console->session);

    for (size_t i = 0; i < u->count; i++) {
        const struct request *r = &u->requests[i];
        const struct of_bundle_add add = {
            .id = BUNDLE_ID,
            .flags = BUNDLE_FLAGS,
            .message = reader_over(u->messages.data + r->at, r->size),
        };

        if (has_bundle)
            of_bundle_write_add(out, u->format.version, r->xid, &add);
        else
            of_put(out, u->messages.data + r->at, r->size);
    }
}

/* The line that the switch refused, as far as it says which. */
static int refused_line(const struct upload *u)
{
    uint32_t xid = of_session_refused_xid(u->console->session);

    for (size_t i = 0; i < u->count; i++)
        if (u->requests[i].xid == xid)
            return u->requests[i].line;
    return 0;
}

static int fail(const struct upload *u, const char *rest)
{
    const char *error = of_session_error(u->console->session);
    int line = refused_line(u);

    if (line)
        return console_fail(u->console, "%s:%d: %s; %s", u->path, line, error,
                            rest);
    return console_fail(u->console, "%s: %s; %s", u->path, error, rest);
}

static int send_all(struct upload *u)
{
    struct of_session *s = u->console->session;

    if (u->format.version >= OF13 && control(u, OF_BUNDLE_OPEN_REQUEST)) {
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

int add_flows(struct console *c)
{
    bool is_input = !strcmp(c->argument, "-");
    struct upload u = {.console = c,
                       .path = is_input ? "standard input" : c->argument};
    FILE *file = is_input ? stdin : fopen(c->argument, "re");
    int status = 1;

    if (!file)
        return console_fail(c, "%s: %s", c->argument, strerror(errno));
    u.format = flows_format(c);
    if (read_file(&u, file))
        status = u.count ? send_all(&u) : 0;
    if (!is_input)
        fclose(file);
    of_buffer_clear(&u.messages);
    free(u.requests);
    return status;
}
