/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/link_monitor.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/thread_role.h"
#include "port/link_message.h"
#include "port/netlink.h"

enum {
    READ_BATCH = 32, /* datagrams of one read; the rest wakes the loop again */
    MONITOR_BUFFER = 1 << 20,
};

struct links {
    struct link *all;
    size_t count, capacity;
};

struct link_monitor {
    struct mnl_socket *socket;
    struct links known;
    link_changed_fn *changed;
    void *context;
    uint64_t changes;
    bool is_stale; /* something was lost: all must be asked for again */
    uint8_t *answer;
};

static int links_add(struct links *l, const struct link *link)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 16;
        struct link *all = realloc(l->all, capacity * sizeof(*all));

        if (!all)
            return -ENOMEM;
        l->all = all;
        l->capacity = capacity;
    }
    l->all[l->count++] = *link;
    return 0;
}

static struct link *links_find(const struct links *l, int ifindex)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i].ifindex == ifindex)
            return &l->all[i];
    return NULL;
}

static struct link *links_find_name(const struct links *l, const char *name)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->all[i].name, name) == 0)
            return &l->all[i];
    return NULL;
}

static bool has_same_altnames(const struct link *a, const struct link *b)
{
    const char *x = NULL, *y = NULL;

    do {
        x = link_next_altname(a, x);
        y = link_next_altname(b, y);
    } while (x && y && strcmp(x, y) == 0);
    return !x && !y;
}

static bool link_equals(const struct link *a, const struct link *b)
{
    return a->ifindex == b->ifindex && strcmp(a->name, b->name) == 0 &&
           has_same_altnames(a, b) &&
           memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 && a->mtu == b->mtu &&
           a->is_up == b->is_up && a->is_running == b->is_running &&
           a->is_loopback == b->is_loopback && a->is_tap == b->is_tap &&
           a->type == b->type && a->master == b->master &&
           memcmp(a->lowers, b->lowers, sizeof(a->lowers)) == 0 &&
           a->has_far_peer == b->has_far_peer &&
           a->is_passthru == b->is_passthru && a->has_xdp == b->has_xdp &&
           strcmp(a->kind, b->kind) == 0;
}

/* A copy, because 'link' may lie in the list that the listener looks into. */
static void report(struct link_monitor *m, const struct link *link,
                   bool is_gone)
{
    struct link copy = *link;

    m->changed(m->context, &copy, is_gone);
}

static void forget(struct link_monitor *m, struct link *link)
{
    struct link gone = *link;

    *link = m->known.all[--m->known.count];
    report(m, &gone, true);
}

static void learn(struct link_monitor *m, const struct link *now)
{
    struct link *known = links_find(&m->known, now->ifindex);
    struct link *namesake;

    if (known && link_equals(known, now))
        return;
    if (known && strcmp(known->name, now->name) != 0) {
        forget(m, known);
        known = NULL;
    }
    /* Its end was missed, for two at a time cannot have one name. */
    namesake = links_find_name(&m->known, now->name);
    if (namesake && namesake != known) {
        forget(m, namesake);
        known = links_find(&m->known, now->ifindex);
    }
    if (known)
        *known = *now;
    else if (links_add(&m->known, now) < 0) {
        m->is_stale = true;
        return;
    }
    report(m, now, false);
}

static int take_message(const struct nlmsghdr *message, void *context)
{
    struct link_monitor *m = context;
    struct link link, *known;

    m->changes++;
    if ((message->nlmsg_type != RTM_NEWLINK &&
         message->nlmsg_type != RTM_DELLINK) ||
        !link_message_read(message, &link))
        return MNL_CB_OK;
    if (message->nlmsg_type == RTM_NEWLINK)
        learn(m, &link);
    known = links_find(&m->known, link.ifindex);
    if (message->nlmsg_type == RTM_DELLINK && known)
        forget(m, known);
    return MNL_CB_OK;
}

static int collect(const struct nlmsghdr *message, void *context)
{
    struct link link;

    if (message->nlmsg_type != RTM_NEWLINK ||
        !link_message_read(message, &link))
        return MNL_CB_OK;
    if (links_add(context, &link) < 0) {
        errno = ENOMEM;
        return MNL_CB_ERROR;
    }
    return MNL_CB_OK;
}

