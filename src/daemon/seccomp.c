/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/seccomp.h"

#include <errno.h>

#ifndef HAVE_LIBSECCOMP

int seccomp_restrict(void)
{
    return -EOPNOTSUPP;
}

int seccomp_restrict_worker(void)
{
    return -EOPNOTSUPP;
}

#else

#include <assert.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/array.h"

enum { LINK_CREATE = 28 /* bpf(2), BPF_LINK_CREATE */ };

/* Names between spaces, so that a call that this kernel or library lacks is
 * left out. */
static const char allowed[] =
    /* memory */
    "brk madvise membarrier mlock mlock2 mlockall mremap munlock munmap "
    /* threads and their life */
    "arch_prctl exit exit_group futex futex_time64 futex_waitv futex_wait "
    "futex_wake get_robust_list getcpu rseq sched_get_priority_max "
    "sched_get_priority_min sched_getaffinity sched_getattr "
    "sched_getparam sched_getscheduler sched_setaffinity sched_yield "
    "set_robust_list set_thread_area set_tid_address set_tls tgkill "
    /* signals */
    "restart_syscall rt_sigaction rt_sigpending rt_sigprocmask "
    "rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigreturn "
    "signalfd signalfd4 "
    /* time */
    "clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday "
    "nanosleep setitimer time timerfd_create timerfd_gettime "
    "timerfd_gettime64 timerfd_settime timerfd_settime64 times "
    /* waiting */
    "_newselect epoll_create epoll_create1 epoll_ctl epoll_pwait "
    "epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch "
    "inotify_init inotify_init1 inotify_rm_watch poll ppoll ppoll_time64 "
    "pselect6 pselect6_time64 select "
    /* files */
    "_llseek access chmod chown chown32 close close_range dup dup2 dup3 "
    "faccessat faccessat2 fadvise64 fadvise64_64 fallocate fchmod "
    "fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync "
    "flock fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate "
    "ftruncate64 getcwd getdents getdents64 lchown lchown32 link linkat "
    "lseek lstat lstat64 mkdir mkdirat newfstatat open openat pipe pipe2 "
    "pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readlink "
    "readlinkat readv rename renameat renameat2 rmdir sendfile sendfile64 "
    "splice stat stat64 statfs statfs64 statx umask unlink unlinkat "
    "utimensat write writev "
    /* sockets; socket() itself is below */
    "accept accept4 bind connect getpeername getsockname getsockopt "
    "listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg send sendmmsg "
    "sendmsg sendto setsockopt shutdown socketcall socketpair "
    /* facts about the process; never a new identity */
    "capget getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
    "getgroups32 getpgrp getpid getppid getpriority getrandom getresgid "
    "getresgid32 getresuid getresuid32 getrlimit getrusage gettid getuid "
    "getuid32 prlimit64 setrlimit sysinfo ugetrlimit uname "
    /* makes this filter narrower still, for a thread */
    "seccomp ";

/* The calls of these that a worker needs: frames, sleep, waking the main
 * thread, and the C library's calls at the end of a thread or to abort. */
static const char allowed_to_workers[] =
    "epoll_ctl epoll_pwait epoll_wait futex futex_time64 getsockopt ppoll "
    "ppoll_time64 poll read readv recvfrom recvmmsg recvmmsg_time64 recvmsg "
    "sendmmsg sendmsg sendto write writev "
    "clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 "
    "gettimeofday nanosleep "
    "brk madvise membarrier mremap munmap "
    "exit exit_group getcpu getpid gettid rseq rt_sigaction rt_sigprocmask "
    "rt_sigreturn restart_syscall sched_getaffinity sched_yield "
    "set_robust_list sigaltstack tgkill ";

