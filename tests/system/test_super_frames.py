"""Super-frames of kinds that few senders make."""

import socket
import threading

import pytest
from scapy.all import IP, TCP, UDP, Dot1AD, Dot1Q, Ether, IPv6, Raw

import taps
from frames import (GSO_TCPV4, GSO_UDP, GSO_UDP_L4, NEEDS_CHECKSUM,
                    VNET_HEADER, Wire, checksum)
from lab import PATIENCE_S, wait_until

GUEST_MAC = "02:00:00:00:00:77"
# Ethertypes that the host's own stack does not use.
MARK = 0x88b5


def datagram(host, version, size):
    """A guest's UDP datagram to 'host', whose fragments others are to make: it
    has the pseudo-header's sum in place of the checksum.  With the offset of
    its UDP header."""
    link = Ether(src=GUEST_MAC, dst=host.mac)
    ip = (IP(src="10.99.0.50", dst=host.ip4, id=7) if version == 4
          else IPv6(src="fd99::50", dst=host.ip6))
    body = bytes(i % 251 for i in range(size))
    frame = bytes(link / ip / UDP(sport=4444, dport=5555, chksum=0)
                  / Raw(body))
    l4 = 34 if version == 4 else 54
    addresses = frame[26:34] if version == 4 else frame[22:54]
    length = (8 + size).to_bytes(4, "big")
    pseudo = ~checksum(addresses + length + b"\0\0\0\x11") & 0xffff
    return (frame[:l4 + 6] + pseudo.to_bytes(2, "big") + frame[l4 + 8:], l4,
            body)


def is_forwarding(space, port):
    info = space.link(port).get("linkinfo", {})
    return info.get("info_slave_data", {}).get("state") == "forwarding"


@pytest.fixture
def world(lab, space, make_switch):
    """A host, a TAP that this process holds, and the switch."""
    host = lab.host("host1", space, "em1", 1)
    switch = make_switch("em1")
    switch.ini.add_port("tap0", type="tap")
    switch.start()
    with taps.held(space, "tap0", 0x17) as tap:
        if switch.is_flowbridge:
            switch.wait_port("tap0", link="up")
        else:
            wait_until(lambda: is_forwarding(space, "tap0"), PATIENCE_S,
                       "the bridge to forward")
        yield host, tap, switch


@pytest.mark.parametrize("version", [4, 6])
def test_a_guests_datagram_that_the_kernel_will_not_hand_over_arrives(
        world, version):
    """UFO of virtio, as guests before Linux 4.14 have it: a packet ring drops
    it, and on some kernels every frame after it.  It must arrive whole, and
    the frames behind it too."""
    host, tap, switch = world
    host.ip(f"neighbour add 10.99.0.50 lladdr {GUEST_MAC} dev eth0")
    host.ip(f"neighbour add fd99::50 lladdr {GUEST_MAC} dev eth0")
    with host.entered():
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.bind((host.ip4 if version == 4 else host.ip6, 5555))
    s.settimeout(PATIENCE_S)
    wire = Wire(host)
    with s:
        for size in (4000, 9001, 60000):
            frame, l4, body = datagram(host, version, size)
            tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_UDP, l4 + 8,
                                             1480 if version == 4 else 1448,
                                             l4, 6))
            assert s.recv(65536) == body
    for turn in range(3):  # more than a ring has slots, but not at once
        behind = bytes(Ether(src=GUEST_MAC, dst=host.mac, type=MARK)
                       / Raw(bytes(100 + turn)))
        for n in range(1000):
            tap.send(behind)
        for n in range(1000):
            wire.wait_for(behind)
    if switch.is_flowbridge:
        port = switch.port("tap0")
        assert port["missed"] == 0 and not any(port["drops"].values())


@pytest.mark.flowbridge
@pytest.mark.parametrize("version", [4, 6])
def test_a_port_works_again_after_a_super_frame_that_a_ring_cannot_take(
        world, version):
    """A UFO datagram no larger than the MTU: it is lost, and the kernel gives
    the ring nothing more.  The port must come back by itself, each time.  One
    that the kernel forwards by itself no ring sees."""
    host, tap, switch = world
    by_rings = not switch.ini["datapath"].get("kernel")
    wire = Wire(host)
    for turn in (1, 2):
        frame, l4, _ = datagram(host, version, 1000)
        tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_UDP, l4 + 8, 400,
                                         l4, 6))
        behind = bytes(Ether(src=GUEST_MAC, dst=host.mac, type=MARK)
                       / Raw(bytes(100 + turn)))
        stop = threading.Event()
        sender = threading.Thread(target=keep_sending, args=(tap, behind, stop))
        sender.start()
        try:
            wire.wait_for(behind)
        finally:
            stop.set()
            sender.join()
        assert (len(switch.events("port.stalled")) == turn) or not by_rings
    assert switch.port("tap0")["missed"] >= 2 * by_rings
    assert switch.port("tap0")["link"] == "up"


