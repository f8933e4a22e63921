"""Errors, or none, byte for byte as Open vSwitch sends them: where a version has
no number for what is wrong, Nicira's.
"""

import struct

import pytest

from openflow import (ECHO_REPLY, ECHO_REQUEST, ERROR, EXPERIMENTER, HEADER,
                      OpenFlowbridge, Peer)
from openvswitch import OpenVSwitch
from sides import Side

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

OF10, OF11, OF12, OF13, OF15 = 1, 2, 3, 4, 6
NICIRA, NX_ROLE, NX_FLOW_MOD = 0x2320, 10, 13
REG_MOVE, REG_LOAD, REG_LOAD2 = 6, 7, 33
SET_CONFIG, PACKET_OUT, FLOW_MOD, GROUP_MOD = 9, 13, 14, 15
NO_BUFFER, ANY = 0xffffffff, 0xffffffff
OUTPUT = bytes.fromhex("0000000800010000")


def padded(data):
    return data + bytes(-len(data) % 8)


def nx_flow_mod(match, actions=OUTPUT, flags=0):
    match = bytes.fromhex(match)
    return NX_FLOW_MOD, struct.pack(
        "!QHHHHIHHH6x", 0, 0, 0, 0, 0x8000, NO_BUFFER, 0xffff, flags,
        len(match)) + padded(match) + actions


def load(field, bits, value):
    """reg_load into so many bits of a field."""
    return struct.pack("!HHIHHIQ", 0xffff, 24, NICIRA, REG_LOAD, bits - 1,
                       field, value)


def load2(field, value, mask=b""):
    """The same of a whole field, or of the bits of a mask."""
    value = struct.pack("!I", field) + value + mask
    return padded(struct.pack("!HHIH", 0xffff, len(padded(bytes(10) + value)),
                              NICIRA, REG_LOAD2) + value)


def move(source, target, bits):
    return struct.pack("!HHIHHHHII", 0xffff, 24, NICIRA, REG_MOVE, bits, 0, 0,
                       source, target)


def vendor(subtype, body):
    return OF10, EXPERIMENTER, struct.pack("!II", NICIRA, subtype) + body


def flow_mod_11(instructions, flags=0):
    match = struct.pack("!HHII", 0, 88, 0, 0x3ff).ljust(88, b"\0")
    return OF11, FLOW_MOD, struct.pack(
        "!QQBBHHHIIIH2x", 0, 0, 0, 0, 0, 0, 0x8000, NO_BUFFER, ANY, ANY,
        flags) + match + instructions


def apply(actions):
    return struct.pack("!HH4x", 4, 8 + len(actions)) + actions


def oxm_match(fields):
    return padded(struct.pack("!HH", 1, 4 + len(fields)) + fields)


def flow_mod(version, match, instructions):
    return version, FLOW_MOD, struct.pack(
        "!QQBBHHHIIIHxx", 0, 0, 0, 0, 0, 0, 0x8000, NO_BUFFER, ANY, ANY,
        0) + oxm_match(bytes.fromhex(match)) + instructions


def flow_mod_12(match, actions):
    return flow_mod(OF12, match, apply(actions))


def flow_mod_10(match="003fffff".ljust(80, "0"), flags=0, idle=0):
    return OF10, FLOW_MOD, bytes.fromhex(match) + struct.pack(
        "!QHHHHIHH", 0, 0, idle, 0, 0x8000, NO_BUFFER, 0xffff, flags)


def group_mod(type, weight, actions, watch=ANY):
    bucket = padded(struct.pack("!HHII4x", 16 + len(actions), weight, watch,
                                ANY) + actions)
    return OF13, GROUP_MOD, struct.pack("!HBxI", 0, type, 7) + bucket


def packet_out_15(fields, actions=b""):
    return OF15, PACKET_OUT, struct.pack(
        "!IHH", NO_BUFFER, len(actions), 0) + oxm_match(
            bytes.fromhex(fields)) + actions + bytes(60)


APPLY = apply(b"")
SOURCE, PORT, TCI, PCP, REG0 = (0x00000e04, 0x00001202, 0x00000802, 0x80000e01,
                                0x00010004)
