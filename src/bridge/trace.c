/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/trace.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/json.h"
#include "bridge/trace_output.h"
#include "datapath/replay.h"
#include "packet/parse.h"
#include "packet/wire.h"
#include "table/classifier.h"
#include "table/flow_learn.h"
#include "table/flow_view.h"
#include "text/text_flow.h"
#include "text/text_key.h"

enum { USUAL_TTL = 64 };

static const struct text_style style;

/* One question. */
struct trace {
    const struct bridge *bridge;
    const struct datapath_port *from;
    struct text_error *error;
    struct flow_match match; /* as given */
    uint8_t *room;           /* owned; holds the frame */
    struct frame frame;      /* as it came in, as far as known */
    bool has_packet;         /* the frame is whole */
    struct pipeline_aids aids;
    struct decision decision;
    cJSON *result, *steps; /* steps is the result's */
    bool is_after_tables;
    unsigned int depth; /* of the last step */
};

/* Texts are written to memory first. */
struct writing {
    char *text;
    size_t size;
    FILE *out;
};

static bool begin_writing(struct writing *w)
{
    w->text = NULL;
    w->size = 0;
    w->out = open_memstream(&w->text, &w->size);
    if (!w->out)
        alloc_flag_raise();
    return w->out;
}

/* Puts the text under 'key' and frees it. */
static void end_writing(struct writing *w, cJSON *object, const char *key)
{
    if (fclose(w->out) == 0 && w->text)
        cJSON_AddStringToObject(object, key, w->text);
    else
        alloc_flag_raise();
    free(w->text);
}

static void add_key(cJSON *object, const char *name, const struct flow_key *key)
{
    struct writing w;

    if (!begin_writing(&w))
        return;
    text_key_write(w.out, &style, key);
    end_writing(&w, object, name);
}

static void write_entry(FILE *out, const struct flow_entry *e)
{
    struct flow_view v;

    flow_view_rule(&v, e);
    v.stats.table = 0; /* the step names it */
    text_flow_write(out, &style, &v.stats, false);
}

/* The entry that a learn action would make of the frame. */
static void write_learned(FILE *out, const struct trace *t,
                          const struct flow_mod *mod)
{
    const struct flow_tables *tables =
        datapath_tables(bridge_datapath(t->bridge));
    const struct flow_stats s = flow_view_of_mod(mod);

    fputs(flow_learn_is_same(tables, mod) ? "already learned: "
                                          : "would be learned: ",
          out);
    text_flow_write(out, &style, &s, false);
}

static void write_step(FILE *out, const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_TABLE:
        fprintf(out, "table %u: ", event->number);
        if (event->entry)
            write_entry(out, event->entry);
        else
            fputs("no entry matches", out);
        break;
    case TRACE_ACTION:
        text_action_write(out, &style, event->action, 1);
        break;
    case TRACE_SET:
        fputs("action set", out);
        break;
    case TRACE_GROUP:
        fprintf(out, "group %u", event->number);
        break;
    case TRACE_BUCKET:
        fprintf(out, "bucket %u", event->number);
        break;
    case TRACE_NOTE:
        fputs(event->text, out);
        break;
    }
}

static void add_step(void *context, const struct trace_event *event)
{
    static const char *const kinds[] = {
        [TRACE_TABLE] = "table",   [TRACE_ACTION] = "action",
        [TRACE_SET] = "set",       [TRACE_GROUP] = "group",
        [TRACE_BUCKET] = "bucket", [TRACE_NOTE] = "note",
    };
    /* Below its table, below its bucket: how far to the right it stands. */
    static const unsigned int below[] = {
        [TRACE_TABLE] = 0, [TRACE_ACTION] = 1, [TRACE_SET] = 0,
        [TRACE_GROUP] = 0, [TRACE_BUCKET] = 0, [TRACE_NOTE] = 1,
    };
    struct trace *t = context;
    cJSON *step = cJSON_CreateObject();
    unsigned int depth;
    struct writing w;

    /* The action set is carried out after the tables, which begin at 1. */
    if (event->kind == TRACE_SET && !event->depth)
        t->is_after_tables = true;
    depth = event->depth + t->is_after_tables;
    depth = depth ? 2 * (depth - 1) : 0;

    cJSON_AddStringToObject(step, "kind", kinds[event->kind]);
    t->depth = depth + below[event->kind];
    cJSON_AddNumberToObject(step, "depth", t->depth);
    if (event->kind == TRACE_TABLE || event->kind == TRACE_GROUP ||
        event->kind == TRACE_BUCKET)
        cJSON_AddNumberToObject(step, "number", event->number);
    if (event->kind == TRACE_TABLE)
        cJSON_AddBoolToObject(step, "matched", event->entry != NULL);
    if (begin_writing(&w)) {
        write_step(w.out, event);
        end_writing(&w, step, "text");
    }
    json_append(t->steps, step);
}

