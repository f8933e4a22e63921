/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaches a program of the kernel's to a port.  Needs no more than
 * CAP_NET_ADMIN once the program is loaded.
 *
 * bpf(2), BPF_LINK_CREATE with BPF_TCX_INGRESS, since Linux 6.6.
 */
#ifndef PORT_PROGRAM_H
#define PORT_PROGRAM_H

/* In front of the others at the interface's ingress, as long as the file that
 * it returns is open; or -errno. */
int program_attach(int program_fd, int ifindex);

#endif
