"""The same frames through the switch and through the kernel's bridge."""

import os
import random
import socket
import struct

import pytest
from scapy.all import (ARP, GRE, ICMP, IP, LLC, SNAP, TCP, UDP, VXLAN, Dot1AD,
                       Dot1Q, Dot3, Ether, ICMPv6EchoRequest, ICMPv6ND_NS,
                       ICMPv6NDOptSrcLLAddr, IPv6, IPv6ExtHdrDestOpt,
                       IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, Raw, SCTP,
                       fragment)
from scapy.contrib.mpls import MPLS

from frames import (GSO_NONE, GSO_TCPV4, GSO_TCPV6, NEEDS_CHECKSUM, checksum,
                    VNET_HEADER, Wire)
from lab import wait_until
from switch import Ini, KernelBridge

SENDER, LEARNED, UNKNOWN = "02:00:00:00:00:01", "02:00:00:00:00:02", \
    "02:00:00:00:00:77"
LOCAL = "02:00:00:00:00:64"
BROADCAST = "ff:ff:ff:ff:ff:ff"
DESTINATIONS = (LEARNED, UNKNOWN, LOCAL, BROADCAST, SENDER,
                "01:00:5e:01:02:03", "33:33:00:00:00:01",
                "01:80:c2:00:00:02", "01:80:c2:00:00:0e", "01:80:c2:00:00:10")
TAGS = {
    "untagged": None,
    "802.1Q": Dot1Q(vlan=10, prio=5),
    "dei": Dot1Q(vlan=4094, id=1),
    "priority": Dot1Q(vlan=0, prio=7),
    "802.1ad": Dot1AD(vlan=100, prio=2),
    "QinQ": Dot1AD(vlan=100) / Dot1Q(vlan=10, prio=1),
    "two": Dot1Q(vlan=10) / Dot1Q(vlan=5),
}
NO_VNET = bytes(VNET_HEADER.size)
VLANS = 4  # of these tags, as the switch tells them apart
MOVING = [f"02:00:00:00:01:{n:02x}" for n in range(12)]
RANDOM_FRAMES = int(os.environ.get("DIFFERENTIAL_FRAMES", "4000"))
BATCH, FRAMES_A_ROUND = 100, 2000


def payloads(rng):
    """Name -> layers above Ethernet (and tags), of all kinds."""
    ip4 = IP(src="10.0.0.1", dst="10.0.0.2", id=7)
    ip6 = IPv6(src="fd00::1", dst="fd00::2", fl=0x12345, tc=0xb8)
    data = Raw(rng.randbytes(64))
    kinds = {
        "arp-request": ARP(op=1, psrc="10.0.0.1", pdst="10.0.0.2",
                           hwsrc=SENDER),
        "arp-reply": ARP(op=2, psrc="10.0.0.1", pdst="10.0.0.2"),
        "udp4": ip4 / UDP(sport=1, dport=2) / data,
        "udp4-no-checksum": ip4 / UDP(sport=1, dport=2, chksum=0) / data,
        "udp4-bad-checksum": ip4 / UDP(sport=1, dport=2, chksum=0x1234) / data,
        "tcp4": ip4 / TCP(sport=1, dport=2, flags="SEC",
                          options=[("MSS", 1460), ("SAckOK", "")]),
        "tcp4-data": ip4 / TCP(sport=1, dport=2, flags="FPU") / data,
        "icmp4": ip4 / ICMP() / data,
        "sctp4": ip4 / SCTP(sport=1, dport=2) / data,
        "gre4": ip4 / GRE() / IP(src="1.2.3.4", dst="4.3.2.1") / UDP() / data,
        "vxlan4": ip4 / UDP(dport=4789) / VXLAN(vni=7) / Ether() / IP() / data,
        "options4": IP(src="10.0.0.1", dst="10.0.0.2",
                       options=[b"\x94\x04\0\0"]) / UDP() / data,
        "bad-ihl4": IP(ihl=3, len=20, chksum=1),
        "bad-version4": Raw(b"\x95" + rng.randbytes(40)),
        "bad-length4": IP(len=2000, src="10.0.0.1", dst="10.0.0.2") / data,
        "bad-checksum4": IP(chksum=1, src="10.0.0.1", dst="10.0.0.2") / data,
        "ttl-0": IP(ttl=0, src="10.0.0.1", dst="10.0.0.2") / UDP() / data,
        "udp6": ip6 / UDP(sport=1, dport=2) / data,
        "tcp6": ip6 / TCP(sport=1, dport=2, flags="A") / data,
        "icmp6": ip6 / ICMPv6EchoRequest(data=b"x" * 30),
        "nd": ip6 / ICMPv6ND_NS(tgt="fd00::2") / ICMPv6NDOptSrcLLAddr(
            lladdr=SENDER),
        "extensions6": ip6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / UDP()
        / data,
        "fragment6": ip6 / IPv6ExtHdrFragment(m=1, id=9) / UDP() / data,
        "fragment6-later": ip6 / IPv6ExtHdrFragment(offset=8, id=9) / data,
        "bad-length6": IPv6(plen=3000) / UDP() / data,
        "mpls": MPLS(label=16, ttl=64, s=1) / ip4 / UDP() / data,
        "mpls-two": MPLS(label=16, s=0) / MPLS(label=17, s=1) / ip4 / data,
        "empty": Raw(b""),
        "one-byte": Raw(b"\x45"),
    }
    for number, piece in enumerate(fragment(ip4 / UDP() / (b"y" * 3000),
                                            fragsize=1000)):
        kinds[f"fragment4-{number}"] = piece
    return kinds


