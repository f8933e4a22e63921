"""The queues of [queue PORT:ID]: told to controllers, used by enqueue and
set_queue, shaped by the kernel, and gone with the switch."""

import re

import pytest

from frames import Wire
from lab import wait_until

pytestmark = pytest.mark.flowbridge

FRAME = bytes.fromhex("020000000002" "020000000001" "88b5") + bytes(46)


@pytest.fixture
def hosts(lab, quiet_space):
    return [lab.host(f"host{n}", quiet_space, f"em{n}", n, has_addresses=False)
            for n in (1, 2)]


@pytest.fixture
def switch(hosts, make_switch):
    made = make_switch(local={"enable": "no"})
    made.ini["bridge"]["fail-mode"] = "secure"
    made.ini.add_port("em1", ofport=1)
    made.ini.add_port("em2", ofport=2)
    made.ini["queue em2:3"] = {"min-rate": "1000000", "max-rate": "500000000"}
    made.start()
    for port in ("em1", "em2"):
        made.wait_port(port, link="up")
    return made


def ofctl(switch, version, command, *rest):
    run_dir = switch.ini["daemon"]["run-dir"]
    return switch.namespace.run(
        "ovs-ofctl", "-O", version, command,
        f"unix:{run_dir}/{switch.name}.mgmt", *rest).stdout


def send_frames(host):
    source = Wire(host)
    for _ in range(20):
        source.send(FRAME)


def packets(switch, version):
    found = re.search(r"port +2 queue 3: .*pkts=(\d+)",
                      ofctl(switch, version, "queue-stats"))
    return int(found.group(1))


@pytest.mark.parametrize("version, action", [
    ("OpenFlow10", "enqueue:2:3"),
    ("OpenFlow13", "set_queue:3,output:2"),
])
def test_frames_go_to_the_queue(switch, hosts, version, action):
    assert packets(switch, version) == 0
    ofctl(switch, version, "add-flow", f"in_port=1,actions={action}")
    send_frames(hosts[0])
    wait_until(lambda: packets(switch, version) == 20,
               what="20 frames in queue 3")


def test_without_a_queue_it_is_not_used(switch, hosts):
    ofctl(switch, "OpenFlow13", "add-flow", "in_port=1,actions=output:2")
    send_frames(hosts[0])
    wait_until(lambda: switch.port("em2")["tx_frames"] >= 20,
               what="20 frames sent")
    assert packets(switch, "OpenFlow13") == 0


def test_its_rates_are_told(switch):
    told = ofctl(switch, "OpenFlow13", "queue-get-config", "2")
    assert re.search(r"queue 3: min_rate:\S+% max_rate:5\.0%", told), told


def test_it_goes_with_the_switch(switch):
    show = ("tc", "class", "show", "dev", "em2")
    assert "ceil 500Mbit" in switch.namespace.run(*show).stdout
    switch.stop()
    assert "htb" not in switch.namespace.run(*show).stdout
