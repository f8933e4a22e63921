"""The host's own interfaces on the bridge, LOCAL and internal ports: they work
wherever the host puts them, and nobody takes their addresses."""

import os

import pytest

from lab import wait_until

OWN_IP = "10.99.0.100"


@pytest.fixture
def one(lab, space):
    return lab.host("host1", space, "em1", 1)


@pytest.fixture
def switch(one, make_switch):
    return make_switch("em1", local={"mac": "02:00:00:00:00:64"})


@pytest.fixture
def away(lab):
    """A container's namespace."""
    return lab.namespace("away")


def move(switch, port, space, to):
    with switch.expecting("port.moved", port=port):
        space.ip(f"link set {port} netns {to.path}")


def move_in(switch, port, space, to):
    """The container has it with an address."""
    move(switch, port, space, to)
    to.ip(f"address add {OWN_IP}/24 dev {port}")
    to.ip(f"link set {port} up")
    switch.wait_port(port, link="up")


@pytest.mark.flowbridge
@pytest.mark.parametrize("port", ["br0", "int0"])
def test_port_works_in_another_namespace(switch, space, one, away, port):
    switch.ini.add_port("int0", type="internal")
    switch.start()
    move_in(switch, port, space, away)
    away.ping(one.ip4)
    one.ping(OWN_IP)
    assert space.link(port) is None
    assert not switch.events("port.lost")
    # What happens to it there is followed.
    away.ip(f"link set {port} mtu 1400 address 02:00:00:00:00:77")
    switch.wait_port(port, mtu=1400, mac="02:00:00:00:00:77")
    away.ip(f"link set {port} down")
    switch.wait_port(port, link="down")
    away.ip(f"link set {port} name eth7")
    away.ip("link set eth7 up")
    switch.wait_port(port, link="up")
    away.ping(one.ip4)
    # It goes with the switch.
    assert switch.stop()[0] == 0
    assert away.link("eth7") is None


@pytest.mark.flowbridge
def test_port_that_comes_back_is_as_configured(switch, space, one, away):
    switch.ini.add_port("int0", type="internal", address=f"{OWN_IP}/24",
                        mac="02:00:00:00:00:65")
    switch.start()
    one.ping(OWN_IP)
    move(switch, "int0", space, away)
    assert not one.can_ping(OWN_IP)
    move(switch, "int0", away, space)
    one.ping(OWN_IP)
    assert space.link("int0")["address"] == "02:00:00:00:00:65"
    # A new address is not given to what is elsewhere, but when it is back.
    move(switch, "int0", space, away)
    switch.ini["port int0"]["address"] = "10.99.0.101/24"
    switch.reload()
    assert not space.run("ip", "-4", "address", "show", "to",
                         "10.99.0.101").stdout
    move(switch, "int0", away, space)
    one.ping("10.99.0.101")
    assert not switch.events("port.lost")


@pytest.mark.flowbridge
def test_port_is_made_again_when_its_namespace_ends(switch, space, one, lab):
    away = lab.namespace("container")
    switch.ini.add_port("int0", type="internal", address=f"{OWN_IP}/24")
    switch.start()
    move(switch, "int0", space, away)
    lab.namespaces.remove(away)
    with switch.expecting("port.lost", port="int0"):
        os.close(away.fd)
    wait_until(lambda: space.link("int0"), what="a new int0")
    switch.wait_port("int0", link="up")
    one.ping(OWN_IP)


@pytest.mark.flowbridge
def test_interface_of_the_same_name_is_another(switch, space, one, away):
    switch.ini.add_port("int0", type="internal")
    switch.start()
    move_in(switch, "int0", space, away)
    space.ip("link add int0 type veth peer name int1")
    space.ip("link set int0 up")
    away.ping(one.ip4)
    space.ip("link delete int0")
    away.ping(one.ip4)
    assert switch.port("int0")["link"] == "up"
    assert not switch.events("port.lost")


def test_address_of_the_host_is_not_taken_from_it(lab, switch, space, one):
    """What the network sends back, the host's own broadcast, goes its way and
    teaches nothing; as on the kernel's bridge."""
    switch.ini.add_port("em2")
    switch.ini["local"]["address"] = f"{OWN_IP}/24"
    two = lab.host("host2", space, "em2", 2)
    switch.start()
    one.ping(OWN_IP)
    one.count_flood()
    two.ip("link set eth0 down")
    two.ip("link set eth0 address 02:00:00:00:00:64")
    two.ip("link set eth0 up")
    two.flood(0, 20).wait()
    wait_until(lambda: one.flood_frames() == 20)
    space.ping(one.ip4)
    one.ping(OWN_IP)
    if switch.is_flowbridge:
        assert len(switch.events("mac.own", port="em2", owner="br0")) == 1
        assert switch.port("em2")["rx_own_address"] >= 20
        assert "own-address=" in switch.client("dump-ports").stdout