def odd_frames(rng):
    """Name -> frame with no Ethertype, or one that nobody knows."""
    head = bytes.fromhex(UNKNOWN.replace(":", "") + SENDER.replace(":", ""))
    odd = {
        "llc": Dot3(src=SENDER, dst=UNKNOWN) / LLC(dsap=0xe0, ssap=0xe0, ctrl=3)
        / (b"z" * 40),
        "snap": Dot3(src=SENDER, dst=UNKNOWN) / LLC(dsap=0xaa, ssap=0xaa,
                                                    ctrl=3) / SNAP(code=0x800)
        / IP() / (b"z" * 40),
        "length-wrong": head + b"\x05\xdc" + b"q" * 50,
        "length-zero": head + b"\0\0" + b"q" * 50,
        "header-only": head + b"\x08\x00",
        "tag-cut": head + b"\x81\x00\x00",
        "tag-only": head + b"\x81\x00\x00\x0a",
        "tag-and-type": head + b"\x81\x00\x00\x0a\x08\x00",
    }
    for size in (15, 20, 33, 34, 59, 60, 61):
        odd[f"size-{size}"] = (head + b"\x88\xb5" + b"r" * size)[:size]
    for number in range(120):
        kind = rng.choice((0x0800, 0x86dd, 0x0806, 0x8847, 0x88e7, 0x8809,
                           rng.randrange(0x600, 0x10000)))
        odd[f"random-{number}"] = head + struct.pack("!H", kind) + \
            rng.randbytes(rng.randrange(46, 1500))
    return odd


def begun_checksum(ip, l4, size):
    """The sum of the pseudo-header, from which a sender's kernel leaves the
    rest to others."""
    family = socket.AF_INET if isinstance(ip, IP) else socket.AF_INET6
    number = socket.IPPROTO_TCP if isinstance(l4, TCP) else socket.IPPROTO_UDP
    return ~checksum(socket.inet_pton(family, ip.src) +
                     socket.inet_pton(family, ip.dst) +
                     struct.pack("!II", len(l4) + size, number)) & 0xffff


