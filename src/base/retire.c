#include "base/retire.h"

#include <stdlib.h>
#include <urcu-qsbr.h>

struct retired {
    void *object;
    void (*release)(void *object);
};

/* One list for the process, as the grace period is one for the process. */
static struct retired *list;
static size_t count, room;

void retire(void *object, void (*release)(void *object))
{
    if (!object)
        return;
    if (count == room) {
        size_t more = room ? 2 * room : 64;
        struct retired *longer = realloc(list, more * sizeof(*list));

        if (!longer) {
            urcu_qsbr_synchronize_rcu();
            release(object);
            return;
        }
        list = longer;
        room = more;
    }
    list[count++] = (struct retired){object, release};
}

size_t retire_flush(void)
{
    size_t released = count;

    if (!count)
        return 0;
    urcu_qsbr_synchronize_rcu();
    for (size_t i = 0; i < released; i++)
        list[i].release(list[i].object);
    count = 0;
    free(list);
    list = NULL;
    room = 0;
    return released;
}
