"""A virtual machine on tap0, and DHCP, as on the day it is put to use."""

import hashlib
import os
import re

import pytest

import guest
import peers

FILE_SIZE = 20_000_000


@pytest.fixture
def server(lab, space):
    """A host behind em1 that gives addresses."""
    host = lab.host("server", space, "em1", 1)
    peers.start_dnsmasq(host)
    return host


def test_dhclient_on_local_gets_a_lease(space, server, make_switch):
    switch = make_switch("em1").start()
    peers.start_dhclient(space, switch.name)
    address = peers.wait_address(space, switch.name)
    server.ping(address)


@pytest.mark.slow
@pytest.mark.timeout(100)
@pytest.mark.parametrize("device", guest.MODULES)
def test_guest_gets_an_address_and_fetches_a_file(lab, space, server,
                                                  make_switch, device):
    directory = lab.path("www")
    os.mkdir(directory)
    content = os.urandom(FILE_SIZE)
    with open(f"{directory}/file", "wb") as f:
        f.write(content)
    peers.start_http(server, directory)
    switch = make_switch("em1")
    switch.ini.add_port("tap0", type="tap")
    switch.start()

    machine = guest.boot(space, "tap0", device, server.ip4, peers.HTTP_PORT,
                         "file")
    assert machine.wait(80) == 0, machine.output()

    said = machine.output()
    assert re.search(r"guest: address 10\.99\.0\.5\d", said)
    assert "guest: ping is answered" in said
    assert f"guest: sha256 {hashlib.sha256(content).hexdigest()}" in said
    if switch.is_flowbridge:
        assert switch.port("tap0")["rx_frames"] > 100
