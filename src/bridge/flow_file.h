/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of flows, as ovs-ofctl add-flows takes it: a flow a line, perhaps
 * after one of the words add, modify, modify_strict, delete and delete_strict;
 * '#' starts a comment.
 *
 * Only reads; flow_load.h puts the flows into the tables.
 */
#ifndef BRIDGE_FLOW_FILE_H
#define BRIDGE_FLOW_FILE_H

#include "config/config.h"
#include "flow/flow_mod.h"
#include "text/text.h"

enum {
    FLOW_FILE_MAX = 1 << 20,         /* flows */
    FLOW_FILE_LINE_MAX = 256 * 1024, /* bytes of a line */
};

struct flow_file_line {
    int line;
    struct flow_mod mod;
};

/* Start from zero, end with flow_file_clear. */
struct flow_file {
    struct flow_file_line *lines; /* 'count', in the order of the file */
    size_t count, room;
    uint32_t *slots; /* hash of those that add: index + 1, or 0 */
    size_t slot_count;
};

/*
 * Checks each flow for a switch with this many tables; which groups and meters
 * there will be is not known yet.  Reads the whole file, going on after each
 * fault so that all are found; each becomes a line FILE:LINE: what is wrong.
 * Returns how many there were, or -errno: it cannot be read, or memory has run
 * out.  The file is to be used only after 0.
 */
int flow_file_read(struct flow_file *f, const char *path,
                   const struct text_names *names, unsigned int tables,
                   struct config_faults *faults);
void flow_file_clear(struct flow_file *f);

/* The last line of the file that adds an entry with the priority, table and
 * match of this one; NULL: none. */
const struct flow_mod *flow_file_find(const struct flow_file *f,
                                      const struct flow_mod *mod);

#endif
