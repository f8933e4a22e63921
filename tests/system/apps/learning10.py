"""A learning switch of os-ken for OpenFlow 1.0: flows of in_port and the two
addresses, whole packets to the controller or buffered ones."""

from os_ken.base import app_manager
from os_ken.controller import ofp_event
from os_ken.controller.handler import (CONFIG_DISPATCHER, MAIN_DISPATCHER,
                                       set_ev_cls)
from os_ken.lib.mac import haddr_to_bin
from os_ken.lib.packet import ethernet, packet
from os_ken.ofproto import ofproto_v1_0

IDLE_S, HARD_S = 2, 4


class Learning(app_manager.OSKenApp):
    OFP_VERSIONS = [ofproto_v1_0.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ports = {}

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def on_features(self, event):
        print(f"up datapath={event.msg.datapath_id:016x}", flush=True)

    @set_ev_cls(ofp_event.EventOFPErrorMsg,
                [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def on_error(self, event):
        print(f"error type={event.msg.type} code={event.msg.code}", flush=True)

    @set_ev_cls(ofp_event.EventOFPFlowRemoved, MAIN_DISPATCHER)
    def on_flow_removed(self, event):
        print(f"flow-removed reason={event.msg.reason}", flush=True)

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def on_packet_in(self, event):
        message = event.msg
        datapath = message.datapath
        protocol, parser = datapath.ofproto, datapath.ofproto_parser
        frame = packet.Packet(message.data).get_protocol(ethernet.ethernet)
        self.ports[frame.src] = message.in_port
        out_port = self.ports.get(frame.dst, protocol.OFPP_FLOOD)
        actions = [parser.OFPActionOutput(out_port)]
        if out_port != protocol.OFPP_FLOOD:
            match = parser.OFPMatch(in_port=message.in_port,
                                    dl_dst=haddr_to_bin(frame.dst),
                                    dl_src=haddr_to_bin(frame.src))
            datapath.send_msg(parser.OFPFlowMod(
                datapath=datapath, match=match, cookie=0,
                command=protocol.OFPFC_ADD, idle_timeout=IDLE_S,
                hard_timeout=HARD_S, priority=protocol.OFP_DEFAULT_PRIORITY,
                flags=protocol.OFPFF_SEND_FLOW_REM, actions=actions))
        data = None
        if message.buffer_id == protocol.OFP_NO_BUFFER:
            data = message.data
        datapath.send_msg(parser.OFPPacketOut(
            datapath=datapath, buffer_id=message.buffer_id,
            in_port=message.in_port, actions=actions, data=data))
