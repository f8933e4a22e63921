/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Under the filter a switch still does all it does, and the calls that only an
 * intruder makes fail or end the process.  Each case runs in a child.
 */
#include "daemon/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <ev.h>

#include "tests/unit/test.h"

#ifdef HAVE_LIBSECCOMP

/* In a child cmocka cannot take part: what is wrong is its exit status. */
static void require(bool is_so, const char *what, int line)
{
    if (is_so)
        return;
    fprintf(stderr, "line %d: not so: %s (errno %d)\n", line, what, errno);
    _exit(1);
}

#define REQUIRE(is_so) require(is_so, #is_so, __LINE__)

/* Returns the child's wait status. */
static int restricted(void (*run)(void))
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        int err = seccomp_restrict();

        errno = -err;
        REQUIRE(err == 0);
        run();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void check_works(void (*run)(void))
{
    int status = restricted(run);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void check_is_killed(void (*run)(void))
{
    int status = restricted(run);

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* What works. */

static void *work(void *result)
{
    pthread_setname_np(pthread_self(), "worker");
    *(bool *)result = true;
    return NULL;
}

static void make_threads(void)
{
    for (int i = 0; i < 4; i++) {
        bool has_run = false;
        cpu_set_t cpus;
        pthread_t thread;

        REQUIRE(pthread_create(&thread, NULL, work, &has_run) == 0);
        REQUIRE(pthread_join(thread, NULL) == 0);
        REQUIRE(has_run);
        REQUIRE(pthread_getaffinity_np(pthread_self(), sizeof(cpus), &cpus) ==
                0);
        REQUIRE(pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus) ==
                0);
    }
}

static void use_sockets(void)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
    struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST};
    struct ifreq request = {.ifr_name = "lo"};
    int pair[2], fd;

    for (size_t i = 0; i < 3; i++) {
        fd = socket(families[i], SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        REQUIRE(fd >= 0 || errno == EAFNOSUPPORT);
        REQUIRE(close(fd) == 0 || errno == EBADF);
    }
    fd = socket(AF_PACKET, SOCK_RAW, 0);
    REQUIRE(fd >= 0 || geteuid() != 0);
    fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    REQUIRE(fd >= 0);
    REQUIRE(ioctl(fd, SIOCGIFINDEX, &request) == 0 || errno == ENOTTY ||
            errno == EOPNOTSUPP);
    REQUIRE(if_nametoindex("lo") > 0);
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    REQUIRE(send(pair[0], "x", 1, MSG_NOSIGNAL) == 1);
    REQUIRE(getaddrinfo("127.0.0.1", "6653", &hints, &found) == 0);
    freeaddrinfo(found);
}

static void use_files(void)
{
    char path[] = "/tmp/test_seccomp.XXXXXX";
    int fd = mkstemp(path);
    time_t now = time(NULL);
    FILE *f;

    REQUIRE(fd >= 0);
    REQUIRE(write(fd, "x", 1) == 1);
    REQUIRE(fchmod(fd, 0640) == 0);
    REQUIRE(close(fd) == 0);
    f = fopen(path, "a+");
    REQUIRE(f != NULL && fgetc(f) == 'x' && fclose(f) == 0);
    REQUIRE(access(path, R_OK) == 0);
    REQUIRE(unlink(path) == 0);
    REQUIRE(getpwnam("root") != NULL);
    REQUIRE(localtime(&now) != NULL);
    fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        unsigned int features = 0;

        REQUIRE(ioctl(fd, TUNGETFEATURES, &features) == 0);
        close(fd);
    }
}

static void use_memory(void)
{
    size_t size = 1 << 22;
    void *bytes = malloc(size);
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    REQUIRE(bytes != NULL && map != MAP_FAILED);
    bytes = realloc(bytes, 2 * size);
    REQUIRE(bytes != NULL);
    free(bytes);
    REQUIRE(mprotect(map, size, PROT_READ) == 0);
    REQUIRE(munmap(map, size) == 0);
    /* As a library that is loaded late. */
    map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
               -1, 0);
    REQUIRE(map != MAP_FAILED);
}

static void on_timer(EV_P_ ev_timer *watcher, int events)
{
    (void)events;
    ev_timer_stop(EV_A_ watcher);
    raise(SIGUSR1);
}

static void on_signal(EV_P_ ev_signal *watcher, int events)
{
    (void)events;
    ev_async_send(EV_A_ watcher->data);
}

