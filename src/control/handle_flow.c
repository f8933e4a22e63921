/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_flow.h"

#include <arpa/inet.h>
#include <string.h>

#include "control/flow_check.h"
#include "control/handle_packet.h"
#include "flow/port_no.h"
#include "openflow/of_flow.h"
#include "openflow/of_multipart.h"
#include "packet/parse.h"
#include "table/flow_view.h"

static bool is_nxm(enum of_kind kind)
{
    return kind == OF_NX_FLOW_MOD || kind == OF_MP_NX_FLOW ||
           kind == OF_MP_NX_AGGREGATE;
}

static struct of_flow_format format_of(const struct request *r)
{
    return (struct of_flow_format){
        .version = r->c->version,
        .is_nxm = is_nxm(r->kind),
        .has_table_id = r->c->has_table_id,
    };
}

enum flow_error handle_flow_read(struct request *r, struct flow_mod *mod)
{
    struct of_flow_format format = format_of(r);

    *mod = flow_mod_empty();
    return of_flow_mod_read(&format, &r->body, mod);
}

static bool is_delete(const struct flow_mod *mod)
{
    return mod->command == FLOW_MOD_DELETE ||
           mod->command == FLOW_MOD_DELETE_STRICT;
}

static bool entry_matches(const struct of_switch *s, const struct flow_mod *mod,
                          const struct packet_buffer *held)
{
    struct frame f = {.data = held->bytes, .size = held->size};
    struct flow_key key;

    if (f.size < FRAME_HEADER_SIZE)
        return false;
    memset(&key, 0, sizeof(key));
    frame_parse(&f, htonl(held->in_port), &key);
    pipeline_hide_ports(datapath_pipeline(s->datapath), &key);
    return match_covers(&mod->match, &key);
}

/*
 * The buffered frame goes through the tables as they now are, which counts it
 * as well: OpenFlow 1.3.5 7.3.4.1.  A controller that saw only the first bytes
 * may have made an entry that does not match it; then the entry's actions are
 * done all the same, as 1.0 words it (5.3.3), or the frame would come back to
 * the controller for ever.
 */
static enum flow_error send_buffered(struct of_switch *s,
                                     const struct flow_mod *mod)
{
    const struct flow_instructions *i = &mod->instructions;
    struct action_list actions = {.cells = NULL};
    struct packet_buffer frame;
    enum flow_error error =
        packet_buffers_take(s->buffers, mod->buffer_id, &frame);

    if (error)
        return error;
    if (entry_matches(s, mod, &frame))
        action_list_add(&actions, (struct flow_action){.type = ACTION_OUTPUT,
                                                       .port = PORT_NO_TABLE});
    else
        for (size_t at = 0; at < (size_t)i->apply_count + i->write_count; at++)
            action_list_add(&actions, i->cells[at]);
    return handle_packet_send(s, &frame, NULL, &actions);
}

bool handle_flow_sends(const struct flow_mod *mod)
{
    return !is_delete(mod) && mod->buffer_id != FLOW_MOD_NO_BUFFER;
}

enum flow_error handle_flow_apply(struct of_switch *s,
                                  const struct flow_mod *mod, int64_t now_ms)
{
    enum flow_error error =
        flow_tables_apply(datapath_tables(s->datapath), mod, now_ms);

    return error || !handle_flow_sends(mod) ? error : send_buffered(s, mod);
}

/* There is no emergency table: what would be put there is refused, and what
 * would be deleted there is not there.  Entries there have no timeouts,
 * OpenFlow 1.0 5.3.3. */
static enum flow_error refuse_emergency(const struct flow_mod *mod)
{
    if (is_delete(mod))
        return FLOW_OK;
    return mod->idle_timeout_s || mod->hard_timeout_s
               ? FLOW_BAD_TIMEOUT
               : FLOW_UNSUPPORTED_EMERGENCY;
}

enum flow_error handle_flow_mod(struct request *r)
{
    struct flow_check check = flow_check_of(r->s, r->c->version);
    struct flow_mod mod;
    enum flow_error error = handle_flow_read(r, &mod);

    if (error)
        return error;
    if (mod.flags & FLOW_MOD_EMERG) {
        error = refuse_emergency(&mod);
    } else {
        error = flow_check_mod(&check, &mod);
        if (!error)
            error = handle_flow_apply(r->s, &mod, r->now_ms);
    }
    flow_mod_clear(&mod);
    return error;
}

/* Reads which entries are asked about. */
static enum flow_error read_filter(struct request *r, struct flow_mod *filter)
{
    struct of_flow_format format = format_of(r);
    enum flow_error error;

    *filter = flow_mod_empty();
    error = of_flow_stats_read_request(&format, &r->body, filter);
    if (error)
        return error;
    return filter->table != FLOW_MOD_TABLE_ALL &&
                   filter->table >= r->s->identity.tables
               ? FLOW_BAD_REQUEST_TABLE
               : FLOW_OK;
}

/* A reply that is being written, one part an entry. */
struct listing {
    struct request *r;
    struct of_flow_format format;
    struct of_multipart parts;
};

static void put_entry(void *context, struct flow_entry *e)
{
    struct listing *l = context;
    struct of_switch *s = l->r->s;
    struct flow_usage usage =
        flow_tables_usage(datapath_tables(s->datapath), e);
    struct flow_view view;

    flow_view_of(&view, e, &usage, l->r->now_ms);
    if (l->r->kind == OF_MP_FLOW_STATS)
        of_flow_stats_put_brief(&l->r->reply, &view.stats);
    else
        of_flow_stats_put(&l->format, &l->r->reply, &view.stats);
    of_multipart_part_done(&l->parts);
}

enum flow_error handle_flow_stats(struct request *r)
{
    struct listing l = {.r = r, .format = format_of(r)};
    struct flow_mod filter;
    enum flow_error error = read_filter(r, &filter);

    if (error)
        return error;
    l.parts = of_multipart_of(&r->reply, request_begin(r, r->kind));
    flow_tables_each(datapath_tables(r->s->datapath), &filter, put_entry, &l);
    of_multipart_end(&l.parts);
    return FLOW_OK;
}

struct sum {
    const struct flow_tables *tables;
    struct of_flow_aggregate total;
};

static void add_entry(void *context, struct flow_entry *e)
{
    struct sum *sum = context;
    struct flow_usage usage = flow_tables_usage(sum->tables, e);

    sum->total.flows++;
    if (!(e->flags & FLOW_MOD_NO_PACKET_COUNTS))
        sum->total.packets += usage.packets;
    if (!(e->flags & FLOW_MOD_NO_BYTE_COUNTS))
        sum->total.bytes += usage.bytes;
}

enum flow_error handle_aggregate(struct request *r)
{
    struct flow_tables *tables = datapath_tables(r->s->datapath);
    struct sum sum = {.tables = tables};
    struct flow_mod filter;
    enum flow_error error = read_filter(r, &filter);
    size_t start;

    if (error)
        return error;
    flow_tables_each(tables, &filter, add_entry, &sum);
    start = request_begin(r, r->kind);
    of_flow_aggregate_put(r->c->version, &r->reply, &sum.total);
    of_end(&r->reply, start);
    return FLOW_OK;
}
