/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_hold.h"

#include <stdlib.h>
#include <string.h>

static struct held_line *copy(void *event, const struct log_line *line)
{
    struct held_line *made = malloc(sizeof(*made) + line->size);

    if (!made)
        return NULL;
    *made = (struct held_line){
        .event = event,
        .is_json = line->is_json,
        .is_cut = line->is_cut,
        .subject_start = line->subject_start,
        .subject_end = line->subject_end,
        .size = line->size,
    };
    memcpy(made->text, line->text, line->size);
    return made;
}

static bool is_same(const struct held_line *a, const struct held_line *b)
{
    size_t size = a->subject_end - a->subject_start;

    return a->event == b->event && size == b->subject_end - b->subject_start &&
           !memcmp(a->text + a->subject_start, b->text + b->subject_start,
                   size);
}

enum log_hold_result log_hold_put(struct log_hold *h, void *event,
                                  const struct log_line *line)
{
    struct held_line *made = copy(event, line);
    struct held_line **at = &h->first;

    if (!made)
        return LOG_REFUSED;
    while (*at && !is_same(*at, made))
        at = &(*at)->next;
    if (*at) {
        struct held_line *older = *at;

        /* In its place, or a flood would never let it come to the front. */
        made->next = older->next;
        *at = made;
        free(older);
        return LOG_REPLACED;
    }
    if (h->count == LOG_HOLD_MAX) {
        free(made);
        return LOG_REFUSED;
    }
    *at = made;
    h->count++;
    return LOG_HELD;
}

void log_hold_remove(struct log_hold *h, struct held_line **at)
{
    struct held_line *gone = *at;

    *at = gone->next;
    h->count--;
    free(gone);
}

void log_hold_copy(const struct held_line *h, struct log_line *to)
{
    memcpy(to->text, h->text, h->size);
    to->size = h->size;
    to->is_json = h->is_json;
    to->is_cut = h->is_cut;
}
