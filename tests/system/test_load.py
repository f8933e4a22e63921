"""Many frames, many ports, many addresses."""

import random
import re

import pytest

from lab import SLOWNESS, resident_kib, wait_until

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

RATE = 50_000 // SLOWNESS


def test_reload_loses_no_frame_of_ports_that_stay(lab, space, make_switch):
    """RATE frames a second from em1 to em2 while em3 is added, changed and
    taken away."""
    one, two, _ = [lab.host(f"host{n}", space, f"em{n}", n,
                            has_addresses=False) for n in (1, 2, 3)]
    switch = make_switch("em1", "em2")
    # The machine may be busy with other things for a while.
    switch.ini["datapath"]["rx-ring"] = 32768
    switch.start()
    two.count_flood()
    two.flood(0, 1, one.mac).wait()
    switch.wait_learned(two.mac, "em2")
    stream = one.stream(RATE, two.mac)
    reloads = 0
    # However long they take; more of them where they take less.
    while reloads < 6 or two.flood_frames() < 3 * RATE:
        turn = reloads % 3
        if turn == 0:
            switch.ini.add_port("em3")
        elif turn == 1:
            switch.ini["port em3"]["vlan"] = 10
        else:
            del switch.ini["port em3"]
        switch.reload()
        reloads += 1
    count = stream.end()
    wait_until(lambda: two.flood_frames() >= count, what="all frames")
    assert two.flood_frames() == count
    assert switch.port("em1")["missed"] == 0


def test_a_port_that_is_looked_at_keeps_no_other_waiting(lab, space,
                                                         make_switch):
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.ini["datapath"].update({"workers": 1, "busy-poll": "100 ms"})
    switch.start()
    one.ping(two.ip4)  # learns addresses
    # Each question comes when nothing is looked at any more, and its answer
    # while the question's port is.
    printed = one.ping(two.ip4, "-i", "0.3", count=5)
    quickest_ms = float(re.search(r"rtt min/avg/max/mdev = ([0-9.]+)/",
                                  printed).group(1))
    assert quickest_ms < 50


def test_sixty_four_ports(lab, space, make_switch):
    switch = make_switch(local={"address": "10.99.0.100/24"})
    hosts = []
    for n in range(1, 65):
        hosts.append(lab.host(f"host{n}", space, f"em{n}", n))
        switch.ini.add_port(f"em{n}")
    switch.start()
    ports = switch.ports()
    assert len({port["ofport"] for port in ports.values()}) == 65
    rng = random.Random(64)
    for _ in range(12):
        one, two = rng.sample(hosts, 2)
        one.ping(two.ip4, count=1)
    hosts[0].ping("10.99.0.100")
    # A broadcast comes out of every port but its own.
    for host in hosts[1:]:
        host.count_flood()
    hosts[0].flood(0, 10).wait()
    wait_until(lambda: all(h.flood_frames() == 10 for h in hosts[1:]))
    assert switch.stop()[0] == 0


def test_ten_thousand_addresses(lab, space, make_switch):
    one, two = [lab.host(f"host{n}", space, f"em{n}", n, has_addresses=False)
                for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.ini["bridge"]["mac-table-size"] = 16384
    # It has room for all that is counted here.
    switch.ini["datapath"]["rx-ring"] = 8192
    switch.start()

    def learned():
        return [e for e in switch.fdb() if e["port"] == "em1"]

    def flooded():
        one.flood(20_000, 10_000, sources=10_000).wait()
        return len(learned()) >= 10_000
    # What a busy machine misses comes again.
    wait_until(flooded)
    macs = {e["mac"] for e in learned()}
    assert len(macs) == 10_000
    assert "02:aa:00:00:27:0f" in macs
    # What goes to one of them does not come out elsewhere.
    other = lab.host("host3", space, "em3", 3, has_addresses=False)
    switch.ini.add_port("em3")
    switch.reload()
    switch.wait_port("em3", link="up")
    other.count_flood()
    one.count_flood()
    two.flood(20_000, 1000, "02:aa:00:00:13:88").wait()
    wait_until(lambda: one.flood_frames() == 1000)
    assert other.flood_frames() == 0
    one.ip("link set eth0 down")
    wait_until(lambda: not learned(), what="em1's addresses to go")


def test_table_of_addresses_is_bounded(lab, space, make_switch):
    """A port that floods with sources does not push out the others'."""
    one, two = [lab.host(f"host{n}", space, f"em{n}", n, has_addresses=False)
                for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.ini["bridge"]["mac-table-size"] = 256
    switch.start()
    two.flood(0, 1).wait()
    switch.wait_learned(two.mac, "em2")

    def flooded():
        one.flood(20_000, 5000, sources=5000).wait()
        return [e for e in switch.fdb() if e["mac"] == "02:aa:00:00:13:87"]
    wait_until(flooded, what="the last source to be learned")
    entries = switch.fdb()
    assert len(entries) <= 256
    assert [e for e in entries if e["mac"] == two.mac]


def test_broadcasts_at_full_speed_cost_no_memory(lab, space, make_switch):
    switch = make_switch(local={"address": "10.99.0.100/24"})
    hosts = []
    for n in range(1, 9):
        hosts.append(lab.host(f"host{n}", space, f"em{n}", n))
        switch.ini.add_port(f"em{n}")
    switch.start()
    hosts[1].ping(hosts[2].ip4)
    hosts[0].flood(0, 20_000).wait()
    before = resident_kib(switch.pid)
    stream = hosts[0].flood(0, 10_000_000)
    wait_until(lambda: switch.port("em1")["rx_frames"] > 200_000)
    assert stream.is_running()
    stream.kill()
    assert resident_kib(switch.pid) - before < 4096
    # What the queues still hold of the flood goes first.
    wait_until(lambda: hosts[1].can_ping(hosts[2].ip4))
    hosts[1].ping("10.99.0.100")


def test_loop_does_not_take_the_switch_away(lab, space, make_switch):
    """em3 and em4 are one cable: a broadcast goes round for ever."""
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch = make_switch("em1", "em2", "em3", "em4", local={"enable": "no"})
    switch.start()
    one.ping(two.ip4)
    space.ip("link add name em3 type veth peer name em4")
    for port in ("em3", "em4"):
        space.ip(f"link set {port} up")
        switch.wait_port(port, link="up")
    one.flood(0, 1).wait()
    wait_until(lambda: switch.port("em3")["rx_frames"] > 10_000)
    before = resident_kib(switch.pid)
    circled = switch.port("em3")["rx_frames"]
    wait_until(lambda: switch.port("em3")["rx_frames"] > circled + 50_000)
    assert resident_kib(switch.pid) - before < 4096
    # It still listens to us, and the storm ends with the loop.
    switch.reload()
    space.ip("link set em3 down")
    switch.wait_port("em3", link="down")
    wait_until(lambda: one.can_ping(two.ip4))
    assert switch.stop()[0] == 0
