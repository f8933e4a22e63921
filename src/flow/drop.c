/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/drop.h"

#define X(name, word, text) {word, text},
static const struct {
    const char *word, *text;
} reasons[] = {DROP_REASONS(X)};
#undef X

const char *drop_reason_word(enum drop_reason reason)
{
    return reason < DROP_REASON_COUNT ? reasons[reason].word : "unknown";
}

const char *drop_reason_text(enum drop_reason reason)
{
    return reason < DROP_REASON_COUNT ? reasons[reason].text : "unknown";
}

bool drop_reason_is_of_output(enum drop_reason reason)
{
    switch (reason) {
    case DROP_PORT_NO_FWD:
    case DROP_MTU:
    case DROP_TX_FULL:
    case DROP_TX_REFUSED:
    case DROP_TX_ERROR:
        return true;
    default:
        return false;
    }
}