def keep_sending(tap, frame, stop):
    while not stop.wait(0.02):
        tap.send(frame)


def test_a_large_datagram_with_a_header_passes_as_before(world):
    """What is large and of UDP but can be handed over (USO) keeps its way."""
    host, tap, switch = world
    frame, l4, body = datagram(host, 4, 4000)
    wire = Wire(host)
    tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_UDP_L4, l4 + 8, 1000, l4, 6))
    seen = []
    wire.wait_for(lambda f: seen.append(f) or b"".join(
        bytes(x[42:]) for x in seen if x[6:12] == frame[6:12]) == body)
    if switch.is_flowbridge:
        assert not any(switch.port("tap0")["drops"].values())


def stream(host, tags, size):
    """A guest's super-frame of TCP under these tags, the offset of its IP
    header, and its payload."""
    body = bytes(i % 251 for i in range(size))
    link = Ether(src=GUEST_MAC, dst=host.mac)
    for tag in tags:
        link = link / tag
    frame = bytes(link / IP(src="10.99.0.50", dst=host.ip4, id=7, flags="DF")
                  / TCP(sport=4444, dport=5555, seq=1000, flags="A", chksum=0)
                  / Raw(body))
    l3 = 14 + 4 * len(tags)
    pseudo = ~checksum(frame[l3 + 12:l3 + 20] + b"\0\6"
                       + (20 + size).to_bytes(2, "big")) & 0xffff
    at = l3 + 20 + 16
    return frame[:at] + pseudo.to_bytes(2, "big") + frame[at + 2:], l3, body


def gather(wire, l3, size):
    """The payload of TCP, by sequence number, once it has come in, of packets
    whose checksums are right and that are none larger than the MTU.  Frames
    that came as one have one checksum that is still to be reckoned."""
    pieces = {}

    def take(frame):
        if (frame[6:12].hex(":") != GUEST_MAC
                or frame[l3 - 2:l3] != b"\x08\0"):
            return False
        ip = frame[l3:]
        total = int.from_bytes(ip[2:4], "big")
        assert checksum(ip[:20]) == 0 and total == len(ip)
        assert checksum(ip[12:20] + b"\0\6" + (total - 20).to_bytes(2, "big")
                        + ip[20:]) == 0
        pieces[int.from_bytes(ip[24:28], "big")] = ip[40:]
        return sum(map(len, pieces.values())) >= size
    wire.wait_for(take)
    assert min(pieces) == 1000
    return b"".join(pieces[key] for key in sorted(pieces))


TAGS = {"none": [], "two": [Dot1AD(vlan=5), Dot1Q(vlan=6)],
        "two-802.1Q": [Dot1Q(vlan=5), Dot1Q(vlan=6)]}


@pytest.mark.parametrize("tags", TAGS.values(), ids=TAGS.keys())
def test_a_guests_super_frame_arrives_under_any_tags(world, tags):
    """Full-size segments under two tags are larger than a veth takes if one of
    the tags is payload to it."""
    host, tap, switch = world
    wire = Wire(host)
    frame, l3, body = stream(host, tags, 20000)
    tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_TCPV4, l3 + 40, 1460,
                                     l3 + 20, 16))
    assert gather(wire, l3, len(body)) == body
    if switch.is_flowbridge:
        assert not any(switch.port("tap0")["drops"].values())


@pytest.mark.flowbridge  # the kernel's bridge hands it on as it is
def test_a_super_frame_that_does_not_say_its_size_arrives(world):
    """The kernel leaves out a size that IPv4 has no room for, and takes one
    that is left out."""
    host, tap, _ = world
    wire = Wire(host)
    frame, l3, body = stream(host, [], 20000)
    frame = frame[:l3 + 2] + bytes(2) + frame[l3 + 4:]
    tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_TCPV4, l3 + 40, 1460,
                                     l3 + 20, 16))
    assert gather(wire, l3, len(body)) == body
