/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies of many parts: begins another message of the same kind wherever the
 * next part would make one longer than 65,535 bytes.  OpenFlow 1.3.5 7.3.5.
 *
 *     struct of_multipart m = of_multipart_of(b, of_begin(b, ...));
 *     for (...) {
 *         ... puts one part ...
 *         of_multipart_part_done(&m);
 *     }
 *     of_multipart_end(&m);
 */
#ifndef OPENFLOW_OF_MULTIPART_H
#define OPENFLOW_OF_MULTIPART_H

#include "openflow/of.h"

enum { OF_MULTIPART_MORE = 1 }; /* of the multipart flags */

struct of_multipart {
    struct of_buffer *b; /* borrowed */
    size_t start;        /* of the message */
    size_t head_size;    /* of what each message begins with */
    size_t done;         /* where the last whole part ends */
};

/* Goes on from a message that of_begin or of_begin_request has just begun at
 * 'start'; all that the buffer holds from there is repeated in each message. */
struct of_multipart of_multipart_of(struct of_buffer *b, size_t start);

/* Says that a part is whole.  One that fits no message makes the buffer bad. */
void of_multipart_part_done(struct of_multipart *m);

/* Ends the last message. */
void of_multipart_end(struct of_multipart *m);

#endif
