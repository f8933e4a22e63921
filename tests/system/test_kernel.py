"""Frames that the kernel forwards (`[datapath] kernel`): the same switch, with
the same counts, and what was decided anew holds at once."""

import os
import struct
import threading
import time

import pytest
from scapy.all import Dot1Q, Ether, Raw

from frames import Wire
from lab import PATIENCE_S, wait_until
from openflow import BARRIER_REQUEST, OF13, OpenFlowbridge, Peer
from switch import Ini
from test_guest_taps import attach

pytestmark = pytest.mark.flowbridge

MARK = 0x88b5  # an Ethertype that no host's own stack uses
SIZE = 200
BARRIER_REPLY = 21
# setpriv(1) knows these by number whatever its age.
LESS_RIGHTS = ("setpriv", "--bounding-set", "-sys_admin,-cap_38,-cap_39")


class World:
    """Hosts on em1, em2, ... and a switch whose kernel forwards."""

    def __init__(self, lab, space, keys=({}, {}), kernel="require",
                 workers=1):
        names = [f"em{n}" for n in range(1, len(keys) + 1)]
        self.lab, self.space = lab, space
        self.hosts = [lab.host(f"host{n}", space, name, n, has_addresses=False)
                      for n, name in enumerate(names, 1)]
        ini = Ini("br0", lab.path("run"))
        ini["local"]["enable"] = "no"
        self.switch = OpenFlowbridge(lab, space, ini)
        self.switch.ini["datapath"].update(kernel=kernel, workers=workers)
        for name, one in zip(names, keys):
            self.switch.ini.add_port(name, **one)
        self.switch.start()
        for name in names:
            self.switch.wait_port(name, link="up")
        self.wires = [Wire(host) for host in self.hosts]

    def frame(self, source, destination, number=0, vid=None, size=SIZE):
        """Numbered, from one host to another (by index, or an address)."""
        macs = [end if isinstance(end, str) else self.hosts[end].mac
                for end in (source, destination)]
        link = Ether(src=macs[0], dst=macs[1], type=MARK)
        if vid is not None:
            link = Ether(src=macs[0], dst=macs[1]) / Dot1Q(vlan=vid, type=MARK)
        body = struct.pack("!I", number) + bytes(size)
        return bytes(link / Raw(body))

    def teach(self, vids=None):
        """Each host has been heard, and the ports are the kernel's."""
        for i, wire in enumerate(self.wires):
            wire.send(self.frame(i, "ff:ff:ff:ff:ff:ff",
                                 vid=vids[i] if vids else None))
        wait_until(lambda: len(self.switch.fdb()) >= len(self.hosts),
                   PATIENCE_S, "the switch to learn")
        self.wait_left()

    def wait_left(self, ports=("em1", "em2")):
        def are_left():
            seen = self.switch.ports()
            return all(seen[p]["in_kernel"] for p in ports)
        wait_until(are_left, PATIENCE_S, "the kernel to forward")

    def settle(self):
        """Until the kernel's counts are in."""
        time.sleep(0.2)

    def kernel_frames(self, port="em1"):
        self.settle()
        return self.switch.port(port)["kernel_frames"]


def number_of(frame):
    """Of one of ours, without a tag; or None."""
    if frame[12:14] != struct.pack("!H", MARK):
        return None
    return struct.unpack_from("!I", frame, 14)[0]


def numbers(frames):
    return [n for n in map(number_of, frames) if n is not None]


def receive(wire, count, seconds=PATIENCE_S):
    """The numbers of the next frames of ours."""
    got = []

    def have_all():
        got.extend(n for n in numbers(wire.drain()) if n)
        return len(got) >= count
    wait_until(have_all, seconds, f"{count} frames")
    return got


def barrier(peer):
    peer.wait_for(BARRIER_REPLY, peer.send(BARRIER_REQUEST))


@pytest.fixture
def world(lab, quiet_space):
    return World(lab, quiet_space)


def received(switch):
    return sum(port["rx_frames"] for port in switch.ports().values())


