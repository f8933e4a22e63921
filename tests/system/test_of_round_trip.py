"""A text means one thing, whatever the version: what our commands say in one
version is shown in every version by dump-flows of ours and of ovs-ofctl, and
each of these dumps can be put back, after which there is no difference.  What a
version cannot say is refused by name, and nothing is sent.
"""

import re

import pytest

from openflow import OpenFlowbridge
from sides import Side

OF10, OF11, OF12, OF13, OF14, OF15 = VERSIONS = tuple(
    f"OpenFlow1{n}" for n in range(6))
LATER = {OF11, OF12, OF13, OF14, OF15}
METERS = {OF13, OF14, OF15}

# What may be matched.
MATCHES = """
in_port=1
in_port=LOCAL
dl_src=02:00:00:00:00:01
dl_dst=01:00:00:00:00:00/01:00:00:00:00:00
dl_type=0x1234
dl_vlan=5
dl_vlan=5,dl_vlan_pcp=3
dl_vlan_pcp=3
dl_vlan=0xffff
vlan_tci=0x1000/0x1000
vlan_tci=0x1005/0x100f
ip,nw_src=10.0.0.0/8
ip,nw_dst=10.0.0.1/255.0.0.255
ip,nw_tos=32,nw_ecn=1,nw_ttl=3
ip,nw_frag=later
ip,nw_proto=99
tcp,tp_src=80
tcp,tp_dst=0x50/0xfff0
tcp,tcp_flags=+syn-ack
udp,tp_dst=53
sctp,tp_src=7
icmp,icmp_type=8,icmp_code=0
arp,arp_op=1,arp_spa=10.0.0.1,arp_tha=02:00:00:00:00:01
rarp
ipv6,ipv6_src=fd00::/64,ipv6_label=0x5
tcp6,tp_dst=80
icmp6,icmp_type=135,nd_target=fd00::1,nd_sll=02:00:00:00:00:01
mpls,mpls_label=5,mpls_tc=1,mpls_bos=1
mpls,mpls_ttl=3
metadata=5/0xff
tun_id=5
reg0=5,reg15=1/1
xreg1=0x100000007
xxreg1=7
pkt_mark=3
cookie=-1,idle_timeout=9,hard_timeout=8,send_flow_rem,arp
""".split()

# What may be done, to whom, and in which versions if it is not all.
ACTIONS = (
    ("", "drop"),
    ("", "output:1,in_port,local,normal,flood,all,controller:64"),
    ("", "output:reg0[0..15],output:in_port,exit"),
    ("", "enqueue:1:2"),
    ("", "set_queue:3,output:1,pop_queue"),
    ("", "group:1"),
    ("", "resubmit:1,resubmit(,3),resubmit(1,3)"),
    ("", "note:01.02.03"),
    ("", "learn(table=1,idle_timeout=5,NXM_OF_VLAN_TCI[0..11],"
         "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])"),
    ("", "mod_vlan_vid:5,output:1"),
    ("", "mod_vlan_pcp:5,output:1"),
    ("dl_vlan=3", "mod_vlan_vid:5,mod_vlan_pcp:1,output:1"),
    ("dl_vlan=0xffff", "mod_vlan_vid:5,output:1"),
    ("dl_vlan=0xffff", "push_vlan:0x8100,set_field:4101->vlan_vid,output:1"),
    ("dl_vlan=0xffff", "push_vlan:0x8100,output:1"),
    ("dl_vlan=3", "strip_vlan,output:1"),
    ("", "strip_vlan,output:1"),
    ("", "load:0->NXM_OF_VLAN_TCI[]"),
    ("", "load:7->NXM_OF_VLAN_TCI[0..11],set_field:0x1005/0x1fff->vlan_tci"),
    ("dl_vlan=3", "load:7->OXM_OF_VLAN_VID[],output:1"),
    ("dl_vlan=3", "set_field:2->vlan_pcp,output:1"),
    ("", "mod_dl_src:02:00:00:00:00:09,set_field:02:00:00:00:00:01->eth_dst"),
    ("ip", "mod_nw_src:1.2.3.4,mod_nw_dst:1.2.3.5,mod_nw_tos:32"),
    ("ip", "set_field:1->nw_ecn,mod_nw_ttl:5,dec_ttl"),
    ("ip", "load:5->NXM_OF_IP_TOS[2..7],load:1->NXM_NX_IP_ECN[]"),
    ("ip", "load:0xff->NXM_OF_IP_DST[0..7]"),
    ("ip", "set_field:0.0.0.1/0.0.0.255->ip_src"),
    ("tcp", "mod_tp_src:5,set_field:6->tcp_dst"),
    ("udp", "mod_tp_src:5,load:6->NXM_OF_UDP_DST[]"),
    ("sctp", "set_field:6->sctp_dst"),
    ("ipv6", "set_field:fd00::1->ipv6_src,load:1->NXM_NX_IPV6_DST[0..63]"),
    ("arp", "load:2->NXM_OF_ARP_OP[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]"),
    ("mpls", "set_field:5->mpls_label,set_field:1->mpls_tc,set_mpls_ttl(3),"
             "dec_mpls_ttl,pop_mpls:0x0800"),
    ("ip", "push_mpls:0x8847,set_field:55->mpls_label,output:2"),
    ("", "load:5->reg0,set_field:5->reg1,set_field:5/7->reg2,"
         "load:1->reg3[9]"),
    ("", "set_field:0x1122334455->xreg1,load:1->OXM_OF_PKT_REG2[9]"),
    ("", "set_field:0x112233445566778899->xxreg1,load:1->xxreg0[70..90]"),
    ("", "move:reg0[0..7]->reg1[8..15],move:xreg1->xreg2,"
         "move:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]"),
    ("", "set_tunnel:5,set_tunnel64:0x500000000,load:3->NXM_NX_PKT_MARK[]"),
    ("", "goto_table:9"),
    ("ip", "dec_ttl,goto_table:9"),
    # Only 1.0 has these for frames of which nothing is known.
    ("", "mod_nw_dst:1.2.3.4,mod_nw_tos:8,output:1", {OF10}),
    ("in_port=2", "mod_tp_dst:81,output:1", {OF10}),
    ("", "dec_ttl,set_mpls_label:5", {OF10}),
    # And these came later.
    ("", "push_vlan:0x88a8,output:1", LATER),
    ("", "write_metadata:5/0xff,goto_table:9", LATER),
    ("", "clear_actions", LATER),
    ("ip", "write_actions(dec_ttl,output:1),goto_table:9", LATER),
    ("", "meter:1,output:1", METERS),
)

