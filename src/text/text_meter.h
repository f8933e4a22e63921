/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Meters as text: "meter=1 kbps burst band=type=drop rate=1000 burst_size=200",
 * the notation of ovs-ofctl(8).  What is written can be read again.
 */
#ifndef TEXT_TEXT_METER_H
#define TEXT_TEXT_METER_H

#include "flow/meter_desc.h"
#include "text/text.h"

/*
 * Reads a meter to add or to modify, or for DELETE (which is also how to ask
 * for one) just "meter=N"; an empty text or "meter=all" then means METER_ALL.
 */
bool text_meter_read(const struct text_parse *parse, enum meter_command command,
                     const char *text, struct meter_mod *mod);

/* Writes a line for the meter and one for each band, as ovs-ofctl dump-meters;
 * the last without its newline. */
void text_meter_write(FILE *out, const struct meter_mod *mod);

/* The same for ovs-ofctl meter-stats. */
void text_meter_write_stats(FILE *out, const struct meter_stats *s);

#endif
