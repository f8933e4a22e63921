/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "config/config_build.h"
#include "config/config_check.h"
#include "config/config_faults.h"
#include "config/config_lines.h"

enum {
    FILE_SIZE_MAX = 1 << 20,
    LINE_SIZE_MAX = 8192, /* where the library lets us say so */
};

/* Debian's inih has this as a variable; elsewhere it is fixed when the library
 * is built, and then a longer line is a fault. */
extern int ini_max_line __attribute__((weak));

/* The file as inih goes through it: it asks for line after line and calls back
 * for each key = value, but tells no line numbers, so they are counted here. */
struct reading {
    struct config_build build;
    char *next; /* of the file's text */
    char *end;
    bool is_unreadable;
};

/* A comment begins a line with ; or #, or follows white space with ;. */
static void cut_comment(char *line)
{
    if (*line == '#' || *line == ';')
        *line = '\0';
    for (char *c = line; *c; c++)
        if (*c == ';' && isspace((unsigned char)c[-1]))
            *c = '\0';
}

/* The file's next line without white space around it or comments; NULL at the
 * end. */
static char *take_line(struct reading *r)
{
    char *line = r->next;
    char *end;

    if (line == r->end)
        return NULL;
    end = memchr(line, '\n', (size_t)(r->end - line));
    r->next = end ? end + 1 : r->end;
    end = end ? end : r->end;
    *end = '\0'; /* there is one byte after the last */
    r->build.line++;
    if (strlen(line) != (size_t)(end - line)) {
        config_build_fault(&r->build, NULL,
                           "the line has a NUL byte; write plain text");
        *line = '\0';
    }
    if (r->build.line == 1 && !strncmp(line, "\xef\xbb\xbf", 3))
        line += 3; /* some editors begin a UTF-8 file with it */
    line = config_build_trim(line);
    cut_comment(line);
    return config_build_trim(line);
}

static void read_heading(struct reading *r, char *line)
{
    char *end = strchr(line, ']');

    if (!end || end[1]) {
        *r->build.heading = '\0';
        config_build_fault(&r->build, NULL,
                           "\"%.60s\" is not a section; write [section] alone "
                           "on its line, and start a comment behind it with ;",
                           line);
        config_build_skip_section(&r->build);
        return;
    }
    *end = '\0';
    config_build_section(&r->build, line + 1);
}

/*
 * inih reads the file with this as if it were fgets.  It sees only the lines
 * with keys, and not indented, for that would continue a value; of the lines
 * that it cannot read it would report only the number of the first.
 */
static char *next_pair(char *buffer, int room, void *context)
{
    struct reading *r = context;
    char *line;

    while ((line = take_line(r))) {
        if (!*line)
            continue;
        if (*line == '[') {
            read_heading(r, line);
        } else if (!strpbrk(line, "=:")) {
            config_build_nothing(&r->build, line);
        } else if (strlen(line) + 3 > (size_t)room) {
            config_build_fault(&r->build, NULL,
                               "the line is longer than %d characters; "
                               "shorten it",
                               room - 3);
        } else {
            strcpy(buffer, line);
            return strcat(buffer, "\n");
        }
    }
    return NULL;
}

/* inih calls this for each pair and wants to hear 1. */
static int on_pair(void *context, const char *section, const char *name,
                   const char *value)
{
    struct reading *r = context;

    (void)section; /* it has seen none of them */
    config_build_pair(&r->build, name, value);
    return 1;
}

/* The whole file, with room for one byte more; NULL: '*what' says why. */
static char *load(const char *path, size_t *size, const char **what)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = NULL;
    ssize_t got = -1;

    *size = 0;
    if (fd < 0) {
        *what = strerror(errno);
        return NULL;
    }
    text = malloc(FILE_SIZE_MAX + 1);
    while (text && *size <= FILE_SIZE_MAX) {
        got = read(fd, text + *size, FILE_SIZE_MAX + 1 - *size);
        if (got <= 0)
            break;
        *size += (size_t)got;
    }
    *what = strerror(errno);
    close(fd);
    if (got == 0)
        return text;
    if (got > 0)
        *what = "it is larger than 1 MiB";
    free(text);
    return NULL;
}

static void fault_unreadable(struct reading *r, const char *what)
{
    struct config_place at = {.path = r->build.config->path};

    r->build.has_fault = true;
    r->is_unreadable = true;
    config_faults_add(
        r->build.faults, &at,
        "cannot be read: %s; correct that, or give another file with -c", what);
}

static void read_file(struct reading *r)
{
    const char *what;
    size_t size;
    char *text = load(r->build.config->path, &size, &what);
    int err;

    if (!text) {
        fault_unreadable(r, what);
        return;
    }
    r->next = text;
    r->end = text + size;
    if (&ini_max_line)
        ini_max_line = LINE_SIZE_MAX;
    err = ini_parse_stream(next_pair, r, on_pair, r);
    free(text);
    /* It gets only lines that it can read, so this is a lack of memory. */
    if (err)
        fault_unreadable(r, "out of memory");
}

/* A native VLAN without trunks: a trunk of every VLAN. */
static void settle_native(struct vlan_membership *m)
{
    if (m->mode != VLAN_ALL || !m->native)
        return;
    m->mode = VLAN_TRUNK;
    for (unsigned int vlan = 1; vlan < 4095; vlan++)
        m->trunks[vlan / 64] |= UINT64_C(1) << vlan % 64;
}

/* Values that follow from others. */
static void settle(struct config *c)
{
    for (size_t i = 0; i < c->queue_count; i++) {
        struct config_queue *q = &c->queues[i];
        const char *colon = strrchr(q->name, ':');

        snprintf(q->port, sizeof(q->port), "%.*s", (int)(colon - q->name),
                 q->name);
        q->id = (uint32_t)strtoul(colon + 1, NULL, 10);
    }
    c->local.port.type = PORT_LOCAL;
    strcpy(c->local.port.name, c->bridge.name);
    settle_native(&c->local.port.vlan);
    for (size_t i = 0; i < c->port_count; i++) {
        struct config_port *p = &c->ports[i];

        /* The host itself is behind an internal port. */
        if (p->type == PORT_INTERNAL)
            p->has_shield = false;
        settle_native(&p->vlan);
    }
}

struct config *config_parse(const char *path, struct config_faults *faults)
{
    struct config_place at = {.path = path};
    struct config *c = calloc(1, sizeof(*c));
    struct reading r = {.next = NULL};

    if (!c || strlen(path) >= sizeof(c->path)) {
        config_faults_add(faults, &at, "cannot be read: %s",
                          c ? "the path is too long" : "out of memory");
        free(c);
        return NULL;
    }
    strcpy(c->path, path);
    c->lines = config_lines_create();
    if (!c->lines) {
        config_faults_add(faults, &at, "cannot be read: out of memory");
        free(c);
        return NULL;
    }
    config_build_begin(&r.build, c, faults);
    read_file(&r);
    settle(c);
    c->has_faults = r.build.has_fault;
    /* Of a file that could not be read there is nothing more to say. */
    if (!r.is_unreadable && config_check(c, faults) > 0)
        c->has_faults = true;
    return c;
}

struct config *config_read(const char *path, struct config_faults *faults)
{
    struct config *c = config_parse(path, faults);

    if (c && !c->has_faults)
        return c;
    config_free(c);
    return NULL;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    config_lines_free(c->lines);
    free(c->ports);
    free(c->queues);
    free(c->controllers);
    free(c);
}
