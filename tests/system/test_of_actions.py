"""Every action in every place where actions stand: refused when it is put there,
or done to the frame as Open vSwitch does it.
"""

import struct

import pytest

from openflow import OpenFlowbridge
from openvswitch import OpenVSwitch
from test_of_differential import WiredSide

# For any frame, each before an output to port 2.
PLAIN = """
mod_vlan_vid:7
mod_dl_src:02:00:00:00:00:77
set_queue:1
load:1->NXM_NX_REG0[0..3],load:2->NXM_NX_REG0[4..7],move:NXM_NX_REG0[0..7]->NXM_OF_ETH_SRC[0..7]
load:1->NXM_OF_ETH_DST[0..3],load:2->NXM_OF_ETH_DST[4..7]
move:NXM_OF_ETH_SRC[0..7]->NXM_OF_ETH_DST[0..7]
mod_dl_src:02:00:00:00:00:77,move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],mod_dl_src:02:00:00:00:00:78
resubmit(,9)
output:3
output:3,output:2
controller
in_port
local
all
group:9
push_mpls:0x8847
""".split()
# For tagged frames, and for those of IPv4.
OF_TAGGED = ["strip_vlan", "strip_vlan,mod_vlan_vid:9"]
OF_IPV4 = """
mod_nw_src:10.0.0.77
mod_nw_tos:32
load:0x5->NXM_OF_IP_TOS[2..4],load:0x1->NXM_OF_IP_TOS[5..5]
dec_ttl
mod_nw_ttl:9
""".split()
OF_13 = """
push_vlan:0x8100,set_field:4101->vlan_vid
set_field:02:00:00:00:00:99->eth_dst
""".split()
OF_15 = """
set_field:00:00:00:00:00:09/00:00:00:00:00:0f->eth_dst,set_field:00:00:00:00:00:a0/00:00:00:00:00:f0->eth_dst
set_field:0x1/0x3->reg0,set_field:0x8/0xc->reg0,move:reg0[0..7]->eth_src[0..7]
""".split()
# They have no place in an action set.
IN_ORDER_ONLY = """
pop_queue
exit
enqueue:3:1
output:NXM_NX_REG1[]
load:3->NXM_NX_REG1[],output:NXM_NX_REG1[]
learn(table=8,NXM_OF_ETH_SRC[])
""".split()
# A bucket may be told it, an action set may not.
NOTE = "note:01.02.03"

# What leads to the actions {A}: a group and the actions of the flow.
PLACES = {
    "apply": (None, "{A},output:2"),
    "write": (None, "write_actions({A},output:2)"),
    "write-with-group": ("all,bucket=actions=output:2",
                         "write_actions({A},group:{G})"),
    "all": ("all,bucket=actions={A},output:2,bucket=actions=output:4",
            "group:{G}"),
    "all-alone": ("all,bucket=actions={A}", "group:{G}"),
    "indirect": ("indirect,bucket=actions={A},output:2", "group:{G}"),
    "select": ("select,bucket=actions={A},output:2", "group:{G}"),
    "failover": ("fast_failover,bucket=watch_port:2,actions={A},output:2",
                 "group:{G}"),
    "group-of-a-set": ("all,bucket=actions={A},output:2",
                       "write_actions(group:{G})"),
}
VERSIONS = {
    "OpenFlow10": (PLAIN, ()),
    "OpenFlow13": (PLAIN, OF_13),
    "OpenFlow15": (PLAIN, OF_13 + OF_15),
}

IP = (bytes.fromhex("4500002e000100004011") + bytes.fromhex("66bd")
      + bytes([10, 0, 0, 1, 10, 0, 0, 2]))


def source(cell):
    return bytes.fromhex("0200000001") + bytes([cell])


def frames(cell):
    """Untagged, tagged and behind a label, of the cell's own source."""
    head = bytes.fromhex("020000000002") + source(cell)
    body = IP + struct.pack("!HHHH", 1, 2, 26, 0) + bytes([cell]) + bytes(17)
    return [head + bytes.fromhex(between) + body
            for between in ("0800", "810000030800", "884700010140")]


def add(side, version, what, text):
    """None, or what ovs-ofctl says of a refusal."""
    done = side.switch.ofctl("-O", version, what, "BRIDGE", text,
                             is_checked=False)
    return done.stderr if done.returncode else None


def put(side, version, place, cell, actions, match=""):
    """Puts actions in a place for the frames of the cell; as add."""
    group, flow = PLACES[place]
    words = {"A": actions, "G": 100 + cell}
    mac = ":".join(f"{byte:02x}" for byte in source(cell))
    said = group and add(side, version, "add-group",
                         f"group_id={100 + cell},type={group.format(**words)}")
    return said or add(side, version, "add-flow",
                       f"priority=5,in_port=1,dl_src={mac}{match},"
                       f"actions={flow.format(**words)}")


