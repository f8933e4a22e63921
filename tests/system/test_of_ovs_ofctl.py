"""Every command of ovs-ofctl against the management socket, with no option and
by OpenFlow 1.0 and 1.3, some of them by 1.4 and 1.5: it must print what it
prints for Open vSwitch in the same state.
"""

import re
import shlex

import pytest

from lab import wait_until
from openflow import OpenFlowbridge
from openvswitch import OpenVSwitch
from sides import Side

ARP = ("ffffffffffff0200000000010806000108000604000102000000000"
       "10a00000100000000" "00000a000002" + "00" * 18)
UDP = ("0200000000020200000000010800450000240001000040110000"
       "0a0000010a00000203e8005000100000" + "aa" * 26)
TCP = ("0200000000010200000000020800450000280001000040060000"
       "0a0000020a000001005003e80000000000000000500210000000" + "0000" + "00" * 6)

FILES = {
    "FLOWS": """table=0,priority=5,ip,actions=output:2
priority=7,arp,in_port=1 actions=flood
priority=9 udp tp_dst=80 actions=mod_tp_dst:81,output:1
""",
    "OTHERS": """table=0,priority=5,ip,actions=output:1
priority=7,arp,in_port=1 actions=flood
priority=8,tcp,actions=drop
""",
    "CHANGES": """add priority=1,ip,actions=output:1
add priority=1,arp,actions=output:1
modify ip,actions=output:2
delete arp
""",
    # Of a bundle nothing stays if one of its messages is refused.
    "REFUSED": """priority=77,ip,actions=output:1
priority=78,ip,actions=group:4711
""",
    "MESSAGES": """flow add priority=31,ip,actions=output:1
group group_id=31,type=all,bucket=output:1
flow delete arp
""",
    "GROUPS": """group_id=1,type=all,bucket=output:1,bucket=output:2
group_id=2,type=select,bucket=weight:3,actions=output:1
group_id=3,type=indirect,bucket=actions=mod_dl_src:02:00:00:00:00:99,output:2
group_id=4,type=ff,bucket=watch_port:1,actions=output:1
""",
}