# What ovs-ofctl does not know, leaves out of what it sends, or shows as
# something else.
OURS = (
    "priority=1,vlan_tci=0x2000/0xe000,actions=drop",
    "priority=2,vlan_tci=0x0000/0xe000,actions=drop",
    "priority=3,vlan_tci=0x3005/0x3fff,actions=drop",
    "priority=4,dl_type=0x88e7,pbb_isid=5,pbb_uca=1,actions=output:1",
    "priority=5,ipv6,ipv6_exthdr=0x10/0x30,actions=output:1",
)

CHANGING = re.compile(r"(duration|n_packets|n_bytes|idle_age|hard_age)="
                      r"[^, ]*,? ?")


def rows():
    """(flow, the versions that can say it); the priority is its number."""
    number = 0
    for match in MATCHES:
        number += 1
        yield f"priority={number},{match},actions=drop", set(VERSIONS)
    for match, actions, *versions in ACTIONS:
        number += 1
        words = ",".join(filter(None, (f"priority={number}", match)))
        yield (f"{words},actions={actions}",
               versions[0] if versions else set(VERSIONS))


ROWS = list(rows())


@pytest.fixture
def side(lab):
    made = Side(lab, "ours", OpenFlowbridge, (1, 2),
                versions="1.0, 1.1, 1.2, 1.3, 1.4, 1.5")
    made.switch.ofctl("-O", OF13, "add-group", "BRIDGE",
                      "group_id=1,type=all,bucket=output:1")
    made.switch.ofctl("-O", OF13, "add-meter", "BRIDGE",
                      "meter=1,pktps,bands=type=drop,rate=1000")
    return made


def ours(side, version):
    return lines_of(side.switch.client("dump-flows", "-O", version).stdout)


def theirs(side, version):
    return lines_of(side.switch.ofctl("-O", version, "dump-flows",
                                      "BRIDGE").stdout)


def lines_of(text):
    # ovs-ofctl cannot replace flows of a table by OpenFlow 1.0.
    return sorted(CHANGING.sub("", line).replace("table=0, ", "").strip()
                  for line in text.splitlines() if "actions=" in line)


def add(side, version, flows):
    """Adds them by our command, as one file."""
    path = side.lab.write("flows", "\n".join(flows) + "\n")
    return side.switch.client("add-flows", path, "-O", version,
                              is_checked=False)


