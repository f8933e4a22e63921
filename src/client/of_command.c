/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/of_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/utf8.h"
#include "client/answer.h"
#include "client/ctl_client.h"
#include "client/format.h"
#include "client/port_text.h"
#include "flow/port_no.h"
#include "openflow/of_hello.h"
#include "openflow/of_port.h"

enum {
    LINE_SIZE = 8192,
    PORTS_MAX = 65536,
    ANSWER_WAIT_MS = 5000,
    CTL_ERROR_SIZE = 1024 + 4096,
};

void of_command_clear(struct of_command *c)
{
    free(c->ports);
    c->ports = NULL;
    c->port_count = 0;
    c->has_ports = false;
    cJSON_Delete(c->names);
    c->names = NULL;
}

uint32_t of_command_usual_versions(void)
{
    return OF_VERSION_BIT(OF10) | OF_VERSION_BIT(OF13);
}

bool of_command_read_versions(const char *text, uint32_t *versions)
{
    struct text_span rest = text_span_of(text);
    struct text_item item;

    *versions = 0;
    while (text_next(&rest, &item)) {
        uint32_t before = *versions;

        for (enum of_version v = OF10; v <= OF15; v++)
            if (!item.has_value &&
                (text_is_like(item.key, of_version_protocol(v)) ||
                 text_is(item.key, of_version_name(v))))
                *versions |= OF_VERSION_BIT(v);
        if (*versions == before)
            return false;
    }
    return *versions;
}

static enum flow_error take_ports(void *context, struct of_message *m)
{
    struct of_command *c = context;

    while (m->body.left) {
        struct port_desc *ports;
        enum flow_error error;

        if (c->port_count == PORTS_MAX)
            return FLOW_OK;
        ports = realloc(c->ports, (c->port_count + 1) * sizeof(*ports));
        if (!ports)
            return FLOW_OUT_OF_MEMORY;
        c->ports = ports;
        error = of_port_read(of_session_version(c->session), &m->body,
                             &ports[c->port_count]);
        if (error)
            return error;
        c->port_count++;
    }
    return FLOW_OK;
}

static void ask_ports(struct of_command *c)
{
    struct of_buffer *b = of_session_out(c->session);
    enum of_version version = of_session_version(c->session);
    uint32_t xid = of_session_xid(c->session);
    size_t start = of_begin_request(b, version, OF_MP_PORT_DESC, xid);

    c->has_ports = true;
    of_port_put_request(b, version, PORT_NO_ANY);
    of_end(b, start);
    if (!of_session_reply(c->session, xid, take_ports, c))
        of_command_fail_session(c);
}

/* OpenFlow knows one name of each port, of at most 15 bytes; the switch knows
 * all of them. */
static bool find_by_other_name(struct of_command *c, const char *name,
                               uint32_t *port_no)
{
    char error[CTL_ERROR_SIZE];
    const cJSON *port;

    if (!c->names && c->ctl) {
        cJSON *request = cJSON_CreateObject();

        cJSON_AddStringToObject(request, "command", "dump-ports");
        c->names = ctl_client_ask(c->ctl, request, ANSWER_WAIT_MS, error,
                                  sizeof(error));
        cJSON_Delete(request);
    }
    cJSON_ArrayForEach(port,
                       answer_item(answer_item(c->names, "result"), "ports"))
    {
        if (!port_text_has_name(port, name))
            continue;
        *port_no = (uint32_t)answer_number(port, "ofport");
        return true;
    }
    return false;
}

static bool find_port(void *context, const char *name, uint32_t *port_no)
{
    struct of_command *c = context;

    if (!c->has_ports)
        ask_ports(c);
    for (size_t i = 0; i < c->port_count; i++) {
        if (!strcmp(c->ports[i].name, name)) {
            *port_no = c->ports[i].number;
            return true;
        }
    }
    return find_by_other_name(c, name, port_no);
}

struct text_names of_command_names(struct of_command *c)
{
    return (struct text_names){.find_port = find_port, .context = c};
}

struct text_style of_command_style(const struct of_command *c)
{
    return (struct text_style){.is_openflow10 =
                                   of_session_version(c->session) == OF10};
}

int of_command_fail(const struct of_command *c, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    fputs("flowbridge: ", c->err);
    format_write(c->err, line);
    putc('\n', c->err);
    return 1;
}

int of_command_fail_session(const struct of_command *c)
{
    return of_command_fail(c, "%s", of_session_error(c->session));
}

const char *of_command_version(const struct of_command *c)
{
    return of_version_name(of_session_version(c->session));
}

bool of_command_speak_10(struct of_command *c)
{
    char error[LINE_SIZE];
    struct of_session *session;

    if (!c->mgmt || of_session_version(c->session) == OF10)
        return false;
    session = of_session_open(c->mgmt, OF_VERSION_BIT(OF10), ANSWER_WAIT_MS,
                              error, sizeof(error));
    if (!session) {
        of_command_fail(c, "%s", error);
        return false;
    }
    of_session_close(c->session);
    c->session = session;
    return true;
}

bool of_command_put(struct of_command *c, struct of_buffer *message)
{
    bool is_good = !message->unsaid;

    if (message->unsaid)
        of_command_fail(c, "%s: OpenFlow %s does not support this",
                        message->unsaid, of_command_version(c));
    else if (message->is_bad)
        of_session_out(c->session)->is_bad = true;
    else
        of_put(of_session_out(c->session), message->data, message->size);
    of_buffer_clear(message);
    return is_good;
}

int of_command_finish(struct of_command *c)
{
    return of_session_barrier(c->session) ? 0 : of_command_fail_session(c);
}

int of_command_print_json(const struct of_command *c, cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);

    cJSON_Delete(object);
    if (!text)
        return of_command_fail(c, "out of memory");
    utf8_write(c->out, text);
    putc('\n', c->out);
    cJSON_free(text);
    return 0;
}

bool of_command_begin_text(struct of_command_text *t)
{
    t->text = NULL;
    t->size = 0;
    t->out = open_memstream(&t->text, &t->size);
    if (!t->out)
        alloc_flag_raise();
    return t->out;
}

void of_command_end_text(struct of_command_text *t, cJSON *object,
                         const char *key)
{
    if (fclose(t->out) == 0 && t->text)
        cJSON_AddStringToObject(object, key, t->text);
    else
        alloc_flag_raise();
    free(t->text);
}

void of_command_add_number(cJSON *object, const char *key, uint64_t number)
{
    cJSON_AddNumberToObject(object, key, (double)number);
}

void of_command_add_hex(cJSON *object, const char *key, uint64_t number)
{
    char text[32];

    snprintf(text, sizeof(text), "0x%" PRIx64, number);
    cJSON_AddStringToObject(object, key, text);
}
