"""Plain traffic of plain hosts: default offloads, big and small packets."""

import json

import pytest

PAIRS = ("nic-nic", "nic-local", "nic-tap", "tap-local")
LOCAL_IP4, LOCAL_IP6 = "10.99.0.100", "fd99::100"


class End:
    """One end of the traffic: a namespace and its addresses."""

    def __init__(self, namespace, ip4, ip6):
        self.namespace = namespace
        self.ip4 = ip4
        self.ip6 = ip6
        self.ping = namespace.ping


def host_end(host):
    return End(host, host.ip4, host.ip6)


@pytest.fixture
def ends(lab, space, make_switch, request):
    """Two ends with a switch between them; the parameter says what they are
    connected by."""
    kinds = request.param.split("-")
    switch = make_switch(local={"address": f"{LOCAL_IP4}/24"})
    made = []
    for number, kind in enumerate(kinds, 1):
        if kind == "nic":
            switch.ini.add_port(f"em{number}")
            made.append(lab.host(f"host{number}", space, f"em{number}", number))
        elif kind == "tap":
            switch.ini.add_port(f"tap{number}", type="tap")
    switch.start()
    if "local" in kinds:
        space.ip(f"address add {LOCAL_IP6}/64 dev {switch.name} nodad")
    found = []
    for number, kind in enumerate(kinds, 1):
        if kind == "nic":
            found.append(host_end(made.pop(0)))
        elif kind == "tap":
            found.append(host_end(
                lab.guest(f"guest{number}", space, f"tap{number}", number)))
        else:
            found.append(End(space, LOCAL_IP4, LOCAL_IP6))
    return found


def iperf(server, client, address, *options):
    """Runs iperf3 between two ends; its report."""
    daemon = server.namespace.start("iperf3", "-s", "-1", "--forceflush",
                                    name="iperf3-server")
    daemon.wait_output("Server listening")
    done = client.namespace.run("iperf3", "-c", address, "-t", "1", "-J",
                                *options)
    daemon.wait()
    return json.loads(done.stdout)["end"]


@pytest.mark.parametrize("ends", PAIRS, indirect=True)
def test_ping_gets_through(ends):
    one, two = ends
    for a, b in ((one, two), (two, one)):
        a.ping(b.ip4)
        a.ping(b.ip6)


@pytest.mark.parametrize("ends", PAIRS, indirect=True)
def test_fragmented_datagrams_get_through(ends):
    one, two = ends
    for a, b in ((one, two), (two, one)):
        a.ping(b.ip4, "-s", "8000")
        a.ping(b.ip6, "-s", "8000")


# A broken checksum or a cut super-frame lets next to nothing through, so that
# a bound far below what a loaded machine does still tells the two apart.
TCP_BPS_LEAST = 50e6


@pytest.mark.slow
@pytest.mark.parametrize("ends", PAIRS, indirect=True)
def test_tcp_runs_both_ways_with_default_offloads(ends):
    one, two = ends
    for address in (two.ip4, two.ip6):
        for direction in ((), ("-R",)):
            report = iperf(two, one, address, *direction)
            rate = report["sum_received"]["bits_per_second"]
            assert rate > TCP_BPS_LEAST, (address, direction)


@pytest.mark.slow
@pytest.mark.parametrize("ends", PAIRS, indirect=True)
def test_udp_of_8_kib_arrives_whole(ends):
    """Each datagram is six fragments; one that is lost loses it all."""
    one, two = ends
    for address in (two.ip4, two.ip6):
        report = iperf(two, one, address, "-u", "-l", "8192", "-b", "20M",
                       "-w", "1M")["sum"]
        assert report["packets"] > 100
        assert report["lost_packets"] <= report["packets"] * 0.02, address