def test_known_frames_go_by_the_kernel_and_are_counted(world):
    switch = world.switch
    at_first = received(switch)
    switch.ofctl("add-flow", "BRIDGE", "cookie=7,actions=NORMAL")
    world.teach()
    world.settle()
    before = switch.ports()
    for n in range(1, 1001):
        world.wires[0].send(world.frame(0, 1, n))
    assert receive(world.wires[1], 1000) == list(range(1, 1001))
    world.settle()
    after = switch.ports()

    def gained(port, key):
        return after[port][key] - before[port][key]
    size = len(world.frame(0, 1))
    assert gained("em1", "rx_frames") == gained("em2", "tx_frames") == 1000
    assert gained("em1", "rx_bytes") == gained("em2", "tx_bytes") == 1000 * size
    assert gained("em1", "forwarded") == 1000
    assert gained("em1", "kernel_frames") > 900
    assert not any(port["missed"] or port["drops"] for port in after.values())
    flows = switch.ofctl("dump-flows", "BRIDGE", "cookie=7/-1").stdout
    assert f"n_packets={received(switch) - at_first}," in flows
    assert "in the kernel" in switch.client(
        "trace", f"in_port=1,dl_src={world.hosts[0].mac},"
                 f"dl_dst={world.hosts[1].mac}").stdout


VLAN_KEYS = ({"vlan": "10"}, {"trunks": "10,20", "native": "1"},
             {"trunks": "10-30"}, {}, {"vlan": "20"})
TAGS = (None, 1, 10, 20, 30, 0)


def all_outputs(world):
    """What goes out where of each frame from each host to each."""
    seen = {}
    for i, source in enumerate(world.wires):
        for j in range(len(world.wires)):
            for tag in TAGS:
                if i == j:
                    continue
                for wire in world.wires:
                    wire.drain()
                source.send(world.frame(i, j, 1, tag))
                # What is behind it on all ways has gone by when this is there.
                source.send(bytes(Ether(src=world.hosts[i].mac,
                                        dst="ff:ff:ff:ff:ff:ff", type=0x88b6)
                                  / Raw(bytes(50))))
                time.sleep(0.02)
                seen[i, j, tag] = [
                    sorted(f for f in wire.drain()
                           if f[12:14] != b"\x88\xb6"
                           and f[16:18] != b"\x88\xb6") for wire in world.wires]
    return seen


def learn_everywhere(world):
    """Each address is known in each VLAN that its port is in."""
    for i, wire in enumerate(world.wires):
        for tag in TAGS:
            wire.send(world.frame(i, "ff:ff:ff:ff:ff:ff", vid=tag))
    time.sleep(0.5)


def test_vlans_are_as_without_the_kernel(lab, quiet_space):
    """One switch after the other with the same ports and hosts."""
    world = World(lab, quiet_space, VLAN_KEYS)
    learn_everywhere(world)
    world.wait_left([f"em{n}" for n in range(1, 6)])
    with_kernel = all_outputs(world)
    world.settle()
    taken = sum(p["kernel_frames"] for p in world.switch.ports().values())
    world.switch.stop()
    world.switch.ini["datapath"]["kernel"] = "no"
    world.switch.start()
    for n in range(1, 6):
        world.switch.wait_port(f"em{n}", link="up")
    learn_everywhere(world)
    assert all_outputs(world) == with_kernel
    assert taken > 20


def test_after_a_barrier_no_frame_goes_the_old_way(world):
    world.teach()
    peer = Peer(world.switch.management, OF13).greet()
    number = 0
    for turn in range(10):
        world.switch.ofctl("add-flow", "BRIDGE", "priority=9,actions=output:2")
        world.wait_left(["em1"])
        taken = world.kernel_frames()
        for _ in range(20):
            number += 1
            world.wires[0].send(world.frame(0, 1, number))
        assert receive(world.wires[1], 20) == list(range(number - 19,
                                                         number + 1))
        assert world.kernel_frames() > taken
        world.switch.ofctl("add-flow", "BRIDGE", "priority=9,actions=drop")
        barrier(peer)
        for _ in range(20):
            world.wires[0].send(world.frame(0, 1, 1 << 20))
    assert 1 << 20 not in numbers(world.wires[1].drain())


