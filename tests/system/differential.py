"""Random flow tables and random frames, and two switches that must do the same
with them.

All randomness comes from one seed, so that what failed can be tried again.
Flows are kept as lists of words: what fails is made smaller by leaving words
out.  Every flow of a table has a priority of its own, since OpenFlow leaves
open which of two equal ones wins.
"""

import random
import struct

from scapy.all import (ARP, ICMP, IP, SCTP, TCP, UDP, Dot1AD, Dot1Q, Ether,
                       ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS,
                       ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr, IPv6,
                       IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, Raw)
from scapy.contrib.mpls import MPLS

from switch import LOCAL_PORT_NUMBER

PORTS = (1, 2, 3, 4)
TABLES = 5

# Few values, so that flows hit: frames and flows take from the same ones.
MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:01:02",
        "02:00:00:00:00:64", "01:00:5e:00:00:07", "ff:ff:ff:ff:ff:ff")
MAC_MASKS = ("ff:ff:ff:ff:ff:00", "01:00:00:00:00:00", "ff:ff:ff:00:00:00",
             "00:00:00:00:ff:ff", "f0:0f:00:00:00:01")
IPS = ("10.0.0.1", "10.0.0.2", "10.0.1.2", "192.168.7.9", "224.0.0.5")
IP_MASKS = ("255.255.255.0", "255.0.0.0", "255.255.255.254", "0.0.0.255",
            "128.0.1.0")
IP6S = ("fd00::1", "fd00::2", "fd00::1:2", "fe80::9", "ff02::1")
IP6_MASKS = ("64", "128", "112", "8", "ffff::ff")
L4_PORTS = (1, 2, 80, 443, 5000, 65535)
VLANS = (0, 1, 10, 11, 4094)
# What may become of fragments.
FRAGMENT_MODES = ("normal", "drop", "nx-match")
LABELS = (16, 17, 1000, 0xfffff)
TOSES = (0, 32, 184, 252)
TTLS = (1, 2, 64, 255)


def masked(rng, values, masks):
    """A value, half of the time with a mask."""
    value = str(rng.choice(values))
    return f"{value}/{rng.choice(masks)}" if rng.random() < 0.5 else value


def port_mask(rng):
    value, mask = rng.choice(L4_PORTS), rng.choice((0xfff0, 0xff00, 1, 0x8001))
    if rng.random() < 0.6:
        return str(value)
    return f"{value & mask:#x}/{mask:#x}"


def mac_match(rng):
    return masked(rng, MACS, MAC_MASKS)


def vlan_words(rng):
    """What to say about the tag."""
    vlan, pcp = rng.choice(VLANS), rng.randrange(8)
    return rng.choice((
        ["dl_vlan=0xffff"], [f"dl_vlan={vlan}"], [f"dl_vlan_pcp={pcp}"],
        [f"dl_vlan={vlan}", f"dl_vlan_pcp={pcp}"], ["vlan_tci=0x0000"],
        ["vlan_tci=0x1000/0x1000"], [f"vlan_vid={0x1000 | vlan & 8}/0x1008"]))


IP_FIELDS = {
    "nw_tos": lambda r: r.choice(TOSES),
    "nw_ecn": lambda r: r.randrange(4),
    "nw_ttl": lambda r: r.choice(TTLS),
    "nw_frag": lambda r: r.choice(("no", "yes", "first", "later",
                                   "not_later")),
}
IP4_FIELDS = {
    "nw_src": lambda r: masked(r, IPS, IP_MASKS),
    "nw_dst": lambda r: masked(r, IPS, IP_MASKS),
    **IP_FIELDS,
}
IP6_FIELDS = {
    "ipv6_src": lambda r: masked(r, IP6S, IP6_MASKS),
    "ipv6_dst": lambda r: masked(r, IP6S, IP6_MASKS),
    "ipv6_label": lambda r: r.choice((0, 0x12345)),
    **IP_FIELDS,
}
# A later fragment has no ports.
PORT_FIELDS = {"tp_src": port_mask, "tp_dst": port_mask,
               "nw_frag": lambda r: r.choice(("no", "yes", "first"))}
TCP_FIELDS = {**PORT_FIELDS, "tcp_flags": lambda r: r.choice(
    ("+syn-ack", "+ack", "-fin", "+syn+ack-psh"))}