# In order, each on what those before have left.  {ARP} and so on are frames,
# BRIDGE the management socket, a name of FILES that file.
STEPS = """
show BRIDGE
dump-ports-desc BRIDGE
dump-ports-desc BRIDGE 2
dump-tables BRIDGE
dump-table-desc BRIDGE
dump-ports BRIDGE
dump-ports BRIDGE 1
dump-ports BRIDGE LOCAL
dump-ports BRIDGE em2
dump-ports BRIDGE 77
get-frags BRIDGE
set-frags BRIDGE drop
get-frags BRIDGE
set-frags BRIDGE reassemble
get-frags BRIDGE
set-frags BRIDGE nx-match
get-frags BRIDGE
set-frags BRIDGE normal
get-frags BRIDGE
queue-stats BRIDGE
queue-stats BRIDGE 1
queue-stats BRIDGE 1 7
queue-stats BRIDGE 77
queue-get-config BRIDGE
queue-get-config BRIDGE 1
queue-get-config BRIDGE 77
probe BRIDGE
ping BRIDGE 64
benchmark BRIDGE 100 20
dump-flows BRIDGE
dump-aggregate BRIDGE
add-flow BRIDGE priority=10,arp,actions=flood
add-flow BRIDGE idle_timeout=60,hard_timeout=90,cookie=0x1234,ip,nw_dst=10.0.0.0/24,actions=output:2
add-flow BRIDGE priority=200,udp,tp_dst=80,actions=mod_nw_tos:32,mod_dl_dst:02:00:00:00:00:77,output:2
add-flow BRIDGE send_flow_rem,reset_counts,priority=201,tcp,tp_src=80,actions=drop
add-flow BRIDGE check_overlap,priority=201,tcp,tp_dst=80,actions=drop
add-flow BRIDGE in_port=LOCAL,dl_vlan=7,dl_vlan_pcp=3,actions=strip_vlan,local
add-flow BRIDGE in_port=1,dl_vlan=0xffff,actions=mod_vlan_vid:5,IN_PORT
add-flow BRIDGE vlan_tci=0x1000/0x1000,actions=normal
add-flow BRIDGE table=3,ip6,ipv6_dst=fd00::/64,actions=controller:64
add-flow BRIDGE table=3,icmp,icmp_type=8,icmp_code=0,actions=all
add-flow BRIDGE priority=3,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,actions=resubmit(,3)
add-flow BRIDGE priority=4,tcp,tp_dst=0x100/0xff00,tcp_flags=+syn-ack,actions=output:1
add-flow BRIDGE priority=5,metadata=0x7,reg1=0x5,actions=load:5->NXM_NX_REG0[0..7],move:NXM_NX_REG0[]->NXM_NX_REG1[],output:1
add-flow BRIDGE priority=6,arp,arp_op=1,arp_spa=10.0.0.1,arp_tha=02:00:00:00:00:01,actions=enqueue:1:0
add-flow BRIDGE priority=7,nw_ttl=3,ip,nw_ecn=2,nw_frag=later,actions=dec_ttl,output:2
add-flow BRIDGE priority=8,icmp6,icmp_type=135,nd_target=fd00::1,nd_sll=02:00:00:00:00:01,actions=note:01.02.03,output:2
add-flow BRIDGE priority=9,mpls,mpls_label=16,mpls_bos=1,actions=dec_mpls_ttl,output:2
add-flow BRIDGE priority=9,sctp,tp_src=7,actions=pop_vlan,output:2
add-flow BRIDGE priority=11,ip,actions=push_vlan:0x8100,set_field:4101->vlan_vid,output:2
add-flow BRIDGE priority=12,ip,actions=push_mpls:0x8847,set_field:55->mpls_label,output:2
add-flow BRIDGE priority=13,ip,actions=write_actions(output:1,dec_ttl),write_metadata:1/3,goto_table:2
add-flow BRIDGE priority=14,ip,actions=clear_actions,goto_table:2
add-flow BRIDGE priority=15,ip,actions=set_queue:3,output:1
add-flow BRIDGE priority=16,ip,actions=group:4711
add-flow BRIDGE priority=17,ip,actions=meter:4711,output:1
add-flow BRIDGE priority=18,ip,actions=output:4711
add-flow BRIDGE priority=18,ip,actions=enqueue:4711:1
add-flow BRIDGE table=2,priority=18,ip,actions=goto_table:1
add-flow BRIDGE table=254,actions=drop
add-flow BRIDGE ip,actions=set_field:0->vlan_pcp,output:1
add-flow BRIDGE actions=mod_nw_src:1.2.3.4
dump-flows BRIDGE
packet-out BRIDGE in_port=1,packet={UDP},actions=table
packet-out BRIDGE in_port=2,packet={TCP},actions=table
packet-out BRIDGE in_port=LOCAL,packet={ARP},actions=table
packet-out BRIDGE in_port=controller,packet={UDP},actions=output:1
packet-out BRIDGE in_port=1,packet={UDP},actions=flood
packet-out BRIDGE in_port=1,packet={UDP},actions=group:4711
packet-out BRIDGE in_port=4711,packet={UDP},actions=output:1
packet-out BRIDGE in_port=1,packet=0102,actions=output:1
dump-flows BRIDGE
dump-flows --no-stats BRIDGE
dump-flows --sort BRIDGE
dump-flows --rsort=tcp_dst BRIDGE
dump-flows BRIDGE tcp
dump-flows BRIDGE table=3
dump-flows BRIDGE cookie=0x1234/0xffff
dump-flows BRIDGE out_port=2
dump-flows BRIDGE out_port=em2,ip
dump-flows BRIDGE nonsense=1
dump-aggregate BRIDGE
dump-aggregate BRIDGE ip
dump-aggregate BRIDGE table=3
dump-aggregate BRIDGE cookie=0x1234/0xffff
dump-tables BRIDGE
dump-ports BRIDGE
mod-flows BRIDGE ip,actions=output:1
mod-flows --strict BRIDGE priority=10,arp,actions=drop
mod-flows --strict BRIDGE priority=99,arp,actions=output:1
mod-flows BRIDGE cookie=0x1234/-1,ip,actions=output:2
dump-flows BRIDGE
del-flows --strict BRIDGE priority=11,ip
del-flows --strict BRIDGE ip
dump-flows BRIDGE
del-flows BRIDGE out_port=2
del-flows BRIDGE cookie=0x1234/-1
del-flows BRIDGE table=3
del-flows BRIDGE icmp
dump-flows BRIDGE
del-flows BRIDGE
dump-flows BRIDGE
add-flows BRIDGE FLOWS
dump-flows BRIDGE
diff-flows BRIDGE FLOWS
diff-flows BRIDGE OTHERS
replace-flows BRIDGE OTHERS
diff-flows BRIDGE OTHERS
--bundle add-flows BRIDGE FLOWS
dump-flows BRIDGE
--bundle replace-flows BRIDGE OTHERS
dump-flows BRIDGE
--bundle add-flows BRIDGE CHANGES
dump-flows BRIDGE
--bundle add-flows BRIDGE REFUSED
dump-flows BRIDGE
--readd replace-flows BRIDGE OTHERS
--bundle add-flow BRIDGE priority=2,ip,actions=output:1
--bundle mod-flows BRIDGE ip,actions=output:2
--bundle del-flows BRIDGE ip
dump-flows BRIDGE
del-flows BRIDGE
dump-group-features BRIDGE
add-groups BRIDGE GROUPS
dump-groups BRIDGE
dump-groups BRIDGE 3
dump-groups BRIDGE 4711
dump-group-stats BRIDGE
dump-group-stats BRIDGE 2
dump-group-stats BRIDGE 4711
add-group BRIDGE group_id=1,type=all,bucket=output:1
add-group BRIDGE group_id=9,type=indirect,bucket=output:1,bucket=output:2
add-group BRIDGE group_id=9,type=all,bucket=group:9
del-groups BRIDGE group_id=9
mod-group BRIDGE group_id=2,type=select,bucket=weight:1,actions=output:2
mod-group BRIDGE group_id=8,type=all,bucket=output:2
--may-create mod-group BRIDGE group_id=8,type=all,bucket=output:2
add-flow BRIDGE ip,actions=group:1
add-flow BRIDGE arp,actions=group:8
packet-out BRIDGE in_port=1,packet={UDP},actions=table
dump-group-stats BRIDGE
dump-flows BRIDGE
dump-flows BRIDGE out_group=8
del-groups BRIDGE group_id=8
dump-flows BRIDGE
del-groups BRIDGE
dump-groups BRIDGE
dump-flows BRIDGE
add-meter BRIDGE meter=1,kbps,burst,stats,bands=type=drop,rate=1000,burst_size=100
add-meter BRIDGE meter=2,pktps,bands=type=drop,rate=10
add-meter BRIDGE meter=2,pktps,bands=type=drop,rate=10
mod-meter BRIDGE meter=2,pktps,bands=type=drop,rate=20
mod-meter BRIDGE meter=3,pktps,bands=type=drop,rate=20
dump-meters BRIDGE
dump-meters BRIDGE meter=1
dump-meters BRIDGE meter=7
meter-stats BRIDGE
meter-stats BRIDGE meter=7
add-flow BRIDGE ip,actions=meter:1,output:2
dump-flows BRIDGE
del-meters BRIDGE meter=1
dump-flows BRIDGE
del-meters BRIDGE
dump-meters BRIDGE
mod-port BRIDGE em1 no-flood
mod-port BRIDGE 2 no-forward
mod-port BRIDGE em2 no-packet-in
mod-port BRIDGE em1 no-receive
mod-port BRIDGE em9 up
show BRIDGE
mod-port BRIDGE em1 flood
mod-port BRIDGE em2 forward
mod-port BRIDGE em2 packet-in
mod-port BRIDGE em1 receive
mod-port BRIDGE em1 down
show BRIDGE
mod-port BRIDGE em1 up
show BRIDGE
"""