def unfinished_frames():
    """Name -> vnet header and frame whose checksum is not there yet, or which
    is still to be cut into segments."""
    unfinished = {}
    for tag_name in ("untagged", "802.1Q", "QinQ"):
        for version, ip in ((4, IP(src="10.0.0.1", dst="10.0.0.2")),
                            (6, IPv6(src="fd00::1", dst="fd00::2"))):
            for protocol, offset in ((TCP, 16), (UDP, 6)):
                for size in (100, 5000):
                    if protocol is UDP and size > 1400:
                        continue
                    # It leaves in segments: see test_offloads.
                    if tag_name == "QinQ" and size > 1400:
                        continue
                    l4 = protocol(sport=1, dport=2)
                    l4.chksum = begun_checksum(ip, l4, size)
                    head = Ether(src=SENDER, dst=LEARNED)
                    if TAGS[tag_name]:
                        head = head / TAGS[tag_name]
                    frame = head / ip / l4 / (b"p" * size)
                    start = len(head / ip)
                    gso = GSO_NONE
                    if size > 1400:
                        gso = GSO_TCPV4 if version == 4 else GSO_TCPV6
                    vnet = VNET_HEADER.pack(
                        NEEDS_CHECKSUM, gso, start + len(l4) if gso else 0,
                        1400 if gso else 0, start, offset)
                    name = f"{protocol.__name__}{version}-{size}-{tag_name}"
                    unfinished[name] = (vnet, bytes(frame))
    return unfinished


def all_frames():
    """(name, vnet header, frame) of everything that is tried, in order."""
    rng = random.Random(20261122)
    frames = []
    kinds = payloads(rng)
    for tag_name, tag in TAGS.items():
        for name, payload in kinds.items():
            head = Ether(src=SENDER, dst=LEARNED)
            frame = head / tag / payload if tag else head / payload
            frames.append((f"{tag_name}/{name}", NO_VNET, bytes(frame)))
    for destination in DESTINATIONS:
        for tag_name, tag in TAGS.items():
            head = Ether(src=SENDER, dst=destination)
            payload = IP(dst="10.0.0.9") / UDP() / (b"d" * 30)
            frame = head / tag / payload if tag else head / payload
            frames.append((f"to {destination}/{tag_name}", NO_VNET,
                           bytes(frame)))
    # The kernel's bridge lets four bytes too many pass; no need to.
    for size in (1500, 1505, 2047, 2048, 4000, 9000):
        frame = Ether(src=SENDER, dst=BROADCAST, type=0x88b5) / (b"j" * size)
        frames.append((f"jumbo-{size}", NO_VNET, bytes(frame)))
    frames += [(name, NO_VNET, bytes(f)) for name, f in odd_frames(rng).items()]
    frames += [(name, vnet, f) for name, (vnet, f)
               in unfinished_frames().items()]
    return frames


def tagged(source, destination, tag, kind, payload):
    """The bytes of a frame with this tag, or with none."""
    head = Ether(src=source, dst=destination, type=kind)
    if tag:
        head = Ether(src=source, dst=destination) / tag
        head.lastlayer().type = kind
    return bytes(head / payload)


class Side:
    """A switch with three silent hosts, of which the third takes 1500 bytes at
    most, and a wire to each."""

    def __init__(self, lab, space, switch):
        # LOCAL must be silent, too.
        space.sysctl("ipv6/conf/default/disable_ipv6", 1)
        mtus = (9000, 9000, 1500)
        hosts = [lab.host(f"host{n}", space, f"em{n}", n, mtu=mtu,
                          has_addresses=False)
                 for n, mtu in enumerate(mtus, 1)]
        self.switch = switch
        switch.start()
        self.wires = [Wire(host) for host in hosts]
        wait_until(lambda: (space.link("br0") or {}).get("address") == LOCAL
                   and "LOWER_UP" in space.link("br0")["flags"])
        self.introduce(LEARNED, self.wires[1])
        self.introduce(LOCAL, Wire(space, "br0"))

    def introduce(self, mac, wire):
        """Makes 'mac' known in every VLAN that is used."""
        for tag in TAGS.values():
            frame = tagged(mac, BROADCAST, tag, 0x88b5, b"l" * 50)
            wire.send(frame)
            for other in self.wires:
                if other is not wire:
                    other.wait_for(frame)

    def result(self, number, vnet, frame):
        """What comes out at each of the hosts when 'frame' goes in."""
        mark = bytes(Ether(src=SENDER, dst=BROADCAST, type=0x88b6)
                     / (b"mark%d" % number).ljust(46))
        sender, *receivers = self.wires
        sender.send(frame, vnet)
        sender.send(mark)
        came = [wire.wait_for(mark)[:-1] for wire in receivers]
        return came + [sender.drain()]


    def move(self, mac, number):
        """'mac' is at host 'number' from now on, in every VLAN."""
        self.introduce(mac, self.wires[number])
        if self.switch.is_flowbridge:
            port = f"em{number + 1}"
            wait_until(lambda: sum(e["mac"] == mac and e["port"] == port
                                   for e in self.switch.fdb()) == VLANS)

    def batch(self, number, frames, mark):
        """What comes out at each host when host 'number' sends these."""
        for frame in frames:
            self.wires[number].send(frame)
        self.wires[number].send(mark)
        return [wire.drain() if n == number else wire.wait_for(mark)
                for n, wire in enumerate(self.wires)]


