/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/flow_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "config/config_faults.h"
#include "control/flow_check.h"
#include "table/classifier.h"
#include "text/text_flow.h"

/* A file that is being read. */
struct reading {
    struct flow_file *to;
    const struct text_names *names;
    struct flow_check check;
    struct config_place at;
    struct config_faults *faults;
    int fault_count;
};

static bool is_same_entry(const struct flow_mod *a, const struct flow_mod *b)
{
    return a->priority == b->priority && a->table == b->table &&
           match_is_equal(&a->match, &b->match);
}

static size_t first_slot(const struct flow_file *f, const struct flow_mod *mod)
{
    uint64_t hash = (uint64_t)mod->table << 16 | mod->priority;

    hash = hash_words(mod->match.key.word, KEY_WORDS, hash);
    hash = hash_words(mod->match.mask.word, KEY_WORDS, hash);
    return (size_t)hash & (f->slot_count - 1);
}

/* The slot of the entry that 'mod' speaks of, or the empty one where it would
 * be; there always is one, for half of the slots stay empty. */
static uint32_t *find_slot(const struct flow_file *f,
                           const struct flow_mod *mod)
{
    size_t i = first_slot(f, mod);

    while (f->slots[i] && !is_same_entry(&f->lines[f->slots[i] - 1].mod, mod))
        i = (i + 1) & (f->slot_count - 1);
    return &f->slots[i];
}

static int index_lines(struct flow_file *f)
{
    f->slot_count = 16;
    while (f->slot_count < 2 * f->count)
        f->slot_count *= 2;
    f->slots = calloc(f->slot_count, sizeof(*f->slots));
    if (!f->slots)
        return -ENOMEM;
    for (size_t i = 0; i < f->count; i++)
        if (f->lines[i].mod.command == FLOW_MOD_ADD)
            *find_slot(f, &f->lines[i].mod) = (uint32_t)i + 1;
    return 0;
}

const struct flow_mod *flow_file_find(const struct flow_file *f,
                                      const struct flow_mod *mod)
{
    uint32_t at = f->slot_count ? *find_slot(f, mod) : 0;

    return at ? &f->lines[at - 1].mod : NULL;
}

void flow_file_clear(struct flow_file *f)
{
    for (size_t i = 0; i < f->count; i++)
        flow_mod_clear(&f->lines[i].mod);
    free(f->lines);
    free(f->slots);
    *f = (struct flow_file){.lines = NULL};
}

/* Takes the flow over. */
static int add_flow(struct reading *r, const struct flow_mod *mod)
{
    struct flow_file *f = r->to;

    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 64;
        struct flow_file_line *lines = realloc(f->lines, room * sizeof(*lines));

        if (!lines)
            return -ENOMEM;
        f->lines = lines;
        f->room = room;
    }
    f->lines[f->count++] = (struct flow_file_line){r->at.line, *mod};
    return 0;
}

static void fault(struct reading *r, const char *what)
{
    config_faults_add(r->faults, &r->at, "%s", what);
    r->fault_count++;
}

static int read_one(struct reading *r, char *line, size_t size)
{
    struct text_error error = {""};
    const struct text_parse parse = {r->names, &error};
    enum flow_error refusal;
    struct flow_mod mod;
    bool is_blank;
    int err;

    if (strlen(line) != size) {
        fault(r, "the line has a NUL byte; write plain text");
        return 0;
    }
    if (size > FLOW_FILE_LINE_MAX) {
        fault(r, "the line is too long");
        return 0;
    }
    if (!text_flow_read_line(&parse, line, &mod, &is_blank)) {
        fault(r, error.line);
        return 0;
    }
    if (is_blank)
        return 0;
    if (mod.command == FLOW_MOD_ADD && mod.table == FLOW_MOD_TABLE_ALL)
        mod.table = 0;
    refusal = flow_check_written(&r->check, &mod);
    if (refusal) {
        fault(r, flow_error_text(refusal));
        flow_mod_clear(&mod);
        return 0;
    }
    err = r->to->count < FLOW_FILE_MAX ? add_flow(r, &mod) : -EFBIG;
    if (err)
        flow_mod_clear(&mod);
    return err;
}

/* Where the first line with this table and mask is, or would be. */
static uint32_t *find_mask(const struct flow_file *f, uint32_t *slots,
                           const struct flow_mod *mod)
{
    size_t mask = f->slot_count - 1;
    size_t i =
        (size_t)hash_words(mod->match.mask.word, KEY_WORDS, mod->table) & mask;

    for (; slots[i]; i = (i + 1) & mask) {
        const struct flow_mod *other = &f->lines[slots[i] - 1].mod;

        if (other->table == mod->table &&
            !memcmp(&other->match.mask, &mod->match.mask,
                    sizeof(mod->match.mask)))
            break;
    }
    return &slots[i];
}

/* Finds the lines that a table would have no room for any more.  Where some
 * lines delete, that only shows when all are carried out. */
static int check_masks(struct reading *r)
{
    const struct flow_file *f = r->to;
    uint32_t *slots = calloc(f->slot_count, sizeof(*slots));
    unsigned int counts[UINT8_MAX + 1] = {0};
    bool has_deletes = false;

    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < f->count; i++)
        has_deletes = has_deletes ||
                      f->lines[i].mod.command == FLOW_MOD_DELETE ||
                      f->lines[i].mod.command == FLOW_MOD_DELETE_STRICT;
    for (size_t i = 0; i < f->count && !has_deletes; i++) {
        const struct flow_mod *mod = &f->lines[i].mod;
        uint32_t *slot = find_mask(f, slots, mod);

        if (*slot || mod->command != FLOW_MOD_ADD)
            continue;
        *slot = (uint32_t)i + 1;
        if (++counts[mod->table] <= CLASSIFIER_MASKS_MAX)
            continue;
        r->at.line = f->lines[i].line;
        config_faults_add(r->faults, &r->at,
                          "table %u has matches of more than %d masks; put "
                          "this entry into another table",
                          mod->table, CLASSIFIER_MASKS_MAX);
        r->fault_count++;
    }
    free(slots);
    return 0;
}

int flow_file_read(struct flow_file *f, const char *path,
                   const struct text_names *names, unsigned int tables,
                   struct config_faults *faults)
{
    struct reading r = {.to = f,
                        .names = names,
                        .check.tables = (uint8_t)tables,
                        .at.path = path,
                        .faults = faults};
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int err = 0;

    if (!file)
        return -errno;
    while (!err && (size = getline(&line, &room, file)) >= 0) {
        r.at.line++;
        err = read_one(&r, line, (size_t)size);
    }
    /* A directory or a disk that fails, or there is no memory for the line. */
    if (!err && !feof(file))
        err = ferror(file) ? -EIO : -ENOMEM;
    fclose(file);
    free(line);
    if (!err)
        err = index_lines(f);
    if (!err)
        err = check_masks(&r);
    return err ? err : r.fault_count;
}
