/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/switch_search.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process_name.h"
#include "base/unix_address.h"
#include "client/answer.h"
#include "client/ctl_client.h"

enum {
    ANSWER_WAIT_MS = 1000,
    LINE_SIZE = 512,
    SYSTEM_UID_MAX = 999, /* login.defs(5) */
    UID_NOBODY = 65534,
};

static const char suffix[] = ".ctl";

bool switch_search_is_alive(const char *path)
{
    struct unix_address a;
    bool is_alive = true;
    int fd;

    if (unix_address_open(&a, path) < 0)
        return false;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 &&
        connect(fd, (const struct sockaddr *)&a.name, sizeof(a.name)) < 0)
        is_alive = errno != ENOENT && errno != ENOTDIR && errno != ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    unix_address_close(&a);
    return is_alive;
}

/* A switch runs as root, as a system user or as ourselves; the claims of
 * another user count for nothing. */
static bool is_trusted(const char *path)
{
    struct stat s;

    return lstat(path, &s) == 0 && S_ISSOCK(s.st_mode) &&
           (s.st_uid <= SYSTEM_UID_MAX || s.st_uid == UID_NOBODY ||
            s.st_uid == geteuid());
}

static bool take(char *to, size_t size, const cJSON *result, const char *key)
{
    const char *text = cJSON_GetStringValue(answer_item(result, key));

    if (!text || strlen(text) >= size)
        return false;
    strcpy(to, text);
    return true;
}

/* Whether the switch at the control socket 'path' is that of the file. */
static bool is_of(const char *path, const char *config_path,
                  struct switch_found *found)
{
    char target[LINE_SIZE + sizeof("unix:")], error[LINE_SIZE + 1024];
    const struct dial_peer peer = {.target = target};
    cJSON *request = cJSON_CreateObject(), *answer = NULL;
    const cJSON *result;
    const char *config;
    bool is_it = false;

    snprintf(target, sizeof(target), "unix:%s", path);
    if (cJSON_AddStringToObject(request, "command", "place"))
        answer = ctl_client_ask(&peer, request, ANSWER_WAIT_MS, error,
                                sizeof(error));
    result = answer_item(answer, "result");
    config = cJSON_GetStringValue(answer_item(result, "config"));
    if (config && !strcmp(config, config_path))
        is_it = take(found->name, sizeof(found->name), result, "name") &&
                take(found->run_dir, sizeof(found->run_dir), result, "run_dir");
    cJSON_Delete(request);
    cJSON_Delete(answer);
    return is_it;
}

/* The sockets of one network namespace, as proc(5) lists them: the path is the
 * last word of a line. */
static bool search_list(const char *list, const char *config_path,
                        struct switch_found *found)
{
    FILE *file = fopen(list, "re");
    char line[LINE_SIZE];
    bool is_found = false;

    while (file && !is_found && fgets(line, sizeof(line), file)) {
        char *path = strchr(line, '/');
        size_t size;

        line[strcspn(line, "\n")] = '\0';
        size = path ? strlen(path) : 0;
        if (size > strlen(suffix) &&
            !strcmp(path + size - strlen(suffix), suffix) && is_trusted(path))
            is_found = is_of(path, config_path, found);
    }
    if (file)
        fclose(file);
    return is_found;
}

bool switch_search(const char *config_path, struct switch_found *found)
{
    char absolute[PATH_MAX], list[64];
    DIR *processes = opendir("/proc");
    const struct dirent *process;
    bool is_found = false;

    if (!realpath(config_path, absolute))
        snprintf(absolute, sizeof(absolute), "%s", config_path);
    while (processes && !is_found && (process = readdir(processes))) {
        if (!isdigit((unsigned char)process->d_name[0]) ||
            !process_name_is(process->d_name, "flowbridge"))
            continue;
        snprintf(list, sizeof(list), "/proc/%.20s/net/unix", process->d_name);
        is_found = search_list(list, absolute, found);
    }
    if (processes)
        closedir(processes);
    return is_found;
}
