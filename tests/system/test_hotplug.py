"""Ports that come and go while frames flow."""

import pytest

from lab import wait_until

pytestmark = pytest.mark.flowbridge



class Bystanders:
    """A stream from em8 to em9 of which no frame may be lost."""

    def __init__(self, lab, space, switch):
        self.sender, self.receiver = [
            lab.host(f"host{n}", space, f"em{n}", n, has_addresses=False)
            for n in (8, 9)]
        # The machine may be busy with other things for a while.
        switch.ini["datapath"]["rx-ring"] = 8192
        switch.ini.add_port("em8")
        switch.ini.add_port("em9")
        self.switch = switch

    def start(self):
        self.receiver.count_flood()
        # Its receiver is known, so that the stream goes there alone.
        self.receiver.flood(0, 1, self.sender.mac).wait()
        self.stream = self.sender.stream(5000, self.receiver.mac)
        wait_until(lambda: self.receiver.flood_frames() > 0)

    def check(self):
        seen = self.receiver.flood_frames()
        # It went on after the change, and still does.
        wait_until(lambda: self.receiver.flood_frames() > seen)
        sent = self.stream.end()
        wait_until(lambda: self.receiver.flood_frames() >= sent)
        assert self.receiver.flood_frames() == sent
        assert self.switch.port("em9")["tx_frames"] >= sent


@pytest.fixture
def switch(make_switch):
    return make_switch("em1")


@pytest.fixture
def bystanders(lab, space, switch):
    return Bystanders(lab, space, switch)


def numbers(switch):
    return {name: port["ofport"] for name, port in switch.ports().items()}


@pytest.mark.slow
def test_nic_is_unplugged_and_replugged(lab, space, switch, bystanders):
    switch.ini.add_port("em2")
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch.start()
    one.ping(two.ip4)
    before = numbers(switch)
    bystanders.start()
    for _ in range(2):
        with switch.expecting("port.lost", port="em1"):
            space.ip("link delete em1")
        switch.wait_port("em1", link="absent")
        with switch.expecting("port.added", port="em1"):
            lab.plug(one, space, "em1")
            one.configure(1500)
            space.ip("link set em1 up")
        switch.wait_port("em1", link="up")
        one.ping(two.ip4)
        assert numbers(switch) == before
    bystanders.check()
    assert space.link("em1")["promiscuity"] > 0
    assert switch.port("em1")["shield"] == "on"


@pytest.mark.slow
def test_link_goes_down_and_up(lab, space, switch, bystanders):
    one = lab.host("host1", space, "em1", 1)
    switch.ini["local"]["address"] = "10.99.0.100/24"
    switch.start()
    before = numbers(switch)
    bystanders.start()
    for namespace, interface in ((one, "eth0"), (space, "em1")):
        one.ping("10.99.0.100")
        switch.wait_learned(one.mac, "em1")
        with switch.expecting("port.link", port="em1", link="down"):
            namespace.ip(f"link set {interface} down")
        switch.wait_port("em1", link="down")
        learned = switch.fdb()
        assert "em1" not in [e["port"] for e in learned]
        assert "em8" in [e["port"] for e in learned]
        with switch.expecting("port.link", port="em1", link="up"):
            namespace.ip(f"link set {interface} up")
        switch.wait_port("em1", link="up")
    one.ping("10.99.0.100")
    assert numbers(switch) == before
    bystanders.check()


def test_address_is_learned_again_after_its_link_was_down(lab, space, switch):
    """Also when the port's only host was the last to be learned."""
    one = lab.host("host1", space, "em1", 1, has_addresses=False)
    switch.ini["local"]["enable"] = "no"
    switch.start()
    for _ in range(3):
        one.flood(0, 1).wait()
        switch.wait_learned(one.mac, "em1")
        one.ip("link set eth0 down")
        switch.wait_port("em1", link="down")
        assert switch.fdb() == []
        one.ip("link set eth0 up")
        switch.wait_port("em1", link="up")


