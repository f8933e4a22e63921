"""Asks a switch for everything that can be asked, by OpenFlow 1.0 or 1.3, and
says what came back: one line an answer, "error" for an error, "done" at last.
"""

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import (CONFIG_DISPATCHER, MAIN_DISPATCHER,
                                       set_ev_cls)
from os_ken.ofproto import ofproto_v1_0, ofproto_v1_3

REPLIES = (
    "DescStatsReply", "FlowStatsReply", "AggregateStatsReply",
    "TableStatsReply", "PortStatsReply", "QueueStatsReply",
    "QueueGetConfigReply", "GetConfigReply", "GroupStatsReply",
    "GroupDescStatsReply", "GroupFeaturesStatsReply", "MeterStatsReply",
    "MeterConfigStatsReply", "MeterFeaturesStatsReply",
    "TableFeaturesStatsReply", "PortDescStatsReply", "RoleReply",
    "GetAsyncReply", "BarrierReply",
)
EVENTS = [getattr(ofp_event, f"EventOFP{name}") for name in REPLIES]


def requests10(datapath):
    o, p = datapath.ofproto, datapath.ofproto_parser
    match = p.OFPMatch()
    return [
        p.OFPDescStatsRequest(datapath, 0),
        p.OFPFlowStatsRequest(datapath, 0, match, 0xff, o.OFPP_NONE),
        p.OFPAggregateStatsRequest(datapath, 0, match, 0xff, o.OFPP_NONE),
        p.OFPTableStatsRequest(datapath, 0),
        p.OFPPortStatsRequest(datapath, 0, o.OFPP_NONE),
        p.OFPQueueStatsRequest(datapath, 0, o.OFPP_ALL, o.OFPQ_ALL),
        p.OFPQueueGetConfigRequest(datapath, 1),
        p.OFPGetConfigRequest(datapath),
    ]


def requests13(datapath):
    o, p = datapath.ofproto, datapath.ofproto_parser
    match = p.OFPMatch()
    flows = (0, o.OFPTT_ALL, o.OFPP_ANY, o.OFPG_ANY, 0, 0, match)
    return [
        p.OFPDescStatsRequest(datapath, 0),
        p.OFPFlowStatsRequest(datapath, *flows),
        p.OFPAggregateStatsRequest(datapath, *flows),
        p.OFPTableStatsRequest(datapath, 0),
        p.OFPPortStatsRequest(datapath, 0, o.OFPP_ANY),
        p.OFPQueueStatsRequest(datapath, 0, o.OFPP_ANY, o.OFPQ_ALL),
        p.OFPQueueGetConfigRequest(datapath, o.OFPP_ANY),
        p.OFPGetConfigRequest(datapath),
        p.OFPGroupStatsRequest(datapath, 0, o.OFPG_ALL),
        p.OFPGroupDescStatsRequest(datapath, 0),
        p.OFPGroupFeaturesStatsRequest(datapath, 0),
        p.OFPMeterStatsRequest(datapath, 0, o.OFPM_ALL),
        p.OFPMeterConfigStatsRequest(datapath, 0, o.OFPM_ALL),
        p.OFPMeterFeaturesStatsRequest(datapath, 0),
        p.OFPTableFeaturesStatsRequest(datapath, 0, []),
        p.OFPPortDescStatsRequest(datapath, 0),
        p.OFPRoleRequest(datapath, o.OFPCR_ROLE_NOCHANGE, 0),
        p.OFPGetAsyncRequest(datapath),
    ]


class EveryStatistic(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_0.OFP_VERSION, ofproto_v1_3.OFP_VERSION]

    @set_ev_cls(ofp_event.EventOFPStateChange, MAIN_DISPATCHER)
    def on_main(self, event):
        datapath = event.datapath
        is_old = datapath.ofproto.OFP_VERSION == ofproto_v1_0.OFP_VERSION
        requests = (requests10 if is_old else requests13)(datapath)
        print(f"asking {len(requests)}", flush=True)
        for request in requests:
            datapath.send_msg(request)
        datapath.send_barrier()

    @set_ev_cls(ofp_event.EventOFPErrorMsg,
                [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def on_error(self, event):
        print(f"error type={event.msg.type} code={event.msg.code} "
              f"about={event.msg.data.hex()}", flush=True)

    @set_ev_cls(EVENTS, MAIN_DISPATCHER)
    def on_reply(self, event):
        name = type(event).__name__.removeprefix("EventOFP")
        if name == "BarrierReply":
            print("done", flush=True)
        else:
            print(f"answer {name}", flush=True)
