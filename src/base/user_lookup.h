/* SPDX-License-Identifier: BSD-2-Clause */
/* Users and groups as the configuration names them: by name or by number. */
#ifndef BASE_USER_LOOKUP_H
#define BASE_USER_LOOKUP_H

#include <stdbool.h>
#include <sys/types.h>

enum { USER_LOOKUP_NAME_SIZE = 64, USER_LOOKUP_GROUPS_MAX = 256 };

struct user_lookup {
    uid_t uid;
    gid_t gid;
    char name[USER_LOOKUP_NAME_SIZE]; /* empty: a number without a name */
};

/* Each returns 0, -ENOENT if there is none, or -errno if it cannot be told.
 * A number is taken even if no user has it; its group is then the same. */
int user_lookup_user(const char *text, struct user_lookup *user);
int user_lookup_group(const char *text, gid_t *gid);

/* The user that the process is to the file system, while it acts as another. */
struct user_lookup_self {
    bool is_other;
    uid_t uid;
    gid_t gid;
    int group_count;
    gid_t groups[USER_LOOKUP_GROUPS_MAX];
};

/*
 * Has root look at files with the eyes of 'user', up to user_lookup_return; for
 * one thread, before there are others.  Whoever is not root, or may not, stays
 * who he is: see 'is_other'.
 */
void user_lookup_act_as(struct user_lookup_self *self,
                        const struct user_lookup *user);
void user_lookup_return(const struct user_lookup_self *self);

#endif
