/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/text_unknown.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"

struct row {
    const char *word; /* one that ends in '_' is the begin of several */
    const char *why;
};

static const struct row fields[] = {
    /* clang-format off */
    {"ct_",             "connections are not tracked here"          },
    {"nsh_",            "network service headers are not known here"},
    {"nsp",             "network service headers are not known here"},
    {"nsi",             "network service headers are not known here"},
    {"nshc",            "network service headers are not known here"},
    {"tun_",            "of tunnels there is only tun_id here"      },
    {"conj_id",         "conjunctive matches are not known here"    },
    {"skb_priority",    "the field cannot be matched or set"        },
    {"recirc_id",       "the field cannot be matched or set"        },
    {"dp_hash",         "the field cannot be matched or set"        },
    {"nd_reserved",     "the field is not known here"               },
    {"nd_options_type", "the field is not known here"               },
    {"NXOXM_",          "the field is not known here"               },
    {"ERICOXM_",        "the field is not known here"               },
    /* clang-format on */
};

static const struct row actions[] = {
    /* clang-format off */
    {"ct",               "connections are not tracked here"            },
    {"ct_clear",         "connections are not tracked here"            },
    {"nat",              "connections are not tracked here"            },
    {"encap",            "headers of other kinds are not put in front" },
    {"decap",            "headers of other kinds are not taken off"    },
    {"dec_nsh_ttl",      "network service headers are not known here"  },
    {"bundle",           "a group of type select does this here"       },
    {"bundle_load",      "a group of type select does this here"       },
    {"multipath",        "a group of type select does this here"       },
    {"push",             "there is no stack here"                      },
    {"pop",              "there is no stack here"                      },
    {"conjunction",      "conjunctive matches are not known here"      },
    {"sample",           "flows are not sampled here"                  },
    {"clone",            "a group of type all does this here"          },
    {"check_pkt_larger", "the size of a packet is not asked for here"  },
    {"delete_field",     "the options of tunnels are not known here"   },
    {"fin_timeout",      "timeouts that begin with a FIN are not kept"},
    {"apply_actions",    "actions are written without this word"       },
    /* clang-format on */
};

static bool is_row(const struct row *row, struct text_span name)
{
    size_t size = strlen(row->word);
    bool is_begin = row->word[size - 1] == '_' || !strcmp(row->word, "nshc");

    if (!is_begin)
        return text_is_like(name, row->word);
    return name.size > size && !strncasecmp(name.at, row->word, size);
}

static bool find(struct text_error *error, const struct row *rows, size_t count,
                 struct text_span name)
{
    for (size_t i = 0; i < count; i++) {
        if (is_row(&rows[i], name)) {
            text_fail_at(error, name, rows[i].why);
            return true;
        }
    }
    return false;
}

bool text_unknown_field(struct text_error *error, struct text_span name)
{
    return find(error, fields, ARRAY_SIZE(fields), name);
}

bool text_unknown_action(struct text_error *error, struct text_span name)
{
    return find(error, actions, ARRAY_SIZE(actions), name);
}
