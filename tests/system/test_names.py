"""An interface answers to each of its names, in every key and command."""

import json

import pytest

from lab import wait_until

pytestmark = pytest.mark.flowbridge

LONG = "a-name-of-more-than-fifteen-letters"


def altname(space, interface, name, verb="add"):
    space.ip(f"link property {verb} dev {interface} altname {name}")


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


@pytest.mark.parametrize("name", ["enp3s0", LONG])
def test_port_is_found_by_an_altname(space, hosts, make_switch, name):
    switch = make_switch(name, "em2")
    altname(space, "em1", name)
    switch.start()
    switch.client("check")
    one, two = hosts
    one.ping(two.ip4)
    port = switch.port(name)
    assert (port["link"], port["interface"]) == ("up", "em1")
    assert port["altnames"] == [name]
    assert port["shield"] == "on"
    assert f"{name} (em1)" in switch.client("show").stdout
    assert switch.wait_learned(one.mac)["port"] == name


def test_check_sees_what_an_altname_means(space, hosts, make_switch):
    """As it does for the name that the interface itself has."""
    switch = make_switch("enp3s0")
    altname(space, "em1", "enp3s0")
    space.ip("address add 192.0.2.1/24 dev em1")
    switch.write()
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1
    assert "[port enp3s0]" in done.stderr


def test_commands_take_each_name(space, hosts, make_switch):
    """The section's name, the interface's own and all others; also a name that
    is too long for OpenFlow."""
    switch = make_switch("other0", "em2")
    for name in ("other0", LONG):
        altname(space, "em1", name)
    switch.start()
    for name in ("other0", "em1", LONG):
        ports = json.loads(
            switch.client("dump-ports", name, "--json").stdout)["ports"]
        assert [port["name"] for port in ports] == ["other0"]
        switch.client("add-flow", f"in_port={name},priority=7,actions=output:"
                                  f"{name},em2")
        flows = switch.client("dump-flows", f"in_port={name}").stdout
        assert "in_port=1" in flows or "in_port=other0" in flows
        trace = switch.client("trace", f"in_port={name},dl_src={hosts[0].mac}")
        assert "other0" in trace.stdout or "em2" in trace.stdout
        switch.client("del-flows", f"in_port={name}")


def test_queues_and_flow_files_take_each_name(lab, space, hosts, make_switch):
    switch = make_switch("other0", "em2")
    altname(space, "em1", "other0")
    altname(space, "em2", LONG)
    path = lab.write("flows", f"in_port=em1,actions=output:{LONG}\n"
                              f"in_port={LONG},actions=output:other0\n")
    switch.ini["flows"] = {"file": path}
    switch.ini["queue em1:1"] = {"max-rate": "100M"}
    switch.ini[f"queue {LONG}:1"] = {"max-rate": "100M"}
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    for interface in ("em1", "em2"):
        assert "htb" in space.run("tc", "qdisc", "show", "dev",
                                  interface).stdout


@pytest.mark.parametrize("is_up", [True, False])
def test_altname_that_comes_later_and_goes(lab, space, make_switch, is_up):
    """Of an interface that is down the kernel tells nothing."""
    switch = make_switch("enp3s0", "em2")
    one = lab.host("host1", space, "em1", 1, is_up=is_up)
    two = lab.host("host2", space, "em2", 2)
    switch.start()
    assert switch.port("enp3s0")["link"] == "absent"
    altname(space, "em1", "enp3s0")
    switch.wait_port("enp3s0", link="up")
    one.ping(two.ip4)
    altname(space, "em1", "enp3s0", "del")
    switch.wait_port("enp3s0", link="absent")
    wait_until(lambda: space.link("em1")["promiscuity"] == 0)
    altname(space, "em1", "enp3s0")
    switch.wait_port("enp3s0", link="up")
    # The name goes from one interface to another.
    altname(space, "em1", "enp3s0", "del")
    three = lab.host("host3", space, "em3", 3)
    altname(space, "em3", "enp3s0")
    wait_until(lambda: switch.port("enp3s0")["interface"] == "em3")
    three.ping(two.ip4)


def test_local_takes_the_address_of_an_altname(space, hosts, make_switch):
    switch = make_switch("em1", "em2", local={"mac": LONG})
    altname(space, "em1", LONG)
    switch.start()
    wait_until(lambda: switch.port("br0")["mac"] == space.link("em1")["address"])


def test_renamed_interface_keeps_its_altname(space, hosts, make_switch):
    switch = make_switch("enp3s0", "em2")
    altname(space, "em1", "enp3s0")
    switch.start()
    number = switch.port("enp3s0")["ofport"]
    space.ip("link set em1 name lan0")
    wait_until(lambda: switch.port("enp3s0")["interface"] == "lan0")
    switch.wait_port("enp3s0", link="up")
    assert switch.port("enp3s0")["ofport"] == number
    hosts[0].ping(hosts[1].ip4)