ICMP_FIELDS = {"icmp_type": lambda r: r.choice((0, 8)),
               "icmp_code": lambda r: r.choice((0, 3)),
               "nw_frag": PORT_FIELDS["nw_frag"]}
ARP_FIELDS = {
    "arp_op": lambda r: r.choice((1, 2)),
    "arp_spa": lambda r: masked(r, IPS, IP_MASKS),
    "arp_tpa": lambda r: masked(r, IPS, IP_MASKS),
    "arp_sha": mac_match,
    "arp_tha": mac_match,
}
ND_FIELDS = {"nd_target": lambda r: masked(r, IP6S, IP6_MASKS)}
MPLS_FIELDS = {
    "mpls_label": lambda r: r.choice(LABELS),
    "mpls_tc": lambda r: r.randrange(8),
    "mpls_bos": lambda r: r.randrange(2),
}
# Kind of packet -> the words that say so, and the fields that it may have.
KINDS = {
    "any": ([], {}),
    "arp": (["arp"], ARP_FIELDS),
    "ip": (["ip"], IP4_FIELDS),
    "tcp": (["tcp"], {**IP4_FIELDS, **TCP_FIELDS}),
    "udp": (["udp"], {**IP4_FIELDS, **PORT_FIELDS}),
    "sctp": (["sctp"], {**IP4_FIELDS, **PORT_FIELDS}),
    "icmp": (["icmp"], {**IP4_FIELDS, **ICMP_FIELDS}),
    "ipv6": (["ipv6"], IP6_FIELDS),
    "tcp6": (["tcp6"], {**IP6_FIELDS, **TCP_FIELDS}),
    "udp6": (["udp6"], {**IP6_FIELDS, **PORT_FIELDS}),
    "sctp6": (["sctp6"], {**IP6_FIELDS, **PORT_FIELDS}),
    "icmp6": (["icmp6"], {**IP6_FIELDS, **ICMP_FIELDS,
                          "icmp_type": lambda r: r.choice((128, 135))}),
    "ns": (["icmp6", "icmp_type=135", "icmp_code=0"],
           {**ND_FIELDS, "nd_sll": mac_match}),
    "na": (["icmp6", "icmp_type=136", "icmp_code=0"],
           {**ND_FIELDS, "nd_tll": mac_match}),
    "mpls": (["mpls"], MPLS_FIELDS),
    "mplsm": (["mplsm"], MPLS_FIELDS),
    "other": (["dl_type=0x88b5"], {}),
}
IP4_KINDS = ("ip", "tcp", "udp", "sctp", "icmp")
IP6_KINDS = ("ipv6", "tcp6", "udp6", "sctp6", "icmp6", "ns", "na")
PORT_KINDS = ("tcp", "udp", "sctp", "tcp6", "udp6", "sctp6")


# Where the two differ by right, so that the flows here keep clear of it.
KNOWN = {
    "a VLAN tag pushed before another one":
        "OpenFlow 1.3.5, 5.12: it takes over VID and PCP of the one that is "
        "there, and from then on the frame is what it is when it comes in with "
        "two tags.  Open vSwitch starts with 0, and still sees what is behind "
        "both.  So only untagged frames get a tag.",
    "the traffic class of a pushed MPLS label":
        "The same: 0 where there is no label yet.  Open vSwitch takes "
        "bits of the DSCP, so a push is followed by a traffic class.",
    "the second of two VLAN tags":
        "Once the first is popped it is the tag of the frame.  Open vSwitch "
        "does not see it, so where there are such frames nothing is popped.",
    "a frame that is under 60 bytes once a tag or label is popped":
        "It is padded to what Ethernet asks for; Open vSwitch sends it as it "
        "is.  So a frame of 60 bytes or a few more gets longer.",
    "a TTL that runs out on the way":
        "The frame is discarded, OpenFlow 1.3.5, 5.12, with its action set.  "
        "In Open vSwitch only the list of actions ends, not that of who "
        "resubmits nor the action set; so these do not go with low TTLs.",
    "a miss in a later table":
        "The frame is dropped, OpenFlow 1.3.5, 5.4, with its action set.  "
        "Open vSwitch carries that out; so each table has a table-miss entry.",
    "pop_mpls:0x0800 with labels below":
        "The Ethertype says what the action says, and the label below stays. "
        "Open vSwitch takes them all, so only the last one is popped to IP.",
}

PARTS = ("match", "apply", "cleared", "written", "after")