/* The pipeline has met a learn action: nothing is learned. */
static void add_learn_request(void *context, const struct flow_action *a,
                              const struct flow_key *key)
{
    struct trace *t = context;
    cJSON *step = cJSON_CreateObject();
    struct learned learned;
    struct writing w;

    cJSON_AddStringToObject(step, "kind", "learn");
    cJSON_AddNumberToObject(step, "depth", t->depth + 1);
    learn_from(a, key, &learned);
    if (begin_writing(&w)) {
        write_learned(w.out, t, &learned.mod);
        end_writing(&w, step, "text");
    }
    json_append(t->steps, step);
}

/* The pipeline asks what is behind a header that an edit took away. */
static void parse_anew(void *context, const struct decision *so_far,
                       struct flow_key *key)
{
    const struct trace *t = context;
    struct flow_key parsed = {.word = {0}};
    struct frame copy = t->frame;
    uint8_t *bytes = malloc(2 * FRAME_HEADROOM + copy.size);

    if (!bytes)
        return;
    memcpy(bytes + FRAME_HEADROOM, copy.data, copy.size);
    copy.data = bytes + FRAME_HEADROOM;
    copy.headroom = copy.tailroom = FRAME_HEADROOM;
    replay_edits(so_far, &copy);
    frame_parse(&copy, key->in_port, &parsed);
    memcpy(key->word, parsed.word, KEY_FRAME_WORDS * sizeof(key->word[0]));
    free(bytes);
}

static bool make_room(struct trace *t, size_t size)
{
    t->room = calloc(1, 2 * FRAME_HEADROOM + size);
    if (!t->room) {
        text_fail(t->error, "out of memory");
        return false;
    }
    t->frame = (struct frame){
        .data = t->room + FRAME_HEADROOM,
        .size = (uint32_t)size,
        .headroom = FRAME_HEADROOM,
        .tailroom = FRAME_HEADROOM,
        .l3 = FRAME_NO_OFFSET,
        .l4 = FRAME_NO_OFFSET,
    };
    return true;
}

static bool read_packet(struct trace *t, struct text_span hex)
{
    size_t size = hex.size / 2;

    if (hex.size % 2 || size < FRAME_HEADER_SIZE || size > FRAME_MAX_SIZE)
        return text_fail(t->error,
                         "packet: takes the bytes of an Ethernet frame in hex, "
                         "%d to %d of them",
                         FRAME_HEADER_SIZE, FRAME_MAX_SIZE);
    if (!make_room(t, size))
        return false;
    if (!text_read_bytes(hex, t->frame.data, size, &size))
        return text_fail(t->error, "packet: not bytes in hex");
    t->has_packet = true;
    return true;
}

/* Takes packet=HEX out of 'text', which becomes '*rest', to be freed. */
static bool take_packet(struct trace *t, const char *text, char **rest)
{
    struct text_span left = text_span_of(text);
    struct text_item item;
    size_t used = 0;

    *rest = malloc(left.size + 2);
    if (!*rest)
        return text_fail(t->error, "out of memory");
    while (text_next(&left, &item)) {
        size_t size = (size_t)(left.at - item.key.at);

        if (text_is(item.key, "packet") && !t->room) {
            if (!read_packet(t, item.value))
                return false;
            continue;
        }
        memcpy(*rest + used, item.key.at, size);
        used += size;
        (*rest)[used++] = ',';
    }
    (*rest)[used] = '\0';
    return true;
}

/* Nothing but the in-port may be said of a frame that is there. */
static bool check_packet(const struct trace *t)
{
    struct flow_key mask = t->match.mask;

    mask.in_port = 0;
    for (unsigned int i = 0; i < KEY_FRAME_WORDS; i++)
        if (mask.word[i])
            return text_fail(
                t->error,
                "packet: gives the whole frame; write only in_port with it");
    return true;
}

