/* Users and groups as the configuration names them: by name or by number. */
#ifndef BRIDGE_ACCOUNT_H
#define BRIDGE_ACCOUNT_H

#include <sys/types.h>

enum { ACCOUNT_NAME_SIZE = 64 };

struct account {
    uid_t uid;
    gid_t gid;
    char name[ACCOUNT_NAME_SIZE]; /* empty: a number without a name */
};

/* Each returns 0, -ENOENT if there is none, or -errno if it cannot be told.
 * A number is taken even if no user has it; its group is then the same. */
int account_find_user(const char *text, struct account *user);
int account_find_group(const char *text, gid_t *gid);

#endif
