"""PORT_DOWN is the interface's own flag, as in Open vSwitch: a controller takes
the link away and gives it back, and sees when the operator does.
"""

import json
import struct

import pytest

from lab import wait_until
from openflow import OF10, OF13, OpenFlowbridge, Peer
from switch import Ini

pytestmark = pytest.mark.flowbridge

VERSIONS = {"OpenFlow10": OF10, "OpenFlow13": OF13}
SET_CONFIG, PORT_STATUS, MODIFY = 9, 12, 2
DOWN, LINK_DOWN = 1, 1
# Where config and state are in a PORT_STATUS, after its header.
BITS_AT = {OF10: 8 + 24, OF13: 8 + 32}
LOCAL = "10.99.0.100"


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def ini(lab):
    ini = Ini("br0", lab.path("run"))
    ini["local"].update(address=f"{LOCAL}/24", gateway="10.99.0.1")
    for number in (1, 2):
        ini.add_port(f"em{number}", ofport=number)
    return ini


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


@pytest.fixture
def switch(lab, space, ini, hosts):
    return OpenFlowbridge(lab, space, ini).start()


def is_up(namespace, name):
    return "UP" in namespace.link(name)["flags"]


def has_carrier(host):
    return "LOWER_UP" in host.link("eth0")["flags"]


def bits(switch, version, port):
    """What ovs-ofctl shows of a port: the lines config and state."""
    lines = switch.ofctl("-O", version, "dump-ports-desc", "BRIDGE",
                         ).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if f"({port})" in line)
    return [line.split()[1] for line in lines[at + 1:at + 3]]


def mod_port(switch, version, port, action):
    switch.ofctl("-O", version, "mod-port", "BRIDGE", port, action)


def listener(switch, version):
    """One who is told of ports, for it has set a miss_send_len."""
    peer = Peer(switch.management, VERSIONS[version]).greet()
    peer.send(SET_CONFIG, struct.pack("!HH", 0, 128))
    peer.echo()
    return peer


def told(peer, config, state):
    """Waits for a PORT_STATUS with these bits."""
    while True:
        body = peer.wait_for(PORT_STATUS)
        got = struct.unpack_from("!II", body, BITS_AT[peer.version])
        if (body[0], *got) == (MODIFY, config, state):
            return


def test_a_controller_takes_the_link_and_gives_it_back(switch, space, hosts,
                                                       version):
    one, two = hosts
    peer = listener(switch, version)
    live = 0 if version == "OpenFlow10" else 4
    one.ping(two.ip4)
    with switch.expecting("port.link", port="em2", link="down", admin="down"):
        mod_port(switch, version, "em2", "down")
    told(peer, DOWN, LINK_DOWN)
    assert not is_up(space, "em2")
    wait_until(lambda: not has_carrier(two), what="the link to be lost")
    assert bits(switch, version, "em2") == ["PORT_DOWN", "LINK_DOWN"]
    assert switch.port("em2")["taken_down"]
    assert "down (controller)" in switch.client("show").stdout
    assert not one.can_ping(two.ip4)
    with switch.expecting("port.link", port="em2", link="up", admin="up"):
        mod_port(switch, version, "em2", "up")
    told(peer, 0, live)
    wait_until(lambda: has_carrier(two), what="the link to be back")
    assert bits(switch, version, "em2") == ["0", "LIVE" if live else "0"]
    assert "(controller)" not in switch.client("show").stdout
    one.ping(two.ip4)
    peer.close()


def test_what_the_operator_does_counts(switch, space, hosts, version):
    one, two = hosts
    peer = listener(switch, version)
    live = 0 if version == "OpenFlow10" else 4
    space.ip("link set em2 down")
    told(peer, DOWN, LINK_DOWN)
    assert bits(switch, version, "em2") == ["PORT_DOWN", "LINK_DOWN"]
    assert "down (admin)" in switch.client("show").stdout
    mod_port(switch, version, "em2", "up")
    told(peer, 0, live)
    mod_port(switch, version, "em2", "down")
    told(peer, DOWN, LINK_DOWN)
    space.ip("link set em2 up")
    told(peer, 0, live)
    assert not switch.port("em2")["taken_down"]
    one.ping(two.ip4)
    peer.close()


def routes(space):
    return [r.get("gateway") for r in json.loads(
        space.run("ip", "-j", "route", "show", "dev", "br0").stdout)]


def test_local_goes_down_and_has_its_address_and_route_again(switch, space,
                                                             hosts, version):
    one = hosts[0]
    one.ping(LOCAL)
    before = routes(space)
    assert one.ip4 in before
    mod_port(switch, version, "br0", "down")
    assert not is_up(space, "br0")
    assert bits(switch, version, "br0") == ["PORT_DOWN", "LINK_DOWN"]
    assert not one.can_ping(LOCAL)
    mod_port(switch, version, "br0", "up")
    wait_until(lambda: routes(space) == before, what="its routes")
    one.ping(LOCAL)


@pytest.mark.parametrize("type", ("tap", "internal"))
def test_devices_of_the_switch_go_down_too(lab, space, ini, hosts, type,
                                           version):
    ini.add_port("port3", type=type, ofport=3)
    switch = OpenFlowbridge(lab, space, ini).start()
    wait_until(lambda: space.link("port3"))
    wait_until(lambda: is_up(space, "port3"))
    mod_port(switch, version, "port3", "down")
    assert not is_up(space, "port3")
    mod_port(switch, version, "port3", "up")
    assert is_up(space, "port3")
    mod_port(switch, version, "port3", "down")
    assert switch.stop()[0] == 0
    assert not space.link("port3")


def test_nothing_that_a_controller_took_down_is_left_so(switch, space, ini,
                                                        version):
    for port in ("em1", "em2"):
        mod_port(switch, version, port, "down")
    del ini["port em2"]
    with switch.expecting("port.restored", port="em2"):
        switch.reload()
    assert is_up(space, "em2") and not is_up(space, "em1")
    assert switch.stop()[0] == 0
    assert is_up(space, "em1")


def test_after_a_kill_the_next_start_sets_it_up(switch, space):
    mod_port(switch, "OpenFlow10", "em1", "down")
    switch.kill9()
    assert not is_up(space, "em1")
    switch.start()
    assert is_up(space, "em1")
    assert not switch.port("em1")["taken_down"]