# The same from empty tables, short enough for versions that few speak.
MORE = """
mod-table BRIDGE 0 drop
mod-table BRIDGE 1 controller
mod-table BRIDGE ALL continue
dump-tables BRIDGE
meter-features BRIDGE
add-groups BRIDGE GROUPS
insert-buckets BRIDGE group_id=1,command_bucket_id=last,bucket=output:1
insert-buckets BRIDGE group_id=1,command_bucket_id=0,bucket=bucket_id:9,output:2
remove-buckets BRIDGE group_id=1,command_bucket_id=first
remove-buckets BRIDGE group_id=1,command_bucket_id=77
dump-groups BRIDGE 1
--bundle add-group BRIDGE group_id=21,type=all,bucket=output:1
--bundle mod-group BRIDGE group_id=21,type=all,bucket=output:2
dump-groups BRIDGE
--bundle del-groups BRIDGE group_id=21
dump-groups BRIDGE
bundle BRIDGE MESSAGES
dump-flows BRIDGE
add-flow BRIDGE importance=5,udp,actions=output:1
add-flow BRIDGE in_port=em1,arp,actions=em2
dump-flows --no-names BRIDGE
dump-flows --names BRIDGE
dump-flows BRIDGE in_port=em1
del-flows BRIDGE in_port=em1
mod-flows BRIDGE udp,actions=output:2
dump-flows BRIDGE
dump-aggregate BRIDGE
add-meter BRIDGE meter=1,kbps,burst,stats,bands=type=drop,rate=1000,burst_size=100
dump-meters BRIDGE
packet-out BRIDGE in_port=1,packet={UDP},actions=table
dump-flows BRIDGE
dump-ports BRIDGE
dump-ports-desc BRIDGE
queue-stats BRIDGE
dump-group-features BRIDGE
mod-port BRIDGE em1 no-flood
show BRIDGE
probe BRIDGE
ping BRIDGE 64
"""

