"""The host's own stack and the ports: each minds its own business."""

import time

import pytest
from scapy.all import ARP, IP, TCP, Ether

from frames import Wire
from lab import PATIENCE_S

BROADCAST = "ff:ff:ff:ff:ff:ff"
# An address of the switch's own host, on another interface.
HOST_ADDRESS = "192.0.2.1"
MARK = bytes(Ether(src="02:00:00:00:00:02", dst=BROADCAST, type=0x88b6)
             / b"mark".ljust(46))


class Bench:
    """A switch without LOCAL whose host has an address of its own, a host on
    'port' that pokes at it, and another on em9 that only listens."""

    def __init__(self, lab, space, switch, port, host_stack):
        self.space = space
        self.switch = switch
        self.port = port
        space.ip(f"address add {HOST_ADDRESS}/32 dev lo")
        kind = "tap" if port.startswith("tap") else "nic"
        switch.ini["local"]["enable"] = "no"
        switch.ini.add_port(port, type=kind, host_stack=host_stack)
        switch.ini.add_port("em9")
        listener = lab.host("listener", space, "em9", 9, has_addresses=False)
        if kind == "nic":
            self.host = lab.host("host", space, port, 1, has_addresses=False)
            switch.start()
        else:
            switch.start()
            self.host = lab.guest("guest", space, port, 1)
            switch.wait_port(port, link="up")
        self.space = space
        self.route("add")
        space.ip(f"neighbour replace 10.99.0.1 dev {port} "
                 f"lladdr {self.host.mac} nud permanent")
        self.mac = space.link(port)["address"]
        self.poker, self.listener = Wire(self.host), Wire(listener)

    def answers(self, frame):
        """What comes back to the host after it has sent this frame.  The
        stack answers within its own interrupt, so that an answer is there
        before the mark has gone to and fro."""
        self.poker.drain()
        self.poker.send(bytes(frame))
        mark = bytes(Ether(src=self.host.mac, dst=BROADCAST, type=0x88b6)
                     / b"mark".ljust(46))
        self.poker.send(mark)
        self.listener.wait_for(mark)
        self.listener.send(MARK)
        return [Ether(f) for f in self.poker.wait_for(MARK)[:-1]]

    def route(self, verb):
        """The host's way to the network behind the port."""
        self.space.ip(f"route {verb} 10.99.0.0/24 dev {self.port}")

    def arp_answers(self):
        asked = Ether(src=self.host.mac, dst=BROADCAST) / ARP(
            hwsrc=self.host.mac, psrc="10.99.0.1", pdst=HOST_ADDRESS)
        return [f for f in self.answers(asked) if ARP in f and f[ARP].op == 2]

    def resets(self):
        syn = Ether(src=self.host.mac, dst=self.mac) / IP(
            src="10.99.0.1", dst=HOST_ADDRESS) / TCP(sport=9, dport=9)
        return [f for f in self.answers(syn) if TCP in f and f[TCP].flags.R]


@pytest.fixture(params=["em1", "tap0"])
def make_bench(lab, space, make_switch, request):
    return lambda host_stack: Bench(lab, space, make_switch(), request.param,
                                    host_stack)


@pytest.mark.flowbridge
def test_shielded_host_answers_neither_arp_nor_tcp(make_bench):
    bench = make_bench("shield")
    assert bench.switch.port(bench.port)["shield"] == "on"
    assert bench.arp_answers() == []
    assert bench.resets() == []


@pytest.mark.flowbridge
def test_host_that_may_see_the_frames_answers(make_bench):
    """Proves the test above, too: without a shield there are answers."""
    bench = make_bench("see")
    assert bench.switch.port(bench.port)["shield"] == "off"
    assert [f.src for f in bench.arp_answers()] == [bench.mac]
    assert len(bench.resets()) == 1


@pytest.mark.flowbridge
def test_reload_raises_and_lowers_the_shield(make_bench):
    bench = make_bench("see")
    keys = bench.switch.ini[f"port {bench.port}"]
    for host_stack, count in (("shield", 0), ("see", 1), ("shield", 0)):
        keys["host-stack"] = host_stack
        # What has a route of the host's may not be shielded.
        bench.route("del")
        bench.switch.reload()
        bench.route("add")
        assert len(bench.arp_answers()) == count


