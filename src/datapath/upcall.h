/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes between workers and the main thread beside learned addresses:
 * frames for the main thread up, each with its addressee, packet-outs down.
 */
#ifndef DATAPATH_UPCALL_H
#define DATAPATH_UPCALL_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>

#include "flow/action.h"
#include "flow/key.h"
#include "flow/packet_reason.h"

/* The addressee of an upcall. */
enum upcall_addressee { UPCALL_CONTROLLER, UPCALL_ADDRESSEES };

/* A frame for the main thread: the bytes follow the structure. */
struct upcall {
    struct flow_key key; /* where the frame stood in the pipeline */
    struct virtio_net_hdr vnet;
    uint32_t size;
    uint64_t cookie; /* UINT64_MAX: no entry */
    uint16_t max_len;
    uint8_t reason; /* enum packet_in_reason */
    uint8_t table;
    uint8_t addressee; /* enum upcall_addressee */
};

static inline uint8_t *upcall_bytes(struct upcall *u)
{
    return (uint8_t *)(u + 1);
}

/*
 * A frame that a controller sends: made by the main thread, carried out by a
 * worker, and freed by the main thread when it comes back.
 */
struct packet_job {
    uint32_t in_port; /* OpenFlow's number, host order */
    /* What it has in the pipeline beside its bytes: metadata, registers. */
    uint64_t words[KEY_WORDS - KEY_FRAME_WORDS];
    struct virtio_net_hdr vnet;
    uint8_t *buffer; /* owned; the frame is 'size' bytes from FRAME_HEADROOM on,
                      * with FRAME_HEADROOM bytes after it */
    uint32_t size;
    struct action_list actions; /* owned */
};

/* A copy of 'bytes' for the job; false if out of memory. */
bool packet_job_fill(struct packet_job *job, const uint8_t *bytes,
                     uint32_t size);
void packet_job_free(struct packet_job *job);

#endif