NUMBERS = re.compile(
    r"\b(xid|duration|time|idle_age|hard_age)[=:][0-9a-fx.]+s?")
# What differs by right: what is printed, what stands for it, and why.
KNOWN = (
    (r"max_entries=\d+", "max_entries=MANY",
     "how many entries a table takes"),
    (r"max_meter:\d+ max_bands:\d+", "max_meter:MANY max_bands:MANY",
     "how many meters there may be"),
    (r"band_types: drop dscp_remark", "band_types: drop",
     "Open vSwitch has no other band"),
    (r"max_groups=0x\w+", "max_groups=MANY", "how many groups there may be"),
    (r"Capabilities:  0x\w+", "Capabilities:  SOME",
     "groups that lead back to themselves are looked for here"),
    (r"output enqueue set_vlan_vid", "output set_vlan_vid",
     "1.0 has no enqueue in the lists of what groups can do"),
    (r"Mbps now, \d+ Mbps max", "Mbps now, N Mbps max",
     "the most that a link of one speed can do is that speed"),
    (r"load:0x37->OXM_OF_MPLS_LABEL\[\]", "set_mpls_label(55)",
     "Nicira has two actions for it"),
    (r"(?s)(OFPT_ERROR .*?: \w+)\n.*", r"\1",
     "how much of the request comes back"),
)
# Commands whose answers differ as a whole, and why.
DIFFERENT = {
    "add-flow BRIDGE priority=13,ip,actions=write_actions(output:1,dec_ttl),"
    "write_metadata:1/3,goto_table:2":
        "1.0 has no number for the order of instructions, and they are unknown "
        "before that here",
    "add-flow BRIDGE priority=17,ip,actions=meter:4711,output:1":
        "a meter that is not there is invalid or unknown, by taste",
    "add-flow BRIDGE table=254,actions=drop":
        "its last table is hidden, and here there is none",
    "queue-stats BRIDGE 1 7": "no statistics are no error here",
    "add-group BRIDGE group_id=9,type=all,bucket=group:9":
        "a group that leads to itself is refused here",
}
# The same of 1.5 alone.
DIFFERENT_15 = {
    "meter-features BRIDGE":
        "the reply has the 24 bytes of 1.5, which ovs-ofctl 3.1 does not know",
}


def normal(text, side):
    """Without what is never the same twice, and what differs by right."""
    text = text.replace(side.switch.management, "MANAGEMENT")
    text = text.replace(side.lab.directory, "LAB")
    text = NUMBERS.sub(r"\1=N", text)
    text = re.sub(r"(?m)^Finished in .*", "Finished", text)
    text = re.sub(r"\b(idle|hard)_age=N, ", "", text)
    for pattern, stand_in, _ in KNOWN:
        text = re.sub(pattern, stand_in, text)
    return text


