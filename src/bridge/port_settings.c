/* SPDX-License-Identifier: BSD-2-Clause */
#include "bridge/port_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bridge/identity.h"
#include "bridge/port_control.h"

void port_settings_mac(struct bridge_port *p, uint64_t machine,
                       const struct link *of, int64_t now_ms)
{
    static const uint8_t zero[6];
    const struct config_mac *wanted = &p->config.mac;
    uint8_t mac[6];

    identity_mac(machine, p->config.name, mac);
    if (of)
        memcpy(mac, of->mac, sizeof(mac));
    else if (*wanted->of && memcmp(p->mac, zero, sizeof(zero)))
        return;
    else if (memcmp(wanted->address, zero, sizeof(zero)))
        memcpy(mac, wanted->address, sizeof(mac));
    port_control_set_mac(p, mac, now_ms);
}

void port_settings_queues(struct bridge_port *p, const struct config *c,
                          int64_t now_ms)
{
    struct htb_queue *queues =
        calloc(c->queue_count ? c->queue_count : 1, sizeof(*queues));
    size_t count = 0;

    for (size_t i = 0; queues && i < c->queue_count; i++)
        if (bridge_port_has_name(p, c->queues[i].port))
            queues[count++] =
                (struct htb_queue){.id = c->queues[i].id,
                                   .min_rate = c->queues[i].min_rate,
                                   .max_rate = c->queues[i].max_rate};
    if (!queues || !port_control_set_queues(p, queues, count, now_ms))
        log_error("queue.failed", "port=%s error=%s effect=%s", p->config.name,
                  "out of memory", "its queues stay as they were");
    free(queues);
}
