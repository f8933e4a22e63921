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


def test_sums_match_after_frames_of_all_kinds(lab, quiet_space, make_switch):
    hosts = [lab.host(f"host{n}", quiet_space, f"em{n}", n, mtu=mtu,
                      has_addresses=False)
             for n, mtu in ((1, 9000), (2, 9000), (3, 1500))]
    switch = make_switch("em1", "em2", "em3")
    switch.ini["port em3"]["vlan"] = 10
    # They are sent at once, and none may be missed.
    switch.ini["datapath"]["rx-ring"] = 8192
    switch.start()
    wire = Wire(hosts[0])
    # Tagged ones that are shorter end in the kernel, before anybody sees them.
    frames = [entry for entry in all_frames() if len(entry[2]) >= 20]
    # The second time round the sender is known in every VLAN.
    for turn in (1, 2):
        for _, vnet, frame in frames:
            wire.send(frame, vnet)
        count = turn * len(frames)
        wait_until(lambda: switch.port("em1")["rx_frames"] >= count)
    ports = settled(switch)
    check_sums(ports)
    em1 = ports["em1"]
    assert em1["rx_frames"] == 2 * len(frames)
    assert em1["rx_bytes"] == 2 * sum(len(frame) for _, _, frame in frames)
    assert em1["drops"]["reserved"] > 0 and em1["drops"]["same-port"] > 0
    assert ports["em3"]["tx_drops"].get("vlan", 0) == 0
    # What we say to have sent is what has come out.
    for host, name in zip(hosts[1:], ("em2", "em3")):
        got = host.link("eth0")["stats64"]["rx"]["packets"]
        assert ports[name]["tx_frames"] == got, name


def test_sums_match_after_traffic_of_all_ports(lab, space, make_switch):
    switch = make_switch(local={"address": "10.99.0.100/24"})
    switch.ini.add_port("tap0", type="tap")
    for n in range(1, 6):
        switch.ini.add_port(f"em{n}")
    talkers = [lab.host(f"host{n}", space, f"em{n}", n) for n in (4, 5)]
    # These say nothing but what is counted here.
    flooders = [lab.host(f"host{n}", space, f"em{n}", n, has_addresses=False)
                for n in (1, 2, 3)]
    switch.start()
    talkers.append(lab.guest("guest", space, "tap0", 6))
    switch.wait_port("tap0", link="up")
    floods = [host.flood(0, 20_000, destination, sources=50)
              for host, destination in zip(
                  flooders, ("ff:ff:ff:ff:ff:ff", talkers[0].mac,
                             "02:ff:ff:ff:ff:ff"))]
    for host in talkers:
        wait_until(lambda: host.can_ping("10.99.0.100"))
        wait_until(lambda: host.can_ping(talkers[0].ip6))
    # A link that goes away in the middle takes frames with it, counted.
    talkers[1].ip("link set eth0 down")
    for flood in floods:
        assert flood.wait() == 0
    ports = settled(switch)
    check_sums(ports)
    for host, name in zip(flooders, ("em1", "em2", "em3")):
        sent = host.link("eth0")["stats64"]["tx"]["packets"]
        assert sent >= 20_000
        assert ports[name]["rx_frames"] + ports[name]["missed"] == sent, name


EGRESS_FILTER = """
table netdev refuse {
	chain out {
		type filter hook egress device "em2" priority 0; policy drop;
	}
}
"""


def test_what_a_filter_refuses_is_no_full_queue(lab, quiet_space, make_switch):
    one, two = [lab.host(f"host{n}", quiet_space, f"em{n}", n,
                         has_addresses=False) for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.ini["local"]["enable"] = "no"
    switch.start()
    quiet_space.run("nft", "-f", lab.write("egress.nft", EGRESS_FILTER))
    one.flood(0, 20, two.mac).wait()
    wait_until(lambda: switch.port("em1")["rx_frames"] >= 20)
    ports = settled(switch)
    check_sums(ports)
    assert ports["em2"]["tx_drops"] == {"tx-refused": 20}
    assert ports["em1"]["drops"] == {"tx-refused": 20}
