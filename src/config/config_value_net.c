/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/config_value.h"
#include "flow/mac_text.h"
#include "flow/vlan.h"

enum { VLAN_MAX = 4094 };

/* Names of interfaces. */

/* As the kernel's dev_valid_name, and no '%', which asks it to make a name. */
static bool name_is_valid(const char *name, size_t size,
                          char why[CONFIG_WHY_SIZE])
{
    if (strlen(name) >= size)
        return config_value_wrong(
            why,
            "\"%.60s\" is not an interface name; the most is %zu characters",
            name, size - 1);
    for (const char *c = name; *c; c++)
        if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c) ||
            strchr("/:%\"\\", *c))
            return config_value_wrong(
                why,
                "\"%.60s\" is not an interface name; it must not have spaces "
                "or any of / : %% \" \\",
                name);
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return config_value_wrong(why, "\"%s\" is not an interface name", name);
    return true;
}

bool config_port_name_is_valid(const char *name, char why[CONFIG_WHY_SIZE])
{
    return name_is_valid(name, CONFIG_PORT_NAME_SIZE, why);
}

static bool read_interface(const struct config_limits *limits, const char *text,
                           void *field, char why[CONFIG_WHY_SIZE])
{
    (void)limits;
    if (!name_is_valid(text, CONFIG_NAME_SIZE, why))
        return false;
    strcpy(field, text);
    return true;
}

static void print_interface(const struct config_limits *limits,
                            const void *field, char text[CONFIG_TEXT_SIZE])
{
    (void)limits;
    snprintf(text, CONFIG_TEXT_SIZE, "%s", (const char *)field);
}

/* Identities. */

static bool read_datapath_id(const struct config_limits *limits,
                             const char *text, void *field,
                             char why[CONFIG_WHY_SIZE])
{
    uint64_t id = 0;

    (void)limits;
    if (strcmp(text, "auto")) {
        if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16)
            return config_value_wrong(
                why, "\"%.60s\" is not 16 hex digits; write them, or auto",
                text);
        id = strtoull(text, NULL, 16);
        if (id == 0)
            return config_value_wrong(
                why, "0 is not a datapath id; write another number, or auto");
    }
    memcpy(field, &id, sizeof(id));
    return true;
}

static void print_datapath_id(const struct config_limits *limits,
                              const void *field, char text[CONFIG_TEXT_SIZE])
{
    uint64_t id;

    (void)limits;
    memcpy(&id, field, sizeof(id));
    snprintf(text, CONFIG_TEXT_SIZE, "%016" PRIx64, id);
    if (id == 0)
        strcpy(text, "auto");
}

