/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of tests/golden/: messages and what they say, compared both ways.
 * Each message is also cut to every shorter length, in memory that ends where
 * it does: it is then refused, or means just the bytes that are left.
 *
 * A test gives a table of the kinds of messages that its files have.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <stdio.h>

#include "openflow/of.h"
#include "tests/unit/test.h"

enum golden_form {
    GOLDEN_DEC,
    GOLDEN_HEX,
    GOLDEN_MAC,
    GOLDEN_TEXT,    /* in quotes */
    GOLDEN_MATCH,   /* struct flow_match, in braces */
    GOLDEN_ACTIONS, /* struct action_list, in braces */
};

/* How a member of a structure is written; a table of them ends with no name. */
struct golden_field {
    const char *name;
    size_t offset, size;
    enum golden_form form;
};

#define GOLDEN_FIELD(type, member, form)                                       \
    {                                                                          \
#member, offsetof(type, member), sizeof(((type *)0)->member),          \
            GOLDEN_##form                                                      \
    }

/* What a message says: lines without their ">". */
struct golden_lines {
    char *line[512];
    size_t count, next;
};

struct golden_case {
    char name[64];
    uint32_t xid;
    uint8_t *bytes; /* owned */
    size_t size;
    struct golden_lines lines;
    int at; /* line of the file */
};

/* What a body has one or more of: a structure, which is a line, and lines that
 * follow it. */
struct golden_part {
    const char *word;                  /* of the line */
    const struct golden_field *fields; /* in it */
    size_t size;                       /* of the structure */
    enum flow_error (*read)(enum of_version version, struct reader *body,
                            void *value);
    void (*put)(struct of_buffer *b, enum of_version version,
                const void *value);
    /* The lines that follow, and what frees a value; or NULL. */
    void (*write_more)(FILE *lines, const void *value);
    void (*read_more)(struct golden_lines *lines, void *value);
    void (*clear)(void *value);
};

struct golden_kind {
    const char *name; /* "PORT_MOD", "MP_PORT request" */
    enum of_kind kind;
    /* Reads a body behind its head and writes lines. */
    enum flow_error (*read)(enum of_version version, const struct of_header *h,
                            struct reader *body, FILE *lines);
    /* Appends the whole message. */
    void (*write)(struct of_buffer *b, enum of_version version, uint32_t xid,
                  struct golden_lines *lines);
    /* Instead of these two: a request and what is not multipart have one of it,
     * a multipart reply any number. */
    const struct golden_part *request, *reply;
};

/* One line: the word and the members of 'value' that are not 0. */
void golden_write(FILE *out, const char *word,
                  const struct golden_field *fields, const void *value);

/* Reads a line that golden_write wrote, if it begins with this word, into
 * members of 'value'; false, and the line stays, if it does not. */
bool golden_read(struct golden_lines *lines, const char *word,
                 const struct golden_field *fields, void *value);

/* Appends the bytes of a line of hex. */
void golden_add_hex(struct golden_case *c, const char *line);

/* Checks a file, "of13/port", with a table of kinds that ends with no name. */
void golden_check(const char *name, enum of_version version,
                  const struct golden_kind *kinds);

/* The file of this name, "port", of each version from the first one on. */
void golden_check_since(const char *name, enum of_version first,
                        const struct golden_kind *kinds);

#endif
