/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/run_location.h"

#include <errno.h>
#include <string.h>

int run_location_read(struct run_location *p, const char *config_path,
                      char *error, size_t error_size)
{
    struct config_faults faults = {0};
    FILE *file = fopen(config_path, "re");
    struct config *config;
    int result = 0;

    *p = (struct run_location){0};
    if (!file) {
        result = -errno;
        snprintf(error, error_size,
                 "%s: %s; give the configuration with -c FILE, or the socket "
                 "with -s unix:PATH",
                 config_path, strerror(errno));
        return result;
    }
    fclose(file);
    config = config_parse(config_path, &faults);
    if (config) {
        strcpy(p->bridge, config->bridge.name);
        strcpy(p->run_dir, config->daemon.run_dir);
    }
    if (!p->bridge[0]) {
        result = -EINVAL;
        snprintf(error, error_size,
                 "%s: [bridge] name: is missing or not an interface name; run "
                 "flowbridge check -c %s",
                 config_path, config_path);
    }
    config_free(config);
    config_faults_clear(&faults);
    return result;
}
