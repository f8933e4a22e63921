/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/report_limits.h"

#include "base/json.h"
#include "base/log.h"
#include "bridge/of_agent.h"
#include "control/bundle.h"
#include "control/connection.h"
#include "control/packet_buffers.h"
#include "control/request_parts.h"
#include "control/services.h"
#include "control/switch.h"
#include "datapath/worker.h"
#include "table/mac_table.h"

/* 'most' is 0 where there is no one number. */
static void add(cJSON *limits, const char *what, uint64_t in_use, uint64_t most,
                uint64_t hits)
{
    cJSON *row = cJSON_CreateObject();

    cJSON_AddStringToObject(row, "what", what);
    cJSON_AddNumberToObject(row, "in_use", (double)in_use);
    cJSON_AddNumberToObject(row, "most", (double)most);
    cJSON_AddNumberToObject(row, "hits", (double)hits);
    json_append(limits, row);
}

/* What requests are refused for. */
static void add_refusals(cJSON *limits, const struct of_switch *of)
{
    struct datapath *d = of->datapath;
    const uint64_t *refused = of->refused;

    add(limits, "flows", flow_tables_total(datapath_tables(d)),
        FLOW_TABLE_LIMIT, refused[FLOW_TABLE_FULL]);
    add(limits, "groups", group_table_count(datapath_groups(d)),
        GROUP_TABLE_LIMIT, refused[FLOW_GROUP_FULL]);
    add(limits, "buckets", 0, GROUP_BUCKETS_LIMIT, refused[FLOW_BUCKETS_FULL]);
    add(limits, "meters", meter_table_count(datapath_meters(d)),
        METER_TABLE_LIMIT, refused[FLOW_METER_FULL]);
    add(limits, "bands", 0, METER_BANDS_MAX, refused[FLOW_BANDS_FULL]);
    add(limits, "bundles", 0, BUNDLE_COUNT_MAX, refused[FLOW_BUNDLES_FULL]);
    add(limits, "bundle_bytes", connection_list_bundle_bytes(of->connections),
        BUNDLE_BYTES_MAX, refused[FLOW_BUNDLE_MESSAGES_FULL]);
    add(limits, "request_parts", 0, REQUEST_PARTS_MAX,
        refused[FLOW_MULTIPART_OVERFLOW]);
    add(limits, "memory", 0, 0, refused[FLOW_OUT_OF_MEMORY]);
}

static void add_queues(cJSON *limits, const struct of_switch *of)
{
    struct packet_buffers_usage buffers = packet_buffers_usage(of->buffers);
    const struct datapath *d = of->datapath;
    const struct mac_table *macs = datapath_mac_table(of->datapath);

    add(limits, "packet_buffers", buffers.held, buffers.room, buffers.refused);
    add(limits, "macs", mac_table_count(macs), mac_table_capacity(macs),
        mac_table_evicted(macs));
    add(limits, "macs_to_learn", 0, 0, datapath_learn_refused(d));
    add(limits, "lessons", 0, 0, datapath_lessons_refused(d));
    add(limits, "lessons_in_time", 0, 0, datapath_lessons_late(d));
    add(limits, "packet_outs", 0, WORKER_JOBS, datapath_jobs_refused(d));
}

void report_limits(cJSON *show, const struct bridge *b, const struct ctl *ctl)
{
    struct of_agent *side = bridge_openflow(b);
    struct services_usage services = of_agent_services(side);
    cJSON *limits = cJSON_AddArrayToObject(show, "limits");

    add_refusals(limits, of_agent_switch(side));
    add_queues(limits, of_agent_switch(side));
    add(limits, "connections", services.count, services.room, services.refused);
    add(limits, "control_clients", ctl_clients(ctl), CTL_CLIENTS_MAX,
        ctl_refused(ctl));
    add(limits, "log_lines", 0, 0, log_held_back());
}