static int ask_for_all(struct links *links)
{
    int err = -EAGAIN;

    for (int i = 0; i < NETLINK_TRIES && err == -EAGAIN; i++) {
        struct netlink_request r;

        links->count = 0;
        netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
        err = netlink_ask(&r, collect, links);
    }
    return err;
}

int link_monitor_refresh(struct link_monitor *m)
{
    struct links before = m->known;
    struct links now = {0};
    int err = ask_for_all(&now);

    assert_main_thread();
    m->is_stale = err;
    if (err) {
        free(now.all);
        return err;
    }
    m->known = now;
    /* First what is gone, so that a name is free before it comes again. */
    for (size_t i = 0; i < before.count; i++) {
        const struct link *still = links_find(&m->known, before.all[i].ifindex);

        if (!still || strcmp(still->name, before.all[i].name) != 0)
            report(m, &before.all[i], true);
    }
    for (size_t i = 0; i < m->known.count; i++)
        report(m, &m->known.all[i], false);
    free(before.all);
    return 0;
}

int link_monitor_open(struct link_monitor **m, link_changed_fn *changed,
                      void *context)
{
    const unsigned int groups =
        RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    int size = MONITOR_BUFFER;
    int err;

    *m = calloc(1, sizeof(**m));
    if (!*m)
        return -ENOMEM;
    (*m)->changed = changed;
    (*m)->context = context;
    (*m)->answer = malloc(NETLINK_ANSWER_SIZE);
    if (!(*m)->answer) {
        err = -ENOMEM;
        goto close_monitor;
    }
    err = netlink_open(NETLINK_ROUTE, groups, SOCK_NONBLOCK, &(*m)->socket);
    if (err)
        goto close_monitor;
    /* Needs CAP_NET_ADMIN; with the usual size an overrun just comes sooner. */
    setsockopt(link_monitor_fd(*m), SOL_SOCKET, SO_RCVBUFFORCE, &size,
               sizeof(size));
    err = link_monitor_refresh(*m);
    if (err)
        goto close_monitor;
    return 0;

close_monitor:
    link_monitor_close(*m);
    *m = NULL;
    return err;
}

int link_monitor_fd(const struct link_monitor *m)
{
    return mnl_socket_get_fd(m->socket);
}

int link_monitor_read(struct link_monitor *m)
{
    assert_main_thread();
    for (int i = 0; i < READ_BATCH; i++) {
        ssize_t size =
            netlink_receive(m->socket, m->answer, NETLINK_ANSWER_SIZE);

        if (size == -EAGAIN) /* only now is nothing old left that contradicts */
            return m->is_stale ? link_monitor_refresh(m) : 0;
        if (size < 0 && size != -ENOBUFS && size != -EMSGSIZE)
            return (int)size;
        /* 0: these answer no question, so they carry no number or address. */
        if (size < 0 ||
            mnl_cb_run(m->answer, (size_t)size, 0, 0, take_message, m) < 0)
            m->is_stale = true;
    }
    return 0;
}

uint64_t link_monitor_changes(const struct link_monitor *m)
{
    return m->changes;
}

void link_monitor_close(struct link_monitor *m)
{
    if (!m)
        return;
    if (m->socket)
        mnl_socket_close(m->socket);
    free(m->known.all);
    free(m->answer);
    free(m);
}

const struct link *link_monitor_find(const struct link_monitor *m,
                                     const char *name)
{
    const struct link *link = links_find_name(&m->known, name);

    for (size_t i = 0; i < m->known.count && !link; i++)
        if (link_has_name(&m->known.all[i], name))
            link = &m->known.all[i];
    return link;
}

int link_monitor_ask(struct link_monitor *m, const char *name)
{
    struct netlink_request r;

    assert_main_thread();
    if (strlen(name) >= LINK_ANY_NAME_SIZE)
        return -ENODEV;
    netlink_begin(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    /* By this the kernel finds an interface by its own name as well. */
    mnl_attr_put_strz(&r.header, IFLA_ALT_IFNAME, name);
    return netlink_ask(&r, take_message, m);
}