def prepare(side, version):
    side.load(version, ["group_id=9,type=all,bucket=actions=output:3"], [])
    assert not add(side, version, "add-flow",
                   "table=9,actions=mod_dl_src:02:00:00:00:09:09,output:3")


def places(version):
    """1.0 has no action sets but groups' buckets."""
    return [place for place, (_, flow) in PLACES.items()
            if version != "OpenFlow10" or "write" not in flow]


def make_sides(lab):
    return [WiredSide(lab, "ours", OpenFlowbridge),
            WiredSide(lab, "theirs", OpenVSwitch)]


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_taken_is_done_in_every_place(lab, version):
    """In groups' buckets, in action sets and in sets that lead to groups."""
    sides = make_sides(lab)
    plain, further = VERSIONS[version]
    cells = [(actions, "") for actions in [*plain, *further]]
    cells += [(actions, ",ip") for actions in OF_IPV4]
    cells += [(actions, ",dl_vlan=3") for actions in OF_TAGGED]
    for place in places(version):
        came = []
        for side in sides:
            prepare(side, version)
            for cell, (actions, match) in enumerate(cells):
                said = put(side, version, place, cell, actions, match)
                assert not said, f"{side.name}, {place}, {actions}: {said}"
            side.switch.settle()
            came.append(side.pass_frames(
                [(1, frame) for cell in range(len(cells))
                 for frame in frames(cell)]))
        one, two = (sorted((port, frame.hex()) for port, out in side.items()
                           for frame in out) for side in came)
        assert one == two, place


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_packet_outs_do_what_they_say(lab, version):
    sides = make_sides(lab)
    plain, further = VERSIONS[version]
    came = []
    for side in sides:
        prepare(side, version)
        for cell, actions in enumerate([*plain, *further, NOTE,
                                        *IN_ORDER_ONLY]):
            said = add(side, version, "packet-out",
                       f"in_port=1,packet={frames(cell)[1].hex()},"
                       f"actions={actions},output:2")
            assert not said, f"{side.name}, {actions}: {said}"
        came.append(side.pass_frames([]))
    assert came[0] == came[1]


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_has_no_place_in_a_set_is_refused_there(lab, version):
    """By Open vSwitch too in action sets; in buckets it takes them and does
    nothing."""
    sides = make_sides(lab)
    for side in sides:
        prepare(side, version)
    for place in places(version):
        if place == "apply":
            continue
        for cell, actions in enumerate(IN_ORDER_ONLY):
            said = put(sides[0], version, place, cell, actions)
            assert said and "BAC_BAD_TYPE" in said, (place, actions, said)
            is_set = "{A}" in PLACES[place][1]
            theirs = put(sides[1], version, place, cell, actions)
            assert not is_set or "BAC_BAD_TYPE" in theirs, (actions, theirs)
        said, theirs = (put(side, version, place, 99, NOTE) for side in sides)
        assert bool(said) == bool(theirs), (place, said, theirs)


@pytest.mark.flowbridge
def test_a_list_of_actions_ends_at_an_exit_and_a_queue_at_its_enqueue(lab):
    """Beside Open vSwitch: nothing after an exit, in a table that was
    resubmitted to as well; an output to a field; a learned entry."""
    flows = """
        in_port=1,dl_vlan=1,actions=output:2,exit,output:3
        in_port=1,dl_vlan=2,actions=resubmit(,1),output:3
        table=1,actions=output:2,exit
        in_port=1,dl_vlan=3,actions=load:3->NXM_NX_REG1[],output:NXM_NX_REG1[],load:2->NXM_NX_REG1[],output:NXM_NX_REG1[]
        in_port=1,dl_vlan=4,actions=enqueue:3:1,output:2
        in_port=1,dl_vlan=5,actions=learn(table=2,NXM_OF_VLAN_TCI[0..11],load:7->NXM_OF_VLAN_TCI[0..11],load:3->NXM_NX_REG1[],load:1->NXM_NX_REG0[],output:NXM_OF_IN_PORT[])
        in_port=3,actions=resubmit(,2)
    """.split()
    seen = []
    for side in make_sides(lab):
        side.load("OpenFlow10", [], [])
        for flow in flows:
            assert not add(side, "OpenFlow10", "add-flow", flow)
        side.switch.settle()
        tagged = [(1, frames(0)[1][:15] + bytes([vlan]) + frames(0)[1][16:])
                  for vlan in range(1, 6)]
        came = [side.pass_frames(tagged)]
        side.switch.settle()
        came.append(side.pass_frames([(3, tagged[4][1])]))
        seen.append(came)
    assert seen[0] == seen[1]
