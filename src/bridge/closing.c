#include "bridge/closing.h"

#include <stdlib.h>

#include "base/crew.h"

struct work {
    const struct closing *closing;
    void (*also)(void *context);
    void *context;
};

void closing_add(struct closing *c, struct port_queue *q)
{
    if (c->count == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        struct port_queue **queues =
            realloc(c->queues, room * sizeof(struct port_queue *));

        if (!queues) {
            q->ops->close(q);
            return;
        }
        c->queues = queues;
        c->room = room;
    }
    c->queues[c->count++] = q;
}

static void close_one(void *context, size_t i)
{
    struct work *w = context;

    if (i == 0) {
        w->also(w->context);
    } else {
        struct port_queue *q = w->closing->queues[i - 1];

        q->ops->close(q);
    }
}

void closing_finish(struct closing *c, void (*also)(void *context),
                    void *context)
{
    struct work w = {.closing = c, .also = also, .context = context};

    crew_run(CREW_MAX, c->count + 1, close_one, &w);
    free(c->queues);
    *c = (struct closing){.queues = NULL};
}