@pytest.mark.flowbridge
def test_local_is_answered_by_local_alone(lab, space, make_switch):
    """The host answers for LOCAL's address once, with LOCAL's MAC address."""
    host = lab.host("host", space, "em1", 1, has_addresses=False)
    switch = make_switch("em1", local={"address": "10.99.0.100/24"}).start()
    wire = Wire(host)
    wire.send(bytes(Ether(src=host.mac, dst=BROADCAST)
                    / ARP(hwsrc=host.mac, psrc="10.99.0.1",
                          pdst="10.99.0.100")))
    answers = [Ether(f) for f in wire.wait_for(lambda f: ARP in Ether(f))
               if ARP in Ether(f)]
    # The stack's answer by em1 would have come first: it does not have to wait
    # for the switch.
    mac = switch.port("br0")["mac"]
    assert [(f.src, f[ARP].hwsrc) for f in answers] == [(mac, mac)]


NOISE_SECONDS = 2.5


def noise(wire, mac):
    """What has come from 'mac', the port's own address."""
    return [Ether(f).summary() for f in wire.drain() if Ether(f).src == mac]


@pytest.mark.flowbridge
@pytest.mark.slow
def test_ports_say_nothing_of_their_own(lab, space, make_switch):
    """No solicitations, no multicast reports; also after the link was down,
    and from an interface that comes later."""
    for scope in ("all", "default"):
        space.sysctl(f"ipv6/conf/{scope}/router_solicitations", 3)
    hosts = []
    for n in (1, 2):
        hosts.append(lab.host(f"host{n}", space, f"em{n}", n,
                              has_addresses=False))
        space.ip(f"link set em{n} down")
    switch = make_switch("em1", "em3", local={"enable": "no"})
    switch.start()
    hosts.append(lab.host("host3", space, "em3", 3, has_addresses=False,
                          is_up=False))
    switch.wait_port("em1", link="up")
    switch.wait_port("em3", link="up")
    # em2 is no port: its noise shows that there would be some.
    wires = [Wire(host) for host in hosts]
    macs = [space.link(f"em{n}")["address"] for n in (1, 2, 3)]
    for n in (1, 2):
        space.ip(f"link set em{n} up")
    for n in (1, 3):
        space.ip(f"link set em{n} down")
        space.ip(f"link set em{n} up")
    start = time.monotonic()
    heard = [[], [], []]
    # What em2 says shows that the others have had the time to say it too.
    while (time.monotonic() < start + NOISE_SECONDS or not heard[1]
           and time.monotonic() < start + PATIENCE_S):
        for wire, mac, words in zip(wires, macs, heard):
            words += noise(wire, mac)
        time.sleep(0.05)
    assert heard[1], "em2 should have sent solicitations"
    assert heard[0] == [] and heard[2] == []


def nft_tables(space):
    return space.run("nft", "list", "tables").stdout


@pytest.mark.flowbridge
def test_nothing_is_left_after_kill_9(lab, space, make_switch):
    lab.host("host", space, "em1", 1)
    switch = make_switch("em1", local={"address": "10.99.0.100/24"})
    switch.ini.add_port("inner", type="internal")
    before = space.link("em1")
    assert before["promiscuity"] == 0
    for _ in range(2):
        switch.start()
        switch.wait_port("em1", link="up")
        assert "flowbridge" in nft_tables(space)
        assert space.link("em1")["promiscuity"] > 0
        assert space.link("br0") and space.link("inner")
        switch.kill9()
        assert nft_tables(space) == ""
        assert space.link("em1")["promiscuity"] == 0
        assert not space.link("br0") and not space.link("inner")


@pytest.mark.flowbridge
def test_works_at_once_after_kill_9(lab, space, make_switch):
    hosts = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch = make_switch("em1", "em2", local={"address": "10.99.0.100/24"})
    for _ in range(3):
        switch.start()
        hosts[0].ping(hosts[1].ip4)
        hosts[0].ping("10.99.0.100")
        switch.kill9()
