"""What may be a port: nobody is cut off in silence, and no interface has two
switches.  By check, at the start, at a reload and when it is plugged in."""

import pytest

from lab import wait_until
from openvswitch import OpenVSwitch
from switch import Ini

pytestmark = pytest.mark.flowbridge

# What makes em1 unfit, what mends that, and a word of the reason.
TROUBLES = {
    "an address": ("address add 192.0.2.1/24 dev em1",
                   "address del 192.0.2.1/24 dev em1", "192.0.2.1/24"),
    "a route of another table": ("route add 198.51.100.0/24 dev em1 table 77",
                                 "route flush table 77", "route"),
    "a macvlan with an address": (
        "link add mv0 link em1 type macvlan mode bridge\n"
        "address add 192.0.2.1/24 dev mv0", "link del mv0", "mv0"),
    "a tunnel with an address": (
        "link add vx0 type vxlan id 7 dev em1 dstport 4789 group 239.1.1.1\n"
        "address add 192.0.2.1/24 dev vx0", "link del vx0", "vx0"),
    "a tunnel in a bridge": (
        "link add vx0 type vxlan id 7 dev em1 dstport 4789 group 239.1.1.1\n"
        "link set vx0 master kbr",
        "link del vx0", "vx0, which is in kbr"),
    "the kernel's bridge": (
        "link set em1 master kbr",
        "link set em1 nomaster", "kernel's bridge kbr"),
}


def run_all(space, commands):
    for command in commands.split("\n"):
        space.ip(command)


def faults(switch):
    switch.write()
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1, done.stdout
    return done.stderr


@pytest.mark.parametrize("trouble", TROUBLES)
def test_unfit_interface_is_a_fault_and_refused(lab, space, make_switch,
                                                trouble):
    """Of check and of a reload; plugged in it is refused until that ends."""
    begin, end, word = TROUBLES[trouble]
    switch = make_switch("em2")
    one = lab.host("host1", space, "em1", 1)
    two = lab.host("host2", space, "em2", 2)
    space.ip("link add kbr type bridge")
    run_all(space, begin)
    switch.start()
    switch.ini.add_port("em1")
    switch.write()
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1 and word in done.stderr
    assert switch.client("reload", is_checked=False).returncode == 1
    run_all(space, end)
    switch.reload()
    switch.wait_port("em1", link="up")
    # It goes and comes with the trouble, under the switch's eyes.
    space.ip("link set em1 name spare")
    switch.wait_port("em1", link="absent")
    run_all(space, begin.replace("em1", "spare"))
    with switch.expecting("port.refused", port="em1"):
        space.ip("link property add dev spare altname em1")
    switch.wait_port("em1", link="refused")
    is_in_bridge = trouble == "the kernel's bridge"
    assert space.link("spare")["promiscuity"] == is_in_bridge
    run_all(space, end.replace("em1", "spare"))
    switch.wait_port("em1", link="up")
    one.ping(two.ip4)


def test_address_that_comes_to_a_port_is_said(lab, space, make_switch):
    """From a DHCP client, say; also on what lies on the port."""
    switch = make_switch("em1", "em2")
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch.start()
    with switch.expecting("port.unfit", port="em1"):
        space.ip("address add 192.0.2.1/24 dev em1")
    with switch.expecting("port.fit", port="em1"):
        space.ip("address del 192.0.2.1/24 dev em1")
    with switch.expecting("port.unfit", port="em2"):
        space.ip("link add mv0 link em2 type macvlan mode bridge")
        space.ip("address add 192.0.2.1/24 dev mv0")
    # LOCAL's own is no trouble, and the ports go on.
    space.ip("address add 10.99.0.77/24 dev br0")
    one.ping(two.ip4)
    one.ping("10.99.0.77")
    assert "port=br0" not in "".join(
        line for line in switch.process.output().splitlines()
        if "event=port.unfit" in line)


def test_interface_of_another_switch_is_refused(lab, space, make_switch):
    """Until that one ends, however it ends."""
    first = make_switch("em1", "em2", name="br0")
    second = make_switch("em1", name="br1")
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    first.start()
    assert "another flowbridge" in faults(second)
    # Its own ports are no fault.
    first.client("check")
    del second.ini["port em1"]
    second.start()
    with first.expecting("port.lost", port="em1"):
        space.ip("link set em1 name spare")
    second.ini.add_port("spare")
    second.write()
    # The log says that it is lost before its sockets are closed.
    wait_until(lambda: second.client("check",
                                     is_checked=False).returncode == 0)
    second.reload()
    second.wait_port("spare", link="up")
    with first.expecting("port.refused", port="em1"):
        space.run("ip", "link", "property", "add", "dev", "spare", "altname",
                  "em1")
    second.kill9()
    first.wait_port("em1", link="up")
    one.ping(two.ip4)


def test_interface_of_open_vswitch_is_a_fault(lab, space, make_switch):
    lab.host("host1", space, "em1", 1)
    ini = Ini("ovs0", lab.path("run"))
    ini.add_port("em1")
    other = OpenVSwitch(lab, space, ini)
    other.start()
    switch = make_switch("em1")
    wait_until(lambda: "Open vSwitch" in faults(switch))
    other.stop()
    wait_until(lambda: switch.client("check",
                                     is_checked=False).returncode == 0)


def test_who_only_listens_has_no_port(lab, space, make_switch):
    """A packet socket of tcpdump's is none of a switch's."""
    lab.host("host1", space, "em1", 1)
    dump = space.start("tcpdump", "-i", "em1", "-w", lab.path("dump"))
    dump.wait_output("listening")
    space.ip("link set em1 promisc on")
    switch = make_switch("em1")
    switch.start()
    switch.wait_port("em1", link="up")


def test_interface_without_ethernet_is_refused(lab, space, make_switch):
    """host-stack = see does not help, for its frames are none."""
    switch = make_switch("em1", "tun0")
    switch.ini["port tun0"]["host-stack"] = "see"
    lab.host("host1", space, "em1", 1)
    space.ip("tuntap add mode tun name tun0")
    assert "no Ethernet frames" in faults(switch)
    space.ip("link del tun0")
    switch.start()
    with switch.expecting("port.refused", port="tun0"):
        space.ip("tuntap add mode tun name tun0")
    switch.wait_port("tun0", link="refused")


def test_who_says_see_keeps_the_address(lab, space, make_switch):
    switch = make_switch("em1")
    switch.ini["port em1"]["host-stack"] = "see"
    one = lab.host("host1", space, "em1", 1)
    space.ip("address add 10.99.0.77/24 dev em1")
    switch.start()
    switch.wait_port("em1", link="up")
    one.ping("10.99.0.77")


def test_macvlan_is_taken_with_a_warning(lab, space, make_switch):
    switch = make_switch("mv0")
    lab.host("host1", space, "em1", 1)
    space.ip("link add mv0 link em1 type macvlan mode bridge")
    switch.start()
    switch.wait_event("port.limited", port="mv0")
    done = switch.client("check")
    assert "macvlan" in done.stdout + done.stderr
