"""OpenFlow 1.0's fields of IPv4 are those of IPv6 where the Ethertype says so:
matched, set, shown and removed as in Open vSwitch.
"""

import struct

import pytest

from openflow import OF10, OpenFlowbridge, Peer
from openvswitch import OpenVSwitch
from test_of_differential import WiredSide

# ovs-ofctl has NXM for them, so they are sent by hand.
MATCH = struct.Struct("!IH6s6sHBxHBBxxIIHH")
WILD_ALL = 0x3820ff
BITS = {"tos": 1 << 21, "type": 1 << 4, "proto": 1 << 5, "src": 1 << 6,
        "dst": 1 << 7}
FLOW_MOD, STATS_REQUEST, STATS_REPLY, BARRIER, BARRIER_REPLY = 14, 16, 17, 18, 19
ADD, DELETE, DELETE_STRICT = 0, 3, 4
SET_CONFIG, REMOVED, SEND_REMOVED = 9, 11, 1
ANY = 0xffff


def match(**fields):
    """Of IPv6's frames; 'proto', 'src', 'dst', 'tos'."""
    wild = WILD_ALL
    for name in ("type", *fields):
        wild &= ~BITS[name]
    return MATCH.pack(wild, 0, bytes(6), bytes(6), 0, 0, 0x86dd,
                      fields.get("tos", 0), fields.get("proto", 0), 0, 0,
                      fields.get("src", 0), fields.get("dst", 0))


def output(port):
    return struct.pack("!HHHH", 0, 8, port, 0xffff)


def set_tos(tos):
    return struct.pack("!HHBxxx", 8, 8, tos)


def set_port(kind, number):
    return struct.pack("!HHHxx", {"src": 9, "dst": 10}[kind], 8, number)


# By priority.
FLOWS = [
    (match(proto=17, dst=53), set_port("dst", 54) + output(2)),
    (match(proto=17, src=7), set_tos(32) + output(3)),
    (match(proto=6, src=1, dst=2),
     set_port("src", 9) + set_port("dst", 8) + output(2)),
    (match(proto=58, src=128, dst=0), output(4)),
    (match(tos=64), set_tos(4) + output(3)),
    (match(proto=132, dst=2), set_port("dst", 3) + output(4)),
    (match(proto=89), output(2)),
    (match(), output(4)),
]


def change(peer, command, priority, flow, actions=b""):
    peer.send(FLOW_MOD, flow + struct.pack(
        "!QHHHHIHH", priority, command, 0, 0, priority, 0xffffffff, ANY,
        SEND_REMOVED) + actions)
    peer.wait_for(BARRIER_REPLY, peer.send(BARRIER))


def shown(peer):
    """Match and actions of each entry, as they are told."""
    everything = struct.pack("!I36x", 0x3fffff)
    xid = peer.send(STATS_REQUEST, struct.pack("!HH", 1, 0) + everything
                    + struct.pack("!BxH", 0xff, ANY))
    body = peer.wait_for(STATS_REPLY, xid)[4:]
    found = []
    while body:
        size = struct.unpack("!H", body[:2])[0]
        found.append((body[4:44].hex(), body[88:size].hex()))
        body = body[size:]
    return sorted(found)


def packet(proto, ports, tos=0):
    rest = {6: bytes(8) + b"\x50\x02" + bytes(6), 17: b"\x00\x0c" + bytes(2),
            58: bytes(2) + bytes(4)}.get(proto, bytes(8))
    body = struct.pack("!HH", *ports) + rest + bytes(20)
    if proto == 58:
        body = bytes(ports) + body[4:]
    if proto == 17:
        body = body[:12]
    return (bytes.fromhex("020000000002020000000001" "86dd")
            + struct.pack("!IHBB", 6 << 28 | tos << 20, len(body), proto, 64)
            + bytes(15) + b"\x01" + bytes(15) + b"\x02" + body)


PACKETS = [packet(17, (1, 53)), packet(17, (7, 1)), packet(17, (2, 2)),
           packet(6, (1, 2)), packet(6, (1, 3)), packet(58, (128, 0)),
           packet(58, (129, 0)), packet(1, (128, 0)), packet(0x59, (0, 0)),
           packet(6, (5, 5), tos=64), packet(132, (1, 2))]


@pytest.mark.flowbridge
def test_ports_and_tos_of_ipv6_in_1_0_do_as_in_open_vswitch(lab):
    seen = []
    for side in (WiredSide(lab, "ours", OpenFlowbridge),
                 WiredSide(lab, "theirs", OpenVSwitch)):
        side.load("OpenFlow10", [], [])
        peer = Peer(side.switch.management, OF10).greet()
        # Who wants frames is told of entries that go, too.
        peer.send(SET_CONFIG, struct.pack("!HH", 0, 128))
        for number, (flow, actions) in enumerate(FLOWS):
            change(peer, ADD, 100 - number, flow, actions)
        side.switch.settle()
        came = side.pass_frames([(1, frame) for frame in PACKETS])
        counted = side.counters("OpenFlow10")
        told = [shown(peer)]
        # What covers them goes, and the one that is meant.
        for command, flow in ((DELETE, match(proto=6)),
                              (DELETE_STRICT, match(proto=17, dst=53))):
            peer.send(FLOW_MOD, flow + struct.pack(
                "!QHHHHIHH", 0, command, 0, 0, 100, 0xffffffff, ANY, 0))
            told.append(peer.wait_for(REMOVED)[:40].hex())
        told.append(shown(peer))
        peer.close()
        seen.append((came, counted, told))
    assert seen[0] == seen[1]
    for flow, actions in FLOWS:
        assert (flow.hex(), actions.hex()) in seen[0][2][0]
    assert seen[0][2][1:3] == [FLOWS[2][0].hex(), FLOWS[0][0].hex()]
