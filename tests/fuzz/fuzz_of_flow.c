/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a message about flows: the reader must not read past the end,
 * and what it has understood it must understand again after it was written.
 */
#include <stdint.h>
#include <stdlib.h>

#include "openflow/of_flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void insist(bool is_right)
{
    if (!is_right)
        abort();
}

static struct of_flow_format format_of(const struct of_header *h,
                                       enum of_kind kind)
{
    return (struct of_flow_format){
        .version = (enum of_version)h->version,
        .is_nxm = kind == OF_NX_FLOW_MOD || kind == OF_MP_NX_FLOW ||
                  kind == OF_MP_NX_AGGREGATE || kind == OF_NX_FLOW_REMOVED,
        .has_table_id = kind == OF_NX_FLOW_MOD,
    };
}

/* Writes the mod and reads it again; the second time all must come back. */
static void check_mod(const struct of_flow_format *f,
                      const struct flow_mod *mod, bool must_be_same)
{
    struct of_buffer b = {0};
    struct flow_mod again;
    struct reader r;
    struct of_header h;

    of_flow_mod_write(f, &b, 0, mod);
    /* What was written shorter may come out longer than a message. */
    if (b.is_bad) {
        of_buffer_clear(&b);
        return;
    }
    r = reader_over(b.data, b.size);
    h = of_read_header(&r);
    of_read_head(&h, f->is_nxm ? OF_NX_FLOW_MOD : OF_FLOW_MOD, &r);
    insist(!of_flow_mod_read(f, &r, &again));
    if (must_be_same) {
        insist(match_is_equal(&mod->match, &again.match));
        insist(flow_instructions_is_equal(&mod->instructions,
                                          &again.instructions));
        insist(mod->command == again.command && mod->flags == again.flags &&
               mod->cookie_mask == again.cookie_mask &&
               mod->priority == again.priority && mod->table == again.table);
    } else {
        check_mod(f, &again, true);
    }
    flow_mod_clear(&again);
    of_buffer_clear(&b);
}

static void try_mod(const struct of_flow_format *f, struct reader body)
{
    struct flow_mod mod;

    if (of_flow_mod_read(f, &body, &mod))
        return;
    check_mod(f, &mod, false);
    flow_mod_clear(&mod);
}

static void try_entries(const struct of_flow_format *f, struct reader body)
{
    while (body.left > 0) {
        struct of_flow_entry e;
        struct of_buffer b = {0};

        if (of_flow_stats_read(f, &body, &e))
            return;
        of_flow_stats_put(f, &b, &e.stats);
        of_buffer_clear(&b);
        of_flow_entry_clear(&e);
    }
}

static void try_statistics(const struct of_header *h, enum of_kind kind,
                           struct reader body)
{
    struct of_flow_format f = format_of(h, kind);
    struct of_flow_aggregate a;
    struct flow_mod filter;

    if (!of_is_multipart_reply(h))
        of_flow_stats_read_request(&f, &body, &filter);
    else if (kind == OF_MP_AGGREGATE || kind == OF_MP_NX_AGGREGATE)
        of_flow_aggregate_read(f.version, &body, &a);
    else
        try_entries(&f, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct reader body = reader_over(bytes, size);
    struct of_header h = of_read_header(&body);
    enum of_kind kind = of_kind_of(&h, &body);
    struct of_flow_format f = format_of(&h, kind);
    struct of_flow_entry e;
    uint8_t reason;

    of_read_head(&h, kind, &body);
    switch (kind) {
    case OF_FLOW_MOD:
    case OF_NX_FLOW_MOD:
        try_mod(&f, body);
        break;
    case OF_FLOW_REMOVED:
    case OF_NX_FLOW_REMOVED:
        of_flow_removed_read(&f, &body, &e, &reason);
        break;
    case OF_MP_FLOW:
    case OF_MP_FLOW_STATS:
    case OF_MP_NX_FLOW:
    case OF_MP_AGGREGATE:
    case OF_MP_NX_AGGREGATE:
        try_statistics(&h, kind, body);
        break;
    default:
        break;
    }
    return 0;
}
