/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/tables.h"

#include <inttypes.h>

#include "base/array.h"
#include "base/json.h"
#include "client/columns.h"
#include "openflow/of_table.h"

struct listing {
    struct of_command *command;
    struct columns *columns; /* or ... */
    cJSON *tables;           /* ... an array */
    unsigned int idle;       /* tables that are left out */
};

static void show(struct listing *l, const struct table_stats *s)
{
    if (!s->active_entries && !s->lookups && !s->matches) {
        l->idle++;
        return;
    }
    columns_add(l->columns, "%u", s->table);
    columns_add(l->columns, "%u", s->active_entries);
    columns_add(l->columns, "%" PRIu64, s->lookups);
    columns_add(l->columns, "%" PRIu64, s->matches);
}

static void add(struct listing *l, const struct table_stats *s)
{
    cJSON *table = cJSON_CreateObject();

    of_command_add_number(table, "table", s->table);
    of_command_add_number(table, "entries", s->active_entries);
    of_command_add_number(table, "lookups", s->lookups);
    of_command_add_number(table, "matched", s->matches);
    json_append(l->tables, table);
}

static enum flow_error take(void *context, struct of_message *m)
{
    struct listing *l = context;

    while (m->body.left) {
        struct table_stats s;
        enum flow_error error = of_table_read_stats(
            of_session_version(l->command->session), &m->body, &s);

        if (error)
            return error;
        if (l->tables)
            add(l, &s);
        else
            show(l, &s);
    }
    return FLOW_OK;
}

static bool ask(struct listing *l)
{
    struct of_session *s = l->command->session;
    uint32_t xid = of_session_xid(s);

    of_end(of_session_out(s),
           of_begin_request(of_session_out(s), of_session_version(s),
                            OF_MP_TABLE, xid));
    return of_session_reply(s, xid, take, l);
}

static int dump_json(struct of_command *c)
{
    cJSON *result = cJSON_CreateObject();
    struct listing l = {.command = c,
                        .tables = cJSON_AddArrayToObject(result, "tables")};

    if (l.tables && ask(&l))
        return of_command_print_json(c, result);
    cJSON_Delete(result);
    return l.tables ? of_command_fail_session(c)
                    : of_command_fail(c, "out of memory");
}

int tables_dump(struct of_command *c)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"TABLE",   true},
        {"ENTRIES", true},
        {"LOOKUPS", true},
        {"MATCHED", true},
        /* clang-format on */
    };
    struct listing l = {.command = c};
    bool is_done;

    if (c->is_json)
        return dump_json(c);
    l.columns = columns_create(titles, ARRAY_SIZE(titles));
    if (!l.columns)
        return of_command_fail(c, "out of memory");
    is_done = ask(&l);
    if (is_done) {
        columns_print(l.columns, c->out);
        fprintf(c->out, "\n%u more tables are empty and unused\n", l.idle);
    }
    columns_free(l.columns);
    return is_done ? 0 : of_command_fail_session(c);
}
