/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/program.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    /* linux/bpf.h; headers older than 6.6 lack some of them. */
    LINK_CREATE = 28,
    TCX_INGRESS = 46,
    BEFORE = 1 << 3,
};

/* The part of union bpf_attr that is BPF_LINK_CREATE's. */
struct link_create {
    uint32_t program_fd, ifindex, attach_type, flags;
    uint32_t relative_fd, pad;
    uint64_t expected_revision;
};

int program_attach(int program_fd, int ifindex)
{
    struct link_create attr = {
        .program_fd = (uint32_t)program_fd,
        .ifindex = (uint32_t)ifindex,
        .attach_type = TCX_INGRESS,
        .flags = BEFORE,
    };
    long fd = syscall(SYS_bpf, LINK_CREATE, &attr, sizeof(attr));

    return fd < 0 ? -errno : (int)fd;
}
