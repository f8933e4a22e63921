/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/guest_tap.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "port/netlink.h"
#include "port/tap_device.h"

#define NOBODY_UID ((uid_t)-1)
#define NOBODY_GID ((gid_t)-1)

enum { MARKED_MAX = 1024 };

/* What must happen to a TAP that is there. */
enum need { NEED_NOTHING, NEED_HOLDER, NEED_NEW_ONE };

static short flags_of(bool is_multi_queue)
{
    return (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
                   (is_multi_queue ? IFF_MULTI_QUEUE : 0));
}

static bool is_marked(const struct tap_device *d, const char *mark)
{
    return d->is_tap && !strcmp(d->alias, mark);
}

/* With neither, the kernel would let anybody in. */
static uid_t owner_of(const struct guest_tap_plan *plan)
{
    return plan->owner == NOBODY_UID && plan->group == NOBODY_GID ? 0
                                                                  : plan->owner;
}

static enum need need_of(const struct tap_device *d,
                         const struct guest_tap_plan *plan)
{
    bool is_ours = is_marked(d, plan->mark);
    bool names_any = plan->owner != NOBODY_UID || plan->group != NOBODY_GID;
    uid_t owner = owner_of(plan);

    if ((plan->queues || is_ours) && d->is_multi_queue != (plan->queues > 1))
        return NEED_NEW_ONE;
    if (!names_any && !is_ours)
        return NEED_NOTHING;
    /* There is no way to take an owner or a group away. */
    if ((owner == NOBODY_UID && d->owner != NOBODY_UID) ||
        (plan->group == NOBODY_GID && d->group != NOBODY_GID))
        return NEED_NEW_ONE;
    return owner != d->owner || plan->group != d->group ? NEED_HOLDER
                                                        : NEED_NOTHING;
}

static int set_holder(int fd, const struct guest_tap_plan *plan)
{
    uid_t owner = owner_of(plan);

    if (owner != NOBODY_UID && ioctl(fd, TUNSETOWNER, (unsigned long)owner) < 0)
        return -errno;
    if (plan->group != NOBODY_GID &&
        ioctl(fd, TUNSETGROUP, (unsigned long)plan->group) < 0)
        return -errno;
    return 0;
}

static int set_mark(const char *name, const char *mark)
{
    struct netlink_request r;

    netlink_begin(&r, RTM_NEWLINK, 0, sizeof(struct ifinfomsg));
    mnl_attr_put_strz(&r.header, IFLA_IFNAME, name);
    mnl_attr_put_strz(&r.header, IFLA_IFALIAS, mark);
    return netlink_ask(&r, NULL, NULL);
}

/* It stays only once it has its mark: so none is left that nobody knows. */
int guest_tap_make(const char *name, const struct guest_tap_plan *plan)
{
    struct tap_device d;
    int fd = tap_device_attach(
        name, (short)(flags_of(plan->queues > 1) | IFF_TUN_EXCL));
    int err;

    if (fd == -EBUSY && tap_device_look(name, &d) == 0)
        return d.is_tap ? 0 : -EEXIST;
    if (fd < 0)
        return fd;
    err = set_holder(fd, plan);
    if (!err)
        err = set_mark(name, plan->mark);
    if (!err && ioctl(fd, TUNSETPERSIST, 1ul) < 0)
        err = -errno;
    close(fd);
    return err;
}

/* A process that can attach to it knows that nobody else holds it; but a file
 * of a TAP of several queues could always be had. */
static int attach_alone(const char *name, const struct tap_device *d)
{
    if (d->is_held)
        return -EBUSY;
    return tap_device_attach(name, flags_of(d->is_multi_queue));
}

static int delete_device(int ifindex)
{
    struct netlink_request r;
    struct ifinfomsg *info = netlink_begin(&r, RTM_DELLINK, 0, sizeof(*info));

    info->ifi_index = ifindex;
    return netlink_ask(&r, NULL, NULL);
}

static int remove_device(const char *name, const struct tap_device *d)
{
    int fd = attach_alone(name, d);
    int err;

    if (fd < 0)
        return fd;
    err = delete_device(d->ifindex);
    if (err)
        close(fd);
    else
        tap_device_give_back(fd);
    return err;
}

static int change_holder(const char *name, const struct tap_device *d,
                         const struct guest_tap_plan *plan)
{
    int fd = attach_alone(name, d);
    int err;

    if (fd < 0)
        return fd;
    err = set_holder(fd, plan);
    close(fd);
    return err;
}

/* Why the need cannot be met, or 0. */
static int obstacle(const struct tap_device *d,
                    const struct guest_tap_plan *plan, enum need need)
{
    if (need == NEED_NOTHING)
        return 0;
    if (need == NEED_NEW_ONE && !is_marked(d, plan->mark))
        return -EEXIST;
    return d->is_held ? -EBUSY : 0;
}

int guest_tap_check(const char *name, const struct guest_tap_plan *plan)
{
    struct tap_device d;

    if (tap_device_look(name, &d) < 0 || !d.is_tap)
        return 0;
    return obstacle(&d, plan, need_of(&d, plan));
}

int guest_tap_adopt(const char *name, const struct guest_tap_plan *plan,
                    bool *is_ours)
{
    struct tap_device d;
    int err = tap_device_look(name, &d);
    enum need need;

    *is_ours = false;
    if (err || !d.is_tap)
        return err; /* Only a TAP has an owner. */
    *is_ours = is_marked(&d, plan->mark);
    need = need_of(&d, plan);
    err = obstacle(&d, plan, need);
    if (err || need == NEED_NOTHING)
        return err;
    if (need == NEED_HOLDER)
        return change_holder(name, &d, plan);
    err = remove_device(name, &d);
    return err ? err : -EAGAIN;
}

int guest_tap_remove(const char *name)
{
    struct tap_device d;
    int err = tap_device_look(name, &d);

    if (err)
        return err;
    return d.is_tap ? remove_device(name, &d) : -EEXIST;
}

/* Of a dump: the names are kept, for none may be asked about meanwhile. */
struct marked {
    const char *mark;
    size_t count;
    char names[MARKED_MAX][IFNAMSIZ];
};

static int take_marked(const struct nlmsghdr *message, void *context)
{
    struct marked *m = context;
    struct tap_device d;

    tap_device_read(message, &d);
    if (is_marked(&d, m->mark) && m->count < MARKED_MAX)
        memcpy(m->names[m->count++], d.name, sizeof(d.name));
    return MNL_CB_OK;
}

int guest_tap_each(const char *mark,
                   void (*visit)(void *context, const char *name),
                   void *context)
{
    struct netlink_request r;
    struct marked m = {.mark = mark};
    int err = -EAGAIN;

    for (int i = 0; i < NETLINK_TRIES && err == -EAGAIN; i++) {
        m.count = 0;
        netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
        err = netlink_ask(&r, take_marked, &m);
    }
    for (size_t i = 0; !err && i < m.count; i++)
        visit(context, m.names[i]);
    return err;
}