/* Nothing of a switch calls them, by mistake either. */
static const char deadly[] =
    "execve execveat "
    /* into other processes */
    "kcmp process_madvise process_vm_readv process_vm_writev pidfd_getfd "
    "ptrace "
    /* into another view of the machine */
    "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount "
    "open_by_handle_at open_tree pivot_root setns umount umount2 unshare "
    /* into the kernel */
    "create_module delete_module finit_module init_module "
    "io_uring_enter io_uring_register io_uring_setup ioperm iopl "
    "kexec_file_load kexec_load perf_event_open userfaultfd vmsplice "
    /* at the machine itself */
    "acct adjtimex clock_adjtime clock_settime quotactl reboot "
    "sethostname setdomainname settimeofday swapoff swapon syslog vhangup "
    /* at keys */
    "add_key keyctl request_key ";

/* The workers' most frequent calls stand first, for the filter is read from its
 * start; kernels from 5.11 on remember the answers. */
static const char *const hot[] = {
    "sendmsg", "sendmmsg", "sendto", "recvmsg",    "recvfrom",    "read",
    "readv",   "write",    "writev", "epoll_wait", "epoll_pwait", "futex"};

/* Calls that the C library does without when the kernel does not have them:
 * EPERM would make it give up. */
static const char missing[] = "clone3 openat2";

#ifndef TUNGETDEVNETNS /* since Linux 5.8 */
#define TUNGETDEVNETNS _IO('T', 227)
#endif

static const int socket_families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK,
                                      AF_PACKET};

static const int prctl_options[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE,
                                    0x53564d41 /* PR_SET_VMA, malloc's */};

/* Those of a terminal can type for whoever sits there, so each is named; of
 * interfaces (0x89..) all are allowed, the capabilities bound them. */
static const unsigned long ioctl_requests[] = {
    FIONBIO,        FIONREAD,       TCGETS,          TIOCGWINSZ,
    TUNGETFEATURES, TUNGETIFF,      TUNGETSNDBUF,    TUNGETVNETHDRSZ,
    TUNSETCARRIER,  TUNSETGROUP,    TUNSETIFF,       TUNSETIFINDEX,
    TUNSETLINK,     TUNSETOFFLOAD,  TUNSETOWNER,     TUNSETPERSIST,
    TUNSETQUEUE,    TUNSETSNDBUF,   TUNSETVNETHDRSZ, TUNSETVNETBE,
    TUNSETVNETLE,   TUNGETDEVNETNS,
};

enum { NAME_SIZE = 32 };

/* clone(flags, stack, ...), but on s390 clone(stack, flags, ...). */
#ifdef __s390__
enum { CLONE_FLAGS_ARGUMENT = 1 };
#else
enum { CLONE_FLAGS_ARGUMENT = 0 };
#endif

/* One rule for the call 'name', where the argument's bits in 'mask' must be
 * 'value'; mask 0: any argument.  A name that is unknown here needs no rule. */
static int add(scmp_filter_ctx filter, uint32_t action, const char *name,
               struct scmp_arg_cmp compare)
{
    int number = seccomp_syscall_resolve_name(name);

    if (number == __NR_SCMP_ERROR)
        return 0;
    return seccomp_rule_add_array(filter, action, number,
                                  compare.datum_a ? 1 : 0, &compare);
}

static struct scmp_arg_cmp bits_are(unsigned int argument, uint64_t mask,
                                    uint64_t value)
{
    return (struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, mask, value};
}

static const struct scmp_arg_cmp always;

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *names)
{
    int err = 0;

    while (*names && !err) {
        size_t size = strcspn(names, " ");
        char name[NAME_SIZE];

        assert(size < sizeof(name));
        memcpy(name, names, size);
        name[size] = '\0';
        err = add(filter, action, name, always);
        names += size + strspn(names + size, " ");
    }
    return err;
}

/* Memory is to be written or to be run, not both. */
static int add_mapping(scmp_filter_ctx filter)
{
    static const char *const calls[] = {"mmap", "mmap2", "mprotect",
                                        "pkey_mprotect"};
    int err = 0;

    for (size_t i = 0; i < ARRAY_SIZE(calls) && !err; i++) {
        err = add(filter, SCMP_ACT_ALLOW, calls[i], bits_are(2, PROT_EXEC, 0));
        if (!err)
            err = add(filter, SCMP_ACT_ALLOW, calls[i],
                      bits_are(2, PROT_WRITE | PROT_EXEC, PROT_EXEC));
    }
    return err;
}

