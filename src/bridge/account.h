/* Users and groups as the configuration names them: by name or by number. */
#ifndef BRIDGE_ACCOUNT_H
#define BRIDGE_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

enum { ACCOUNT_NAME_SIZE = 64, ACCOUNT_GROUPS_MAX = 256 };

struct account {
    uid_t uid;
    gid_t gid;
    char name[ACCOUNT_NAME_SIZE]; /* empty: a number without a name */
};

/* Each returns 0, -ENOENT if there is none, or -errno if it cannot be told.
 * A number is taken even if no user has it; its group is then the same. */
int account_find_user(const char *text, struct account *user);
int account_find_group(const char *text, gid_t *gid);

/* Who the process is to the file system, while it acts as another. */
struct account_self {
    bool is_other;
    uid_t uid;
    gid_t gid;
    int group_count;
    gid_t groups[ACCOUNT_GROUPS_MAX];
};

/*
 * Has root look at files with the eyes of 'user', up to account_return; for one
 * thread, before there are others.  Whoever is not root, or may not, stays who
 * he is: see 'is_other'.
 */
void account_act_as(struct account_self *self, const struct account *user);
void account_return(const struct account_self *self);

#endif