def told(side, step, options):
    """What ovs-ofctl says: exit status, lines of stdout and of stderr."""
    words = shlex.split(step.format(ARP=ARP, UDP=UDP, TCP=TCP))
    words = [side.lab.path(w) if w in FILES else w for w in words]
    if words[0] in ("dump-flows", "dump-aggregate", "dump-group-stats",
                    "dump-tables"):
        side.switch.settle()
    done = side.switch.ofctl(*options, *words, is_checked=False)
    lines = normal(done.stdout, side).splitlines()
    if words[0].startswith("dump-") and words[0] != "dump-tables":
        # Their order means nothing, unless it was asked for.
        if not any("sort" in word for word in words):
            lines.sort()
    return done.returncode, lines, normal(done.stderr, side).splitlines()


def show_difference(step, ours, theirs):
    text = [f"{step}: exit {ours[0]}, Open vSwitch {theirs[0]}"]
    for mine, peer in zip(ours[1:], theirs[1:]):
        text += [f"  - {line}" for line in peer if line not in mine]
        text += [f"  + {line}" for line in mine if line not in peer]
    return "\n".join(text)


def make_sides(lab):
    # With what Open vSwitch has: it counts one table less, and buffers nothing.
    for name, text in FILES.items():
        lab.write(name, text)
    return (Side(lab, "ours", OpenFlowbridge, (1, 2), tables=254, buffers=0),
            Side(lab, "theirs", OpenVSwitch, (1, 2)))


def differences_of(ours, theirs, steps, options, different):
    differences = []
    for step in steps.strip().splitlines():
        mine, peer = (told(side, step, options.split())
                      for side in (ours, theirs))
        if mine != peer and step not in different:
            differences.append(show_difference(step, mine, peer))
    return differences


def compare(lab, steps, options, different):
    differences = differences_of(*make_sides(lab), steps, options, different)
    assert not differences, "\n" + "\n".join(differences)


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("options", ("", "-O OpenFlow10", "-O OpenFlow13"))
def test_commands_print_what_they_print_for_open_vswitch(lab, options):
    compare(lab, STEPS, options, DIFFERENT)


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("options, different", (
    ("", {}), ("-O OpenFlow10", {}), ("-O OpenFlow13", {}),
    ("-O OpenFlow14", {}), ("-O OpenFlow15", DIFFERENT_15)))
def test_more_commands_do_so_in_later_versions_too(lab, options, different):
    compare(lab, MORE, options, different)


# What 1.1 and 1.2 have in a form of their own.
BETWEEN = """
dump-group-features BRIDGE
add-groups BRIDGE GROUPS
dump-groups BRIDGE
dump-group-stats BRIDGE
"""


@pytest.mark.flowbridge
@pytest.mark.parametrize("options", ("-O OpenFlow11", "-O OpenFlow12"))
def test_groups_are_told_in_1_1_and_1_2(lab, options):
    ours, theirs = make_sides(lab)
    theirs.switch.vsctl("set", "bridge", "br0",
                        "protocols=OpenFlow11,OpenFlow12")
    differences = differences_of(ours, theirs, BETWEEN, options, {})
    assert not differences, "\n" + "\n".join(differences)


# How a SELECT group chooses.
SELECTION = """
add-group BRIDGE group_id=1,type=select,selection_method=hash,selection_method_param=7,fields(ip_src=255.255.0.0,tcp_dst),bucket=output:2
add-group BRIDGE group_id=2,type=select,selection_method=dp_hash,bucket=output:2,bucket=weight:3,output:1
add-group BRIDGE group_id=3,type=select,selection_method=hash,bucket=output:2
add-group BRIDGE group_id=4,type=all,selection_method=hash,bucket=output:2
add-group BRIDGE group_id=4,type=select,selection_method=foo,bucket=output:2
insert-buckets BRIDGE group_id=1,type=select,command_bucket_id=last,bucket=bucket_id:5,weight:2,output:1
mod-group BRIDGE group_id=3,type=select,selection_method=hash,fields(eth_src,eth_dst),bucket=output:2
dump-groups BRIDGE
mod-group BRIDGE group_id=2,type=select,bucket=output:2
dump-groups BRIDGE
"""


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.parametrize("options", ("", "-O OpenFlow15"))
def test_groups_are_told_how_to_choose(lab, options):
    compare(lab, SELECTION, options, {})


