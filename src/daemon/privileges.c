/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/log.h"
#include "base/user_lookup.h"

static const struct needed {
    unsigned int capability;
    const char *name;
} needed[] = {
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
    {CAP_NET_RAW, "CAP_NET_RAW"},
};

enum { NEEDED = ARRAY_SIZE(needed) };

static const char how_to_give[] =
    "run it as root, or by systemd with AmbientCapabilities=CAP_NET_ADMIN "
    "CAP_NET_RAW, or by \"setpriv --reuid USER --regid GROUP --init-groups "
    "--inh-caps +net_admin,+net_raw --ambient-caps +net_admin,+net_raw "
    "flowbridge run\"";

/* Writes the line for the caller and returns 'err'. */
static __attribute__((format(printf, 4, 5))) int
fail(char *error, size_t error_size, int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error, error_size, format, args);
    va_end(args);
    return err;
}

/* Keeps the two in the state that capng_apply and capng_change_id put in force,
 * and takes all others out. */
static int choose_needed(char *error, size_t error_size)
{
    capng_clear(CAPNG_SELECT_ALL);
    for (size_t i = 0; i < NEEDED; i++)
        if (capng_update(CAPNG_ADD,
                         (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                         needed[i].capability) < 0)
            return fail(error, error_size, -EPERM,
                        "the capability %s is not known to libcap-ng",
                        needed[i].name);
    return 0;
}

/* root, or whoever may become another user all the same. */
static bool may_change_user(void)
{
    return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) &&
           capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID);
}

static int change_user(const struct user_lookup *user, char *error,
                       size_t error_size)
{
    /* The groups are looked up by the name, so a number without one has none
     * beside its own. */
    capng_flags_t flags =
        (capng_flags_t)(CAPNG_CLEAR_AMBIENT |
                        (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP)
                             ? CAPNG_CLEAR_BOUNDING
                             : CAPNG_NO_FLAG) |
                        (*user->name ? CAPNG_INIT_SUPP_GRP
                                     : CAPNG_DROP_SUPP_GRP));
    int err;

    err = choose_needed(error, error_size);
    if (err)
        return err;
    err = capng_change_id((int)user->uid, (int)user->gid, flags);
    if (err)
        return fail(
            error, error_size, -EPERM,
            "cannot change to user %u and group %u (capng_change_id: %d, %s); "
            "leave [daemon] user empty to keep the user that starts the switch",
            user->uid, user->gid, err, strerror(errno));
    return 0;
}

static int stay(char *error, size_t error_size)
{
    bool has_setpcap = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
    int err;

    err = choose_needed(error, error_size);
    if (err)
        return err;
    /* The bounding set first: that takes a capability that goes next. */
    err = has_setpcap ? capng_apply(CAPNG_SELECT_BOUNDS) : 0;
    if (!err)
        err = capng_apply(CAPNG_SELECT_CAPS);
    if (!err)
        err = capng_apply(CAPNG_SELECT_AMBIENT);
    if (err)
        return fail(error, error_size, -EPERM,
                    "cannot give up capabilities (capng_apply: %d, %s)", err,
                    strerror(errno));
    return 0;
}

/* Asks the kernel for the result; libraries and kernels differ. */
static int verify(char *error, size_t error_size)
{
    if (capng_get_caps_process() < 0)
        return fail(error, error_size, -EIO,
                    "cannot read the capabilities of the process; mount /proc");
    for (unsigned int i = 0; i <= CAP_LAST_CAP; i++) {
        bool is_needed = i == CAP_NET_ADMIN || i == CAP_NET_RAW;
        const char *name = capng_capability_to_name(i);

        if (capng_have_capability(CAPNG_EFFECTIVE, i) != is_needed ||
            capng_have_capability(CAPNG_PERMITTED, i) != is_needed)
            return fail(error, error_size, -EPERM,
                        "the capability %s could not be %s",
                        name ? name : "(unknown)", is_needed ? "kept" : "lost");
        if (capng_have_capability(CAPNG_INHERITABLE, i) ||
            capng_have_capability(CAPNG_AMBIENT, i))
            return fail(error, error_size, -EPERM,
                        "the capability %s could not be kept from programs "
                        "that are run",
                        name ? name : "(unknown)");
    }
    return 0;
}

int privileges_check(char *error, size_t error_size)
{
    char missing[64] = "";
    bool are_several = false, is_changed = false;

    if (capng_get_caps_process() < 0)
        return fail(error, error_size, -EPERM,
                    "cannot read the capabilities of the process; mount /proc");
    for (size_t i = 0; i < NEEDED; i++) {
        const struct needed *n = &needed[i];

        if (capng_have_capability(CAPNG_EFFECTIVE, n->capability))
            continue;
        if (capng_have_capability(CAPNG_PERMITTED, n->capability)) {
            capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, n->capability);
            is_changed = true;
            continue;
        }
        are_several = *missing;
        strcat(strcat(missing, are_several ? " and " : ""), n->name);
    }
    if (*missing)
        return fail(error, error_size, -EPERM, "%s %s missing; %s", missing,
                    are_several ? "are" : "is", how_to_give);
    if (is_changed && capng_apply(CAPNG_SELECT_CAPS) < 0)
        return fail(error, error_size, -EPERM,
                    "cannot set the capabilities: %s", strerror(errno));
    return 0;
}

int privileges_drop(const char *user, char *error, size_t error_size)
{
    struct user_lookup account = {.uid = geteuid(), .gid = getegid()};
    int err = *user ? user_lookup_user(user, &account) : 0;

    if (err)
        return fail(error, error_size, err,
                    "[daemon] user: there is no user \"%s\"; create it with "
                    "\"useradd --system %s\", or write another",
                    user, user);
    if (capng_get_caps_process() < 0)
        return fail(error, error_size, -EPERM,
                    "cannot read the capabilities of the process; mount /proc");
    if (account.uid == geteuid() || !may_change_user()) {
        if (account.uid != geteuid())
            log_warning("privileges.kept", "uid=%u wanted=%s reason=%s",
                        geteuid(), user, "not started by root");
        err = stay(error, error_size);
    } else {
        err = change_user(&account, error, error_size);
    }
    if (!err)
        err = verify(error, error_size);
    if (!err && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                 prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0))
        err = fail(error, error_size, -errno, "cannot set no_new_privs: %s",
                   strerror(errno));
    if (!err)
        log_info("privileges.dropped", "uid=%u gid=%u capabilities=%s",
                 geteuid(), getegid(), "net_admin,net_raw");
    return err;
}