def make_side(lab, kind, name):
    space = lab.namespace(name)
    ini = Ini("br0", lab.path(f"run-{name}"))
    ini["local"]["mac"] = LOCAL
    ini["datapath"]["workers"] = 1
    for n in (1, 2, 3):
        ini.add_port(f"em{n}")
    return Side(lab, space, kind(lab, space, ini))


def describe(result):
    """Where something came out: host, size and the first bytes."""
    hosts = (2, 3, 1)
    return "; ".join(f"host{h}: {len(f)} bytes {f[:40].hex()}"
                     for h, came in zip(hosts, result) for f in came) or \
        "nothing"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_frames_come_out_as_from_the_kernels_bridge(lab, make_switch):
    kind = type(make_switch())
    ours = make_side(lab, kind, "ours")
    theirs = make_side(lab, KernelBridge, "theirs")
    differences = []
    frames = all_frames()
    arrived = 0
    for number, (name, vnet, frame) in enumerate(frames):
        mine = ours.result(number, vnet, frame)
        peer = theirs.result(number, vnet, frame)
        arrived += peer[0] != []
        if mine != peer:
            differences.append(
                f"{name}: {frame[:60].hex()} ({len(frame)} bytes): came out\n"
                f"    {describe(mine)}\n    instead of {describe(peer)}")
    assert not differences, "\n" + "\n".join(differences)
    assert arrived > 300


def random_frame(rng, sources):
    destination = rng.choice((*MOVING, *DESTINATIONS))
    kind = rng.choice((0x0800, 0x86dd, 0x0806, 0x8847, 0x88b5,
                       rng.randrange(0x600, 0x10000)))
    if kind in (0x8100, 0x88a8, 0x9100):  # a tag of no known VLAN
        kind = 0x88b5
    return tagged(rng.choice(sources), destination,
                  rng.choice(list(TAGS.values())), kind,
                  rng.randbytes(rng.randrange(46, 1400)))


@pytest.mark.slow
@pytest.mark.timeout(120 + RANDOM_FRAMES // 50)
def test_random_frames_do_as_in_the_kernels_bridge(lab, make_switch):
    """Between addresses that change their place now and then."""
    rng = random.Random(20261122)
    kind = type(make_switch())
    sides = [make_side(lab, kind, "ours"),
             make_side(lab, KernelBridge, "theirs")]
    places = {}
    for number in range(RANDOM_FRAMES // BATCH):
        if number % (FRAMES_A_ROUND // BATCH) == 0:
            for mac in rng.sample(MOVING, 2) if places else MOVING:
                places[mac] = rng.randrange(3)
                for side in sides:
                    side.move(mac, places[mac])
        sender = rng.choice(sorted(set(places.values())))
        sources = [mac for mac in MOVING if places[mac] == sender]
        frames = [random_frame(rng, sources) for _ in range(BATCH)]
        mark = tagged(sources[0], BROADCAST, None, 0x88b6,
                      (b"mark%d" % number).ljust(46))
        ours, theirs = (side.batch(sender, frames, mark) for side in sides)
        for host, (mine, peer) in enumerate(zip(ours, theirs), 1):
            different = [f.hex() for f in set(mine) ^ set(peer)]
            assert mine == peer, \
                f"batch {number} of host{sender + 1}, out of host{host}: " + \
                (different[0] if different else "in another order")