def monitored(side, options, frame):
    """What 'ovs-ofctl monitor' prints of a frame that is sent to it."""
    monitor = side.space.start(
        "ovs-ofctl", "-vsyslog:off",
        f"--unixctl={side.lab.path(side.name)}.ctl", *options, "monitor",
        f"unix:{side.switch.management}", "65534", name="monitor")

    def is_told():
        side.switch.ofctl(
            "packet-out", "BRIDGE",
            f"in_port=1,packet={frame},actions=controller")
        return "PACKET_IN" in monitor.output()
    wait_until(is_told, what="a packet-in")
    monitor.stop()
    text = re.sub(r"(?m)^\d{4}-\d\d-\d\dT.*\n", "",
                  normal(monitor.output(), side))
    at = re.search(r"(OFPT|NXT)_PACKET_IN", text).start()
    # The first of them, whole.
    return re.split(r"\n(?=(?:OFPT|NXT)_)", text[at:].strip())[0]


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.parametrize("options", ("", "-O OpenFlow10", "-O OpenFlow13"))
def test_monitor_prints_what_it_prints_for_open_vswitch(lab, options):
    ours, theirs = make_sides(lab)
    mine, peer = (monitored(side, options.split(), UDP)
                  for side in (ours, theirs))
    assert mine == peer


# Both reset the buckets of a group that is modified, but where buckets are put
# in or taken out Open vSwitch resets what it says of the group as a whole.
BUCKET_STEPS = """
add-group BRIDGE group_id=1,type=all,bucket=bucket_id:1,output:1,bucket=bucket_id:2,output:2
add-flow BRIDGE udp,actions=group:1
packet-out BRIDGE in_port=LOCAL,packet={UDP},actions=table
insert-buckets BRIDGE group_id=1,command_bucket_id=1,bucket=bucket_id:3,output:2
packet-out BRIDGE in_port=LOCAL,packet={UDP},actions=table
remove-buckets BRIDGE group_id=1,command_bucket_id=2
packet-out BRIDGE in_port=LOCAL,packet={UDP},actions=table
insert-buckets BRIDGE group_id=1,command_bucket_id=first,bucket=bucket_id:2,output:2
mod-group BRIDGE group_id=1,type=all,bucket=bucket_id:1,output:1
"""


@pytest.mark.flowbridge
def test_buckets_count_on_as_in_open_vswitch(lab):
    ours, theirs = (
        Side(lab, "ours", OpenFlowbridge, (1, 2), versions="1.0, 1.5"),
        Side(lab, "theirs", OpenVSwitch, (1, 2)))
    theirs.switch.vsctl("set", "bridge", "br0",
                        "protocols=OpenFlow10,OpenFlow15")
    for step in BUCKET_STEPS.strip().splitlines():
        counted = []
        for side in (ours, theirs):
            done = told(side, step, ["-O", "OpenFlow15"])
            assert done == (0, [], []), (side.name, step, done)
            side.switch.settle()
            text = side.switch.ofctl("-O", "OpenFlow15", "dump-group-stats",
                                     "BRIDGE").stdout
            counted.append(re.findall(r"bucket\d+:packet_count=\d+", text))
        assert counted[0] == counted[1], step


@pytest.mark.flowbridge
@pytest.mark.slow
def test_table_features_are_complete(lab):
    """Which fields there are differs; that there are all tables, with all that
    ovs-ofctl needs to know of them, does not."""
    for side in make_sides(lab):
        said = side.switch.ofctl("-O", "OpenFlow13", "dump-table-features",
                                 "BRIDGE").stdout
        for word in ("table 0:", "metadata: match=0xffffffffffffffff write="
                     "0xffffffffffffffff", "next tables: 1-253",
                     "meter apply_actions clear_actions write_actions "
                     "write_metadata goto_table", "Write-Actions and "
                     "Apply-Actions features:", "actions: output group",
                     "arbitrary mask:", "exact match or wildcard:"):
            assert word in said, (side.name, word, said)
