/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/flows.h"

#include "base/array.h"
#include "base/json.h"
#include "client/answer.h"
#include "client/ctl_client.h"
#include "text/text_flow.h"

enum { CTL_WAIT_MS = 5000, CTL_ERROR_SIZE = 1024 + 4096 };

const struct of_flow_format flows_format_10 = {OF10, true, true};

struct of_flow_format flows_format(struct of_command *c)
{
    enum of_version version = of_session_version(c->session);
    struct of_buffer *b = of_session_out(c->session);
    size_t start;

    if (version != OF10)
        return (struct of_flow_format){.version = version};
    start = of_begin(b, version, OF_NX_FLOW_MOD_TABLE_ID,
                     of_session_xid(c->session));
    of_put_u8(b, 1);
    of_put_zeros(b, 7);
    of_end(b, start);
    return flows_format_10;
}

static void add_flags(cJSON *flow, uint16_t flags)
{
    static const struct {
        const char *word;
        uint16_t flag;
    } words[] = {
        /* clang-format off */
        {"send_flow_rem",    FLOW_MOD_SEND_FLOW_REM   },
        {"check_overlap",    FLOW_MOD_CHECK_OVERLAP   },
        {"reset_counts",     FLOW_MOD_RESET_COUNTS    },
        {"no_packet_counts", FLOW_MOD_NO_PACKET_COUNTS},
        {"no_byte_counts",   FLOW_MOD_NO_BYTE_COUNTS  },
        /* clang-format on */
    };
    cJSON *list = cJSON_AddArrayToObject(flow, "flags");

    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (flags & words[i].flag)
            json_append(list, cJSON_CreateString(words[i].word));
}

static cJSON *to_json(const struct of_command *c, const struct flow_stats *s)
{
    const struct text_style style = of_command_style(c);
    cJSON *flow = cJSON_CreateObject();
    struct of_command_text t;

    of_command_add_number(flow, "table", s->table);
    of_command_add_number(flow, "priority", s->priority);
    of_command_add_hex(flow, "cookie", s->cookie);
    cJSON_AddNumberToObject(flow, "duration_s",
                            s->duration_s + s->duration_ns / 1e9);
    if (s->packets != UINT64_MAX)
        of_command_add_number(flow, "packets", s->packets);
    if (s->bytes != UINT64_MAX)
        of_command_add_number(flow, "bytes", s->bytes);
    if (s->has_idle_age)
        of_command_add_number(flow, "idle_age_s", s->idle_age_s);
    if (s->has_hard_age)
        of_command_add_number(flow, "hard_age_s", s->hard_age_s);
    of_command_add_number(flow, "idle_timeout_s", s->idle_timeout_s);
    of_command_add_number(flow, "hard_timeout_s", s->hard_timeout_s);
    of_command_add_number(flow, "importance", s->importance);
    add_flags(flow, s->flags);
    if (of_command_begin_text(&t)) {
        text_match_write(t.out, &style, s->match, FLOW_MOD_PRIORITY);
        of_command_end_text(&t, flow, "match");
    }
    if (s->instructions && of_command_begin_text(&t)) {
        text_flow_write_instructions(t.out, &style, s->instructions);
        of_command_end_text(&t, flow, "actions");
    }
    return flow;
}

/* A listing on its way. */
struct listing {
    struct of_command *command;
    struct of_flow_format format;
    cJSON *flows; /* NULL: as lines */
};

static enum flow_error list(void *context, struct of_message *m)
{
    struct listing *l = context;
    const struct text_style style = of_command_style(l->command);

    while (m->body.left) {
        struct of_flow_entry e;
        enum flow_error error = of_flow_stats_read(&l->format, &m->body, &e);

        if (error)
            return error;
        if (l->flows) {
            json_append(l->flows, to_json(l->command, &e.stats));
        } else {
            text_flow_write(l->command->out, &style, &e.stats, true);
            putc('\n', l->command->out);
        }
        of_flow_entry_clear(&e);
    }
    return m->body.bad ? FLOW_BAD_LENGTH : FLOW_OK;
}

static bool read_flow(struct of_command *c, enum flow_mod_command command,
                      struct flow_mod *mod)
{
    const struct text_names names = of_command_names(c);
    struct text_error error = {""};
    const struct text_parse parse = {&names, &error};

    if (text_flow_read(&parse, command, c->argument ? c->argument : "", mod))
        return true;
    of_command_fail(c, "%s", error.line);
    return false;
}

/* The hidden entries are not OpenFlow's to tell; the switch says them by its
 * control socket. */
