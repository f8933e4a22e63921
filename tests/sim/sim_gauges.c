/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each number that the switch tells is a row of gauge.h: a printer that knows
 * the rows alone, as one for a page of metrics would, prints all of them, and
 * `show` has the same keys and values.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bridge/report.h"
#include "tests/sim/frames.h"
#include "tests/unit/test.h"

static const char ini[] = "[port a]\ntype = nic\n"
                          "[port b]\ntype = nic\n"
                          "[controller c]\ntarget = tcp:127.0.0.1\n"
                          "[bridge]\nname = br\n";

/* Standalone without its controller: three frames to all, then one to where it
 * came from, which is dropped. */
static struct sim *switch_with_traffic(void)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "a");
    sim_link_up(s, "b");
    sim_pass_ms(s, 30000);
    for (int i = 0; i < 3; i++)
        send_frame(s, "a", 0xff, 1, -1);
    send_frame(s, "a", 1, 1, -1);
    return s;
}

static struct gauge_source source_of(struct sim *s)
{
    return (struct gauge_source){
        .bridge = sim_bridge(s),
        .now_ms = sim_now_ms(s),
        .uptime_ms = 5000,
        .control_clients = {1, 16, 2},
    };
}

/* A page of metrics: "port_rx_frames{port=a} 4" and a new line. */
struct page {
    FILE *out;
    const struct gauge *gauge;
};

static void print_value(void *context, const struct gauge_subject *s)
{
    const struct page *p = context;
    const struct gauge_kind_names *names = &gauge_kinds[p->gauge->of];

    fprintf(p->out, "%s%s{", names->prefix, p->gauge->name);
    for (size_t i = 0; i < GAUGE_LABELS_MAX && names->labels[i]; i++)
        fprintf(p->out, "%s%s=%s", i ? "," : "", names->labels[i],
                s->labels[i]);
    fprintf(p->out, "} %" PRIu64 "\n", p->gauge->get(s));
}

static char *page_of(struct sim *s)
{
    const struct gauge_source source = source_of(s);
    char *text = NULL;
    size_t size = 0;
    struct page p = {.out = open_memstream(&text, &size)};

    for (size_t i = 0; i < GAUGES; i++) {
        p.gauge = &gauges[i];
        gauge_each(&source, p.gauge->of, print_value, &p);
    }
    fclose(p.out);
    return text;
}

static void each_row_is_whole_and_its_name_is_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < GAUGES; i++) {
        const struct gauge *g = &gauges[i];

        assert_non_null(g->name);
        assert_non_null(g->help);
        assert_non_null(g->get);
        for (size_t j = 0; j < i; j++)
            assert_false(!strcmp(g->name, gauges[j].name) &&
                         !strcmp(gauge_kinds[g->of].prefix,
                                 gauge_kinds[gauges[j].of].prefix));
    }
}

static void a_printer_needs_the_rows_alone(void **state)
{
    static const char *const lines[] = {
        "uptime_s{} 5\n",
        "workers{} 1\n",
        "cache_hits{} 3\n",
        "cache_misses{} 1\n",
        "macs{} 1\n",
        "port_rx_frames{port=a} 4\n",
        "port_forwarded{port=a} 3\n",
        "port_tx_frames{port=b} 3\n",
        "port_drops{port=a,reason=same-port} 1\n",
        "controller_accepted{controller=c} 0\n",
        "limit_in_use{limit=macs} 1\n",
        "limit_most{limit=control_clients} 16\n",
        "limit_hits{limit=control_clients} 2\n",
    };
    struct sim *s = switch_with_traffic();
    char *page = page_of(s);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        if (!strstr(page, lines[i]))
            fail_msg("no %s in\n%s", lines[i], page);
    free(page);
    sim_close(s);
}

/* A list of show's, and the key of a member that has its label. */
static const struct {
    const char *list, *label;
} shown[GAUGE_KINDS] = {
    [GAUGE_OF_PORT] = {"ports", "name"},
    [GAUGE_OF_CONTROLLER] = {"controllers", "name"},
    [GAUGE_OF_LISTENER] = {"listeners", "listener"},
    [GAUGE_OF_LIMIT] = {"limits", "what"},
};

struct comparison {
    const cJSON *show;
    const struct gauge *gauge;
    unsigned int count;
};

static const cJSON *object_of(const cJSON *show, enum gauge_kind of,
                              const char *label)
{
    const cJSON *member;

    if (of == GAUGE_OF_SWITCH)
        return show;
    cJSON_ArrayForEach(member, cJSON_GetObjectItem(show, shown[of].list))
    {
        const cJSON *item = cJSON_GetObjectItem(member, shown[of].label);

        if (!strcmp(cJSON_GetStringValue(item), label))
            return member;
    }
    return NULL;
}

static void compare(void *context, const struct gauge_subject *s)
{
    struct comparison *c = context;
    const struct gauge *g = c->gauge;
    const cJSON *item =
        cJSON_GetObjectItem(object_of(c->show, g->of, s->labels[0]), g->name);

    if (!item) /* the state dump has it, and `fdb` */
        assert_true(g->of == GAUGE_OF_SWITCH && g->dump);
    else if (g->unit == GAUGE_BOOLEAN)
        assert_int_equal(cJSON_IsTrue(item), g->get(s));
    else
        assert_true(item->valuedouble == (double)g->get(s));
    c->count += item != NULL;
}

static void what_is_shown_is_what_the_rows_have(void **state)
{
    struct sim *s = switch_with_traffic();
    const struct gauge_source source = source_of(s);
    cJSON *show = report_show(&source);
    struct comparison c = {.show = show};
    const cJSON *a;

    (void)state;
    for (size_t i = 0; i < GAUGES; i++) {
        c.gauge = &gauges[i];
        if (c.gauge->of != GAUGE_OF_DROP)
            gauge_each(&source, c.gauge->of, compare, &c);
    }
    assert_true(c.count > GAUGES);
    a = object_of(show, GAUGE_OF_PORT, "a");
    assert_true(
        cJSON_GetObjectItem(cJSON_GetObjectItem(a, "drops"), "same-port")
            ->valuedouble == 1);
    cJSON_Delete(show);
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_whole_and_its_name_is_its_own),
        cmocka_unit_test(a_printer_needs_the_rows_alone),
        cmocka_unit_test(what_is_shown_is_what_the_rows_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
