"""Nicira's learn action: written, shown, refused and done as in Open vSwitch.
"""

import re
import struct

import pytest

from lab import wait_until
from openflow import OpenFlowbridge
from openvswitch import OpenVSwitch
from test_of_differential import WiredSide
from test_of_ovs_ofctl import make_sides, show_difference, told

# In order, each on what those before have left.
STEPS = """
add-flow BRIDGE actions=learn()
add-flow BRIDGE priority=1,actions=learn(send_flow_rem,table=9),output:1
add-flow BRIDGE priority=2,actions=learn(NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],NXM_NX_REG3[3..19]=0x10011,output:NXM_OF_IN_PORT[],load:10->NXM_NX_REG0[5..10])
add-flow BRIDGE priority=3,actions=learn(table=1,idle_timeout=10,hard_timeout=20,priority=10,cookie=0xfedcba9876543210,in_port=99,eth_dst=eth_src,load:in_port->reg1[16..31])
add-flow BRIDGE priority=4,actions=learn(limit=4096,dl_type=0x806,arp_spa=10.0.0.1,arp_op=2)
add-flow BRIDGE priority=5,tcp,actions=learn(table=1,hard_timeout=60,eth_type=0x800,nw_proto=6,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],NXM_OF_TCP_SRC[]=NXM_OF_TCP_DST[]),flood
add-flow BRIDGE priority=6,tcp6,actions=learn(table=1,eth_type=0x86dd,nw_proto=6,NXM_NX_IPV6_SRC[]=NXM_NX_IPV6_DST[],ipv6_dst=2001:db8::7334,load:0x20010db885a308d313198a2e03707348->NXM_NX_IPV6_DST[])
add-flow BRIDGE priority=7,ip,actions=learn(eth_type=0x800,NXM_OF_IP_DST[],load:5->NXM_OF_IP_DST[],output:NXM_NX_REG0[0..15])
add-flow BRIDGE priority=8,actions=learn(table=1,load:OXM_OF_IN_PORT[]->NXM_NX_REG1[],output:OXM_OF_IN_PORT[])
add-flow BRIDGE priority=9,ip,actions=learn(load:NXM_OF_IP_TOS[2..7]->NXM_NX_REG1[0..5],NXM_NX_TUN_ID[]=0x12345,OXM_OF_METADATA[0..3]=0x5)
add-flow BRIDGE priority=10,actions=learn(NXM_OF_ETH_SRC[0..7]=0x7,NXM_OF_ETH_DST[]=02:00:00:00:00:07)
add-flow BRIDGE priority=11,actions=output:NXM_NX_REG0[0..15],output:in_port,exit
add-flow BRIDGE priority=12,actions=output:NXM_OF_IP_SRC[]
dump-flows BRIDGE
dump-flows --no-stats BRIDGE priority=3
add-flow BRIDGE priority=20,actions=learn(table=1,load:5->NXM_OF_IP_DST[])
add-flow BRIDGE priority=20,actions=learn(load:NXM_OF_IP_DST[]->NXM_NX_REG1[])
add-flow BRIDGE priority=20,actions=learn(NXM_OF_IP_DST[])
add-flow BRIDGE priority=20,actions=learn(table=255)
add-flow BRIDGE priority=20,actions=learn(NXM_OF_IN_PORT[]=NXM_NX_REG0[])
mod-flows --strict BRIDGE priority=10,actions=learn(table=2,NXM_OF_ETH_SRC[])
del-flows BRIDGE ip
dump-flows BRIDGE
"""

ONE, TWO, EACH = (bytes.fromhex(f"02000000000{n}") for n in (1, 2, 3))
TAG = bytes.fromhex("81000005")
SWITCH = """
table=0,actions=learn(table=1,hard_timeout=60,cookie=0x7,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,1)
table=1,priority=0,actions=flood
"""


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.parametrize("options", ("", "-O OpenFlow13"))
def test_it_is_written_and_refused_as_by_open_vswitch(lab, options):
    ours, theirs = make_sides(lab)
    differences = []
    for step in STEPS.strip().splitlines():
        mine, peer = (told(side, step, options.split())
                      for side in (ours, theirs))
        if mine != peer:
            differences.append(show_difference(step, mine, peer))
    assert not differences, "\n" + "\n".join(differences)