static void on_async(EV_P_ ev_async *watcher, int events)
{
    (void)events;
    watcher->data = watcher;
    ev_break(EV_A_ EVBREAK_ALL);
}

static void run_a_main_loop(void)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    ev_timer timer;
    ev_signal usr1;
    ev_async async;

    REQUIRE(loop != NULL);
    ev_timer_init(&timer, on_timer, 0.001, 0);
    ev_signal_init(&usr1, on_signal, SIGUSR1);
    ev_async_init(&async, on_async);
    usr1.data = &async;
    async.data = NULL;
    ev_timer_start(loop, &timer);
    ev_signal_start(loop, &usr1);
    ev_async_start(loop, &async);
    ev_run(loop, 0);
    REQUIRE(async.data == &async);
    ev_loop_destroy(loop);
}

/* valgrind does not know seccomp(2). */
static void skip_without_seccomp(void)
{
    uint32_t action = SECCOMP_RET_ALLOW;

    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0 &&
        errno == ENOSYS)
        skip();
}

static void a_switch_can_do_its_work(void **state)
{
    (void)state;
    skip_without_seccomp();
    check_works(make_threads);
    check_works(use_sockets);
    check_works(use_files);
    check_works(use_memory);
    check_works(run_a_main_loop);
}

/* What fails. */

static void fail_to_make_processes(void)
{
    REQUIRE(fork() < 0 && errno == EPERM);
    REQUIRE(syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS);
}

static void fail_to_open_other_sockets(void)
{
    REQUIRE(socket(AF_VSOCK, SOCK_STREAM, 0) < 0 && errno == EPERM);
    REQUIRE(socket(AF_ALG, SOCK_SEQPACKET, 0) < 0 && errno == EPERM);
    REQUIRE(syscall(SYS_socket, (1ul << 32) | AF_ALG, SOCK_SEQPACKET, 0) < 0 &&
            errno == EPERM);
}