SET_SOURCE = bytes.fromhex("000600080a000001")  # 1.0's own
SET_PORT = bytes.fromhex("0009000800500000")
ARP_FRAME = bytes.fromhex("ffffffffffff0200000000010806").ljust(60, b"\0")
VID, TAGGED, IN_PORT = 0x80000c02, "80000c021005", "8000000400000001"
NO_VLAN = bytes.fromhex("0019001080000c02000a000000000000")
VLAN = bytes.fromhex("0019001080000c02100a000000000000")
IP, IP_SRC, ETH_TYPE = "000006020800", "00000e040a000001", 0x00000602
REQUESTS = {
    "a field twice": vendor(*nx_flow_mod(IP + IP)),
    "a field without what it needs": vendor(*nx_flow_mod(IP_SRC)),
    "an unknown field": vendor(*nx_flow_mod("0000c60200ff")),
    "a mask that cannot be": vendor(*nx_flow_mod("000007040800ff00")),
    "bits outside the mask": vendor(*nx_flow_mod(IP + "00000f08"
                                                 "0a000001ff000000")),
    "a value that cannot be": vendor(*nx_flow_mod(IP + "00000a0101")),
    "an action on an unknown field": vendor(*nx_flow_mod(
        IP, load(0x0000c602, 16, 1))),
    "an action beyond a field": vendor(*nx_flow_mod(
        IP, load(0x00000e04, 33, 1))),
    "an action with too large a value": vendor(*nx_flow_mod(
        IP, load(0x00010004, 4, 0x10))),
    "unknown flags": vendor(*nx_flow_mod(IP, flags=0x8000)),
    "an unknown role": vendor(NX_ROLE, struct.pack("!I", 3)),
    "a packet of no port": (OF10, PACKET_OUT, struct.pack(
        "!IHH", NO_BUFFER, 0x4711, 8) + OUTPUT + bytes(60)),
    "a packet of no port in 1.1": (OF11, PACKET_OUT, struct.pack(
        "!IIH6x", NO_BUFFER, 0x4711, 0) + bytes(60)),
    "unknown flags in 1.1": flow_mod_11(APPLY, flags=0x8000),
    "an instruction twice in 1.1": flow_mod_11(APPLY + APPLY),
    "a load without what it needs": vendor(*nx_flow_mod(
        "", load(SOURCE, 32, 1))),
    "a load of a few bits without it": vendor(*nx_flow_mod(
        IP, load(PORT, 4, 1))),
    "a load of a tag that may lack": vendor(*nx_flow_mod(
        "", load(PCP, 3, 1))),
    "a load of a whole tag": vendor(*nx_flow_mod("", load(TCI, 16, 5))),
    "a load of a whole tag in 1.1": flow_mod_11(apply(load(TCI, 16, 5))),
    "a load in 1.1": flow_mod_11(apply(load(SOURCE, 32, 1))),
    "a load in 1.2": flow_mod_12("", load(SOURCE, 32, 1)),
    "a load in 1.2 with it": flow_mod_12("80000a020800", load(SOURCE, 32, 1)),
    "a load of another form": vendor(*nx_flow_mod(
        "", load2(SOURCE, bytes(4)))),
    "a load of another form with it": vendor(*nx_flow_mod(
        IP, load2(SOURCE | 0x100, bytes(4), b"\xff\0\0\0"))),
    "a load of another form in 1.1": flow_mod_11(
        apply(load2(SOURCE, bytes(4)))),
    "a move from what may lack": vendor(*nx_flow_mod(
        "", move(SOURCE, REG0, 32))),
    "a move to it": vendor(*nx_flow_mod("", move(REG0, SOURCE, 32))),
    "a move to it in 1.1": flow_mod_11(apply(move(REG0, SOURCE, 32))),
    "a move with it": vendor(*nx_flow_mod(IP, move(REG0, SOURCE, 32))),
    "a packet without what a move needs": (OF10, PACKET_OUT, struct.pack(
        "!IHH", NO_BUFFER, 0xffff, 24) + move(SOURCE, REG0, 32) + ARP_FRAME),
    "a VLAN without its bit": flow_mod(OF13, TAGGED, apply(NO_VLAN)),
    "a VLAN with its bit": flow_mod(OF13, TAGGED, apply(VLAN)),
    "a VLAN where there may be no tag": flow_mod(OF13, "", apply(VLAN)),
    "one without it in an action set": flow_mod(
        OF13, TAGGED, struct.pack("!HH4x", 3, 8 + len(NO_VLAN)) + NO_VLAN),
    "one without it in a bucket": group_mod(0, 0, NO_VLAN),
    "one without it for a packet": (OF13, PACKET_OUT, struct.pack(
        "!IIH6x", NO_BUFFER, ANY, len(NO_VLAN)) + NO_VLAN + bytes(60)),
    "one without it under a mask": flow_mod(OF15, TAGGED, apply(
        bytes.fromhex("0019001080000d04000a0fff00000000"))),
    "a load of its bit": flow_mod(OF13, TAGGED, apply(load(VID, 13, 0x100a))),
    "a weight in all": group_mod(0, 1, b""),
    "a weight in indirect": group_mod(2, 1, b""),
    "a weight in fast failover": group_mod(3, 1, b"", watch=1),
    "no weight in all": group_mod(0, 0, b""),
    "a packet-out of nothing in 1.0": (OF10, PACKET_OUT, struct.pack(
        "!IHH", NO_BUFFER, 0xffff, 8) + OUTPUT),
    "a packet-out of nothing": (OF13, PACKET_OUT, struct.pack(
        "!IIH6x", NO_BUFFER, ANY, 0)),
    "a packet-out of 1.5 with metadata": packet_out_15(
        IN_PORT + "800004080000000000000009"),
    "one with a register": packet_out_15(IN_PORT + "0001020400000009"),
    "one with an Ethertype": packet_out_15(IN_PORT + "80000a020800"),
    "one with an address": packet_out_15(IN_PORT + "80000606020000000002"),
    "one with no port": packet_out_15("800004080000000000000009"),
    "expired frames in 1.0": (OF10, SET_CONFIG, b"\0\4\0\x80"),
    "ages of flows": vendor(18, b""),
    "ages of flows and more": vendor(18, bytes(8)),
    "an emergency flow with a timeout": flow_mod_10(flags=4, idle=1),
    "an ICMP type of 16 bits": flow_mod_10(
        "0038200f" + 36 * "0" + "080000010000" + 16 * "0" + "01000000"),
    "fields that 1.0 sets where they are": vendor(*nx_flow_mod(
        "", SET_SOURCE + SET_PORT + OUTPUT)),
}


