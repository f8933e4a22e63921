/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/faults/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SITES_MAX = 4096 };

/* Of libraries that may be absent, and without their headers: these functions
 * only pass on what they are given. */
#define WEAK __attribute__((weak))
WEAK void *SSL_CTX_new(const void *method);
WEAK void *SSL_new(void *context);
WEAK int SSL_set_fd(void *ssl, int fd);
WEAK void *SSL_load_client_CA_file(const char *path);
WEAK int SSL_CTX_use_certificate_chain_file(void *context, const char *path);
WEAK int SSL_CTX_use_PrivateKey_file(void *context, const char *path, int type);
WEAK int SSL_CTX_load_verify_file(void *context, const char *path);
WEAK void *mnl_socket_open2(int bus, int flags);
WEAK int mnl_socket_bind(void *socket, unsigned int groups, pid_t pid);
WEAK int mnl_socket_setsockopt(const void *socket, int type, void *value,
                               socklen_t size);
WEAK ssize_t mnl_socket_sendto(const void *socket, const void *bytes,
                               size_t size);
WEAK void *mnl_nlmsg_batch_start(void *bytes, size_t size);
WEAK void *nftnl_table_alloc(void);
WEAK void *nftnl_chain_alloc(void);
WEAK int nftnl_table_set_str(void *table, uint16_t attribute, const char *text);
WEAK int nftnl_chain_set_str(void *chain, uint16_t attribute, const char *text);
WEAK void *ev_loop_new(unsigned int flags);
WEAK int capng_get_caps_process(void);
WEAK int capng_update(int action, int type, unsigned int capability);
WEAK int capng_apply(int set);
WEAK int capng_change_id(int uid, int gid, int flags);
WEAK void *seccomp_init(uint32_t action);
WEAK int seccomp_attr_set(void *context, int attribute, uint32_t value);
WEAK int seccomp_rule_add_array(void *context, uint32_t action, int number,
                                unsigned int count, const void *arguments);
WEAK int seccomp_load(void *context);
ssize_t __getdelim(char **line, size_t *room, int end, FILE *file);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int armed_kinds;
static size_t calls_left; /* until one fails */
static bool has_failed;
static const char *failed_name;
static const void *failed_site;

/* From the environment. */
static const void *wanted_site;
static size_t wanted_left;
static int record = -1;
static const void *recorded[SITES_MAX];
static size_t recorded_count;

void inject_arm(unsigned int kinds, size_t nth)
{
    pthread_mutex_lock(&lock);
    armed_kinds = kinds;
    calls_left = nth;
    has_failed = false;
    pthread_mutex_unlock(&lock);
}

bool inject_disarm(void)
{
    bool result;

    pthread_mutex_lock(&lock);
    armed_kinds = 0;
    result = has_failed;
    pthread_mutex_unlock(&lock);
    return result;
}

const char *inject_name(void)
{
    return failed_name;
}

const void *inject_site(void)
{
    return failed_site;
}

