"""No frame is lost in silence: the counters add up."""

import pytest

from frames import Wire
from lab import wait_until
from test_differential import all_frames

pytestmark = pytest.mark.flowbridge


def check_sums(ports):
    for name, port in ports.items():
        assert port["rx_frames"] == port["forwarded"] + port["consumed"] + \
            sum(port["drops"].values()), (name, port)


def settled(switch):
    """The ports' counters once no frame is on its way any more."""
    seen = []

    def found():
        seen.append({name: (p["rx_frames"], p["tx_frames"])
                     for name, p in switch.ports().items()})
        return len(seen) > 1 and seen[-1] == seen[-2]
    wait_until(found)
    return switch.ports()


def test_sums_match_after_frames_of_all_kinds(lab, space, make_switch):
    space.sysctl("ipv6/conf/default/disable_ipv6", 1)
    hosts = [lab.host(f"host{n}", space, f"em{n}", n, mtu=mtu,
                      has_addresses=False)
             for n, mtu in ((1, 9000), (2, 9000), (3, 1500))]
    switch = make_switch("em1", "em2", "em3")
    switch.ini["port em3"]["vlan"] = 10
    switch.start()
    wire = Wire(hosts[0])
    frames = all_frames()
    for _, vnet, frame in frames:
        wire.send(frame, vnet)
    wait_until(lambda: switch.port("em1")["rx_frames"] >= len(frames))
    ports = settled(switch)
    check_sums(ports)
    em1 = ports["em1"]
    assert em1["rx_frames"] == len(frames)
    assert em1["rx_bytes"] == sum(len(frame) for _, _, frame in frames)
    assert em1["drops"]["reserved"] > 0 and em1["drops"]["same-port"] > 0
    assert ports["em3"]["tx_drops"].get("vlan", 0) == 0
    # What we say to have sent is what has come out.
    for host, name in zip(hosts[1:], ("em2", "em3")):
        got = host.link("eth0")["stats64"]["rx"]["packets"]
        assert ports[name]["tx_frames"] == got, name


def test_sums_match_after_traffic_of_all_ports(lab, space, make_switch):
    switch = make_switch(local={"address": "10.99.0.100/24"})
    switch.ini.add_port("tap0", type="tap")
    hosts = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2, 3)]
    for n in (1, 2, 3):
        switch.ini.add_port(f"em{n}")
    switch.start()
    guest = lab.guest("guest", space, "tap0", 4)
    switch.wait_port("tap0", link="up")
    for host in hosts + [guest]:
        host.ping("10.99.0.100")
        host.ping(hosts[0].ip6 if host is not hosts[0] else hosts[1].ip6)
    floods = [host.flood(0, 5000, destination, sources=50)
              for host, destination in zip(
                  hosts, ("ff:ff:ff:ff:ff:ff", hosts[0].mac,
                          "02:ff:ff:ff:ff:ff"))]
    # A link that goes away in the middle takes frames with it, counted.
    hosts[2].ip("link set eth0 down")
    for flood in floods:
        flood.wait(30)
    ports = settled(switch)
    check_sums(ports)
    for host, name in zip(hosts, ("em1", "em2", "em3")):
        sent = host.link("eth0")["stats64"]["tx"]["packets"]
        assert ports[name]["rx_frames"] + ports[name]["missed"] == sent, name