/* Six pairs of hex digits between colons. */
static bool parse_mac(const char *text, uint8_t mac[6])
{
    for (size_t i = 0; i < 6; i++, text += 3) {
        char pair[3] = {text[0], (char)(text[0] ? text[1] : '\0'), '\0'};

        if (strspn(pair, "0123456789abcdefABCDEF") != 2 ||
            text[2] != (i < 5 ? ':' : '\0'))
            return false;
        mac[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool read_mac(const struct config_limits *limits, const char *text,
                     void *field, char why[CONFIG_WHY_SIZE])
{
    static const uint8_t zero[6];
    struct config_mac mac = {.of = ""};

    (void)limits;
    if (strcmp(text, "auto") && config_port_name_is_valid(text, why)) {
        strcpy(mac.of, text);
    } else if (strcmp(text, "auto")) {
        if (!parse_mac(text, mac.address))
            return config_value_wrong(why,
                                      "\"%.60s\" is not a MAC address; write "
                                      "one like 02:00:00:00:00:01, the name of "
                                      "an interface that has it, or auto",
                                      text);
        if (mac.address[0] & 1 || !memcmp(mac.address, zero, sizeof(zero)))
            return config_value_wrong(why,
                                      "%s is not a unicast address; the first "
                                      "byte must be even and not all bytes 0",
                                      text);
    }
    *(struct config_mac *)field = mac;
    return true;
}

static void print_mac(const struct config_limits *limits, const void *field,
                      char text[CONFIG_TEXT_SIZE])
{
    static const uint8_t zero[6];
    const struct config_mac *mac = field;

    (void)limits;
    if (*mac->of)
        strcpy(text, mac->of);
    else if (!memcmp(mac->address, zero, sizeof(zero)))
        strcpy(text, "auto");
    else
        strcpy(text, mac_text(mac->address).text);
}

/* IP addresses. */

static unsigned int address_bits(int family)
{
    return family == AF_INET ? 32 : 128;
}

/* An address that one host can have: not unspecified, loopback, multicast or
 * broadcast. */
static bool is_host_address(int family, const uint8_t *b)
{
    static const uint8_t unspecified[16];
    static const uint8_t loopback[16] = {[15] = 1};

    if (family == AF_INET)
        return b[0] != 0 && b[0] != 127 && b[0] < 224;
    return memcmp(b, unspecified, 16) && memcmp(b, loopback, 16) &&
           b[0] != 0xff;
}

static bool parse_host_address(const char *text, struct config_address *a)
{
    *a = (struct config_address){.family = AF_INET};
    if (inet_pton(AF_INET, text, a->bytes) != 1) {
        a->family = AF_INET6;
        if (inet_pton(AF_INET6, text, a->bytes) != 1)
            return false;
    }
    return is_host_address(a->family, a->bytes);
}

/* The network itself (all host bits 0) and, in IPv4, its broadcast address (all
 * 1) are nobody's; networks of one or two hosts (RFC 3021) have neither. */
static bool is_in_the_middle(const struct config_address *a)
{
    unsigned int bits = address_bits(a->family);
    bool are_all_0 = true, are_all_1 = true;

    for (unsigned int i = a->prefix_length; i < bits; i++) {
        if (a->bytes[i / 8] & (0x80u >> i % 8))
            are_all_0 = false;
        else
            are_all_1 = false;
    }
    return a->prefix_length + 1u >= bits ||
           (!are_all_0 && !(are_all_1 && a->family == AF_INET));
}

static bool read_network(const struct config_limits *limits, const char *text,
                         void *field, char why[CONFIG_WHY_SIZE])
{
    struct config_address a;
    const char *slash = strchr(text, '/');
    char host[INET6_ADDRSTRLEN + 1] = "";
    char *end;
    unsigned long prefix;

    (void)limits;
    snprintf(host, sizeof(host), "%.*s",
             slash ? (int)(slash - text) : (int)strlen(text), text);
    if (!parse_host_address(host, &a))
        return config_value_wrong(why,
                                  "\"%.60s\" is not a host address; write one "
                                  "like 192.0.2.2/24 or 2001:db8::2/64",
                                  text);
    if (!slash)
        return config_value_wrong(
            why, "\"%s\" needs a prefix length; write %s/%d, for example", text,
            text, a.family == AF_INET ? 24 : 64);
    prefix = strtoul(slash + 1, &end, 10);
    if (!isdigit((unsigned char)slash[1]) || *end || prefix < 1 ||
        prefix > address_bits(a.family))
        return config_value_wrong(
            why, "\"%.20s\" is not a prefix length; write 1 to %u", slash + 1,
            address_bits(a.family));
    a.prefix_length = (uint8_t)prefix;
    if (!is_in_the_middle(&a))
        return config_value_wrong(why,
                                  "%s is a network or broadcast address; write "
                                  "the address of the host",
                                  text);
    *(struct config_address *)field = a;
    return true;
}

static bool read_address(const struct config_limits *limits, const char *text,
                         void *field, char why[CONFIG_WHY_SIZE])
{
    struct config_address a;

    (void)limits;
    if (!parse_host_address(text, &a))
        return config_value_wrong(why,
                                  "\"%.60s\" is not a host address; write one "
                                  "like 192.0.2.1, without a prefix",
                                  text);
    a.prefix_length = (uint8_t)address_bits(a.family);
    *(struct config_address *)field = a;
    return true;
}

static void print_address(const struct config_limits *limits, const void *field,
                          char text[CONFIG_TEXT_SIZE])
{
    const struct config_address *a = field;

    (void)limits;
    *text = '\0';
    if (a->family)
        inet_ntop(a->family, a->bytes, text, INET6_ADDRSTRLEN);
}

static void print_network(const struct config_limits *limits, const void *field,
                          char text[CONFIG_TEXT_SIZE])
{
    const struct config_address *a = field;

    print_address(limits, field, text);
    if (a->family)
        sprintf(text + strlen(text), "/%u", a->prefix_length);
}

/* VLANs. */

/* A VLAN from 'min' on, alone in 'text' up to 'end'. */
static bool parse_vlan(const char *text, const char *end, unsigned int min,
                       unsigned int *vlan)
{
    *vlan = 0;
    while (text < end && isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    if (text == end || end - text > 4)
        return false;
    for (; text < end; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        *vlan = *vlan * 10 + (unsigned int)(*text - '0');
    }
    return *vlan >= min && *vlan <= VLAN_MAX;
}

static bool read_one_vlan(const char *text, uint16_t *field,
                          char why[CONFIG_WHY_SIZE])
{
    unsigned int vlan;

    if (!parse_vlan(text, text + strlen(text), 1, &vlan))
        return config_value_wrong(
            why, "\"%.60s\" is not a VLAN; write one from 1 to %d", text,
            VLAN_MAX);
    *field = (uint16_t)vlan;
    return true;
}

static bool read_vlan_access(const struct config_limits *limits,
                             const char *text, void *field,
                             char why[CONFIG_WHY_SIZE])
{
    struct vlan_membership *m = field;

    (void)limits;
    if (!read_one_vlan(text, &m->access, why))
        return false;
    m->mode = VLAN_ACCESS;
    return true;
}

static void print_vlan_access(const struct config_limits *limits,
                              const void *field, char text[CONFIG_TEXT_SIZE])
{
    const struct vlan_membership *m = field;

    (void)limits;
    *text = '\0';
    if (m->mode == VLAN_ACCESS)
        sprintf(text, "%u", m->access);
}

static bool read_vlan_native(const struct config_limits *limits,
                             const char *text, void *field,
                             char why[CONFIG_WHY_SIZE])
{
    struct vlan_membership *m = field;

    (void)limits;
    return read_one_vlan(text, &m->native, why);
}

static void print_vlan_native(const struct config_limits *limits,
                              const void *field, char text[CONFIG_TEXT_SIZE])
{
    const struct vlan_membership *m = field;

    (void)limits;
    *text = '\0';
    if (m->mode == VLAN_TRUNK && m->native)
        sprintf(text, "%u", m->native);
}

/* "10,20-29"; 0 stands for untagged frames. */
static bool read_vlan_trunks(const struct config_limits *limits,
                             const char *text, void *field,
                             char why[CONFIG_WHY_SIZE])
{
    struct vlan_membership *m = field;
    uint64_t trunks[64] = {0};

    (void)limits;
    for (;; text++) {
        const char *end = text + strcspn(text, ",");
        const char *dash = memchr(text, '-', (size_t)(end - text));
        unsigned int first, last;

        if (!parse_vlan(text, dash ? dash : end, 0, &first) ||
            !parse_vlan(dash ? dash + 1 : text, end, 0, &last) || last < first)
            return config_value_wrong(
                why,
                "\"%.*s\" is not a VLAN; write a list like 10,20-29, each from "
                "0 (untagged) to %d",
                end - text > 60 ? 60 : (int)(end - text), text, VLAN_MAX);
        for (unsigned int vlan = first; vlan <= last; vlan++)
            trunks[vlan / 64] |= UINT64_C(1) << vlan % 64;
        text = end;
        if (!*end)
            break;
    }
    m->mode = VLAN_TRUNK;
    memcpy(m->trunks, trunks, sizeof(trunks));
    return true;
}

static bool has_vlan(const struct vlan_membership *m, unsigned int vlan)
{
    return vlan <= VLAN_MAX && m->trunks[vlan / 64] >> vlan % 64 & 1;
}

static void print_vlan_trunks(const struct config_limits *limits,
                              const void *field, char text[CONFIG_TEXT_SIZE])
{
    const struct vlan_membership *m = field;
    const char *comma = "";

    (void)limits;
    *text = '\0';
    for (unsigned int vlan = 0; m->mode == VLAN_TRUNK && vlan <= VLAN_MAX;
         vlan++) {
        unsigned int last = vlan;

        if (!has_vlan(m, vlan))
            continue;
        while (has_vlan(m, last + 1))
            last++;
        text += sprintf(text, "%s%u", comma, vlan);
        if (last > vlan)
            text += sprintf(text, "-%u", last);
        comma = ",";
        vlan = last;
    }
}

const struct config_kind config_kind_interface = {
    read_interface, print_interface, false, false};
const struct config_kind config_kind_datapath_id = {
    read_datapath_id, print_datapath_id, false, false};
const struct config_kind config_kind_mac = {read_mac, print_mac, false, false};
const struct config_kind config_kind_network = {read_network, print_network,
                                                true, false};
const struct config_kind config_kind_address = {read_address, print_address,
                                                true, false};
const struct config_kind config_kind_vlan_access = {
    read_vlan_access, print_vlan_access, false, false};
const struct config_kind config_kind_vlan_trunks = {
    read_vlan_trunks, print_vlan_trunks, false, false};
const struct config_kind config_kind_vlan_native = {
    read_vlan_native, print_vlan_native, false, false};
