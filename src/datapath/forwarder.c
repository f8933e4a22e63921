/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/forwarder.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/thread_role.h"
#include "datapath/replay.h"
#include "packet/checksum.h"
#include "packet/parse.h"
#include "table/flow_learn.h"

enum {
    LEARNED_ROOM = 4096,
    SHOWN_ROOM = 4096,
    UPCALL_BYTES = 4 << 20,
    SCRATCH_BYTES = FRAME_MAX_SIZE + 4096,
    NO_PORT = PORTS_MAX, /* index of what is no port */
};

/* A frame of the batch, parsed. */
struct parsed {
    struct flow_key key; /* KEY_FRAME_WORDS of it */
    uint64_t hash;       /* flow_cache_prefetch's */
    unsigned int words;  /* 0: not to be looked at any more */
};

/* Frames in a row with one verdict, which are counted together. */
struct tally {
    const struct verdict *verdict;
    struct counter_sum sum;
    bool is_new; /* the verdict was made for the first of them */
};

struct forwarder {
    unsigned int index;
    const struct pipeline *pipeline;
    struct pipeline_aids aids;
    struct flow_cache *cache;
    struct executor executor;
    struct learn_requester learn;
    void (*await)(void *context);
    void *await_context;
    int64_t now_us;
    uint32_t version; /* of the tables, as they were looked at last */
    struct tally tally;
    _Atomic uint64_t matched[FLOW_TABLES], missed[FLOW_TABLES];
    _Atomic uint64_t cache_hits, cache_misses; /* frames */
    _Atomic uint64_t looks_again;
    struct parsed parsed[QUEUE_BATCH];
    struct decision decision;
    const struct frame *deciding; /* the frame that 'decision' is about */
    uint32_t frame_size;          /* of the frame at hand, before any edit */
    struct spsc *shown; /* keys for the kernel; NULL: it has no part */
    unsigned int batches;
    uint8_t *scratch; /* for a look at it after its edits */
    /* Where packet-outs come from when it is no port, and what they count. */
    struct datapath_port nowhere;
    struct port_counters job_counters[WORKERS_MAX];
};

void forwarder_free(struct forwarder *f)
{
    if (!f)
        return;
    flow_cache_free(f->cache);
    spsc_free(f->executor.learned);
    spsc_free(f->shown);
    byte_ring_free(f->executor.upcalls);
    learn_requester_clear(&f->learn);
    outbox_free(f->executor.outbox);
    free(f->scratch);
    free(f);
}

/* The pipeline asks: what is behind the header that an edit took away? */
static void parse_anew(void *context, const struct decision *so_far,
                       struct flow_key *key)
{
    struct forwarder *f = context;
    struct frame copy = *f->deciding;
    struct flow_key parsed;
    unsigned int words;

    copy.data = f->scratch + FRAME_HEADROOM;
    copy.headroom = FRAME_HEADROOM;
    copy.tailroom = FRAME_HEADROOM;
    if (copy.size > SCRATCH_BYTES - 2 * FRAME_HEADROOM)
        copy.size = SCRATCH_BYTES - 2 * FRAME_HEADROOM;
    memcpy(copy.data, f->deciding->data, copy.size);
    replay_edits(so_far, &copy);
    words = frame_parse(&copy, key->in_port, &parsed);
    count(&f->looks_again, 1);
    memcpy(key->word, parsed.word, words * sizeof(key->word[0]));
    memset(key->word + words, 0,
           (KEY_FRAME_WORDS - words) * sizeof(key->word[0]));
}

/* The pipeline has met a learn action. */
static void learn(void *context, const struct flow_action *a,
                  const struct flow_key *key)
{
    struct forwarder *f = context;

    learn_requester_meet(&f->learn, a, key);
}

