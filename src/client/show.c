/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/show.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "client/answer.h"
#include "client/columns.h"
#include "client/port_text.h"
#include "flow/drop.h"

/* The flows that are left to the kernel, and the frames it has forwarded. */
static void print_kernel(FILE *out, const cJSON *result)
{
    double flows = answer_number(result, "kernel_flows"), frames = 0;
    const cJSON *port;
    int left = 0;

    cJSON_ArrayForEach(port, answer_item(result, "ports"))
    {
        frames += answer_number(port, "kernel_frames");
        left += cJSON_IsTrue(answer_item(port, "in_kernel"));
    }
    fprintf(
        out,
        "kernel:       forwards from %d port%s, %.0f flow%s, %.0f frames so "
        "far\n",
        left, left == 1 ? "" : "s", flows, flows == 1 ? "" : "s", frames);
}

/* Frames by the workers' caches, and by the flow tables. */
static void print_cache(FILE *out, const cJSON *result)
{
    double hits = answer_number(result, "cache_hits");
    double misses = answer_number(result, "cache_misses");

    if (hits + misses > 0)
        fprintf(out, "flow cache:   %.0f hits, %.0f misses\n", hits, misses);
}

static void print_head(FILE *out, const cJSON *result)
{
    int controllers = cJSON_GetArraySize(answer_item(result, "controllers"));
    double workers = answer_number(result, "workers");
    char text[FORMAT_SIZE];

    fprintf(out, "bridge:       %s\n", answer_text(result, "bridge"));
    fprintf(out, "datapath id:  %s\n", answer_text(result, "datapath_id"));
    fprintf(out, "fail mode:    %s%s\n", answer_text(result, "fail_mode"),
            cJSON_IsTrue(answer_item(result, "fail_mode_active")) ? ", in force"
                                                                  : "");
    if (controllers == 0)
        fputs("controllers:  none\n", out);
    else
        fprintf(out, "controllers:  %d\n", controllers);
    fprintf(out, "up:           %s, flowbridge %s, %.0f worker%s\n",
            format_duration(text, answer_number(result, "uptime_s")),
            answer_text(result, "version"), workers, workers == 1 ? "" : "s");
    if (cJSON_IsTrue(answer_item(result, "kernel")))
        print_kernel(out, result);
    print_cache(out, result);
}

static bool add_controller(struct columns *c, const cJSON *controller)
{
    char text[FORMAT_SIZE];

    columns_add(c, "%s", answer_text(controller, "name"));
    columns_add(c, "%s", answer_text(controller, "target"));
    columns_add(c, "%s", answer_text(controller, "state"));
    columns_add(c, "%s",
                format_duration(text, answer_number(controller, "since_s")));
    columns_add(c, "%s", answer_text(controller, "version"));
    columns_add(c, "%s", answer_text(controller, "role"));
    columns_add(c, "%s", answer_text(controller, "last_error"));
    return true;
}

/* A table with a row for each member that 'add' takes, after an empty line;
 * nothing if it takes none. */
static void print_table(FILE *out, const cJSON *list,
                        const struct column *titles, size_t count,
                        bool (*add)(struct columns *c, const cJSON *member))
{
    struct columns *c = columns_create(titles, count);
    bool has_any = false;
    const cJSON *member;

    if (!c)
        return;
    cJSON_ArrayForEach(member, list)
    {
        has_any |= add(c, member);
    }
    if (has_any) {
        putc('\n', out);
        columns_print(c, out);
    }
    columns_free(c);
}

static void print_controllers(FILE *out, const cJSON *controllers)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"CONTROLLER", false},
        {"TARGET",     false},
        {"STATE",      false},
        {"FOR",        false},
        {"VERSION",    false},
        {"ROLE",       false},
        {"LAST ERROR", false},
        /* clang-format on */
    };

    print_table(out, controllers, titles, ARRAY_SIZE(titles), add_controller);
}

static bool add_listener(struct columns *c, const cJSON *listener)
{
    columns_add(c, "%s", answer_text(listener, "listener"));
    columns_add(c, "%s", answer_text(listener, "state"));
    columns_add(c, "%.0f", answer_number(listener, "connections"));
    columns_add(c, "%s", answer_text(listener, "last_error"));
    return true;
}