class Flow:
    """One entry of a table, in words that can be left out one by one."""

    def __init__(self, table, priority, cookie):
        self.table, self.priority, self.cookie = table, priority, cookie
        for part in PARTS:
            setattr(self, part, [])

    def text(self):
        actions = self.apply + self.cleared
        if self.written:
            actions.append(f"write_actions({','.join(self.written)})")
        actions += self.after
        return ",".join([f"cookie={self.cookie:#x}", f"table={self.table}",
                         f"priority={self.priority}", *self.match,
                         "actions=" + (",".join(actions) or "drop")])

    def smaller(self):
        """Copies that lack one word each."""
        for part in PARTS:
            for index in range(len(getattr(self, part))):
                copy = Flow(self.table, self.priority, self.cookie)
                for name in PARTS:
                    setattr(copy, name, list(getattr(self, name)))
                del getattr(copy, part)[index]
                yield copy


class Packet:
    """What is known of a packet half-way through its actions."""

    def __init__(self, kind, match):
        self.kind = kind
        self.is_untagged = ("dl_vlan=0xffff" in match
                            or "vlan_tci=0x0000" in match)
        # The one MPLS label that there is.
        self.is_bottom = "mpls_bos=1" in match
        self.is_stacked = kind == "mpls" and "mpls_bos=0" in match
        self.has_tag = any(
            word.startswith(("dl_vlan", "vlan_"))
            and word not in ("dl_vlan=0xffff", "vlan_tci=0x0000")
            for word in match)


