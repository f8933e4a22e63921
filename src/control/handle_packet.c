/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/handle_packet.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "control/flow_check.h"
#include "flow/packet_msg.h"
#include "flow/port_no.h"
#include "openflow/of_packet.h"
#include "packet/frame.h"
#include "packet/parse.h"

enum flow_error handle_packet_send(struct of_switch *s,
                                   struct packet_buffer *frame,
                                   const struct flow_key *context,
                                   struct action_list *actions)
{
    struct packet_job *job = calloc(1, sizeof(*job));
    bool is_whole = job && packet_job_fill(job, frame->bytes, frame->size);

    if (job) {
        job->in_port = frame->in_port;
        job->vnet = frame->vnet;
        if (context)
            memcpy(job->words, context->word + KEY_FRAME_WORDS,
                   sizeof(job->words));
        job->actions = *actions;
        *actions = (struct action_list){0};
        if (!is_whole || datapath_packet_out(s->datapath, job))
            packet_job_free(job);
    }
    action_list_clear(actions);
    free(frame->bytes);
    frame->bytes = NULL;
    return is_whole ? FLOW_OK : FLOW_OUT_OF_MEMORY;
}

/* Whether the message has a frame of its own. */
static bool has_frame(const struct packet_out *out)
{
    return out->buffer_id == PACKET_NO_BUFFER && out->size > 0;
}

/* Controllers use this to probe for permission; OpenFlow does not forbid it. */
static bool is_about_nothing(const struct packet_out *out)
{
    return out->buffer_id == PACKET_NO_BUFFER && out->size == 0;
}

/* Whether the actions fit the frame, where it came with the message. */
static enum flow_error check_actions(const struct request *r,
                                     const struct packet_out *out)
{
    struct flow_check check = flow_check_of(r->s, r->c->version);
    struct flow_key key;
    /* Parsing only reads. */
    struct frame f = {.data = (uint8_t *)(uintptr_t)out->data,
                      .size = (uint32_t)out->size};

    check.is_packet_out = true;
    memset(&key, 0, sizeof(key));
    if (has_frame(out))
        frame_parse(&f, out->match.key.in_port, &key);
    return flow_check_actions(&check, has_frame(out) ? &key : NULL,
                              out->actions.cells, out->actions.count);
}

/* The frame that is meant, as a copy. */
static enum flow_error take_frame(const struct request *r,
                                  const struct packet_out *out,
                                  struct packet_buffer *frame)
{
    uint32_t in_port = ntohl(out->match.key.in_port);

    if (out->buffer_id != PACKET_NO_BUFFER) {
        enum flow_error error =
            packet_buffers_take(r->s->buffers, out->buffer_id, frame);

        /* Without a port in the message the frame keeps its own. */
        if (!error && in_port && in_port != PORT_NO_ANY)
            frame->in_port = in_port;
        return error;
    }
    *frame = (struct packet_buffer){
        .bytes = malloc(out->size),
        .size = (uint32_t)out->size,
        .in_port = in_port ? in_port : PORT_NO_ANY,
    };
    if (!frame->bytes)
        return FLOW_OUT_OF_MEMORY;
    memcpy(frame->bytes, out->data, out->size);
    return FLOW_OK;
}

enum flow_error handle_packet_out(struct request *r)
{
    struct packet_out out;
    struct packet_buffer frame;
    enum flow_error error = of_packet_read_out(r->c->version, &r->body, &out);

    if (error)
        return error;
    if (has_frame(&out) && out.size < FRAME_HEADER_SIZE)
        error = FLOW_BAD_PACKET;
    if (!error && out.actions.is_bad)
        error = FLOW_OUT_OF_MEMORY;
    if (!error)
        error = check_actions(r, &out);
    if (error || is_about_nothing(&out)) {
        packet_out_clear(&out);
        return error;
    }
    error = take_frame(r, &out, &frame);
    if (!error)
        error = handle_packet_send(r->s, &frame, &out.match.key, &out.actions);
    packet_out_clear(&out);
    return error;
}
