/* SPDX-License-Identifier: BSD-2-Clause */
#include "port/shield.h"

#include <errno.h>
#include <stddef.h>

#ifdef HAVE_LIBNFTNL

#include <libnftnl/batch.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "port/netlink.h"

#ifndef NFT_TABLE_F_OWNER /* since Linux 5.12 */
#define NFT_TABLE_F_OWNER 0x2
#endif

enum {
    PRIORITY = -500, /* before what anybody else does at ingress */
    BATCH_SIZE = 4096,
    ANSWERS_MAX = 32, /* one for each message of a batch, and one more */
};

static const char detour[] = "detour-of-large-frames";

struct shield {
    struct mnl_socket *socket; /* the table is its property */
    uint32_t sequence;
    char *table;
};

/* Messages that the kernel does together or not at all. */
struct batch {
    struct shield *shield;
    struct mnl_nlmsg_batch *messages;
    uint8_t bytes[BATCH_SIZE];
};

/* False: out of memory. */
static bool batch_begin(struct batch *b, struct shield *s)
{
    memset(b->bytes, 0, sizeof(b->bytes)); /* padding is sent as well */
    b->shield = s;
    b->messages = mnl_nlmsg_batch_start(b->bytes, sizeof(b->bytes));
    if (!b->messages)
        return false;
    nftnl_batch_begin(mnl_nlmsg_batch_current(b->messages), s->sequence++);
    mnl_nlmsg_batch_next(b->messages);
    return true;
}

static struct nlmsghdr *batch_message(struct batch *b, uint16_t type,
                                      uint16_t flags)
{
    return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(b->messages), type,
                                 NFPROTO_NETDEV, NLM_F_ACK | flags,
                                 b->shield->sequence++);
}

/* The kernel answers before the sending ends.  The first fault counts, for
 * others follow from it. */
static int read_answers(struct mnl_socket *socket)
{
    int err = 0, count = 0;

    while (count < ANSWERS_MAX) {
        uint8_t bytes[BATCH_SIZE];
        ssize_t size = netlink_receive(socket, bytes, sizeof(bytes));

        if (size == -EAGAIN)
            return count || err ? err : -EPROTO;
        if (size < 0 && size != -EMSGSIZE)
            return (int)size;
        if (size > 0 && mnl_cb_run(bytes, (size_t)size, 0, 0, NULL, NULL) < 0 &&
            !err)
            err = -errno;
        count++;
    }
    return err;
}

static int batch_send(struct batch *b)
{
    struct mnl_socket *socket = b->shield->socket;
    int err;

    nftnl_batch_end(mnl_nlmsg_batch_current(b->messages),
                    b->shield->sequence++);
    mnl_nlmsg_batch_next(b->messages);
    if (mnl_socket_sendto(socket, mnl_nlmsg_batch_head(b->messages),
                          mnl_nlmsg_batch_size(b->messages)) < 0)
        err = -errno;
    else
        err = read_answers(socket);
    mnl_nlmsg_batch_stop(b->messages);
    return err;
}

static int make_table(struct shield *s)
{
    struct nftnl_table *table = nftnl_table_alloc();
    struct batch b;

    if (!table || nftnl_table_set_str(table, NFTNL_TABLE_NAME, s->table) < 0 ||
        !batch_begin(&b, s)) {
        if (table)
            nftnl_table_free(table);
        return -ENOMEM;
    }
    nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    nftnl_table_nlmsg_build_payload(
        batch_message(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL), table);
    mnl_nlmsg_batch_next(b.messages);
    nftnl_table_free(table);
    return batch_send(&b);
}

static void put_chain(struct batch *b, uint16_t type, uint16_t flags,
                      const struct nftnl_chain *chain)
{
    nftnl_chain_nlmsg_build_payload(batch_message(b, type, flags), chain);
    mnl_nlmsg_batch_next(b->messages);
}

/* What names the chain of 'port'; NULL if out of memory. */
static struct nftnl_chain *chain_of(const struct shield *s, const char *port)
{
    struct nftnl_chain *chain = nftnl_chain_alloc();

    if (!chain)
        return NULL;
    if (nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, s->table) == 0 &&
        nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, port) == 0)
        return chain;
    nftnl_chain_free(chain);
    return NULL;
}

/* Without its device a chain would be made, too, and shield nothing. */
static bool describe(struct nftnl_chain *chain, const char *port)
{
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_NETDEV_INGRESS);
    nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, PRIORITY);
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_DROP);
    return nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter") == 0 &&
           nftnl_chain_set_str(chain, NFTNL_CHAIN_DEV, port) == 0;
}

static int make_chain(struct shield *s, const char *port, bool is_replacing)
{
    struct nftnl_chain *old = chain_of(s, port), *fresh = chain_of(s, port);
    struct batch b;
    int err = -ENOMEM;

    if (old && fresh && describe(fresh, port) && batch_begin(&b, s)) {
        if (is_replacing)
            put_chain(&b, NFT_MSG_DELCHAIN, 0, old);
        put_chain(&b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, fresh);
        err = batch_send(&b);
    }
    if (old)
        nftnl_chain_free(old);
    if (fresh)
        nftnl_chain_free(fresh);
    return err;
}