def frame(target, source, tag=b""):
    return target + source + tag + bytes.fromhex("88b5") + bytes(46)


def learned(side):
    """What is in table 1, as ovs-ofctl shows it."""
    side.switch.settle()
    text = side.switch.ofctl("dump-flows", "--no-stats", "BRIDGE",
                             "table=1").stdout
    return sorted(line.strip() for line in text.splitlines()
                  if "cookie=0x7" in line)


def teach(side, port, sent, text):
    """Sends a frame; waits until 'text' has been learned from it.  Returns what
    came out."""
    came = side.pass_frames([(port, sent)])
    wait_until(lambda: any(re.search(text, line) for line in learned(side)),
               what=f"{text} to be learned by {side.name}")
    return came


@pytest.mark.flowbridge
def test_addresses_are_learned_in_a_second_table(lab):
    """A learning switch of two tables: the same frames come out as of Open
    vSwitch's, and the same flows are there, also when a host moves."""
    seen = {}
    for side in (WiredSide(lab, "ours", OpenFlowbridge),
                 WiredSide(lab, "theirs", OpenVSwitch)):
        path = lab.write("learning.flows", SWITCH)
        side.load("OpenFlow10", [], [])
        side.switch.ofctl("add-flows", "BRIDGE", path)
        seen[side.name] = [
            teach(side, 1, frame(TWO, ONE), ":01 actions=output:1"),
            teach(side, 2, frame(ONE, TWO), ":02 actions=output:2"),
            side.pass_frames([(1, frame(TWO, ONE)), (2, frame(ONE, TWO))]),
            # Of another VLAN nothing is known yet.
            teach(side, 2, frame(ONE, TWO, TAG), "0x0005.*:02 actions"),
            learned(side),
            teach(side, 3, frame(TWO, ONE), ":01 actions=output:3"),
            side.pass_frames([(2, frame(ONE, TWO))]),
            learned(side),
        ]
    assert seen["ours"] == seen["theirs"]
    assert len(seen["ours"][-1]) == 3


# Clients' datagrams to one of two servers: whichever the first of a client's
# has gone to, its others go to as well.
AFFINITY = """
table=0,in_port=1,udp,actions=resubmit(,10),resubmit(,1)
table=1,udp,reg1=0,tp_src=0/1,actions=load:2->NXM_NX_REG1[],resubmit(,5)
table=1,udp,reg1=0,tp_src=1/1,actions=load:3->NXM_NX_REG1[],resubmit(,5)
table=1,priority=1,actions=resubmit(,6)
table=5,udp,actions=learn(table=10,hard_timeout=60,priority=200,eth_type=0x800,nw_proto=17,NXM_OF_IP_SRC[],load:NXM_NX_REG1[]->NXM_NX_REG1[]),resubmit(,6)
table=6,reg1=2,actions=output:2
table=6,reg1=3,actions=output:3
"""
CLIENTS = 100


def datagram(client, source_port):
    head = bytes.fromhex("45000020000100004011") + bytes(2)
    return (TWO + ONE + b"\x08\x00" + head + bytes([10, 9, 0, client])
            + bytes([10, 9, 0, 200]) + struct.pack("!HHHH", source_port, 80,
                                                   12, 0)
            + bytes([client]) + bytes(17))


@pytest.mark.flowbridge
def test_the_frame_right_behind_meets_what_was_learned(lab):
    """Odd ports alone would send the second of a client elsewhere."""
    side = WiredSide(lab, "ours", OpenFlowbridge)
    side.load("OpenFlow10", [], [])
    side.switch.ofctl("add-flows", "BRIDGE", lab.write("flows", AFFINITY))
    came = side.pass_frames([(1, datagram(client, port))
                             for client in range(1, CLIENTS + 1)
                             for port in (2000, 2001)])
    assert [len(came[port]) for port in (2, 3)] == [2 * CLIENTS, 0]
