"""Flows that the kernel forwards by their key (`[datapath] kernel`): what each
flow entry decides and counts is as on the rings."""

import os
import random
import re
import time

import pytest
from scapy.all import ICMP, IP, TCP, UDP, Dot1Q, Ether, IPv6, Raw

from lab import PATIENCE_S, wait_until
from test_kernel import World, receive_none

pytestmark = pytest.mark.flowbridge

CASES = int(os.environ.get("KERNEL_CASES", "8"))
ENTRIES = ("cookie=1,priority=9,udp,tp_dst=1000,actions=output:2",
           "cookie=2,priority=9,udp,tp_dst=1001,actions=drop",
           "cookie=3,priority=8,tcp,nw_dst=10.1.0.0/16,actions=NORMAL",
           "cookie=4,priority=0,actions=output:3")


@pytest.fixture
def world(lab, quiet_space):
    return World(lab, quiet_space, ({}, {}, {}))


GROUPS = ("group_id=1,type=indirect,bucket=actions=output:2",
          "group_id=2,type=all,bucket=actions=output:2,bucket=actions="
          "set_field:02:00:00:00:00:07->eth_src,output:3",
          "group_id=3,type=select,bucket=weight:1,actions=output:2,"
          "bucket=weight:1,actions=output:3")


def set_flows(switch, entries):
    switch.ofctl("del-flows", "BRIDGE")
    for entry in entries:
        switch.ofctl("-O", "OpenFlow13", "add-flow", "BRIDGE", entry)


def set_groups(switch):
    for group in GROUPS:
        switch.ofctl("-O", "OpenFlow13", "add-group", "BRIDGE", group)


def counts(switch):
    """Frames and bytes of each flow entry, by its cookie."""
    text = switch.ofctl("dump-flows", "BRIDGE").stdout
    return {int(cookie, 16): (int(frames), int(size)) for cookie, frames, size
            in re.findall(r"cookie=(\w+),.* n_packets=(\d+), n_bytes=(\d+)",
                          text)}


def group_counts(switch):
    """Frames and bytes of each group and of its buckets, one after the other."""
    text = switch.ofctl("-O", "OpenFlow13", "dump-group-stats",
                        "BRIDGE").stdout
    return [int(n) for n in re.findall(r"(?:packet|byte)_count=(\d+)", text)]


def drain(world):
    """What has come out at each port, sorted, of what we have sent."""
    time.sleep(0.1)
    return [sorted(f for f in wire.drain() if b"flowbridge" in f)
            for wire in world.wires]


def packet(world, layers, tag=None):
    head = Ether(src=world.hosts[0].mac, dst=world.hosts[1].mac)
    if tag is not None:
        head = head / Dot1Q(vlan=tag)
    return bytes(head / layers / Raw(b"flowbridge" + bytes(30)))


def udp(world, port, source=5):
    return packet(world, IP(src="10.0.0.1", dst="10.1.0.2") /
                  UDP(sport=source, dport=port))


def teach(world):
    for i, wire in enumerate(world.wires):
        wire.send(world.frame(i, "ff:ff:ff:ff:ff:ff"))
    wait_until(lambda: len(world.switch.fdb()) >= len(world.hosts), PATIENCE_S,
               "the switch to learn")


def until_in_kernel(world, frames):
    """Sends them again and again; how often, until all go by the kernel."""
    sent = 0

    def all_go():
        nonlocal sent
        before = world.switch.port("em1")["kernel_frames"]
        for frame in frames:
            world.wires[0].send(frame)
        sent += 1
        world.settle()
        return (world.switch.port("em1")["kernel_frames"] - before
                == len(frames))
    wait_until(all_go, PATIENCE_S, "all flows to go by the kernel")
    return sent


def test_flows_go_by_the_kernel_each_its_way_and_are_counted(world):
    teach(world)
    set_flows(world.switch, ENTRIES)
    frames = [udp(world, 1000), udp(world, 1001),
              packet(world, IP(dst="10.1.2.3") / TCP(dport=80)),
              packet(world, IP(dst="10.2.2.3") / TCP(dport=80)),
              packet(world, IP(dst="10.2.2.3") / ICMP())]
    drain(world)
    dropped = world.switch.port("em1")["drops"].get("action", 0)
    sent = until_in_kernel(world, frames)
    for frame in frames * 500:
        world.wires[0].send(frame)
    world.settle()
    sent += 500
    out = drain(world)
    assert out[1] == sorted([frames[0], frames[2]] * sent)
    assert out[2] == sorted(frames[3:] * sent)
    seen = counts(world.switch)
    size = {i: len(f) for i, f in enumerate(frames)}
    assert seen == {1: (sent, sent * size[0]), 2: (sent, sent * size[1]),
                    3: (sent, sent * size[2]),
                    4: (2 * sent, sent * (size[3] + size[4]))}
    told = world.switch.client("offload").stdout
    for entry in (r"udp,.*tp_dst=1000.*, n_packets=\d+, n_bytes=\d+, "
                  r"actions=output:(em2|2)",
                  r"udp,.*tp_dst=1001.*, n_packets=\d+, n_bytes=\d+, "
                  "actions=drop", r"tcp,.*nw_dst=10\.1.*, actions=NORMAL"):
        assert re.search(entry, told), told
    after = world.switch.port("em1")
    assert after["drops"]["action"] - dropped == sent
    assert after["kernel_frames"] >= 500 * len(frames)


