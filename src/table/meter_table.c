/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/meter_table.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/hash_seed.h"
#include "base/retire.h"
#include "base/thread_role.h"

enum { CHAINS = 4096, KNOWN_FLAGS = 0xf };

#define BURST_DEFAULT_US 1000000 /* a second's worth, where none was given */

struct band {
    /* When the meter would be empty again, were nothing more to come: in
     * nanoseconds, the theoretical arrival time of the algorithm. */
    _Atomic int64_t empty_ns;
    int64_t tolerance_ns; /* how far ahead of now that may be: the burst */
    _Atomic uint64_t packets, bytes;
};

/* What a meter has counted, bands apart.  A modified one goes on with it. */
struct meter_totals {
    int64_t created_ms;
    _Atomic uint64_t packets, bytes;
    struct retired retired;
};

struct meter {
    struct meter *_Atomic next;
    struct meter_mod mod;
    struct meter_totals *totals;
    struct retired retired;
    struct band bands[METER_BANDS_MAX];
};

struct meter_table {
    size_t count;
    uint64_t seed;
    struct meter *_Atomic chains[CHAINS];
};

struct meter_table *meter_table_create(void)
{
    struct meter_table *t = calloc(1, sizeof(*t));

    if (t)
        t->seed = hash_seed();
    return t;
}

static struct meter *_Atomic *chain_of(const struct meter_table *t, uint32_t id)
{
    size_t at = hash_two(t->seed, id, 0) % CHAINS;

    return (struct meter * _Atomic *)(uintptr_t)&t->chains[at];
}

struct meter *meter_table_find(const struct meter_table *t, uint32_t id)
{
    struct meter *m =
        atomic_load_explicit(chain_of(t, id), memory_order_acquire);

    while (m && m->mod.meter_id != id)
        m = atomic_load_explicit(&m->next, memory_order_acquire);
    return m;
}

size_t meter_table_count(const struct meter_table *t)
{
    return t->count;
}

/* What a frame costs under a rate: kb/s and bits, or packets. */
static int64_t cost_ns(const struct meter *m, uint32_t rate, uint64_t amount)
{
    if (m->mod.flags & METER_PKTPS)
        return (int64_t)(amount * 1000000000u / rate);
    return (int64_t)(amount * 1000000u / rate); /* amount in bits */
}

/* Takes the frame in if the band's rate allows it. */
static bool conforms(struct band *b, int64_t cost, int64_t now_ns)
{
    int64_t empty = atomic_load_explicit(&b->empty_ns, memory_order_relaxed);

    for (;;) {
        int64_t from = empty > now_ns ? empty : now_ns;

        if (from - now_ns > b->tolerance_ns)
            return false;
        if (atomic_compare_exchange_weak_explicit(
                &b->empty_ns, &empty, from + cost, memory_order_relaxed,
                memory_order_relaxed))
            return true;
    }
}

