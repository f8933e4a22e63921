/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Match fields by themselves: the headers and values of OXM, NXM and their
 * experimenter forms, as matches and actions hold them.  OpenFlow 1.3.5 7.2.3.2
 * and 7.2.3.9; nicira-ext for NXM.
 *
 * Where a version is asked for, OF10 and OF11 stand for NXM, which is what
 * their extensions use.
 */
#ifndef OPENFLOW_OF_OXM_H
#define OPENFLOW_OF_OXM_H

#include "flow/field.h"
#include "openflow/of.h"

/* How the value on the wire relates to that of the field. */
enum of_oxm_form {
    OXM_UNKNOWN, /* no field that we know */
    OXM_PLAIN,   /* it is the field's */
    OXM_PORT16,  /* NXM_OF_IN_PORT: 1.0's port number */
    OXM_TOS,     /* NXM_OF_IP_TOS: IP_DSCP in the upper six bits */
    OXM_TCI,     /* NXM_OF_VLAN_TCI: VLAN_PCP and VLAN_VID */
    OXM_COOKIE,  /* NXM_NX_COOKIE: not of the frame */
};

struct of_oxm {
    enum of_oxm_form form;
    const struct field *field; /* PLAIN, PORT16 and TOS */
    bool has_mask;
    uint8_t size;   /* of the value; what it should be */
    uint8_t length; /* of value and mask together, as sent */
};

/* Whether ONF has the field as an experimenter's for 1.3 and 1.4, with the
 * number that 1.5 made standard. */
bool of_oxm_is_onf(const struct field *f);

/* Reads a header, and the experimenter id behind it if there is one. */
struct of_oxm of_oxm_read_header(struct reader *r);

/* True if the length sent fits the field and its mask. */
bool of_oxm_fits(const struct of_oxm *o);

/* The header that a version has for a field, and the value as it wants it.  Of
 * NXM's VLAN tag, which is two fields, the value is not written here. */
void of_oxm_put_header(struct of_buffer *b, enum of_version version,
                       const struct field *f, bool has_mask);
void of_oxm_put_value(struct of_buffer *b, enum of_version version,
                      const struct field *f, const uint8_t *value);

/* Bits of a field, counted from the right. */
struct of_oxm_bits {
    const struct field *field;
    unsigned start, count;
};

/*
 * Which bits of which field the value on the wire has from bit 'start' on:
 * 'count' of them, or fewer where another field begins.  False if there are
 * not so many, or if it is no field of the frame.
 */
bool of_oxm_find_bits(const struct of_oxm *o, unsigned start, unsigned count,
                      struct of_oxm_bits *bits);

/* The way back: the bit where a field begins in a version's form of it. */
unsigned of_oxm_shift(enum of_version version, const struct field *f);

#endif