class Maker:
    """Makes flows, groups and frames of one seed."""

    def __init__(self, seed, is_openflow10=False):
        self.rng = random.Random(seed)
        self.is_openflow10 = is_openflow10
        # Not both in one set of tables: Open vSwitch 3.1 does not survive a
        # label that is popped between two changes of the action set.
        self.has_action_sets = not is_openflow10 and self.rng.random() < 0.5
        # For the next two see KNOWN.
        self.ttls = (60, 64, 255)
        if not self.has_action_sets and self.rng.random() < 0.5:
            self.ttls = TTLS
        self.has_two_tags = self.rng.random() < 0.3

    def match(self, kind, table):
        rng = self.rng
        words, fields = KINDS[kind]
        found = list(words)
        if rng.random() < 0.4:
            found.append(f"in_port={rng.choice(PORTS + ('LOCAL',))}")
        if rng.random() < 0.3:
            found.append(f"dl_src={mac_match(rng)}")
        if rng.random() < 0.3:
            found.append(f"dl_dst={mac_match(rng)}")
        if rng.random() < 0.35:
            found += vlan_words(rng)
        for name, value in fields.items():
            if rng.random() < 1.2 / len(fields):
                found.append(f"{name}={value(rng)}")
        if table and not self.is_openflow10 and rng.random() < 0.25:
            found.append(f"metadata={rng.randrange(4):#x}/0x3")
        if table and rng.random() < 0.25:
            found.append(f"reg{rng.randrange(2)}={rng.randrange(4):#x}/0x3")
        return found

    def change(self, packet):
        """One action that edits such a packet."""
        rng = self.rng
        mac = rng.choice(MACS)
        kind = packet.kind
        choices = [
            f"mod_dl_src:{mac}", f"mod_dl_dst:{mac}",
            f"set_field:{mac}/{rng.choice(MAC_MASKS)}->eth_dst",
            f"load:{rng.randrange(4)}->NXM_NX_REG{rng.randrange(2)}[0..1]",
            "move:NXM_OF_ETH_SRC[0..7]->NXM_NX_REG0[0..7]",
        ]
        if self.is_openflow10 or packet.has_tag:
            if not self.has_two_tags:
                choices.append("strip_vlan")
            choices += [f"mod_vlan_vid:{rng.choice(VLANS)}",
                        f"mod_vlan_pcp:{rng.randrange(8)}"]
        if kind in IP4_KINDS:
            choices += [
                f"mod_nw_src:{rng.choice(IPS)}", f"mod_nw_dst:{rng.choice(IPS)}",
                f"set_field:0.0.3.4/{rng.choice(('0.0.255.255', '0.0.3.4'))}"
                "->ip_dst",
                "move:NXM_OF_IP_SRC[0..15]->NXM_OF_IP_DST[0..15]",
            ]
        if kind in IP6_KINDS:
            choices += [
                f"set_field:{rng.choice(IP6S)}->ipv6_src",
                f"set_field:{rng.choice(IP6S)}->ipv6_dst",
                "set_field:fd77::/ffff::->ipv6_dst",
                "set_field:0x54321->ipv6_label",
            ]
        if kind in IP4_KINDS + IP6_KINDS:
            choices += [
                f"mod_nw_tos:{rng.choice(TOSES)}", "dec_ttl",
                f"mod_nw_ecn:{rng.randrange(4)}",
                f"mod_nw_ttl:{rng.choice(self.ttls)}",
            ]
        if kind in PORT_KINDS:
            choices += 2 * [f"mod_tp_src:{rng.choice(L4_PORTS)}",
                            f"mod_tp_dst:{rng.choice(L4_PORTS)}"]
        if kind == "arp":
            choices += 2 * [
                f"set_field:{rng.choice(IPS)}->arp_spa",
                f"set_field:{mac}->arp_sha", f"set_field:{mac}->arp_tha",
                f"set_field:{rng.choice((1, 2))}->arp_op",
                "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[]",
            ]
        if kind in ("mpls", "mplsm"):
            choices += 2 * [
                f"set_field:{rng.choice(LABELS)}->mpls_label",
                f"set_field:{rng.randrange(8)}->mpls_tc", "dec_mpls_ttl",
                f"set_mpls_ttl({rng.choice(self.ttls)})",
            ]
        action = rng.choice(choices)
        if action == "strip_vlan":
            packet.has_tag = False
        elif action.startswith("mod_vlan"):
            packet.has_tag = True
        return action

    def retag(self, packet):
        """Actions that push or pop a tag."""
        rng = self.rng
        if (not self.is_openflow10 and packet.is_untagged
                and not self.has_two_tags and rng.random() < 0.7):
            packet.has_tag, packet.is_untagged = True, False
            return [f"push_vlan:{rng.choice(('0x8100', '0x88a8'))}"]
        if self.has_action_sets:
            return []
        if packet.kind in IP4_KINDS:
            packet.kind, packet.is_bottom = "mpls", True
            packet.is_stacked = False
            # One word, so that the last of it is not left out: see KNOWN.
            return [f"push_mpls:0x8847,set_field:{rng.choice(LABELS)}"
                    f"->mpls_label,set_field:{rng.randrange(8)}->mpls_tc"]
        if packet.kind == "mpls" and packet.is_bottom:
            packet.kind = "ip"
            return ["pop_mpls:0x0800"]
        if packet.is_stacked:
            packet.is_stacked = False
            return ["pop_mpls:0x8847"]
        return []

    def output(self):
        rng = self.rng
        return rng.choice([f"output:{port}" for port in PORTS]
                          + ["LOCAL", "IN_PORT", "ALL", "FLOOD"]
                          + [f"output:{port}" for port in PORTS])

    def flow(self, table, priority, cookie, groups):
        rng = self.rng
        flow = Flow(table, priority, cookie)
        kind = rng.choice(tuple(KINDS))
        flow.match = self.match(kind, table)
        packet = Packet(kind, flow.match)
        for _ in range(rng.randrange(4)):
            roll = rng.random()
            if roll < 0.12:
                flow.apply += self.retag(packet)
            elif roll < 0.6:
                flow.apply.append(self.change(packet))
            elif (roll < 0.7 and table + 1 < TABLES
                  and self.ttls is not TTLS):
                flow.apply.append(
                    f"resubmit(,{rng.randrange(table + 1, TABLES)})")
                # Whatever it is when it comes back.
                packet = Packet("any", [])
            else:
                flow.apply.append(self.output())
        if rng.random() < 0.2:
            flow.apply.append(f"group:{rng.choice(groups)}")
        if not self.is_openflow10:
            self.add_instructions(flow, groups)
        elif rng.random() < 0.4:
            flow.apply.append(self.output())
        return flow

    def add_instructions(self, flow, groups):
        rng = self.rng
        if self.has_action_sets and rng.random() < 0.15:
            flow.cleared = ["clear_actions"]
        if self.has_action_sets and rng.random() < 0.3:
            flow.written = [f"set_field:{rng.choice(MACS)}->eth_src"]
        if self.has_action_sets and rng.random() < 0.4:
            flow.written.append(self.output() if rng.random() < 0.7
                                else f"group:{rng.choice(groups)}")
        if flow.table + 1 < TABLES and rng.random() < 0.5:
            if rng.random() < 0.3:
                flow.after.append(f"write_metadata:{rng.randrange(4)}/0x3")
            flow.after.append(
                f"goto_table:{rng.randrange(flow.table + 1, TABLES)}")

    def bucket(self, extra=""):
        mac = self.rng.choice(MACS)
        edit = self.rng.choice(("", f"set_field:{mac}->eth_src,"))
        return f"bucket={extra}actions={edit}{self.output()}"

    def groups(self):
        """number -> text"""
        watch = "watch_port:1,"
        made = {
            1: ["type=all", self.bucket(), self.bucket(), self.bucket()],
            2: ["type=indirect", self.bucket()],
            3: ["type=select", self.bucket("weight:5,")],
            4: ["type=ff", self.bucket(watch), self.bucket(watch)],
        }
        return {number: f"group_id={number}," + ",".join(words)
                for number, words in made.items()}

    def flows(self, count, groups):
        """Flows of all tables; at the end of each a table-miss that goes on
        or out, so that frames get somewhere."""
        rng = self.rng
        priorities = rng.sample(range(1, 60000), count)
        made = [self.flow(min(int(rng.expovariate(0.7)), TABLES - 1), priority,
                          n + 1, groups)
                for n, priority in enumerate(priorities)]
        for table in range(TABLES):
            miss = Flow(table, 0, count + 1 + table)
            if table + 1 < TABLES and rng.random() < 0.7:
                miss.apply = [f"resubmit(,{table + 1})"]
            elif rng.random() < 0.8:
                miss.apply = [self.output()]
            made.append(miss)
        return made

    def frame(self, number):
        """(port that it comes in by, bytes); the last four bytes are its
        number, which no action touches."""
        rng = self.rng
        head = Ether(src=rng.choice(MACS), dst=rng.choice(MACS))
        roll = rng.random()
        if roll < 0.4:
            head /= Dot1Q(vlan=rng.choice(VLANS), prio=rng.randrange(8))
        elif roll < 0.45:
            head /= Dot1AD(vlan=rng.choice(VLANS), prio=rng.randrange(8))
        elif roll < 0.5 and self.has_two_tags:
            head /= Dot1AD(vlan=rng.choice(VLANS)) / Dot1Q(
                vlan=rng.choice(VLANS))
        tail = Raw(rng.randbytes(rng.randrange(20, 60))
                   + struct.pack("!I", number))
        above = self.layers(tail)
        if above is tail:
            head.lastlayer().type = 0x88b5
        data = bytes(head / above)
        # Nor does one get shorter than a frame may be: see KNOWN.
        if data[-4:] != struct.pack("!I", number) or 60 <= len(data) < 76:
            data += bytes(20) + struct.pack("!I", number)
        return rng.choice(PORTS + (LOCAL_PORT_NUMBER,)), data

    def layers(self, tail):
        """What stands above Ethernet and its tags."""
        rng = self.rng
        roll = rng.random()
        if roll < 0.06:
            return tail
        if roll < 0.15:
            return self.arp() / Raw(bytes(20)) / tail
        if roll < 0.3:
            return self.mpls(self.packet4(tail))
        if roll < 0.7:
            return self.packet4(tail)
        return self.packet6(tail)

    def arp(self):
        rng = self.rng
        return ARP(op=rng.choice((1, 2)), psrc=rng.choice(IPS),
                   pdst=rng.choice(IPS), hwsrc=rng.choice(MACS),
                   hwdst=rng.choice(MACS))

    def mpls(self, inner):
        rng = self.rng
        depth = rng.choice((1, 1, 2, 3))
        for n in range(depth):
            inner = MPLS(label=rng.choice(LABELS), cos=rng.randrange(8),
                         s=int(n == 0), ttl=rng.choice(self.ttls)) / inner
        return inner

    def transport(self, tail):
        rng = self.rng
        ports = {"sport": rng.choice(L4_PORTS), "dport": rng.choice(L4_PORTS)}
        return rng.choice((
            TCP(flags=rng.choice(("S", "SA", "A", "PA", "F", "R")), **ports)
            / tail,
            UDP(**ports) / tail,
            UDP(chksum=0, **ports) / tail,
            SCTP(**ports) / tail,
        ))

    def packet4(self, tail):
        rng = self.rng
        ip = IP(src=rng.choice(IPS), dst=rng.choice(IPS),
                tos=rng.choice(TOSES) | rng.randrange(4),
                ttl=rng.choice(self.ttls), id=rng.randrange(65536))
        transport = self.transport(tail)
        roll = rng.random()
        if roll < 0.15:
            return ip / ICMP(type=rng.choice((0, 8)), code=rng.choice((0, 3))
                             ) / tail
        if roll < 0.2:
            ip.options = [b"\x94\x04\0\0"]
        elif roll < 0.25:
            ip.flags = "MF"
        elif roll < 0.3:
            # Not TCP or UDP: Open vSwitch corrects a checksum that is not
            # in this fragment.
            ip.frag, ip.proto = 100, rng.choice((1, 132))
            return ip / tail
        elif roll < 0.35:
            ip.proto = 253
            return ip / tail
        return ip / transport

    def packet6(self, tail):
        rng = self.rng
        ip = IPv6(src=rng.choice(IP6S), dst=rng.choice(IP6S),
                  tc=rng.choice(TOSES) | rng.randrange(4),
                  hlim=rng.choice(self.ttls), fl=rng.choice((0, 0x12345)))
        transport = self.transport(tail)
        roll = rng.random()
        if roll < 0.1:
            return ip / ICMPv6EchoRequest(data=bytes(tail))
        if roll < 0.2:
            return ip / ICMPv6ND_NS(tgt=rng.choice(IP6S)) \
                / ICMPv6NDOptSrcLLAddr(lladdr=rng.choice(MACS))
        if roll < 0.3:
            return ip / ICMPv6ND_NA(tgt=rng.choice(IP6S)) \
                / ICMPv6NDOptDstLLAddr(lladdr=rng.choice(MACS))
        if roll < 0.35:
            ip /= IPv6ExtHdrHopByHop()
        elif roll < 0.4:
            ip /= IPv6ExtHdrFragment(m=1, id=9)
        elif roll < 0.45:
            return ip / IPv6ExtHdrFragment(offset=8, id=9, nh=132) / tail
        return ip / transport


