/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"

static const char id_file[] = "/etc/machine-id";

static uint64_t hash_text(const char *text, uint64_t seed)
{
    uint64_t words[32] = {0};
    size_t size = strnlen(text, sizeof(words));

    memcpy(words, text, size);
    return hash_words(words, (size + 7) / 8, seed);
}

uint64_t identity_of_machine(void)
{
    char text[256] = "";
    FILE *file = fopen(id_file, "re");

    /* A machine may be without; but one that has it is then another. */
    if (!file && errno != ENOENT)
        log_warning("identity.failed", "file=%s error=%s effect=%s", id_file,
                    strerror(errno),
                    "datapath id and MAC addresses are derived from the host "
                    "name instead");

    if (file) {
        if (!fgets(text, sizeof(text), file))
            text[0] = '\0';
        fclose(file);
    }
    if (!text[0])
        gethostname(text, sizeof(text) - 1);
    return hash_text(text, 1);
}

void identity_mac(uint64_t machine, const char *name, uint8_t mac[6])
{
    uint64_t hash = hash_text(name, machine);

    memcpy(mac, &hash, 6);
    mac[0] = (uint8_t)((mac[0] & 0xfc) | 0x02);
}

/* In another container a directory of the same path is another one; a file that
 * an editor has replaced is the same. */
uint32_t identity_owner(const char *config_path)
{
    const char *slash = strrchr(config_path, '/');
    const char *name = slash ? slash + 1 : config_path;
    int size = (int)(name - config_path);
    char directory[4096];
    struct stat s;
    uint64_t place = 1;

    snprintf(directory, sizeof(directory), "%.*s", slash ? size : 1,
             slash ? config_path : ".");
    if (stat(directory, &s) == 0) {
        uint64_t words[] = {s.st_dev, s.st_ino};

        place = hash_words(words, 2, 1);
    }
    return (uint32_t)hash_text(name, place) | 1;
}

uint64_t identity_datapath_id(uint64_t machine, const char *bridge)
{
    uint8_t mac[6];
    uint64_t id = 0;

    identity_mac(machine, bridge, mac);
    for (int i = 0; i < 6; i++)
        id = id << 8 | mac[i];
    return id;
}