/* Calls that depend on an argument.  The kernel takes the lower 32 bits of
 * these arguments, so the filter does too. */
static int add_by_argument(scmp_filter_ctx filter)
{
    int err = add(filter, SCMP_ACT_ALLOW, "clone",
                  bits_are(CLONE_FLAGS_ARGUMENT, CLONE_THREAD, CLONE_THREAD));

    for (size_t i = 0; i < ARRAY_SIZE(socket_families) && !err; i++)
        err = add(filter, SCMP_ACT_ALLOW, "socket",
                  bits_are(0, UINT32_MAX, (uint32_t)socket_families[i]));
    for (size_t i = 0; i < ARRAY_SIZE(prctl_options) && !err; i++)
        err = add(filter, SCMP_ACT_ALLOW, "prctl",
                  bits_are(0, UINT32_MAX, (uint32_t)prctl_options[i]));
    for (size_t i = 0; i < ARRAY_SIZE(ioctl_requests) && !err; i++)
        err = add(filter, SCMP_ACT_ALLOW, "ioctl",
                  bits_are(1, UINT32_MAX, (uint32_t)ioctl_requests[i]));
    if (!err)
        err = add(filter, SCMP_ACT_ALLOW, "ioctl",
                  bits_are(1, 0xffffff00, 0x8900));
    return err ? err : add_mapping(filter);
}

/* Takes the filter over, and puts the most frequent calls in front. */
static int load(scmp_filter_ctx filter, int err)
{
    for (size_t i = 0; i < ARRAY_SIZE(hot) && !err; i++)
        err = seccomp_syscall_priority(
            filter, seccomp_syscall_resolve_name(hot[i]), 255);
    if (!err)
        err = seccomp_load(filter);
    seccomp_release(filter);
    return err;
}

int seccomp_restrict(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int err;

    if (!filter)
        return -ENOMEM;
    err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    /* Old kernels cannot log, which is no reason to go without a filter. */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    if (!err)
        err = add_all(filter, SCMP_ACT_ALLOW, allowed);
    if (!err)
        err = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly);
    if (!err)
        err = add_all(filter, SCMP_ACT_ERRNO(ENOSYS), missing);
    if (!err)
        err = add_by_argument(filter);
    /* A program that is loaded goes to a port that has come: program.c. */
    if (!err)
        err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
                               SCMP_A0_32(SCMP_CMP_EQ, LINK_CREATE, 0));
    if (!err)
        err = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(bpf), 1,
                               SCMP_A0_32(SCMP_CMP_NE, LINK_CREATE, 0));
    return load(filter, err);
}

/* The options that a worker sets of a port's sockets. */
static int add_socket_options(scmp_filter_ctx filter)
{
    static const struct {
        int level, option;
    } options[] = {
        {SOL_SOCKET, SO_PRIORITY},     /* a frame's queue: packet_ring.c */
        {SOL_PACKET, PACKET_VNET_HDR}, /* refused.c */
    };
    int err = 0;

    for (size_t i = 0; i < ARRAY_SIZE(options) && !err; i++)
        err = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
            SCMP_A1_32(SCMP_CMP_EQ, (uint32_t)options[i].level, 0),
            SCMP_A2_32(SCMP_CMP_EQ, (uint32_t)options[i].option, 0));
    return err;
}

int seccomp_restrict_worker(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int err;

    if (!filter)
        return -ENOMEM;
    /* The process has no_new_privs, and may not call for it again. */
    err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    if (!err)
        err = add_all(filter, SCMP_ACT_ALLOW, allowed_to_workers);
    if (!err)
        err = add_mapping(filter);
    if (!err)
        err = add_socket_options(filter);
    return load(filter, err);
}

#endif
