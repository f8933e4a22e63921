#include "control/handle_queue.h"

#include "flow/port_no.h"
#include "openflow/of_queue.h"

static bool has_port(const struct request *r, uint32_t port)
{
    struct port_desc p;

    return port == PORT_NO_ANY ||
           r->s->host.find_port(r->s->host.context, port, &p);
}

enum flow_error handle_queue_config(struct request *r)
{
    struct queue_config config = {.port = PORT_NO_ANY};
    enum flow_error error =
        of_queue_read_config_request(r->c->version, &r->body, &config.port);

    if (error)
        return error;
    if (!has_port(r, config.port))
        return FLOW_BAD_QUEUE_PORT;
    of_queue_write_config(&r->reply, r->c->version, r->header.xid, &config);
    return FLOW_OK;
}

/* Of a queue that is asked for by its number there is just as little to tell.
 */
static enum flow_error answer_none(struct request *r)
{
    struct of_queue_request q = {PORT_NO_ANY, QUEUE_ALL};
    enum flow_error error = of_queue_read_request(r->c->version, &r->body, &q);

    if (error)
        return error;
    if (!has_port(r, q.port))
        return FLOW_BAD_QUEUE_PORT;
    of_end(&r->reply, request_begin(r, r->kind));
    return FLOW_OK;
}

enum flow_error handle_queue_stats(struct request *r)
{
    return answer_none(r);
}

enum flow_error handle_queue_desc(struct request *r)
{
    return answer_none(r);
}