struct forwarder *forwarder_create(unsigned int index,
                                   const struct pipeline *pipeline,
                                   const struct meter_table *meters,
                                   size_t cache_entries)
{
    struct forwarder *f = aligned_alloc(
        CACHE_LINE, (sizeof(*f) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    struct executor *x;

    assert(index < WORKERS_MAX && cache_entries >= 2);
    if (!f)
        return NULL;
    memset(f, 0, sizeof(*f));
    f->index = index;
    f->pipeline = pipeline;
    f->aids = (struct pipeline_aids){.parse_anew = parse_anew,
                                     .learn = learn,
                                     .context = f,
                                     .can_look_again = true};
    f->cache = flow_cache_create(cache_entries);
    f->scratch = malloc(SCRATCH_BYTES);
    x = &f->executor;
    x->tables.ports = pipeline->ports;
    x->worker = index;
    x->meters = meters;
    x->learned = spsc_create(LEARNED_ROOM, sizeof(struct learn_event));
    x->upcalls = byte_ring_create(UPCALL_BYTES);
    x->outbox = outbox_create(index);
    f->nowhere = (struct datapath_port){
        .index = NO_PORT,
        .number = PORT_NO_ANY,
        .link.counters = f->job_counters,
    };
    if (learn_requester_init(&f->learn, pipeline->tables) && f->cache &&
        f->scratch && x->learned && x->upcalls && x->outbox)
        return f;
    forwarder_free(f);
    return NULL;
}

struct spsc *forwarder_learned(struct forwarder *f)
{
    return f->executor.learned;
}

bool forwarder_show_keys(struct forwarder *f)
{
    f->shown = spsc_create(SHOWN_ROOM, sizeof(struct shown_key));
    return f->shown;
}

struct spsc *forwarder_shown(struct forwarder *f)
{
    return f->shown;
}

struct byte_ring *forwarder_upcalls(struct forwarder *f)
{
    return f->executor.upcalls;
}

struct learn_requester *forwarder_learn_requester(struct forwarder *f)
{
    return &f->learn;
}

void forwarder_set_await(struct forwarder *f, void (*await)(void *context),
                         void *context)
{
    f->await = await;
    f->await_context = context;
}

bool forwarder_take_news(struct forwarder *f)
{
    bool has_news = f->executor.has_news || f->learn.has_news;

    f->executor.has_news = f->learn.has_news = false;
    return has_news;
}

uint64_t forwarder_matched(const struct forwarder *f, uint8_t table)
{
    assert(table < FLOW_TABLES);
    return atomic_load_explicit(&f->matched[table], memory_order_relaxed);
}

uint64_t forwarder_missed(const struct forwarder *f, uint8_t table)
{
    assert(table < FLOW_TABLES);
    return atomic_load_explicit(&f->missed[table], memory_order_relaxed);
}

uint64_t forwarder_cache_hits(const struct forwarder *f)
{
    return atomic_load_explicit(&f->cache_hits, memory_order_relaxed);
}

uint64_t forwarder_cache_misses(const struct forwarder *f)
{
    return atomic_load_explicit(&f->cache_misses, memory_order_relaxed);
}

uint64_t forwarder_looks_again(const struct forwarder *f)
{
    return atomic_load_explicit(&f->looks_again, memory_order_relaxed);
}

void forwarder_begin(struct forwarder *f, int64_t now_us,
                     struct mac_table *macs, bool forwards_bpdu)
{
    assert_worker();
    f->now_us = now_us;
    f->learn.now_ms = now_us / 1000;
    f->version = flow_tables_version(f->pipeline->tables);
    flow_cache_begin(f->cache, f->version);
    f->executor.now_us = now_us;
    f->executor.tables.macs = macs;
    f->executor.tables.forwards_bpdu = forwards_bpdu;
    executor_begin(&f->executor);
}

/* Says why a frame is not to be looked at, or that it is. */
static bool is_whole(struct forwarder *f, const struct frame *frame,
                     unsigned int index)
{
    if (frame->is_truncated)
        outbox_dropped(f->executor.outbox, index, DROP_TRUNCATED);
    else if (frame->size < FRAME_HEADER_SIZE)
        outbox_dropped(f->executor.outbox, index, DROP_RUNT);
    else
        return true;
    return false;
}

static void parse(struct parsed *p, struct frame *frame, uint32_t in_port)
{
    p->words = frame_parse(frame, in_port, &p->key);
    if (p->words == KEY_PLAIN_WORDS)
        memset(p->key.word + KEY_PLAIN_WORDS, 0,
               (KEY_FRAME_WORDS - KEY_PLAIN_WORDS) * sizeof(p->key.word[0]));
    if (checksum_is_sctp(frame))
        checksum_complete(frame); /* No port could. */
}

static void parse_batch(struct forwarder *f, uint32_t in_port,
                        struct frame *frames, unsigned int frame_count)
{
    for (unsigned int i = 0; i < frame_count; i++) {
        struct parsed *p = &f->parsed[i];

        p->words = 0;
        if (!is_whole(f, &frames[i], i))
            continue;
        parse(p, &frames[i], in_port);
        p->hash = flow_cache_prefetch(f->cache, &p->key);
    }
}

/* For frames that just go out by some port: those that are complete need not be
 * parsed, as nobody asks for their key or where their headers are. */
static void skim_batch(struct forwarder *f, uint32_t in_port,
                       struct frame *frames, unsigned int frame_count)
{
    for (unsigned int i = 0; i < frame_count; i++) {
        struct parsed *p = &f->parsed[i];
        struct frame *frame = &frames[i];

        p->words = 0;
        if (!is_whole(f, frame, i))
            continue;
        if (frame_is_super(frame) || frame_has_partial_checksum(frame)) {
            parse(p, frame, in_port);
            continue;
        }
        p->words = KEY_PLAIN_WORDS;
        frame->l3 = frame->l4 = FRAME_NO_OFFSET;
    }
}

/* The key with all its words, for the pipeline to change. */
static void complete_key(const struct parsed *p, struct flow_key *key)
{
    memcpy(key->word, p->key.word, KEY_FRAME_WORDS * sizeof(key->word[0]));
    memset(key->word + KEY_FRAME_WORDS, 0,
           (KEY_WORDS - KEY_FRAME_WORDS) * sizeof(key->word[0]));
}

/* From here on the tables are as they are now. */
static void follow_tables(struct forwarder *f)
{
    uint32_t version = flow_tables_version(f->pipeline->tables);

    if (version == f->version)
        return;
    f->version = version;
    flow_cache_follow(f->cache, version);
}

/* Entries that the frame has taught must be in the tables before it goes on. */
static void await_learn_requests(struct forwarder *f)
{
    if (!f->learn.is_awaited)
        return;
    f->learn.is_awaited = false;
    if (!f->await)
        return;
    outbox_send(f->executor.outbox);
    f->await(f->await_context);
    follow_tables(f);
}

/* Decides about a key that the cache does not know.  The verdict, or NULL if
 * it cannot be kept: then it is in f->decision alone. */
static const struct verdict *decide(struct forwarder *f, const struct parsed *p,
                                    const struct frame *frame)
{
    struct flow_key key;
    struct verdict *v = NULL;

    complete_key(p, &key);
    f->deciding = frame;
    learn_requester_begin(&f->learn);
    pipeline_decide(f->pipeline, &key, &f->aids, &f->decision);
    count(&f->cache_misses, 1);
    if (decision_can_be_kept(&f->decision)) {
        v = flow_cache_place(f->cache, &p->key, &f->decision.consulted);
        decision_to_verdict(&f->decision, v);
        v->made_ms = (uint32_t)f->learn.now_ms;
    }
    /* The verdict is from before: it holds for this frame alone. */
    await_learn_requests(f);
    return v;
}

static void count_rules(struct forwarder *f, const struct verdict_rule *rules,
                        unsigned int rule_count, struct counter_sum sum)
{
    const struct counters *counters = flow_tables_counters(f->pipeline->tables);
    int64_t now_ms = f->now_us / 1000;

    assert(rule_count <= DECISION_RULES);
    for (unsigned int i = 0; i < rule_count; i++) {
        counters_add_sum(counters, f->index, rules[i].counter, sum, now_ms);
        if (rules[i].table != VERDICT_MISS)
            count(&f->matched[rules[i].table], sum.packets);
    }
}

/* Counts for the frames so far; before the verdict's place is reused. */
static void settle_tally(struct forwarder *f)
{
    struct tally *t = &f->tally;
    const struct verdict *v = t->verdict;

    if (!v)
        return;
    count_rules(f, v->rules, v->rule_count, t->sum);
    count(&f->cache_hits, t->sum.packets - t->is_new);
    if (v->missed_table != VERDICT_MISS)
        count(&f->missed[v->missed_table], t->sum.packets);
    *t = (struct tally){.verdict = NULL};
}

static void count_decision(struct forwarder *f)
{
    const struct decision *d = &f->decision;

    assert(d->cell_count <= DECISION_CELLS);
    count_rules(f, d->rules, d->rule_count,
                (struct counter_sum){1, f->frame_size});
    if (d->missed_table != VERDICT_MISS)
        count(&f->missed[d->missed_table], 1);
}

/* Decides about the frame as its edits have made it, and goes on.  It counts
 * with the size that it came with. */
static void look_again(struct forwarder *f, struct execution *e)
{
    const struct flow_action *step = f->executor.again;
    struct frame frame = *e->frame; /* which may wait in a queue */
    struct flow_key key;
    unsigned int words = frame_parse(&frame, htonl(e->from->number), &key);

    memset(key.word + words, 0, (KEY_WORDS - words) * sizeof(key.word[0]));
    count(&f->looks_again, 1);
    f->deciding = e->frame;
    learn_requester_begin(&f->learn);
    pipeline_decide_again(f->pipeline, &key, step, &f->aids, &f->decision);
    await_learn_requests(f);
    count_decision(f);
    f->executor.again = NULL;
    execute(&f->executor, e, f->decision.cells, f->decision.cell_count);
}

/* Looks again as often as PIPELINE_LOOKS allows, and says at last why nothing
 * was sent: counts only if that is so and no step has said why. */
__attribute__((noinline)) static void
end_frame(struct forwarder *f, struct execution *e, enum drop_reason reason)
{
    settle_tally(f);
    while (f->executor.again) {
        look_again(f, e);
        reason = f->decision.reason;
    }
    if (reason != DROP_ACTION)
        outbox_dropped(f->executor.outbox, e->index, reason);
}

static void carry_out(struct forwarder *f, struct execution *e,
                      const struct flow_action *cells, unsigned int cell_count,
                      enum drop_reason reason)
{
    outbox_make_room(f->executor.outbox);
    if (cell_count)
        execute(&f->executor, e, cells, cell_count);
    if (reason != DROP_ACTION)
        end_frame(f, e, reason);
}

static void handle_undecided(struct forwarder *f, struct execution *e)
{
    const struct decision *d = &f->decision;

    f->frame_size = e->frame->size;
    count_decision(f);
    carry_out(f, e, d->cells, d->cell_count, d->reason);
}

static inline void handle_frame(struct forwarder *f, struct execution *e,
                                const struct verdict *v)
{
    if (v != f->tally.verdict) {
        settle_tally(f);
        f->tally.verdict = v;
    }
    f->frame_size = e->frame->size;
    f->tally.sum.packets++;
    f->tally.sum.bytes += f->frame_size;
    carry_out(f, e, v->cells, v->cell_count, (enum drop_reason)v->reason);
}

/* Whether what the verdict's frames teach is to be looked at again. */
static bool is_old(const struct forwarder *f, const struct verdict *v)
{
    return v->is_learning &&
           (uint32_t)f->learn.now_ms - v->made_ms >= LEARN_AGAIN_MS;
}

static void look_up_frame(struct forwarder *f, struct execution *e)
{
    const struct parsed *p = &f->parsed[e->index];
    const struct verdict *v = flow_cache_find(f->cache, &p->key, p->hash);

    if (!v || is_old(f, v)) {
        settle_tally(f);
        v = decide(f, p, e->frame);
        f->tally.is_new = v;
    }
    if (v)
        handle_frame(f, e, v);
    else
        handle_undecided(f, e);
}

/* One key of a batch, so that those of many frames come soon and often. */
static void show_key(struct forwarder *f, unsigned int frame_count)
{
    const struct parsed *p = &f->parsed[f->batches++ % frame_count];
    struct shown_key *place;

    if (p->words != KEY_PLAIN_WORDS || p->key.eth_type != htons(ETH_P_IP))
        return;
    place = spsc_reserve(f->shown);
    if (!place)
        return;
    memcpy(place->word, p->key.word, sizeof(place->word));
    spsc_push(f->shown);
}

static void handle_all(struct forwarder *f, const struct datapath_port *from,
                       struct frame *frames, unsigned int frame_count)
{
    uint32_t in_port = htonl(from->number);
    const struct verdict *of_all = flow_cache_find_port(f->cache, in_port);

    if (of_all && !of_all->just_outputs)
        of_all = NULL;
    if (of_all)
        skim_batch(f, in_port, frames, frame_count);
    else
        parse_batch(f, in_port, frames, frame_count);
    for (unsigned int i = 0; i < frame_count; i++) {
        struct execution e = {
            .frame = &frames[i],
            .key = &f->parsed[i].key,
            .key_words = f->parsed[i].words,
            .index = i,
            .from = from,
        };

        if (e.key_words && of_all)
            handle_frame(f, &e, of_all);
        else if (e.key_words)
            look_up_frame(f, &e);
    }
    settle_tally(f);
    if (f->shown && from->link.kernel_takes && !of_all)
        show_key(f, frame_count);
}

void forwarder_handle(struct forwarder *f, const struct datapath_port *from,
                      struct frame *frames, unsigned int frame_count)
{
    struct port_counters *c = &from->link.counters[f->index];
    uint64_t bytes = 0;

    assert(frame_count > 0 && frame_count <= QUEUE_BATCH);
    assert(from->index < PORTS_MAX);
    assert_worker();
    for (unsigned int i = 0; i < frame_count; i++)
        bytes += frames[i].size;
    count(&c->rx_frames, frame_count);
    count(&c->rx_bytes, bytes);
    outbox_begin(f->executor.outbox, from, frame_count);
    /* A frame may be the answer to one that changed the tables since the turn
     * began. */
    follow_tables(f);
    if (from->has_no_recv)
        for (unsigned int i = 0; i < frame_count; i++)
            outbox_dropped(f->executor.outbox, i, DROP_PORT_NO_RECV);
    else
        handle_all(f, from, frames, frame_count);
    outbox_flush(f->executor.outbox);
}

void forwarder_handle_job(struct forwarder *f, struct packet_job *job)
{
    struct pipeline_aids aids = f->aids;
    const struct datapath_port *port =
        ports_find(f->pipeline->ports, job->in_port);
    struct datapath_port from = port ? *port : f->nowhere;
    struct frame frame = {
        .data = job->buffer + FRAME_HEADROOM,
        .size = job->size,
        .headroom = FRAME_HEADROOM,
        .tailroom = FRAME_HEADROOM,
        .vnet = job->vnet,
    };
    struct execution e = {
        .frame = &frame, .key = &f->parsed[0].key, .from = &from};
    struct flow_key key;

    assert_worker();
    learn_requester_begin(&f->learn);
    aids.can_look_again = false;          /* Actions of its own follow. */
    from.link.counters = f->job_counters; /* It was not received here. */
    from.number = job->in_port;
    outbox_begin(f->executor.outbox, &from, 1);
    parse_batch(f, htonl(job->in_port), &frame, 1);
    e.key_words = f->parsed[0].words;
    if (e.key_words) {
        complete_key(&f->parsed[0], &key);
        memcpy(key.word + KEY_FRAME_WORDS, job->words, sizeof(job->words));
        /* For as long as the decision lasts. */
        /* cppcheck-suppress autoVariables */
        f->deciding = &frame;
        pipeline_decide_actions(f->pipeline, &key, job->actions.cells,
                                job->actions.count, &aids, &f->decision);
        await_learn_requests(f);
        handle_undecided(f, &e);
    }
    outbox_flush(f->executor.outbox);
}