# Ports that are matched and set wherever fragments may be; what each entry
# does shows in where a frame comes out, and in its bytes.
FRAGMENT_FLOWS = [
    f"table={table},priority=30,{kind},tp_dst=80,"
    f"actions=mod_tp_src:7,output:{output}"
    for table, output in ((0, 2), (1, 3))
    for kind in ("tcp", "udp", "sctp", "tcp6", "udp6", "sctp6")
] + [
    f"table=0,priority=20,{kind},"
    f"actions=mod_tp_src:5,mod_tp_dst:80,resubmit(,1)"
    for kind in ("tcp", "udp", "sctp", "tcp6", "udp6", "sctp6")
] + [
    "table=0,priority=30,icmp,icmp_type=8,actions=output:2",
    "table=0,priority=20,icmp,icmp_type=0,actions=output:3",
    "table=0,priority=20,mpls,actions=pop_mpls:0x0800,resubmit(,1),output:4",
    "table=0,priority=10,ip,nw_frag=later,actions=output:3,output:2",
    "table=0,priority=0,actions=output:4",
    "table=1,priority=0,actions=LOCAL",
]


def fragments():
    """(port that it comes in by, bytes): whole packets and each part of those
    that are not, the same ports in all of them."""
    data, made = b"d" * 56, []
    transports = [protocol(sport=1000, dport=port)
                  for protocol in (TCP, UDP, SCTP) for port in (80, 81)]
    for l4 in transports + [ICMP(type=8), ICMP(type=0)]:
        l4 = bytes(IP(src=IPS[0], dst=IPS[1]) / l4 / data)
        number, l4 = l4[9], l4[20:]
        for flags, offset in (("", 0), ("MF", 0), ("MF", 8), ("", 8)):
            ip = IP(src=IPS[0], dst=IPS[1], proto=number, flags=flags,
                    frag=offset)
            made += [ip / l4, MPLS(label=16, s=1, ttl=9) / ip / l4]
            if number == 1:
                continue
            ip = IPv6(src=IP6S[0], dst=IP6S[1])
            ip /= IPv6ExtHdrFragment(nh=number, m=int(flags == "MF"),
                                     offset=offset, id=9)
            made.append(ip / l4)
    frames = [bytes(Ether(src=MACS[0], dst=MACS[1]) / packet)
              for packet in made]
    return [(1, frame[:-4] + struct.pack("!I", number))
            for number, frame in enumerate(frames)]
