#include "bridge/place.h"

#include <errno.h>
#include <ini.h>
#include <string.h>

#include "bridge/config_keys.h"

/* What does not fit is left empty. */
static void take(char *to, size_t size, const char *value)
{
    strcpy(to, strlen(value) < size ? value : "");
}

static int on_key(void *context, const char *section, const char *key,
                  const char *value)
{
    struct place *p = context;

    if (!strcmp(section, "bridge") && !strcmp(key, "name"))
        take(p->bridge, sizeof(p->bridge), value);
    else if (!strcmp(section, "daemon") && !strcmp(key, "run-dir") && value[0])
        take(p->run_dir, sizeof(p->run_dir), value);
    return 1;
}

/* What can be made out of a file that has faults. */
static void read_leniently(struct place *p, FILE *file)
{
    take(p->bridge, sizeof(p->bridge),
         config_keys_find(CONFIG_BRIDGE, "name")->initial);
    take(p->run_dir, sizeof(p->run_dir),
         config_keys_find(CONFIG_DAEMON, "run-dir")->initial);
    ini_parse_file(file, on_key, p);
}

int place_read(struct place *p, const char *config_path, char *error,
               size_t error_size)
{
    struct config_faults faults = {0};
    FILE *file = fopen(config_path, "re");
    struct config *config;
    int result = 0;

    *p = (struct place){0};
    if (!file) {
        result = -errno;
        snprintf(error, error_size,
                 "%s: %s; give the configuration with -c FILE, or the switch "
                 "with -s unix:PATH",
                 config_path, strerror(errno));
        return result;
    }
    config = config_read(config_path, &faults);
    if (config) {
        take(p->bridge, sizeof(p->bridge), config->bridge.name);
        take(p->run_dir, sizeof(p->run_dir), config->daemon.run_dir);
    } else {
        read_leniently(p, file);
    }
    if (!p->bridge[0] || strchr(p->bridge, '/')) {
        result = -EINVAL;
        snprintf(error, error_size,
                 "%s: [bridge] name: no interface can have it; see: flowbridge "
                 "check -c %s",
                 config_path, config_path);
    }
    config_free(config);
    config_faults_clear(&faults);
    fclose(file);
    return result;
}
