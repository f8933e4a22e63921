/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ERROR messages: which type and code each version has for a refusal, and back.
 * OpenFlow 1.0 5.4.4, 1.3.5 7.4.4, 1.5.1 7.5.4.
 */
#ifndef OPENFLOW_OF_ERROR_H
#define OPENFLOW_OF_ERROR_H

#include "flow/error.h"
#include "openflow/of.h"

enum {
    OF_ERROR_REQUEST_MAX = 64, /* bytes of the request that an ERROR repeats */
    /* An experimenter's error since 1.2: the code is the experimenter's type.
     * What we send and know of these is ONF's, which gave 1.3 the bundles of
     * 1.4, and Nicira's, which gave the versions before numbers that they
     * lack. */
    OF_ERROR_EXPERIMENTER = 0xffff,
};

struct of_error {
    uint16_t type, code;   /* the experimenter's own in 1.0 and 1.1 */
    uint32_t experimenter; /* 0: OpenFlow's own */
    struct reader data;    /* the request, or text of HELLO_FAILED; borrowed */
};

/* The numbers of a refusal; 'error' is not FLOW_OK. */
struct of_error of_error_of(enum of_version version, enum flow_error error);

/* The refusal that has these numbers, or FLOW_OK if we know none. */
enum flow_error of_error_meaning(enum of_version version,
                                 const struct of_error *e);

/* The specification's name of an error's type, "FLOW_MOD_FAILED"; "unknown" if
 * there is none. */
const char *of_error_type_name(enum of_version version,
                               const struct of_error *e);

/*
 * Appends an ERROR in answer to 'request', the whole message from its header
 * on, in the version of the connection.  Takes the xid from it (0 if it is
 * shorter than a header) and repeats its first 64 bytes.
 */
void of_error_write(struct of_buffer *b, enum of_version version,
                    enum flow_error error, const struct reader *request);

/* The same for HELLO_FAILED, whose data is a line of text. */
void of_error_write_hello_failed(struct of_buffer *b, enum of_version version,
                                 uint32_t xid, const char *text);

/* Reads an ERROR; FLOW_OK or FLOW_BAD_LENGTH. */
enum flow_error of_error_read(struct reader *body, struct of_error *e);

#endif