@pytest.mark.flowbridge
def test_local_has_the_address_of_a_nic(switch, space, one):
    switch.ini["local"] = {"mac": "em1", "address": f"{OWN_IP}/24"}
    switch.start()
    assert space.link("br0")["address"] == space.link("em1")["address"]
    one.ping(OWN_IP)
    space.ip("link set em1 address 02:00:00:00:00:78")
    wait_until(lambda: space.link("br0")["address"] == "02:00:00:00:00:78")
    switch.wait_port("br0", mac="02:00:00:00:00:78")
    one.run("ip", "neighbour", "flush", "dev", "eth0")
    one.ping(OWN_IP)


@pytest.mark.flowbridge
def test_local_and_internal_ports_are_in_their_vlans(lab, switch, space, one):
    two = lab.host("host2", space, "em2", 2)
    switch.ini["port em1"]["vlan"] = "10"
    switch.ini["local"].update(vlan="10", address="10.99.0.110/24")
    switch.ini.add_port("em2", vlan="20")
    switch.ini.add_port("int0", type="internal", vlan="20",
                        address="10.99.0.120/24")
    space.sysctl("ipv4/conf/default/arp_ignore", 1)
    space.sysctl("ipv4/conf/default/rp_filter", 0)
    switch.start()
    for host, own, other in ((one, "10.99.0.110", "10.99.0.120"),
                             (two, "10.99.0.120", "10.99.0.110")):
        arping = ("arping", "-c", "1", "-w", "5", "-I", "eth0")
        assert host.run(*arping, own).returncode == 0
        # Who answers in the other VLAN is not heard in this one.
        assert host.run("arping", "-c", "2", "-w", "1", "-I", "eth0", other,
                        is_checked=False).returncode != 0


@pytest.mark.flowbridge
def test_what_the_switch_makes_follows_the_mtu_of_the_ports(lab, make_switch,
                                                            space, away):
    one, two = [lab.host(f"host{n}", space, f"em{n}", n, mtu=9000)
                for n in (1, 2)]
    switch = make_switch("em1", local={"address": f"{OWN_IP}/24"})
    switch.ini.add_port("int0", type="internal")
    switch.ini.add_port("int1", type="internal")
    switch.ini.add_port("tap0", type="tap", mtu="9000")
    switch.start()
    move_in(switch, "int0", space, away)
    for name in ("br0", "int0", "int1", "tap0"):
        switch.wait_port(name, mtu=9000)
    one.ping(OWN_IP, "-M", "do", "-s", "8972")
    # A port that comes at run time, of a smaller MTU.
    space.ip("link set em2 mtu 1400")
    switch.ini.add_port("em2")
    switch.reload()
    for name in ("br0", "int1"):
        switch.wait_port(name, mtu=1400)
    switch.wait_port("tap0", mtu=9000)
    # What is elsewhere is not the switch's to change; it counts as others do.
    assert away.link("int0")["mtu"] == 9000
    away.ip("link set int0 mtu 1390")
    switch.wait_port("br0", mtu=1390)
    away.ip("link set int0 mtu 9000")
    switch.wait_port("br0", mtu=1400)
    # Frames too large for it are one line in the log.
    two.ip("link set eth0 mtu 1400")
    one.run("ping", "-c", "30", "-i", "0.01", "-W", "0.1", "-M", "do", "-s",
            "5000", two.ip4, is_checked=False)
    event = switch.wait_event("port.oversize", port="em2")
    assert event["mtu"] == "1400"
    # A key has the last word, and it can be taken back.
    switch.ini["local"]["mtu"] = "1300"
    switch.reload()
    switch.wait_port("br0", mtu=1300)
    del switch.ini["local"]["mtu"]
    switch.reload()
    switch.wait_port("br0", mtu=1400)
    del switch.ini["port em2"]
    switch.reload()
    switch.wait_port("br0", mtu=9000)
    assert len(switch.events("port.oversize", port="em2")) == 1