def test_an_entry_that_goes_takes_all_that_it_counted_along(world):
    """Also of the last moment; and the next one begins with none."""
    teach(world)
    for turn in range(5):
        set_flows(world.switch, ENTRIES)
        sent = until_in_kernel(world, [udp(world, 1000)])
        for _ in range(200):
            world.wires[0].send(udp(world, 1000))
        said = world.switch.ofctl(
            "dump-flows", "BRIDGE", "cookie=1/-1").stdout
        assert f"n_packets={sent + 200}," in said
        for _ in range(200):
            world.wires[0].send(udp(world, 1000))
        world.switch.ofctl("del-flows", "BRIDGE", "cookie=1/-1")
        set_flows(world.switch, ENTRIES)
        world.settle()
        assert counts(world.switch)[1] == (0, 0)


def test_an_idle_entry_in_the_kernel_expires_and_a_busy_one_does_not(world):
    teach(world)
    set_flows(world.switch, (
        "cookie=1,priority=9,udp,tp_dst=1000,idle_timeout=3,actions=output:2",
        "cookie=2,priority=9,udp,tp_dst=1001,idle_timeout=3,actions=output:2",
        "cookie=4,priority=0,actions=output:3"))
    until_in_kernel(world, [udp(world, 1000), udp(world, 1001)])
    end = time.monotonic() + 5
    while time.monotonic() < end:
        world.wires[0].send(udp(world, 1000))
        time.sleep(0.05)
    assert sorted(counts(world.switch)) == [1, 4]


def random_match(draw):
    """One that some of the frames below meet."""
    match = {"in_port": draw.choice((1, 1, 2)),
             "dl_vlan": draw.choice((10, 20, 0xffff)),
             "nw_dst": draw.choice(("10.1.0.0/16", "10.1.0.2", "10.2.0.0/15")),
             "nw_tos": draw.choice((0, 32)),
             "tp_dst": draw.randrange(1000, 1004),
             "tp_src": draw.choice((5, 6)),
             "nw_ttl": draw.choice((1, 64)),
             "tcp_flags": draw.choice(("+syn-ack", "+ack"))}
    kind = draw.choice(("", "ip", "tcp", "udp", "icmp", "arp", "ipv6"))
    fits = {"": ("in_port", "dl_vlan"),
            "ip": ("in_port", "dl_vlan", "nw_dst", "nw_tos", "nw_ttl"),
            "icmp": ("in_port", "nw_dst"), "arp": ("in_port",),
            "ipv6": ("in_port", "dl_vlan"),
            "udp": ("in_port", "dl_vlan", "nw_dst", "tp_dst", "tp_src"),
            "tcp": ("dl_vlan", "nw_dst", "tp_dst", "nw_ttl", "tcp_flags")}[kind]
    chosen = draw.sample(fits, draw.randrange(len(fits) + 1))
    return ",".join([kind] * bool(kind) + [f"{k}={match[k]}" for k in chosen])


ANY_ACTIONS = ("output:2", "output:3", "drop", "NORMAL", "output:2,output:3",
               "set_field:02:00:00:00:00:09->eth_dst,output:2",
               "output:2,set_field:02:00:00:00:00:08->eth_src,output:3,output:2",
               "push_vlan:0x8100,output:3", "resubmit(,1)", "in_port",
               "push_vlan:0x8100,set_field:4106->vlan_vid,output:2",
               "set_field:7->reg0,output:3", "FLOOD", "controller",
               "group:1", "group:2", "group:3", "output:3,group:1")
