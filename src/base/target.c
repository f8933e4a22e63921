/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { HOST_SIZE = 64 };

static const struct scheme {
    const char *name;
    bool is_passive, has_tls, is_path;
} schemes[] = {
    [TARGET_TCP] = {"tcp:", false, false, false},
    [TARGET_SSL] = {"ssl:", false, true, false},
    [TARGET_UNIX] = {"unix:", false, false, true},
    [TARGET_PTCP] = {"ptcp:", true, false, false},
    [TARGET_PSSL] = {"pssl:", true, true, false},
    [TARGET_PUNIX] = {"punix:", true, false, true},
};

__attribute__((format(printf, 2, 3))) static bool wrong(char *why,
                                                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, TARGET_WHY_SIZE, format, args);
    va_end(args);
    return false;
}

static bool read_path(const char *text, struct target *t, char *why)
{
    if (*text != '/')
        return wrong(why, "\"%.60s\" is no absolute path; let it start with /",
                     text);
    if (strlen(text) >= sizeof(t->path))
        return wrong(why, "the path is longer than %zu characters",
                     sizeof(t->path) - 1);
    t->family = AF_UNIX;
    strcpy(t->path, text);
    return true;
}

static bool read_port(const char *text, struct target *t, char *why)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long port = digits <= 5 ? strtoul(text, NULL, 10) : 0;

    if (!digits || text[digits] || port < 1 || port > 65535)
        return wrong(why, "\"%.60s\" is no port; write one from 1 to 65535",
                     text);
    t->port = (uint16_t)port;
    return true;
}

/* Takes the host off '*text', which then stands behind it. */
static bool read_host(const char **text, struct target *t, char *why)
{
    bool has_brackets = **text == '[';
    const char *start = *text + has_brackets;
    const char *end = start + strcspn(start, has_brackets ? "]" : ":");
    size_t size = (size_t)(end - start);
    char host[HOST_SIZE];

    if (has_brackets && *end != ']')
        return wrong(why, "the bracket of \"%.60s\" is never closed", *text);
    if (!has_brackets && *end && strchr(end + 1, ':'))
        return wrong(why,
                     "\"%.60s\" has too many colons; put an IPv6 address in "
                     "brackets, [::1]:6653",
                     *text);
    snprintf(host, sizeof(host), "%.*s", (int)size, start);
    t->family = has_brackets ? AF_INET6 : AF_INET;
    if (size >= sizeof(host) || inet_pton(t->family, host, t->address) != 1)
        return wrong(why,
                     "\"%.60s\" is no address; write numbers, as 192.0.2.1 or "
                     "[2001:db8::1]: names are not looked up",
                     host);
    *text = end + has_brackets;
    return true;
}

static bool read_active(const char *text, struct target *t, char *why)
{
    t->port = TARGET_PORT;
    if (!read_host(&text, t, why))
        return false;
    if (!*text)
        return true;
    if (*text != ':')
        return wrong(why, "\"%.60s\" follows the address; write :PORT", text);
    return read_port(text + 1, t, why);
}

static bool read_passive(const char *text, struct target *t, char *why)
{
    const char *host = strchr(text, ':');
    char port[8];

    snprintf(port, sizeof(port), "%.*s",
             host ? (int)(host - text) : (int)strlen(text), text);
    if (!read_port(*port ? port : text, t, why))
        return false;
    if (!host) {
        t->family = AF_INET;
        return inet_pton(AF_INET, "127.0.0.1", t->address) == 1;
    }
    host++;
    if (!read_host(&host, t, why))
        return false;
    return !*host ||
           wrong(why, "\"%.60s\" follows the address; write PORT:ADDRESS",
                 host);
}

bool target_parse(const char *text, struct target *t, char why[TARGET_WHY_SIZE])
{
    struct target read = {0};
    const struct scheme *s = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        if (strncmp(text, schemes[i].name, strlen(schemes[i].name)))
            continue;
        s = &schemes[i];
        read.kind = (enum target_kind)i;
    }
    if (!s)
        return wrong(why,
                     "\"%.60s\" begins with none of tcp: ssl: unix: ptcp: "
                     "pssl: punix:",
                     text);
    text += strlen(s->name);
    if (!(s->is_path      ? read_path(text, &read, why)
          : s->is_passive ? read_passive(text, &read, why)
                          : read_active(text, &read, why)))
        return false;
    *t = read;
    return true;
}

void target_print(const struct target *t, char text[TARGET_TEXT_SIZE])
{
    const char *scheme = schemes[t->kind].name;
    char address[INET6_ADDRSTRLEN] = "?";
    char host[INET6_ADDRSTRLEN + 2];

    if (schemes[t->kind].is_path) {
        snprintf(text, TARGET_TEXT_SIZE, "%s%s", scheme, t->path);
        return;
    }
    inet_ntop(t->family, t->address, address, sizeof(address));
    snprintf(host, sizeof(host), t->family == AF_INET6 ? "[%s]" : "%s",
             address);
    if (schemes[t->kind].is_passive)
        snprintf(text, TARGET_TEXT_SIZE, "%s%u:%s", scheme, t->port, host);
    else
        snprintf(text, TARGET_TEXT_SIZE, "%s%s:%u", scheme, host, t->port);
}

bool target_is_equal(const struct target *a, const struct target *b)
{
    return a->kind == b->kind && a->family == b->family && a->port == b->port &&
           !memcmp(a->address, b->address, sizeof(a->address)) &&
           !strcmp(a->path, b->path);
}

bool target_is_passive(const struct target *t)
{
    return schemes[t->kind].is_passive;
}

bool target_has_tls(const struct target *t)
{
    return schemes[t->kind].has_tls;
}

bool target_is_loopback(const struct target *t)
{
    static const uint8_t one[16] = {[15] = 1};

    if (t->family == AF_INET)
        return t->address[0] == 127;
    return t->family == AF_UNIX || !memcmp(t->address, one, sizeof(one));
}

socklen_t target_address(const struct target *t, struct sockaddr_storage *a)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(t->port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons(t->port)};

    memset(a, 0, sizeof(*a));
    if (t->family == AF_INET) {
        memcpy(&in.sin_addr, t->address, sizeof(in.sin_addr));
        memcpy(a, &in, sizeof(in));
        return sizeof(in);
    }
    memcpy(&in6.sin6_addr, t->address, sizeof(in6.sin6_addr));
    memcpy(a, &in6, sizeof(in6));
    return sizeof(in6);
}