static void tally(_Atomic uint64_t *packets, _Atomic uint64_t *bytes,
                  uint32_t size)
{
    atomic_fetch_add_explicit(packets, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(bytes, size, memory_order_relaxed);
}

/* Of the bands whose rate is exceeded that of the highest rate applies. */
enum meter_outcome meter_pass(struct meter *m, uint32_t bytes, int64_t now_us,
                              uint8_t *levels)
{
    const struct meter_band *worst = NULL;
    uint64_t amount = m->mod.flags & METER_PKTPS ? 1 : (uint64_t)bytes * 8;
    size_t at = 0;

    tally(&m->totals->packets, &m->totals->bytes, bytes);
    for (size_t i = 0; i < m->mod.band_count; i++) {
        const struct meter_band *band = &m->mod.bands[i];

        if (conforms(&m->bands[i], cost_ns(m, band->rate, amount),
                     now_us * 1000))
            continue;
        if (!worst || band->rate > worst->rate) {
            worst = band;
            at = i;
        }
    }
    if (!worst)
        return METER_PASS;
    tally(&m->bands[at].packets, &m->bands[at].bytes, bytes);
    if (worst->type == BAND_DROP)
        return METER_DROP;
    *levels = worst->prec_level;
    return METER_REMARK;
}

static enum flow_error check(const struct meter_mod *mod)
{
    if (!mod->meter_id || mod->meter_id > METER_MAX)
        return FLOW_INVALID_METER;
    if (mod->flags & ~KNOWN_FLAGS ||
        (mod->flags & METER_KBPS && mod->flags & METER_PKTPS))
        return FLOW_BAD_METER_FLAGS;
    for (size_t i = 0; i < mod->band_count; i++) {
        if (mod->bands[i].type != BAND_DROP &&
            mod->bands[i].type != BAND_DSCP_REMARK)
            return FLOW_BAD_BAND;
        /* As in Open vSwitch.  Who wants nothing to pass has an entry that
         * drops. */
        if (!mod->bands[i].rate)
            return FLOW_BAD_BAND_RATE;
    }
    return FLOW_OK;
}

/* 'totals' are taken over. */
static struct meter *make_meter(const struct meter_mod *mod,
                                struct meter_totals *totals)
{
    struct meter *m = calloc(1, sizeof(*m));

    if (!m)
        return NULL;
    m->totals = totals;
    m->mod = *mod;
    m->mod.command = METER_ADD;
    for (size_t i = 0; i < mod->band_count; i++) {
        const struct meter_band *band = &mod->bands[i];
        uint64_t burst = band->burst;

        /* kb are 1000 bits, as kb/s are. */
        if (!(mod->flags & METER_PKTPS))
            burst *= 1000;
        m->bands[i].tolerance_ns = mod->flags & METER_BURST && burst
                                       ? cost_ns(m, band->rate, burst)
                                       : (int64_t)BURST_DEFAULT_US * 1000;
    }
    return m;
}

static struct meter_totals *make_totals(int64_t now_ms)
{
    struct meter_totals *totals = calloc(1, sizeof(*totals));

    if (totals)
        totals->created_ms = now_ms;
    return totals;
}

/* Puts 'm' in the place of 'old', which has the same id; either may be NULL.
 */
static void put(struct meter_table *t, uint32_t id, struct meter *old,
                struct meter *m)
{
    struct meter *_Atomic *link = chain_of(t, id);

    while (old && atomic_load(link) != old)
        link = &atomic_load(link)->next;
    if (m)
        atomic_store(&m->next,
                     old ? atomic_load(&old->next) : atomic_load(link));
    atomic_store_explicit(link, m ? m : atomic_load(&old->next),
                          memory_order_release);
    t->count += (size_t)(m != NULL) - (size_t)(old != NULL);
    if (old && !m)
        retire(&old->totals->retired, old->totals, free);
    if (old)
        retire(&old->retired, old, free);
}

size_t meter_table_flush(struct meter_table *t)
{
    size_t count = t->count;

    assert_main_thread();
    for (size_t i = 0; i < CHAINS; i++) {
        struct meter *m;

        while ((m = atomic_load(&t->chains[i])))
            put(t, m->mod.meter_id, m, NULL);
    }
    return count;
}

/* A modified meter counts on, its bands from zero: OpenFlow 1.5.1 7.3.4.4. */
static enum flow_error set(struct meter_table *t, struct meter *old,
                           const struct meter_mod *mod, int64_t now_ms)
{
    enum flow_error error = check(mod);
    struct meter_totals *totals;
    struct meter *m;

    if (error)
        return error;
    if (!old && t->count >= METER_TABLE_LIMIT)
        return FLOW_METER_FULL;
    totals = old ? old->totals : make_totals(now_ms);
    m = totals ? make_meter(mod, totals) : NULL;
    if (!m) {
        if (!old)
            free(totals);
        return FLOW_OUT_OF_MEMORY;
    }
    put(t, mod->meter_id, old, m);
    return FLOW_OK;
}

static enum flow_error delete_meter(struct meter_table *t, uint32_t id)
{
    struct meter *m;

    if (id == METER_ALL) {
        meter_table_flush(t);
        return FLOW_OK;
    }
    m = meter_table_find(t, id);
    if (m)
        put(t, id, m, NULL); /* To delete what is not there is no error. */
    return FLOW_OK;
}

enum flow_error meter_table_apply(struct meter_table *t,
                                  const struct meter_mod *mod, int64_t now_ms)
{
    struct meter *m = meter_table_find(t, mod->meter_id);

    assert_main_thread();
    switch (mod->command) {
    case METER_ADD:
        return m ? FLOW_METER_EXISTS : set(t, NULL, mod, now_ms);
    case METER_MODIFY:
        return m ? set(t, m, mod, now_ms) : FLOW_UNKNOWN_METER;
    case METER_DELETE:
        return delete_meter(t, mod->meter_id);
    default:
        return FLOW_BAD_METER_COMMAND;
    }
}

enum flow_error meter_table_restore(struct meter_table *t,
                                    const struct meter_mod *mod,
                                    const struct meter_stats *was,
                                    int64_t created_ms)
{
    enum flow_error error = meter_table_apply(t, mod, created_ms);
    struct meter *m = error ? NULL : meter_table_find(t, mod->meter_id);

    if (!m)
        return error;
    atomic_store(&m->totals->packets, was->packets);
    atomic_store(&m->totals->bytes, was->bytes);
    for (size_t i = 0; i < m->mod.band_count; i++) {
        atomic_store(&m->bands[i].packets, was->bands[i].packets);
        atomic_store(&m->bands[i].bytes, was->bands[i].bytes);
    }
    return FLOW_OK;
}

static int by_id(const void *a, const void *b)
{
    uint32_t left = (*(const struct meter *const *)a)->mod.meter_id;
    uint32_t right = (*(const struct meter *const *)b)->mod.meter_id;

    return (left > right) - (left < right);
}

bool meter_table_each(const struct meter_table *t,
                      void (*visit)(void *context, const struct meter *m),
                      void *context)
{
    const struct meter **all =
        malloc((t->count + 1) * sizeof(const struct meter *));
    size_t count = 0;

    if (!all)
        return false;
    for (size_t i = 0; i < CHAINS; i++)
        for (const struct meter *m = atomic_load(&t->chains[i]); m;
             m = atomic_load(&m->next))
            all[count++] = m;
    qsort(all, count, sizeof(const struct meter *), by_id);
    for (size_t i = 0; i < count; i++)
        visit(context, all[i]);
    free(all);
    return true;
}

void meter_describe(const struct meter *m, struct meter_mod *mod)
{
    *mod = m->mod;
}

void meter_count(const struct meter *m, int64_t now_ms,
                 struct meter_stats *stats)
{
    int64_t age_ms = now_ms - m->totals->created_ms;

    *stats = (struct meter_stats){
        .meter_id = m->mod.meter_id,
        .duration_s = (uint32_t)(age_ms / 1000),
        .duration_ns = (uint32_t)(age_ms % 1000) * 1000000,
        .packets = atomic_load(&m->totals->packets),
        .bytes = atomic_load(&m->totals->bytes),
        .band_count = m->mod.band_count,
    };
    for (size_t i = 0; i < m->mod.band_count; i++) {
        stats->bands[i].packets = atomic_load(&m->bands[i].packets);
        stats->bands[i].bytes = atomic_load(&m->bands[i].bytes);
    }
}

void meter_table_free(struct meter_table *t)
{
    if (!t)
        return;
    meter_table_flush(t);
    retire_flush();
    free(t);
}