ACTIONS = {
    "ip": ("dec_ttl,output:2", "set_field:10.9.8.7->ip_src,output:3",
           "set_field:10.9.8.7/0.0.255.255->ip_dst,dec_ttl,output:2",
           "set_field:3->ip_ecn,set_field:9->ip_dscp,output:3",
           "set_field:9->nw_ttl,dec_ttl,output:2"),
    "udp": ("set_field:77->udp_dst,output:2",
            "output:3,set_field:10.9.8.7->ip_src,set_field:1->udp_src,output:2",
            "dec_ttl,dec_ttl,output:3"),
    "tcp": ("set_field:77->tcp_dst,output:2",
            "set_field:10.9.8.7->ip_dst,set_field:99->tcp_src,dec_ttl,output:3"),
    "icmp": ("set_field:10.9.8.7->ip_src,output:2", "dec_ttl,output:3"),
    "tag": ("pop_vlan,output:2", "set_field:4126->vlan_vid,output:3",
            "set_field:5->vlan_pcp,output:2,pop_vlan,output:3",
            "pop_vlan,push_vlan:0x8100,set_field:4097->vlan_vid,output:2"),
}


def random_entries(draw):
    """With groups 1 to 3, see play."""
    lines = []
    for cookie in range(1, draw.randrange(3, 16)):
        match = random_match(draw)
        kind = match.split(",")[0]
        fitting = ACTIONS.get(kind, ()) + (
            ACTIONS["ip"] if kind in ("tcp", "udp", "icmp") else ())
        if re.search("dl_vlan=[12]0", match):
            fitting += ACTIONS["tag"]
        action = draw.choice(ANY_ACTIONS + 3 * fitting)
        lines.append(f"cookie={cookie},priority={100 - cookie},"
                     f"{match + ',' if match else ''}actions={action}")
    lines.append("cookie=40,table=1,priority=5,udp,tp_src=5,actions=output:3")
    lines.append("cookie=41,table=1,priority=0,actions=output:2")
    return lines + ["cookie=50,priority=0,actions=NORMAL"]


def random_layers(draw):
    ip = IP(src="10.0.0.1", dst=draw.choice(("10.1.0.2", "10.1.9.9", "10.2.0.2",
                                             "10.3.0.1")),
            tos=draw.choice((0, 32, 33)), ttl=draw.choice((1, 64)),
            flags=draw.choice((0, 0, 0, "MF")),
            options=draw.choice(([], [], [], b"\x01\x01\x01\x00")))
    ports = {"sport": draw.choice((5, 6)), "dport": draw.randrange(1000, 1005)}
    return draw.choice((
        lambda: ip / UDP(**ports),
        lambda: ip / TCP(flags=draw.choice(("S", "A", "SA", "PA")), **ports),
        lambda: ip / ICMP(type=draw.choice((0, 8))),
        lambda: IPv6(src="fd00::1", dst="fd00::2") / UDP(**ports),
        lambda: IP(src="10.0.0.1", dst="10.1.0.2", proto=89),
        lambda: IP(src="10.0.0.1", dst="10.1.0.2", len=10) / UDP(**ports)))()


def play(world, entries, frames, rounds):
    """What comes out where and is counted when each frame is sent so often."""
    set_flows(world.switch, ["actions=NORMAL"])
    teach(world)
    set_flows(world.switch, entries)
    drain(world)
    before, of_groups = counts(world.switch), group_counts(world.switch)
    dropped = world.switch.port("em1")["drops"]
    for _ in range(rounds):
        for frame in frames:
            world.wires[0].send(frame)
            time.sleep(0.0005)  # A batch for each: all keys are shown.
        time.sleep(0.1)
    world.settle()
    out = drain(world)
    now = counts(world.switch)
    drops = world.switch.port("em1")["drops"]
    return (out,
            {c: tuple(map(int.__sub__, now[c], before[c])) for c in now},
            list(map(int.__sub__, group_counts(world.switch), of_groups)),
            {r: n - dropped.get(r, 0) for r, n in drops.items()
             if n != dropped.get(r, 0)})


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_random_tables_and_frames_are_as_on_the_rings(lab, quiet_space):
    """The same by the rings and by the kernel: outputs, bytes, counters."""
    draw = random.Random(int(os.environ.get("KERNEL_SEED", "1")))
    world = World(lab, quiet_space, ({}, {}, {}))
    set_groups(world.switch)
    cases = []
    for _ in range(CASES):
        frames = [packet(world, random_layers(draw),
                         draw.choice((None, None, 10, 20, 0)))
                  for _ in range(40)]
        cases.append((random_entries(draw), frames))
    with_kernel = [play(world, *case, 8) for case in cases]
    taken = world.kernel_frames()
    world.switch.stop()
    world.switch.ini["datapath"]["kernel"] = "no"
    world.switch.start()
    for n in range(1, 4):
        world.switch.wait_port(f"em{n}", link="up")
    set_groups(world.switch)
    for case, seen in zip(cases, with_kernel):
        assert play(world, *case, 8) == seen
    print(taken, "of", CASES * 8 * 40)
    assert taken > CASES * 8 * 40 / 10
    assert receive_none(world.wires[1])