@pytest.mark.slow
def test_guest_leaves_and_comes_back(lab, space, switch, bystanders):
    switch.ini.add_port("tap0", type="tap")
    one = lab.host("host1", space, "em1", 1)
    switch.start()
    wait_until(lambda: space.link("tap0"))
    before = numbers(switch)
    bystanders.start()
    for _ in range(2):
        guest = lab.guest("guest", space, "tap0", 5)
        switch.wait_port("tap0", link="up")
        guest.ping(one.ip4)
        guest.relay.kill()
        switch.wait_port("tap0", link="down")
        assert "tap0" not in [e["port"] for e in switch.fdb()]
    assert numbers(switch) == before
    bystanders.check()


@pytest.mark.slow
def test_tap_is_deleted_and_made_again(lab, space, switch, bystanders):
    switch.ini.add_port("tap0", type="tap")
    one = lab.host("host1", space, "em1", 1)
    space.ip("tuntap add tap0 mode tap")
    switch.start()
    before = numbers(switch)
    lab.guest("guest", space, "tap0", 5).ping(one.ip4)
    bystanders.start()
    with switch.expecting("port.lost", port="tap0"):
        space.ip("link delete tap0")
    # The switch makes it again, or the one who owns it does.
    space.run("ip", "tuntap", "add", "tap0", "mode", "tap", is_checked=False)
    guest = lab.guest("guest", space, "tap0", 6)
    switch.wait_port("tap0", link="up")
    guest.ping(one.ip4)
    assert numbers(switch) == before
    bystanders.check()


def test_missing_ports_stop_nobody(lab, space, switch):
    """em1 is not there at the start, nor is em3; em2 works all the same."""
    switch.ini.add_port("em2")
    switch.ini.add_port("em3")
    switch.ini["local"]["address"] = "10.99.0.100/24"
    two = lab.host("host2", space, "em2", 2)
    switch.start()
    assert switch.port("em1")["link"] == "absent"
    before = numbers(switch)
    two.ping("10.99.0.100")
    one = lab.host("host1", space, "em1", 1)
    switch.wait_port("em1", link="up")
    one.ping(two.ip4)
    assert numbers(switch) == before


def test_renamed_interface_is_another(lab, space, switch):
    switch.ini.add_port("em2")
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch.start()
    one.ping(two.ip4)
    before = numbers(switch)
    space.ip("link set em1 name spare")
    switch.wait_port("em1", link="absent")
    assert not one.can_ping(two.ip4)
    assert space.link("spare")["promiscuity"] == 0
    space.ip("link set spare name em1")
    switch.wait_port("em1", link="up")
    one.ping(two.ip4)
    assert numbers(switch) == before


def test_mtu_of_a_port_is_followed(lab, space, switch):
    switch.ini.add_port("em2")
    one, two = [lab.host(f"host{n}", space, f"em{n}", n, mtu=9000)
                for n in (1, 2)]
    switch.start()
    one.ping(two.ip4, "-M", "do", "-s", "8000")
    space.ip("link set em2 mtu 1500")
    switch.wait_port("em2", mtu=1500)
    assert one.run("ping", "-c", "2", "-i", "0.1", "-W", "1", "-M", "do", "-s",
                   "8000", two.ip4, is_checked=False).returncode != 0
    one.ping(two.ip4, "-M", "do", "-s", "1472")
    space.ip("link set em2 mtu 9000")
    switch.wait_port("em2", mtu=9000)
    one.ping(two.ip4, "-M", "do", "-s", "8000")


def test_local_that_is_deleted_comes_back(lab, space, switch):
    one = lab.host("host1", space, "em1", 1)
    switch.ini["local"]["address"] = "10.99.0.100/24"
    switch.start()
    one.ping("10.99.0.100")
    space.ip("link delete br0")
    wait_until(lambda: space.link("br0"))
    switch.wait_port("br0", link="up")
    wait_until(lambda: one.can_ping("10.99.0.100"))
