/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups: GROUP_MOD, MP_GROUP, MP_GROUP_DESC and MP_GROUP_FEATURES since
 * OpenFlow 1.1, and Nicira's messages for 1.0, which have the layout of 1.5.
 * OpenFlow 1.3.5 7.3.4.2 and 7.3.5.8 to 10, 1.5.1 7.3.4.3.
 */
#ifndef OPENFLOW_OF_GROUP_H
#define OPENFLOW_OF_GROUP_H

#include "flow/group_desc.h"
#include "openflow/of.h"

/*
 * GROUP_MOD, in 1.0 NX_GROUP_MOD.  Reading gives FLOW_BAD_GROUP_COMMAND,
 * FLOW_BAD_BUCKET (lengths, or an id that cannot be), FLOW_BAD_WATCH, faults of
 * actions and of properties; whether the group makes sense is not asked.
 * Before 1.5 buckets have their place as id.  The caller ends with
 * group_mod_clear; after an error there is nothing to clear.
 */
void of_group_write_mod(struct of_buffer *b, enum of_version version,
                        uint32_t xid, const struct group_mod *mod);
enum flow_error of_group_read_mod(enum of_version version, struct reader *body,
                                  struct group_mod *mod);

/* The body of a request to MP_GROUP: one group, or GROUP_ALL. */
void of_group_put_request(struct of_buffer *b, uint32_t group_id);
enum flow_error of_group_read_request(struct reader *body, uint32_t *group_id);

/* The same to MP_GROUP_DESC, which asks for one group in 1.5 and 1.0. */
void of_group_put_desc_request(struct of_buffer *b, enum of_version version,
                               uint32_t group_id);
enum flow_error of_group_read_desc_request(enum of_version version,
                                           struct reader *body,
                                           uint32_t *group_id);

/* One group of a reply to MP_GROUP.  A read one has no buckets; they are what
 * is left in '*buckets', one of_group_read_bucket_stats each. */
void of_group_put_stats(struct of_buffer *b, enum of_version version,
                        const struct group_stats *s);
enum flow_error of_group_read_stats(enum of_version version, struct reader *r,
                                    struct group_stats *s,
                                    struct reader *buckets);
struct bucket_stats of_group_read_bucket_stats(struct reader *buckets);

/*
 * One group of a reply to MP_GROUP_DESC: begin, its buckets one by one, end.
 */
struct of_group_desc {
    struct of_buffer *b; /* borrowed */
    enum of_version version;
    uint8_t type; /* enum group_type */
    size_t start;
};

struct of_group_desc of_group_begin_desc(struct of_buffer *b,
                                         enum of_version version, uint8_t type,
                                         uint32_t group_id);
void of_group_put_bucket(struct of_group_desc *d,
                         const struct bucket_desc *bucket);
/* Versions that cannot say how a SELECT chooses leave it out. */
void of_group_end_desc(struct of_group_desc *d,
                       const struct group_selection *selection);

/* Reads one as the GROUP_MOD that adds it; ends as of_group_read_mod. */
enum flow_error of_group_read_desc(enum of_version version, struct reader *r,
                                   struct group_mod *mod);

/* The reply to MP_GROUP_FEATURES, which 1.0 and 1.1 have from Nicira. */
void of_group_write_features(struct of_buffer *b, enum of_version version,
                             uint32_t xid, const struct group_features *f);
enum flow_error of_group_read_features(enum of_version version,
                                       struct reader *body,
                                       struct group_features *f);

#endif
