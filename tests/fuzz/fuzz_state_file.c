/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever a state file says under a right checksum, what becomes of it are
 * tables that a worker and time can go through; and a flow that can be read can
 * be written and read again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "state/state_file.h"
#include "state/state_record.h"
#include "state/state_restore.h"
#include "tests/fuzz/small_switch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *port_name(void *context, uint32_t number)
{
    (void)context;
    return number == 1 ? "p1" : NULL;
}

static void check_flow(struct reader body)
{
    struct of_buffer b = {.data = NULL};
    struct state_flow one, two;
    struct reader r;

    if (!state_read_flow(body, &one))
        return;
    if (state_put_flow(&b, &one)) {
        r = reader_over(b.data, b.size);
        expect(state_next(&r, &body) == STATE_FLOW && !r.left);
        expect(state_read_flow(body, &two));
        expect(one.mod.flags == two.mod.flags &&
               one.mod.table == two.mod.table &&
               match_is_equal(&one.mod.match, &two.mod.match) &&
               flow_instructions_is_equal(&one.mod.instructions,
                                          &two.mod.instructions));
        state_flow_clear(&two);
    }
    state_flow_clear(&one);
    of_buffer_clear(&b);
}

static void check_flows(const uint8_t *bytes, size_t size)
{
    struct reader r = reader_over(bytes, size), body;
    enum state_kind kind;

    while ((kind = state_next(&r, &body)))
        if (kind == STATE_FLOW)
            check_flow(body);
}

static void restore(const uint8_t *bytes, size_t size)
{
    struct of_switch s;
    struct state_target target = {
        .s = &s, .gave_normal = true, .port_name = port_name};
    const struct state_times times = {100000, 1700000000000};
    struct state_outcome outcome;

    small_switch_open(&s, times.now_ms);
    state_restore(&target, &times, bytes, size, &outcome);
    for (int i = 1; i <= 4; i++)
        small_switch_turn(&s, times.now_ms + i * 60000);
    small_switch_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *file = malloc(STATE_FILE_HEAD_SIZE + size);

    expect(file != NULL);
    if (size)
        memcpy(file + STATE_FILE_HEAD_SIZE, bytes, size);
    state_file_seal(file, STATE_FILE_HEAD_SIZE + size);
    expect(state_file_fault(file, STATE_FILE_HEAD_SIZE + size) == NULL);
    restore(file, STATE_FILE_HEAD_SIZE + size);
    state_file_fault(bytes, size);
    check_flows(bytes, size);
    free(file);
    return 0;
}
