"""Super-frames of kinds that few senders make."""

import socket

import pytest
from scapy.all import IP, UDP, Ether, IPv6, Raw

import taps
from frames import (GSO_UDP, GSO_UDP_L4, NEEDS_CHECKSUM, VNET_HEADER, Wire,
                    checksum)

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
    s.settimeout(10)
    wire = Wire(host)
    with s:
        for size in (4000, 9001, 60000):
            frame, l4, body = datagram(host, version, size)
            tap.send(frame, VNET_HEADER.pack(NEEDS_CHECKSUM, GSO_UDP, l4 + 8,
                                             1480 if version == 4 else 1448,
                                             l4, 6))
            assert s.recv(65536) == body
    behind = bytes(Ether(src=GUEST_MAC, dst=host.mac, type=MARK)
                   / Raw(bytes(100)))
    for _ in range(3000):  # more than a ring has slots
        tap.send(behind)
    assert wire.wait_for(behind)[-1] == behind
    if switch.is_flowbridge:
        port = switch.port("tap0")
        assert port["missed"] == 0 and not any(port["drops"].values())


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