def put(side, version, flows):
    """Nothing but these flows is in the tables."""
    side.switch.client("del-flows")
    done = add(side, version, flows)
    assert done.returncode == 0, done.stderr


def check_refusals(side, version):
    """All that the version cannot say is named, and nothing is sent."""
    unsaid = [number for number, (_, versions) in enumerate(ROWS, 1)
              if version not in versions]
    side.switch.client("del-flows")
    done = add(side, version, [flow for flow, _ in ROWS])
    faults = done.stderr.splitlines()
    assert [int(fault.split(":")[2]) for fault in faults] == unsaid, faults
    assert all(f"OpenFlow 1.{version[-1]} does not support this" in fault
               for fault in faults), faults
    assert done.returncode and not ours(side, OF13)


def check_dumps(side, shown_in):
    """What is shown of the tables can be put back by who has shown it."""
    mine, peers = ours(side, shown_in), theirs(side, shown_in)
    path = side.lab.write("dump", "\n".join(peers) + "\n")
    ofctl = side.switch.ofctl
    done = ofctl("-O", shown_in, "diff-flows", "BRIDGE", path,
                 is_checked=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # By 1.1 ovs-ofctl sends no matches but those of 1.1's own structure.
    if shown_in != OF11:
        side.switch.client("del-flows")
        ofctl("-O", shown_in, "replace-flows", "BRIDGE", path)
        assert theirs(side, shown_in) == peers
        assert ours(side, shown_in) == mine
    put(side, shown_in, mine)
    assert ours(side, shown_in) == mine
    assert theirs(side, shown_in) == peers


@pytest.mark.flowbridge
def test_what_only_ours_can_say_is_put_back_as_well(side):
    for version in VERSIONS:
        for shown_in in VERSIONS:
            put(side, version, OURS)
            before = ours(side, shown_in)
            put(side, shown_in, before)
            assert ours(side, shown_in) == before
            assert [line.split()[-2].split(",", 1)[1] for line in before] == \
                [flow.split(",", 1)[1].rsplit(",", 1)[0] for flow in OURS]


@pytest.mark.flowbridge
@pytest.mark.timeout(120)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_one_version_says_is_shown_and_put_back_in_all(side, version):
    check_refusals(side, version)
    for shown_in in VERSIONS:
        flows = [flow for flow, versions in ROWS
                 if {version, shown_in} <= versions]
        put(side, version, flows)
        assert len(ours(side, shown_in)) == len(flows)
        check_dumps(side, shown_in)


@pytest.mark.flowbridge
def test_an_answer_names_what_its_version_cannot_say(side):
    """And who puts such an answer back is told; the entry stays as it is."""
    words = {
        "push_vlan:0x88a8": "push_vlan", "push_pbb:0x88e7": "push_pbb",
        "copy_ttl_out": "copy_ttl_out", "meter:1": "meter",
        "clear_actions": "clear_actions",
        "write_actions(output:1)": "write_actions",
        "write_metadata:5": "write_metadata"}
    for actions, word in words.items():
        put(side, OF15, [f"priority=5,actions={actions}"])
        before = ours(side, OF15)
        [line] = ours(side, OF10)
        assert f"actions=note(unsaid: {word})" in line
        done = add(side, OF10, [line])
        assert done.returncode and f" {word}: the flow was shown in a " \
            "version that cannot say this" in done.stderr
        [line] = theirs(side, OF10)
        assert "note:75.6e.73.61.69.64" in line
        done = side.switch.ofctl("-O", OF10, "add-flow", "BRIDGE", line,
                                 is_checked=False)
        assert done.returncode and "OFPBAC_BAD_ARGUMENT" in done.stderr
        assert ours(side, OF15) == before


@pytest.mark.flowbridge
def test_a_tag_is_put_on_and_taken_off_in_every_version(side):
    frame = "in_port=1,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,ip"
    left = {"mod_vlan_vid:5": ("dl_vlan=5,dl_src", "dl_vlan=5,dl_src"),
            "mod_vlan_pcp:3": ("dl_vlan=0,dl_vlan_pcp=3,",
                               "dl_vlan=9,dl_vlan_pcp=3,"),
            "strip_vlan": ("unchanged", "in_port=1,dl_src")}
    for version in VERSIONS:
        for action, becomes in left.items():
            put(side, version, [f"actions={action},output:2"])
            for tag, want in zip(("", ",dl_vlan=9"), becomes):
                said = side.switch.client("trace", frame + tag).stdout
                [final] = [line for line in said.splitlines()
                           if line.startswith("final flow")]
                assert want in final, (version, action, final)