def answer(side, version, kind, body):
    """The error, or nothing if there is none."""
    peer = Peer(side.switch.management, version).greet()
    peer.send(kind, body, xid=0x77)
    peer.send(ECHO_REQUEST, xid=0x78)
    while True:
        _, got, xid, body = peer.receive()
        if (got, xid) in ((ERROR, 0x77), (ECHO_REPLY, 0x78)):
            peer.close()
            return body


def meaning(side, version, error):
    """What ovs-ofctl makes of an error."""
    if not error:
        return "no error"
    message = HEADER.pack(version, ERROR, HEADER.size + len(error), 0x77)
    said = side.switch.ofctl("ofp-print", (message + error).hex()).stdout
    return said.split("\n")[0].split(": ", 1)[1]


@pytest.fixture
def sides(lab):
    return (Side(lab, "ours", OpenFlowbridge, (1, 2)),
            Side(lab, "theirs", OpenVSwitch, (1, 2)))


def test_errors_are_those_of_open_vswitch(sides):
    differences = []
    for name, request in REQUESTS.items():
        ours, theirs = (answer(side, *request) for side in sides)
        # It repeats the whole request, and we 64 bytes of it.
        size = HEADER.size + len(request[2])
        numbers = len(theirs) - size
        same = theirs[:numbers + min(64, size)]
        said = [meaning(sides[0], request[0], e) for e in (ours, theirs)]
        if ours != same:
            differences.append(f"{name}: {said}, {ours.hex()}")
    assert not differences, "\n".join(differences)