static void print_listeners(FILE *out, const cJSON *listeners)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"LISTENER",    false},
        {"STATE",       false},
        {"CONNECTIONS", true },
        {"LAST ERROR",  false},
        /* clang-format on */
    };

    print_table(out, listeners, titles, ARRAY_SIZE(titles), add_listener);
}

/* A port that is down, and why where somebody set it so. */
static void add_link(struct columns *c, const cJSON *port)
{
    const char *link = answer_text(port, "link");
    const char *why = "";

    if (cJSON_IsTrue(answer_item(port, "taken_down")))
        why = " (controller)";
    else if (!strcmp(link, "down") && !strcmp(answer_text(port, "admin"), link))
        why = " (admin)";
    columns_add(c, "%s%s", link, why);
}

/* The interface too, where the port has the name of an alternative one. */
static void add_name(struct columns *c, const cJSON *port)
{
    const char *name = answer_text(port, "name");
    const char *interface =
        cJSON_GetStringValue(answer_item(port, "interface"));

    if (interface && *interface && strcmp(name, interface))
        columns_add(c, "%s (%s)", name, interface);
    else
        columns_add(c, "%s", name);
}

static bool add_port(struct columns *c, const cJSON *port)
{
    bool is_half = strcmp(answer_text(port, "duplex"), "half") == 0;
    double mbps = answer_number(port, "speed_mbps");
    char text[FORMAT_SIZE];

    columns_add(c, "%s", port_text_number(text, port));
    add_name(c, port);
    columns_add(c, "%s", answer_text(port, "type"));
    add_link(c, port);
    columns_add(c, "%s%s", format_speed(text, mbps),
                mbps > 0 && is_half ? " half" : "");
    columns_add(c, "%.0f", answer_number(port, "mtu"));
    columns_add(c, "%s", answer_text(port, "mac"));
    columns_add(c, "%s", answer_text(port, "vlan"));
    columns_add(c, "%s", answer_text(port, "shield"));
    columns_add(c, "%s", format_scaled(text, answer_number(port, "rx_frames")));
    columns_add(c, "%s", format_scaled(text, answer_number(port, "tx_frames")));
    columns_add(c, "%s", format_scaled(text, answer_number(port, "missed")));
    columns_add(c, "%s", format_scaled(text, port_text_sum(port, "drops")));
    columns_add(c, "%s", format_scaled(text, port_text_sum(port, "tx_drops")));
    return true;
}

static void print_ports(FILE *out, const cJSON *ports)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"PORT",    true },
        {"NAME",    false},
        {"TYPE",    false},
        {"LINK",    false},
        {"SPEED",   false},
        {"MTU",     true },
        {"MAC",     false},
        {"VLAN",    false},
        {"SHIELD",  false},
        {"RX",      true },
        {"TX",      true },
        {"MISSED",  true },
        {"DROPPED", true },
        {"UNSENT",  true },
        /* clang-format on */
    };

    print_table(out, ports, titles, ARRAY_SIZE(titles), add_port);
}

/* The kernel counts these and tells no more; they are no drop of ours. */
static const char missed_word[] = "missed";

/* DROP_REASON_COUNT: a word that this version does not know. */
static enum drop_reason reason_of(const char *word)
{
    int i = 0;

    while (i < DROP_REASON_COUNT &&
           strcmp(drop_reason_word((enum drop_reason)i), word) != 0)
        i++;
    return (enum drop_reason)i;
}

static const char *reason_text(const char *word)
{
    enum drop_reason reason = reason_of(word);

    if (reason < DROP_REASON_COUNT)
        return drop_reason_text(reason);
    return strcmp(word, missed_word) == 0
               ? "arrived faster than the switch read it"
               : "";
}

static void add_loss(struct columns *c, const cJSON *port, const char *where,
                     double frames, const char *reason)
{
    columns_add(c, "%s", answer_text(port, "name"));
    columns_add(c, "%s", where);
    columns_add(c, "%.0f", frames);
    columns_add(c, "%s", reason);
    columns_add(c, "%s", reason_text(reason));
}

/* A frame that was lost at its output port counts there, as unsent. */
static double add_losses(struct columns *c, const cJSON *port, const char *key,
                         const char *where)
{
    bool is_at_receipt = strcmp(key, "drops") == 0;
    const cJSON *counter;

    cJSON_ArrayForEach(counter, answer_item(port, key))
    {
        if (counter->string && answer_is_positive(counter) &&
            (!is_at_receipt ||
             !drop_reason_is_of_output(reason_of(counter->string))))
            add_loss(c, port, where, counter->valuedouble, counter->string);
    }
    return port_text_sum(port, key);
}