static bool read_question(struct trace *t, const char *text)
{
    const struct text_names names = port_set_names(bridge_ports(t->bridge));
    const struct text_parse parse = {&names, t->error};
    char *rest = NULL;
    bool is_good =
        take_packet(t, text, &rest) && text_match_read(&parse, rest, &t->match);

    free(rest);
    if (!is_good)
        return false;
    if (!match_has(&t->match, field_by_id(FIELD_IN_PORT)))
        return text_fail(t->error,
                         "needs in_port=PORT, the port of the packet");
    t->from = ports_find(datapath_ports(bridge_datapath(t->bridge)),
                         ntohl(t->match.key.in_port));
    if (!t->from)
        return text_fail(t->error, "in_port: the switch has no such port; see "
                                   "flowbridge show");
    return !t->has_packet || check_packet(t);
}

/* As much of a frame as the key tells: the part that NORMAL looks at. */
static bool make_frame(struct trace *t, const struct flow_key *key)
{
    uint8_t *at;

    if (!make_room(t, FRAME_MIN_SIZE))
        return false;
    at = t->frame.data;
    memcpy(at, key->eth_dst, sizeof(key->eth_dst));
    memcpy(at + 6, key->eth_src, sizeof(key->eth_src));
    at += 12;
    if (key->vlan_vid & htons(VLAN_PRESENT)) {
        uint16_t vid = ntohs(key->vlan_vid) & 0xfff;

        at[0] = ETH_P_8021Q >> 8;
        at[1] = ETH_P_8021Q & 0xff;
        at[2] = (uint8_t)(key->vlan_pcp << 5 | vid >> 8);
        at[3] = (uint8_t)vid;
        at += VLAN_TAG_SIZE;
    }
    memcpy(at, &key->eth_type, sizeof(key->eth_type));
    return true;
}

static bool is_ip(const struct flow_key *key)
{
    return ethertype_is_ip(ntohs(key->eth_type));
}

/* The key that the question asks about, and its frame. */
static bool make_key(struct trace *t, struct flow_key *key)
{
    *key = t->match.key;
    if (t->has_packet) {
        frame_parse(&t->frame, key->in_port, key);
        return true;
    }
    if (is_ip(key) && !match_has(&t->match, field_by_id(FIELD_IP_TTL)))
        key->ip_ttl = USUAL_TTL;
    return make_frame(t, key);
}

static bool is_in_kernel(const struct trace *t, const struct flow_key *key)
{
    const struct kernel_path *k = datapath_kernel(bridge_datapath(t->bridge));

    return kernel_path_has(k, t->from->index) || kernel_path_has_flow(k, key);
}

static void walk(struct trace *t, struct flow_key *key)
{
    struct flow_key before = *key;

    t->aids.trace = add_step;
    t->aids.learn = add_learn_request;
    t->aids.parse_anew = t->has_packet ? parse_anew : NULL;
    t->aids.context = t;
    t->result = cJSON_CreateObject();
    add_key(t->result, "flow", key);
    t->steps = cJSON_AddArrayToObject(t->result, "steps");
    if (t->from->has_no_recv) {
        memset(&t->decision, 0, sizeof(t->decision));
        t->decision.reason = DROP_PORT_NO_RECV;
    } else {
        pipeline_decide(datapath_pipeline(bridge_datapath(t->bridge)), key,
                        &t->aids, &t->decision);
    }
    if (memcmp(&before, key, sizeof(before)) == 0)
        cJSON_AddStringToObject(t->result, "final_flow", "unchanged");
    else
        add_key(t->result, "final_flow", key);
    trace_output(t->bridge, t->from, &t->frame, &t->decision, t->result);
    if (is_in_kernel(t, &before))
        cJSON_AddBoolToObject(t->result, "in_kernel", true);
}

cJSON *trace_flow(const struct bridge *b, const char *text,
                  struct text_error *error)
{
    struct trace *t = calloc(1, sizeof(*t));
    struct flow_key key;
    cJSON *result;

    if (!t) {
        text_fail(error, "out of memory");
        return NULL;
    }
    t->bridge = b;
    t->error = error;
    if (read_question(t, text) && make_key(t, &key))
        walk(t, &key);
    result = t->result;
    free(t->room);
    free(t);
    return result;
}
