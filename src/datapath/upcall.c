/* SPDX-License-Identifier: BSD-2-Clause */
#include "datapath/upcall.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "packet/frame.h"

bool packet_job_fill(struct packet_job *job, const uint8_t *bytes,
                     uint32_t size)
{
    assert(!job->buffer);
    job->buffer = malloc((size_t)size + 2 * FRAME_HEADROOM);
    if (!job->buffer)
        return false;
    memcpy(job->buffer + FRAME_HEADROOM, bytes, size);
    job->size = size;
    return true;
}

void packet_job_free(struct packet_job *job)
{
    if (!job)
        return;
    action_list_clear(&job->actions);
    free(job->buffer);
    free(job);
}
