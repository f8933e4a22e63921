"""Single frames, byte for byte: tags, sizes, and what is too large."""

import pytest
from scapy.all import Dot1AD, Dot1Q, Ether, Raw

from frames import Wire
from lab import PATIENCE_S, wait_until

BROADCAST = "ff:ff:ff:ff:ff:ff"
TAGS = {
    "802.1Q": Dot1Q(vlan=10, prio=5),
    "802.1Q-with-dei": Dot1Q(vlan=4094, prio=7, id=1),
    "priority": Dot1Q(vlan=0, prio=3),
    "802.1ad": Dot1AD(vlan=100, prio=1),
    "802.1ad-802.1Q": Dot1AD(vlan=100, prio=2) / Dot1Q(vlan=7, prio=6),
    "802.1Q-802.1Q": Dot1Q(vlan=100) / Dot1Q(vlan=200, id=1),
    "three": Dot1AD(vlan=1) / Dot1AD(vlan=2) / Dot1Q(vlan=3),
}


def make_frame(source, destination=BROADCAST, tag=None, size=100):
    """A frame of a local experimental Ethertype, 'size' bytes of payload."""
    head = Ether(src=source, dst=destination)
    payload = Raw(bytes(i % 251 for i in range(size)))
    if tag is None:
        head.type = 0x88b5
        return bytes(head / payload)
    tag = tag.copy()
    tag.lastlayer().type = 0x88b5
    return bytes(head / tag / payload)


@pytest.fixture
def hosts(lab, quiet_space):
    return [lab.host(f"host{n}", quiet_space, f"em{n}", n, has_addresses=False)
            for n in (1, 2)]


@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS.keys())
def test_tags_are_kept_bit_for_bit(hosts, make_switch, tag):
    make_switch("em1", "em2").start()
    ends = [Wire(host) for host in hosts]
    for a, b in ((0, 1), (1, 0)):
        frame = make_frame(hosts[a].mac, tag=tag)
        ends[a].send(frame)
        assert ends[b].wait_for(frame) == [frame]
        # A known destination takes another way than flooding.
        frame = make_frame(hosts[a].mac, hosts[b].mac, tag, size=200)
        ends[a].send(frame)
        assert ends[b].wait_for(frame) == [frame]


def test_mtu_of_9000_bytes(lab, quiet_space, make_switch):
    one, two = [lab.host(f"host{n}", quiet_space, f"em{n}", n, mtu=9000)
                for n in (1, 2)]
    make_switch("em1", "em2").start()
    for a, b in ((one, two), (two, one)):
        a.ping(b.ip4, "-M", "do", "-s", "8972")
        a.ping(b.ip6, "-M", "do", "-s", "8952")


@pytest.mark.parametrize("tag", [None, TAGS["802.1Q"]], ids=["plain", "tagged"])
def test_frame_larger_than_the_mtu_is_dropped_never_cut(lab, quiet_space,
                                                        make_switch, tag):
    """host1 may send jumbo frames, host2 takes 1500 bytes only."""
    one = lab.host("host1", quiet_space, "em1", 1, mtu=9000,
                   has_addresses=False)
    two = lab.host("host2", quiet_space, "em2", 2, has_addresses=False)
    switch = make_switch("em1", "em2").start()
    sender, receiver = Wire(one), Wire(two)
    fits = make_frame(one.mac, tag=tag, size=1500)
    sizes = [1505, 2000, 5000, 8996]
    if switch.is_flowbridge:
        # The kernel's bridge grants each frame the four bytes of a tag.
        sizes.insert(0, 1501)
    for too_large in sizes:
        sender.send(make_frame(one.mac, tag=tag, size=too_large))
        sender.send(fits)
        assert receiver.wait_for(fits) == [fits], too_large
    if switch.is_flowbridge:
        ports = switch.ports().values()
        assert sum(port[kind].get("mtu", 0) for port in ports
                   for kind in ("drops", "tx_drops")) >= len(sizes)


@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS.keys())
def test_tags_do_not_count_for_the_mtu(lab, quiet_space, make_switch, tag):
    """A packet of the MTU's size passes under one tag of any kind or two; a
    third one is too many for the kernel, too."""
    one = lab.host("host1", quiet_space, "em1", 1, mtu=9000,
                   has_addresses=False)
    two = lab.host("host2", quiet_space, "em2", 2, has_addresses=False)
    switch = make_switch("em1", "em2").start()
    sender, receiver = Wire(one), Wire(two)
    full = make_frame(one.mac, tag=tag, size=1500)
    small = make_frame(one.mac, size=100)
    sender.send(full)
    if tag is TAGS["three"]:
        sender.send(small)
        assert receiver.wait_for(small) == [small]
        if switch.is_flowbridge:
            assert sum(p["tx_drops"].get("mtu", 0)
                       for p in switch.ports().values()) > 0
    else:
        assert receiver.wait_for(full) == [full]


@pytest.mark.flowbridge
def test_without_a_way_out_the_reason_is_the_mtu(lab, quiet_space,
                                                 make_switch):
    """What takes a packet of the MTU's size under an 802.1ad tag to its port
    is lo: while it is down, such frames are counted, and later they pass."""
    one, two = [lab.host(f"host{n}", quiet_space, f"em{n}", n,
                         has_addresses=False) for n in (1, 2)]
    switch = make_switch("em1", "em2").start()
    sender, receiver = Wire(one), Wire(two)
    one.ip("link set eth0 mtu 9000")
    full = make_frame(one.mac, tag=TAGS["802.1ad"], size=1500)
    small = make_frame(one.mac, size=100)
    quiet_space.ip("link set lo down")
    sender.send(full)
    sender.send(small)
    assert receiver.wait_for(small) == [small]
    wait_until(lambda: switch.port("em2")["tx_drops"].get("mtu") == 1,
               PATIENCE_S, "the frame to be counted")
    quiet_space.ip("link set lo up")
    sender.send(full)
    assert receiver.wait_for(full) == [full]


def test_every_size_of_frame_arrives_whole(lab, quiet_space, make_switch):
    one, two = [lab.host(f"host{n}", quiet_space, f"em{n}", n, mtu=9000,
                         has_addresses=False) for n in (1, 2)]
    make_switch("em1", "em2").start()
    sender, receiver = Wire(one), Wire(two)
    # Around the sizes where rings and buffers change hands.
    sizes = {base + off for base in (46, 128, 256, 512, 1024, 1518, 2048, 4096,
                                     8192) for off in range(-24, 3)}
    for size in sorted(s for s in sizes if s >= 46) + [8999, 9000]:
        frame = make_frame(one.mac, size=size)
        sender.send(frame)
        assert receiver.wait_for(frame) == [frame], size
