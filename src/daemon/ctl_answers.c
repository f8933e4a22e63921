/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/ctl_answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/clock.h"
#include "bridge/reload.h"
#include "bridge/report.h"
#include "bridge/report_flows.h"
#include "bridge/report_kernel.h"
#include "bridge/trace.h"

struct gauge_source ctl_answers_gauges(const struct ctl_answers *a)
{
    int64_t now_ms = clock_monotonic_ms();

    datapath_gather(bridge_datapath(*a->bridge), now_ms);
    return (struct gauge_source){
        .bridge = *a->bridge,
        .now_ms = now_ms,
        .uptime_ms = now_ms - a->started_ms,
        .control_clients = {ctl_clients(*a->ctl), CTL_CLIENTS_MAX,
                            ctl_refused(*a->ctl)},
    };
}

static void answer_show(void *context, const cJSON *request,
                        struct ctl_reply *reply)
{
    const struct gauge_source source = ctl_answers_gauges(context);

    (void)request;
    ctl_answer(reply, report_show(&source));
}

static void answer_fdb(void *context, const cJSON *request,
                       struct ctl_reply *reply)
{
    const struct gauge_source source = ctl_answers_gauges(context);

    (void)request;
    ctl_answer(reply, report_fdb(&source));
}

static void answer_ports(void *context, const cJSON *request,
                         struct ctl_reply *reply)
{
    const struct gauge_source source = ctl_answers_gauges(context);

    (void)request;
    ctl_answer(reply, report_ports(&source));
}

/* The answer to a reload when its ports are there. */
struct reload_answer {
    struct ctl_reply *reply;
    cJSON *result;
};

static void answer_reloaded(void *context)
{
    struct reload_answer *r = context;

    ctl_answer(r->reply, r->result);
    free(r);
}

static void answer_when_ports_are_there(struct ctl_answers *a,
                                        struct ctl_reply *reply, cJSON *result)
{
    /* An incomplete object is no answer; the lack of memory is forgotten later.
     */
    struct reload_answer *r =
        alloc_flag_is_raised() ? NULL : malloc(sizeof(*r));

    if (!r) {
        ctl_answer(reply, result);
        return;
    }
    *r = (struct reload_answer){reply, result};
    reload_wait_begin(&a->waits, bridge_is_settled(*a->bridge), answer_reloaded,
                      r, clock_monotonic_ms());
}

static void answer_reload(void *context, const cJSON *request,
                          struct ctl_reply *reply)
{
    struct ctl_answers *a = context;
    cJSON *faults = cJSON_CreateArray();
    cJSON *result = cJSON_CreateObject();
    cJSON *changes = cJSON_AddArrayToObject(result, "changes");
    cJSON *restart = cJSON_AddArrayToObject(result, "restart_needed");

    (void)request;
    if (reload_bridge(*a->bridge, clock_monotonic_ms(), faults, changes,
                      restart)) {
        cJSON_Delete(faults);
        answer_when_ports_are_there(a, reply, result);
    } else {
        cJSON_Delete(result);
        ctl_refuse(
            reply, faults, "%s",
            "the configuration has faults; the previous one stays in force");
    }
}

static void answer_reopen(void *context, const cJSON *request,
                          struct ctl_reply *reply)
{
    const struct ctl_answers *a = context;
    const struct config *c = bridge_config(*a->bridge);
    int err = reload_reopen_log(*a->bridge);
    cJSON *result;

    (void)request;
    if (err) {
        ctl_refuse(reply, NULL, "%s: %s; the log goes on where it was",
                   c->log.file, strerror(-err));
        return;
    }
    result = cJSON_CreateObject();
    cJSON_AddStringToObject(result, "file", c->log.file);
    ctl_answer(reply, result);
}

/* A client that asks all switches of a machine finds that of a file by it. */
static void answer_place(void *context, const cJSON *request,
                         struct ctl_reply *reply)
{
    const struct ctl_answers *a = context;
    const struct config *c = bridge_config(*a->bridge);
    cJSON *result = cJSON_CreateObject();

    (void)request;
    cJSON_AddStringToObject(result, "config", a->config_path);
    cJSON_AddStringToObject(result, "name", c->bridge.name);
    cJSON_AddStringToObject(result, "run_dir", c->daemon.run_dir);
    ctl_answer(reply, result);
}

static void answer_hidden_flows(void *context, const cJSON *request,
                                struct ctl_reply *reply)
{
    const struct ctl_answers *a = context;
    const char *filter =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "flow"));
    int64_t now_ms = clock_monotonic_ms();
    struct text_error error = {""};
    cJSON *result;

    datapath_gather(bridge_datapath(*a->bridge), now_ms);
    result =
        report_flows_hidden(*a->bridge, filter ? filter : "", now_ms, &error);
    if (result)
        ctl_answer(reply, result);
    else
        ctl_refuse(reply, NULL, "%s", error.line);
}

static void answer_kernel(void *context, const cJSON *request,
                          struct ctl_reply *reply)
{
    const struct ctl_answers *a = context;

    (void)request;
    datapath_gather(bridge_datapath(*a->bridge), clock_monotonic_ms());
    ctl_answer(reply, report_kernel(*a->bridge));
}

static void answer_trace(void *context, const cJSON *request,
                         struct ctl_reply *reply)
{
    const struct ctl_answers *a = context;
    const char *flow =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "flow"));
    struct text_error error = {"trace needs the text \"flow\""};
    cJSON *result = flow ? trace_flow(*a->bridge, flow, &error) : NULL;

    if (result)
        ctl_answer(reply, result);
    else
        ctl_refuse(reply, NULL, "%s", error.line);
}

const struct ctl_command ctl_answers_commands[] = {
    /* clang-format off */
    {"show",         answer_show        },
    {"fdb",          answer_fdb         },
    {"dump-ports",   answer_ports       },
    {"reload",       answer_reload      },
    {"reopen",       answer_reopen      },
    {"place",        answer_place       },
    {"hidden-flows", answer_hidden_flows},
    {"trace",        answer_trace       },
    {"offload",      answer_kernel      },
    /* clang-format on */
};

const size_t ctl_answers_count = ARRAY_SIZE(ctl_answers_commands);
