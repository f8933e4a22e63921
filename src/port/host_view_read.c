/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the kernel for all that a view of the host has. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process_name.h"
#include "port/host_view.h"
#include "port/netlink.h"

static const char open_vswitch[] = "ovs-vswitchd";

/* An answer that changed meanwhile is asked for again; what it says twice does
 * no harm but of links. */
static int ask(struct host_view *v, struct netlink_request *r)
{
    int err = -EAGAIN;

    for (int i = 0; i < NETLINK_TRIES && err == -EAGAIN; i++) {
        if (r->header.nlmsg_type == RTM_GETLINK)
            v->count = 0;
        err = netlink_ask(r, host_view_take, v);
    }
    return err;
}

static int ask_links(struct host_view *v)
{
    struct netlink_request r;

    netlink_begin(&r, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
    return ask(v, &r);
}

static int ask_addresses(struct host_view *v)
{
    struct netlink_request r;

    netlink_begin(&r, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
    return ask(v, &r);
}

static int ask_routes(struct host_view *v, int family)
{
    struct netlink_request r;
    struct rtmsg *info =
        netlink_begin(&r, RTM_GETROUTE, NLM_F_DUMP, sizeof(*info));
    int err;

    info->rtm_family = (uint8_t)family;
    err = ask(v, &r);
    /* A host that never had a route may have no table for them. */
    return err == -ENOENT ? 0 : err;
}

/* A kernel that cannot list packet sockets does not tell who has a port. */
static void ask_sockets(struct host_view *v)
{
    struct netlink_request r;
    struct packet_diag_req *request =
        netlink_begin(&r, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof(*request));

    request->sdiag_family = AF_PACKET;
    request->pdiag_show =
        PACKET_SHOW_INFO | PACKET_SHOW_MCLIST | PACKET_SHOW_RING_CFG;
    netlink_ask_on(NETLINK_SOCK_DIAG, &r, host_view_take_socket, v);
}

/* Whether the process has the socket of that inode; true where that is not for
 * us to see. */
static bool process_has_socket(const char *pid, uint32_t inode)
{
    char path[64], wanted[64], to[64];
    bool is_found = false;
    struct dirent *entry;
    DIR *files;

    snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
    snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
    files = opendir(path);
    if (!files)
        return errno == EACCES || errno == EPERM;
    while (!is_found && (entry = readdir(files))) {
        ssize_t size =
            readlinkat(dirfd(files), entry->d_name, to, sizeof(to) - 1);

        to[size > 0 ? size : 0] = '\0';
        is_found = !strcmp(to, wanted);
    }
    closedir(files);
    return is_found;
}

static void note_open_vswitch(struct host_view *v, const char *pid)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->links[i].raw_socket &&
            process_has_socket(pid, v->links[i].raw_socket))
            v->links[i].holder = HOST_HOLDER_OPEN_VSWITCH;
}

/* Looks for the process only where there is such a socket at all. */
static void find_open_vswitch(struct host_view *v)
{
    struct dirent *entry;
    bool has_any = false;
    DIR *processes;

    for (size_t i = 0; i < v->count; i++)
        has_any |= v->links[i].raw_socket != 0;
    processes = has_any ? opendir("/proc") : NULL;
    if (!processes)
        return;
    while ((entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) &&
            process_name_is(entry->d_name, open_vswitch))
            note_open_vswitch(v, entry->d_name);
    closedir(processes);
}

int host_view_read(struct host_view *v)
{
    int err;

    *v = (struct host_view){0};
    err = ask_links(v);
    if (!err)
        err = ask_addresses(v);
    if (!err)
        err = ask_routes(v, AF_INET);
    if (!err)
        err = ask_routes(v, AF_INET6);
    if (err) {
        host_view_clear(v);
        return err;
    }
    ask_sockets(v);
    find_open_vswitch(v);
    return 0;
}