static void print_losses(FILE *out, const cJSON *ports)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"NAME",        false},
        {"COLUMN",      false},
        {"FRAMES",      true },
        {"REASON",      false},
        {"WHICH MEANS", false},
        /* clang-format on */
    };
    struct columns *c = columns_create(titles, ARRAY_SIZE(titles));
    double total = 0;
    const cJSON *port;

    if (!c)
        return;
    cJSON_ArrayForEach(port, ports)
    {
        double missed = answer_number(port, "missed");

        if (missed > 0)
            add_loss(c, port, missed_word, missed, missed_word);
        total += missed + add_losses(c, port, "drops", "dropped") +
                 add_losses(c, port, "tx_drops", "unsent");
    }
    if (total > 0) {
        putc('\n', out);
        columns_print(c, out);
    } else {
        fputs("\nno frame was dropped\n", out);
    }
    columns_free(c);
}

/* Only one that was hit. */
static bool add_limit(struct columns *c, const cJSON *limit)
{
    if (answer_number(limit, "hits") <= 0)
        return false;
    columns_add(c, "%s", answer_text(limit, "what"));
    columns_add(c, "%.0f", answer_number(limit, "in_use"));
    columns_add(c, "%.0f", answer_number(limit, "most"));
    columns_add(c, "%.0f", answer_number(limit, "hits"));
    return true;
}

/* 'most' is 0 where there is no single number. */
static void print_limits(FILE *out, const cJSON *limits)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"LIMIT",  false},
        {"IN USE", true },
        {"MOST",   true },
        {"HIT",    true },
        /* clang-format on */
    };

    print_table(out, limits, titles, ARRAY_SIZE(titles), add_limit);
}

/* "10GB-FD COPPER" */
static void add_words(struct columns *c, const cJSON *words)
{
    char text[256] = "";
    const cJSON *word;

    cJSON_ArrayForEach(word, words)
    {
        size_t size = strlen(text);

        if (cJSON_IsString(word))
            snprintf(text + size, sizeof(text) - size, "%s%s", size ? " " : "",
                     word->valuestring);
    }
    columns_add(c, "%s", *text ? text : "-");
}

static const char *const feature_lists[] = {"current", "advertised",
                                            "supported", "peer"};

enum { FEATURE_LISTS = ARRAY_SIZE(feature_lists) };

static bool has_features(const cJSON *port)
{
    for (size_t i = 0; i < FEATURE_LISTS; i++)
        if (cJSON_GetArraySize(answer_item(port, feature_lists[i])) > 0)
            return true;
    return false;
}

static bool add_features(struct columns *c, const cJSON *port)
{
    if (!has_features(port))
        return false;
    columns_add(c, "%s", answer_text(port, "name"));
    columns_add(c, "%.0f Mbps", answer_number(port, "speed_mbps"));
    columns_add(c, "%.0f Mbps", answer_number(port, "max_speed_mbps"));
    for (size_t i = 0; i < FEATURE_LISTS; i++)
        add_words(c, answer_item(port, feature_lists[i]));
    return true;
}

/* The features that ovs-ofctl(8) show has, of ports whose driver tells some. */
static void print_features(FILE *out, const cJSON *ports)
{
    static const struct column titles[] = {
        /* clang-format off */
        {"PORT",       false},
        {"SPEED",      true },
        {"MAX",        true },
        {"CURRENT",    false},
        {"ADVERTISED", false},
        {"SUPPORTED",  false},
        {"PEER",       false},
        /* clang-format on */
    };

    print_table(out, ports, titles, ARRAY_SIZE(titles), add_features);
}

void show_print(FILE *out, const cJSON *result)
{
    const cJSON *ports = answer_item(result, "ports");

    print_head(out, result);
    print_controllers(out, answer_item(result, "controllers"));
    print_listeners(out, answer_item(result, "listeners"));
    if (cJSON_GetArraySize(ports) == 0) {
        fputs("ports:        none\n", out);
    } else {
        print_ports(out, ports);
        print_losses(out, ports);
        print_features(out, ports);
    }
    print_limits(out, answer_item(result, "limits"));
}