__attribute__((constructor)) static void read_environment(void)
{
    const char *site = getenv("FAULT_SITE");
    const char *nth = getenv("FAULT_NTH");
    const char *path = getenv("FAULT_RECORD");

    wanted_site =
        site ? (const void *)(uintptr_t)strtoull(site, NULL, 16) : NULL;
    wanted_left = nth ? strtoul(nth, NULL, 10) : 1;
    if (path)
        record = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(const char *name, const void *site)
{
    char line[128];
    int size;

    for (size_t i = 0; i < recorded_count; i++)
        if (recorded[i] == site)
            return;
    if (recorded_count == SITES_MAX)
        abort();
    recorded[recorded_count++] = site;
    size = snprintf(line, sizeof(line), "%s %p\n", name, site);
    if (write(record, line, (size_t)size) != size)
        abort();
}

static bool is_due(unsigned int kind, const void *site)
{
    if (armed_kinds & kind && calls_left && --calls_left == 0)
        return true;
    return wanted_left && site == wanted_site && --wanted_left == 0;
}

/* Whether this call is to fail, and then with which errno. */
static bool fails(const char *name, const void *site, int error)
{
    unsigned int kind = error == ENOMEM ? INJECT_MEMORY : INJECT_SYSTEM;
    bool result;
    char line[128];

    pthread_mutex_lock(&lock);
    if (record >= 0)
        note(name, site);
    result = is_due(kind, site);
    if (result) {
        has_failed = true;
        failed_name = name;
        failed_site = site;
    }
    pthread_mutex_unlock(&lock);
    if (result && wanted_site) {
        int size =
            snprintf(line, sizeof(line), "fault: %s at %p\n", name, site);

        if (write(STDERR_FILENO, line, (size_t)size) != size)
            abort();
    }
    if (result)
        errno = error;
    return result;
}

/* Type, function, parameters, arguments, errno and result when it fails.  Those
 * with ENOMEM are INJECT_MEMORY. */
#define CALLS(X)                                                               \
    X(void *, malloc, (size_t a), (a), ENOMEM, NULL)                           \
    X(void *, calloc, (size_t a, size_t b), (a, b), ENOMEM, NULL)              \
    X(void *, realloc, (void *a, size_t b), (a, b), ENOMEM, NULL)              \
    X(void *, reallocarray, (void *a, size_t b, size_t c), (a, b, c), ENOMEM,  \
      NULL)                                                                    \
    X(void *, aligned_alloc, (size_t a, size_t b), (a, b), ENOMEM, NULL)       \
    X(char *, strdup, (const char *a), (a), ENOMEM, NULL)                      \
    X(char *, strndup, (const char *a, size_t b), (a, b), ENOMEM, NULL)        \
    X(int, vasprintf, (char **a, const char *b, va_list c), (a, b, c), ENOMEM, \
      -1)                                                                      \
    X(FILE *, open_memstream, (char **a, size_t *b), (a, b), ENOMEM, NULL)     \
    X(FILE *, fmemopen, (void *a, size_t b, const char *c), (a, b, c), ENOMEM, \
      NULL)                                                                    \
    X(ssize_t, __getdelim, (char **a, size_t *b, int c, FILE *d),              \
      (a, b, c, d), ENOMEM, -1)                                                \
    X(void *, SSL_CTX_new, (const void *a), (a), ENOMEM, NULL)                 \
    X(void *, SSL_new, (void *a), (a), ENOMEM, NULL)                           \
    X(int, SSL_set_fd, (void *a, int b), (a, b), ENOMEM, 0)                    \
    X(void *, SSL_load_client_CA_file, (const char *a), (a), ENOMEM, NULL)     \
    X(int, SSL_CTX_use_certificate_chain_file, (void *a, const char *b),       \
      (a, b), ENOMEM, 0)                                                       \
    X(int, SSL_CTX_use_PrivateKey_file, (void *a, const char *b, int c),       \
      (a, b, c), ENOMEM, 0)                                                    \
    X(int, SSL_CTX_load_verify_file, (void *a, const char *b), (a, b), ENOMEM, \
      0)                                                                       \
    X(void *, mnl_nlmsg_batch_start, (void *a, size_t b), (a, b), ENOMEM,      \
      NULL)                                                                    \
    X(void *, nftnl_table_alloc, (void), (), ENOMEM, NULL)                     \
    X(void *, nftnl_chain_alloc, (void), (), ENOMEM, NULL)                     \
    X(int, nftnl_table_set_str, (void *a, uint16_t b, const char *c),          \
      (a, b, c), ENOMEM, -1)                                                   \
    X(int, nftnl_chain_set_str, (void *a, uint16_t b, const char *c),          \
      (a, b, c), ENOMEM, -1)                                                   \
    X(void *, seccomp_init, (uint32_t a), (a), ENOMEM, NULL)                   \
    X(void *, ev_loop_new, (unsigned int a), (a), ENOMEM, NULL)                \
    X(int, seccomp_attr_set, (void *a, int b, uint32_t c), (a, b, c), EACCES,  \
      -EACCES)                                                                 \
    X(int, seccomp_rule_add_array,                                             \
      (void *a, uint32_t b, int c, unsigned int d, const void *e),             \
      (a, b, c, d, e), EINVAL, -EINVAL)                                        \
    X(int, seccomp_load, (void *a), (a), EACCES, -EACCES)                      \
    X(int, capng_get_caps_process, (void), (), EPERM, -1)                      \
    X(int, capng_update, (int a, int b, unsigned int c), (a, b, c), EPERM, -1) \
    X(int, capng_apply, (int a), (a), EPERM, -1)                               \
    X(int, capng_change_id, (int a, int b, int c), (a, b, c), EPERM, -1)       \
    X(void *, mnl_socket_open2, (int a, int b), (a, b), EMFILE, NULL)          \
    X(int, mnl_socket_bind, (void *a, unsigned int b, pid_t c), (a, b, c),     \
      EADDRINUSE, -1)                                                          \
    X(int, mnl_socket_setsockopt,                                              \
      (const void *a, int b, void *c, socklen_t d), (a, b, c, d), ENOPROTOOPT, \
      -1)                                                                      \
    X(ssize_t, mnl_socket_sendto, (const void *a, const void *b, size_t c),    \
      (a, b, c), ENOBUFS, -1)                                                  \
    X(int, open, (const char *a, int b, mode_t c), (a, b, c), EMFILE, -1)      \
    X(int, openat, (int a, const char *b, int c, mode_t d), (a, b, c, d),      \
      EMFILE, -1)                                                              \
    X(FILE *, fopen, (const char *a, const char *b), (a, b), EMFILE, NULL)     \
    X(int, fstat, (int a, struct stat *b), (a, b), EIO, -1)                    \
    X(int, fchmod, (int a, mode_t b), (a, b), EPERM, -1)                       \
    X(int, fchown, (int a, uid_t b, gid_t c), (a, b, c), EPERM, -1)            \
    X(int, fstatat, (int a, const char *b, struct stat *c, int d),             \
      (a, b, c, d), EIO, -1)                                                   \
    X(int, fchownat, (int a, const char *b, uid_t c, gid_t d, int e),          \
      (a, b, c, d, e), EPERM, -1)                                              \
    X(int, ftruncate, (int a, off_t b), (a, b), EIO, -1)                       \
    X(int, fsync, (int a), (a), EIO, -1)                                       \
    X(int, renameat, (int a, const char *b, int c, const char *d),             \
      (a, b, c, d), EIO, -1)                                                   \
    X(int, unlinkat, (int a, const char *b, int c), (a, b, c), EROFS, -1)      \
    X(ssize_t, read, (int a, void *b, size_t c), (a, b, c), EIO, -1)           \
    X(ssize_t, pread, (int a, void *b, size_t c, off_t d), (a, b, c, d), EIO,  \
      -1)                                                                      \
    X(ssize_t, readv, (int a, const struct iovec *b, int c), (a, b, c), EIO,   \
      -1)                                                                      \
    X(ssize_t, write, (int a, const void *b, size_t c), (a, b, c), ENOSPC, -1) \
    X(ssize_t, writev, (int a, const struct iovec *b, int c), (a, b, c), EIO,  \
      -1)                                                                      \
    X(int, fflush, (FILE * a), (a), ENOSPC, EOF)                               \
    X(struct passwd *, getpwnam, (const char *a), (a), EMFILE, NULL)           \
    X(int, flock, (int a, int b), (a, b), ENOLCK, -1)                          \
    X(int, mkdir, (const char *a, mode_t b), (a, b), ENOSPC, -1)               \
    X(int, socket, (int a, int b, int c), (a, b, c), EMFILE, -1)               \
    X(int, bind, (int a, const struct sockaddr *b, socklen_t c), (a, b, c),    \
      EADDRINUSE, -1)                                                          \
    X(int, listen, (int a, int b), (a, b), EADDRINUSE, -1)                     \
    X(int, connect, (int a, const struct sockaddr *b, socklen_t c), (a, b, c), \
      ENETUNREACH, -1)                                                         \
    X(int, accept4, (int a, struct sockaddr *b, socklen_t *c, int d),          \
      (a, b, c, d), EMFILE, -1)                                                \
    X(int, setsockopt, (int a, int b, int c, const void *d, socklen_t e),      \
      (a, b, c, d, e), ENOBUFS, -1)                                            \
    X(int, getsockopt, (int a, int b, int c, void *d, socklen_t *e),           \
      (a, b, c, d, e), ENOBUFS, -1)                                            \
    X(ssize_t, send, (int a, const void *b, size_t c, int d), (a, b, c, d),    \
      ENOBUFS, -1)                                                             \
    X(ssize_t, sendto,                                                         \
      (int a, const void *b, size_t c, int d, const struct sockaddr *e,        \
       socklen_t f),                                                           \
      (a, b, c, d, e, f), ENOBUFS, -1)                                         \
    X(int, sendmmsg, (int a, struct mmsghdr *b, unsigned int c, int d),        \
      (a, b, c, d), ENOBUFS, -1)                                               \
    X(ssize_t, recv, (int a, void *b, size_t c, int d), (a, b, c, d), ENOBUFS, \
      -1)                                                                      \
    X(ssize_t, recvmsg, (int a, struct msghdr *b, int c), (a, b, c), ENOBUFS,  \
      -1)                                                                      \
    X(int, ioctl, (int a, unsigned long b, void *c), (a, b, c), EBUSY, -1)     \
    X(void *, mmap, (void *a, size_t b, int c, int d, int e, off_t f),         \
      (a, b, c, d, e, f), ENOMEM, MAP_FAILED)                                  \
    X(int, eventfd, (unsigned int a, int b), (a, b), EMFILE, -1)               \
    X(int, epoll_create1, (int a), (a), EMFILE, -1)                            \
    X(int, epoll_ctl, (int a, int b, int c, struct epoll_event *d),            \
      (a, b, c, d), ENOSPC, -1)                                                \
    X(int, poll, (struct pollfd * a, nfds_t b, int c), (a, b, c), EINVAL, -1)  \
    X(int, pthread_create,                                                     \
      (pthread_t * a, const pthread_attr_t *b, void *(*c)(void *), void *d),   \
      (a, b, c, d), EAGAIN, EAGAIN)                                            \
    X(int, pthread_setaffinity_np,                                             \
      (pthread_t a, size_t b, const cpu_set_t *c), (a, b, c), EINVAL, EINVAL)  \
    X(int, sched_getaffinity, (pid_t a, size_t b, cpu_set_t * c), (a, b, c),   \
      EINVAL, -1)                                                              \
    X(unsigned int, if_nametoindex, (const char *a), (a), EMFILE, 0)           \
    X(int, getaddrinfo,                                                        \
      (const char *a, const char *b, const struct addrinfo *c,                 \
       struct addrinfo **d),                                                   \
      (a, b, c, d), EAGAIN, EAI_AGAIN)                                         \
    X(int, prctl,                                                              \
      (int a, unsigned long b, unsigned long c, unsigned long d,               \
       unsigned long e),                                                       \
      (a, b, c, d, e), EPERM, -1)

#define WRAP(type, name, parameters, arguments, error, result)                 \
    type fault_##name parameters;                                              \
    type fault_##name parameters                                               \
    {                                                                          \
        return fails(#name, __builtin_return_address(0), error)                \
                   ? (result)                                                  \
                   : name arguments;                                           \
    }

CALLS(WRAP)

__attribute__((format(printf, 2, 3))) int
fault_asprintf(char **text, const char *format, ...);

int fault_asprintf(char **text, const char *format, ...)
{
    va_list args;
    int size = -1;

    if (fails("asprintf", __builtin_return_address(0), ENOMEM))
        return -1;
    va_start(args, format);
    size = vasprintf(text, format, args);
    va_end(args);
    return size;
}

/* What was to be written last is lost, but it is closed. */
int fault_fclose(FILE *file);

int fault_fclose(FILE *file)
{
    bool is_lost = fails("fclose", __builtin_return_address(0), ENOMEM);
    int result = fclose(file);

    if (!is_lost)
        return result;
    errno = ENOMEM;
    return EOF;
}
