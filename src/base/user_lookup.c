/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/user_lookup.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The C library's look-ups share their memory. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A number that is one; the largest means "no one" to the kernel. */
static bool is_number(const char *text, unsigned int *number)
{
    unsigned long long value;

    if (!*text || strlen(text) > 10 ||
        strspn(text, "0123456789") != strlen(text))
        return false;
    value = strtoull(text, NULL, 10);
    *number = (unsigned int)value;
    return value < 0xffffffff;
}

/* getpwnam and getgrnam say "not found" in several ways. */
static int not_found(void)
{
    switch (errno) {
    case 0:
    case ENOENT:
    case ESRCH:
    case EBADF:
    case EPERM:
        return -ENOENT;
    default:
        return -errno;
    }
}

static int find_user(const char *text, struct user_lookup *user)
{
    const struct passwd *entry;
    unsigned int number;

    *user = (struct user_lookup){0};
    errno = 0;
    entry = getpwnam(text);
    if (!entry && is_number(text, &number)) {
        user->uid = number;
        user->gid = number;
        errno = 0;
        entry = getpwuid(number);
        if (!entry)
            return 0;
    }
    if (!entry)
        return not_found();
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    snprintf(user->name, sizeof(user->name), "%s", entry->pw_name);
    return 0;
}

int user_lookup_user(const char *text, struct user_lookup *user)
{
    int err;

    pthread_mutex_lock(&lock);
    err = find_user(text, user);
    pthread_mutex_unlock(&lock);
    return err;
}

static int find_group(const char *text, gid_t *gid)
{
    const struct group *entry;
    unsigned int number;

    errno = 0;
    entry = getgrnam(text);
    if (entry) {
        *gid = entry->gr_gid;
        return 0;
    }
    if (!is_number(text, &number))
        return not_found();
    *gid = number;
    return 0;
}

int user_lookup_group(const char *text, gid_t *gid)
{
    int err;

    pthread_mutex_lock(&lock);
    err = find_group(text, gid);
    pthread_mutex_unlock(&lock);
    return err;
}

static int set_groups(const struct user_lookup *user)
{
    return *user->name ? initgroups(user->name, user->gid) : setgroups(0, NULL);
}

void user_lookup_return(const struct user_lookup_self *self)
{
    if (!self->is_other)
        return;
    /* The rights given up for a while are ours: this cannot fail. */
    if (seteuid(self->uid) < 0 || setegid(self->gid) < 0 ||
        setgroups((size_t)self->group_count, self->groups) < 0)
        abort();
}

void user_lookup_act_as(struct user_lookup_self *self,
                        const struct user_lookup *user)
{
    *self = (struct user_lookup_self){.uid = geteuid(), .gid = getegid()};
    if (self->uid != 0 || user->uid == 0)
        return;
    self->group_count = getgroups(USER_LOOKUP_GROUPS_MAX, self->groups);
    if (self->group_count < 0 || set_groups(user) < 0)
        return;
    self->is_other = true;
    if (setegid(user->gid) == 0 && seteuid(user->uid) == 0)
        return;
    user_lookup_return(self);
    self->is_other = false;
}