int shield_open(struct shield **s, const char *name)
{
    int err = -ENOMEM;

    *s = calloc(1, sizeof(**s));
    if (!*s)
        return err;
    (*s)->sequence = (uint32_t)time(NULL);
    (*s)->table = strdup(name);
    if ((*s)->table)
        err = netlink_open(NETLINK_NETFILTER, 0, SOCK_NONBLOCK, &(*s)->socket);
    if (!err)
        err = make_table(*s);
    if (err) {
        shield_close(*s);
        *s = NULL;
    }
    /* So say a kernel without nf_tables, and one that does not know the flag;
     * there is nothing else in the request that could be invalid. */
    return err == -EPROTONOSUPPORT || err == -EINVAL ? -EOPNOTSUPP : err;
}

int shield_add(struct shield *s, const char *port)
{
    int err = make_chain(s, port, false);

    /* The chain that is there may be of a device that had the name before. */
    if (err == -EEXIST)
        err = make_chain(s, port, true);
    return err == -ENOENT ? -ENODEV : err;
}

int shield_remove(struct shield *s, const char *port)
{
    struct nftnl_chain *chain = chain_of(s, port);
    struct batch b;
    int err;

    if (!chain || !batch_begin(&b, s)) {
        if (chain)
            nftnl_chain_free(chain);
        return -ENOMEM;
    }
    put_chain(&b, NFT_MSG_DELCHAIN, 0, chain);
    nftnl_chain_free(chain);
    err = batch_send(&b);
    return err == -ENOENT ? 0 : err; /* it went with its device */
}

/* Adds an expression with numbers for its attributes; false: out of memory. */
static bool add_expr(struct nftnl_rule *rule, const char *name,
                     const uint32_t (*values)[2], size_t count)
{
    struct nftnl_expr *e = nftnl_expr_alloc(name);

    if (!e)
        return false;
    for (size_t i = 0; i < count; i++)
        nftnl_expr_set_u32(e, (uint16_t)values[i][0], values[i][1]);
    nftnl_rule_add_expr(rule, e);
    return true;
}

static bool add_mask(struct nftnl_rule *rule, uint32_t mask)
{
    const uint32_t mark[][2] = {
        {NFTNL_EXPR_META_KEY, NFT_META_MARK},
        {NFTNL_EXPR_META_DREG, NFT_REG_1},
    };
    const uint32_t bits[][2] = {
        /* clang-format off */
        {NFTNL_EXPR_BITWISE_SREG, NFT_REG_1   },
        {NFTNL_EXPR_BITWISE_DREG, NFT_REG_1   },
        {NFTNL_EXPR_BITWISE_LEN,  sizeof(mask)},
        {NFTNL_EXPR_BITWISE_MASK, mask        },
        {NFTNL_EXPR_BITWISE_XOR,  0           },
        /* clang-format on */
    };

    return add_expr(rule, "meta", mark, 2) &&
           add_expr(rule, "bitwise", bits, 5);
}

/* meta mark & SHIELD_MARK_MASK == SHIELD_MARK: to the interface in the rest. */
static struct nftnl_rule *detour_rule(const struct shield *s)
{
    const uint32_t is_ours[][2] = {
        /* clang-format off */
        {NFTNL_EXPR_CMP_SREG, NFT_REG_1  },
        {NFTNL_EXPR_CMP_OP,   NFT_CMP_EQ },
        {NFTNL_EXPR_CMP_DATA, SHIELD_MARK},
        /* clang-format on */
    };
    const uint32_t to[][2] = {{NFTNL_EXPR_FWD_SREG_DEV, NFT_REG_1}};
    struct nftnl_rule *rule = nftnl_rule_alloc();

    if (!rule)
        return NULL;
    nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_NETDEV);
    if (nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, s->table) == 0 &&
        nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, detour) == 0 &&
        add_mask(rule, SHIELD_MARK_MASK) && add_expr(rule, "cmp", is_ours, 3) &&
        add_mask(rule, ~SHIELD_MARK_MASK) && add_expr(rule, "fwd", to, 1))
        return rule;
    nftnl_rule_free(rule);
    return NULL;
}

int shield_add_detour(struct shield *s)
{
    struct nftnl_chain *chain = chain_of(s, detour);
    struct nftnl_rule *rule = detour_rule(s);
    struct batch b;
    int err = -ENOMEM;

    if (chain && rule && describe(chain, "lo") && batch_begin(&b, s)) {
        nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
        put_chain(&b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, chain);
        nftnl_rule_nlmsg_build_payload(
            batch_message(&b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND),
            rule);
        mnl_nlmsg_batch_next(b.messages);
        err = batch_send(&b);
    }
    if (chain)
        nftnl_chain_free(chain);
    if (rule)
        nftnl_rule_free(rule);
    return err;
}

void shield_close(struct shield *s)
{
    if (!s)
        return;
    if (s->socket) /* and with it go the table and its chains */
        mnl_socket_close(s->socket);
    free(s->table);
    free(s);
}

#else

int shield_open(struct shield **s, const char *name)
{
    (void)name;
    *s = NULL;
    return -EOPNOTSUPP;
}

int shield_add(struct shield *s, const char *port)
{
    (void)s;
    (void)port;
    return -EOPNOTSUPP;
}

int shield_remove(struct shield *s, const char *port)
{
    (void)s;
    (void)port;
    return -EOPNOTSUPP;
}

int shield_add_detour(struct shield *s)
{
    (void)s;
    return -EOPNOTSUPP;
}

void shield_close(struct shield *s)
{
    (void)s;
}

#endif