static void fail_to_make_code(void)
{
    int all = PROT_READ | PROT_WRITE | PROT_EXEC;
    void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    REQUIRE(mmap(NULL, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                MAP_FAILED &&
            errno == EPERM);
    REQUIRE(mprotect(map, 4096, all) < 0 && errno == EPERM);
}

static void fail_to_type_for_others(void)
{
    char c = 'x';

    REQUIRE(ioctl(0, TIOCSTI, &c) < 0 && errno == EPERM);
    /* The kernel would not see the upper half. */
    REQUIRE(syscall(SYS_ioctl, 0, (1ul << 32) | TIOCSTI, &c) < 0 &&
            errno == EPERM);
}

static void fail_at_odds_and_ends(void)
{
    REQUIRE(kill(getppid(), 0) < 0 && errno == EPERM);
    REQUIRE(syscall(SYS_personality, 0xffffffff) < 0 && errno == EPERM);
    REQUIRE(setuid(getuid()) < 0 && errno == EPERM);
    REQUIRE(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 && errno == EPERM);
    REQUIRE(prctl(PR_SET_NAME, "flowbridge", 0, 0, 0) == 0);
}

static void unknown_calls_are_refused(void **state)
{
    (void)state;
    skip_without_seccomp();
    check_works(fail_to_make_processes);
    check_works(fail_to_open_other_sockets);
    check_works(fail_to_make_code);
    check_works(fail_to_type_for_others);
    check_works(fail_at_odds_and_ends);
}

/* A thread that was there before is bound as well. */
static sem_t is_restricted;

static void *fail_in_a_thread(void *unused)
{
    (void)unused;
    sem_wait(&is_restricted);
    REQUIRE(kill(getppid(), 0) < 0 && errno == EPERM);
    return &is_restricted;
}

static void older_threads_are_restricted(void **state)
{
    pid_t pid;
    int status;

    (void)state;
    skip_without_seccomp();
    pid = fork();
    if (pid == 0) {
        pthread_t thread;
        void *result;

        sem_init(&is_restricted, 0, 0);
        REQUIRE(pthread_create(&thread, NULL, fail_in_a_thread, NULL) == 0);
        REQUIRE(seccomp_restrict() == 0);
        sem_post(&is_restricted);
        REQUIRE(pthread_join(thread, &result) == 0 && result);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* What a worker can and cannot do. */

static void take_and_send_frames(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    uint64_t one = 1;
    uint32_t priority = 3;
    int pair[2], epoll = epoll_create1(0), woken = eventfd(0, EFD_NONBLOCK);
    struct mmsghdr message = {.msg_len = 0};
    char byte;

    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    REQUIRE(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[1], &event) == 0);
    REQUIRE(seccomp_restrict_worker() == 0);
    REQUIRE(setsockopt(pair[0], SOL_SOCKET, SO_PRIORITY, &priority,
                       sizeof(priority)) == 0);
    /* The kernel is asked, and says that this is no packet socket. */
    REQUIRE(setsockopt(pair[0], SOL_PACKET, PACKET_VNET_HDR, &priority,
                       sizeof(priority)) < 0 &&
            errno != EPERM);
    REQUIRE(sendmmsg(pair[0], &message, 1, 0) == 1);
    REQUIRE(epoll_wait(epoll, &event, 1, 1000) == 1);
    REQUIRE(recv(pair[1], &byte, 1, MSG_DONTWAIT) == 0);
    REQUIRE(write(woken, &one, sizeof(one)) == sizeof(one));
    REQUIRE(epoll_ctl(epoll, EPOLL_CTL_DEL, pair[1], NULL) == 0);
    free(malloc(1 << 20));
}

static void fail_to_do_what_workers_do_not(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), size = 4096;
    struct sockaddr_in to = {.sin_family = AF_INET};

    REQUIRE(fd >= 0 && seccomp_restrict_worker() == 0);
    REQUIRE(open("/dev/null", O_RDONLY) < 0 && errno == EPERM);
    REQUIRE(unlink("/no/such/file") < 0 && errno == EPERM);
    REQUIRE(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM);
    REQUIRE(connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 &&
            errno == EPERM);
    REQUIRE(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0 &&
            errno == EPERM);
    REQUIRE(ioctl(fd, FIONREAD, &size) < 0 && errno == EPERM);
    REQUIRE(syscall(SYS_clone, CLONE_THREAD) < 0 && errno == EPERM);
    REQUIRE(syscall(SYS_seccomp, 1, 0, NULL) < 0 && errno == EPERM);
}

static void a_worker_can_only_move_frames(void **state)
{
    (void)state;
    skip_without_seccomp();
    check_works(take_and_send_frames);
    check_works(fail_to_do_what_workers_do_not);
}

/* What kills. */

static void do_execve(void)
{
    execl("/bin/true", "true", NULL);
}

static void do_ptrace(void)
{
    syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void do_mount(void)
{
    syscall(SYS_mount, NULL, NULL, NULL, 0, NULL);
}

static void do_bpf(void)
{
    syscall(SYS_bpf, 0, NULL, 0);
}

static void do_unshare(void)
{
    unshare(CLONE_NEWUSER);
}

static void do_init_module(void)
{
    syscall(SYS_init_module, NULL, 0, NULL);
}

static void do_kexec(void)
{
    syscall(SYS_kexec_load, 0, 0, NULL, 0);
}

static void *execve_for_a_thread(void *unused)
{
    do_execve();
    return unused;
}

static void do_execve_in_a_thread(void)
{
    pthread_t thread;

    if (!pthread_create(&thread, NULL, execve_for_a_thread, NULL))
        pthread_join(thread, NULL);
}

static void do_execve_as_a_worker(void)
{
    REQUIRE(seccomp_restrict_worker() == 0);
    do_execve();
}

static void dangerous_calls_kill(void **state)
{
    (void)state;
    skip_without_seccomp();
    check_is_killed(do_execve);
    check_is_killed(do_ptrace);
    check_is_killed(do_mount);
    check_is_killed(do_bpf);
    check_is_killed(do_unshare);
    check_is_killed(do_init_module);
    check_is_killed(do_kexec);
    check_is_killed(do_execve_in_a_thread);
    check_is_killed(do_execve_as_a_worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_switch_can_do_its_work),
        cmocka_unit_test(unknown_calls_are_refused),
        cmocka_unit_test(older_threads_are_restricted),
        cmocka_unit_test(a_worker_can_only_move_frames),
        cmocka_unit_test(dangerous_calls_kill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void a_build_without_says_so(void **state)
{
    (void)state;
    assert_int_equal(seccomp_restrict(), -EOPNOTSUPP);
    assert_int_equal(seccomp_restrict_worker(), -EOPNOTSUPP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
