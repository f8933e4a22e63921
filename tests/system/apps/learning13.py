"""A learning switch of os-ken for OpenFlow 1.3: a table-miss entry, flows of
in_port and the two addresses."""

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import (CONFIG_DISPATCHER, MAIN_DISPATCHER,
                                       set_ev_cls)
from os_ken.lib.packet import ethernet, packet
from os_ken.ofproto import ofproto_v1_3

IDLE_S, HARD_S = 2, 4


class Learning(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ports = {}

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def on_features(self, event):
        datapath = event.msg.datapath
        protocol, parser = datapath.ofproto, datapath.ofproto_parser
        self.add(datapath, 0, parser.OFPMatch(), [parser.OFPActionOutput(
            protocol.OFPP_CONTROLLER, protocol.OFPCML_NO_BUFFER)])
        print(f"up datapath={event.msg.datapath_id:016x}", flush=True)

    @set_ev_cls(ofp_event.EventOFPErrorMsg,
                [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def on_error(self, event):
        print(f"error type={event.msg.type} code={event.msg.code}", flush=True)

    @set_ev_cls(ofp_event.EventOFPFlowRemoved, MAIN_DISPATCHER)
    def on_flow_removed(self, event):
        print(f"flow-removed reason={event.msg.reason}", flush=True)

    def add(self, datapath, priority, match, actions, **keys):
        protocol, parser = datapath.ofproto, datapath.ofproto_parser
        datapath.send_msg(parser.OFPFlowMod(
            datapath=datapath, priority=priority, match=match,
            instructions=[parser.OFPInstructionActions(
                protocol.OFPIT_APPLY_ACTIONS, actions)], **keys))

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def on_packet_in(self, event):
        message = event.msg
        datapath = message.datapath
        protocol, parser = datapath.ofproto, datapath.ofproto_parser
        in_port = message.match["in_port"]
        frame = packet.Packet(message.data).get_protocol(ethernet.ethernet)
        self.ports[frame.src] = in_port
        out_port = self.ports.get(frame.dst, protocol.OFPP_FLOOD)
        actions = [parser.OFPActionOutput(out_port)]
        if out_port != protocol.OFPP_FLOOD:
            self.add(datapath, 1, parser.OFPMatch(
                in_port=in_port, eth_dst=frame.dst, eth_src=frame.src),
                actions, idle_timeout=IDLE_S, hard_timeout=HARD_S,
                flags=protocol.OFPFF_SEND_FLOW_REM)
        datapath.send_msg(parser.OFPPacketOut(
            datapath=datapath, buffer_id=protocol.OFP_NO_BUFFER,
            in_port=in_port, actions=actions, data=message.data))