static cJSON *ask_hidden(const struct of_command *c, char *error,
                         size_t error_size)
{
    cJSON *request = cJSON_CreateObject(), *answer;

    cJSON_AddStringToObject(request, "command", "hidden-flows");
    cJSON_AddStringToObject(request, "flow", c->argument ? c->argument : "");
    answer = ctl_client_ask(c->ctl, request, CTL_WAIT_MS, error, error_size);
    cJSON_Delete(request);
    return answer;
}

static int list_hidden(const struct listing *l)
{
    const struct of_command *c = l->command;
    char error[CTL_ERROR_SIZE];
    cJSON *answer, *flows, *flow;

    if (!c->ctl)
        return of_command_fail(c,
                               "--all: this uses the control socket too; give "
                               "the configuration with -c FILE, without -s");
    answer = ask_hidden(c, error, sizeof(error));
    if (!answer)
        return of_command_fail(c, "%s", error);
    flows = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(answer, "result"), "flows");
    while (flows && (flow = cJSON_DetachItemFromArray(flows, 0))) {
        if (l->flows) {
            cJSON_DeleteItemFromObjectCaseSensitive(flow, "line");
            cJSON_AddTrueToObject(flow, "hidden");
            json_append(l->flows, flow);
        } else {
            fprintf(c->out, "(hidden) %s\n", answer_text(flow, "line"));
            cJSON_Delete(flow);
        }
    }
    cJSON_Delete(answer);
    return flows
               ? 0
               : of_command_fail(
                     c,
                     "--all: the answer of this switch has no hidden entries");
}

int flows_dump(struct of_command *c)
{
    struct listing l = {.command = c};
    cJSON *result = c->is_json ? cJSON_CreateObject() : NULL;
    struct of_buffer request = {.data = NULL};
    struct flow_mod filter;
    uint32_t xid;
    int status;

    if (!read_flow(c, FLOW_MOD_DELETE, &filter))
        return 1;
    if (result)
        l.flows = cJSON_AddArrayToObject(result, "flows");
    l.format = flows_format(c);
    xid = of_session_xid(c->session);
    of_flow_stats_write_request(&l.format, &request,
                                l.format.is_nxm ? OF_MP_NX_FLOW : OF_MP_FLOW,
                                xid, &filter);
    flow_mod_clear(&filter);
    status = !of_command_put(c, &request) ? 1
             : of_session_reply(c->session, xid, list, &l)
                 ? 0
                 : of_command_fail_session(c);
    if (status == 0 && c->shows_all)
        status = list_hidden(&l);
    if (status == 0 && result)
        return of_command_print_json(c, result);
    cJSON_Delete(result);
    return status;
}

struct flow_mod flows_mod_in(enum of_version version,
                             const struct flow_mod *mod)
{
    struct flow_mod sent = *mod;

    /* Later versions modify one table at a time; ovs-ofctl means the first. */
    if (mod->table == FLOW_MOD_TABLE_ALL && version != OF10 &&
        mod->command < FLOW_MOD_DELETE)
        sent.table = 0;
    return sent;
}

static struct of_buffer message_of(const struct of_flow_format *format,
                                   uint32_t xid, const struct flow_mod *mod)
{
    const struct flow_mod sent = flows_mod_in(format->version, mod);
    struct of_buffer b = {.data = NULL};

    of_flow_mod_write(format, &b, xid, &sent);
    return b;
}

static int change(struct of_command *c, enum flow_mod_command command)
{
    struct of_flow_format format = flows_format(c);
    struct of_buffer message, old;
    struct flow_mod mod;

    if (!read_flow(c, command, &mod))
        return 1;
    message = message_of(&format, of_session_xid(c->session), &mod);
    if (message.unsaid) {
        old = message_of(&flows_format_10, 0, &mod);
        if (!old.unsaid && of_command_speak_10(c)) {
            of_buffer_clear(&message);
            format = flows_format(c);
            message = message_of(&format, of_session_xid(c->session), &mod);
        }
        of_buffer_clear(&old);
    }
    flow_mod_clear(&mod);
    return of_command_put(c, &message) ? of_command_finish(c) : 1;
}

int flows_add(struct of_command *c)
{
    return change(c, FLOW_MOD_ADD);
}

int flows_modify(struct of_command *c)
{
    return change(c, c->is_strict ? FLOW_MOD_MODIFY_STRICT : FLOW_MOD_MODIFY);
}

int flows_delete(struct of_command *c)
{
    return change(c, c->is_strict ? FLOW_MOD_DELETE_STRICT : FLOW_MOD_DELETE);
}
