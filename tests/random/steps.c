/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/random/steps.h"

#include "base/array.h"
#include "tests/random/compare.h"

enum { COMPARE_ALL_EVERY = 8 };

/* How often, in 10,000; frames are the first. */
static const struct row {
    unsigned int weight;
    void (*act)(struct world *w);
} rows[] = {
    /* clang-format off */
    {5900, step_frames    },
    {1500, step_flow_mod  },
    {150,  step_group_mod },
    {100,  step_meter_mod },
    {500,  step_packet_out},
    {400,  step_bundle    },
    {300,  step_lie       },
    {40,   step_role      },
    {20,   step_pieces    },
    {40,   step_limits    },
    {1200, step_tick      },
    {8,    step_wait      },
    {50,   step_link      },
    {40,   step_device    },
    {40,   step_block     },
    {40,   step_port_mod  },
    {20,   step_reload    },
    {30,   step_flap      },
    {20,   step_stall     },
    {70,   step_cut       },
    /* clang-format on */
};

static const struct row *draw_row(struct world *w)
{
    unsigned int total = 0, at;
    size_t i = 0;

    for (size_t n = 0; n < ARRAY_SIZE(rows); n++)
        total += rows[n].weight;
    at = dice_below(&w->dice, total);
    while (at >= rows[i].weight)
        at -= rows[i++].weight;
    return &rows[i];
}

/* What has changed is tried with a frame that went through the switch before,
 * so that what was kept of it does not go stale. */
static const struct row *choose_row(struct world *w)
{
    const struct row *row = draw_row(w);
    bool was_changed = w->is_to_repeat;

    w->is_to_repeat = was_changed && dice_percent(&w->dice, 50);
    return w->is_to_repeat ? &rows[0] : row;
}

void steps_do(struct world *w)
{
    const struct row *row = choose_row(w);

    row->act(w);
    w->is_to_repeat = row->act != step_frames;
    compare_frames(w);
    compare_quickly(w);
    if (row->act != step_frames || w->step % COMPARE_ALL_EVERY == 0)
        compare_all(w);
}
