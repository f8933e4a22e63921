/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/in_band.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/log.h"
#include "flow/mac_text.h"
#include "text/text_flow.h"

enum {
    RULE_SIZE = 160,
    RULES_MAX = 16 + 8 * IN_BAND_REMOTES_MAX,
    PRIORITY = 0x8000, /* above the fail mode's NORMAL */
};

/* The entries as text, in the order in which they were made. */
struct rules {
    size_t count;
    char text[RULES_MAX][RULE_SIZE];
};

struct in_band {
    struct flow_tables *tables;
    struct rules rules; /* in the tables now */
};

/* %s is LOCAL's MAC address. */
static const char *const local_rules[] = {
    /* DHCP, also answered by broadcast before there is an address. */
    "udp,in_port=LOCAL,tp_src=68,tp_dst=67",
    "udp,dl_dst=%s,tp_src=67,tp_dst=68",
    "udp,dl_dst=ff:ff:ff:ff:ff:ff,tp_src=67,tp_dst=68",
    "udp6,in_port=LOCAL,tp_src=546,tp_dst=547",
    "udp6,dl_dst=%s,tp_src=547,tp_dst=546",
    /* ARP: replies to LOCAL and its requests. */
    "arp,dl_dst=%s,arp_op=2",
    "arp,dl_src=%s,arp_op=1",
    /* The same of IPv6, and routers. */
    "icmp6,dl_dst=%s,icmp_type=136",
    "icmp6,dl_src=%s,icmp_type=135",
    "icmp6,in_port=LOCAL,icmp_type=133",
    "icmp6,dl_dst=%s,icmp_type=134",
};

/* %s is the address of a controller or of a next hop: its requests, and the
 * replies to it. */
static const char *const neighbour_rules[2][2] = {
    {"arp,arp_spa=%s,arp_op=1", "arp,arp_tpa=%s,arp_op=2"},
    {"icmp6,ipv6_src=%s,icmp_type=135", "icmp6,ipv6_dst=%s,icmp_type=136"},
};

/* %s and %u are a controller's address and port. */
static const char *const tcp_rules[2][2] = {
    {"tcp,nw_dst=%s,tp_dst=%u", "tcp,nw_src=%s,tp_src=%u"},
    {"tcp6,ipv6_dst=%s,tp_dst=%u", "tcp6,ipv6_src=%s,tp_src=%u"},
};

static bool has_rule(const struct rules *r, const char *text)
{
    for (size_t i = 0; i < r->count; i++)
        if (!strcmp(r->text[i], text))
            return true;
    return false;
}

/* Two controllers may have one next hop. */
static void add_rule(struct rules *r, const char *text)
{
    if (r->count < RULES_MAX && !has_rule(r, text))
        strcpy(r->text[r->count++], text);
}

static void add_local_rules(struct rules *r, const uint8_t mac[6])
{
    char text[RULE_SIZE];

    for (size_t i = 0; i < ARRAY_SIZE(local_rules); i++) {
        const char *rule = local_rules[i];
        const char *place = strstr(rule, "%s");

        if (place)
            snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - rule), rule,
                     mac_text(mac).text, place + 2);
        else
            snprintf(text, sizeof(text), "%s", rule);
        add_rule(r, text);
    }
}

/* As 'rule' says, which has a %s and perhaps a %u after it. */
static void add_address_rule(struct rules *r, const char *rule,
                             const char *address, unsigned int port)
{
    const char *place = strstr(rule, "%s");
    const char *number = strstr(rule, "%u");
    const char *rest = place + 2;
    char text[RULE_SIZE];

    if (number)
        snprintf(text, sizeof(text), "%.*s%s%.*s%u", (int)(place - rule), rule,
                 address, (int)(number - rest), rest, port);
    else
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - rule), rule,
                 address, rest);
    add_rule(r, text);
}

static void add_neighbour_rules(struct rules *r, int family,
                                const uint8_t address[16])
{
    char text[INET6_ADDRSTRLEN];

    if (!inet_ntop(family, address, text, sizeof(text)))
        return;
    for (size_t i = 0; i < 2; i++)
        add_address_rule(r, neighbour_rules[family == AF_INET6][i], text, 0);
}

static void add_remote_rules(struct rules *r, const struct in_band_remote *m)
{
    char text[INET6_ADDRSTRLEN];

    if (!inet_ntop(m->family, m->address, text, sizeof(text)))
        return;
    add_neighbour_rules(r, m->family, m->address);
    if (m->next_family)
        add_neighbour_rules(r, m->next_family, m->next);
    for (size_t i = 0; i < 2; i++)
        add_address_rule(r, tcp_rules[m->family == AF_INET6][i], text, m->port);
}

/* Puts an entry in the tables or takes it out. */
static void apply(struct in_band *i, enum flow_mod_command command,
                  const char *rule, int64_t now_ms)
{
    struct text_error why = {0};
    struct text_parse parse = {.error = &why};
    struct flow_mod mod;
    char text[RULE_SIZE + 32];
    enum flow_error error;

    snprintf(text, sizeof(text), "%s,actions=NORMAL", rule);
    if (!text_flow_read(&parse, FLOW_MOD_ADD, text, &mod)) {
        log_error("bridge.failed", "what=%s error=%s", "in-band entry",
                  why.line);
        return;
    }
    mod.command = command;
    mod.flags = FLOW_MOD_HIDDEN;
    mod.priority = PRIORITY;
    mod.table = 0;
    error = flow_tables_apply(i->tables, &mod, now_ms);
    if (error)
        log_error("bridge.failed", "what=%s error=%s", "in-band entry",
                  flow_error_text(error));
    flow_mod_clear(&mod);
}

static void go_over(struct in_band *i, const struct rules *to, int64_t now_ms)
{
    for (size_t j = 0; j < i->rules.count; j++)
        if (!has_rule(to, i->rules.text[j]))
            apply(i, FLOW_MOD_DELETE_STRICT, i->rules.text[j], now_ms);
    for (size_t j = 0; j < to->count; j++)
        if (!has_rule(&i->rules, to->text[j]))
            apply(i, FLOW_MOD_ADD, to->text[j], now_ms);
    i->rules = *to;
}

struct in_band *in_band_create(struct flow_tables *tables)
{
    struct in_band *i = calloc(1, sizeof(*i));

    if (i)
        i->tables = tables;
    return i;
}

void in_band_free(struct in_band *i, int64_t now_ms)
{
    static const uint8_t no_mac[6];

    if (!i)
        return;
    in_band_update(i, no_mac, NULL, 0, now_ms);
    free(i);
}

size_t in_band_update(struct in_band *i, const uint8_t local_mac[6],
                      const struct in_band_remote *remotes, size_t count,
                      int64_t now_ms)
{
    struct rules *to = calloc(1, sizeof(*to));

    if (!to)
        return i->rules.count; /* It stays as it is until the next time. */
    if (count)
        add_local_rules(to, local_mac);
    for (size_t j = 0; j < count && j < IN_BAND_REMOTES_MAX; j++)
        add_remote_rules(to, &remotes[j]);
    if (to->count != i->rules.count ||
        memcmp(to->text, i->rules.text, to->count * sizeof(to->text[0])))
        go_over(i, to, now_ms);
    count = to->count;
    free(to);
    return count;
}