@pytest.mark.parametrize("workers", [1, 2])
def test_no_frame_overtakes_another_when_ways_change(lab, quiet_space, workers):
    """Tables change again and again under a stream of frames: it goes by the
    kernel and by the rings, in order, and none is lost."""
    world = World(lab, quiet_space, workers=workers)
    world.teach()
    frames = [world.frame(0, 1, n) for n in range(1, 20001)]
    ends = threading.Event()

    def change():
        peer = Peer(world.switch.management, OF13).greet()
        while not ends.is_set():
            world.switch.ofctl("add-flow", "BRIDGE", "table=1,actions=drop")
            barrier(peer)
            time.sleep(0.1)
            world.switch.ofctl("del-flows", "BRIDGE", "table=1")
    changer = threading.Thread(target=change)
    changer.start()
    try:
        for frame in frames:
            world.wires[0].send(frame)
            time.sleep(0.0001)
    finally:
        ends.set()
        changer.join()
    assert receive(world.wires[1], len(frames)) == list(range(1, 20001))
    taken = world.kernel_frames()
    assert 0 < taken < world.switch.port("em1")["rx_frames"]


def test_an_address_that_moves_is_found_where_it_is(lab, quiet_space):
    world = World(lab, quiet_space, ({}, {}, {}))
    world.teach()
    moved = world.hosts[1].mac
    for at in (2, 1, 2):
        world.wires[at].send(world.frame(moved, "ff:ff:ff:ff:ff:ff"))
        wait_until(lambda: any(e["mac"] == moved and e["port"] == f"em{at + 1}"
                               for e in world.switch.fdb()), PATIENCE_S,
                   "the address to move")
        for wire in world.wires:
            wire.drain()
        for n in range(1, 11):
            world.wires[0].send(world.frame(0, moved, n))
        assert receive(world.wires[at], 10) == list(range(1, 11))
        assert numbers(world.wires[3 - at].drain()) == []


def test_what_does_not_fit_or_may_not_go_there_is_dropped_and_counted(world):
    world.teach()
    world.space.ip("link set em2 mtu 1000")
    world.switch.wait_port("em2", mtu=1000)
    world.wait_left()
    world.wires[0].send(world.frame(0, 1, 1, size=1200))
    wait_until(lambda: world.switch.port("em1")["drops"].get("mtu") == 1,
               PATIENCE_S, "the frame to be too large")
    world.switch.ofctl("mod-port", "BRIDGE", "em2", "no-forward")
    world.wires[0].send(world.frame(0, 1, 2))
    wait_until(lambda: sum(world.switch.port("em1")["drops"].values()) == 2,
               PATIENCE_S, "the frame to be dropped")
    assert receive_none(world.wires[1])


def receive_none(wire):
    time.sleep(0.1)
    return [n for n in numbers(wire.drain()) if n] == []


def test_a_port_that_comes_later_is_the_kernels_too(lab, world):
    """Its program is attached when the privileges are long gone."""
    world.teach()
    host = lab.host("host3", world.space, "em3", 3, has_addresses=False)
    world.hosts.append(host)
    world.switch.ini.add_port("em3")
    world.switch.reload()
    world.switch.wait_port("em3", link="up")
    world.wires.append(Wire(host))
    world.teach()
    world.wait_left(["em3"])
    for n in range(1, 101):
        world.wires[2].send(world.frame(2, 0, n))
    assert receive(world.wires[0], 100) == list(range(1, 101))
    assert world.kernel_frames("em3") > 50
    del world.switch.ini["port em3"]
    world.switch.reload()
    world.wires[2].send(world.frame(2, 0, 7))
    assert receive_none(world.wires[0])


def read_all(fd, count):
    """Numbers of frames of ours that a guest gets."""
    got = []

    def have_all():
        while True:
            try:
                frame = os.read(fd, 2048)
            except BlockingIOError:
                break
            got.extend(n for n in numbers([frame]) if n)
        return len(got) >= count
    wait_until(have_all, PATIENCE_S, f"{count} frames")
    return got


def test_a_guest_sends_and_receives_by_the_kernel(lab, quiet_space):
    world = World(lab, quiet_space, ({},))
    world.switch.ini.add_port("tap0", type="tap")
    world.switch.reload()
    wait_until(lambda: quiet_space.link("tap0") is not None, what="tap0")
    guest = attach(quiet_space)
    os.set_blocking(guest, False)
    try:
        world.switch.wait_port("tap0", link="up")
        mac = "02:00:00:00:00:77"
        os.write(guest, world.frame(mac, "ff:ff:ff:ff:ff:ff"))
        world.wires[0].send(world.frame(0, "ff:ff:ff:ff:ff:ff"))
        wait_until(lambda: len(world.switch.fdb()) == 2, PATIENCE_S,
                   "the switch to learn")
        world.wait_left(["em1", "tap0"])
        for n in range(1, 101):
            os.write(guest, world.frame(mac, world.hosts[0].mac, n))
            world.wires[0].send(world.frame(0, mac, n))
        assert receive(world.wires[0], 100) == list(range(1, 101))
        assert read_all(guest, 100) == list(range(1, 101))
        assert world.kernel_frames("tap0") > 90
        assert world.kernel_frames("em1") > 90
    finally:
        os.close(guest)


def test_the_other_end_of_a_veth_can_have_frames_at_once(world):
    def sent_by_device():
        return world.space.link("em2")["stats64"]["tx"]["packets"]
    for deliver, skips in (("peer", True), ("stack", False)):
        world.switch.ini["port em2"]["deliver"] = deliver
        world.switch.reload()
        world.teach()
        world.settle()
        before = sent_by_device()
        counted = world.switch.port("em2")["tx_frames"]
        taken = world.kernel_frames()
        for n in range(1, 101):
            world.wires[0].send(world.frame(0, 1, n))
        assert receive(world.wires[1], 100) == list(range(1, 101))
        taken = world.kernel_frames() - taken
        assert taken > 90
        assert world.switch.port("em2")["tx_frames"] - counted == 100
        assert (sent_by_device() - before <= 100 - taken) == skips


def test_a_port_whose_frames_the_host_sees_is_not_the_kernels(world):
    world.teach()
    world.switch.ini["port em1"]["host-stack"] = "see"
    world.switch.reload()
    wait_until(lambda: not world.switch.port("em1")["in_kernel"], PATIENCE_S,
               "the port to be taken back")
    taken = world.kernel_frames()
    for n in range(1, 11):
        world.wires[0].send(world.frame(0, 1, n))
    assert receive(world.wires[1], 10) == list(range(1, 11))
    assert world.kernel_frames() == taken


def test_a_flow_in_the_kernel_keeps_its_address_known(lab, quiet_space):
    world = World(lab, quiet_space)
    world.switch.ini["bridge"]["mac-aging"] = "10"
    world.switch.reload()
    world.teach()
    until = time.monotonic() + 13
    while time.monotonic() < until:
        world.wires[0].send(world.frame(0, 1, 1))
        world.wires[1].send(world.frame(1, 0, 1))
        time.sleep(0.05)
    ages = {e["mac"]: e["age_s"] for e in world.switch.fdb()}
    assert all(ages[host.mac] <= 3 for host in world.hosts)


def test_nothing_is_left_after_kill_9(world):
    world.teach()
    world.switch.kill9()
    world.wires[0].send(world.frame(0, 1, 5))
    assert receive_none(world.wires[1])
    world.switch.start()
    world.teach()
    world.wires[0].send(world.frame(0, 1, 6))
    assert receive(world.wires[1], 1) == [6]


def test_without_the_rights_the_rings_do_it(lab, quiet_space, make_switch):
    hosts = [lab.host(f"host{n}", quiet_space, f"em{n}", n) for n in (1, 2)]
    switch = make_switch("em1", "em2", local={"enable": "no"})
    switch.ini["datapath"]["kernel"] = "auto"
    switch.start(prefix=LESS_RIGHTS)
    assert "CAP_BPF" in switch.wait_event("kernel.off")["error"]
    assert switch.show()["kernel"] is False
    hosts[0].ping(hosts[1].ip4)
    switch.stop()
    switch.ini["datapath"]["kernel"] = "require"
    switch.launch(prefix=LESS_RIGHTS)
    assert switch.process.wait(PATIENCE_S) == 1
    assert switch.events("start.failed")[-1]["what"] == "kernel"
